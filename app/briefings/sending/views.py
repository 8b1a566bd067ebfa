"""The page of an issue's sending: how far it is, and the buttons that begin, stop and go on."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts.guard import person
from app.accounts.policy import can
from app.briefings import queries as room
from app.briefings import rules as life
from app.briefings.models import BriefingIssue, IssueState
from app.briefings.reading.content import content
from app.briefings.reasons import with_reason
from app.briefings.sending import operations, queries
from app.briefings.sending.forms import ScheduleForm
from app.core.access import access
from app.core.clock import today
from app.core.errors import RuleBroken
from app.core.forms import TrackerForm, carry_out

blueprint = Blueprint("sending", __name__)


@blueprint.get("/briefings/<ref>/sending")
@access("briefing.draft", room.issue)
def progress(issue: BriefingIssue) -> str:
    """How far the sending of an issue is."""
    state = IssueState(issue.state)
    return render_template(
        "briefings/sending/progress.html",
        issue=issue,
        label=life.STATE_LABELS[state],
        progress=queries.progress(issue),
        may_send=can(person().facts, "briefing.send", issue.facts),
        holds=queries.holds(issue) if state in life.AWAITING or state is IssueState.PAUSED else [],
        settings=room.settings(),
        goes=state is IssueState.SENDING,
        was_out=life.went_out(issue.state, issue.sent_on),
    )


@blueprint.route("/briefings/<ref>/sending/now", methods=["GET", "POST"])
@access("briefing.send", room.issue)
def now(issue: BriefingIssue) -> ResponseReturnValue:
    """Begin to send an issue, once it was said to how many and under which subject."""
    form = TrackerForm()
    if carry_out(form, lambda: operations.send_now(issue=issue)):
        return _progress_of(issue, "It is being sent. You can pause it at any time.")
    if issue.state not in life.AWAITING and not form.is_submitted():
        return redirect(url_for("sending.progress", ref=issue.ref))
    return _page(
        "now.html", form, issue=issue, subject=content(issue).subject, readers=queries.progress(issue).left
    )


@blueprint.route("/briefings/<ref>/sending/schedule", methods=["GET", "POST"])
@access("briefing.send", room.issue)
def schedule(issue: BriefingIssue) -> ResponseReturnValue:
    """Say when an issue is sent."""
    form = ScheduleForm(data={"on": issue.scheduled_on or today()})
    if issue.scheduled_time and not form.is_submitted():
        form.at.data = issue.scheduled_time.strftime("%H:%M")

    def give() -> None:
        assert form.on.data is not None
        operations.schedule(issue=issue, on=form.on.data, at=form.time())

    if carry_out(form, give):
        return _progress_of(issue, "The day is set. You can take it away until it begins.")
    return _page("schedule.html", form, issue=issue)


@blueprint.post("/briefings/<ref>/sending/unschedule")
@access("briefing.send", room.issue)
def unschedule(issue: BriefingIssue) -> ResponseReturnValue:
    """Take the day away on which an issue was to be sent."""
    return _at_once(issue, operations.unschedule, "It is not set for any day now, and still cleared.")


@blueprint.post("/briefings/<ref>/sending/pause")
@access("briefing.send", room.issue)
def pause(issue: BriefingIssue) -> ResponseReturnValue:
    """Stop the sending of an issue for now, at once: every second that a page asks why, it goes on."""
    return _at_once(
        issue,
        operations.pause,
        "Paused. Nobody else gets it until you go on, and whoever has it is not written to again.",
    )


@blueprint.post("/briefings/<ref>/sending/resume")
@access("briefing.send", room.issue)
def resume(issue: BriefingIssue) -> ResponseReturnValue:
    """Go on with the sending of an issue."""
    return _at_once(issue, operations.resume, "It goes on where it was paused.")


@blueprint.route("/briefings/<ref>/sending/cancel", methods=["GET", "POST"])
@access("briefing.send", room.issue)
def cancel(issue: BriefingIssue) -> ResponseReturnValue:
    """End the sending of an issue for good."""
    return with_reason(
        issue,
        operations.cancel,
        title="Cancel the sending",
        effect="Whoever has not got it by now will not get it, and that cannot be undone. To put a mistake"
        " right, write a new issue that names this one.",
        done="Cancelled.",
        leads_to=url_for("sending.progress", ref=issue.ref),
        tone="warning",
    )


@blueprint.route("/briefings/<ref>/sending/stop-trying", methods=["GET", "POST"])
@access("briefing.send", room.issue)
def stop_trying(issue: BriefingIssue) -> ResponseReturnValue:
    """Try no more at what was put off of an issue that was sent."""
    return with_reason(
        issue,
        operations.stop_trying,
        title="Stop trying",
        effect="Readers whose mail servers put it off will not get it, and that cannot be undone.",
        done="Stopped.",
        leads_to=url_for("sending.progress", ref=issue.ref),
        tone="warning",
    )


def _at_once(issue: BriefingIssue, deed: Callable[..., BriefingIssue], done: str) -> ResponseReturnValue:
    try:
        deed(issue=issue)
    except RuleBroken as error:
        return _progress_of(issue, f"{error.sentence}.".replace("..", "."), "warning")
    return _progress_of(issue, done)


def _progress_of(issue: BriefingIssue, sentence: str, tone: str = "message") -> ResponseReturnValue:
    flash(sentence, tone)
    return redirect(url_for("sending.progress", ref=issue.ref))


def _page(template: str, form: TrackerForm, **context: Any) -> ResponseReturnValue:
    """A page with a form; sent back with what is wrong where something is."""
    status = 422 if form.is_submitted() else 200
    return render_template(f"briefings/sending/{template}", form=form, **context), status
