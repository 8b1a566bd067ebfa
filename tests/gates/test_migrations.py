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
from app.cdop.models import ChildDeathCase
from app.cdop.panels import operations as panels
from app.core.database import Base, current_session, db
from app.core.installation import Installation
from app.lessons.models import Lesson
from app.meetings import operations as meetings
from tests.support.world import DAY, build_world, by_ref, make_action, make_lesson, make_review
from tests.transfer.documents import everything, load_into

VERSIONS = Path(__file__).resolve().parents[2] / "migrations" / "versions"


def test_the_head_equals_the_models(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
        assert compare_metadata(context, Base.metadata) == []


def test_they_go_down_with_rows_and_up_again(world: Flask) -> None:
    current_session().close()
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
