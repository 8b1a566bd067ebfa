"""Pages of the composer: the list of issues, an issue as it is written, its items, its history."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound

from app.accounts import exports
from app.accounts.guard import may, person
from app.briefings import drafts
from app.briefings import rules as room_rules
from app.briefings.checking import queries as checking
from app.briefings.composing import operations, pages, queries, rules
from app.briefings.composing.export import COLUMNS, MARKING
from app.briefings.composing.forms import (
    AddForm,
    AgainForm,
    IssueFilterForm,
    IssueForm,
    ItemForm,
    NewIssueForm,
)
from app.briefings.composing.queries import Written
from app.briefings.models import BriefingIssue, IssueState, Section
from app.briefings.reading.content import content
from app.briefings.reasons import with_reason
from app.briefings.training import queries as training
from app.briefings.wording import month, sent_on
from app.core.access import access
from app.core.clock import today
from app.core.database import keep_for_change
from app.core.editing import editing
from app.core.errors import RuleBroken
from app.core.forms import TrackerForm, carry_out

blueprint = Blueprint("issues", __name__)


@blueprint.get("/briefings/issues")
@access("briefing.draft")
def index() -> str:
    """Every issue, whatever its state, for those who write and clear them."""
    form = IssueFilterForm(formdata=request.args)
    page, count = queries.listed(
        form.narrowed(),
        sort=request.args.get("sort", queries.NEWEST_FIRST),
        after=request.args.get("after"),
        before=request.args.get("before"),
    )
    return render_template(
        "briefings/composing/index.html",
        form=form,
        applied=form.applied(),
        page=page,
        count=count,
        labels=room_rules.STATE_LABELS,
        month=month,
        sent_on=sent_on,
    )


@blueprint.get("/briefings/issues/export")
@access("briefing.draft")
def export() -> ResponseReturnValue:
    """The list as a file, narrowed and sorted as it is on the page."""
    form = IssueFilterForm(formdata=request.args)
    return exports.export(
        name="Issues of the briefing",
        file_name="briefing-issues",
        columns=COLUMNS,
        rows=queries.in_full(form.narrowed(), sort=request.args.get("sort", queries.NEWEST_FIRST)),
        applied=form.applied(),
        marking=MARKING,
        list_url=url_for("issues.index"),
    )


@blueprint.route("/briefings/issues/new", methods=["GET", "POST"])
@access("briefing.change")
def new() -> ResponseReturnValue:
    """Begin a special issue beside the month's own."""
    form = NewIssueForm()
    form.offer(today())
    made: list[BriefingIssue] = []

    def create() -> None:
        made.append(operations.create(title=form.title.data or "", period=form.period.data or ""))

    if carry_out(form, create):
        return _composer_of(made[0], f"{made[0].ref} begun. Next, add what it is to tell.")
    return _page("new.html", form)


@blueprint.get("/briefings/<ref>/compose")
@access("briefing.draft", queries.issue)
def compose(issue: BriefingIssue) -> str:
    """An issue as it is written, beside what may go into it."""
    drafts.note(issue)
    is_open = IssueState(issue.state) in room_rules.BEING_WRITTEN
    found = queries.proposals(person().facts, on=today(), issue=issue) if is_open else []
    words = pages.words_in(issue)
    return render_template(
        "briefings/composing/compose.html",
        issue=issue,
        is_open=is_open,
        is_out=room_rules.went_out(issue.state, issue.sent_on),
        label=room_rules.STATE_LABELS[IssueState(issue.state)],
        month=month(issue),
        steps=pages.steps(issue),
        lacking=checking.lacking(issue) if is_open else [],
        unsaid=pages.unsaid(issue),
        says_only_the_month=pages.says_only_the_month(issue),
        wrote=person().id in checking.author_ids(issue),
        findings=checking.unsettled(issue) if is_open else 0,
        holds=checking.holds(issue) if IssueState(issue.state) in room_rules.AWAITING else [],
        candidates=[
            (title, [each for each in found if each.candidate.kind is kind])
            for kind, title in rules.KIND_LABELS.items()
        ],
        parts=pages.parts(issue),
        subject=content(issue).subject,
        words=words,
        minutes=rules.minutes_to_read(words),
        corrections=queries.corrections(issue),
        brought_again=queries.brought_again_by(issue),
        pages=_pages_of(issue),
        deeds=_deeds_on(issue),
        when=training.when,
    )


