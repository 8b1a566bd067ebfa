"""Pages of reading: the archive for everybody, and the previews for those who write."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.accounts import queries as accounts
from app.accounts.guard import may, may_open, person
from app.briefings import drafts
from app.briefings import queries as briefings
from app.briefings.models import BriefingIssue
from app.briefings.reading import addresses, feed, operations, queries, rules, team, words
from app.briefings.reading.content import ILLUSTRATIVE, content
from app.briefings.reading.forms import ArchiveFilterForm, SendTestForm
from app.briefings.reading.framing import framed
from app.briefings.results import links as signed
from app.briefings.results.queries.telling import speaks_for
from app.briefings.wording import briefing_name, headed, sent
from app.core.access import access
from app.core.clock import today
from app.core.filters import date_long
from app.core.forms import carry_out

blueprint = Blueprint("archive", __name__)

#: How an issue can be looked at before it goes out.
VIEWS = {
    "desktop": "Desktop",
    "phone": "Phone",
    "dark": "Dark mode",
    "text": "Plain text",
    "team": "Team version",
}


#: What stands behind the briefings, and how one gets them oneself: each for those who may open it.
PLACES = (
    ("Issues being written", "issues.index"),
    ("Which lesson reached whom", "results.coverage"),
    ("What teams discussed", "results.receipts"),
    ("Questions from readers", "results.questions"),
    ("Subscribers", "subscribers.index"),
    ("Kinds of work", "briefing_arrangements.audiences"),
    ("Settings", "briefing_arrangements.settings"),
)
OF_AN_ISSUE = (("Results", "results.show"), ("How it was made", "issues.compose"))
MORE = (
    ("Training and learning events", "training.index"),
    ("All lessons", "lessons.index"),
    ("Themes", "lessons.themes"),
)
OWN = (("How you get the briefing", "subscribers.own"),)


@blueprint.get("/briefings")
@access("briefing.list", open_when=briefings.archive_is_public)
def index() -> str:
    """The issues that are out, newest first; to those signed in also the published lessons."""
    form = ArchiveFilterForm(formdata=request.args)
    form.offer()
    narrowed = form.narrowed()
    page, count = queries.listed(narrowed, after=request.args.get("after"), before=request.args.get("before"))
    lessons, lessons_count = queries.lessons(narrowed) if narrowed.narrows and may("lesson.list") else ((), 0)
    return render_template(
        "briefings/reading/index.html",
        form=form,
        applied=form.applied(),
        page=page,
        count=count,
        lessons=lessons,
        lessons_count=lessons_count,
        narrowed=narrowed,
        name=briefing_name(),
        headed=headed,
        sent=sent,
        is_first=not (narrowed.narrows or page.before),
        # A feed reader does not sign in.
        feed_url=addresses.whole("archive.atom") if briefings.archive_is_public() else None,
        places=_open_to_me(PLACES),
        more=_open_to_me(MORE),
        own=_open_to_me(OWN),
    )


@blueprint.get("/briefings/feed.atom")
@access("briefing.list", open_when=briefings.archive_is_public)
def atom() -> Response:
    """The newest issues as a feed."""
    publisher = _publisher() or briefings.settings().publisher
    made = feed.atom(queries.newest(feed.ENTRIES), name=briefing_name(), publisher=publisher)
    return Response(made, mimetype=feed.MEDIA_TYPE)


@blueprint.get("/briefings/<ref>")
@access("briefing.read", briefings.issue_that_is_out, open_when=briefings.archive_is_public)
def issue(issue: BriefingIssue) -> str:
    """An issue, where it stays for ever."""
    lessons = queries.lessons_in(issue)
    return render_template(
        "briefings/reading/issue.html",
        issue=issue,
        said=content(issue),
        sent=sent(issue),
        illustrative=ILLUSTRATIVE,
        themes=sorted({theme for lesson in lessons for theme in lesson.themes}, key=lambda theme: theme.name),
        threads={lesson.id: lesson.ref for lesson in lessons if may("lesson.read", lesson)},
        put_right_by=queries.put_right_by(issue),
        is_public=briefings.archive_is_public(),
        deeds=_open_to_me(OF_AN_ISSUE, ref=issue.ref),
        feedback_url=url_for("results.say", ref=issue.ref) if current_user.is_authenticated else None,
    )


@blueprint.get("/briefings/<ref>/team.pdf")
@access("briefing.read", briefings.issue_that_is_out, open_when=briefings.archive_is_public)
def team_pdf(issue: BriefingIssue) -> Response:
    """The team version of an issue that is out, to print."""
    return _file(team.as_pdf(team.fitting(issue, tell_at=_tell_at(issue))), f"{issue.ref}-team.pdf", team.PDF)


@blueprint.get("/briefings/<ref>/team.docx")
@access("briefing.read", briefings.issue_that_is_out, open_when=briefings.archive_is_public)
def team_word(issue: BriefingIssue) -> Response:
    """The team version of an issue that is out, to change."""
    paper = team.fitting(issue, tell_at=_tell_at(issue))
    return _file(team.as_word(paper), f"{issue.ref}-team.docx", team.WORD)


@blueprint.get("/briefings/<ref>/preview")
@access("briefing.draft", briefings.issue)
def preview(issue: BriefingIssue) -> ResponseReturnValue:
    """How readers will see an issue, in one of the ways they do."""
    drafts.note(issue)
    return _preview(issue, SendTestForm(data={"address": person().email}))


@blueprint.post("/briefings/<ref>/test")
@access("briefing.change", briefings.issue)
def send_test(issue: BriefingIssue) -> ResponseReturnValue:
    """Send an issue to somebody who may read it before it is cleared."""
    form = SendTestForm()
    if carry_out(form, lambda: operations.send_test(issue=issue, address=form.address.data or "")):
        flash(f"{issue.ref} is on its way to {form.address.data} as a test.")
        return redirect(url_for("archive.preview", ref=issue.ref))
    return _preview(issue, form), 422


@blueprint.get("/briefings/<ref>/preview/mail")
@access("briefing.draft", briefings.issue)
def preview_mail(issue: BriefingIssue) -> Response:
    """The mail itself, for the frames of the preview."""
    drafts.note(issue)
    return framed(words.rendered(issue).html, is_dark=request.args.get("screen") == "dark")


@blueprint.get("/briefings/<ref>/preview/team.pdf")
@access("briefing.draft", briefings.issue)
def preview_team_pdf(issue: BriefingIssue) -> Response:
    """The team version of an issue that is being written, to print."""
    return _file(team.as_pdf(_looked_at(issue)), f"{_file_name(issue)}.pdf", team.PDF)


@blueprint.get("/briefings/<ref>/preview/team.docx")
@access("briefing.draft", briefings.issue)
def preview_team_word(issue: BriefingIssue) -> Response:
    """The team version of an issue that is being written, to change."""
    return _file(team.as_word(_looked_at(issue)), f"{_file_name(issue)}.docx", team.WORD)


def _preview(issue: BriefingIssue, form: SendTestForm) -> str:
    asked = request.args.get("as", "desktop")
    view = asked if asked in VIEWS else "desktop"
    made, said = words.rendered(issue), content(issue)
    return render_template(
        "briefings/reading/preview.html",
        issue=issue,
        form=form,
        views=VIEWS,
        view=view,
        made=made,
        said=said,
        waits=partial(words.waits, issue),
        is_long=rules.is_long(made.subject),
        good_subject=rules.GOOD_SUBJECT,
        paper=team.fitting(issue, draft=_draft(issue)) if view == "team" else None,
    )


def _open_to_me(pages: Sequence[tuple[str, str]], **values: Any) -> list[tuple[str, str]]:
    """Those of the pages that the person may open: what each is called, and its address."""
    return [(label, url_for(endpoint, **values)) for label, endpoint in pages if may_open(endpoint)]


def _tell_at(issue: BriefingIssue) -> str | None:
    """Where a team of an agency that the reader speaks for tells of it without an account; else null.

    Who speaks for it is known by their account, or by the link that their mail gave them.
    """
    mailed = signed.agency_for(issue, request.args.get("link", ""))
    if mailed is not None:
        return signed.discussed(issue, mailed)
    if not (issue.link_key and current_user.is_authenticated):
        return None
    theirs = speaks_for(person())
    if not theirs:
        return None
    return signed.discussed(issue, theirs[0] if len(theirs) == 1 else signed.ANY_AGENCY)


def _looked_at(issue: BriefingIssue) -> team.Paper:
    """The team version for those who work on the issue: it may be passed on only once it is cleared."""
    if issue.frozen is not None:
        return team.fitting(issue)
    drafts.note_paper(issue)
    return team.fitting(issue, draft=_draft(issue))


def _draft(issue: BriefingIssue) -> str:
    if issue.frozen is not None:
        return ""
    whose = f"Draft for {person().name}, {date_long(today())}."
    return f"{whose} It is not cleared and may change: do not pass it on."


def _file_name(issue: BriefingIssue) -> str:
    return f"{issue.ref}-team" + ("" if issue.frozen is not None else "-draft")


def _file(made: bytes, name: str, media_type: str) -> Response:
    response = make_response(made)
    response.mimetype = media_type
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _publisher() -> str:
    partnership = accounts.partnership()
    return partnership.name if partnership else ""
