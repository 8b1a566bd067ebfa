"""What a room hands over to be reminded of: something owed, with its due date, and how it stands."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


class Due(NamedTuple):
    """What the ladder of reminders asks of something that is owed. Numbers are row numbers."""

    ref: str
    due_on: date
    owner_id: int | None
    agency_id: int
    group_id: int
    #: The day from which it is owed, for example the one on which an action was agreed; null where always.
    owed_from_on: date | None
    kind: str
    #: The record that it is about, which has the page and the timeline: mostly the thing itself.
    about_kind: str
    about_ref: str
    #: The source at the head of its thread.
    source_ref: str
    #: The agency of the owner's own, where they have one, and whoever asked for the decision.
    owner_agency_id: int | None
    asked_by_id: int | None


@dataclass(frozen=True)
class Standing:
    """How something that was due stands now, with the names there are to say of it."""

    due: Due
    #: Whether it is still owed.
    is_owed: bool
    agency: str
    group: str
    owner: str
    #: Those who owe it: its owner, or whoever answers where nobody was named.
    owner_ids: tuple[int, ...]
