"""The interchange file: what is stated, issued and overridden goes through it, and protects as before."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete

from app.cdop.figures import operations
from app.cdop.figures.models import (
    FiguresIssue,
    FiguresOverride,
    FiguresYear,
    Population,
    StatedFigure,
)
from app.cdop.figures.queries import kept
from app.cdop.figures.queries import material as made_of
from app.cdop.figures.rules.bases import Basis
from app.core.database import current_session
from app.core.installation import Installation
from app.core.report_year import ReportYear
from app.transfer import operations as transfer
from tests.cdop.support import build_record, compute
from tests.support.client import PageClient

YEAR = ReportYear(2016)
SECTIONS = ("stated_figures", "populations", "figures_issues", "figures_overrides")


def dumped(path: Path) -> dict[str, Any]:
    """What the partnership recorded of figures."""
    current_session().rollback()
    assert not transfer.dump_file(path).as_json()["problems"]
    document = json.loads(path.read_text())
    return {name: document[name] for name in ("format", "version", *SECTIONS) if name in document}


def load(path: Path, document: dict[str, Any]) -> dict[str, Any]:
    """Load a document."""
    path.write_text(json.dumps(document))
    current_session().rollback()
    outcome: dict[str, Any] = transfer.load_file(path).as_json()
    return outcome


@pytest.fixture
def issued(world: Flask, client_as: Callable[[str], PageClient]) -> Flask:
    """The published year, issued, with one number shown by decision."""
    build_record()
    current_session().query(Installation).one().demonstration_on = date(2017, 4, 3)
    current_session().commit()
    coordinator, chair = client_as("cdop.coordinator"), client_as("cdop.chair")
    births = {"kind": "live_births", "report_year": "2016/17", "number": "4650", "source_line": "Births"}
    coordinator.post("/child-deaths/figures/sources/populations/new", births)
    compute()
    page = "/child-deaths/figures/2016-17"
    chair.post(
        f"{page}/show-a-number",
        {"statistic": "reviews · age_band · 28_364_days · 2016/17", "reason": "Known already."},
    )
    compute()
    held = kept.kept()
    assert held is not None
    seen = held.digest
    current_session().rollback()
    coordinator.post(f"{page}/issue", {"statement": "For the annual report.", "seen": seen})
    compute()
    return world


def test_what_was_issued_comes_back_and_is_held_against_the_next_issue(issued: Flask, tmp_path: Path) -> None:
    document = dumped(tmp_path / "out.json")
    assert set(SECTIONS) <= set(document)
    before = made_of.material().issues
    session = current_session()
    session.execute(delete(FiguresYear).where(FiguresYear.issue_id.is_not(None)))
    for model in (FiguresIssue, FiguresOverride, StatedFigure, Population):
        session.execute(delete(model))
    session.commit()
    assert load(tmp_path / "in.json", document)["problems"] == []
    assert session.query(FiguresIssue).one().statement == "For the annual report."
    assert session.query(FiguresOverride).one().decided_by is not None
    after = made_of.material().issues
    assert len(after[Basis.REVIEWS]) == 1
    assert after == before
    session.rollback()
    assert not operations.is_current(), "what was loaded is computed"
    session.rollback()
    compute()
    assert kept.figures_kept(YEAR).of(YEAR)["facts"]["deaths_previous_year"]["value"] == 21
    session.rollback()
    assert load(tmp_path / "in.json", document)["created"] == {}, "a second load changes nothing"
    assert dumped(tmp_path / "again.json") == document


@pytest.mark.parametrize(
    ("section", "field", "value", "sentence"),
    [
        ("stated_figures", "value", "about 21", "Enter the number as it is printed"),
        ("stated_figures", "value", "2,100", "without commas"),
        ("populations", "number", 0, "1 or more"),
        ("figures_issues", "statement", "Something else", "a file cannot change it"),
    ],
)
def test_what_is_wrong_or_would_change_history_is_a_problem(
    issued: Flask, tmp_path: Path, section: str, field: str, value: object, sentence: str
) -> None:
    document = dumped(tmp_path / "out.json")
    document[section][0][field] = value
    problems = load(tmp_path / "in.json", document)["problems"]
    assert len(problems) == 1, problems
    assert sentence in problems[0]["problem"], problems
    assert current_session().query(StatedFigure).count() == 8


def test_an_issue_whose_years_are_not_as_they_were_written_is_refused(issued: Flask, tmp_path: Path) -> None:
    document = dumped(tmp_path / "out.json")
    issue = {**document["figures_issues"][0], "ref": "FI-0007"}
    issue["years"] = [{**row, "in_full": "[]"} for row in issue["years"]]
    problems = load(tmp_path / "in.json", {**document, "figures_issues": [issue]})["problems"]
    assert {each["problem"] for each in problems} == {"This is no year of figures as the program writes it"}
