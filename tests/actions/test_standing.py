"""What is kept on an action equals what the rules say, at every commit and after every change of day."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.accounts.queries import person_by_ref
from app.actions import deciders, operations
from app.actions.models import Action, BragThreshold
from app.actions.queries import waiting
from app.actions.rules import (
    CHASED,
    OPEN,
    URGENCY,
    BragThresholds,
    Colour,
    Decision,
    ExtensionDecision,
    OwnerView,
    Reason,
    Standing,
    Status,
    colour,
    next_change,
)
from app.core.acting import Actor, acting_as
from app.core.database import current_session
from app.core.errors import RuleBroken
from tests.actions.support import NOTES, a_lesson, a_plan, an_action, set_day, write
from tests.support.world import DAY

DEFAULTS = BragThresholds()
START = date(2017, 3, 31)

#: What can be done where the action stands, sometimes several things on one day; the last is refused.
DEEDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "draft": (("agree",), ("edit",), ("agree", "update"), ("edit", "withdraw"), ("send",)),
    "open": (
        ("update",),
        ("evidence", "send"),
        ("ask",),
        ("ask", "grant"),
        ("evidence", "send", "decide"),
        ("agree",),
    ),
    "submitted": (("decide",), ("update", "decide"), ("decide", "update"), ("ask",)),
    "closed": (("update",), ("decide",)),
}

stories = st.lists(
    st.tuples(st.integers(0, 59), st.integers(1, 80), st.integers(0, 2)), min_size=3, max_size=7
)


def _deeds(action: Action, pick: int) -> tuple[str, ...]:
    stage = "open" if action.is_open else action.status
    possible = DEEDS.get(stage, DEEDS["closed"])
    return possible[pick % len(possible)]


def _do(action: Action, what: str, days: int, choice: int, on: date) -> None:
    """One operation, by somebody who may; what the rules refuse changes nothing."""
    later = on + timedelta(days=days)
    match what:
        case "agree":
            operations.agree(action=action)
        case "edit":
            operations.edit_draft(action=action, plan=a_plan(due_on=later))
        case "update":
            view = list(OwnerView)[choice]
            operations.write_update(action=action, words="It goes on", owner_view=view)
        case "evidence":
            operations.add_evidence(action=action, proof=NOTES)
        case "send":
            operations.send_for_sign_off(action=action, what_is_different="Wards know")
        case "decide":
            decision = list(Decision)[choice]
            operations.decide_sign_off(
                action=action, decision=decision, reason="So", resubmit_by_on=later, meeting_on=on
            )
        case "ask":
            operations.ask_for_more_time(
                action=action,
                new_due_on=(action.due_on or on) + timedelta(days=days),
                reason_code=Reason.FUNDING,
                interim_safeguard="Checked each week",
            )
        case "grant":
            decision_of = list(ExtensionDecision)[choice % 2]
            operations.decide_extension(action=action, decision=decision_of, reason="So")
        case "withdraw":
            operations.withdraw_draft(action=action, reason="A double")


def _holds(action: Action, on: date) -> None:
    """Every kept column against its rule, from what stands in the database."""
    session = current_session()
    session.expire_all()
    status = Status(action.status)
    updates = sorted(action.updates, key=lambda update: (update.written_on, update.id))
    granted = [request for request in action.extension_requests if request.decision == "granted"]
    standing = Standing(
        status=status,
        due_on=action.due_on,
        last_update_on=updates[-1].written_on if updates else None,
        owner_view=OwnerView(updates[-1].owner_view) if updates else None,
        extension_count=len(granted),
        agreed_on=action.agreed_on,
    )
    wanted = colour(standing, DEFAULTS, on)
    assert (action.colour, action.urgency) == (wanted.letter, URGENCY[wanted])
    assert action.colour_changes_on == next_change(standing, DEFAULTS, on)
    assert (action.is_open, action.is_chased) == (status in OPEN, status in CHASED)
    assert action.sort_due_on == (action.due_on or date.max)
    assert action.extension_count == len(granted)
    assert action.return_count == sum(each.decision == "returned" for each in action.sign_offs)
    undecided = [each.sent_on for each in action.sign_offs if each.decision is None]
    assert undecided == ([action.submitted_on] if action.submitted_on else [])
    assert (status is Status.SUBMITTED) == bool(undecided)
    assert action.unacknowledged_since == _since_nobody_answered(action, status)


def _since_nobody_answered(action: Action, status: Status) -> date | None:
    """Since when the owner was asked in vain to acknowledge; nothing in these stories passes an action on."""
    asked = [step.taken_on for step in action.steps if step.move in ("agree", "reopen")]
    if status not in (Status.AGREED, Status.REOPENED) or action.acknowledged_on is not None:
        return None
    return None if any(update.written_on >= max(asked) for update in action.updates) else max(asked)


def _somebody_who_decides(action: Action, deed: str) -> Actor:
    """Whoever may decide what waits; else the chair."""
    people = deciders.of_extension(action) if deed == "grant" else deciders.of_sign_off(action)
    person = (*people, person_by_ref("scr.chair"))[0]
    return Actor(person.id, person.name)


def test_what_is_kept_equals_the_rules_whatever_is_done_and_whenever(world: Flask) -> None:
    lesson = a_lesson()
    current_session().commit()
    done: Counter[str] = Counter()
    moves = 0

    @settings(
        max_examples=30,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
        phases=[Phase.explicit, Phase.generate],
    )
    @given(begun=st.sampled_from([True, True, False]), story=stories)
    def holds(begun: bool, story: list[tuple[int, int, int]]) -> None:
        nonlocal moves
        on = START
        set_day(on)
        action = operations.create_draft(plan=a_plan(due_on=on + timedelta(days=60)), lessons=[lesson])
        if begun:
            operations.agree(action=action)
        first = action.first_due_on if begun else None
        current_session().commit()
        _holds(action, on)
        for pick, days, choice in story:
            # A change of day, then something done on it.
            on += timedelta(days=days // 2)
            set_day(on)
            operations.refresh_colours(on=on)
            current_session().commit()
            _holds(action, on)
            for deed in _deeds(action, pick):
                with acting_as(_somebody_who_decides(action, deed)):
                    try:
                        _do(action, deed, days, choice, on)
                        done[deed] += 1
                    except RuleBroken:
                        current_session().rollback()
                        set_day(on)
                current_session().commit()
                _holds(action, on)
            # The date first agreed is kept for ever.
            if action.agreed_on is not None:
                first = first or action.first_due_on
                assert action.first_due_on == first
            moved = [(change.from_on, change.to_on) for change in action.date_changes]
            if moved:
                moves += 1
                assert moved[0][0] == action.first_due_on
                assert moved[-1][1] == action.due_on
                assert all(before[1] == after[0] for before, after in pairwise(moved))
            elif action.agreed_on is not None:
                assert action.due_on == action.first_due_on

    holds()
    # The stories came far enough to say something.
    assert all(done[deed] >= 3 for what in DEEDS.values() for deeds in what for deed in deeds), done
    assert moves >= 10


def test_the_days_job_looks_only_at_what_may_have_changed(world: Flask) -> None:
    soon = an_action(due_on=DAY)
    write(soon)
    far = an_action(due_on=date(2018, 3, 31))
    write(far)
    assert (soon.colour, far.colour) == ("A", "G")
    assert operations.refresh_colours(on=DAY) == 0
    assert operations.refresh_colours(on=DAY + timedelta(days=1)) == 1
    assert (soon.colour, far.colour) == ("R", "G")
    assert operations.refresh_colours(on=DAY + timedelta(days=1)) == 0


def test_days_left_out_are_made_up_for(world: Flask) -> None:
    action = an_action(due_on=date(2017, 6, 30))
    write(action)
    late = date(2017, 9, 1)
    assert operations.refresh_colours(on=late) == 1
    assert (action.colour, action.colour_changes_on) == ("R", None)


def test_more_than_a_batch_is_refreshed(world: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "BATCH", 2)
    actions = [an_action(due_on=DAY) for _ in range(5)]
    assert operations.refresh_colours(on=DAY + timedelta(days=1)) == 5
    assert {action.colour for action in actions} == {"R"}


def test_other_thresholds_judge_from_their_day_on(world: Flask) -> None:
    begins = date(2017, 5, 1)
    current_session().add(
        BragThreshold(
            in_force_from=begins, due_soon_days=200, stale_days=200, amber_extensions=1, red_extensions=2
        )
    )
    current_session().commit()
    current_session().info.clear()
    action = an_action(due_on=date(2017, 10, 31))
    set_day(date(2017, 4, 28))
    write(action)
    assert (action.colour, action.colour_changes_on) == (Colour.GREEN.letter, begins)
    operations.refresh_colours(on=begins)
    assert action.colour == Colour.AMBER.letter
