"""How a case ends and begins again, and how it is referred as a serious incident."""

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from app.accounts.guard import may
from app.cdop import operations, queries
from app.cdop.forms import CloseForm, ReferForm, ReopenForm, WithdrawCaseForm
from app.cdop.models import ChildDeathCase, Referral
from app.cdop.rules.completeness import missing_for_closing, sentences
from app.cdop.standing import progress_of
from app.cdop.views.blueprint import blueprint, page_of, show_url
from app.core.access import access
from app.core.clock import today
from app.core.forms import carry_out
from app.reviews.queries import parts_standing


@blueprint.route("/child-deaths/<ref>/close", methods=["GET", "POST"])
@access("child_death.change", queries.case_in_full)
def close(case: ChildDeathCase) -> ResponseReturnValue:
    """Close a case, once nothing is missing or the chair says why none the less."""
    missing = missing_for_closing(progress_of(case, waiting_on=queries.waiting_on()))
    approves = may("child_death.approve", case)
    form = CloseForm(data={"closed_on": today()})

    def end() -> None:
        operations.close_case(case=case, may_approve=approves, **form.values())

    if carry_out(form, end):
        flash(f"{case.ref} is closed. The board finds it among the closed ones.")
        return redirect(show_url(case))
    return page_of(
        case,
        "close",
        form,
        read="Opened {ref} to close it",
        missing=sentences(missing),
        approves=approves,
    )


@blueprint.route("/child-deaths/<ref>/withdraw", methods=["GET", "POST"])
@access("child_death.change", queries.case)
def withdraw(case: ChildDeathCase) -> ResponseReturnValue:
    """Take out a case that should not be here."""
    form = WithdrawCaseForm()
    if carry_out(form, lambda: operations.withdraw_case(case=case, reason=form.reason.data)):
        flash(f"{case.ref} withdrawn. It is counted nowhere any more.")
        return redirect(show_url(case))
    left = [part for part in parts_standing(case) if part[0]]
    return page_of(case, "withdraw", form, read="Opened {ref} to withdraw it", left=left)


@blueprint.route("/child-deaths/<ref>/reopen", methods=["GET", "POST"])
@access("child_death.change", queries.case)
def reopen(case: ChildDeathCase) -> ResponseReturnValue:
    """Let a case that was closed or withdrawn go on."""
    form = ReopenForm()
    if carry_out(form, lambda: operations.reopen_case(case=case, reason=form.reason.data)):
        flash(f"{case.ref} is open again.")
        return redirect(show_url(case))
    return page_of(case, "reopen", form, read="Opened {ref} to open it again")


@blueprint.route("/child-deaths/<ref>/refer", methods=["GET", "POST"])
@access("child_death.change", queries.case_in_full)
def refer(case: ChildDeathCase) -> ResponseReturnValue:
    """Refer a case as a serious incident: a review is opened, and no word of the case goes with it."""
    groups = {group.ref: group for group in queries.groups_to_refer_to()}
    form = ReferForm(data={"group": next(iter(groups)) if len(groups) == 1 else None})
    form.group.offer({ref: group.name for ref, group in groups.items()})
    made: list[Referral] = []
    if carry_out(form, lambda: made.append(operations.refer_case(case=case, group=groups[form.group.data]))):
        flash(f"{case.ref} is referred as a serious incident: {made[0].review.ref} was opened for it.")
        return redirect(show_url(case))
    return page_of(case, "refer", form, read="Opened {ref} to refer it", referral=case.referral)