def _pages_of(issue: BriefingIssue) -> list[tuple[str, str]]:
    """The other pages of an issue, as far as it has come: their words and addresses."""
    is_out, was_cleared = room_rules.went_out(issue.state, issue.sent_on), issue.cleared_on is not None
    pages_there = [
        ("Preview", "archive.preview", True),
        ("Check", "clearance.check", True),
        ("Readers", "clearance.audience", True),
        ("Sending", "sending.progress", was_cleared),
        ("Results", "results.show", is_out),
        ("As readers see it", "archive.issue", is_out),
    ]
    return [
        (words, url_for(endpoint, ref=issue.ref)) for words, endpoint, is_there in pages_there if is_there
    ]


def _deeds_on(issue: BriefingIssue) -> list[tuple[str, str]]:
    """What is seldom done with an issue, as far as it has come and the person may: words and addresses."""
    state, changes = IssueState(issue.state), may("briefing.change", issue)
    is_out = room_rules.went_out(issue.state, issue.sent_on)
    deeds = [
        ("History", "issues.history", True),
        ("Take it back", "clearance.take_back", changes and state is IssueState.CHECKED),
        ("Make it a draft again", "clearance.unclear", changes and state in room_rules.AWAITING),
        ("Cancel this issue", "issues.cancel", changes and state in room_rules.BEING_WRITTEN),
        ("Put it right by a new issue", "issues.correct", changes and is_out),
    ]
    return [(words, url_for(endpoint, ref=issue.ref)) for words, endpoint, is_open in deeds if is_open]


@blueprint.route("/briefings/<ref>/edit", methods=["GET", "POST"])
@access("briefing.change", queries.issue)
def edit(issue: BriefingIssue) -> ResponseReturnValue:
    """Change the title, headline, introduction and questions of an issue."""
    if frozen := _frozen(issue):
        return frozen
    form, undone = editing(IssueForm, issue), _takes_back(issue)
    if carry_out(form, lambda: operations.change(issue=issue, **form.words())):
        return _composer_of(issue, f"{issue.ref} changed.{undone}")
    drafts.note(issue)
    return _page("edit.html", form, issue=issue)


@blueprint.route("/briefings/<ref>/add", methods=["GET", "POST"])
@access("briefing.change", queries.issue)
def add(issue: BriefingIssue) -> ResponseReturnValue:
    """Add an item made from a candidate, or from any other record that may be told of."""
    if frozen := _frozen(issue):
        return frozen
    form, undone = AddForm(), _takes_back(issue)

    def put_in() -> None:
        ref = (form.reference.data or "").upper()
        try:
            proposal = queries.proposal(person().facts, ref, on=today())
        except NoResultFound:
            raise rules.NotOnOffer(
                f"{ref} cannot be added. Enter the reference of a lesson that was cleared, of a closed "
                "action with impact, of training ahead, or of a source from elsewhere",
                "reference",
            ) from None
        operations.add(issue=issue, proposal=proposal)

    if carry_out(form, put_in):
        return _composer_of(issue, f"{(form.reference.data or '').upper()} added.{undone}")
    return _page("add.html", form, issue=issue)


@blueprint.route("/briefings/<ref>/items/new", methods=["GET", "POST"])
@access("briefing.change", queries.issue)
def new_item(issue: BriefingIssue) -> ResponseReturnValue:
    """Write an item of one's own."""
    if frozen := _frozen(issue):
        return frozen
    asked, undone = request.args.get("section"), _takes_back(issue)
    form = ItemForm(data={"section": asked if asked in set(Section) else Section.POLICY})
    form.offer()
    if carry_out(form, lambda: operations.add_own(issue=issue, **form.words())):
        return _composer_of(issue, f"Item added.{undone}")
    return _page("new_item.html", form, issue=issue)


@blueprint.route("/briefings/<ref>/items/<int:number>/edit", methods=["GET", "POST"])
@access("briefing.change", queries.item)
def edit_item(written: Written) -> ResponseReturnValue:
    """Change an item."""
    item = written.item
    if frozen := _frozen(item.issue):
        return frozen
    undone = _takes_back(item.issue)
    form = editing(
        ItemForm,
        item,
        lambda: {
            **{name: getattr(item, name) for name in ("section", *room_rules.ITEM_TEXTS)},
            "audiences": [audience.ref for audience in item.audiences],
        },
        first=lambda: keep_for_change(item.issue),
    )
    form.offer(item)
    if carry_out(form, lambda: operations.change_item(item=item, **form.words())):
        return _composer_of(item.issue, f"Item {item.position} changed.{undone}")
    drafts.note(item.issue)
    return _page("edit_item.html", form, issue=item.issue, item=item)


