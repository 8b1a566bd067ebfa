"""What every transport offers, and how it says that something went wrong."""

from collections.abc import Callable
from typing import Protocol

from app.outbox.composing import Parcel
from app.outbox.rules import Stage


class Trouble(Exception):
    """A message, or the line itself, came only so far.

    ``code`` is the server's answer; None where the line broke or stayed silent. ``said`` is for people.
    """

    def __init__(self, stage: Stage, code: int | None, said: str) -> None:
        super().__init__(said)
        self.stage = stage
        self.code = code
        self.said = said


class HeldBack(Exception):
    """The sender may no longer send this message; nothing of it was completed."""


def nothing() -> None:
    """What is done meanwhile where there is nothing to do."""


class Transport(Protocol):
    """One way out. It serves a batch: opened once, closed at the end."""

    def open(self) -> None:
        """Make ready to deliver; does nothing where that is done. Raises Trouble."""

    def deliver(
        self,
        parcel: Parcel,
        still_held: Callable[[], bool],
        *,
        following: str | None = None,
        meanwhile: Callable[[], None] = nothing,
    ) -> None:
        """Hand one message on, and return once the receiver has taken it on.

        ``still_held`` is asked at the last moment before the message is complete. ``following`` is to whom
        the next message goes, from the same sender, if it does: a transport may say so beforehand, and takes
        it back where another comes or none. ``meanwhile`` may be done while the receiver's answer is awaited.
        Raises Trouble, or HeldBack when it may not go on.
        """

    def close(self) -> None:
        """End the conversation. Never raises."""
