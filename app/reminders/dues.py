"""What can be late in any room, handed over as one: actions with what hangs on them, and agency returns."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from app.accounts.dues import Due, Standing
from app.actions import queries as actions
from app.audit.operations import Subject
from app.cdop.returns import queries as returns
from app.reminders.planning import AGENCY_RETURN


def all_dues(*, on: date, horizon_days: int) -> Iterator[Due]:
    """Everything due by so many days ahead."""
    yield from actions.all_dues(on=on, horizon_days=horizon_days)
    yield from returns.all_dues(on=on, horizon_days=horizon_days)


def standing(refs: Iterable[str]) -> dict[str, Standing]:
    """How each of these stands now, by its own reference, whichever kind it is of."""
    every = set(refs)
    of_returns = returns.standing(every)
    return of_returns | actions.standing(every - of_returns.keys())


def refs_about(kind: str, ref: str) -> Sequence[str]:
    """The references of all that can be due about a record, its own among them."""
    return [ref] if kind == AGENCY_RETURN else actions.refs_about(ref)


def subject_of(due: Due) -> Subject:
    """How the audit trail names what something is due about."""
    return Subject(due.about_kind, due.about_ref, due.source_ref)
