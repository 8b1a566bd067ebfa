"""The course of a case: its stages, what it waits on, its pauses, and feedback to the family."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.accounts.guard import may, person
from app.cdop import operations, queries
from app.cdop.forms import (
    ApprovePauseForm,
    DeclinePauseForm,
    EndWaitForm,
    FeedbackForm,
    PauseForm,
    ResumeForm,
    StageForm,
    WaitForm,
    WithdrawCaseForm,
    agencies_to_choose,
)
from app.cdop.models import CaseStage, ChildDeathCase, Wait
from app.cdop.models.vocabulary import Vocabulary
from app.cdop.page import targets_in_words
from app.cdop.queries import PauseOf
from app.cdop.rules.cases import CLOSED, PANEL, READY, Moved, may_pause
from app.cdop.rules.completeness import missing_for_panel, sentences
from app.cdop.standing import PATHWAY, clocks_of, progress_of
from app.cdop.views.blueprint import blueprint, page_of, show_url
from app.clocks import queries as clocks
from app.core.access import access
from app.core.clock import today
from app.core.editing import editing
from app.core.filters import date_long
from app.core.forms import carry_out


@blueprint.route("/child-deaths/<ref>/stages", methods=["GET", "POST"])
@access("child_death.change", queries.case)
def record_stage(case: ChildDeathCase) -> ResponseReturnValue:
    """Record that a case reached a stage."""
    reached = {row.stage.code for row in case.stages_standing}
    ahead = {
        stage.code: stage.label
        for stage in clocks.stages(regime_id=case.regime_id, pathway=PATHWAY)
        if stage.code not in reached | {PANEL, CLOSED}
    }
    form = StageForm(data={"reached_on": today(), "stage": request.args.get("stage")})
    form.stage.offer(ahead)
    moved: list[Moved] = []

    def reach() -> None:
        _, found = operations.record_stage(case=case, **form.values())
        moved.extend(found)

    if carry_out(form, reach):
        flash(f"“{ahead[form.stage.data]}” recorded of {case.ref}.{targets_in_words(moved, date_long)}")
        return redirect(show_url(case))
    missing = missing_for_panel(progress_of(case, waiting_on=queries.waiting_on())) if READY in ahead else ()
    return page_of(case, "stage", form, read="Opened the stages of {ref}", missing=sentences(missing))


@blueprint.route("/child-deaths/<ref>/stages/<int:number>/withdraw", methods=["GET", "POST"])
@access("child_death.change", queries.stage_row)
def withdraw_stage(row: CaseStage) -> ResponseReturnValue:
    """Withdraw a stage that was recorded wrongly."""
    form = WithdrawCaseForm()
    moved: list[Moved] = []
    if carry_out(form, lambda: moved.extend(operations.withdraw_stage(row=row, reason=form.reason.data))):
        flash(f"Stage withdrawn from {row.case.ref}.{targets_in_words(moved, date_long)}")
        return redirect(show_url(row.case))
    return page_of(row.case, "withdraw_stage", form, read="Opened a stage of {ref} to withdraw it", row=row)


@blueprint.route("/child-deaths/<ref>/waits", methods=["GET", "POST"])
@access("child_death.change", queries.case)
def begin_wait(case: ChildDeathCase) -> ResponseReturnValue:
    """Record what a review waits on, or what runs beside it."""
    standing = {wait.reason for wait in case.waits_standing}
    terms = queries.terms(Vocabulary.WAITING_ON, on=today())
    labels = {term.code: term.label for term in terms if term.code not in standing}
    form = WaitForm(data={"since_on": today()})
    form.reason.offer(labels)

    moved: list[Moved] = []

    def begin() -> None:
        _, found = operations.begin_wait(case=case, label=labels[form.reason.data], **form.values())
        moved.extend(found)

    if carry_out(form, begin):
        told = targets_in_words(moved, date_long)
        flash(f"Recorded of {case.ref}: {labels[form.reason.data]}.{told}")
        return redirect(show_url(case))
    return page_of(case, "wait", form, read="Opened what {ref} waits on", terms=terms)


@blueprint.route("/child-deaths/<ref>/waits/<int:number>/end", methods=["GET", "POST"])
@access("child_death.change", queries.wait)
def end_wait(wait: Wait) -> ResponseReturnValue:
    """Record that what a review waited on is over."""
    label = queries.waiting_on().get(wait.reason, wait.reason)
    form = EndWaitForm(data={"until_on": today()})
    moved: list[Moved] = []
    if carry_out(form, lambda: moved.extend(operations.end_wait(wait=wait, label=label, **form.values()))):
        flash(f"Over for {wait.case.ref}: {label}.{targets_in_words(moved, date_long)}")
        return redirect(show_url(wait.case))
    return page_of(wait.case, "end_wait", form, read="Opened what {ref} waits on", wait=wait, label=label)


@blueprint.route("/child-deaths/<ref>/pauses", methods=["GET", "POST"])
@access("child_death.change", queries.case)
def pause(case: ChildDeathCase) -> ResponseReturnValue:
    """Pause a local clock, or ask the chair to."""
    approves = may("child_death.approve", case)
    form = PauseForm(data={"paused_on": today()})
    pausable = {
        each.limit.code: f"{each.limit.label} ({each.limit.words})"
        for each in clocks_of(case, today())
        if may_pause(each)
    }
    form.limit.offer(pausable)

    def ask() -> None:
        operations.ask_to_pause(case=case, approver=person() if approves else None, **form.values())

    if carry_out(form, ask):
        flash(
            f"The clock of {case.ref} is paused."
            if approves
            else f"The chair sees on {case.ref} that you ask for a pause. Until then the clock runs."
        )
        return redirect(show_url(case))
    return page_of(
        case, "pause", form, read="Opened the clocks of {ref}", approves=approves, has_any=bool(pausable)
    )


@blueprint.route("/child-deaths/<ref>/pauses/<int:number>/approve", methods=["GET", "POST"])
@access("child_death.approve", queries.pause)
def approve_pause(held: PauseOf) -> ResponseReturnValue:
    """Approve a pause that was asked for."""
    form, case = ApprovePauseForm(), held.case

    def approve() -> None:
        operations.approve_pause(case=case, pause=held.pause, approver=person())

    if carry_out(form, approve):
        flash(f"The clock of {case.ref} is paused.")
        return redirect(show_url(case))
    return page_of(case, "approve_pause", form, read="Opened a pause of {ref}", **_about(held))


@blueprint.route("/child-deaths/<ref>/pauses/<int:number>/decline", methods=["GET", "POST"])
@access("child_death.approve", queries.pause)
def decline_pause(held: PauseOf) -> ResponseReturnValue:
    """Let a clock run on though a pause was asked for."""
    form, case = DeclinePauseForm(), held.case

    def decline() -> None:
        operations.decline_pause(case=case, pause=held.pause, reason=form.reason.data)

    if carry_out(form, decline):
        flash(f"The clock of {case.ref} runs on.")
        return redirect(show_url(case))
    return page_of(case, "decline_pause", form, read="Opened a pause of {ref}", **_about(held))


@blueprint.route("/child-deaths/<ref>/pauses/<int:number>/resume", methods=["GET", "POST"])
@access("child_death.change", queries.pause)
def resume(held: PauseOf) -> ResponseReturnValue:
    """Let a clock run again."""
    form, case = ResumeForm(data={"resumed_on": today()}), held.case

    def run_again() -> None:
        operations.resume_clock(case=case, pause=held.pause, **form.values())

    if carry_out(form, run_again):
        flash(f"The clock of {case.ref} runs again.")
        return redirect(show_url(case))
    return page_of(case, "resume", form, read="Opened a pause of {ref}", **_about(held))


@blueprint.route("/child-deaths/<ref>/feedback", methods=["GET", "POST"])
@access("child_death.change", queries.case)
def feedback(case: ChildDeathCase) -> ResponseReturnValue:
    """Record who tells the family, and when they were told."""
    held = case.key_worker_agency
    form = editing(
        FeedbackForm,
        case,
        lambda: {
            "role": case.key_worker_role,
            "agency": held.ref if held else None,
            "feedback_on": case.feedback_on,
        },
    )
    form.agency.offer(agencies_to_choose(held), empty="None or not known")

    def keep() -> None:
        agencies = accounts.agencies(with_withdrawn=True)
        operations.record_feedback(
            case=case,
            role=form.role.data,
            agency=next((each for each in agencies if each.ref == form.agency.data), None),
            feedback_on=form.feedback_on.data,
        )

    if carry_out(form, keep):
        flash(f"Feedback to the family recorded of {case.ref}.")
        return redirect(url_for("child_deaths.show", ref=case.ref))
    return page_of(case, "feedback", form, read="Opened feedback to the family of {ref}")


def _about(held: PauseOf) -> dict[str, object]:
    """What a page about a pause says of it."""
    limits = clocks_of(held.case, today())
    label = next((each.limit.label for each in limits if each.limit.code == held.pause.limit_code), "")
    return {"pause": held.pause, "label": label or held.pause.limit_code}
