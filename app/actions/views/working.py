"""Pages for whoever does the work: update, proof, and sending it for sign-off."""

from flask.typing import ResponseReturnValue

from app.accounts import guard
from app.actions import operations, queries
from app.actions.forms import EvidenceForm, ReasonForm, SendForm, UpdateForm
from app.actions.models import Action, Evidence
from app.actions.operations import Proof
from app.actions.rules import CLOSED, OPEN, EvidenceKind, OwnerView, Status, decide_by
from app.actions.views.blueprint import blueprint, done, page
from app.core.access import access
from app.core.errors import RuleBroken
from app.core.filters import date_long
from app.core.forms import apply_rule


@blueprint.route("/actions/<ref>/update", methods=["GET", "POST"])
@access("action.update", queries.action)
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
                proof=_proof(form),
            )
        except RuleBroken as error:
            apply_rule(form, error)
        else:
            return done(action, f"Update saved. {_next_step(action)}")
    status = Status(action.status)
    return page("update.html", action, form, is_open=status in OPEN, is_closed=status in CLOSED)


@blueprint.route("/actions/<ref>/evidence", methods=["GET", "POST"])
@access("action.update", queries.action)
def add_evidence(action: Action) -> ResponseReturnValue:
    """Add proof."""
    form = EvidenceForm()
    if form.validate_on_submit():
        proof = _proof(form)
        assert proof is not None, "the form asks for what it shows"
        try:
            piece = operations.add_evidence(action=action, proof=proof)
        except RuleBroken as error:
            apply_rule(form, error)
        else:
            return done(action, f"Evidence {piece.ref} is added. {_next_step(action)}")
    return page("evidence.html", action, form, is_closed=Status(action.status) in CLOSED)


@blueprint.route("/actions/<ref>/evidence/<evidence_ref>/withdraw", methods=["GET", "POST"])
@access("action.update", queries.evidence)
def withdraw_evidence(evidence: Evidence) -> ResponseReturnValue:
    """Withdraw proof that should not have been added."""
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            operations.withdraw_evidence(evidence=evidence, reason=form.reason.data)
        except RuleBroken as error:
            apply_rule(form, error)
        else:
            sentence = f"Evidence {evidence.ref} is withdrawn. It stays on the record with the reason."
            return done(evidence.action, sentence)
    return page("withdraw_evidence.html", evidence.action, form, evidence=evidence)


@blueprint.route("/actions/<ref>/send-for-sign-off", methods=["GET", "POST"])
@access("action.send_for_sign_off", queries.action)
def send_for_sign_off(action: Action) -> ResponseReturnValue:
    """Hand the work to the group that signs it off."""
    form = SendForm()
    if form.validate_on_submit():
        try:
            sign_off = operations.send_for_sign_off(
                action=action, what_is_different=form.what_is_different.data
            )
        except RuleBroken as error:
            apply_rule(form, error)
        else:
            by = date_long(decide_by(sign_off.sent_on))
            return done(action, f"Sent for sign-off. The {action.group.name} decides by {by}.")
    return page("send.html", action, form, is_open=Status(action.status) in OPEN)


def _proof(form: UpdateForm | EvidenceForm) -> Proof | None:
    """The proof on a form; a link makes it one. Nothing where both boxes are empty."""
    shows, link = form.shows.data, form.link.data
    if not shows and not link:
        return None
    return Proof(EvidenceKind.LINK if link else EvidenceKind.WORDS, shows, link or None)


def _next_step(action: Action) -> str:
    if guard.may("action.send_for_sign_off", action) and Status(action.status) in OPEN:
        if action.evidence_standing:
            return "When the work is done, send it for sign-off."
        return "When the work is done, add proof and send it for sign-off."
    return f"The {action.group.name} sees it here."
