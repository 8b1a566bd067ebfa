"""Asking by hand: the owner of an action how it is going, an agency about what it has to return."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts import guard
from app.actions import queries as actions
from app.actions.models import Action
from app.cdop.models import AgencyReturn
from app.cdop.returns import queries as returns
from app.core.access import access
from app.core.forms import LongTextField, TrackerForm, carry_out
from app.reminders import operations
from app.reminders.models import Nudge
from app.reminders.views.blueprint import blueprint


class NudgeForm(TrackerForm):
    """What the owner is asked."""

    note = LongTextField(
        "What do you ask?",
        missing="Enter what you ask",
        description="It stands on the action's page. The message says only that you ask about this action",
        longest=2000,
        rows=3,
    )


@blueprint.route("/actions/<ref>/nudge", methods=["GET", "POST"])
@access("action.nudge", actions.action)
def nudge(action: Action) -> ResponseReturnValue:
    """Ask the owner about the action."""
    form = NudgeForm()
    thread = url_for("reports.action_thread", ref=action.ref)
    if carry_out(form, lambda: operations.nudge(action=action, note=form.note.data)):
        flash(f"Asked {action.owner.name if action.owner else 'the owner'} about {action.ref}.")
        return redirect(thread)
    guard.note_read(action.audit_subject, f"Opened {action.ref}")
    html = render_template("reminders/nudge.html", action=action, form=form, thread=thread)
    return html, 422 if form.is_submitted() else 200


class ChaseForm(NudgeForm):
    """What an agency is asked."""

    note = LongTextField(
        "What do you ask?",
        missing="Enter what you ask",
        description="It stands on the page of the return. The message says only that you ask about it",
        longest=2000,
        rows=3,
    )


@blueprint.route("/returns/<ref>/chase", methods=["GET", "POST"])
@access("child_death.change", returns.agency_return)
def chase(agency_return: AgencyReturn) -> ResponseReturnValue:
    """Ask whoever owes a return about it."""
    form = ChaseForm(data={"note": "When can we expect it in eCDOP?"})
    asked: list[Nudge] = []

    def do() -> None:
        asked.extend(operations.chase(agency_return=agency_return, note=form.note.data))

    if carry_out(form, do):
        flash(f"Asked {', '.join(each.recipient.name for each in asked)} about {agency_return.ref}.")
        return redirect(url_for("agency_returns.show", ref=agency_return.ref))
    guard.note_read(agency_return.audit_subject, f"Opened {agency_return.ref}")
    case = agency_return.case if guard.may("child_death.read", agency_return.case) else None
    html = render_template("reminders/chase.html", agency_return=agency_return, form=form, case=case)
    return html, 422 if form.is_submitted() else 200
