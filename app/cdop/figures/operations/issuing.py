"""Issuing the figures, which freezes them, and showing one number by the chair's decision."""

import json

from sqlalchemy import select

from app.audit.operations import record
from app.cdop.figures.models import FiguresIssue, FiguresOverride, FiguresState, FiguresYear
from app.cdop.figures.operations.computing import is_current
from app.cdop.figures.queries import kept as kept_figures
from app.cdop.figures.rules import issuing as rules
from app.core import checks
from app.core.acting import current_actor
from app.core.clock import now, today
from app.core.database import current_session, keep_for_change
from app.core.references import next_reference
from app.core.report_year import ReportYear


def issue(*, year: ReportYear, statement: str | None, seen: str | None) -> FiguresIssue:
    """Issue the figures up to a report year: what is shown of them is public from now on, and frozen.

    ``seen`` is the digest of the figures that whoever issues them looked at.
    Raises WordsMissing, NotIssuable.
    """
    statement = checks.words(statement, "Say what is issued, and where it is published", "statement")
    session = current_session()
    # Two people who issue at once would each publish beside the other without its having been held against.
    state = session.scalars(select(FiguresState).with_for_update()).one()
    kept = kept_figures.kept()
    rows = kept_figures.rows_of(kept) if kept else []
    years = [row.report_year_start for row in rows]
    rules.check_issuable(year, today(), years=years, is_current=is_current(), problem=state.problem)
    assert kept is not None, "what is current was computed"
    rules.check_same_as_seen(seen, kept.digest)
    made = FiguresIssue(
        ref=next_reference(session, "FI"),
        report_year_start=year.start_year,
        statement=statement,
        issued_on=today(),
        issued_at=now(),
        issued_by_id=current_actor().person_id,
        extracted_on=kept.extracted_on,
    )
    session.add(made)
    session.flush()
    session.add_all(
        FiguresYear(
            issue_id=made.id,
            report_year_start=row.report_year_start,
            shown=row.shown,
            in_full=json.dumps({"bases": json.loads(row.in_full)["published_from"]}),
        )
        for row in rows
        if row.report_year_start <= year.start_year
    )
    session.flush()
    record(
        verb="figures.publish",
        subject=made.audit_subject,
        line=f"Issued the figures of child deaths up to {year} as {made.ref}",
        before={},
        after={"report_year": str(year), "statement": statement, "extracted_on": kept.extracted_on},
    )
    return made


def override(*, year: ReportYear, statistic: str | None, reason: str | None) -> FiguresOverride:
    """Decide that a hidden number of a year is shown from the next computation on.

    Raises WordsMissing, NotOverridable.
    """
    name = rules.check_hidden(statistic, kept_figures.hidden_statistics(year.start_year))
    words = checks.words(reason, "Say why it is shown", "reason")
    session = current_session()
    made = FiguresOverride(
        ref=next_reference(session, "FO"),
        statistic=name,
        report_year_start=year.start_year,
        reason=words,
        decided_on=today(),
        decided_by_id=current_actor().person_id,
    )
    session.add(made)
    session.flush()
    record(
        verb="figures.override",
        subject=made.audit_subject,
        line=f"Decided as {made.ref} to show a hidden number of the figures of {year}",
        before={},
        after={"statistic": name, "reason": words},
    )
    return made


def withdraw_override(*, decision: FiguresOverride, reason: str | None) -> FiguresOverride:
    """Take back the decision to show a number. What was issued meanwhile stays public.

    Raises WordsMissing, NotOverridable.
    """
    keep_for_change(decision)
    if decision.withdrawn_on is not None:
        raise rules.NotOverridable("This decision was taken back already.")
    decision.withdrawn_reason = checks.words(reason, "Say why it is taken back", "reason")
    decision.withdrawn_on = today()
    current_session().flush()
    record(
        verb="figures.override",
        subject=decision.audit_subject,
        line=f"Took back the decision {decision.ref} to show a number",
        before={"withdrawn_on": None, "withdrawn_reason": None},
        after={"withdrawn_on": decision.withdrawn_on, "withdrawn_reason": decision.withdrawn_reason},
    )
    return decision
