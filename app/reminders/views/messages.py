"""The outbox as a page: every message out, where it stands, and what to do about one in trouble."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound

from app.accounts.administration.mail import ADDRESS_CHANGED
from app.accounts.cases.operations import NOTICE
from app.accounts.policy import NOTHING, Facts
from app.accounts.signing_in.notices import PASSWORD_CHANGED
from app.accounts.signing_in.queries import INVITATION
from app.briefings.checking.operations import TO_CLEAR
from app.briefings.reading.operations import TEST
from app.briefings.results.operations.telling import CASCADE, NOBODY_TO_TELL, TOLD
from app.briefings.sending.feeding import BRIEFING, STOPPED
from app.briefings.subscribers.bounces import HELD
from app.briefings.subscribers.operations.forgetting import ASKED, MOVED
from app.briefings.subscribers.reconfirming import KIND as CONFIRM_AGAIN
from app.core.access import access
from app.core.errors import RuleBroken
from app.core.filter_forms import FilterForm
from app.core.forms import ChoiceField, TextField, TrackerForm
from app.meetings.operations.sending import NOTICE as PAPERS_SENT
from app.outbox import operations as outbox
from app.outbox import queries as outbox_queries
from app.outbox.models import OutboxMessage, State
from app.reminders import operations, queries
from app.reminders.views.blueprint import blueprint

#: No database here counts its rows beyond this.
HIGHEST_ROW = 2**63 - 1

STATE_LABELS = {
    State.QUEUED: "Waiting to be sent",
    State.SENDING: "Being sent",
    State.SENT: "Sent",
    State.FAILED: "Not delivered",
    State.UNCERTAIN: "May not have arrived",
    State.CANCELLED: "Taken out",
}
KIND_LABELS = {
    queries.KIND: "Reminder",
    queries.NUDGE: "Somebody asks by hand",
    INVITATION: "Invitation",
    "password_reset": "A new password was asked for",
    NOTICE: "The glass of a case was broken",
    ADDRESS_CHANGED: "An address was changed",
    PASSWORD_CHANGED: "A password was changed",
    PAPERS_SENT: "Papers of a panel are there",
    TEST: "A briefing, as a test",
    TO_CLEAR: "A briefing waits to be cleared",
    BRIEFING: "A briefing",
    STOPPED: "The sending of a briefing stopped",
    CASCADE: "A briefing, for the teams of an agency",
    TOLD: "Lessons of an agency went out",
    NOBODY_TO_TELL: "Nobody speaks for some agencies",
    ASKED: "Somebody asked for the briefing",
    CONFIRM_AGAIN: "Readers are asked to confirm again",
    HELD: "Many addresses of readers were refused",
    MOVED: "A reader’s address was changed",
}
STATE_TONES = {
    State.QUEUED: "waiting",
    State.SENDING: "active",
    State.SENT: "done",
    State.FAILED: "late",
    State.UNCERTAIN: "late",
    State.CANCELLED: "stopped",
}


@dataclass(frozen=True)
class Letter:
    """A message as those who look after the outbox see it; nothing about it belongs to a case."""

    message: OutboxMessage

    @property
    def facts(self) -> Facts:
        """Nothing about it is restricted."""
        return NOTHING


class MessageFilterForm(FilterForm):
    """What narrows the list."""

    tags: ClassVar = {"state": "State"}

    state = ChoiceField("Where it stands", empty="Anywhere")
    kind = ChoiceField("Kind", empty="Any")
    address = TextField("Address, written in full", longest=254)


class SettleForm(TrackerForm):
    """Nothing but the button."""


def letter(number: int) -> Letter:
    """The message with this row number. Raises NoResultFound."""
    if number > HIGHEST_ROW:
        raise NoResultFound
    return Letter(outbox_queries.message(number))


@blueprint.get("/messages")
@access("message.list")
def messages() -> ResponseReturnValue:
    """Every message out, newest first."""
    form = MessageFilterForm(formdata=request.args)
    form.state.offer({state.value: STATE_LABELS[state] for state in State}, empty="Anywhere")
    form.kind.offer({kind: kind_label(kind) for kind in outbox_queries.kinds()}, empty="Any")
    form.validate()
    state = form.good(form.state)
    page = outbox_queries.page(
        state=State(state) if state else None,
        kind=form.good(form.kind),
        address=form.good(form.address),
        after=request.args.get("after"),
        before=request.args.get("before"),
    )
    return render_template(
        "reminders/messages.html",
        form=form,
        page=page,
        applied=form.applied(),
        labels=STATE_LABELS,
        tones=STATE_TONES,
        kind_label=kind_label,
    )


@blueprint.get("/messages/<int:number>")
@access("message.list", letter)
def message(letter: Letter) -> ResponseReturnValue:
    """One message: where it stands, its words where they are kept, and what can be done about it."""
    return _page(letter, SettleForm())


@blueprint.post("/messages/<int:number>/send-again")
@access("message.settle", letter)
def send_message_again(letter: Letter) -> ResponseReturnValue:
    """Queue one that failed, or may not have arrived, once more."""
    return _settle(letter, outbox.send_again, "is queued to be sent again")


@blueprint.post("/messages/<int:number>/received")
@access("message.settle", letter)
def message_received(letter: Letter) -> ResponseReturnValue:
    """Record that one in doubt did arrive."""
    return _settle(letter, outbox.settle_as_received, "is settled: it had arrived")


@blueprint.post("/messages/<int:number>/cancel")
@access("message.settle", letter)
def cancel_message(letter: Letter) -> ResponseReturnValue:
    """Take out one that no sender has begun."""
    return _settle(letter, operations.withdraw_message, "is taken out and will not be sent")


def _settle(letter: Letter, operation: Callable[..., OutboxMessage], told: str) -> ResponseReturnValue:
    form = SettleForm()
    if form.validate_on_submit():
        try:
            operation(message=letter.message)
        except RuleBroken as error:
            form.form_errors = [*form.form_errors, error.sentence]
        else:
            flash(f"Message {letter.message.id} {told}.")
            return redirect(url_for("reminders.message", number=letter.message.id))
    return _page(letter, form)


def _page(letter: Letter, form: SettleForm) -> ResponseReturnValue:
    state = State(letter.message.state)
    html = render_template(
        "reminders/message.html",
        message=letter.message,
        form=form,
        label=STATE_LABELS[state],
        tone=STATE_TONES[state],
        kind=kind_label(letter.message.kind),
        may_send_again=state in {State.FAILED, State.UNCERTAIN},
        may_be_received=state is State.UNCERTAIN,
        may_be_cancelled=state is State.QUEUED and letter.message.kind not in operations.NEVER_TAKEN_OUT,
    )
    return html, 422 if form.is_submitted() else 200


def kind_label(kind: str) -> str:
    """A kind of message in words."""
    return KIND_LABELS.get(kind) or kind.replace("_", " ").capitalize()
