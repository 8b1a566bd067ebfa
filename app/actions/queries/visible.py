"""Which actions a person may read: what the policy says of ``action.read``, as a filter of lists.

The cases that are restricted, and those a person has a conflict of interest in, are few: a list passes over
what belongs to them while it is walked in its own order.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.orm import joinedload, lazyload, selectinload

from app.accounts.cases import filters
from app.accounts.models import Person
from app.accounts.policy import NOTHING, READS_ALL_CASES, PersonFacts, Role
from app.actions import deciders
from app.actions.models import Action
from app.core.asking import asked_once
from app.core.database import current_session


def visible(person: PersonFacts) -> ColumnElement[bool]:
    """Which actions the person may read: the same as the policy says of ``action.read``.

    For people of an agency, who see few of many, the few are looked up by their indexes; a group sees so
    many that the list is walked in its own order and the rest passed over.
    """
    if READS_ALL_CASES(person, NOTHING):
        return in_open_cases(person)
    opened = filters.opened_cases(person)
    if person.member_of:
        of_group = and_(
            Action.group_id.in_(sorted(person.member_of)),
            Action.source_id.not_in(filters.closed_cases(person)),
        )
        on_team = Action.source_id.in_(opened) if opened is not None else false()
        return and_(or_(of_group, on_team, *_owed_or_told(person)), without_conflict(person))
    agencies = sorted(person.leads | person.board_member_for)
    few = _few(person, opened)
    if not agencies:
        return and_(Action.id.in_(few[0].union(*few[1:])), without_conflict(person))
    # An agency may owe thousands: its list is walked by its own index, so that what else the person may read
    # is looked up before and named, which is next to nothing.
    of_agency = Action.agency_id == agencies[0] if len(agencies) == 1 else Action.agency_id.in_(agencies)
    elsewhere = asked_once(
        f"read elsewhere by {person.id}",
        lambda: (
            current_session()
            .scalars(
                select(Action.id).where(
                    Action.id.in_(few[0].union(*few[1:])), Action.agency_id.not_in(agencies)
                )
            )
            .all()
        ),
    )
    seen = or_(of_agency, Action.id.in_(elsewhere)) if elsewhere else of_agency
    return and_(seen, without_conflict(person))


def may_know_of(person: PersonFacts, *, ref: str, **of_it: object) -> bool:
    """Whether an action of that reference is there and open to the person: one question, whichever it is."""
    known = select(Action.id).where(Action.ref == ref, visible(person))
    return current_session().scalar(known) is not None


def _few(person: PersonFacts, opened: Select[int] | None) -> list[Select[int]]:
    """What somebody owns or was told of, and what is in cases opened to them: few, each by its index."""
    reminder = Action.reminders.property.mapper.class_
    reached_refs = select(reminder.subject_ref).where(
        reminder.recipient_id == person.id,
        reminder.subject_kind == "action",
        reminder.taken_out_at.is_(None),
    )
    few = [
        select(Action.id).where(Action.owner_id.in_(_owners(person))),
        select(Action.id).where(Action.ref.in_(reached_refs)),
    ]
    if opened is not None:
        few.append(select(Action.id).where(Action.source_id.in_(opened)))
    return few


def in_open_cases(person: PersonFacts) -> ColumnElement[bool]:
    """Which actions neither a restriction nor a conflict closes to somebody who reads the case otherwise.

    A restricted case is open to its team, and of its actions those that the person owes, decides, or was
    reached about.
    """
    is_open = Action.source_id.not_in(filters.closed_cases(person))
    decides = Action.id.in_(_decided_in_closed_cases(person)) if _is_last_resort(person) else false()
    return and_(or_(is_open, *_owed_or_told(person), decides), without_conflict(person))


def without_conflict(person: PersonFacts) -> ColumnElement[bool]:
    """Which actions belong to no case in which the person has a conflict of interest."""
    cases = filters.conflicted_cases(person)
    return Action.source_id.not_in(cases) if cases is not None else true()


def _owed_or_told(person: PersonFacts) -> list[ColumnElement[bool]]:
    """What the person or their agency owes, and what the ladder reached them about."""
    agencies = person.leads | person.board_member_for
    return [
        Action.owner_id.in_(_owners(person)),
        Action.agency_id.in_(sorted(agencies)) if agencies else false(),
        Action.reminders.any(recipient_id=person.id, taken_out_at=None),
    ]


def _owners(person: PersonFacts) -> list[int]:
    """The person, and those whom they stand in for."""
    return sorted({person.id} | person.deputises_for)


def _is_last_resort(person: PersonFacts) -> bool:
    """Whether the person decides where nobody on a restricted team may; nobody else outside of it does."""
    return Role.INDEPENDENT_CHAIR in person.roles


def _decided_in_closed_cases(person: PersonFacts) -> Sequence[int]:
    """The actions of restricted cases that nobody on their teams may decide about, and the person does."""
    return asked_once(f"decided by {person.id}", lambda: _decided(person))


def _decided(person: PersonFacts) -> Sequence[int]:
    actions = current_session().scalars(
        select(Action)
        .join(Action.source)
        .where(Action.source_id.in_(filters.closed_cases(person)), without_conflict(person))
        .options(
            joinedload(Action.source),
            joinedload(Action.owner).options(lazyload(Person.assignments), lazyload(Person.seats)),
            selectinload(Action.sign_offs),
            selectinload(Action.extension_requests),
        )
    )
    return [action.id for action in actions if person.id in deciders.of_anything(action)]
