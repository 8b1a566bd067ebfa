"""Who hears that an issue went out: those who speak for agencies, and of which lessons theirs work on."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Agency, Person, RoleAssignment
from app.accounts.policy import PersonFacts, Role
from app.actions.models import Action
from app.briefings.models import (
    BriefingIssue,
    BriefingItem,
    BriefingResult,
    Delivery,
    DeliveryState,
    IssueState,
)
from app.core.database import current_session
from app.lessons import queries as lessons
from app.lessons.models import Lesson


def issues_to_tell_of() -> Sequence[int]:
    """The issues whose sending from here has ended, and of which agency leads were not told yet."""
    statement = (
        select(BriefingIssue.id)
        .where(
            BriefingIssue.state == IssueState.SENT,
            BriefingIssue.began_at.is_not(None),
            BriefingIssue.cascaded_on.is_(None),
            # Of what comes again they were told when it came first.
            BriefingIssue.brings_again_id.is_(None),
        )
        .order_by(BriefingIssue.id)
    )
    return current_session().scalars(statement).all()


def issue(ref: str) -> BriefingIssue:
    """The issue with that reference, without what stands in it. Raises NoResultFound."""
    return current_session().scalars(select(BriefingIssue).where(BriefingIssue.ref == ref)).one()


def agencies_for(issue: BriefingIssue) -> Sequence[Agency]:
    """The partnership's agencies that the issue is for: all, unless it was narrowed to some."""
    only = [agency.id for agency in issue.for_agencies]
    statement = select(Agency).where(Agency.withdrawn_on.is_(None), Agency.is_external.is_(False))
    if only:
        statement = statement.where(Agency.id.in_(only))
    return current_session().scalars(statement.order_by(Agency.name, Agency.id)).all()


def speakers() -> Mapping[int, Sequence[Person]]:
    """Who speaks for each agency: its leads; where it has none, its members of the board."""
    leads: dict[int, list[Person]] = defaultdict(list)
    members: dict[int, list[Person]] = defaultdict(list)
    rows = current_session().scalars(
        select(RoleAssignment)
        .join(RoleAssignment.person)
        .where(RoleAssignment.role.in_((Role.AGENCY_LEAD, Role.BOARD_MEMBER)), Person.active)
        .options(joinedload(RoleAssignment.person))
        .order_by(RoleAssignment.person_id)
    )
    for each in rows:
        if each.agency_id is not None:
            (leads if each.role == Role.AGENCY_LEAD else members)[each.agency_id].append(each.person)
    return {**members, **leads}


def speaks_for(person: Person) -> Sequence[int]:
    """The agencies that the person speaks for, by row number."""
    return [
        agency_id for agency_id, people in speakers().items() if any(each.id == person.id for each in people)
    ]


def agencies_with_readers(issue: BriefingIssue) -> frozenset[int]:
    """The agencies to whose readers the issue was delivered."""
    kept = select(BriefingResult.agency_id).where(
        BriefingResult.issue_id == issue.id, BriefingResult.delivered > 0
    )
    now = select(Delivery.agency_id).where(
        Delivery.issue_id == issue.id, Delivery.state == DeliveryState.DELIVERED
    )
    found = current_session().scalars(kept.union(now.distinct()))
    return frozenset(agency_id for agency_id in found if agency_id is not None)


def agencies_that_work_on(issue: BriefingIssue) -> Sequence[int]:
    """The agencies whose agreed actions answer a lesson of the issue."""
    return current_session().scalars(_answering(issue).with_only_columns(Action.agency_id).distinct()).all()


def lessons_told(issue: BriefingIssue, agency_ids: frozenset[int], person: PersonFacts) -> Sequence[str]:
    """The references of the issue's lessons that these agencies work on and the person may read."""
    statement = (
        _answering(issue)
        .join(Lesson.source)
        .where(Action.agency_id.in_(agency_ids), lessons.visible(person))
        .with_only_columns(Lesson.ref)
        .distinct()
        .order_by(Lesson.ref)
    )
    return current_session().scalars(statement).all()


def _answering(issue: BriefingIssue) -> Select[Lesson]:
    return (
        select(Lesson)
        .join(BriefingItem, BriefingItem.lesson_id == Lesson.id)
        .join(Lesson.actions)
        .where(
            BriefingItem.issue_id == issue.id,
            Action.agreed_on.is_not(None),
            Action.status.not_in(("draft", "withdrawn")),
        )
    )
