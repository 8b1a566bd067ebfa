"""Pages for more time: asked for and decided."""

from flask.typing import ResponseReturnValue

from app.accounts.policy import ExtensionDecider
from app.actions import deciders, operations, queries
from app.actions.forms import ExtensionForm, MoreTimeForm
from app.actions.models import Action
from app.actions.rules import DECIDER_LABELS, OPEN, ExtensionDecision, Reason, Status
from app.actions.views.blueprint import blueprint, done, page
from app.core.access import access
from app.core.errors import RuleBroken
from app.core.filters import date_long
from app.core.forms import apply_rule


@blueprint.route("/actions/<ref>/more-time", methods=["GET", "POST"])
@access("action.ask_for_more_time", queries.action)
def ask_for_more_time(action: Action) -> ResponseReturnValue:
    """Ask for a later date."""
    form = MoreTimeForm()
    if form.validate_on_submit() and form.new_due_on.data:
        try:
            request = operations.ask_for_more_time(
                action=action,
                new_due_on=form.new_due_on.data,
                reason_code=Reason(form.reason_code.data),
                reason=form.reason.data,
                interim_safeguard=form.interim_safeguard.data,
            )
        except RuleBroken as error:
            apply_rule(form, error)
        else:
            who = DECIDER_LABELS[ExtensionDecider(request.decider)].lower()
            due = date_long(action.due_on)
            return done(action, f"Asked for more time. The {who} decides; until then it stays due on {due}.")
    return page("more_time.html", action, form, is_open=Status(action.status) in OPEN)


@blueprint.route("/actions/<ref>/more-time/decide", methods=["GET", "POST"])
@access("action.decide_extension", queries.action_in_full)
def decide_more_time(action: Action) -> ResponseReturnValue:
    """Give more time, or keep the present date."""
    form = ExtensionForm()
    if form.validate_on_submit():
        decision = ExtensionDecision(form.decision.data)
        try:
            operations.decide_extension(action=action, decision=decision, reason=form.reason.data)
        except RuleBroken as error:
            apply_rule(form, error)
        else:
            verb = "now" if decision is ExtensionDecision.GRANTED else "still"
            return done(action, f"Decided. {action.ref} is {verb} due on {date_long(action.due_on)}.")
    waiting = action.waiting_extension
    return page(
        "decide_more_time.html",
        action,
        form,
        waiting=waiting,
        tier=DECIDER_LABELS[ExtensionDecider(waiting.decider)].lower() if waiting else "",
        reasons={str(reason): reason.label for reason in Reason},
        deciders=deciders.of_extension(action),
    )
