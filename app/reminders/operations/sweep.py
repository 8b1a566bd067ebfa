"""The day's run: works out what everybody is owed, and queues it in batches of recipients.

A run may be killed at any moment, and any number of runs may work at once: the ledger's unique key gives each
reminder to one of them, and what a run left undone the next one finds.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import islice

from app.accounts.dues import Due
from app.audit.operations import Subject, record
from app.core.acting import SYSTEM, acting_as
from app.core.holidays import working_days
from app.core.patience import with_patience
from app.core.transactions import apart
from app.core.working_days import WorkingDays
from app.reminders import dues, queries
from app.reminders.operations.queueing import Tally, queue_batch
from app.reminders.planning import Item, Ledger, Plan, plan, with_items
from app.reminders.queries import Ladders
from app.reminders.rules import QuietPeriod, why_quiet
from app.reminders.tiers import Holders

#: How many recipients one commit queues for.
RECIPIENTS_AT_ONCE = 100


@dataclass(frozen=True)
class RunOutcome:
    """What a run did.

    ``queued`` counts reminders and ``recipients`` the people they go to; ``already_sent`` the reminders that
    were due by then but stood on the ledger. ``skipped`` says why nothing is queued on such a day.
    """

    on: date
    open_actions: int
    queued: int
    recipients: int
    already_sent: int
    skipped: str | None


@dataclass(frozen=True)
class Forecast:
    """A message that a run would queue: on which day, to which address, with which items."""

    on: date
    recipient: str
    items: tuple[Item, ...]
    person_id: int = 0


@dataclass(frozen=True)
class Changes:
    """Rules that a forecast takes for changed; null for those that stay."""

    ladders: Ladders | None = None
    calendar: WorkingDays | None = None
    quiet_periods: Sequence[QuietPeriod] | None = None


@dataclass(frozen=True)
class _Situation:
    """Everything a plan is made from."""

    dues: tuple[Due, ...]
    ladders: Ladders
    ledger: Ledger
    holders: Holders

    def plan(self, on: date, ledger: Ledger | None = None) -> Plan:
        """What everybody is owed on a day."""
        return plan(
            self.dues,
            rungs=self.ladders.on(on),
            ledger=self.ledger if ledger is None else ledger,
            holders=self.holders,
            on=on,
        )


def run(*, on: date) -> RunOutcome:
    """Queue one message for each person who is owed a reminder on this day.

    1. A day on which nothing is sent queues nothing, and says why.
    2. One reading transaction works out what everybody is owed; nobody waits for it.
    3. Batches of recipients are queued, each batch in a commit of its own, each recipient whole or not.
    4. One entry in the audit trail says what the run queued, if it queued anything.

    Belongs to no transaction: call it with none open. Raises CannotRecord when the database takes no more.
    """
    with acting_as(SYSTEM):
        with apart(reading=True):
            open_actions = queries.open_actions()
            skipped = _why_quiet(on)
            owed = Plan({}, 0) if skipped else _situation(on).plan(on)
            told = [] if skipped else _to_tell_of_failures()
        done = Tally()
        for batch in _batches(_with_failures(owed.items, told)):
            done += with_patience(partial(queue_batch, items=batch, on=on))
        if done.queued:
            with_patience(partial(_record_run, on, done))
    return RunOutcome(
        on=on,
        open_actions=open_actions,
        queued=done.queued,
        recipients=done.recipients,
        already_sent=owed.already_sent + done.already_sent,
        skipped=skipped,
    )


def preview(*, days: int, on: date, changes: Changes | None = None) -> list[Forecast]:
    """The messages that the runs of this day and those after it would queue, if nothing changed meanwhile.

    Or if only these rules changed. Writes nothing. Each day's reminders are taken for sent on the next.
    """
    with apart(reading=True):
        return forecast(days=days, on=on, changes=changes)


def forecast(*, days: int, on: date, changes: Changes | None = None) -> list[Forecast]:
    """As ``preview``, in the transaction at hand; for a page, which reads in its own."""
    changed = changes or Changes()
    # The calendar ends somewhere.
    days = min(days, (date.max - on).days + 1)
    situation = _situation(on + timedelta(days=days - 1), changed.ladders)
    calendar = changed.calendar or working_days()
    quiet = changed.quiet_periods if changed.quiet_periods is not None else queries.quiet_periods()
    ledger = situation.ledger
    found: list[tuple[date, int, tuple[Item, ...]]] = []
    for day in (on + timedelta(days=number) for number in range(days)):
        if why_quiet(day, calendar, quiet):
            continue
        owed = situation.plan(day, ledger).items
        ledger = with_items(ledger, owed)
        found += [(day, person_id, items) for person_id, items in owed.items()]
    addresses = queries.addresses(person_id for _day, person_id, _items in found)
    return [Forecast(day, addresses[person_id], items, person_id) for day, person_id, items in found]


def _why_quiet(on: date) -> str | None:
    return why_quiet(on, working_days(), queries.quiet_periods())


def _situation(on: date, ladders: Ladders | None = None) -> _Situation:
    ladders = queries.ladders() if ladders is None else ladders
    owed = tuple(dues.all_dues(on=on, horizon_days=max(0, ladders.farthest_ahead)))
    return _Situation(
        dues=owed, ladders=ladders, ledger=queries.ledger(due.ref for due in owed), holders=queries.holders()
    )


def _to_tell_of_failures() -> list[int]:
    """The board managers who have not heard yet of messages that could not be delivered."""
    return [
        person_id
        for person_id in queries.holders().board_managers
        if queries.undelivered_since_last(person_id)
    ]


def _with_failures(items: Mapping[int, tuple[Item, ...]], told: list[int]) -> dict[int, tuple[Item, ...]]:
    """The items of each person in the order of their numbers, those who only hear of failures among them."""
    return {person_id: items.get(person_id, ()) for person_id in sorted({*items, *told})}


def _batches(items: Mapping[int, tuple[Item, ...]]) -> Iterator[dict[int, tuple[Item, ...]]]:
    people = iter(items.items())
    while batch := dict(islice(people, RECIPIENTS_AT_ONCE)):
        yield batch


def _record_run(on: date, done: Tally) -> None:
    reminders = f"{done.queued} reminder{'' if done.queued == 1 else 's'}"
    people = "1 person" if done.recipients == 1 else f"{done.recipients} people"
    record(
        verb="reminder.run",
        subject=Subject("reminders", on.isoformat()),
        line=f"Queued {reminders} for {people}",
    )