@blueprint.post("/briefings/<ref>/items/<int:number>/move")
@access("briefing.change", queries.item)
def move_item(written: Written) -> ResponseReturnValue:
    """Move an item a place up or down its section."""
    item, issue = written.item, written.item.issue
    undone = _takes_back(issue)
    try:
        operations.move(item=item, up=request.form.get("to") == "up")
    except RuleBroken as error:
        return _composer_of(issue, error.sentence, "warning")
    if undone:
        flash(f"Moved.{undone}")
    return redirect(url_for("issues.compose", ref=issue.ref, _anchor=f"item-{item.id}"))


@blueprint.route("/briefings/<ref>/items/<int:number>/remove", methods=["GET", "POST"])
@access("briefing.change", queries.item)
def remove_item(written: Written) -> ResponseReturnValue:
    """Take an item out of an issue, once it was asked whether that is meant: its words go with it."""
    item, issue, form = written.item, written.item.issue, TrackerForm()
    if frozen := _frozen(issue):
        return frozen
    done = f"“{item.heading}” was taken out.{_takes_back(issue)}"
    if carry_out(form, lambda: operations.remove(item=item)):
        return _composer_of(issue, done)
    drafts.note(issue)
    return _page("remove_item.html", form, issue=issue, item=item)


def _frozen(issue: BriefingIssue) -> ResponseReturnValue | None:
    """Back to an issue whose words change no more, before somebody fills in a form for nothing."""
    if request.method != "GET" or IssueState(issue.state) in room_rules.BEING_WRITTEN:
        return None
    label = room_rules.STATE_LABELS[IssueState(issue.state)].lower()
    return _composer_of(issue, f"{issue.ref} is {label}, so its words change no more.", "warning")


def _takes_back(issue: BriefingIssue) -> str:
    """What a change does beside itself to an issue that waits to be cleared, as its banner says it."""
    if issue.state != IssueState.CHECKED:
        return ""
    return " It does not wait to be cleared any more: send it for clearance again when it is done."


@blueprint.get("/briefings/<ref>/history")
@access("briefing.draft", queries.issue)
def history(issue: BriefingIssue) -> str:
    """Who changed what of an issue, when and why, and who read it before it went out."""
    # What was changed is told in its words.
    drafts.note(issue)
    return render_template(
        "briefings/composing/history.html",
        issue=issue,
        happened=pages.happened(queries.history(issue)),
        readers=drafts.readers(issue),
    )


@blueprint.route("/briefings/<ref>/correct", methods=["GET", "POST"])
@access("briefing.change", queries.issue)
def correct(issue: BriefingIssue) -> ResponseReturnValue:
    """Begin an issue that puts this one right."""
    form, made = TrackerForm(), []
    if carry_out(form, lambda: made.append(operations.corrected_by(issue))):
        return _composer_of(made[0], f"{made[0].ref} begun, with the items of {issue.ref}. Put them right.")
    return _page("correct.html", form, issue=issue, corrections=queries.corrections(issue))


@blueprint.route("/briefings/<ref>/again", methods=["GET", "POST"])
@access("briefing.change", queries.issue)
def again(issue: BriefingIssue) -> ResponseReturnValue:
    """Begin an issue that brings this one again to those who followed no link in it."""
    form, made = AgainForm(), []

    def begin() -> None:
        made.append(operations.brought_again(issue, title=form.title.data or ""))

    if carry_out(form, begin):
        return _composer_of(made[0], f"{made[0].ref} begun. Have it cleared, then send it.")
    return _page("again.html", form, issue=issue, again=queries.again(issue, counted=True))


@blueprint.route("/briefings/<ref>/cancel", methods=["GET", "POST"])
@access("briefing.change", queries.issue)
def cancel(issue: BriefingIssue) -> ResponseReturnValue:
    """Cancel an issue that was not cleared."""
    effect = "It is not sent, and what it was to tell may go into another issue."
    if issue.number == 1 and issue.period:
        effect += " The month’s own issue is not drafted again."
    return with_reason(
        issue,
        operations.cancel,
        title="Cancel this issue",
        effect=effect,
        done=f"{issue.ref} cancelled.",
        leads_to=url_for("issues.compose", ref=issue.ref),
        tone="warning",
    )


def _page(template: str, form: TrackerForm, **context: Any) -> ResponseReturnValue:
    """A page with a form; sent back with what is wrong where something is."""
    status = 422 if form.is_submitted() else 200
    return render_template(f"briefings/composing/{template}", form=form, **context), status


def _composer_of(issue: BriefingIssue, sentence: str, tone: str = "message") -> ResponseReturnValue:
    """Back to the issue, with what was done."""
    flash(sentence, tone)
    return redirect(url_for("issues.compose", ref=issue.ref))
