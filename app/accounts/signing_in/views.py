"""Pages for a password forgotten or not yet chosen, one's own account, and the confidentiality statement."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app.accounts.guard import WANTED, person
from app.accounts.policy import ROLE_LABELS, Role
from app.accounts.signing_in import links, operations, queries, sessions, throttle
from app.accounts.signing_in.forms import AcceptForm, ChangeForm, ChooseForm, ForgottenForm, StatementForm
from app.accounts.signing_in.operations import LinkNoLongerWorks
from app.core.access import access
from app.core.clock import today
from app.core.errors import RuleBroken
from app.core.forms import apply_rule, carry_out

#: Open to strangers; see ``guard.OPEN_ENDPOINTS``.
open_pages = Blueprint("signing_in", __name__)
own_account = Blueprint("account", __name__)

#: True of every address, whoever it belongs to, and of one that was asked for too often.
ON_ITS_WAY = (
    "If that address has an account, look for our message there: its link works for one hour. "
    "If none has come after a quarter of an hour, ask once more."
)
TOO_OFTEN = "That was tried too often just now. Wait a quarter of an hour, then try again"


@open_pages.route(links.FORGOTTEN_PATH, methods=["GET", "POST"])
def forgotten() -> ResponseReturnValue:
    """Have a link sent. One answer for every address, whoever it belongs to."""
    form = ForgottenForm()
    if not form.validate_on_submit():
        return render_template("accounts/forgotten.html", form=form), 422 if form.is_submitted() else 200
    typed = form.email.data or ""
    if throttle.may_try(typed):
        operations.ask_for_reset(email=typed)
    else:
        operations.record_attempt(
            typed, verb="account.ask_for_reset", line="No link is sent: too many attempts"
        )
    flash(ON_ITS_WAY, "warning")
    return redirect(url_for("security.login"))


@open_pages.route(links.PATH, methods=["GET", "POST"])
def choose() -> ResponseReturnValue:
    """Choose a password by a link. Opening it changes nothing: programs that check mail open every link."""
    form = ChooseForm()
    token = form.link.data if form.is_submitted() else request.args.get("link", "")
    found = links.opened(token or "")
    if found is None:
        return render_template("accounts/link_over.html"), 410
    email = found.person.email
    try:
        if carry_out(
            form, lambda: operations.choose_password(link=token or "", password=form.password.data or "")
        ):
            sessions.end_session()
            flash("Your password is set. Sign in with it.")
            return redirect(url_for("security.login"))
    except LinkNoLongerWorks:
        return render_template("accounts/link_over.html"), 410
    form.link.data = token
    page = render_template("accounts/choose_password.html", form=form, email=email)
    return page, 422 if form.is_submitted() else 200


@own_account.get("/account")
@access("account.read")
def show() -> str:
    """What the partnership knows of the person signed in, and what they may change of it."""
    oneself = person()
    day = today()
    arrangements = [
        each
        for each in queries.arrangements_of(oneself.id)
        if each.ended_on is None and (each.until_on is None or each.until_on >= day)
    ]
    return render_template(
        "accounts/account.html",
        person=oneself,
        roles=[
            (ROLE_LABELS[Role(each.role)], each.agency.name if each.agency else None)
            for each in oneself.assignments
        ],
        deputies=[each for each in arrangements if each.person_id == oneself.id],
        stands_in=[each for each in arrangements if each.deputy_id == oneself.id],
        deputies_url=url_for("administration.own_deputy")
        if "administration.own_deputy" in current_app.view_functions
        else None,
        idle_minutes=current_app.config["SESSION_IDLE_MINUTES"],
        longest_hours=current_app.config["SESSION_HOURS"],
    )


@own_account.route("/account/password", methods=["GET", "POST"])
@access("account.change")
def password() -> ResponseReturnValue:
    """Change one's own password, which ends every other session."""
    form = ChangeForm()
    if form.validate_on_submit():
        if not throttle.may_try(person().email):
            apply_rule(form, RuleBroken(TOO_OFTEN, "present"))
        elif _changed(form):
            sessions.begin_session(person())
            flash("Your password is changed, and every other session of yours has ended.")
            return redirect(url_for("account.show"))
    page = render_template("accounts/change_password.html", form=form)
    return page, 422 if form.is_submitted() else 200


def _changed(form: ChangeForm) -> bool:
    try:
        operations.change_password(
            person=person(), present=form.present.data or "", password=form.password.data or ""
        )
    except RuleBroken as error:
        apply_rule(form, error)
        return False
    return True


@own_account.post("/account/stay")
@access("account.change")
def stay() -> ResponseReturnValue:
    """Go on with the session; what the warning before its end asks for."""
    sessions.use_now()
    if request.headers.get("Accept") == "application/json":
        return {"seconds": sessions.seconds_left()}
    return redirect(url_for("reports.home"))


@own_account.route("/account/statement", methods=["GET", "POST"])
@access("account.change")
def statement() -> ResponseReturnValue:
    """The confidentiality statement: to accept, or to read again."""
    form, present = AcceptForm(), queries.statement()
    oneself = person()
    seen = form.wording.data or ""
    if form.is_submitted() and carry_out(
        form,
        lambda: operations.accept_statement(
            person=oneself, seen_id=int(seen) if seen.isdecimal() and len(seen) < 19 else 0
        ),
    ):
        return redirect(session.pop(WANTED, "/"))
    form.wording.data = str(present.id) if present else ""
    page = render_template(
        "accounts/statement.html",
        form=form,
        statement=present,
        is_owed=queries.statement_owed_by(oneself),
        accepted_at=oneself.statement_accepted_at,
        accepted_before=oneself.accepted_statement_id is not None,
    )
    return page, 422 if form.is_submitted() else 200


@own_account.route("/administration/statement", methods=["GET", "POST"])
@access("rules.change")
def wordings() -> ResponseReturnValue:
    """Every wording of the statement, and a form for a new one."""
    form, present = StatementForm(), queries.statement()
    if carry_out(form, lambda: operations.write_statement(words=form.words.data or "")):
        flash("The statement has its new wording. Everybody accepts it before they go on.")
        return redirect(url_for("account.wordings"))
    if not form.is_submitted() and present is not None:
        form.words.data = present.words
    page = render_template("accounts/statement_wordings.html", form=form, wordings=queries.statements())
    return page, 422 if form.is_submitted() else 200
