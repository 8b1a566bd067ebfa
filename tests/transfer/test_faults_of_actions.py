"""Faults in the life of an action that a file tells are told where they stand."""

import pytest

from tests.transfer.documents import step
from tests.transfer.faults import Fault, Load, must_be_told

FAULTS: dict[str, Fault] = {
    # Actions
    "an action of nothing": (
        lambda d: d["actions"][0].pop("lessons"),
        "actions[0].lessons",
        None,
        "at least one lesson or recommendation",
    ),
    "an action of another review's lesson": (
        lambda d: d["actions"][0].update(lessons=["L-0002"]),
        "actions[0].lessons",
        "L-0002",
        "belongs to R-0002",
    ),
    "a status that the steps do not lead to": (
        lambda d: d["actions"][1].update(status="on_hold"),
        "actions[1].status",
        "on_hold",
        "lead to ‘In progress’",
    ),
    "a move that is not possible": (
        lambda d: d["actions"][1]["steps"][1].update(move="accept"),
        "actions[1].steps[1].move",
        "accept",
        "is not possible",
    ),
    "a step that begins elsewhere": (
        lambda d: d["actions"][1]["steps"][1].update(from_status="reopened"),
        "actions[1].steps[1].from_status",
        "reopened",
        "was ‘Agreed’",
    ),
    "a step that leads elsewhere": (
        lambda d: d["actions"][2]["steps"][1].update(to_status="complete"),
        "actions[2].steps[1].to_status",
        "complete",
        "leads to ‘Submitted for sign-off’",
    ),
    "steps out of order": (
        lambda d: d["actions"][1]["steps"][1].update(taken_on="2016-10-01"),
        "actions[1].steps[1].taken_on",
        "2016-10-01",
        "before what precedes it",
    ),
    "agreed by nobody's promise": (
        lambda d: d["actions"][2].pop("owner"),
        "actions[2].steps[0].move",
        "agree",
        "Choose the person who owns this action",
    ),
    "hold without a reason": (
        lambda d: (
            d["actions"][1]["steps"].append(step("hold", "in_progress", "on_hold", "2017-03-20", "chair")),
            d["actions"][1].update(status="on_hold"),
        ),
        "actions[1].steps[2].move",
        "hold",
        "Give the reason",
    ),
    "another first due date": (
        lambda d: d["actions"][1].update(first_due_on="2017-05-01"),
        "actions[1].date_changes[0].from_on",
        "2017-05-31",
        "was due on 2017-05-01",
    ),
    "a due date that nobody decided": (
        lambda d: d["actions"][0].update(due_on="2017-12-31"),
        "actions[0].due_on",
        "2017-12-31",
        "lead to 2017-05-31",
    ),
    "an agreed action without a date": (
        lambda d: (d["actions"][0].pop("due_on"), d["actions"][0].pop("first_due_on")),
        "actions[0].due_on",
        None,
        "has a due date",
    ),
    "one due date of two": (
        lambda d: d["actions"][3].update(due_on="2017-05-01"),
        "actions[3].first_due_on",
        None,
        "stand together",
    ),
    "agreed on no day": (
        lambda d: d["actions"][0].pop("agreed_on"),
        "actions[0].agreed_on",
        None,
        "agreed on some day",
    ),
    "agreed before it was made": (
        lambda d: d["actions"][0].update(agreed_on="2016-09-14"),
        "actions[0].agreed_on",
        "2016-09-14",
        "before it was made",
    ),
    "closed on no day": (
        lambda d: d["actions"][0].pop("closed_on"),
        "actions[0].closed_on",
        None,
        "closed since some day",
    ),
    "closed and going on": (
        lambda d: d["actions"][1].update(closed_on="2017-03-01"),
        "actions[1].closed_on",
        "2017-03-01",
        "is not closed",
    ),
    "an update of another action": (
        lambda d: d["actions"][0]["updates"][0].update(ref="A-0009-U1"),
        "actions[0].updates[0].ref",
        "A-0009-U1",
        "belongs to A-0001",
    ),
    "an update before it was agreed": (
        lambda d: d["actions"][0]["updates"][0].update(written_on="2016-10-01"),
        "actions[0].updates[0].written_on",
        "2016-10-01",
        "still a draft",
    ),
    "an update after it was closed": (
        lambda d: d["actions"][0]["updates"][0].update(written_on="2017-03-20"),
        "actions[0].updates[0].written_on",
        "2017-03-20",
        "cannot be changed",
    ),
    "sent without evidence": (
        lambda d: d["actions"][2].pop("evidence"),
        "actions[2].steps[1].move",
        "send_for_sign_off",
        "at least one piece of evidence",
    ),
    "evidence that came later": (
        lambda d: d["actions"][2]["evidence"][0].update(added_on="2017-03-21"),
        "actions[2].steps[1].move",
        "send_for_sign_off",
        "at least one piece of evidence",
    ),
    "a link to nothing": (
        lambda d: d["actions"][2]["evidence"][0].pop("link"),
        "actions[2].evidence[0].added_on",
        "2017-03-20",
        "Enter a link",
    ),
    "what was given back is not there": (
        lambda d: d["actions"][2]["evidence_returns"][0].update(evidence="A-0003-E2"),
        "actions[2].evidence_returns[0].evidence",
        "A-0003-E2",
        "A-0003 has no such evidence",
    ),
    "given back before it was there": (
        lambda d: d["actions"][2]["evidence_returns"][0].update(returned_on="2017-03-19"),
        "actions[2].evidence_returns[0].returned_on",
        "2017-03-19",
        "given back before it was added",
    ),
    "two requests that wait": (
        lambda d: d["actions"][1]["extension_requests"].append(
            {**d["actions"][1]["extension_requests"][1], "ref": "A-0002-X3"}
        ),
        "actions[1].extension_requests[2].decision",
        None,
        "A-0002-X2 waits",
    ),
    "more time decided by the wrong tier": (
        lambda d: d["actions"][1]["extension_requests"][1].update(decider="board_manager"),
        "actions[1].extension_requests[1].decider",
        "board_manager",
        "decided by group_chair",
    ),
    "more time from another date": (
        lambda d: d["actions"][1]["extension_requests"][1].update(from_due_on="2017-05-31"),
        "actions[1].extension_requests[1].from_due_on",
        "2017-05-31",
        "due on 2017-06-28",
    ),
    "more time that is less": (
        lambda d: d["actions"][1]["extension_requests"][1].update(new_due_on="2017-06-01"),
        "actions[1].extension_requests[1].new_due_on",
        "2017-06-01",
        "after the date it is due now",
    ),
    "more time for other reasons unsaid": (
        lambda d: d["actions"][1]["extension_requests"][1].update(reason_code="other"),
        "actions[1].extension_requests[1].reason",
        None,
        "Say why",
    ),
    "decided by who asked": (
        lambda d: d["actions"][1]["extension_requests"][0].update(decided_by="nurse"),
        "actions[1].extension_requests[0].decided_by",
        "nurse",
        "themselves",
    ),
    "decided on no day": (
        lambda d: d["actions"][1]["extension_requests"][0].pop("decided_on"),
        "actions[1].extension_requests[0].decided_on",
        None,
        "made on some day",
    ),
    "granted and not moved": (
        lambda d: (
            d["actions"][1].pop("date_changes"),
            d["actions"][1].update(due_on="2017-05-31"),
            d["actions"][1]["extension_requests"].pop(),
        ),
        "actions[1].extension_requests[0].decision",
        "granted",
        "no change of the date says so",
    ),
    "moved and not granted": (
        lambda d: d["actions"][1]["extension_requests"][0].update(decision="refused"),
        "actions[1].date_changes[0].cause",
        "extension",
        "No request for more time was granted",
    ),
    "moved by a return that never was": (
        lambda d: d["actions"][1]["date_changes"][0].update(cause="returned"),
        "actions[1].date_changes[0].cause",
        "returned",
        "No step stands for this",
    ),
    "submitted with nothing that waits": (
        lambda d: d["actions"][2]["sign_offs"][0].update(
            decision="accepted", decided_on="2017-03-22", decided_by="chair"
        ),
        "actions[2].sign_offs",
        "0 without a decision",
        "waits",
    ),
    "signed off by the owner": (
        lambda d: d["actions"][0]["sign_offs"][0].update(decided_by="nurse", sent_by="manager"),
        "actions[0].sign_offs[0].decided_by",
        "nurse",
        "answer for",
    ),
    "signed off by the owner's agency": (
        lambda d: d["actions"][0]["sign_offs"][0].update(decided_by="left"),
        "actions[0].sign_offs[0].decided_by",
        "left",
        "answer for",
    ),
    "signed off by nobody": (
        lambda d: d["actions"][0]["sign_offs"][0].pop("decided_by"),
        "actions[0].sign_offs[0].decided_by",
        None,
        "say who",
    ),
    "complete without a sign-off": (
        lambda d: d["actions"][0].pop("sign_offs"),
        "actions[0].sign_offs",
        "0",
        "for sign-off 1 times",
    ),
    "a meeting before it was sent": (
        lambda d: d["actions"][0]["sign_offs"][0].update(meeting_on="2017-01-31"),
        "actions[0].sign_offs[0].meeting_on",
        "2017-01-31",
        "between",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_by_path_value_and_problem(name: str, load: Load) -> None:
    must_be_told(FAULTS[name], load)
