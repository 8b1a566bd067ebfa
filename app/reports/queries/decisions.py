"""What waits for a decision: of groups, and of one person by the rule of four eyes.

Every question stops at a few rows. The rule itself is the actions room's; here it is said as a condition, so
that nobody's home looks through everything that waits. Whatever is shown is asked of the policy once more.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, false, func, not_, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, contains_eager, selectinload

from app.accounts.models import Group, Person, RoleAssignment, Seat
from app.accounts.policy import ExtensionDecider, PersonFacts, Role
from app.actions import queries as actions
from app.actions.deciders import candidate_for
from app.actions.models import Action, Evidence, ExtensionRequest, ImpactStatement, NotForUs, SignOff
from app.actions.queries.owed import sign_off_waits
from app.actions.rules.impact import STATED_WHILE
from app.actions.rules.lifecycle import OPEN, PAUSED
from app.core.asking import asked_once
from app.core.database import current_session
from app.core.paging import Page, SortKey, keyset_page, whole_list
from app.reports.queries.homes import Scope
from app.reports.queries.loading import for_the_policy, named
from app.reviews.models import Review

Waiting = TypeVar("Waiting", SignOff, ExtensionRequest, NotForUs, ImpactStatement)

_OPEN = [str(status) for status in OPEN]
_STATED = [str(status) for status in STATED_WHILE]
_LONGEST_FIRST = (SortKey(SignOff.sent_on), SortKey(SignOff.id))


def waiting_sign_offs(scope: Scope, *, limit: int) -> Sequence[SignOff]:
    """The sign-offs that wait, the longest first."""
    return _some(_sign_offs().where(*scope.of_actions()), SignOff.sent_on, SignOff.id, limit)


def waiting_extensions(scope: Scope, *, limit: int) -> Sequence[ExtensionRequest]:
    """The requests for more time that wait, the longest first."""
    return _some(
        _extensions().where(*scope.of_actions()), ExtensionRequest.asked_on, ExtensionRequest.id, limit
    )


def waiting_not_for_us(scope: Scope, *, limit: int) -> Sequence[NotForUs]:
    """Where an agency says that an action is not for it, and nobody has decided, the longest first."""
    return _some(_not_for_us().where(*scope.of_actions()), NotForUs.said_on, NotForUs.id, limit)


def waiting_impact(scope: Scope, *, limit: int) -> Sequence[ImpactStatement]:
    """The statements of a difference that nobody has confirmed, the longest first."""
    return _some(_impact().where(*scope.of_actions()), ImpactStatement.stated_on, ImpactStatement.id, limit)


def own_sign_offs(who: Person, *, limit: int) -> Sequence[SignOff]:
    """The sign-offs that wait for this person's decision, the longest first."""
    statement = _sign_offs().where(_falls_to(who, SignOff.sent_by_id))
    return _some(statement, SignOff.sent_on, SignOff.id, limit)


def own_extensions(who: Person, *, limit: int) -> Sequence[ExtensionRequest]:
    """The requests for more time that wait for this person's decision, the longest first."""
    statement = _extensions().where(_request_falls_to(who))
    return _some(statement, ExtensionRequest.asked_on, ExtensionRequest.id, limit)


def own_not_for_us(who: Person, *, limit: int) -> Sequence[NotForUs]:
    """Where an agency says that an action is not for it, and this person decides, the longest first."""
    statement = _not_for_us().where(_falls_to(who, NotForUs.said_by_id))
    return _some(statement, NotForUs.said_on, NotForUs.id, limit)


def own_impact(who: Person, *, limit: int) -> Sequence[ImpactStatement]:
    """The statements of a difference that wait for this person's word, the longest first."""
    statement = _impact().where(_falls_to(who, ImpactStatement.stated_by_id))
    return _some(statement, ImpactStatement.stated_on, ImpactStatement.id, limit)


def to_look_at_again(scope: Scope, on: date, *, limit: int) -> Sequence[Action]:
    """Actions on hold or escalated whose day to be looked at again has come, the longest since first."""
    return (
        current_session()
        .scalars(
            select(Action)
            .where(
                *scope.of_actions(),
                Action.status.in_([str(status) for status in PAUSED]),
                Action.review_on <= on,
            )
            .order_by(Action.review_on, Action.ref)
            .limit(limit)
            .options(*for_the_policy())
        )
        .all()
    )


