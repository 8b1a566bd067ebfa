"""Pages from draft to cleared: the check, whom an issue is for, and the second person's clearance."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.accounts.guard import person
from app.briefings import drafts
from app.briefings import queries as room
from app.briefings import rules as life
from app.briefings.checking import operations, pages, queries
from app.briefings.checking.forms import ClearForm, KeepForm, ReadersForm
from app.briefings.models import BriefingIssue, IssueState
from app.briefings.reading.content import content
from app.briefings.reasons import with_reason
from app.briefings.sending import queries as sending
from app.core.access import access
from app.core.editing import editing
from app.core.errors import RuleBroken
from app.core.filters import plural
from app.core.forms import TrackerForm, carry_out
from app.lessons import queries as lessons

blueprint = Blueprint("clearance", __name__)


@blueprint.get("/briefings/<ref>/check")
@access("briefing.draft", room.issue)
def check(issue: BriefingIssue) -> ResponseReturnValue:
    """The words of an issue with everything marked that may identify somebody."""
    drafts.note(issue)
    return _check_page(issue)


@blueprint.post("/briefings/<ref>/check/keep")
@access("briefing.change", room.issue)
def keep(issue: BriefingIssue) -> ResponseReturnValue:
    """Keep words that may identify somebody, for a reason."""
    digest = request.form.get("finding", "")
    form = _keep_form(digest)
    if carry_out(
        form, lambda: operations.keep_finding(issue=issue, digest=digest, reason=form.reason.data or "")
    ):
        flash("Kept, with your reason.")
        return redirect(url_for("clearance.check", ref=issue.ref))
    return _check_page(issue, refused={digest: form})


@blueprint.post("/briefings/<ref>/check/reopen")
@access("briefing.change", room.issue)
def reopen(issue: BriefingIssue) -> ResponseReturnValue:
    """Open a finding again that was kept."""
    return _at_once(
        issue,
        lambda: operations.unkeep_finding(issue=issue, digest=request.form.get("finding", "")),
        "Open again: change the words, or keep them for another reason.",
    )


@blueprint.post("/briefings/<ref>/check/send")
@access("briefing.change", room.issue)
def send(issue: BriefingIssue) -> ResponseReturnValue:
    """Send an issue for clearance."""
    return _at_once(
        issue,
        lambda: operations.send_for_clearance(issue=issue),
        f"{issue.ref} waits for a second person to clear it.",
    )


@blueprint.route("/briefings/<ref>/take-back", methods=["GET", "POST"])
@access("briefing.change", room.issue)
def take_back(issue: BriefingIssue) -> ResponseReturnValue:
    """Take an issue back that waits to be cleared."""
    return _with_reason(
        issue, operations.take_back, "Take it back", "You can change it, and send it for clearance again."
    )


@blueprint.route("/briefings/<ref>/clear", methods=["GET", "POST"])
@access("briefing.clear", room.issue)
def clear(issue: BriefingIssue) -> ResponseReturnValue:
    """Read an issue as the second person, and clear it."""
    form = ClearForm()

    def give() -> None:
        operations.clear(issue=issue, checked=bool(form.checked.data), words_read=form.words_read.data or "")

    if carry_out(form, give):
        flash(f"{issue.ref} is cleared: its words and its readers are frozen. Next, say when it is sent.")
        return redirect(url_for("issues.compose", ref=issue.ref))
    drafts.note(issue)
    # A tick stands for the words it was given for; other words ask for another.
    as_shown = queries.words_digest(issue)
    form.checked.data = bool(form.checked.data) and form.words_read.data == as_shown
    form.words_read.data = as_shown
    return _page(
        "clear.html",
        form,
        issue=issue,
        marked=pages.marked(issue),
        subject=content(issue).subject,
        waits=issue.state == IssueState.CHECKED,
        wrote=person().id in queries.author_ids(issue),
        readers=queries.readers(issue),
        narrowed=_narrowed(issue),
        holds=queries.holds(issue),
    )


@blueprint.route("/briefings/<ref>/return", methods=["GET", "POST"])
@access("briefing.clear", room.issue)
def refuse(issue: BriefingIssue) -> ResponseReturnValue:
    """Return an issue to its authors instead of clearing it."""
    return _with_reason(
        issue, operations.refuse, "Return it", "Its authors see your reason, and change it or say more."
    )


@blueprint.route("/briefings/<ref>/unclear", methods=["GET", "POST"])
@access("briefing.change", room.issue)
def unclear(issue: BriefingIssue) -> ResponseReturnValue:
    """Take the clearance of an issue away, while nobody was written to."""
    return _with_reason(
        issue,
        operations.unclear,
        "Make it a draft again",
        "Its frozen words, its readers and the day it was to be sent are thrown away."
        " It is to be checked and cleared anew.",
    )


@blueprint.get("/briefings/<ref>/readers")
@access("briefing.draft", room.issue)
def audience(issue: BriefingIssue) -> str:
    """Whom an issue is for, and how many they are."""
    return render_template(
        "briefings/checking/audience.html",
        issue=issue,
        narrowed=_narrowed(issue),
        readers=queries.readers(issue),
        frozen=None if issue.state in life.BEING_WRITTEN else sending.progress(issue).whole,
        is_open=issue.state == IssueState.DRAFT,
    )


@blueprint.route("/briefings/<ref>/readers/change", methods=["GET", "POST"])
@access("briefing.change", room.issue)
def change_audience(issue: BriefingIssue) -> ResponseReturnValue:
    """Say whom an issue is for."""
    form = editing(ReadersForm, issue, lambda: operations.readers_held(issue))
    form.offer(
        audiences=_with(issue.for_audiences, room.audiences()),
        areas=_with(issue.for_areas, accounts.areas()),
        agencies=_with(issue.for_agencies, accounts.agencies()),
        topics=_with(issue.for_topics, lessons.themes()),
    )
    if carry_out(form, lambda: operations.set_readers(issue=issue, **form.values())):
        readers = plural(queries.readers(issue) or 0, "reader")
        flash(f"Whom {issue.ref} is for was changed. It goes to {readers} as things are now.")
        return redirect(url_for("clearance.audience", ref=issue.ref))
    return _page("readers.html", form, issue=issue)


def _check_page(issue: BriefingIssue, *, refused: dict[str, KeepForm] | None = None) -> ResponseReturnValue:
    marked = pages.marked(issue)
    forms = {
        each.checked.finding.digest: (refused or {}).get(each.checked.finding.digest)
        or _keep_form(each.checked.finding.digest, is_new=True)
        for each in marked.findings
        if not each.checked.is_settled
    }
    form = next(iter((refused or {}).values()), None)
    return render_template(
        "briefings/checking/check.html",
        issue=issue,
        marked=marked,
        forms=forms,
        refused=form,
        wrote=person().id in queries.author_ids(issue),
        lacking=queries.lacking(issue) if issue.state == IssueState.DRAFT else [],
        holds=queries.holds(issue),
        label=life.STATE_LABELS[IssueState(issue.state)],
    ), 422 if refused else 200


def _keep_form(digest: str, *, is_new: bool = False) -> KeepForm:
    """The form of one finding: many stand on a page, so its fields carry the finding's digest."""
    prefix = f"finding-{digest[:12]}-"
    return KeepForm(formdata=None, prefix=prefix) if is_new else KeepForm(prefix=prefix)


