"""Every change to a review itself: entering it, its words, its stages and its withdrawal."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from app.accounts.models import Area, Group
from app.audit.operations import record
from app.clocks import queries as clocks
from app.clocks.models import CaseKind, Regime, Stage
from app.core import checks
from app.core.acting import current_actor
from app.core.clock import now, today
from app.core.database import current_session
from app.core.filters import date_long
from app.core.references import next_reference
from app.core.report_year import report_year_of
from app.reviews import queries, rules
from app.reviews.models import PATHWAYS, Review, ReviewStage, ReviewType


def create_review(
    *,
    review_type: str,
    caption: str,
    group: Group,
    areas: Sequence[Area],
    started_on: date,
    report_year: str,
    regime: str | None = None,
    circumstances: str = "",
    parallel_processes: str = "",
    recorded_impact: str = "",
    report_url: str | None = None,
    is_referred: bool = False,
) -> Review:
    """Enter a review at the first stage of its pathway, under the regime of its first day or the one chosen.

    ``is_referred`` where a child death review newly suspected abuse or neglect.

    Raises WordsMissing, DayToCome, NoRegime, YearNotUsable, LinkNotUsable.
    """
    caption = checks.words(caption, "Enter what the review is called", "caption")
    checks.day_not_to_come(started_on, today=today(), field="started_on")
    under = _regime(started_on, chosen=regime)
    year = rules.report_year(report_year)
    address = checks.link(report_url, field="report_url")
    session = current_session()
    first = clocks.stages(regime_id=under.id, pathway=PATHWAYS[ReviewType(review_type)])[0]
    review = Review(
        ref=next_reference(session, "R"),
        review_type=review_type,
        caption=caption,
        group=group,
        regime=under,
        report_year_start=year.start_year,
        stage_code=first.code,
        stage_reached_on=started_on,
        areas=list(areas),
        circumstances=circumstances,
        parallel_processes=parallel_processes,
        recorded_impact=recorded_impact,
        report_url=address,
        is_referred=is_referred,
        created_at=now(),
    )
    review.stages.append(
        ReviewStage(stage=first, reached_on=started_on, recorded_by_id=current_actor().person_id)
    )
    session.add(review)
    session.flush()
    record(
        verb="review.create",
        subject=review.audit_subject,
        line=f"Added {review.ref}",
        before={},
        after=content(review),
    )
    return review


def create_referred(*, caption: str, group: Group) -> Review:
    """Enter what a child death review refers as a serious incident: what the guidance in force has for it.

    A rapid review comes first where that is one of its stages, a serious case review was decided on before.
    """
    passes = clocks.stages(regime_id=_regime(today()).id, pathway=PATHWAYS[ReviewType.RAPID_REVIEW])
    is_rapid = any(stage.code == ReviewType.RAPID_REVIEW for stage in passes)
    return create_review(
        review_type=ReviewType.RAPID_REVIEW if is_rapid else ReviewType.SERIOUS_CASE_REVIEW,
        caption=caption,
        group=group,
        areas=[],
        started_on=today(),
        report_year=str(report_year_of(today())),
        is_referred=True,
    )


def _regime(started_on: date, *, chosen: str | None = None) -> Regime:
    """The regime of a review's first day, or the one chosen. Raises NoRegime."""
    known = {held.code: held for held in clocks.regimes(CaseKind.REVIEW)}
    spans = [
        rules.Span(held.code, held.name, held.in_force_from, held.in_force_until) for held in known.values()
    ]
    return known[rules.regime_for(started_on, spans, chosen=chosen)]


def change_review(
    *,
    review: Review,
    review_type: str,
    caption: str,
    group: Group,
    areas: Sequence[Area],
    report_year: str,
    circumstances: str = "",
    parallel_processes: str = "",
    recorded_impact: str = "",
    report_url: str | None = None,
) -> Review:
    """Change what is held of a review. Its regime stays, and its type changes only along the same stages.

    Raises RecordWithdrawn, WordsMissing, PathwayDiffers, YearNotUsable, LinkNotUsable.
    """
    queries.hold(review)
    rules.check_not_withdrawn(review.ref, review.withdrawn_on)
    caption = checks.words(caption, "Enter what the review is called", "caption")
    rules.check_type(pathway=review.pathway, new_pathway=PATHWAYS[ReviewType(review_type)])
    year = rules.report_year(report_year)
    address = checks.link(report_url, field="report_url")
    before = content(review)
    reworded = (review.circumstances, review.recorded_impact) != (circumstances, recorded_impact)
    review.provenance = rules.provenance_after(review.provenance, words_changed=reworded)
    review.review_type = review_type
    review.caption = caption
    review.group = group
    review.areas = list(areas)
    review.report_year_start = year.start_year
    review.circumstances = circumstances
    review.parallel_processes = parallel_processes
    review.recorded_impact = recorded_impact
    review.report_url = address
    current_session().flush()
    record(
        verb="review.change",
        subject=review.audit_subject,
        line=f"Changed {review.ref}",
        before=before,
        after=content(review),
    )
    return review


