"""What is due about actions: the work itself, looks at what difference it made, and sign-offs to decide."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, literal, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.accounts.dues import Due, Standing
from app.accounts.models import Agency, Group, Person, Source
from app.actions.models import Action, ImpactLook, SignOff
from app.actions.rules.lifecycle import Status
from app.actions.rules.sign_off import DECIDE_WITHIN_DAYS, decide_by
from app.core.database import current_session

#: How many rows one statement fetches where all of a day's are gone through.
BATCH = 2_000
#: How many values stand in one question; SQLite takes some thirty thousand.
VALUES_AT_ONCE = 1_000


class DueKind(StrEnum):
    """What can be late about an action."""

    ACTION = "action"
    #: A look at what difference a closed action made; its owner owes it.
    IMPACT_LOOK = "impact_look"
    #: A sign-off that waits; those who decide owe it.
    SIGN_OFF = "sign_off"


def dues(on: date, horizon_days: int) -> Iterator[Due]:
    """Every chased action due on or before the day so many days ahead, in the order of due dates.

    Read in batches, each a statement of its own, so that the caller may commit between two rows.
    """
    chased = _actions().where(Action.is_chased, Action.due_on <= _ahead(on, horizon_days))
    return _in_batches(chased, Action.due_on, Action.id)


def all_dues(on: date, horizon_days: int) -> Iterator[Due]:
    """Everything due by then: actions, then looks at what difference they made, then sign-offs to decide."""
    yield from dues(on, horizon_days)
    looks = _looks().where(ImpactLook.is_open, ImpactLook.due_on <= _ahead(on, horizon_days))
    yield from _in_batches(looks, ImpactLook.due_on, ImpactLook.id)
    sent_by = _ahead(on, horizon_days - DECIDE_WITHIN_DAYS)
    waiting = _sign_offs().where(sign_off_waits(), SignOff.sent_on <= sent_by)
    yield from _in_batches(waiting, SignOff.sent_on, SignOff.id)


def standing(refs: Iterable[str]) -> dict[str, Standing]:
    """How each of these stands now, by its own reference, whichever kind it is of."""
    found: dict[str, Standing] = {}
    wanted = sorted(set(refs))
    for first in range(0, len(wanted), VALUES_AT_ONCE):
        some = wanted[first : first + VALUES_AT_ONCE]
        for statement, its_ref, is_owed in (
            (_actions(), Action.ref, Action.is_chased),
            (_looks(), ImpactLook.ref, ImpactLook.is_open),
            (_sign_offs(), SignOff.ref, sign_off_waits()),
        ):
            rows = current_session().execute(
                _named(statement).add_columns(is_owed.label("is_owed")).where(its_ref.in_(some))
            )
            for row in rows:
                due = _due(row._mapping)
                owner_ids = (due.owner_id,) if due.owner_id is not None else ()
                found[due.ref] = Standing(
                    due, bool(row.is_owed), row.agency_name, row.group_name, row.owner_name or "", owner_ids
                )
    return found


def refs_about(action_ref: str) -> Sequence[str]:
    """The references of all that can be due about an action, its own among them."""
    session = current_session()
    found = [action_ref]
    for its_ref, its_action in (
        (ImpactLook.ref, ImpactLook.action_id),
        (SignOff.ref, SignOff.action_id),
    ):
        statement = select(its_ref).join(Action, Action.id == its_action).where(Action.ref == action_ref)
        found += session.scalars(statement.order_by(its_ref))
    return found


def _ahead(on: date, days: int) -> date:
    """The day so many days on; the last there is where the calendar ends before."""
    try:
        return on + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


def sign_off_waits() -> ColumnElement[bool]:
    """The sign-off waits: nobody decided it, and the action was not ended, reopened or sent again since."""
    later = aliased(SignOff)
    sent_again = exists().where(later.action_id == SignOff.action_id, later.id > SignOff.id)
    return SignOff.decision.is_(None) & (Action.status == Status.SUBMITTED) & ~sent_again


def _columns(ref: Any, due_on: Any, opened_on: Any, kind: DueKind, asked_by: Any) -> tuple[Any, ...]:
    return (
        ref.label("ref"),
        due_on.label("due_on"),
        Action.owner_id,
        Action.agency_id,
        Action.group_id,
        opened_on.label("owed_from_on"),
        literal(kind.value).label("kind"),
        literal(DueKind.ACTION.value).label("about_kind"),
        Action.ref.label("about_ref"),
        Source.ref.label("source_ref"),
        Person.agency_id.label("owner_agency_id"),
        asked_by.label("asked_by_id"),
    )


def _whole(statement: Select[Any]) -> Select[Any]:
    return statement.join(Source, Source.id == Action.source_id).outerjoin(
        Person, Person.id == Action.owner_id
    )


def _actions() -> Select[Any]:
    columns = _columns(Action.ref, Action.due_on, Action.agreed_on, DueKind.ACTION, literal(None))
    return _whole(select(*columns).select_from(Action))


def _looks() -> Select[Any]:
    columns = _columns(
        ImpactLook.ref, ImpactLook.due_on, ImpactLook.closed_on, DueKind.IMPACT_LOOK, literal(None)
    )
    return _whole(select(*columns).select_from(ImpactLook).join(Action, Action.id == ImpactLook.action_id))


def _sign_offs() -> Select[Any]:
    columns = _columns(SignOff.ref, SignOff.sent_on, SignOff.sent_on, DueKind.SIGN_OFF, SignOff.sent_by_id)
    return _whole(select(*columns).select_from(SignOff).join(Action, Action.id == SignOff.action_id))


def _named(statement: Select[Any]) -> Select[Any]:
    return (
        statement.add_columns(
            Agency.name.label("agency_name"), Group.name.label("group_name"), Person.name.label("owner_name")
        )
        .join(Agency, Agency.id == Action.agency_id)
        .join(Group, Group.id == Action.group_id)
    )


def _due(row: Any) -> Due:
    due = Due(*(row[name] for name in Due._fields))
    # A sign-off is due so many days after it was sent, which is what its row keeps.
    return due._replace(due_on=decide_by(due.due_on)) if due.kind == DueKind.SIGN_OFF else due


def _in_batches(
    statement: Select[Any], day: InstrumentedAttribute[Any], number: InstrumentedAttribute[int]
) -> Iterator[Due]:
    ordered = statement.add_columns(day.label("mark_on"), number.label("mark")).order_by(day, number)
    mark: tuple[date, int] = (date.min, 0)
    while True:
        after = ordered.where(tuple_(day, number) > mark).limit(BATCH)
        rows = current_session().execute(after).all()
        for row in rows:
            mark = (row.mark_on, row.mark)
            yield _due(row._mapping)
        if len(rows) < BATCH:
            return
