"""What should never have been written beside the figures goes, from the record, its issues and the trail."""

from collections.abc import Callable
from datetime import date

from flask import Flask

from app.cdop.figures import operations
from app.cdop.figures.models import FiguresIssue, StatedFigure
from app.cdop.figures.queries import kept
from app.core.database import current_session
from app.core.installation import Installation
from app.core.report_year import ReportYear
from tests.audit.test_redaction import everything, field_with, redact, verified
from tests.cdop.support import build_record, compute
from tests.support.client import PageClient

NAME = "Tobias Quill"
YEAR = ReportYear(2016)


def issued(statement: str) -> FiguresIssue:
    """The figures of the published year, issued."""
    current_session().query(Installation).one().demonstration_on = date(2017, 4, 3)
    current_session().commit()
    compute()
    held = kept.kept()
    assert held is not None
    made = operations.issue(year=YEAR, statement=statement, seen=held.digest)
    current_session().commit()
    return made


def test_what_is_said_with_an_issue_and_of_its_published_figures_can_be_redacted(
    world: Flask, client_as: Callable[[str], PageClient]
) -> None:
    build_record()
    figure = current_session().query(StatedFigure).filter_by(code="reviewed_since_2008").one()
    operations.change_stated(
        figure=figure, value="253", words=f"With {NAME} among them", source_line="L3758", source_note=""
    )
    issue = issued(f"For the report about {NAME}")
    coordinator = client_as("cdop.coordinator")
    page = coordinator.get(f"/child-deaths/figures/issues/{issue.ref}").get_data(as_text=True)
    assert f"/redactions/ask/figures/{issue.ref}" in page
    coordinator.get(f"/redactions/ask/figures/{issue.ref}")
    redact("figures", issue.ref, "statement")
    redact("stated_figure", figure.ref, "words")
    compute()
    assert NAME not in everything()
    assert verified().intact


def test_why_a_number_was_shown_can_be_redacted(world: Flask, client_as: Callable[[str], PageClient]) -> None:
    build_record()
    statistic = next(iter(kept.hidden_statistics(2016)))
    decision = operations.override(year=YEAR, statistic=statistic, reason=f"{NAME} agreed")
    current_session().commit()
    page = client_as("cdop.chair").get("/child-deaths/figures/overrides").get_data(as_text=True)
    assert f"/redactions/ask/figures_override/{decision.ref}" in page
    client_as("cdop.chair").get(f"/redactions/ask/figures_override/{decision.ref}")
    redact("figures_override", decision.ref, field_with("figures_override", decision.ref, NAME))
    assert NAME not in everything()
