"""Two people at one role, seat or team at the same time: the second meets what the first did."""

import threading
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.administration.operations import leavers, people, structures
from app.accounts.cases import operations as cases
from app.accounts.cases import queries
from app.accounts.models import CaseTeamMember, Group, RoleAssignment, Seat
from app.accounts.policy import Role
from app.accounts.queries import person_by_ref
from app.audit.operations import Subject
from app.core.database import current_session
from app.core.errors import RuleBroken
from tests.support.world import DAY, by_ref

#: Longer than any of these takes; a test that waits this long has failed.
PATIENCE = 20
CASE = Subject("review", "R-0007", "R-0007")


def second(app: Flask, first: Callable[[], object], then: Callable[[], object]) -> str:
    """What comes of a change that begins while the first is not committed: "done", or the refusal."""
    current_session().commit()
    outcomes: list[str] = []

    def run() -> None:
        with app.app_context():
            try:
                then()
                current_session().commit()
                outcomes.append("done")
            except RuleBroken as refused:
                outcomes.append(refused.sentence)
            finally:
                current_session().rollback()

    first()
    other = threading.Thread(target=run)
    other.start()
    # The other has begun by now, and waits for this commit.
    threading.Event().wait(0.5)
    current_session().commit()
    other.join(PATIENCE)
    (outcome,) = outcomes
    return outcome


def take(ref: str) -> None:
    """Take from a person the role of administrator."""
    person = person_by_ref(ref)
    held = next(each for each in person.assignments if each.role == Role.ADMINISTRATOR)
    people.take_role_away(held=held, reason="Another post")


def leave(ref: str) -> None:
    """Close an account; whatever the person had goes to nobody."""
    person = person_by_ref(ref)
    owed = {(each.kind, each.ref): None for each in leavers.belongings(person.id)}
    leavers.leave(person=person, successors=owed, left_on=DAY, reason="Another post")


@pytest.mark.parametrize("then", [take, leave])
def test_of_the_last_two_administrators_one_stays(world: Flask, then: Callable[[str], None]) -> None:
    people.give_role(person=person_by_ref("staff.reader"), role=Role.ADMINISTRATOR)
    told = second(world, lambda: take("administrator"), lambda: then("staff.reader"))
    assert told.startswith(("Staff reader is the only administrator", "Choose who"))
    holders = select(RoleAssignment.person_id).where(RoleAssignment.role == Role.ADMINISTRATOR)
    assert current_session().scalars(holders).all() == [person_by_ref("staff.reader").id]


def test_of_the_last_two_who_lead_a_restricted_team_one_stays(world: Flask) -> None:
    for ref in ("qa.chair", "executive.member"):
        current_session().add(
            CaseTeamMember(
                source_ref=CASE.ref, person=person_by_ref(ref), is_lead=True, joined_on=date(2017, 1, 4)
            )
        )
    told = second(
        world,
        lambda: cases.remove_member(case=CASE, member=queries.member(CASE.ref, "qa.chair")),
        lambda: leave("executive.member"),
    )
    assert told.startswith("Choose who")
    assert "of R-0007" in told
    assert [each.person.ref for each in queries.team(CASE.ref)] == ["executive.member"]


def test_a_role_or_a_seat_that_is_given_twice_at_once_is_held_once(world: Flask) -> None:
    def give() -> None:
        people.give_role(person=person_by_ref("staff.reader"), role=Role.BRIEFING_EDITOR)

    def seat() -> None:
        structures.seat_person(
            group=by_ref(Group, "qa"), person=person_by_ref("staff.reader"), is_chair=False
        )

    assert second(world, give, give) == "Staff reader holds this role already"
    assert second(world, seat, seat) == "done"
    reader = person_by_ref("staff.reader").id
    assert len(current_session().scalars(select(Seat).where(Seat.person_id == reader)).all()) == 1
