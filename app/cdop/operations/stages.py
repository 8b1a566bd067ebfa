"""Recording what stage a case has reached, and that its family was told."""

from datetime import date

from app.accounts.models import Agency
from app.audit.operations import record
from app.cdop import queries
from app.cdop.models import CaseStage, ChildDeathCase
from app.cdop.operations.holding import content, hold, hold_while_it_goes_on, keep_up, targets
from app.cdop.rules import cases as rules
from app.cdop.rules.cases import READY, Moved
from app.cdop.rules.completeness import check_ready, missing_for_panel
from app.cdop.standing import PATHWAY, clocks_of, progress_of, reached
from app.clocks import queries as clocks
from app.core import checks
from app.core.acting import current_actor
from app.core.clock import machine_now, today
from app.core.database import current_session
from app.core.filters import date_long
from app.reviews.rules import Reached, check_not_withdrawn


def record_stage(
    *, case: ChildDeathCase, stage: str, reached_on: date, reason: str = ""
) -> tuple[CaseStage, list[Moved]]:
    """Record that a case reached a stage on a day, and say which clocks that moved.

    A step taken late says why, and so does a case that goes to the panel without what it should have.
    Raises CaseOver, StageTwice, DayToCome, BeforeKnown, Incomplete, ReasonMissing.
    """
    hold_while_it_goes_on(case)
    pathway = {held.code: held for held in clocks.stages(regime_id=case.regime_id, pathway=PATHWAY)}
    chosen = pathway.get(stage)
    step = Reached(stage, chosen.position if chosen else 0, reached_on)
    rules.check_stage(step, pathway=pathway, standing=reached(case), today=today())
    if stage == READY:
        check_ready(missing_for_panel(progress_of(case, waiting_on=queries.waiting_on())), reason)
    were = clocks_of(case, today())
    rules.check_reason_for_late(clocks_of(case, today(), also={stage: reached_on}), stage, reason)
    before = content(case)
    row = CaseStage(
        stage=pathway[stage],
        reached_on=reached_on,
        reason=reason,
        recorded_by_id=current_actor().person_id,
        recorded_at=machine_now(),
    )
    case.stages.append(row)
    keep_up(case)
    moved = rules.moved(were, clocks_of(case, today()))
    record(
        verb="child_death.record_stage",
        subject=case.audit_subject,
        line=f"{case.ref} reached the stage “{row.stage.label}” on {date_long(reached_on)}",
        before=before,
        after={**content(case), "reason": reason, "targets": targets(moved)},
    )
    return row, moved


def withdraw_stage(*, row: CaseStage, reason: str) -> list[Moved]:
    """Withdraw a stage that was recorded wrongly, and say which clocks that moved; it stays in sight.

    Raises CaseOver, RecordWithdrawn, WordsMissing.
    """
    case = row.case
    hold_while_it_goes_on(case, row)
    check_not_withdrawn("This stage", row.withdrawn_on)
    rules.check_may_be_withdrawn(row.stage.code)
    reason = checks.words(reason, "Say why it is withdrawn", "reason")
    before, were = content(case), clocks_of(case, today())
    row.withdrawn_on, row.withdrawn_reason = today(), reason
    keep_up(case)
    moved = rules.moved(were, clocks_of(case, today()))
    record(
        verb="child_death.withdraw_stage",
        subject=case.audit_subject,
        line=f"Withdrew from {case.ref} the stage “{row.stage.label}” of {date_long(row.reached_on)}",
        before=before,
        after={**content(case), "reason": reason, "targets": targets(moved)},
    )
    return moved


def record_feedback(
    *, case: ChildDeathCase, role: str, agency: Agency | None, feedback_on: date | None
) -> ChildDeathCase:
    """Record who the family's key worker is, and when the family was told; never what was said.

    Raises RecordWithdrawn, WordsMissing, DayToCome.
    """
    hold(case)
    check_not_withdrawn(case.ref, case.withdrawn_on)
    role = checks.words(role, "Enter the post of the key worker, for example Bereavement nurse", "role")
    if feedback_on is not None:
        checks.day_not_to_come(feedback_on, today=today(), field="feedback_on")
    before = _feedback(case)
    case.key_worker_role, case.key_worker_agency, case.feedback_on = role, agency, feedback_on
    current_session().flush()
    record(
        verb="child_death.record_feedback",
        subject=case.audit_subject,
        line=f"Recorded who tells the family about {case.ref}"
        + (f", and that they did on {date_long(feedback_on)}" if feedback_on else ""),
        before=before,
        after=_feedback(case),
    )
    return case


def _feedback(case: ChildDeathCase) -> dict[str, object]:
    agency = case.key_worker_agency
    return {
        "key_worker_role": case.key_worker_role,
        "key_worker_agency": agency.ref if agency else None,
        "feedback_on": case.feedback_on,
    }
