"""What was decided and what has happened stays; what is new may be added."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from app.actions.models import Action, ActionUpdate, SignOff
from app.audit.models import AuditEntry
from app.core.database import current_session
from app.transfer.operations import LoadOutcome
from tests.transfer.documents import Document, step, whole

Load = Callable[[Any], LoadOutcome]
Change = Callable[[Document], Any]

#: What a second file changes, and where that is refused, with a part of the sentence.
REFUSED: dict[str, tuple[Change, str, str]] = {
    "the first due date": (
        lambda d: (d["actions"][2].update(first_due_on="2017-06-30", due_on="2017-06-30"),),
        "actions[2].first_due_on",
        "recorded is 2017-05-31",
    ),
    "a due date that nobody decided": (
        lambda d: d["actions"][2].update(due_on="2017-06-30"),
        "actions[2].due_on",
        "only by decided changes",
    ),
    "a decided change of the date": (
        lambda d: (
            d["actions"][1]["date_changes"][0].update(to_on="2017-06-29"),
            d["actions"][1]["extension_requests"][0].update(new_due_on="2017-06-29"),
            d["actions"][1]["extension_requests"][1].update(from_due_on="2017-06-29"),
            d["actions"][1].update(due_on="2017-06-29"),
        ),
        "actions[1].date_changes[0].to_on",
        "recorded is 2017-06-28",
    ),
    "a decision about more time": (
        lambda d: d["actions"][1]["extension_requests"][0].update(decided_by="independent"),
        "actions[1].extension_requests[0].decided_by",
        "settled",
    ),
    "a sign-off": (
        lambda d: d["actions"][0]["sign_offs"][0].update(decision_reason="Never given."),
        "actions[0].sign_offs[0].decision_reason",
        "settled",
    ),
    "the words of an update": (
        lambda d: d["actions"][1]["updates"][0].update(words="Otherwise."),
        "actions[1].updates[0].words",
        "settled",
    ),
    "an update taken away": (
        lambda d: d["actions"][1]["updates"].pop(0),
        "actions[1].updates",
        "A-0002-U1 is recorded",
    ),
    "evidence": (
        lambda d: d["actions"][2]["evidence"][0].update(shows="Something else."),
        "actions[2].evidence[0].shows",
        "settled",
    ),
    "why evidence was given back": (
        lambda d: d["actions"][2]["evidence_returns"][0].update(reason="Otherwise."),
        "actions[2].evidence_returns[0].reason",
        "settled",
    ),
    "a step": (
        lambda d: d["actions"][1]["steps"][1].update(taken_on="2016-11-02"),
        "actions[1].steps[1].taken_on",
        "recorded is 2016-11-01",
    ),
    "a step taken away": (
        lambda d: (d["actions"][1]["steps"].pop(), d["actions"][1].update(status="agreed")),
        "actions[1].steps",
        "never taken away",
    ),
    "a stage": (
        lambda d: d["reviews"][0]["stages"][0].update(reached_on="2016-05-04"),
        "reviews[0].stages",
        "planned 2016-05-03 is recorded",
    ),
    "an audited case taken away": (
        lambda d: d["reviews"][0]["audited_cases"].pop(0),
        "reviews[0].audited_cases",
        "never taken away",
    ),
    "an update put before another": (
        lambda d: d["actions"][1]["updates"].append(
            {"ref": "A-0002-U3", "written_on": "2017-02-01", "words": "Late.", "owner_view": "on_track"}
        ),
        "actions[1].updates[2].written_on",
        "Only later history",
    ),
    "the regime of a review": (
        lambda d: d["reviews"][1].update(regime="WT2013"),
        "reviews[1].regime",
        "settled",
    ),
    "a type on another pathway": (
        lambda d: d["reviews"][1].update(type="serious_case_review"),
        "reviews[1].type",
        "other stages",
    ),
    "the source of a lesson": (
        lambda d: d["lessons"][1].update(source="R-0001"),
        "lessons[1].source",
        "recorded is R-0002",
    ),
    "a clearance taken back": (
        lambda d: (
            [d["lessons"][0].pop(name) for name in ("cleared_on", "cleared_by", "published_on")]
            and d["lessons"][0].update(sharing="draft")
        ),
        "lessons[0].sharing",
        "decided that this is published",
    ),
    "a response": (
        lambda d: d["recommendations"][0].update(response="rejected"),
        "recommendations[0].response",
        "recorded is accepted",
    ),
    "a closed action": (
        lambda d: d["actions"][0].update(title="Another title"),
        "actions[0].title",
        "Reopen it first",
    ),
    "the day it was agreed": (
        lambda d: d["actions"][1].update(agreed_on="2016-10-04"),
        "actions[1].agreed_on",
        "recorded is 2016-10-03",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_second_file_cannot_change_what_was_decided_or_has_happened(name: str, loaded: Load) -> None:
    change, path, sentence = REFUSED[name]
    document = whole()
    change(document)
    outcome = loaded(document)
    found = [problem for problem in outcome.problems if problem.path == path]
    assert any(sentence in problem.problem for problem in found), [
        problem.as_json() for problem in outcome.problems
    ]
    assert outcome.updated == {}
    assert loaded(whole()).updated == {}, "what was here must be as it was"


def test_a_new_update_is_added_and_what_follows_from_it_is_kept(loaded: Load) -> None:
    document = whole()
    document["actions"][1]["updates"].append(
        {"ref": "A-0002-U3", "written_on": "2017-03-27", "words": "Off.", "owner_view": "off_track"}
    )
    outcome = loaded(document)
    assert outcome.problems == []
    assert outcome.updated == {"action": 1}
    action = current_session().scalars(select(Action).where(Action.ref == "A-0002")).one()
    assert [update.ref for update in action.updates] == ["A-0002-U3", "A-0002-U2", "A-0002-U1"]
    assert (action.owner_view, action.colour) == ("off_track", "R")
    assert loaded(document).updated == {}


def test_a_decision_is_added_to_what_waits(loaded: Load) -> None:
    document = whole()
    submitted = document["actions"][2]
    submitted["steps"].append(step("accept", "submitted", "complete", "2017-03-29", "chair"))
    submitted["sign_offs"][0] |= {"decision": "accepted", "decided_on": "2017-03-29", "decided_by": "chair"}
    submitted |= {"status": "complete", "closed_on": "2017-03-29"}
    before = current_session().scalar(select(SignOff.id).where(SignOff.ref == "A-0003-S1"))
    assert loaded(document).problems == []
    action = current_session().scalars(select(Action).where(Action.ref == "A-0003")).one()
    assert (action.colour, action.submitted_on, action.is_open) == ("B", None, False)
    assert [(sign_off.id, sign_off.decision) for sign_off in action.sign_offs] == [(before, "accepted")]


def test_words_roles_and_themes_are_changed_and_each_record_has_one_entry_with_before_and_after(
    loaded: Load,
) -> None:
    document = whole()
    document["actions"][1]["title"] = "A better title"
    document["people"][4]["roles"].append({"role": "board_member", "agency": "homerton"})
    document["lessons"][1]["themes"] = ["practice"]
    document["agencies"][1]["other_names"] = ["HUH"]
    last = current_session().scalar(select(func.max(AuditEntry.id))) or 0
    outcome = loaded(document)
    assert outcome.problems == []
    assert outcome.updated == {"action": 1, "agency": 1, "lesson": 1, "person": 1}
    entries = current_session().scalars(select(AuditEntry).where(AuditEntry.id > last)).all()
    assert {(entry.subject_kind, entry.subject_ref, entry.source_ref) for entry in entries} == {
        ("action", "A-0002", "R-0001"),
        ("agency", "homerton", None),
        ("lesson", "L-0002", "R-0002"),
        ("person", "nurse", None),
    }
    payload = next(entry.payload for entry in entries if entry.subject_ref == "A-0002")
    assert payload is not None
    assert payload.body == (
        '{"after": {"title": "A better title"}, "before": {"title": "Check the plans (A-0002)"}}'
    )
    assert loaded(document).updated == {}


def test_a_closed_action_is_taken_further_by_a_step(loaded: Load) -> None:
    document = whole()
    closed = document["actions"][0]
    closed["steps"].append(
        step("reopen", "complete", "reopened", "2017-03-27", "chair", reason="It did not last.")
    )
    closed["date_changes"] = [
        {
            "from_on": "2017-05-31",
            "to_on": "2017-07-31",
            "cause": "reopened",
            "reason_code": "other",
            "decided_on": "2017-03-27",
        }
    ]
    closed |= {"status": "reopened", "due_on": "2017-07-31"}
    del closed["closed_on"]
    (problem,) = loaded(document).problems
    assert (problem.path, problem.problem) == (
        "actions[0].impact_looks[0].ended_on",
        "A-0001-K1: A-0001 was reopened after 2017-03-08; give the day",
    )
    # What was still owed of the closing ends with it.
    closed["impact_looks"][0]["ended_on"] = "2017-03-27"
    assert loaded(document).problems == []
    action = current_session().scalars(select(Action).where(Action.ref == "A-0001")).one()
    assert (action.status, str(action.first_due_on), str(action.due_on)) == (
        "reopened",
        "2017-05-31",
        "2017-07-31",
    )
    assert current_session().scalar(select(func.count()).select_from(ActionUpdate)) == 3
