"""What happens to an action beside its main line, in a file: what is refused, and what comes back."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.accounts.administration.queries import agency
from app.accounts.queries import person_by_ref
from app.actions import operations as deeds
from app.actions.operations.declaring import declare_colour
from app.actions.operations.ending import close_not_implemented, reopen, supersede
from app.actions.operations.joining import Part, merge, split
from app.actions.operations.passing import answer_not_for_us, hand_over, reassign, say_not_for_us
from app.actions.operations.pausing import escalate, hold, resume
from app.actions.queries import action as find_action
from app.actions.queries import action_for_change, returns_of
from app.actions.rules import Colour, NotForUsDecision
from app.actions.standing import keep
from app.core.acting import Actor, acting_as
from app.core.clock import today
from app.core.database import current_session
from app.transfer.operations import LoadOutcome, dump, dump_file, load_file
from tests.transfer.documents import Document, everything

Load = Callable[[Any], LoadOutcome]
Change = Callable[[Document], Any]


@pytest.fixture
def filled(load: Load) -> Load:
    """Loading, into a database that holds everything."""
    assert load(everything()).problems == []
    return load


def _of(document: Document, ref: str) -> Document:
    found: Document = next(each for each in document["actions"] if each["ref"] == ref)
    return found


def _row(document: Document, ref: str, rows: str, index: int = 0) -> Document:
    row: Document = _of(document, ref)[rows][index]
    return row


def _later(document: Document, day: str) -> None:
    """Let the part be split off on another day than the whole."""
    part = _of(document, "A-0009")
    part.update(agreed_on=day)
    part["steps"][0]["taken_on"] = day


#: What is changed, the place of the fault below ``actions``, and a part of the sentence.
FAULTS: dict[str, tuple[Change, str, str]] = {
    "a part of nothing that has parts": (
        lambda d: _of(d, "A-0005").pop("is_all_agency"),
        "[5].parent",
        "not an action that every agency returns",
    ),
    "a part of a part": (
        lambda d: _of(d, "A-0006").update(is_all_agency=True),
        "[5].parent",
        "itself no part",
    ),
    "a part of itself": (
        lambda d: _of(d, "A-0006").update(parent="A-0006"),
        "[5].parent",
        "no part of itself",
    ),
    "a part of another case": (
        lambda d: _of(d, "A-0005").update(source="R-0002", lessons=["L-0002"]),
        "[5].parent",
        "belongs to R-0002",
    ),
    "acknowledged before it was passed on": (
        lambda d: _of(d, "A-0006").update(acknowledged_on="2016-12-04"),
        "[5].acknowledged_on",
        "since 2016-12-05",
    ),
    "acknowledged before it was agreed": (
        lambda d: _of(d, "A-0004").update(acknowledged_on="2016-12-04"),
        "[3].acknowledged_on",
        "Only what was agreed",
    ),
    "looked at again though it does not wait": (
        lambda d: _of(d, "A-0006").update(review_on="2017-05-03"),
        "[5].review_on",
        "does not wait",
    ),
    "looked at again on the day it was put on hold": (
        lambda d: _of(d, "A-0007").update(review_on="2017-03-08"),
        "[6].steps[1].move",
        "after today",
    ),
    "an owner that no change leads to": (
        lambda d: _of(d, "A-0010").update(owner="chair"),
        "[9].owner",
        "they lead to manager",
    ),
    "an agency that no change leads to": (
        lambda d: _of(d, "A-0006").update(agency="ccg"),
        "[5].agency",
        "they lead to homerton",
    ),
    "a change from somebody who had it not": (
        lambda d: _row(d, "A-0006", "owner_changes", 1).update(from_owner="chair"),
        "[5].owner_changes[1].from_owner",
        "nobody had it",
    ),
    "changes out of order": (
        lambda d: _row(d, "A-0006", "owner_changes", 1).update(changed_on="2016-11-29"),
        "[5].owner_changes[1].changed_on",
        "before what precedes it",
    ),
    "reassigned without a reason": (
        lambda d: _row(d, "A-0006", "owner_changes", 1).pop("reason"),
        "[5].owner_changes[1].reason",
        "Give the reason",
    ),
    "reassigned to another agency": (
        lambda d: _row(d, "A-0010", "owner_changes").update(cause="reassigned"),
        "[9].owner_changes[0].to_agency",
        "leaves it with its agency",
    ),
    "passed on while it was closed": (
        lambda d: _of(d, "A-0008").update(
            owner_changes=[
                {
                    "cause": "left",
                    "from_agency": "homerton",
                    "to_agency": "homerton",
                    "to_owner": "nurse",
                    "changed_on": "2017-03-16",
                }
            ]
        ),
        "[7].owner_changes[0].changed_on",
        "could not pass on",
    ),
    "reopened by no step": (
        lambda d: _row(d, "A-0006", "owner_changes", 1).update(cause="reopened"),
        "[5].owner_changes[1].cause",
        "was not reopened",
    ),
    "moved without a decision": (
        lambda d: _of(d, "A-0010")["not_for_us"].pop(0),
        "[9].owner_changes[0].cause",
        "Nobody decided",
    ),
    "decided to move and not moved": (
        lambda d: (
            _of(d, "A-0010").pop("owner_changes"),
            _of(d, "A-0010").update(agency="homerton", owner="nurse"),
        ),
        "[9].not_for_us[0].decision",
        "no change of its agency",
    ),
    "decided by nobody": (
        lambda d: _row(d, "A-0010", "not_for_us").pop("decided_by"),
        "[9].not_for_us[0].decided_by",
        "say who",
    ),
    "decided on no day": (
        lambda d: _row(d, "A-0010", "not_for_us").pop("decided_on"),
        "[9].not_for_us[0].decided_on",
        "give it",
    ),
    "decided by who had it": (
        lambda d: _row(d, "A-0010", "not_for_us").update(said_by="chair", decided_by="nurse"),
        "[9].not_for_us[0].decided_by",
        "does not answer for it",
    ),
    "a reason of no decision": (
        lambda d: _row(d, "A-0010", "not_for_us", 1).update(decision_reason="No."),
        "[9].not_for_us[1].decision_reason",
        "no decision",
    ),
    "said of a draft": (
        lambda d: _row(d, "A-0010", "not_for_us").update(said_on="2017-03-14"),
        "[9].not_for_us[0].said_on",
        "Only what somebody owes",
    ),
    "waiting twice": (
        lambda d: _of(d, "A-0010")["not_for_us"].append(
            _row(d, "A-0010", "not_for_us", 1) | {"ref": "A-0010-N3", "said_on": "2017-03-23"}
        ),
        "[9].not_for_us[2].decision",
        "waits for a decision already",
    ),
    "a successor of another action's number": (
        lambda d: _row(d, "A-0008", "successions").update(successor="A-0008"),
        "[7].successions[0].successor",
        "not go on in itself",
    ),
    "a successor that is a draft": (
        lambda d: _row(d, "A-0008", "successions").update(successor="A-0004"),
        "[7].successions[0].successor",
        "Nothing could go on",
    ),
    "set aside by no step": (
        lambda d: _row(d, "A-0008", "successions").update(decided_on="2017-03-14"),
        "[7].successions[0].decided_on",
        "No step of this day",
    ),
    "split off on another day": (lambda d: _later(d, "2017-03-16"), "[8].agreed_on", "on the day on which"),
    "split off from nothing": (
        lambda d: _of(d, "A-0008")["successions"].pop(0),
        "[8].date_changes[0].cause",
        "split from no other action",
    ),
    "split off with another first date": (
        lambda d: (
            _of(d, "A-0009").update(first_due_on="2017-02-01"),
            _row(d, "A-0009", "date_changes").update(from_on="2017-02-01"),
        ),
        "[8].first_due_on",
        "keeps its first date, 2017-01-31",
    ),
    "split off with another date": (
        lambda d: (
            _of(d, "A-0009").update(due_on="2017-06-30"),
            _row(d, "A-0009", "date_changes").update(to_on="2017-06-30"),
        ),
        "[8].date_changes[0].to_on",
        "keeps its due date, 2017-02-28",
    ),
    "a colour that it has": (
        lambda d: _row(d, "A-0009", "colour_overrides").update(declared="R"),
        "[8].colour_overrides[0].declared",
        "It is red already",
    ),
    "a colour that stands longer": (
        lambda d: _row(d, "A-0009", "colour_overrides").update(lapses_on="2017-04-16"),
        "[8].colour_overrides[0].lapses_on",
        "lapses on 2017-04-15",
    ),
    "a colour of what nobody owes": (
        lambda d: _row(d, "A-0009", "colour_overrides").update(
            declared_on="2017-03-14", lapses_on="2017-04-14"
        ),
        "[8].colour_overrides[0].declared_on",
        "only while the owner owes",
    ),
    "evidence that there is not": (
        lambda d: _row(d, "A-0001", "sign_offs").update(evidence_number=2),
        "[0].sign_offs[0].evidence_number",
        "no evidence of this number",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_breaks_a_rule_is_refused_beside_its_field(name: str, load: Load) -> None:
    document = everything()
    change, place, sentence = FAULTS[name]
    change(document)
    told = {problem.path: problem.problem for problem in load(document).problems}
    assert sentence in told.get(f"actions{place}", ""), told


#: What a second file changes of what is here, and where that is refused.
SETTLED: dict[str, tuple[Change, str]] = {
    "its whole": (lambda d: _of(d, "A-0006").pop("parent"), "[5].parent"),
    "that it is for every agency": (
        lambda d: _of(d, "A-0002").update(is_all_agency=True),
        "[1].is_all_agency",
    ),
    "why it was passed on": (
        lambda d: _row(d, "A-0006", "owner_changes", 1).update(reason="Otherwise."),
        "[5].owner_changes[1].reason",
    ),
    "where it goes on": (
        lambda d: _row(d, "A-0008", "successions").update(successor="A-0002", kind="superseded"),
        "[7].successions[0].successor",
    ),
    "what was decided": (
        lambda d: _row(d, "A-0010", "not_for_us").update(decision_reason="Otherwise."),
        "[9].not_for_us[0].decision_reason",
    ),
    "what was said": (
        lambda d: _row(d, "A-0010", "not_for_us", 1).update(reason="Otherwise."),
        "[9].not_for_us[1].reason",
    ),
    "a declared colour": (
        lambda d: _row(d, "A-0009", "colour_overrides").update(declared="G"),
        "[8].colour_overrides[0].declared",
    ),
    "a declared colour taken away": (
        lambda d: _of(d, "A-0009").pop("colour_overrides"),
        "[8].colour_overrides",
    ),
}


@pytest.mark.parametrize("name", SETTLED)
def test_what_was_settled_is_not_changed_by_a_file(name: str, filled: Load) -> None:
    document = everything()
    change, place = SETTLED[name]
    change(document)
    assert f"actions{place}" in {problem.path for problem in filled(document).problems}


def test_a_file_that_parks_or_supersedes_what_is_here_says_until_when_or_in_favour_of_what(
    filled: Load,
) -> None:
    document = everything()
    for ref, move, to in (("A-0002", "hold", "on_hold"), ("A-0006", "supersede", "superseded")):
        held = _of(document, ref)
        held["steps"].append(
            {
                "move": move,
                "from_status": held["status"],
                "to_status": to,
                "taken_on": "2017-03-29",
                "taken_by": "chair",
                "reason": "Waits.",
            }
        )
        held["status"] = to
    _of(document, "A-0006")["closed_on"] = "2017-03-29"
    assert {problem.path for problem in filled(document).problems} == {
        "actions[1].review_on",
        "actions[5].successions",
    }
    _of(document, "A-0002")["review_on"] = "2017-05-03"
    _of(document, "A-0006")["successions"] = [
        {"successor": "A-0002", "kind": "superseded", "decided_on": "2017-03-29"}
    ]
    assert filled(document).problems == []
    whole = find_action("A-0005")
    assert (whole.colour, str(returns_of(whole))) == ("A", "0 of 1 returned")


def test_a_whole_has_the_worst_colour_of_its_parts_and_both_colours_are_kept(filled: Load) -> None:
    assert [find_action(ref).colour for ref in ("A-0006", "A-0005")] == ["R", "R"]
    declared = find_action("A-0009")
    assert (declared.colour, declared.declared_colour, declared.declared_until) == (
        "R",
        "A",
        date(2017, 4, 20),
    )
    assert declared.colour_changes_on is not None
    assert [row.successor.ref for row in find_action("A-0008").successions] == ["A-0009", "A-0010"]


def test_a_part_that_comes_later_and_alone_colours_its_whole(load: Load) -> None:
    document = everything()
    parts = [each for each in document["actions"] if each.get("parent")]
    document["actions"] = [each for each in document["actions"] if not each.get("parent")]
    assert load(document).problems == []
    assert find_action("A-0005").colour == "A"
    assert load({"format": document["format"], "version": 1, "actions": parts}).problems == []
    assert find_action("A-0005").colour == "R"


def test_kept_columns_are_those_that_an_operation_keeps(filled: Load) -> None:
    names = (
        "colour",
        "urgency",
        "colour_changes_on",
        "declared_colour",
        "declared_until",
        "is_open",
        "unacknowledged_since",
    )
    for ref in ("A-0005", "A-0006", "A-0007", "A-0008", "A-0009", "A-0010"):
        loaded = {name: getattr(find_action(ref), name) for name in names}
        action = action_for_change(ref)
        keep(action, on=today())
        assert {name: getattr(action, name) for name in names} == loaded, ref


def test_what_people_did_here_loads_into_a_fresh_database(
    filled: Load, start_afresh: Callable[[], None], tmp_path: Path
) -> None:
    def by(ref: str) -> Any:
        person = person_by_ref(ref)
        return acting_as(Actor(person.id, person.name))

    nurse, manager, chair = (person_by_ref(ref) for ref in ("nurse", "manager", "chair"))
    homerton, ccg = agency("homerton"), agency("ccg")
    with by("nurse"):
        say_not_for_us(action=find_action("A-0009"), reason="The CCG does it.", suggested=ccg)
    with by("manager"):
        reassign(action=find_action("A-0010"), owner=chair, reason="She knows it.")
        hand_over(action=find_action("A-0005"), owner=None, reason="She leaves.")
    with by("chair"):
        answer_not_for_us(
            action=find_action("A-0009"),
            decision=NotForUsDecision.MOVED,
            reason="It does.",
            agency=ccg,
            owner=manager,
        )
        declare_colour(action=find_action("A-0006"), declared=Colour.GREEN, reason="Done tomorrow.")
        hold(action=find_action("A-0006"), reason="Waits.", review_on=date(2017, 5, 3))
        escalate(
            action=find_action("A-0006"),
            reason="Nobody answers.",
            review_on=date(2017, 6, 1),
            about="Guidance",
            put_to="The Home Office",
        )
        split(
            action=find_action("A-0002"),
            parts=[Part("One half", homerton, nurse), Part("The other", ccg, manager)],
            reason="Two wards.",
        )
    with by("independent"):
        resume(action=find_action("A-0007"), new_due_on=date(2017, 7, 3))
        merge(action=find_action("A-0010"), others=[find_action("A-0009")], reason="The same.")
        close_not_implemented(
            action=find_action("A-0007"), reason="Not needed.", decided_on=date(2017, 3, 30)
        )
        reopen(
            action=find_action("A-0007"),
            reason="Needed.",
            agency=ccg,
            owner=manager,
            new_due_on=date(2017, 9, 1),
        )
    with by("chair"):
        supersede(action=find_action("A-0003"), successor=find_action("A-0006"), reason="Wider.")
        deeds.withdraw_draft(action=find_action("A-0004"), reason="Not meant.")
        reopen(
            action=find_action("A-0004"),
            reason="Meant.",
            agency=homerton,
            owner=nurse,
            new_due_on=date(2017, 9, 1),
        )
    current_session().commit()
    path = tmp_path / "dump.json"
    assert dump_file(path).problems == []
    first, colours = path.read_bytes(), _colours()
    start_afresh()
    assert load_file(path).problems == []
    assert dump_file(path).problems == []
    assert (path.read_bytes(), _colours()) == (first, colours)


def _colours() -> list[tuple[str, str, str | None, int]]:
    return [
        (each.ref, each.colour, each.declared_colour, each.urgency)
        for each in (find_action(record["ref"]) for record in dump()["actions"])
    ]