def without_an_owner(scope: Scope, *, limit: int) -> Sequence[Action]:
    """Open actions whose owner has left, or that nobody was named for since, first what is due first."""
    # Each way is a look into the index of owners; one condition for both looks through every open action.
    nobodys = select(Action.id).where(Action.owner_id.is_(None), Action.is_open)
    left = select(Person.id).where(Person.active.is_(False))
    of_those_who_left = select(Action.id).where(Action.owner_id.in_(left), Action.is_open)
    return (
        current_session()
        .scalars(
            select(Action)
            .where(*scope.of_actions(), Action.id.in_(union_all(nobodys, of_those_who_left)))
            .order_by(Action.sort_due_on, Action.ref)
            .limit(limit)
            .options(*for_the_policy(), selectinload(Action.owner_changes))
        )
        .all()
    )


def sign_off_queue(
    scope: Scope, *, group: str | None = None, after: str | None = None, before: str | None = None
) -> Page[SignOff]:
    """A page of the sign-offs that wait, the longest first; of one group on request."""
    return keyset_page(
        current_session(),
        _queue(scope, group),
        keys=_LONGEST_FIRST,
        reference=SignOff.ref,
        after=after,
        before=before,
        marks=select(SignOff).join(SignOff.action).where(*scope.of_actions()),
    )


def sign_offs_in_full(scope: Scope, *, group: str | None = None) -> Iterator[SignOff]:
    """Every sign-off of the queue in its order, a few hundred at a time, with the evidence of its action."""
    statement = _queue(scope, group).options(
        contains_eager(SignOff.action).options(selectinload(Action.evidence).load_only(Evidence.withdrawn_on))
    )
    return whole_list(current_session(), statement, _LONGEST_FIRST)


def _queue(scope: Scope, group: str | None) -> Select[Any]:
    statement = _sign_offs().where(*scope.of_actions())
    if group:
        number = select(Group.id).where(Group.ref == group).scalar_subquery()
        statement = statement.where(Action.group_id == number)
    return statement


def evidence_counts(sign_offs: Iterable[SignOff]) -> dict[int, int]:
    """How many pieces of evidence stand with the action of each sign-off, by the action's row number."""
    ids = [sign_off.action_id for sign_off in sign_offs]
    rows = current_session().execute(
        select(Evidence.action_id, func.count())
        .where(Evidence.action_id.in_(ids), Evidence.withdrawn_on.is_(None))
        .group_by(Evidence.action_id)
    )
    return {row[0]: row[1] for row in rows}


def _sign_offs() -> Select[Any]:
    return _about(SignOff, SignOff.sent_by).where(sign_off_waits())


def _extensions() -> Select[Any]:
    return _about(ExtensionRequest, ExtensionRequest.asked_by).where(
        ExtensionRequest.decision.is_(None), Action.status.in_(_OPEN)
    )


def _not_for_us() -> Select[Any]:
    return _about(NotForUs, NotForUs.said_by).where(NotForUs.decision.is_(None), Action.status.in_(_OPEN))


def _impact() -> Select[Any]:
    # Reopened, there is nothing to confirm until the work is accepted again.
    return _about(ImpactStatement, ImpactStatement.stated_by).where(
        ImpactStatement.decision.is_(None), Action.status.in_(_STATED)
    )


def _about(model: Any, by: InstrumentedAttribute[Any]) -> Select[Any]:
    """Rows of a model with the action they are about, its owner and whoever asked.

    The owner is joined, not looked for among colleagues: PostgreSQL counts such a list anew for every action
    it would look up, and reads all actions there are instead.
    """
    return (
        select(model)
        .join(model.action)
        .outerjoin(Action.owner)
        .options(contains_eager(model.action).options(*for_the_policy(contains_eager)), named(by))
    )


def _some(statement: Select[Any], since: Any, number: Any, limit: int) -> Sequence[Any]:
    return current_session().scalars(statement.order_by(since, number).limit(limit)).all()


