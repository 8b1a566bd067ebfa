"""What waits on whom, what is due, and the figures on homes."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.actions import queries
from app.actions.models import Action
from app.actions.rules import OwnerView
from app.core.database import current_session, db
from tests.actions.support import a_lesson, a_submitted_action, an_action, plan_of, write
from tests.support.statements import statements
from tests.support.world import DAY, make_action


def test_dues_are_what_is_chased_and_near_in_the_order_of_their_days(world: Flask) -> None:
    near = an_action(due_on=DAY + timedelta(days=28))
    far = an_action(due_on=DAY + timedelta(days=29))
    police = an_action(owner="police.owner", due_on=date(2017, 1, 1))
    nobody = an_action(owner=None, due_on=DAY)
    mine = an_action(due_on=DAY)
    a_submitted_action()
    an_action(status="draft", due_on=DAY)
    rows = list(queries.dues(DAY, 28))
    assert {row.ref for row in rows} == {near.ref, police.ref, nobody.ref, mine.ref}
    assert far.ref not in {row.ref for row in rows}
    days = [row.due_on for row in rows]
    assert days == sorted(days)
    row = next(row for row in rows if row.ref == police.ref)
    assert row == (
        police.ref, date(2017, 1, 1), police.owner_id, police.agency_id, police.group_id, police.agreed_on,
        "action", "action", police.ref, police.source.ref, police.agency_id, None,
    )  # fmt: skip


def test_dues_are_whole_across_batches_and_commits(world: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.actions.queries import owed

    monkeypatch.setattr(owed, "BATCH", 3)
    lesson = a_lesson()
    wanted = set()
    for number in range(10):
        owner = ("homerton.owner", "police.owner", None)[number // 4]
        wanted.add(make_action(lesson, owner=owner, agency="homerton", due_on=DAY).ref)
    found = []
    for row in queries.dues(DAY, 0):
        found.append(row.ref)
        current_session().commit()
    assert sorted(found) == sorted(wanted)


def test_dues_read_the_index_of_what_is_chased(world: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        return
    with statements() as sent:
        list(queries.dues(DAY, 28))
    assert "USING INDEX ix_action_chased_due" in plan_of(sent[-1])


def test_numbers_of_the_rows_of_an_action_are_its_own(world: Flask) -> None:
    one, other = an_action(), an_action()
    write(one)
    write(other)
    write(one, OwnerView.AT_RISK)
    refs = current_session().scalars(select(Action).order_by(Action.id)).all()
    assert [update.ref for update in refs[0].updates] == [f"{one.ref}-U2", f"{one.ref}-U1"]
    assert [update.ref for update in other.updates] == [f"{other.ref}-U1"]
