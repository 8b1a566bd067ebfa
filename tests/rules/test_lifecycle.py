"""The life of an action: moves, their needs, and what is read-only."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest

from app.actions.rules.lifecycle import (
    AWAITING,
    CHASED,
    CLOSED,
    OPEN,
    PAUSED,
    TRANSITIONS,
    Given,
    IllegalMove,
    Move,
    Need,
    RecordClosed,
    Status,
    check_needs,
    check_not_closed,
    last_day_ahead,
    moves_from,
    next_status,
    transition_for,
    unmet_needs,
)
from app.core.errors import RuleBroken

TODAY = date(2017, 3, 31)
EVERYTHING = Given(
    lead_agency=True,
    owner=True,
    due_on=TODAY,
    reason="Funding came later than promised",
    evidence_count=1,
    what_is_different="Every duty worker now asks who lives in the home",
    new_due_on=TODAY + timedelta(days=1),
    review_on=TODAY + timedelta(days=1),
    decided_on=TODAY,
    impact="Re-audit found it in nine of ten cases",
    by_chair=True,
    by_another_person=True,
)

#: What each need is met by, what does not meet it, and where the sentence stands.
NEEDS: list[tuple[Need, str | None, list[dict[str, object]]]] = [
    (Need.LEAD_AGENCY, "agency_id", [{"lead_agency": False}]),
    (Need.OWNER, "owner_id", [{"owner": False}]),
    (Need.DUE_DATE, "due_on", [{"due_on": None}, {"due_on": TODAY - timedelta(days=1)}]),
    (Need.REASON, "reason", [{"reason": None}, {"reason": ""}, {"reason": " \n"}]),
    (Need.EVIDENCE, "evidence", [{"evidence_count": 0}]),
    (
        Need.WHAT_IS_DIFFERENT,
        "what_is_different",
        [{"what_is_different": None}, {"what_is_different": "  "}],
    ),
    (Need.NEW_DATE, "new_due_on", [{"new_due_on": None}, {"new_due_on": TODAY}]),
    (Need.REVIEW_DATE, "review_on", [{"review_on": None}, {"review_on": TODAY}]),
    (Need.DECISION_DATE, "decided_on", [{"decided_on": None}, {"decided_on": TODAY + timedelta(days=1)}]),
    (Need.IMPACT, "impact", [{"impact": None}, {"impact": "\t"}]),
    (Need.CHAIR, None, [{"by_chair": False}]),
    (Need.ANOTHER_PERSON, None, [{"by_another_person": False}]),
]

#: Every move that is possible, and where it leads.
POSSIBLE = {
    Status.DRAFT: {Move.AGREE: Status.AGREED, Move.WITHDRAW: Status.WITHDRAWN},
    Status.AGREED: {
        Move.START: Status.IN_PROGRESS,
        Move.SEND_FOR_SIGN_OFF: Status.SUBMITTED,
        Move.HOLD: Status.ON_HOLD,
        Move.ESCALATE: Status.ESCALATED,
        Move.SUPERSEDE: Status.SUPERSEDED,
        Move.CLOSE_NOT_IMPLEMENTED: Status.NOT_IMPLEMENTED,
        Move.WITHDRAW: Status.WITHDRAWN,
    },
    Status.IN_PROGRESS: {
        Move.SEND_FOR_SIGN_OFF: Status.SUBMITTED,
        Move.HOLD: Status.ON_HOLD,
        Move.ESCALATE: Status.ESCALATED,
        Move.SUPERSEDE: Status.SUPERSEDED,
        Move.CLOSE_NOT_IMPLEMENTED: Status.NOT_IMPLEMENTED,
        Move.WITHDRAW: Status.WITHDRAWN,
    },
    Status.SUBMITTED: {
        Move.ACCEPT: Status.COMPLETE,
        Move.ACCEPT_IN_PART: Status.IN_PROGRESS,
        Move.RETURN_TO_OWNER: Status.IN_PROGRESS,
        Move.SUPERSEDE: Status.SUPERSEDED,
        Move.CLOSE_NOT_IMPLEMENTED: Status.NOT_IMPLEMENTED,
        Move.WITHDRAW: Status.WITHDRAWN,
    },
    Status.COMPLETE: {Move.CONFIRM_IMPACT: Status.IMPACT_CONFIRMED, Move.REOPEN: Status.REOPENED},
    Status.IMPACT_CONFIRMED: {Move.REOPEN: Status.REOPENED},
    Status.ON_HOLD: {
        Move.RESUME: Status.IN_PROGRESS,
        Move.ESCALATE: Status.ESCALATED,
        Move.SUPERSEDE: Status.SUPERSEDED,
        Move.CLOSE_NOT_IMPLEMENTED: Status.NOT_IMPLEMENTED,
        Move.WITHDRAW: Status.WITHDRAWN,
    },
    Status.ESCALATED: {
        Move.BRING_BACK: Status.IN_PROGRESS,
        Move.SUPERSEDE: Status.SUPERSEDED,
        Move.CLOSE_NOT_IMPLEMENTED: Status.NOT_IMPLEMENTED,
        Move.WITHDRAW: Status.WITHDRAWN,
    },
    Status.SUPERSEDED: {Move.REOPEN: Status.REOPENED},
    Status.NOT_IMPLEMENTED: {Move.REOPEN: Status.REOPENED},
    Status.REOPENED: {
        Move.START: Status.IN_PROGRESS,
        Move.SEND_FOR_SIGN_OFF: Status.SUBMITTED,
        Move.HOLD: Status.ON_HOLD,
        Move.ESCALATE: Status.ESCALATED,
        Move.SUPERSEDE: Status.SUPERSEDED,
        Move.CLOSE_NOT_IMPLEMENTED: Status.NOT_IMPLEMENTED,
        Move.WITHDRAW: Status.WITHDRAWN,
    },
    Status.WITHDRAWN: {Move.REOPEN: Status.REOPENED},
}

#: What each move asks for, in the states given; None stands for every state it starts from.
ASKED = [
    (Move.AGREE, None, {Need.LEAD_AGENCY, Need.OWNER, Need.DUE_DATE}),
    (Move.START, None, set()),
    (Move.SEND_FOR_SIGN_OFF, None, {Need.EVIDENCE, Need.WHAT_IS_DIFFERENT}),
    (Move.ACCEPT, None, {Need.EVIDENCE, Need.DECISION_DATE, Need.ANOTHER_PERSON}),
    (Move.ACCEPT_IN_PART, None, {Need.REASON, Need.NEW_DATE, Need.DECISION_DATE, Need.ANOTHER_PERSON}),
    (Move.RETURN_TO_OWNER, None, {Need.REASON, Need.NEW_DATE, Need.DECISION_DATE, Need.ANOTHER_PERSON}),
    (Move.CONFIRM_IMPACT, None, {Need.IMPACT, Need.DECISION_DATE, Need.ANOTHER_PERSON}),
    (Move.HOLD, None, {Need.REASON, Need.REVIEW_DATE, Need.ANOTHER_PERSON}),
    (Move.RESUME, None, {Need.NEW_DATE, Need.ANOTHER_PERSON}),
    (Move.ESCALATE, None, {Need.REASON, Need.REVIEW_DATE, Need.ANOTHER_PERSON}),
    (Move.BRING_BACK, None, {Need.NEW_DATE, Need.ANOTHER_PERSON}),
    (Move.SUPERSEDE, None, {Need.REASON, Need.ANOTHER_PERSON}),
    (Move.CLOSE_NOT_IMPLEMENTED, None, {Need.REASON, Need.DECISION_DATE, Need.CHAIR, Need.ANOTHER_PERSON}),
    (Move.REOPEN, None, {Need.REASON, Need.LEAD_AGENCY, Need.OWNER, Need.NEW_DATE}),
    (Move.WITHDRAW, {Status.DRAFT}, {Need.REASON}),
    (Move.WITHDRAW, set(Status) - {Status.DRAFT}, {Need.REASON, Need.ANOTHER_PERSON}),
]


@pytest.mark.parametrize(("status", "move"), list(product(Status, Move)))
def test_a_move_leads_where_it_should_or_is_refused(status: Status, move: Move) -> None:
    if move in POSSIBLE[status]:
        assert next_status(status, move) is POSSIBLE[status][move]
        return
    with pytest.raises(IllegalMove) as raised:
        next_status(status, move)
    assert move.label in raised.value.sentence
    assert status.label in raised.value.sentence
    assert all(choice.label in raised.value.sentence for choice in POSSIBLE[status])


def test_a_refusal_says_what_can_be_done_instead() -> None:
    with pytest.raises(ValueError, match="‘Accept’ is not possible while an action is ‘Draft’") as raised:
        next_status(Status.DRAFT, Move.ACCEPT)
    assert str(raised.value).endswith("Possible now: ‘Agree’ or ‘Withdraw’.")
    with pytest.raises(IllegalMove, match="Possible now: ‘Reopen’"):
        next_status(Status.WITHDRAWN, Move.AGREE)


def test_no_two_lines_of_the_table_begin_alike() -> None:
    counted = Counter((transition.frm, transition.move) for transition in TRANSITIONS)
    assert set(counted.values()) == {1}


@pytest.mark.parametrize("status", Status)
def test_every_state_has_a_way_on_and_can_be_reached(status: Status) -> None:
    assert list(moves_from(status)) == list(dict.fromkeys(moves_from(status)))
    assert set(moves_from(status)) == set(POSSIBLE[status])
    reached = {Status.DRAFT}
    for _ in Status:
        reached |= {transition.to for transition in TRANSITIONS if transition.frm in reached}
    assert status in reached


def test_every_state_is_of_exactly_one_kind() -> None:
    kinds: Counter[Status] = Counter({Status.DRAFT: 1})
    for kind in (OPEN, AWAITING, PAUSED, CLOSED):
        kinds.update(kind)
    assert dict(kinds) == dict.fromkeys(Status, 1)


def test_only_what_the_owner_owes_is_chased() -> None:
    assert {Status.AGREED, Status.IN_PROGRESS, Status.REOPENED} == OPEN == CHASED


def test_every_word_on_screen_is_there() -> None:
    assert [status.label for status in Status] == [
        "Draft",
        "Agreed",
        "In progress",
        "Submitted for sign-off",
        "Closed: complete",
        "Impact confirmed",
        "On hold",
        "Escalated externally",
        "Superseded",
        "Closed: not implemented",
        "Reopened",
        "Withdrawn",
    ]
    assert len({move.label for move in Move}) == len(Move)


@pytest.mark.parametrize("status", Status)
def test_what_is_closed_is_read_only(status: Status) -> None:
    if status in CLOSED:
        assert set(moves_from(status)) <= {Move.REOPEN, Move.CONFIRM_IMPACT}
        with pytest.raises(RecordClosed, match="Reopen it first"):
            check_not_closed(status)
    else:
        assert Move.REOPEN not in moves_from(status)
        check_not_closed(status)


def test_only_a_decision_on_what_was_sent_closes_an_action_as_complete() -> None:
    assert [t.frm for t in TRANSITIONS if t.to is Status.COMPLETE] == [Status.SUBMITTED]


@pytest.mark.parametrize(("move", "statuses", "needs"), ASKED)
def test_a_move_asks_for_what_it_needs(move: Move, statuses: set[Status] | None, needs: set[Need]) -> None:
    lines = [t for t in TRANSITIONS if t.move is move and (statuses is None or t.frm in statuses)]
    assert lines
    for line in lines:
        assert set(line.needs) == needs, line


def test_whatever_stops_or_ends_the_owners_clock_is_decided_by_another() -> None:
    for line in TRANSITIONS:
        ends_it = line.frm in OPEN | AWAITING and line.to not in OPEN | AWAITING
        if ends_it or (Need.NEW_DATE in line.needs and line.move is not Move.REOPEN):
            assert Need.ANOTHER_PERSON in line.needs, line


def test_a_move_with_everything_it_needs_goes_through() -> None:
    for transition in TRANSITIONS:
        check_needs(transition.frm, transition.move, EVERYTHING, on=TODAY)


@pytest.mark.parametrize(("need", "field", "lacking"), NEEDS)
def test_a_need_that_is_not_met_is_named_beside_its_field(
    need: Need, field: str | None, lacking: list[dict[str, object]]
) -> None:
    for transition, change in product(TRANSITIONS, lacking):
        given = replace(EVERYTHING, **change)  # type: ignore[arg-type]
        problems = unmet_needs(transition.frm, transition.move, given, on=TODAY)
        if need in transition.needs:
            assert [problem.field for problem in problems] == [field]
            assert problems[0].sentence
            with pytest.raises(RuleBroken):
                check_needs(transition.frm, transition.move, given, on=TODAY)
        else:
            assert problems == ()


def test_every_need_is_tried() -> None:
    assert {need for need, _, _ in NEEDS} == set(Need)


def test_all_that_is_missing_is_said_at_once() -> None:
    problems = unmet_needs(Status.DRAFT, Move.AGREE, Given(), on=TODAY)
    assert [problem.field for problem in problems] == ["agency_id", "owner_id", "due_on"]


def test_needs_of_an_impossible_move_are_not_asked_for() -> None:
    with pytest.raises(IllegalMove):
        unmet_needs(Status.COMPLETE, Move.WITHDRAW, EVERYTHING, on=TODAY)
    with pytest.raises(IllegalMove):
        transition_for(Status.IN_PROGRESS, Move.ACCEPT)


@pytest.mark.parametrize(
    ("status", "move", "field"),
    [
        (Status.DRAFT, Move.AGREE, "due_on"),
        (Status.SUBMITTED, Move.RETURN_TO_OWNER, "new_due_on"),
        (Status.ON_HOLD, Move.RESUME, "new_due_on"),
        (Status.COMPLETE, Move.REOPEN, "new_due_on"),
        (Status.IN_PROGRESS, Move.HOLD, "review_on"),
        (Status.IN_PROGRESS, Move.ESCALATE, "review_on"),
    ],
)
def test_a_promise_lies_no_further_ahead_than_anybody_plans(status: Status, move: Move, field: str) -> None:
    on = date(2017, 3, 31)

    def problems(day: date) -> list[tuple[str | None, str]]:
        given = Given(due_on=day, new_due_on=day, review_on=day)
        found = unmet_needs(status, move, given, on=on)
        return [(each.field, each.sentence) for each in found if each.field == field]

    assert problems(date(2027, 3, 31)) == []
    sentence = "Check the year. The date must be 31 March 2027 or earlier"
    assert problems(date(2027, 4, 1)) == problems(date.max) == [(field, sentence)]


def test_ten_years_after_a_leap_day_is_the_last_of_february() -> None:
    assert last_day_ahead(date(2016, 2, 29)) == date(2026, 2, 28)
    assert last_day_ahead(date(2016, 3, 1)) == date(2026, 3, 1)


def test_a_decision_dated_by_hand_lies_between_the_agreement_and_today() -> None:
    agreed, on = date(2017, 2, 1), date(2017, 3, 31)

    def problem(day: date) -> str:
        given = Given(reason="So", decided_on=day, began_on=agreed, by_chair=True, by_another_person=True)
        found = unmet_needs(Status.IN_PROGRESS, Move.CLOSE_NOT_IMPLEMENTED, given, on=on)
        assert all(each.field == "decided_on" for each in found)
        return " ".join(each.sentence for each in found)

    assert problem(agreed) == problem(on) == ""
    assert "between 1 February 2017, when it was agreed, and today" in problem(date(2017, 1, 31))
    assert "today or earlier" in problem(date(2017, 4, 1))
