"""The migrations make exactly the tables of the models, go down and up again, and keep their numbers."""

import re
from datetime import timedelta
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, select

from app.accounts.models import Group
from app.actions.models import Action, ActionUpdate, OwnerChange
from app.actions.standing import keep
from app.briefings.models import (
    AskedAgain,
    Bounce,
    Click,
    Delivery,
    Feedback,
    MovedAddress,
    Reconfirmation,
    SignUp,
)
from app.cdop.models import ChildDeathCase
from app.cdop.panels import operations as panels
from app.core.clock import machine_now
from app.core.database import Base, current_session, db
from app.core.installation import Installation
from app.lessons.models import Lesson
from app.meetings import operations as meetings
from tests.support.briefing_results import click, deliver, sent_issue
from tests.support.briefings import make_issue
from tests.support.world import DAY, build_world, by_ref, make_action, make_lesson, make_review
from tests.transfer.documents import everything, load_into

VERSIONS = Path(__file__).resolve().parents[2] / "migrations" / "versions"


def test_the_head_equals_the_models(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
        assert compare_metadata(context, Base.metadata) == []


def make_what_is_kept_of_readers() -> None:
    """Of each table that 0015 to 0020 make or change some rows, with a reader and with none."""
    issue, session = sent_issue(), current_session()
    known, forgotten = deliver(issue), deliver(issue, state="bounced")
    for delivery in (known, forgotten):
        click(delivery)
        values = {"kind": "hard", "code": "5.1.1", "came_by": "smtp", "bounced_on": DAY, "is_held": True}
        session.add(Bounce(subscriber=known.subscriber, delivery=delivery, **values))
    forgotten.subscriber = None
    reader, at = known.subscriber, machine_now()
    assert reader is not None
    session.add(Feedback(issue=issue, useful=4, given_on=DAY))
    session.add(SignUp(email="b@example.org", asked_at=at, token="a"))
    session.add(
        MovedAddress(
            subscriber_id=reader.id, email="a@example.org", had_account=False, moved_at=at, token="b"
        )
    )
    a_round = Reconfirmation(ref="Q-0001", asks_imported=True, answer_by=DAY, began_on=DAY)
    session.add(AskedAgain(reconfirmation=a_round, subscriber=reader, token="c"))
    make_issue(number=2, brings_again=issue, items=1)
    session.flush()


def kept_of_readers() -> dict[type[Base], int]:
    """How many rows there are of each kind."""
    kinds = (Delivery, Click, Bounce, Feedback, SignUp, MovedAddress, AskedAgain)
    return {kind: current_session().query(kind).count() for kind in kinds}


def test_they_go_down_with_rows_and_up_again(world: Flask) -> None:
    make_what_is_kept_of_readers()
    current_session().commit()
    current_session().close()
    downgrade(revision="0014")
    upgrade()
    # Whom nobody knows any more has no place before 0016, nor has a round, nor an address moved from.
    assert kept_of_readers() == {
        Delivery: 1,
        Click: 1,
        Bounce: 1,
        Feedback: 1,
        SignUp: 1,
        MovedAddress: 0,
        AskedAgain: 0,
    }
    assert current_session().query(Feedback).one().given_on == DAY
    current_session().close()
    with db.engine.connect() as connection:
        for table in ("briefing_settings", "delivery", "briefing_feedback"):
            names = [each["name"] for each in inspect(connection).get_check_constraints(table)]
            assert len(names) == len(set(names)), "no rule stands twice"
    downgrade(revision="base")
    with db.engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    upgrade()
    assert current_session().query(Installation).one().mode == "demo"
    build_world()
    current_session().commit()


def test_what_is_kept_of_actions_that_are_there_already_is_what_the_rule_says(world: Flask) -> None:
    lesson, session = make_lesson(make_review()), current_session()
    days = [DAY - timedelta(days=number) for number in range(20)]
    for number, status in enumerate(["agreed", "in_progress", "reopened", "submitted", "complete"] * 4):
        action = make_action(lesson, status=status, agreed_on=days[number])
        if number % 2:
            change = {"cause": "left", "from_agency": action.agency, "to_agency": action.agency}
            action.owner_changes.append(OwnerChange(changed_on=days[number // 2], **change))
        if number % 3 == 0:
            author = {"written_by": action.owner, "words": "It begins.", "owner_view": "on_track"}
            action.updates.append(ActionUpdate(ref=f"{action.ref}-U1", written_on=days[number - 2], **author))
        action.acknowledged_on = days[number] if number % 7 == 0 else None
        session.flush()
        keep(action, on=DAY)
    session.commit()
    kept = select(Action.ref, Action.unacknowledged_since).order_by(Action.ref)
    before = session.execute(kept).all()
    assert 5 < sum(since is not None for _, since in before) < 15
    session.close()
    downgrade(revision="0009")
    upgrade()
    assert current_session().execute(kept).all() == before


def test_they_are_numbered_without_a_gap_in_one_line() -> None:
    names = sorted(path.name for path in VERSIONS.glob("*.py"))
    assert [name[:4] for name in names] == [f"{number:04d}" for number in range(1, len(names) + 1)]
    for name in names:
        text = (VERSIONS / name).read_text()
        number = int(name[:4])
        before = repr(f"{number - 1:04d}").replace("'", '"') if number > 1 else "None"
        assert re.search(rf'^revision = "{number:04d}"$', text, re.M)
        assert re.search(rf"^down_revision = {before}$", text, re.M)


def test_what_is_left_without_child_deaths_is_there_after_going_down_and_up(
    app: Flask, tmp_path: Path
) -> None:
    """Their panels teach others: lessons and actions stay, under sources that nobody reads without leave."""
    assert load_into(tmp_path, everything()).problems == []
    panel = panels.plan_panel(group=by_ref(Group, "cdop"), meets_on=DAY, panel_kind="general")
    case = current_session().scalars(select(ChildDeathCase).where(ChildDeathCase.ref == "D-0002")).one()
    case.panel = None
    meetings.add_cases(panel=panel, cases=[case])
    meetings.send_papers(panel=panel)
    make_lesson(panel)
    current_session().commit()
    kept = select(Lesson.ref, Lesson.heading).order_by(Lesson.ref)
    before = current_session().execute(kept).all()
    current_session().close()
    downgrade(revision="0004")
    upgrade()
    assert current_session().execute(kept).all() == before
    assert current_session().query(ChildDeathCase).count() == 0