def _falls_to(who: Person, asked_by: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """That the person decides: the group's chair, the board manager, or the independent chair in their place.

    ``asked_by`` is the column with the number of whoever asked for the decision.
    """
    facts = who.facts
    free = not_(_has_a_stake(who, asked_by))
    found: list[ColumnElement[bool]] = [false()]
    if facts.leads_teams:
        found.append(and_(Action.source_id.in_(_led(facts)), free))
    if Role.BOARD_MANAGER in facts.roles:
        found.append(free)
    elif facts.chairs:
        found.append(and_(Action.group_id.in_(sorted(facts.chairs)), free))
    if Role.INDEPENDENT_CHAIR in facts.roles:
        deciding = _deciding()
        nobody_else = or_(
            *(
                and_(
                    Action.group_id == group_id,
                    *(_has_a_stake(each, asked_by) for each in (*deciding.managers, *chairs)),
                )
                for group_id, chairs in deciding.chairs.items()
            ),
            false(),
        )
        found.append(and_(nobody_else, _is_not_their_own(facts, asked_by)))
    return and_(or_(*found), actions.in_open_cases(facts))


def _request_falls_to(who: Person) -> ColumnElement[bool]:
    """That the person decides the request: by the tier it falls in, or the independent chair instead."""
    facts = who.facts
    asked_by, decider = ExtensionRequest.asked_by_id, ExtensionRequest.decider
    free = not_(_has_a_stake(who, asked_by))
    found: list[ColumnElement[bool]] = [false()]
    if Role.BOARD_MANAGER in facts.roles:
        found.append(and_(decider == ExtensionDecider.BOARD_MANAGER, free))
    if facts.leads_teams:
        found.append(and_(Action.source_id.in_(_led(facts)), free))
    if facts.chairs:
        chaired = Action.group_id.in_(sorted(facts.chairs))
        found.append(and_(decider == ExtensionDecider.GROUP_CHAIR, chaired, free))
    if Role.INDEPENDENT_CHAIR in facts.roles:
        deciding = _deciding()
        theirs = [
            decider == ExtensionDecider.INDEPENDENT_CHAIR,
            and_(
                decider == ExtensionDecider.BOARD_MANAGER,
                *(_has_a_stake(each, asked_by) for each in deciding.managers),
            ),
            *(
                and_(
                    decider == ExtensionDecider.GROUP_CHAIR,
                    Action.group_id == group_id,
                    *(_has_a_stake(each, asked_by) for each in chairs),
                )
                for group_id, chairs in deciding.chairs.items()
            ),
        ]
        found.append(and_(or_(*theirs), _is_not_their_own(facts, asked_by)))
    return and_(or_(*found), actions.in_open_cases(facts))


def _has_a_stake(person: Person, asked_by: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """That somebody answers for the action, themselves or by their agency, or stands too near to the case."""
    agencies = sorted(candidate_for(person).agency_ids)
    facts = person.facts
    themselves = sorted({person.id} | facts.deputises_for)
    found = [
        and_(Action.owner_id.is_not(None), Action.owner_id.in_(themselves)),
        and_(asked_by.is_not(None), asked_by == person.id),
        not_(actions.without_conflict(facts)),
    ]
    if agencies:
        found += [
            Action.agency_id.in_(agencies),
            and_(Person.agency_id.is_not(None), Person.agency_id.in_(agencies)),
        ]
    return or_(*found)


def _is_not_their_own(facts: PersonFacts, asked_by: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    return and_(
        or_(Action.owner_id.is_(None), Action.owner_id != facts.id),
        or_(asked_by.is_(None), asked_by != facts.id),
        actions.without_conflict(facts),
    )


def _led(facts: PersonFacts) -> Select[Any]:
    return select(Review.id).where(Review.is_restricted, Review.ref.in_(sorted(facts.leads_teams)))


@dataclass(frozen=True)
class _Deciding:
    """Who decides before it falls to the independent chair: the board managers, and each group's chairs."""

    managers: Sequence[Person]
    chairs: Mapping[int, Sequence[Person]]


def _deciding() -> _Deciding:
    return asked_once("who decides", _who_decides)


def _who_decides() -> _Deciding:
    session = current_session()
    managing = select(RoleAssignment.person_id).where(RoleAssignment.role == Role.BOARD_MANAGER)
    chairing = select(Seat.person_id).where(Seat.is_chair)
    people = session.scalars(
        select(Person)
        .where(Person.active, or_(Person.id.in_(managing), Person.id.in_(chairing)))
        .order_by(Person.id)
        .options(
            selectinload(Person.stands_in),
            selectinload(Person.conflicts),
            selectinload(Person.case_teams),
            selectinload(Person.broken_glass),
        )
    ).all()
    chairs: dict[int, list[Person]] = {
        group_id: [] for group_id in session.scalars(select(Group.id).order_by(Group.id))
    }
    for person in people:
        for seat in person.seats:
            if seat.is_chair:
                chairs[seat.group_id].append(person)
    managers = [each for each in people if any(held.role == Role.BOARD_MANAGER for held in each.assignments)]
    return _Deciding(managers, chairs)