def record_stage(*, review: Review, stage: str, reached_on: date, reason: str = "") -> ReviewStage:
    """Record that a review reached a stage on a day, and why then.

    Raises RecordWithdrawn, StageNotUsable, DayToCome.
    """
    queries.hold(review)
    rules.check_not_withdrawn(review.ref, review.withdrawn_on)
    pathway = {held.code: held for held in clocks.stages(regime_id=review.regime_id, pathway=review.pathway)}
    chosen = pathway.get(stage)
    reached = rules.Reached(stage, chosen.position if chosen else 0, reached_on)
    rules.check_stage(reached, pathway=pathway, standing=standing(review), today=today())
    row = ReviewStage(
        review=review,
        stage=pathway[stage],
        reached_on=reached_on,
        reason=reason,
        recorded_by_id=current_actor().person_id,
    )
    current_session().add(row)
    before = content(review)
    _keep_stage(review)
    current_session().flush()
    record(
        verb="review.record_stage",
        subject=review.audit_subject,
        line=f"{review.ref} reached the stage “{pathway[stage].label}” on {date_long(reached_on)}",
        before=before,
        after={**content(review), "reason": reason},
    )
    return row


def withdraw_stage(*, row: ReviewStage, reason: str) -> ReviewStage:
    """Withdraw a stage that was recorded wrongly; it stays in sight, and the others say where the review is.

    Raises RecordWithdrawn, WordsMissing, LastStage.
    """
    review = row.review
    queries.hold(review, row)
    rules.check_not_withdrawn(review.ref, review.withdrawn_on)
    rules.check_not_withdrawn("This stage", row.withdrawn_on)
    reason = checks.words(reason, "Say why it is withdrawn", "reason")
    rules.present_stage([_reached(other) for other in review.stages if _stands(other) and other is not row])
    before = content(review)
    row.withdrawn_on = today()
    row.withdrawn_reason = reason
    _keep_stage(review)
    current_session().flush()
    record(
        verb="review.withdraw_stage",
        subject=review.audit_subject,
        line=f"Withdrew from {review.ref} the stage “{row.stage.label}” of {date_long(row.reached_on)}",
        before=before,
        after={**content(review), "reason": reason},
    )
    return row


def withdraw_review(*, review: Review, reason: str) -> Review:
    """Take a review out of the register with a reason, once nothing hangs on it any more.

    Raises RecordWithdrawn, WordsMissing, PartsRemain.
    """
    queries.hold(review)
    rules.check_not_withdrawn(review.ref, review.withdrawn_on)
    reason = checks.words(reason, "Say why it is withdrawn", "reason")
    rules.check_no_parts(queries.parts_standing(review), ref=review.ref)
    review.withdrawn_on = today()
    review.withdrawn_reason = reason
    current_session().flush()
    record(
        verb="review.withdraw",
        subject=review.audit_subject,
        line=f"Withdrew {review.ref}",
        before={"withdrawn_on": None, "withdrawn_reason": None},
        after={"withdrawn_on": review.withdrawn_on, "withdrawn_reason": reason},
    )
    return review


def standing(review: Review) -> list[rules.Reached]:
    """The stages recorded of a review that were not withdrawn."""
    return [_reached(row) for row in review.stages if _stands(row)]


def content(review: Review) -> Mapping[str, Any]:
    """What is held of a review, for the before and after of the audit trail."""
    return {
        "review_type": review.review_type,
        "caption": review.caption,
        "group": review.group.ref,
        "areas": sorted(area.ref for area in review.areas),
        "regime": review.regime.code,
        "report_year": str(review.report_year),
        "stage": review.stage_code,
        "stage_reached_on": review.stage_reached_on,
        "circumstances": review.circumstances,
        "parallel_processes": review.parallel_processes,
        "recorded_impact": review.recorded_impact,
        "report_url": review.report_url,
        "provenance": review.provenance,
    }


def _stands(row: ReviewStage) -> bool:
    return row.withdrawn_on is None


def _reached(row: ReviewStage) -> rules.Reached:
    stage: Stage = row.stage
    return rules.Reached(stage.code, stage.position, row.reached_on)


def _keep_stage(review: Review) -> None:
    """Write on the review where its stages say it stands, for the register to filter and sort by."""
    present = rules.present_stage(standing(review))
    review.stage_code, review.stage_reached_on = present.code, present.on
