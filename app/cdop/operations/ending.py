"""How a case ends and begins again, and how it leads to a review of practice."""

from datetime import date

from app.accounts.models import Group
from app.audit.operations import record
from app.cdop import queries
from app.cdop.models import CaseStage, ChildDeathCase, Referral
from app.cdop.operations.holding import content, hold, hold_while_it_goes_on, keep_up, let_agencies_off
from app.cdop.rules import cases as rules
from app.cdop.rules.cases import CLOSED
from app.cdop.rules.completeness import check_closing, missing_for_closing, sentences
from app.cdop.standing import PATHWAY, progress_of, reached
from app.clocks import queries as clocks
from app.core import checks
from app.core.acting import current_actor
from app.core.clock import machine_now, today
from app.core.database import current_session
from app.reviews import operations as reviews
from app.reviews.queries import parts_standing
from app.reviews.rules import check_no_parts, check_not_withdrawn

#: What a review that came of a child death is called until those who take it up call it something else.
REFERRED_CAPTION = "Referred from child death review"


def close_case(
    *, case: ChildDeathCase, closed_on: date, may_approve: bool, reason: str = ""
) -> ChildDeathCase:
    """Close a case. Where something is missing, only who may approve that closes it, and says why.

    Raises CaseOver, DayToCome, OrderOfDays, Incomplete.
    """
    hold_while_it_goes_on(case)
    rules.check_closed_on(closed_on, standing=reached(case), today=today())
    missing = missing_for_closing(progress_of(case, waiting_on=queries.waiting_on()))
    check_closing(missing, may_approve=may_approve, reason=reason)
    final = next(
        stage for stage in clocks.stages(regime_id=case.regime_id, pathway=PATHWAY) if stage.code == CLOSED
    )
    before = content(case)
    case.stages.append(
        CaseStage(
            stage=final,
            reached_on=closed_on,
            reason=reason,
            recorded_by_id=current_actor().person_id,
            recorded_at=machine_now(),
        )
    )
    keep_up(case)
    record(
        verb="child_death.close",
        subject=case.audit_subject,
        line=f"Closed {case.ref}" + (", though something was missing" if missing else ""),
        before=before,
        after={**content(case), "reason": reason, "missing": sentences(missing)},
    )
    let_agencies_off(case)
    return case


def withdraw_case(*, case: ChildDeathCase, reason: str) -> ChildDeathCase:
    """Take out a case that should not be here, once nothing hangs on it; it counts nowhere any more.

    Raises RecordWithdrawn, WordsMissing, PartsRemain.
    """
    hold(case)
    check_not_withdrawn(case.ref, case.withdrawn_on)
    reason = checks.words(reason, "Say why it is withdrawn", "reason")
    check_no_parts(parts_standing(case), ref=case.ref)
    case.withdrawn_on, case.withdrawn_reason = today(), reason
    keep_up(case)
    record(
        verb="child_death.withdraw",
        subject=case.audit_subject,
        line=f"Withdrew {case.ref}",
        before={"withdrawn_on": None, "withdrawn_reason": None},
        after={"withdrawn_on": case.withdrawn_on, "withdrawn_reason": reason},
    )
    let_agencies_off(case)
    return case


def reopen_case(*, case: ChildDeathCase, reason: str) -> ChildDeathCase:
    """Let a case that was withdrawn or closed go on. Raises NothingToReopen, WordsMissing."""
    hold(case)
    reason = checks.words(reason, "Say why it is opened again", "reason")
    rules.check_reopens(is_withdrawn=case.withdrawn_on is not None, is_closed=case.closed_on is not None)
    before = {
        **content(case),
        "closed_on": case.closed_on,
        "withdrawn_on": case.withdrawn_on,
        "withdrawn_reason": case.withdrawn_reason,
    }
    if case.withdrawn_on is not None:
        case.withdrawn_on = case.withdrawn_reason = None
    else:
        for row in case.stages_standing:
            if row.stage.code == CLOSED:
                row.withdrawn_on, row.withdrawn_reason = today(), reason
    keep_up(case)
    record(
        verb="child_death.reopen",
        subject=case.audit_subject,
        line=f"Opened {case.ref} again",
        before=before,
        after={**content(case), "reason": reason},
    )
    return case


def refer_case(*, case: ChildDeathCase, group: Group) -> Referral:
    """Refer a case as a serious incident, for abuse or neglect is newly suspected.

    A review is opened for those who decide about it, and not a word of the case goes over: the two are joined
    here alone, inside the compartment. Raises RecordWithdrawn, AlreadyReferred.
    """
    hold(case)
    check_not_withdrawn(case.ref, case.withdrawn_on)
    rules.check_not_referred(case.referral.review.ref if case.referral else None)
    review = reviews.create_referred(caption=REFERRED_CAPTION, group=group)
    referral = Referral(
        case=case, review=review, referred_on=today(), referred_by_id=current_actor().person_id
    )
    current_session().add(referral)
    current_session().flush()
    record(
        verb="child_death.refer",
        subject=case.audit_subject,
        line=f"Referred {case.ref} as a serious incident: {review.ref}",
        before={},
        after={"review": review.ref, "group": group.ref, "referred_on": referral.referred_on},
    )
    return referral
