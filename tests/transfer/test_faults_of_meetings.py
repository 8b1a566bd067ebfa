"""Meetings that no screen could have come to are refused, each with where and why."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.transfer.documents import Document, everything, load_into

Change = Callable[[Document], object]


@pytest.mark.parametrize(
    ("change", "where", "why"),
    [
        (lambda d: d["meetings"][1].update(panel="P-0001"), "meetings[1].panel", "already"),
        (lambda d: d["meetings"][1].update(held_on="2017-05-16"), "meetings[1].held_on", "no other has"),
        (lambda d: d["meetings"][0].update(held_on="2017-02-22"), "meetings[0].held_on", "day of its panel"),
        (
            lambda d: d["meetings"][1].update(closed_on="2017-05-16"),
            "meetings[1].closed_on",
            "once it was held",
        ),
        (lambda d: d["meetings"][0].pop("papers_version"), "meetings[0].papers_version", "version"),
        (
            lambda d: d["meetings"][0]["agenda"][1].update(death="D-0001"),
            "meetings[0].agenda[1].death",
            "once",
        ),
        (
            lambda d: d["meetings"][1]["agenda"][0].update(decision="completed", decided_on="2017-03-01"),
            "meetings[1].agenda[0].decision",
            "before the meeting",
        ),
        (
            lambda d: d["meetings"][0]["agenda"][1].pop("deferred_reason"),
            "meetings[0].agenda[1].deferred_reason",
            "says why",
        ),
        (
            lambda d: d["meetings"][0]["agenda"][0].pop("decided_on"),
            "meetings[0].agenda[0].decided_on",
            "has its day",
        ),
        (
            lambda d: d["meetings"][0].pop("without_quorum_reason"),
            "meetings[0].agenda[0].decision",
            "not quorate",
        ),
    ],
)
def test_a_fault_is_named_with_its_place(
    app: Flask, tmp_path: Path, change: Change, where: str, why: str
) -> None:
    document = everything()
    change(document)
    problems = load_into(tmp_path, document).problems
    assert any(problem.path == where and why in problem.problem for problem in problems), problems


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda m: m["agenda"][0].update(decision="deferred", deferred_reason="No."), "agenda[0].decision"),
        (lambda m: m["agenda"][1].update(deferred_reason="Another."), "agenda[1].deferred_reason"),
        (lambda m: m["agenda"].pop(0), "agenda"),
        (lambda m: m["agenda"][1].update(minutes=40), "agenda"),
        (lambda m: m.update(is_quorate=True), "is_quorate"),
        (lambda m: m["asked"][0].update(attendance="absent"), "asked"),
    ],
)
def test_what_was_sent_and_decided_is_changed_by_no_file_while_the_minutes_are_open(
    app: Flask, tmp_path: Path, change: Change, where: str
) -> None:
    document = everything()
    for name in ("closed_on", "closed_by"):
        del document["meetings"][0][name]
    assert load_into(tmp_path, document).problems == []
    document["meetings"][0]["notes"].append({"words": "And another.", "written_on": "2017-03-01"})
    assert load_into(tmp_path, document).problems == []
    change(document["meetings"][0])
    paths = [problem.path for problem in load_into(tmp_path, document).problems]
    assert f"meetings[0].{where}" in paths


def test_closed_minutes_are_changed_by_no_file(app: Flask, tmp_path: Path) -> None:
    assert load_into(tmp_path, everything()).problems == []
    document = everything()
    document["meetings"][0]["agenda"][0]["note"] = "Not agreed."
    document["meetings"][1]["where_and_when"] = "2pm"
    problems = load_into(tmp_path, document).problems
    assert [problem.path for problem in problems] == ["meetings[0].closed_on"]
    document["meetings"][0] = everything()["meetings"][0]
    outcome = load_into(tmp_path, document)
    assert outcome.problems == []
    assert outcome.updated == {"meeting": 1}
