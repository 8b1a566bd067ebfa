"""The sign-off page: what was shown beside what was asked, and the decision."""

from flask.typing import ResponseReturnValue

from app.accounts import guard
from app.actions import deciders, operations, queries
from app.actions.forms import SignOffForm
from app.actions.models import Action
from app.actions.rules import Decision, Status, decide_by
from app.actions.views.blueprint import blueprint, done, page
from app.core.access import access
from app.core.errors import RuleBroken
from app.core.filters import date_long
from app.core.forms import apply_rule


@blueprint.get("/actions/<ref>/sign-off")
@access("action.read", queries.action_in_full)
def sign_off(action: Action) -> ResponseReturnValue:
    """What was sent for sign-off, who decides, and by when."""
    return _page(action, SignOffForm())


@blueprint.post("/actions/<ref>/sign-off")
@access("action.decide_sign_off", queries.action_in_full)
def decide_sign_off(action: Action) -> ResponseReturnValue:
    """Record what the group decided."""
    form = SignOffForm()
    if form.validate_on_submit():
        decision = Decision(form.decision.data)
        try:
            operations.decide_sign_off(
                action=action,
                decision=decision,
                reason=form.reason.data,
                resubmit_by_on=form.new_due_on.data,
                meeting_on=form.meeting_on.data,
            )
        except RuleBroken as error:
            apply_rule(form, error)
        else:
            return done(action, _said(action, decision))
    return _page(action, form)


def _page(action: Action, form: SignOffForm) -> ResponseReturnValue:
    waiting = action.waiting_sign_off if action.status == Status.SUBMITTED else None
    return page(
        "sign_off.html",
        action,
        form,
        waiting=waiting,
        decide_by=decide_by(waiting.sent_on) if waiting else None,
        deciders=deciders.of_sign_off(action) if waiting else (),
        decides=waiting is not None and guard.may("action.decide_sign_off", action),
        shown=queries.lessons_shown(action, guard.person().facts),
    )


def _said(action: Action, decision: Decision) -> str:
    if decision is Decision.ACCEPTED:
        return f"{action.ref} is signed off and complete."
    due = date_long(action.due_on)
    what = "returned" if decision is Decision.RETURNED else "accepted in part"
    return f"{action.ref} is {what}. It is due again on {due}."
