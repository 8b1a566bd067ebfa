"""What difference an action made: stated, confirmed or returned, looked at again; sign-offs ratified."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from app.accounts.queries import person_by_ref
from app.actions import operations
from app.actions.models import Action, ImpactStatement, SignOff
from app.actions.operations import NewEvidence, Stated
from app.actions.rules.delegation import MeetingMissing, NothingToRatify
from app.actions.rules.entry import Nature
from app.actions.rules.four_eyes import MayNotDecide
from app.actions.rules.impact import ImpactDecision, Level, NotClosedYet, NotShown
from app.actions.rules.sign_off import Decision
from app.core.database import current_session
from tests.actions.support import a_submitted_action, acting, an_action, set_day
from tests.support.client import PageClient
from tests.support.trail import entries
from tests.support.world import DAY, make_evidence

Sign = Callable[[str], PageClient]
WORDS = Stated(Level.ACTIVITY, "Every ward was told.")


def _closed(**values: Any) -> Action:
    """An action of the Homerton that was accepted as complete today."""
    action = a_submitted_action(**values)
    with acting("scr.chair"):
        operations.decide_sign_off(action=action, decision=Decision.ACCEPTED)
    return action


def _state(action: Action, stated: Stated = WORDS, by: str = "homerton.owner") -> ImpactStatement:
    with acting(by):
        return operations.state_impact(action=action, stated=stated)


def _decide(
    action: Action,
    decision: ImpactDecision = ImpactDecision.CONFIRMED,
    reason: str = "",
    by: str = "scr.chair",
) -> ImpactStatement:
    with acting(by):
        return operations.decide_impact(action=action, decision=decision, reason=reason)


def _looks(action: Action) -> list[tuple[int, str, bool]]:
    current_session().expire(action)
    return [(look.months, str(look.due_on), look.is_open) for look in action.impact_looks]


def _text(answer: Any) -> str:
    text: str = answer.get_data(as_text=True)
    return text


# Looks


def test_from_its_acceptance_looks_are_owed_after_three_six_and_twelve_months(world: Flask) -> None:
    assert _looks(_closed()) == [
        (3, "2017-06-30", True),
        (6, "2017-09-30", True),
        (12, "2018-03-31", True),
    ]


def test_a_statement_answers_the_looks_it_reaches_and_no_others(world: Flask) -> None:
    action = _closed()
    _state(action)
    assert [is_open for _, _, is_open in _looks(action)] == [True, True, True]
    _decide(action)
    set_day(date(2017, 9, 4))
    later = _state(action)
    assert [is_open for _, _, is_open in _looks(action)] == [False, False, True]
    assert [look.statement for look in action.impact_looks] == [later, later, None]


def test_what_is_returned_answers_nothing(world: Flask) -> None:
    action = _closed()
    set_day(date(2017, 6, 28))
    _state(action)
    assert [is_open for _, _, is_open in _looks(action)] == [False, True, True]
    with pytest.raises(operations.TextMissing):
        _decide(action, ImpactDecision.RETURNED)
    _decide(action, ImpactDecision.RETURNED, "Ask the wards.")
    assert [is_open for _, _, is_open in _looks(action)] == [True, True, True]
    assert (action.status, action.impact_level) == ("complete", None)


def test_looks_end_when_the_action_is_reopened_and_begin_anew_with_the_next_closing(world: Flask) -> None:
    action = _closed()
    operations.end_looks(action)
    assert [is_open for _, _, is_open in _looks(action)] == [False, False, False]
    assert {look.ended_on for look in action.impact_looks} == {DAY}
    operations.make_looks(action, DAY)
    assert [is_open for _, _, is_open in _looks(action)] == [True, True, True]
    operations.end_looks(action)
    operations.make_looks(action, DAY + timedelta(days=1))
    assert [is_open for _, _, is_open in _looks(action)] == [False, True] * 3
    assert [look.ref[-2:] for look in action.impact_looks] == ["K1", "K4", "K2", "K5", "K3", "K6"]


# Statements


def test_confirmed_it_is_kept_and_on_record(world: Flask) -> None:
    action = _closed()
    statement = _state(action)
    assert (statement.ref, action.impact_level) == (f"{action.ref}-I1", None)
    _decide(action)
    assert (action.status, action.impact_level) == ("impact_confirmed", 1)
    assert action.steps[-1].move == "confirm_impact"
    assert [entry.line for entry in entries("action.show_impact")] == [
        f"Stated impact {action.ref}-I1 at level 1"
    ]
    assert [entry.line for entry in entries("action.confirm_impact")] == [f"Confirmed impact {action.ref}-I1"]


def test_a_later_look_stands_beside_the_first_and_the_highest_level_is_kept(world: Flask) -> None:
    action = _closed()
    _state(action, Stated(Level.CONFIDENCE, "Staff are surer."))
    _decide(action)
    _state(action, Stated(Level.REACTION, "Fewer remember."))
    _decide(action)
    assert [statement.level for statement in action.impact_statements] == [3, 2]
    assert (action.impact_level, action.status) == (3, "impact_confirmed")


def test_that_nothing_is_known_is_confirmed_and_is_no_impact(world: Flask) -> None:
    action = _closed()
    _state(action, Stated(Level.NOT_KNOWN, "Too early to say."))
    _decide(action)
    assert (action.impact_level, action.status) == (0, "complete")


def test_only_what_is_closed_has_an_impact_and_one_statement_waits_at_a_time(world: Flask) -> None:
    with pytest.raises(NotClosedYet):
        _state(an_action())
    action = _closed()
    _state(action)
    with pytest.raises(operations.AlreadyAsked):
        _state(action)


def test_a_change_of_practice_is_not_believed_on_the_owners_word(world: Flask) -> None:
    action = _closed()
    with pytest.raises(NotShown):
        _state(action, Stated(Level.PRACTICE, "Every ward does it.", evidence=action.evidence))
    count = len(action.evidence)
    shown = NewEvidence("An audit of twenty cases found it in all.", Nature.AUDIT)
    statement = _state(action, Stated(Level.PRACTICE, "Every ward does it.", added=[shown]))
    assert [piece.nature for piece in statement.evidence] == ["audit"]
    assert len(action.evidence) == count + 1


def test_evidence_from_outside_the_agency_counts(world: Flask) -> None:
    action = an_action()
    make_evidence(action, added_by=person_by_ref("csc.lead"))
    with acting("homerton.owner"):
        operations.send_for_sign_off(action=action, what_is_different="Every ward has the plan.")
    with acting("scr.chair"):
        operations.decide_sign_off(action=action, decision=Decision.ACCEPTED)
    _state(action, Stated(Level.OUTCOME, "No child went home without one.", evidence=action.evidence))


@pytest.mark.parametrize("who", ["homerton.owner", "homerton.lead", "qa.chair", "scr.member"])
def test_nobody_else_confirms(world: Flask, who: str) -> None:
    action = _closed()
    _state(action)
    with pytest.raises(MayNotDecide):
        _decide(action, by=who)
    assert action.impact_level is None


def test_whoever_stated_it_does_not_confirm_it(world: Flask) -> None:
    action = _closed()
    _state(action, by="scr.chair")
    with pytest.raises(MayNotDecide, match="You stated this"):
        _decide(action)
    _decide(action, by="board.manager")


# Delegation


def test_small_work_is_accepted_between_meetings_and_ratified_by_one(world: Flask) -> None:
    action = a_submitted_action(priority="low")
    with acting("board.manager"):
        sign_off = operations.decide_sign_off(action=action, decision=Decision.ACCEPTED)
    assert (action.status, sign_off.is_delegated, sign_off.meeting_on) == ("complete", True, None)
    with acting("board.manager"), pytest.raises(MayNotDecide):
        operations.ratify(sign_offs=[sign_off], meeting_on=DAY)
    with acting("scr.chair"):
        operations.ratify(sign_offs=[sign_off], meeting_on=DAY)
        with pytest.raises(NothingToRatify):
            operations.ratify(sign_offs=[sign_off], meeting_on=DAY)
    assert (sign_off.ratified_on, sign_off.ratified_meeting_on) == (DAY, DAY)
    assert [entry.line for entry in entries("action.ratify")] == [f"Ratified the sign-off {sign_off.ref}"]


def test_whoever_sent_it_does_not_ratify_it_though_somebody_else_sent_it_again(world: Flask) -> None:
    action = a_submitted_action(priority="low")
    with acting("board.manager"):
        first = operations.decide_sign_off(action=action, decision=Decision.ACCEPTED)
    # As if the group had another chair then, who could have ratified it.
    first.sent_by = person_by_ref("scr.chair")
    again = SignOff(
        ref=f"{action.ref}-S2", sent_on=DAY, sent_by=action.owner, what_is_different="More of the same."
    )
    action.sign_offs.append(again)
    current_session().flush()
    with acting("scr.chair"), pytest.raises(MayNotDecide):
        operations.ratify(sign_offs=[first], meeting_on=DAY)


@pytest.mark.parametrize(
    "values",
    [
        {"priority": "normal"},
        {"priority": "low", "is_all_agency": True},
        # The only chair answers for it, so nobody could ratify.
        {"priority": "low", "agency": "ccg", "owner": None},
    ],
)
def test_other_work_waits_for_a_meeting(world: Flask, values: dict[str, Any]) -> None:
    action = a_submitted_action(**values)
    with acting("board.manager"), pytest.raises(MeetingMissing):
        operations.decide_sign_off(action=action, decision=Decision.ACCEPTED)
    assert action.status == "submitted"


def test_a_chair_ratifies_several_at_once_on_their_page(world: Flask, client_as: Sign) -> None:
    refs = []
    for _ in range(2):
        action = a_submitted_action(priority="low")
        with acting("board.manager"):
            refs.append(operations.decide_sign_off(action=action, decision=Decision.ACCEPTED).ref)
    current_session().commit()
    client = client_as("scr.chair")
    page = _text(client.post("/ratify/scr", {"meeting_on": ["31", "3", "2017"]}, status=422))
    assert "Choose at least one that the meeting ratified" in page
    client.post("/ratify/scr", {"sign_offs": refs, "meeting_on": ["31", "3", "2017"]})
    assert "Nothing waits to be ratified" in _text(client.get("/ratify/scr"))
    rows = current_session().query(SignOff).all()
    assert {row.ratified_meeting_on for row in rows} == {DAY}
    client_as("qa.chair").get("/ratify/scr", status=404)


# Pages


def test_the_owner_states_and_the_chair_confirms_on_their_pages(world: Flask, client_as: Sign) -> None:
    action = _closed()
    ref, kept = action.ref, action.evidence[0].ref
    current_session().commit()
    owner = client_as("homerton.owner")
    typed = {"statement": "Every ward does it.", "level": "4", "evidence": [kept]}
    page = _text(owner.post(f"/actions/{ref}/impact", typed, status=422))
    assert "Level 4 needs evidence that is not the owner" in page
    assert "Every ward does it." in page
    page = _text(owner.post(f"/actions/{ref}/impact", typed | {"shows": "An audit."}, status=422))
    assert "Choose what kind of evidence it is" in page
    owner.post(f"/actions/{ref}/impact", typed | {"shows": "An audit.", "nature": "audit"})
    thread = _text(owner.get(f"/actions/{ref}"))
    for words in ("What difference did it make?", "Waits to be confirmed", "30 June 2017, 3 months after"):
        assert words in thread
    chair = client_as("scr.chair")
    assert "Confirm the impact" in _text(chair.get(f"/actions/{ref}"))
    chair.post(f"/actions/{ref}/impact/decide", {"decision": "confirmed"})
    thread = _text(owner.get(f"/actions/{ref}"))
    assert "Impact confirmed" in thread
    assert "4 Practice or system change" in thread


def test_the_register_of_impact_is_narrowed_by_level_and_by_what_is_due(
    world: Flask, client_as: Sign
) -> None:
    first, second, third = _closed(), _closed(), _closed()
    _state(first)
    _decide(first)
    _state(second)
    refs = (first.ref, second.ref, third.ref)
    set_day(date(2017, 6, 20))
    current_session().commit()
    client = client_as("scr.chair")

    def shown(query: str = "") -> set[str]:
        page = _text(client.get(f"/impact{query}"))
        return {ref for ref in refs if f"/actions/{ref}#impact" in page}

    assert shown() == set(refs)
    assert shown("?level=1") == {refs[0]}
    assert shown("?level=none") == {refs[1], refs[2]}
    assert shown("?level=5") == set()
    assert shown("?look=waiting") == {refs[1]}
    assert shown("?look=soon") == set(refs)
    assert shown("?look=late") == set()
    assert shown("?agency=ccg") == set()
    set_day(date(2017, 7, 3))
    current_session().commit()
    assert shown("?look=late") == set(refs)
    assert "1 working day late" in _text(client.get("/impact"))
    assert entries("register.read")[0].line == "Opened the register of impact"


def test_a_decision_that_is_late_says_so_by_the_groups_own_clock(world: Flask, client_as: Sign) -> None:
    action = a_submitted_action()
    ref = action.ref
    set_day(DAY + timedelta(days=31))
    current_session().commit()
    page = _text(client_as("homerton.owner").get(f"/actions/{ref}"))
    assert 'SCR Sub-Group decides by 28 April 2017 <span class="late">due before today' in page
    set_day(DAY + timedelta(days=32))
    current_session().commit()
    assert "decides by 28 April 2017" in _text(client_as("homerton.owner").get(f"/actions/{ref}"))


def test_what_is_returned_lets_no_look_of_an_earlier_closing_be_owed_again(world: Flask) -> None:
    action = a_submitted_action()
    with acting("scr.chair"):
        operations.decide_sign_off(action=action, decision=Decision.ACCEPTED)
    set_day(date(2017, 6, 5))
    with acting("homerton.owner"):
        operations.state_impact(action=action, stated=Stated(Level.ACTIVITY, "All were told"))
    with acting("scr.chair"):
        operations.reopen(
            action=action,
            reason="More",
            agency=action.agency,
            owner=action.owner,
            new_due_on=date(2017, 9, 1),
        )
    set_day(date(2017, 6, 8))
    with acting("homerton.owner"):
        operations.send_for_sign_off(action=action, what_is_different="Every ward has it")
    with acting("scr.chair"):
        operations.decide_sign_off(action=action, decision=Decision.ACCEPTED)
        operations.decide_impact(action=action, decision=ImpactDecision.RETURNED, reason="Show it")
    owed = {(look.closed_on, look.months) for look in action.impact_looks if look.is_open}
    assert owed == {(date(2017, 6, 8), months) for months in (3, 6, 12)}
    first = next(look for look in action.impact_looks if (look.closed_on, look.months) == (DAY, 3))
    assert (first.statement, first.ended_on) == (None, date(2017, 6, 8))
