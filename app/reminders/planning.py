"""What each person is owed on a day, as pure functions on plain values; queued by the run, or only shown."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from app.accounts.dues import Due
from app.reminders.rules import DueRung, Rung, Tier, due_rungs
from app.reminders.tiers import ACTION, AGENCY_RETURN, IMPACT_LOOK, SIGN_OFF, Holders, Matter, reached

__all__ = [
    "ACTION",
    "AGENCY_RETURN",
    "IMPACT_LOOK",
    "SIGN_OFF",
    "Due",
    "Item",
    "Ledger",
    "LedgerRow",
    "Plan",
    "matter_of",
    "plan",
    "with_items",
]


@dataclass(frozen=True)
class LedgerRow:
    """That a rung was queued for a person: its row number, and whether it was taken out unsent."""

    id: int
    taken_out: bool = False


#: Of each subject, due date and person: the rungs on the ledger, by name. References differ between kinds.
Ledger = Mapping[tuple[str, date, int], Mapping[str, LedgerRow]]


@dataclass(frozen=True)
class Item:
    """One line of one person's message: which subject, and which rung of its ladder."""

    ref: str
    rung: str
    tier: Tier
    offset_days: int
    due_on: date
    stands_in: bool
    #: The item's own row on the ledger, where it was taken out before it was sent and is owed again.
    ledger_id: int | None = None
    kind: str = ACTION
    #: The record it is about, where the subject is not that record itself: of a sign-off the action.
    about: str = ""
    about_kind: str = ACTION
    source_ref: str | None = None
    #: Whether it reaches the person as deputy of somebody who is away.
    is_deputys: bool = False

    @property
    def about_ref(self) -> str:
        """The record it is about, which has the page and the timeline."""
        return self.about or self.ref


@dataclass(frozen=True)
class Plan:
    """What everybody is owed on a day: the items of each person, and how many they had been sent before."""

    items: Mapping[int, tuple[Item, ...]]
    already_sent: int


def matter_of(due: Due) -> Matter:
    """Whom something owed concerns."""
    return Matter(
        due.owner_id,
        due.agency_id,
        due.group_id,
        due.kind,
        due.source_ref,
        due.owner_agency_id,
        due.asked_by_id,
    )


def plan(dues: Iterable[Due], *, rungs: Iterable[Rung], ledger: Ledger, holders: Holders, on: date) -> Plan:
    """What everybody is owed on a day.

    For each tier of each subject at most the latest rung it has reached, and only what the person was not
    sent yet for that due date. What was taken out before it was sent does not count as sent.
    """
    ladder = _Ladder(tuple(rungs), on)
    items: dict[int, list[Item]] = defaultdict(list)
    already_sent = 0
    for due in dues:
        if due.owed_from_on is not None and due.owed_from_on > on:
            continue
        matter = matter_of(due)
        for rung in ladder.due(due.due_on):
            whom = reached(rung.tier, matter, holders, on)
            for person_id in (*whom.person_ids, *whom.deputies):
                rows = ledger.get((due.ref, due.due_on, person_id), {})
                sent = frozenset(name for name, row in rows.items() if not row.taken_out)
                if sent and rung not in ladder.due(due.due_on, sent):
                    already_sent += 1
                else:
                    is_deputys = person_id in whom.deputies
                    items[person_id].append(
                        _item(due, rung, whom.stand_in and not is_deputys, rows.get(rung.name), is_deputys)
                    )
    return Plan({person_id: tuple(items[person_id]) for person_id in sorted(items)}, already_sent)


def with_items(ledger: Ledger, items: Mapping[int, Iterable[Item]]) -> Ledger:
    """The ledger as it will stand once these items are queued; for looking ahead."""
    later: dict[tuple[str, date, int], dict[str, LedgerRow]] = {
        subject: dict(rows) for subject, rows in ledger.items()
    }
    for person_id, owed in items.items():
        for item in owed:
            later.setdefault((item.ref, item.due_on, person_id), {})[item.rung] = LedgerRow(0)
    return later


class _Ladder:
    """The ladder on one day, and what it gave for each due date: thousands of subjects share a few."""

    def __init__(self, rungs: tuple[Rung, ...], on: date) -> None:
        self._rungs, self._on = rungs, on
        self._known: dict[tuple[date, frozenset[str]], tuple[DueRung, ...]] = {}

    def due(self, due_on: date, already: frozenset[str] = frozenset()) -> tuple[DueRung, ...]:
        """The rungs due for an open subject with this due date."""
        key = (due_on, already)
        if key not in self._known:
            self._known[key] = tuple(due_rungs(self._rungs, due_on, self._on, already, date.min))
        return self._known[key]


def _item(due: Due, rung: DueRung, stands_in: bool, row: LedgerRow | None, is_deputys: bool) -> Item:
    return Item(
        ref=due.ref,
        rung=rung.name,
        tier=Tier.DEPUTY if is_deputys else rung.tier,
        offset_days=rung.offset_days,
        due_on=due.due_on,
        stands_in=stands_in,
        ledger_id=row.id if row else None,
        kind=due.kind,
        about=due.about_ref,
        about_kind=due.about_kind,
        source_ref=due.source_ref,
        is_deputys=is_deputys,
    )
