"""What waits on whom, what is due, and the figures on homes."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Person
from app.accounts.queries import person_by_ref
from app.actions import operations, queries
from app.actions.models import Action
from app.actions.rules import Reason
from app.core.database import current_session, db
from tests.actions.support import a_lesson, a_submitted_action, acting, an_action, plan_of, write
from tests.support.statements import statements
from tests.support.world import DAY, make_action


def test_sign_offs_wait_on_their_group_the_longest_first(world: Flask) -> None:
    first = a_submitted_action()
    first.sign_offs[0].sent_on = date(2017, 3, 1)
    second = a_submitted_action(owner="police.owner")
    a_submitted_action(group="qa")
    scr = first.group_id
    waiting = queries.waiting_sign_offs([scr])
    assert [sign_off.action.ref for sign_off in waiting] == [first.ref, second.ref]


def _ask(action: Action, days: int) -> None:
    assert action.due_on
    with acting("police.owner"):
        operations.ask_for_more_time(
            action=action,
            new_due_on=action.due_on + timedelta(days=days),
            reason_code=Reason.FUNDING,
            interim_safeguard="Checked each week",
        )


def test_requests_wait_on_whoever_may_decide_them(world: Flask) -> None:
    short, long, own = an_action(), an_action(), an_action(agency="chscb", owner=None)
    for action, days in ((short, 10), (long, 60), (own, 10)):
        _ask(action, days)
    found = {
        who: [request.action.ref for request in queries.waiting_extensions(person_by_ref(who))]
        for who in ("board.manager", "scr.chair", "independent.chair", "qa.chair", "homerton.owner")
    }
    assert found == {
        "board.manager": [short.ref],
        "scr.chair": [long.ref],
        "independent.chair": [own.ref],
        "qa.chair": [],
        "homerton.owner": [],
    }


def test_owners_and_agencies_see_what_they_owe_and_wait_for(world: Flask) -> None:
    mine = an_action(due_on=date(2017, 6, 1))
    sent = a_submitted_action(due_on=date(2017, 5, 1))
    colleagues = an_action(owner=None, agency="homerton", due_on=date(2017, 4, 1))
    an_action(status="complete")
    an_action(status="draft")
    owner: Person = person_by_ref("homerton.owner")
    assert owner.agency_id
    assert [action.ref for action in queries.for_owner(owner.id)] == [sent.ref, mine.ref]
    assert [action.ref for action in queries.for_agency(owner.agency_id)] == [
        colleagues.ref,
        sent.ref,
        mine.ref,
    ]
    assert queries.counts_for_owner(owner.id, DAY) == queries.AgencyCounts(1, 0, 0, 1, 0)
    assert queries.counts_for_agency(owner.agency_id, DAY) == queries.AgencyCounts(2, 0, 1, 1, 0)


def test_a_group_counts_what_it_oversees(world: Flask) -> None:
    late = an_action(due_on=date(2017, 3, 1))
    an_action(due_on=date(2017, 4, 28))
    asked = an_action(due_on=date(2017, 9, 1))
    _ask(asked, 10)
    sent = a_submitted_action()
    an_action(status="draft")
    an_action(status="complete")
    an_action(group="qa")
    counts = queries.counts_for_group([late.group_id], DAY)
    assert counts == queries.GroupCounts(
        open=3, late=1, due_soon=1, awaiting=1, oldest_sent_on=DAY, drafts=1, more_time=1
    )
    assert queries.counts_for_group([], DAY).open == 0
    assert sent.submitted_on == DAY


def test_what_is_late_or_later_than_first_agreed_is_slipping(world: Flask) -> None:
    late = an_action(due_on=date(2017, 3, 1))
    moved = an_action(due_on=date(2017, 9, 1), first_due_on=date(2017, 5, 1))
    an_action(due_on=date(2017, 9, 1))
    found = queries.slipping([late.group_id], on=DAY)
    assert [action.ref for action in found] == [late.ref, moved.ref]


def test_dues_are_what_is_chased_and_near_owner_by_owner(world: Flask) -> None:
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
    owners = [row.owner_id for row in rows]
    assert owners == sorted(owners, key=lambda owner: owner or 0)
    row = next(row for row in rows if row.ref == police.ref)
    assert row == (
        police.ref, date(2017, 1, 1), police.owner_id, police.agency_id, police.group_id, police.agreed_on,
        "in_progress",
    )  # fmt: skip


def test_dues_are_whole_across_batches_and_commits(world: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.actions.queries import waiting

    monkeypatch.setattr(waiting, "BATCH", 3)
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
    write(one)
    refs = current_session().scalars(select(Action).order_by(Action.id)).all()
    assert [update.ref for update in refs[0].updates] == [f"{one.ref}-U2", f"{one.ref}-U1"]
    assert [update.ref for update in other.updates] == [f"{other.ref}-U1"]
