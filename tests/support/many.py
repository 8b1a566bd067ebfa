"""A partnership with very many actions, written in bulk: what pages are timed on.

Of the actions 15 % are open and overdue, 25 % closed, and the rest are due ahead; a hundred wait for
sign-off, a hundred for more time, and a hundred were agreed and not acknowledged, whatever the size, as a
queue grows with the month and not with the years.
One review has 50 actions, one lesson 5.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Table, insert, select

from app.accounts.models import Agency, Group, Person
from app.actions.models import (
    Action,
    ActionStep,
    ActionUpdate,
    Evidence,
    ExtensionRequest,
    SignOff,
    action_lesson,
)
from app.actions.rules.brag import URGENCY, OwnerView, Standing, colour, next_change
from app.actions.rules.lifecycle import CHASED, OPEN, Status
from app.clocks.models import Regime
from app.core.clock import machine_now
from app.core.database import Base, current_session
from app.core.references import ReferenceCounter
from app.lessons.models import Lesson, Recommendation
from app.reviews.models import Review
from tests.support.world import DAY

OWNERS = 1_500
AGENCIES = 10
#: How many actions wait for sign-off, for more time, and to be acknowledged.
WAITING = 100
_AT_ONCE = 2_000


def build_many(actions: int) -> None:
    """Add so many actions, with their owners, agencies, reviews and lessons, to the world of the tests."""
    session = current_session()
    now = machine_now()
    agencies = _agencies()
    owners = _owners(agencies)
    groups = list(session.scalars(select(Group.id).order_by(Group.id)))
    regime = session.scalars(select(Regime.id).where(Regime.code == "WT2015_SCR")).one()
    thresholds = _thresholds()
    reviews = max(1, actions // 50)
    _write(
        Review,
        (
            {
                "ref": f"R-{number:04d}",
                "review_type": "serious_case_review",
                "caption": f"Case {number}",
                "group_id": groups[number % len(groups)],
                "regime_id": regime,
                "report_year_start": 2016,
                "stage_code": "analysis",
                "stage_reached_on": date(2016, 5, 3),
                "created_at": now,
            }
            for number in range(1, reviews + 1)
        ),
    )
    review_ids = _ids(Review)
    _write(
        Lesson,
        (
            {
                "ref": f"L-{number:04d}",
                "kind": "lesson",
                "source_id": review_ids[number % reviews],
                "heading": f"Lesson {number}",
                "what_we_learned": "Adult services hold what children's services need.",
                "what_you_should_do": "Ask who else lives in the home.",
                "found_on": date(2016, 5, 3),
                "sharing": "published" if number % 3 else "draft",
                "created_at": now,
            }
            for number in range(1, actions // 5 + 1)
        ),
    )
    _write(
        Recommendation,
        (
            {
                "ref": f"C-{number:04d}",
                "source_id": review_ids[number % reviews],
                "number": str(number),
                "wording": "The partnership should do better.",
                "made_on": date(2016, 6, 1),
                "response": "accepted" if number % 4 else None,
                "created_at": now,
            }
            for number in range(1, actions // 10 + 1)
        ),
    )
    of_lessons = session.execute(select(Lesson.id, Lesson.source_id))
    lesson_reviews = {row[0]: row[1] for row in of_lessons}
    lesson_ids = sorted(lesson_reviews)
    rows = [
        _action(number, actions, owners[number % OWNERS], groups, lesson_ids, lesson_reviews, thresholds, now)
        for number in range(1, actions + 1)
    ]
    answered = [row.pop("lesson_id") for row in rows]
    _write(Action, rows)
    action_ids = _ids(Action)
    _write(
        action_lesson,
        (
            {"action_id": action_id, "lesson_id": lesson_id}
            for action_id, lesson_id in zip(action_ids, answered, strict=True)
        ),
    )
    _write_history(action_ids, rows)
    for prefix, last in (("R", reviews), ("L", len(lesson_ids)), ("A", actions), ("C", actions // 10)):
        session.merge(ReferenceCounter(prefix=prefix, last=last))
    session.flush()


def _write_history(action_ids: Sequence[int], rows: Sequence[dict[str, Any]]) -> None:
    together = list(zip(action_ids, rows, strict=True))
    _write(
        ActionStep,
        (
            {
                "action_id": action_id,
                "move": "agree",
                "from_status": "draft",
                "to_status": "agreed",
                "taken_on": row["agreed_on"],
            }
            for action_id, row in together
        ),
    )
    _write(
        ActionUpdate,
        (
            {
                "ref": f"{row['ref']}-U1",
                "action_id": action_id,
                "written_on": row["last_update_on"],
                "written_by_id": row["owner_id"],
                "words": "The wording is agreed.",
                "owner_view": row["owner_view"],
            }
            for action_id, row in together
            if row["last_update_on"] is not None
        ),
    )
    sent = [each for each in together if each[1]["status"] in {"submitted", "complete"}]
    _write(
        Evidence,
        (
            {
                "ref": f"{row['ref']}-E1",
                "action_id": action_id,
                "kind": "words",
                "shows": "The minutes record that it was agreed.",
                "added_on": row["last_update_on"],
                "added_by_id": row["owner_id"],
            }
            for action_id, row in sent
        ),
    )
    _write(
        SignOff,
        (
            {
                "ref": f"{row['ref']}-S1",
                "action_id": action_id,
                "sent_on": row["submitted_on"] or row["closed_on"],
                "sent_by_id": row["owner_id"],
                "what_is_different": "Plans are found where they are needed.",
                "decision": "accepted" if row["closed_on"] else None,
                "decided_on": row["closed_on"],
            }
            for action_id, row in sent
        ),
    )
    _write(
        ExtensionRequest,
        (
            {
                "ref": f"{row['ref']}-X1",
                "action_id": action_id,
                "asked_on": DAY - timedelta(days=place % 30),
                "asked_by_id": row["owner_id"],
                "from_due_on": row["due_on"],
                "new_due_on": row["due_on"] + timedelta(days=28),
                "reason_code": "staffing",
                "interim_safeguard": "Checked by hand each week.",
                "decider": ("board_manager", "group_chair", "independent_chair")[place % 3],
            }
            for place, (action_id, row) in enumerate(together)
            if row["is_open"] and place % (len(together) // WAITING) == 2
        ),
    )


def _action(
    number: int,
    actions: int,
    owner: tuple[int, int],
    groups: Sequence[int],
    lesson_ids: Sequence[int],
    lesson_reviews: dict[int, int],
    thresholds: Any,
    now: Any,
) -> dict[str, Any]:
    """One action, with its kept columns by the pure rules."""
    share = number * 37 % 100
    status = Status.COMPLETE if share < 25 else Status.IN_PROGRESS
    is_overdue = 25 <= share < 40
    if number % (actions // WAITING) == 1:
        status, is_overdue = Status.SUBMITTED, False
    if number % (actions // WAITING) == 3:
        status, is_overdue = Status.AGREED, False
    due_on = DAY - timedelta(days=1 + number % 70) if is_overdue else DAY + timedelta(days=1 + number % 300)
    if status is Status.COMPLETE:
        due_on = DAY - timedelta(days=30 + number % 400)
    is_begun = status is not Status.AGREED
    standing = Standing(
        status=status,
        due_on=due_on,
        last_update_on=DAY - timedelta(days=number % 60) if is_begun else None,
        owner_view=OwnerView.ON_TRACK if is_begun else None,
        extension_count=0,
        agreed_on=date(2015, 10, 3),
    )
    found = colour(standing, thresholds, DAY)
    lesson_id = lesson_ids[number % len(lesson_ids)]
    return {
        "ref": f"A-{number:04d}",
        "source_id": lesson_reviews[lesson_id],
        "title": f"Check the contingency plans, part {number}",
        "intended_outcome": "Every plan is known to those who need it.",
        "measure_of_success": "All plans found in the sample.",
        "agency_id": owner[1],
        "owner_role": "Named nurse",
        "owner_id": owner[0],
        "group_id": groups[number % len(groups)],
        "status": status,
        "created_on": date(2015, 9, 15),
        "agreed_on": date(2015, 10, 3),
        "first_due_on": due_on,
        "due_on": due_on,
        "owner_view": standing.owner_view,
        "last_update_on": standing.last_update_on,
        "submitted_on": DAY - timedelta(days=number % 40) if status is Status.SUBMITTED else None,
        "closed_on": due_on if status is Status.COMPLETE else None,
        "created_at": now,
        "colour": found.letter,
        "urgency": URGENCY[found],
        "colour_changes_on": next_change(standing, thresholds, DAY),
        "is_open": status in OPEN,
        "is_chased": status in CHASED,
        "unacknowledged_since": None if is_begun else standing.agreed_on,
        "sort_due_on": due_on,
        "lesson_id": lesson_id,
    }


def _agencies() -> list[int]:
    session = current_session()
    have = len(list(session.scalars(select(Agency.id))))
    _write(
        Agency,
        (
            {
                "ref": f"agency-{number}",
                "name": f"Agency {number}",
                "short_name": f"Agency {number}",
                "sector": "statutory",
            }
            for number in range(have, AGENCIES)
        ),
    )
    return _ids(Agency)


def _owners(agencies: Sequence[int]) -> list[tuple[int, int]]:
    _write(
        Person,
        (
            {
                "ref": f"owner.{number}",
                "name": f"Owner {number}",
                "role_title": "Named nurse",
                "email": f"owner.{number}@example.org",
                "agency_id": agencies[number % len(agencies)],
                "active": True,
                "fs_uniquifier": f"owner-{number}",
            }
            for number in range(OWNERS)
        ),
    )
    rows = current_session().execute(
        select(Person.id, Person.agency_id).where(Person.ref.like("owner.%")).order_by(Person.id)
    )
    return [(person_id, agency_id) for person_id, agency_id in rows if agency_id is not None]


def _thresholds() -> Any:
    from app.actions import queries

    return queries.thresholds(DAY)


def _ids(model: Any) -> list[int]:
    return list(current_session().scalars(select(model.id).order_by(model.id)))


def _write(into: type[Base] | Table, rows: Iterator[dict[str, Any]] | Sequence[dict[str, Any]]) -> None:
    """Write rows, some thousands in a statement."""
    some: list[dict[str, Any]] = []
    for row in rows:
        some.append(row)
        if len(some) == _AT_ONCE:
            current_session().execute(insert(into), some)
            some = []
    if some:
        current_session().execute(insert(into), some)
