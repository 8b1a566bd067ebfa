"""Builders of what opens and closes single cases: teams, conflicts, deputies, the ladder's reach."""

from datetime import date
from typing import Any, TypeVar

from app.accounts.models import BrokenGlass, CaseTeamMember, ConflictOfInterest, Deputy
from app.accounts.queries import person_by_ref
from app.actions.models import Action
from app.core.clock import machine_now
from app.core.database import current_session
from app.outbox.models import OutboxMessage
from app.reminders.models import Reminder
from app.reviews.models import Review
from tests.support.world import DAY

Row = TypeVar("Row")


def restrict(review: Review, *, lead: str, members: tuple[str, ...] = ()) -> Review:
    """Let only a team open a case."""
    review.is_restricted = True
    make_team_member(review.ref, lead, is_lead=True)
    for ref in members:
        make_team_member(review.ref, ref)
    return review


def make_team_member(source_ref: str, person: str, *, is_lead: bool = False) -> CaseTeamMember:
    """Somebody's place on the team of a restricted case."""
    return _add(
        CaseTeamMember(
            source_ref=source_ref, person=person_by_ref(person), is_lead=is_lead, joined_on=date(2017, 1, 9)
        )
    )


def make_conflict(source_ref: str, person: str, **values: Any) -> ConflictOfInterest:
    """Somebody's conflict of interest in a case."""
    usual = {"nature": "A relative works on the case.", "declared_on": date(2017, 1, 9)}
    return _add(ConflictOfInterest(source_ref=source_ref, person=person_by_ref(person), **usual | values))


def make_glass(source_ref: str, person: str, *, broken_on: date = DAY) -> BrokenGlass:
    """That somebody opened a restricted case without being on its team."""
    return _add(
        BrokenGlass(
            source_ref=source_ref,
            person=person_by_ref(person),
            broken_on=broken_on,
            broken_at=machine_now(),
            reason="A hospital asks tonight.",
        )
    )


def make_deputy(person: str, deputy: str, **values: Any) -> Deputy:
    """That one person stands in for another, until further notice unless told otherwise."""
    usual = {"from_on": date(2017, 3, 1), "arranged_at": machine_now()}
    return _add(Deputy(person=person_by_ref(person), deputy=person_by_ref(deputy), **usual | values))


def _add(row: Row) -> Row:
    current_session().add(row)
    current_session().flush()
    return row


def reach(action: Action, ref: str, *, taken_out: bool = False) -> None:
    """Let the ladder have reached somebody about an action, or have been about to until it was untrue."""
    person = person_by_ref(ref)
    message = OutboxMessage(
        kind="reminders",
        address=person.email,
        dedupe_key=f"{action.ref}/{ref}",
        message_id=f"<{action.ref}.{ref}@example.org>",
        business_on=DAY,
        next_attempt_at=machine_now(),
        queued_at=machine_now(),
    )
    session = current_session()
    session.add(message)
    session.flush()
    session.add(
        Reminder(
            subject_kind="action",
            subject_ref=action.ref,
            rung="group_chair+28",
            tier="group_chair",
            due_on=action.due_on or DAY,
            recipient_id=person.id,
            queued_on=DAY,
            queued_at=machine_now(),
            message_id=message.id,
            taken_out_at=machine_now() if taken_out else None,
        )
    )
    session.flush()
