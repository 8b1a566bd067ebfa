"""What a file gets round no more than a person does: tiers, counts, an agency's own return, and years."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.accounts.administration.queries import agency
from app.accounts.models import Person
from app.accounts.queries import person_by_ref
from app.actions import operations
from app.actions.operations import Part
from app.actions.queries import action as find_action
from app.actions.rules import Reason
from app.core.acting import Actor, acting_as
from app.core.database import current_session
from app.transfer.operations import LoadOutcome, dump_file, load_file
from tests.transfer.documents import Document, everything
from tests.transfer.rows import step

Load = Callable[[Any], LoadOutcome]
FAR = "2071-03-24"
MOVED = {
    "from_on": "2017-03-24",
    "to_on": "2017-03-20",
    "cause": "resumed",
    "reason_code": "resumed",
    "decided_on": "2017-03-10",
    "decided_by": "chair",
}


def _of(document: Document, ref: str) -> Document:
    found: Document = next(each for each in document["actions"] if each["ref"] == ref)
    return found


def _waiting(document: Document, decider: str) -> None:
    """More time was asked for, and the date moved before anybody decided."""
    action = _of(document, "A-0006")
    action["steps"] += [
        step("hold", "agreed", "on_hold", "2017-03-08", "independent", reason="Waits."),
        step("resume", "on_hold", "in_progress", "2017-03-10", "independent"),
    ]
    action.update(
        status="in_progress",
        due_on="2017-03-20",
        date_changes=[MOVED],
        extension_requests=[
            {
                "ref": "A-0006-X1",
                "asked_on": "2017-03-01",
                "asked_by": "nurse",
                "from_due_on": "2017-03-24",
                "new_due_on": "2017-04-20",
                "reason_code": "funding",
                "interim_safeguard": "Each plan is read aloud.",
                "decider": decider,
            }
        ],
    )


def _elsewhere(document: Document) -> None:
    """The part of one agency is given to another by being reopened."""
    _of(document, "A-0006")["owner_changes"].append(
        {
            "cause": "reopened",
            "from_agency": "homerton",
            "to_agency": "ccg",
            "from_owner": "nurse",
            "to_owner": "manager",
            "reason": "So",
            "changed_on": "2017-01-09",
        }
    )


def _answered_by_what_was_returned(document: Document) -> None:
    action = _of(document, "A-0001")
    action["impact_statements"][0].update(
        decision="returned", decided_on="2017-03-20", decided_by="chair", decision_reason="Show it."
    )
    action["impact_looks"][0].update(statement="A-0001-I1")


def _owed_of_an_earlier_closing(document: Document) -> None:
    """It was accepted once before, and reopened; a look of that closing is owed still."""
    action = _of(document, "A-0001")
    action["impact_looks"][0].update(closed_on="2017-01-18", due_on="2017-04-18")


def _moved_while_it_waited(document: Document) -> None:
    """It went to another agency though its work waited to be signed off."""
    action = _of(document, "A-0010")
    action["steps"].append(step("send_for_sign_off", "agreed", "submitted", "2017-03-18", "nurse"))
    action["status"] = "submitted"


#: What is changed, the place of the fault below ``actions``, and a part of the sentence.
FAULTS: dict[str, tuple[Callable[[Document], Any], str, str]] = {
    "agreed for a day that nobody plans for": (
        lambda d: _of(d, "A-0006").update(first_due_on=FAR, due_on=FAR),
        "[5].steps[0].move",
        "Check the year. The date must be",
    ),
    "drafted for such a day": (
        lambda d: _of(d, "A-0004").update(first_due_on=FAR, due_on=FAR),
        "[3].first_due_on",
        "Check the year. The date must be",
    ),
    "more time until such a day": (
        lambda d: _of(d, "A-0008")["extension_requests"][0].update(new_due_on=FAR),
        "[7].extension_requests[0].new_due_on",
        "Check the year. The date must be 10 January 2027 or earlier",
    ),
    "looked at again on such a day": (
        lambda d: _of(d, "A-0007").update(review_on=FAR),
        "[6].steps[1].move",
        "Check the year. The date must be 8 March 2027 or earlier",
    ),
    "split off without what was granted before": (
        lambda d: _of(d, "A-0009")["date_changes"][0].update(reason_code="split"),
        "[8].date_changes",
        "A-0008 was given more time 1 time before it was split",
    ),
    "the part of one agency split": (
        lambda d: _of(d, "A-0008").update(parent="A-0005"),
        "[7].successions[0].kind",
        "is not split, nor is a part",
    ),
    "the part of one agency reopened elsewhere": (
        _elsewhere,
        "[5].owner_changes[2].to_agency",
        "stays with its agency",
    ),
    "what lapsed by no step": (
        lambda d: _of(d, "A-0010")["not_for_us"][1].update(decision="lapsed", decided_on="2017-03-25"),
        "[9].not_for_us[1].decision",
        "No step of 2017-03-25",
    ),
    "a look answered before anybody asked for it": (
        lambda d: _of(d, "A-0001")["impact_looks"][0].update(statement="A-0001-I1"),
        "[0].impact_looks[0].statement",
        "What was stated on 2017-03-10 is too early for 2017-06-08",
    ),
    "a look answered by what was returned": (
        _answered_by_what_was_returned,
        "[0].impact_looks[0].statement",
        "What was returned answers nothing",
    ),
    "a look still owed after it was reopened": (
        _owed_of_an_earlier_closing,
        "[0].impact_looks[0].ended_on",
        "A-0001 was reopened after 2017-01-18",
    ),
    "moved to another agency while its work waited": (
        _moved_while_it_waited,
        "[9].owner_changes[0].changed_on",
        "On 2017-03-20 it was sent for sign-off; decide that first",
    ),
    "a tier too low for the date it has now": (
        lambda d: _waiting(d, "board_manager"),
        "[5].extension_requests[0].decider",
        "decided by group_chair",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_breaks_a_rule_is_refused_beside_its_field(name: str, load: Load) -> None:
    document = everything()
    change, place, sentence = FAULTS[name]
    change(document)
    told = {problem.path: problem.problem for problem in load(document).problems}
    assert sentence in told.get(f"actions{place}", ""), told


def test_a_request_that_waits_is_with_whoever_decides_it_by_the_date_it_has_now(load: Load) -> None:
    document = everything()
    _waiting(document, "group_chair")
    assert load(document).problems == []


def test_what_lapsed_and_what_was_carried_on_comes_back_as_it_was(
    load: Load, start_afresh: Callable[[], None], tmp_path: Path
) -> None:
    def by(person: Person) -> Any:
        return acting_as(Actor(person.id, person.name))

    assert load(everything()).problems == []
    nurse, manager, chair = map(person_by_ref, ("nurse", "manager", "chair"))
    action = find_action("A-0009")
    assert action.extension_count == 1
    with by(nurse):
        request = operations.ask_for_more_time(
            action=action,
            new_due_on=date(2017, 4, 28),
            reason_code=Reason.STAFFING,
            interim_safeguard="Each plan is read aloud.",
        )
        assert request.decider == "group_chair"
        operations.say_not_for_us(action=action, reason="The CCG does it.")
    homerton, ccg = agency("homerton"), agency("ccg")
    with by(chair):
        first, _ = operations.split(
            action=action,
            parts=[Part("One half", homerton, nurse), Part("The other", ccg, manager)],
            reason="Two wards.",
        )
    assert (request.decision, first.extension_count) == ("lapsed", 1)
    part, path = first.ref, tmp_path / "dump.json"
    current_session().commit()
    assert dump_file(path).problems == []
    written = path.read_bytes()
    start_afresh()
    assert load_file(path).problems == []
    assert find_action(part).extension_count == 1
    assert find_action("A-0009").not_for_us[-1].decision == "lapsed"
    assert dump_file(path).problems == []
    assert path.read_bytes() == written
