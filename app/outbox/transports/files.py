"""A folder in place of a mail server: one file for each message, for the demonstration and for trying out."""

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from app.outbox.composing import Parcel
from app.outbox.rules import Stage
from app.outbox.transports.base import HeldBack, Trouble, nothing


class FileTransport:
    """Writes each message into a file named after its Message-ID, whole or not at all.

    A message that goes twice is written over itself: in a folder nothing arrives twice.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self) -> None:
        """Make the folder. Raises Trouble."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _trouble(Stage.CONNECT, error) from error

    def deliver(
        self,
        parcel: Parcel,
        still_held: Callable[[], bool],
        *,
        following: str | None = None,
        meanwhile: Callable[[], None] = nothing,
    ) -> None:
        """Write one file. Raises Trouble or HeldBack."""
        if not still_held():
            raise HeldBack
        name = sha256(parcel.message_id.encode()).hexdigest()[:32]
        unfinished = self.folder / f".{name}.{os.getpid()}"
        try:
            with unfinished.open("wb") as file:
                file.write(parcel.content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self.folder / f"{name}.eml")
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            # A full disk is trouble of the folder, not of the message.
            raise _trouble(Stage.SENDER, error) from error

    def close(self) -> None:
        """Nothing is open between two messages."""


def _trouble(stage: Stage, error: OSError) -> Trouble:
    return Trouble(
        stage, None, f"The mail folder cannot be written: {error.strerror or type(error).__name__}."
    )