def _at_once(issue: BriefingIssue, deed: Callable[[], object], done: str) -> ResponseReturnValue:
    """Carry out a button of the check's page, and go back to it."""
    try:
        deed()
    except RuleBroken as error:
        flash(f"{error.sentence}.".replace("..", "."), "warning")
    else:
        flash(done)
    return redirect(url_for("clearance.check", ref=issue.ref))


def _with_reason(
    issue: BriefingIssue, deed: Callable[..., BriefingIssue], title: str, effect: str
) -> ResponseReturnValue:
    """Make an issue a draft again, for a reason."""
    return with_reason(
        issue,
        deed,
        title=title,
        effect=effect,
        done=f"{issue.ref} is a draft again.",
        leads_to=url_for("issues.compose", ref=issue.ref),
    )


def _narrowed(issue: BriefingIssue) -> list[tuple[str, list[str]]]:
    """What an issue's readers are narrowed to, by heading; empty where it is for everybody."""
    headings = (
        ("Kinds of work", issue.for_audiences),
        ("Areas", issue.for_areas),
        ("Agencies", issue.for_agencies),
        ("Topics", issue.for_topics),
    )
    return [(heading, [each.name for each in things]) for heading, things in headings if things]


def _with(held: Any, offered: Any) -> list[Any]:
    """What is offered, and what was chosen before and is offered no more."""
    return [*offered, *(each for each in held if each not in offered)]


def _page(template: str, form: TrackerForm, **context: Any) -> ResponseReturnValue:
    status = 422 if form.is_submitted() else 200
    return render_template(f"briefings/checking/{template}", form=form, **context), status
