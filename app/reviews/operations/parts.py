"""Every change to the parts of a review: its audited cases and its published figures."""

from collections.abc import Mapping
from typing import Any

from app.audit.operations import record
from app.core import checks
from app.core.clock import today
from app.core.database import current_session, keep_for_change
from app.core.references import next_reference
from app.reviews import queries, rules
from app.reviews.models import AuditedCase, PublishedFigure, Review


def add_audited_case(*, review: Review, number: str, summary: str = "") -> AuditedCase:
    """Add a case that the audit looked at, under its number in the report.

    Raises RecordWithdrawn, WordsMissing, NumberNotUsable, NumberTaken.
    """
    queries.hold(review)
    rules.check_not_withdrawn(review.ref, review.withdrawn_on)
    taken = [case.number for case in review.audited_cases]
    wanted = rules.check_number(checks.whole_number(number, field="number"), taken=taken, what="case")
    case = AuditedCase(review=review, number=wanted, summary=summary)
    current_session().add(case)
    current_session().flush()
    record(
        verb="review.add_case",
        subject=review.audit_subject,
        line=f"Added case {wanted} to {review.ref}",
        before={},
        after=_case_content(case),
    )
    return case


def change_audited_case(*, case: AuditedCase, summary: str) -> AuditedCase:
    """Change what is said of an audited case. Raises RecordWithdrawn."""
    _check_case(case)
    before = _case_content(case)
    reworded = case.summary != summary
    case.provenance = rules.provenance_after(case.provenance, words_changed=reworded)
    case.summary = summary
    current_session().flush()
    record(
        verb="review.change_case",
        subject=case.review.audit_subject,
        line=f"Changed case {case.number} of {case.review.ref}",
        before=before,
        after=_case_content(case),
    )
    return case


def withdraw_audited_case(*, case: AuditedCase, reason: str) -> AuditedCase:
    """Withdraw an audited case with a reason, once no lesson stands on it.

    Raises RecordWithdrawn, WordsMissing, PartsRemain.
    """
    _check_case(case)
    reason = checks.words(reason, "Say why it is withdrawn", "reason")
    rules.check_no_parts([(queries.lessons_of_case(case), "lesson", "lessons")], ref=case.label)
    case.withdrawn_on = today()
    case.withdrawn_reason = reason
    current_session().flush()
    record(
        verb="review.withdraw_case",
        subject=case.review.audit_subject,
        line=f"Withdrew case {case.number} of {case.review.ref}",
        before={"withdrawn_on": None, "withdrawn_reason": None},
        after={"withdrawn_on": case.withdrawn_on, "withdrawn_reason": reason},
    )
    return case


def add_figure(
    *,
    review: Review | None,
    report_year: str,
    label: str,
    value: str,
    heading: str = "",
    source_line: str = "",
    source_note: str = "",
) -> PublishedFigure:
    """Add a figure as a report printed it: to a review, or to the partnership's year where there is none.

    Raises RecordWithdrawn, WordsMissing, YearNotUsable.
    """
    if review is not None:
        queries.hold(review)
        rules.check_not_withdrawn(review.ref, review.withdrawn_on)
    year = rules.report_year(report_year)
    session = current_session()
    figure = PublishedFigure(
        ref=next_reference(session, "F"),
        review=review,
        report_year_start=year.start_year,
        position=queries.last_position(review=review, start_year=year.start_year) + 1,
        heading=heading,
        label=checks.words(label, "Enter what is counted", "label"),
        value=checks.words(value, "Enter the figure as it was printed", "value"),
        source_line=source_line or None,
        source_note=source_note or None,
    )
    session.add(figure)
    session.flush()
    record(
        verb="figure.create",
        subject=figure.audit_subject,
        line=f"Added the figure {figure.ref} to {_whose(figure)}",
        before={},
        after=_figure_content(figure),
    )
    return figure


def change_figure(
    *,
    figure: PublishedFigure,
    report_year: str,
    label: str,
    value: str,
    heading: str = "",
    source_line: str = "",
    source_note: str = "",
) -> PublishedFigure:
    """Change a figure. One whose words or number differ from before no longer counts as published.

    Raises RecordWithdrawn, WordsMissing, YearNotUsable.
    """
    _check_figure(figure)
    label = checks.words(label, "Enter what is counted", "label")
    value = checks.words(value, "Enter the figure as it was printed", "value")
    year = rules.report_year(report_year)
    before = _figure_content(figure)
    reworded = (figure.label, figure.value, figure.report_year) != (label, value, year)
    figure.provenance = rules.provenance_after(figure.provenance, words_changed=reworded)
    figure.report_year_start = year.start_year
    figure.heading, figure.label, figure.value = heading, label, value
    figure.source_line, figure.source_note = source_line or None, source_note or None
    current_session().flush()
    record(
        verb="figure.change",
        subject=figure.audit_subject,
        line=f"Changed the figure {figure.ref} of {_whose(figure)}",
        before=before,
        after=_figure_content(figure),
    )
    return figure


def withdraw_figure(*, figure: PublishedFigure, reason: str) -> PublishedFigure:
    """Withdraw a figure with a reason. Raises RecordWithdrawn, WordsMissing."""
    _check_figure(figure)
    reason = checks.words(reason, "Say why it is withdrawn", "reason")
    figure.withdrawn_on = today()
    figure.withdrawn_reason = reason
    current_session().flush()
    record(
        verb="figure.withdraw",
        subject=figure.audit_subject,
        line=f"Withdrew the figure {figure.ref} of {_whose(figure)}",
        before={"withdrawn_on": None, "withdrawn_reason": None},
        after={"withdrawn_on": figure.withdrawn_on, "withdrawn_reason": reason},
    )
    return figure


def _check_case(case: AuditedCase) -> None:
    queries.hold(case.review, case)
    rules.check_not_withdrawn(case.review.ref, case.review.withdrawn_on)
    rules.check_not_withdrawn(case.label, case.withdrawn_on)


def _check_figure(figure: PublishedFigure) -> None:
    if figure.review is None:
        keep_for_change(figure)
    else:
        queries.hold(figure.review, figure)
        rules.check_not_withdrawn(figure.review.ref, figure.review.withdrawn_on)
    rules.check_not_withdrawn("This figure", figure.withdrawn_on)


def _whose(figure: PublishedFigure) -> str:
    return figure.review.ref if figure.review else f"the year {figure.report_year}"


def _case_content(case: AuditedCase) -> Mapping[str, Any]:
    return {"number": case.number, "summary": case.summary, "provenance": case.provenance}


def _figure_content(figure: PublishedFigure) -> Mapping[str, Any]:
    return {
        "report_year": str(figure.report_year),
        "heading": figure.heading,
        "label": figure.label,
        "value": figure.value,
        "source_line": figure.source_line,
        "source_note": figure.source_note,
        "provenance": figure.provenance,
    }
