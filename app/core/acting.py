"""Who acts: a person signed in, or the system by the name of its job."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """The author of what happens now. ``person_id`` is null for the system and for strangers."""

    person_id: int | None
    name: str


SYSTEM = Actor(None, "System")
STRANGER = Actor(None, "Someone not signed in")

_actor: ContextVar[Actor] = ContextVar("actor", default=SYSTEM)


def current_actor() -> Actor:
    """Who acts now; the system unless somebody else was named."""
    return _actor.get()


@contextmanager
def acting_as(actor: Actor) -> Iterator[None]:
    """Name the author of everything done inside the block."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)
