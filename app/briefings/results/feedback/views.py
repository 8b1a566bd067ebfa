"""Pages of what readers say: the short form for everybody, and the editors' list."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.accounts import exports
from app.accounts.signing_in import throttle
from app.briefings import queries as briefings
from app.briefings.models import BriefingIssue, Feedback
from app.briefings.results import links
from app.briefings.results.feedback import operations, queries
from app.briefings.results.feedback.forms import USEFUL, FeedbackFilterForm, FeedbackForm
from app.briefings.results.links import Purpose
from app.briefings.results.receipts.queries import issues_that_went_out, open_issue
from app.briefings.results.receipts.views import over_for_strangers
from app.briefings.results.views.blueprint import blueprint, may_read, not_ours
from app.core.access import access
from app.core.errors import RuleBroken
from app.core.export import Column
from app.core.forms import carry_out
from app.core.numbers import HIGHEST_ROW

#: What is tried, for the count of attempts.
_WHAT = "feedback"

COLUMNS: tuple[Column[Feedback], ...] = (
    Column("Briefing", lambda each: each.issue.ref, 10),
    Column("Said", lambda each: each.words, 80),
    Column("How useful", lambda each: USEFUL[each.useful] if each.useful else None, 14),
    Column("Day", lambda each: each.given_on, 12),
    Column("Settled", lambda each: each.settled_on, 12),
)


@blueprint.route("/feedback", methods=["GET", "POST"])
@access("briefing.read")
def feedback() -> ResponseReturnValue:
    """Say how useful an issue was, or ask something, by the link of its mail and without an account.

    Nothing of the issue stands on the page but its reference: the archive may be for members only.
    """
    link = request.args.get("on", "")
    named = links.read(link, numbers=0)
    issue = named and open_issue(named.ref)
    if not named or not issue or not named.is_signed_for(Purpose.FEEDBACK, issue.link_key):
        return not_ours()
    if (over := over_for_strangers(issue)) is not None:
        return over
    return _said_of(issue, url_for("results.feedback", on=link, thanks=1))


@blueprint.route("/briefings/<ref>/feedback", methods=["GET", "POST"])
@access("feedback.give", briefings.issue_that_is_out)
def say(issue: BriefingIssue) -> ResponseReturnValue:
    """The same for who is signed in. Who they are is not kept either: not even that they opened the page."""
    return _said_of(issue, url_for("results.say", ref=issue.ref, thanks=1))


def _said_of(issue: BriefingIssue, thanks: str) -> ResponseReturnValue:
    ref, signed_in = issue.ref, current_user.is_authenticated
    if "thanks" in request.args and request.method == "GET":
        return render_template("briefings/results/feedback_thanks.html", ref=ref, may_read=may_read())
    form = FeedbackForm()

    def give() -> None:
        if form.website.data:
            return
        # Counted before anything is looked at; it ends the transaction at hand. By the place alone: a count
        # of the person, beside what was said in the same minute, would tell who it was.
        throttle.check_may_send(_WHAT, by_person=False)
        operations.give(issue=issue, useful=form.useful.data, words=form.words.data)

    if carry_out(form, give):
        return redirect(thanks)
    html = render_template(
        "briefings/results/feedback.html",
        form=form,
        ref=ref,
        signed_in_already=signed_in,
        may_read=may_read(),
    )
    return html, 422 if form.is_submitted() else 200


@blueprint.get("/briefings/questions")
@access("briefing.change")
def questions() -> str:
    """What readers asked and said, those not settled first."""
    form = _filters()
    issue, settled = form.good(form.issue), bool(form.settled.data)
    rows, is_more = queries.listing(issue, settled=settled, before=_number(request.args.get("after", "")))
    return render_template(
        "briefings/results/questions.html",
        form=form,
        applied=form.applied(),
        rows=rows,
        next_after=rows[-1].id if is_more else None,
        total=queries.count(issue, settled=settled),
        useful=USEFUL,
    )


@blueprint.get("/briefings/questions/export")
@access("briefing.change")
def export_questions() -> ResponseReturnValue:
    """The list as a file, narrowed as it is on the page."""
    form = _filters()
    return exports.export(
        name="What readers asked",
        file_name="briefing-questions",
        columns=COLUMNS,
        rows=queries.in_full(form.good(form.issue), settled=bool(form.settled.data)),
        applied=form.applied(),
        marking="OFFICIAL",
        list_url=url_for("results.questions"),
    )


@blueprint.post("/briefings/questions/<int:number>/settle")
@access("briefing.change", queries.feedback)
def settle_question(feedback: Feedback) -> ResponseReturnValue:
    """Take a question off the list."""
    try:
        operations.settle(feedback=feedback)
        flash("It is settled, and stands among those that are.")
    except RuleBroken as error:
        flash(error.sentence, "warning")
    return redirect(url_for("results.questions"))


def _filters() -> FeedbackFilterForm:
    form = FeedbackFilterForm(formdata=request.args)
    form.issue.offer(
        {issue.ref: f"{issue.ref} {issue.title}" for issue in issues_that_went_out()}, empty="Any"
    )
    form.validate()
    return form


def _number(text: str) -> int | None:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
    return number if number is not None and number <= HIGHEST_ROW else None
