"""What the tests of actions share: acting as somebody of the cast, and moving the day."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy import update

from app.accounts.models import Agency, Group
from app.accounts.queries import person_by_ref
from app.actions import operations
from app.actions.models import Action
from app.actions.operations.drafting import Plan
from app.actions.rules import EvidenceKind, OwnerView
from app.core.acting import Actor, acting_as
from app.core.database import current_session
from app.core.installation import Installation
from app.lessons.models import Lesson
from tests.support.world import by_ref, make_action, make_evidence, make_lesson, make_review

NOTES = operations.Proof(EvidenceKind.WORDS, "Minutes of the meeting that agreed the protocol.")


@contextmanager
def acting(ref: str) -> Iterator[None]:
    """Let somebody of the cast be the author of what happens in the block."""
    person = person_by_ref(ref)
    with acting_as(Actor(person.id, person.name)):
        yield


def set_day(day: date) -> None:
    """Let it be another day in the demonstration."""
    current_session().execute(update(Installation).values(demonstration_on=day))


def a_lesson(*, group: str = "scr", sharing: str = "draft") -> Lesson:
    """A lesson of a new review."""
    return make_lesson(make_review(group=group), sharing=sharing)


def a_plan(**values: Any) -> Plan:
    """A plan for the named nurse of the Homerton, with what is given in place of what is usual."""
    usual: dict[str, Any] = {
        "title": "Check that every ward knows the plan",
        "intended_outcome": "No child is sent home without a plan.",
        "measure_of_success": "All of a sample of twenty have one.",
        "agency": by_ref(Agency, "homerton"),
        "group": by_ref(Group, "scr"),
        "owner": person_by_ref("homerton.owner"),
        "due_on": date(2017, 6, 30),
    }
    return Plan(**(usual | values))


def an_action(**values: Any) -> Action:
    """An action in progress, owned by the named nurse of the Homerton."""
    return make_action(a_lesson(), **values)


def a_submitted_action(**values: Any) -> Action:
    """The same with evidence, sent for sign-off by its owner."""
    action = an_action(**values)
    make_evidence(action)
    with acting(action.owner.ref if action.owner else "homerton.owner"):
        operations.send_for_sign_off(action=action, what_is_different="Every ward has the plan.")
    return action


def write(action: Action, view: OwnerView = OwnerView.ON_TRACK) -> None:
    """An update by the owner."""
    with acting("homerton.owner"):
        operations.write_update(action=action, words="The plan was agreed.", owner_view=view)


def plan_of(statement: str) -> str:
    """How SQLite would answer a statement."""
    rows = (
        current_session()
        .connection()
        .exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", tuple([1] * statement.count("?")))
    )
    return "\n".join(str(row[-1]) for row in rows)
