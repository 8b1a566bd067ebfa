"""Statements of impact, looks, ratified sign-offs and challenges in a file: what is refused, what is kept."""

from collections.abc import Callable
from typing import Any

import pytest

from app.accounts.queries import person_by_ref
from app.actions import queries as actions
from app.actions.challenges import queries as challenges
from app.transfer.operations import LoadOutcome
from tests.transfer.documents import Document, whole

Load = Callable[[Any], LoadOutcome]


def _action(document: Document) -> Document:
    action: Document = document["actions"][0]
    return action


def _statement(document: Document, **values: Any) -> None:
    row = _action(document)["impact_statements"][0]
    row |= values
    for name in [name for name, value in values.items() if value is None]:
        del row[name]


def _look(document: Document, **values: Any) -> None:
    _action(document)["impact_looks"][0] |= values


def _sign_off(document: Document, **values: Any) -> None:
    _action(document)["sign_offs"][0] |= values


def _challenge(document: Document, **values: Any) -> None:
    document["challenges"][0] |= values


FAULTS: dict[str, tuple[Callable[[Document], None], str]] = {
    "level 4 on the owner's word": (lambda d: _statement(d, level=4), "evidence"),
    "a figure without a source": (
        lambda d: d["actions"][0]["impact_statements"][0].pop("measured_by"),
        "measured_by",
    ),
    "evidence of nowhere": (lambda d: _statement(d, evidence=["A-0001-E9"]), "evidence"),
    "stated before it closed": (
        lambda d: _statement(d, stated_on="2017-01-10", measured_on="2017-01-10"),
        "stated_on",
    ),
    "confirmed by who stated it": (
        lambda d: _statement(d, level=0, decision="confirmed", decided_on="2017-03-12", decided_by="nurse"),
        "decided_by",
    ),
    "confirmed without a step": (
        lambda d: _statement(d, decision="confirmed", decided_on="2017-03-12", decided_by="chair"),
        "decision",
    ),
    "a look on another day": (lambda d: _look(d, due_on="2017-06-09"), "due_on"),
    "a look after four months": (lambda d: _look(d, months=4, due_on="2017-07-08"), "months"),
    "a look at no closing": (lambda d: _look(d, closed_on="2017-03-09", due_on="2017-06-09"), "closed_on"),
    "a look answered by nothing": (lambda d: _look(d, statement="A-0001-I7"), "statement"),
    "ratified without delegation": (
        lambda d: _sign_off(d, ratified_on="2017-03-20", ratified_meeting_on="2017-03-20"),
        "ratified_on",
    ),
    "delegated and at a meeting": (lambda d: _sign_off(d, is_delegated=True), "meeting_on"),
    "a challenge in another case": (lambda d: _challenge(d, source="R-0002"), "source"),
    "a line before it was raised": (
        lambda d: d["challenges"][0]["entries"][0].update(happened_on="2017-02-28"),
        "happened_on",
    ),
    "an outcome without words": (
        lambda d: _challenge(d, outcome="resolved", closed_on="2017-03-20"),
        "outcome",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_breaks_a_rule_is_refused_beside_its_field(name: str, load: Load) -> None:
    document = whole()
    change, field = FAULTS[name]
    change(document)
    problems = load(document).problems
    assert problems, name
    assert {problem.path.rpartition(".")[2] for problem in problems} >= {field}, problems


def test_what_is_loaded_stands_as_if_it_had_been_recorded(loaded: Load) -> None:
    action = actions.action_in_full("A-0001")
    (statement,) = action.impact_statements
    assert [piece.ref for piece in statement.evidence] == ["A-0001-E1"]
    assert [(look.months, look.is_open) for look in action.impact_looks] == [(3, True), (6, False)]
    challenge = challenges.challenge("H-0001")
    assert [entry.whom for entry in challenge.entries] == ["the chief executive"]
    assert challenge.raised_by == person_by_ref("independent")


def test_a_later_file_takes_a_closed_action_further_and_changes_nothing_that_was_stated(loaded: Load) -> None:
    document = whole()
    rows = _action(document)["impact_statements"]
    rows[0] |= {
        "decision": "returned",
        "decided_on": "2017-03-12",
        "decided_by": "chair",
        "decision_reason": "Ask.",
    }
    _action(document)["evidence"].append(
        {
            "ref": "A-0001-E2",
            "kind": "words",
            "shows": "An audit of twenty cases.",
            "nature": "audit",
            "added_on": "2017-03-15",
            "added_by": "nurse",
        }
    )
    rows.append(
        {
            "ref": "A-0001-I2",
            "level": 4,
            "statement": "Every ward does it.",
            "evidence": ["A-0001-E2"],
            "stated_on": "2017-03-15",
            "stated_by": "nurse",
        }
    )
    assert loaded(document).problems == []
    assert [row.level for row in actions.action_in_full("A-0001").impact_statements] == [2, 4]
    _statement(document, statement="Everybody says so.")
    (problem,) = loaded(document).problems
    assert problem.path.endswith("impact_statements[0].statement")
