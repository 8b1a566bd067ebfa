"""The demonstration's own pages: its people, its mailbox, and the step to the next working day."""

from datetime import date

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.accounts.signing_in import operations as signing_in
from app.accounts.signing_in import queries as signing_in_queries
from app.accounts.signing_in.sessions import begin_session
from app.core.access import access
from app.core.acting import Actor, acting_as
from app.core.filters import date_long, plural, weekday
from app.demo import operations, queries
from app.outbox import queries as outbox
from app.outbox.models import State
from app.reminders.views.messages import kind_label

blueprint = Blueprint("demo", __name__, url_prefix="/demo")

#: A message is shown as its receiver sees it: with its own styles and our picture, nothing else of it alive.
LETTER_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src {base}/opened",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
        "sandbox",
    )
)


@blueprint.post("/sign-in-as/<ref>")
def sign_in_as(ref: str) -> ResponseReturnValue:
    """Sign in as a person of the cast, without a password. Open to strangers.

    Nobody real stands behind a role: it accepts the confidentiality statement when it is first played.
    """
    person = queries.player(ref)
    signing_in.record_sign_in(person, "Signed in from a role card")
    if signing_in_queries.statement_owed_by(person):
        with acting_as(Actor(person.id, person.name)):
            signing_in.accept_statement(person=person)
    begin_session(person)
    return redirect(url_for("reports.home"))


@blueprint.get("/people")
@access("demonstration.use")
def people() -> str:
    """The cast, to go on as somebody else."""
    return render_template("demo/people.html", cards=queries.cards())


@blueprint.post("/next-working-day")
@access("demonstration.use")
def next_working_day() -> ResponseReturnValue:
    """Begin the next working day, and go back to the page it was asked from."""
    back = request.form.get("back", "")
    day = operations.next_working_day(_day(request.form.get("day", "")))
    waiting = outbox.waiting()
    told = f" {plural(waiting, 'message')} will arrive in the mailbox shortly." if waiting else ""
    flash(f"It is now {weekday(day)} {date_long(day)}.{told}")
    return redirect(back if _is_ours(back) else url_for("reports.home"))


@blueprint.post("/next-week")
@access("demonstration.use")
def next_week() -> ResponseReturnValue:
    """Ask the scheduler to step a week, and show how far it is."""
    operations.begin_stepping(seen_on=_day(request.form.get("day", "")), step=operations.Step.WEEK)
    return redirect(url_for("demo.stepping"))


@blueprint.post("/next-month")
@access("demonstration.use")
def next_month() -> ResponseReturnValue:
    """Ask the scheduler to step a month, and show how far it is."""
    operations.begin_stepping(seen_on=_day(request.form.get("day", "")), step=operations.Step.MONTH)
    return redirect(url_for("demo.stepping"))


@blueprint.get("/stepping")
@access("demonstration.use")
def stepping() -> str:
    """How far the scheduler has stepped; the page asks again by itself until it is there."""
    return render_template("demo/stepping.html", progress=queries.progress())


@blueprint.post("/stop-stepping")
@access("demonstration.use")
def stop_stepping() -> ResponseReturnValue:
    """Stop on the day it is."""
    day = operations.stop_stepping()
    flash(f"Stopped. It is now {weekday(day)} {date_long(day)}.")
    return redirect(url_for("demo.stepping"))


def _day(text: str) -> date | None:
    """The day that stood on the page; None where it holds none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _is_ours(address: str) -> bool:
    """Whether an address leads to a page of this service and nowhere else."""
    return address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()


@blueprint.get("/mailbox")
@access("demonstration.use")
def mailbox() -> str:
    """Every message that was sent, newest first."""
    page = outbox.page(state=State.SENT, after=request.args.get("after"), before=request.args.get("before"))
    return render_template(
        "demo/mailbox.html",
        page=page,
        names=queries.names(page.rows),
        subjects=queries.subjects(page.rows),
        waiting=outbox.waiting(),
        kind_label=kind_label,
    )


@blueprint.get("/mailbox/<int:number>")
@access("demonstration.use", queries.letter)
def letter(letter: queries.Letter) -> str:
    """One message: as plain text, and as a mail program shows it."""
    message = letter.message
    return render_template(
        "demo/letter.html",
        message=message,
        words=queries.words_of(message),
        name=queries.names([message]).get(message.id, message.address),
        kind=kind_label(message.kind),
    )


@blueprint.get("/mailbox/<int:number>/html")
@access("demonstration.use", queries.letter)
def letter_html(letter: queries.Letter) -> Response:
    """The message's HTML, for the frame on its page."""
    words = queries.words_of(letter.message)
    response = make_response(words.html if words else "")
    response.headers["Content-Security-Policy"] = LETTER_POLICY.format(base=current_app.config["BASE_URL"])
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response
