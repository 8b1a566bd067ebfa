"""Pages for whoever does the work: the update, and sending it for sign-off."""

from flask.typing import ResponseReturnValue

from app.actions import operations, queries
from app.actions.forms import SendForm, UpdateForm
from app.actions.models import Action
from app.actions.queries.evidence import action_with_evidence
from app.actions.rules import CLOSED, OPEN, OwnerView, Status, decide_by
from app.actions.views.blueprint import blueprint, done, page
from app.actions.views.evidence import next_step, proof_on
from app.core.access import access
from app.core.errors import RuleBroken
from app.core.files.uploads import takes_files
from app.core.filters import date_long
from app.core.forms import apply_rule


@blueprint.route("/actions/<ref>/update", methods=["GET", "POST"])
@access("action.update", queries.action)
@takes_files
def update(action: Action) -> ResponseReturnValue:
    """Say how it is going, on one page and in under a minute."""
    form = UpdateForm()
    since = action.last_update_on or action.agreed_on
    if since:
        form.words.label.text = f"What has happened since {date_long(since)}?"
    if form.validate_on_submit():
        try:
            operations.write_update(
                action=action,
                words=form.words.data,
                owner_view=OwnerView(form.owner_view.data),
                proof=proof_on(form),
            )
        except operations.AlreadyWritten:
            # Sent twice, as by two clicks: it is what the person wanted, so they come to where it stands.
            return done(action, f"Update saved, once. {next_step(action)}")
        except RuleBroken as error:
            apply_rule(form, error)
        else:
            return done(action, f"Update saved. {next_step(action)}")
    form.file.ask_again()
    status = Status(action.status)
    return page("update.html", action, form, is_open=status in OPEN, is_closed=status in CLOSED)


@blueprint.route("/actions/<ref>/send-for-sign-off", methods=["GET", "POST"])
@access("action.send_for_sign_off", action_with_evidence)
def send_for_sign_off(action: Action) -> ResponseReturnValue:
    """Hand the work to the group that signs it off."""
    form = SendForm()
    if form.validate_on_submit():
        try:
            sign_off = operations.send_for_sign_off(
                action=action,
                what_is_different=form.what_is_different.data,
                why_missing=form.why_missing.data,
            )
        except RuleBroken as error:
            apply_rule(form, error)
        else:
            by = date_long(decide_by(sign_off.sent_on))
            return done(action, f"Sent for sign-off. The {action.group.name} decides by {by}.")
    returns = queries.returns_of(action) if action.is_all_agency else None
    return page("send.html", action, form, is_open=Status(action.status) in OPEN, returns=returns)
