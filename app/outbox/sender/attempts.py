"""One message on its way, and what became of it."""

from typing import NamedTuple

from app.outbox.composing import Parcel
from app.outbox.operations.marks import Begun
from app.outbox.rules import Verdict


class Attempt(NamedTuple):
    """A message that is marked as on its way, and the bytes to hand over."""

    message: Begun
    parcel: Parcel


class Result(NamedTuple):
    """What became of an attempt, not yet recorded."""

    attempt: Attempt
    outcome: Verdict
    said: str | None = None
