"""The guard: resolves the stamp of every view, and gives each request one commit point.

A view without a stamp is refused to everybody; strangers reach only what ``OPEN_ENDPOINTS`` lists. What a
person may not see answers as what does not exist.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_login import current_user
from sqlalchemy.exc import NoResultFound, SQLAlchemyError

from app.accounts.models import Person
from app.accounts.policy import NOTHING, PersonFacts, can, is_behind_glass
from app.accounts.signing_in import queries as signing_in
from app.accounts.signing_in import sessions
from app.audit.operations import Subject, record
from app.audit.refusals import refusal_line
from app.core import late_forms
from app.core.access import Access
from app.core.acting import STRANGER, Actor, acting_as
from app.core.database import current_session
from app.core.transactions import READING_METHODS, apart

#: What strangers may reach: the sign-in pages, the style sheets, and in a demonstration its role cards.
OPEN_ENDPOINTS = frozenset(
    {
        "static",
        "security.login",
        "security.logout",
        "signing_in.forgotten",
        "signing_in.choose",
        "information.help_page",
        "information.privacy",
        "information.accessibility",
        "demo.sign_in_as",
        "health.json",
        # Where the links and forms of a briefing lead, which many read without an account.
        "results.go",
        "results.opened",
        "results.discussed",
        "results.feedback",
        # Where anybody signs up, and a reader chooses and leaves by a key of their own.
        "subscribers.sign_up",
        "subscribers.asked",
        "subscribers.confirm",
        "subscribers.preferences",
        "subscribers.address",
        "subscribers.undo",
        "subscribers.confirm_again",
        "subscribers.come_back",
        "subscribers.leave",
    }
)
#: What mail programs may send without a token, a cookie or a session: the secret in the address is enough
#: (RFC 8058). It changes nothing but that the reader whose secret it is gets no more.
ONE_CLICK_ENDPOINTS = frozenset({"subscribers.leave"})
#: What a person may reach who has yet to accept the confidentiality statement.
BEFORE_ACCEPTING = frozenset({"account.statement", "account.stay"})

#: The address a stranger asked for, kept until the sign-in; never in a query string.
WANTED = "wanted"

#: What the script of a page says when it asks for the page anew by itself: nobody uses the session thereby.
LOOKS_AGAIN = "X-Looks-Again"


def person() -> Person:
    """The person signed in. Only for views behind the guard, which lets no stranger through."""
    signed_in: Person = current_user._get_current_object()
    return signed_in


def may(verb: str, thing: Any = None) -> bool:
    """Whether the person signed in may do this to the thing; for templates and views."""
    if not current_user.is_authenticated:
        return False
    return can(_facts(), verb, NOTHING if thing is None else thing.facts)


def may_open(endpoint: str, thing: Any = None) -> bool:
    """Whether the person signed in may open the page, by its own stamp; for links that lead there."""
    view: Any = current_app.view_functions[endpoint]
    return may(view.access.verb, thing)


def _facts() -> PersonFacts:
    """What the policy knows of the person signed in, asked once a request."""
    if "person_facts" not in g:
        g.person_facts = person().facts
    facts: PersonFacts = g.person_facts
    return facts


def note_read(subject: Subject, line: str) -> None:
    """Have a read of case material recorded once the page is made; said twice, it is recorded once."""
    reads = g.setdefault("reads", [])
    if is_behind_glass(person().facts, subject.source_ref):
        line = f"{line}, behind broken glass"
    if (subject, line) not in reads:
        reads.append((subject, line))


def install_guard(app: Flask) -> None:
    """Put the guard around every view of the application. Call once every room is joined."""
    for endpoint, view in list(app.view_functions.items()):
        app.view_functions[endpoint] = _guarded(endpoint, view)
    app.jinja_env.globals["may"] = may


def _guarded(endpoint: str, view: Callable[..., Any]) -> Callable[..., Response]:
    stamp: Access | None = getattr(view, "access", None)
    is_open = endpoint in OPEN_ENDPOINTS

    @wraps(view)
    def answer(**url_values: Any) -> Response:
        _refuse_what_no_page_sends(is_open=is_open)
        # 1. Strangers see the allow-list and nothing else.
        if not is_open and not current_user.is_authenticated:
            if not _is_open_just_now(stamp):
                return _to_sign_in()
            with acting_as(STRANGER):
                return _one_commit(make_response(_shown_to_strangers(stamp, view, url_values)))
        # 2. Whoever acts is named before anything happens.
        with acting_as(_actor()):
            if is_open:
                return _one_commit(make_response(current_app.ensure_sync(view)(**url_values)))
            # 3. Whoever uses the product has accepted the confidentiality statement as it stands.
            if LOOKS_AGAIN not in request.headers:
                sessions.note_use()
            if endpoint not in BEFORE_ACCEPTING and signing_in.statement_owed_by(person()):
                return _to("account.statement")
            # 4. The thing is loaded and the policy asked; a refusal looks like an absence.
            try:
                arguments, named = _load_allowed(stamp, url_values)
            except NoResultFound:
                _record_refusal(stamp, url_values)
                abort(404)
            # 5. The view answers, once; its changes are kept only with a good answer.
            response = _one_commit(make_response(view(*arguments, **named)))
            # 6. A page with case material leaves only once its reading is on record.
            _record_reads()
            return response

    answer.access = stamp  # type: ignore[attr-defined]
    return answer


def _refuse_what_no_page_sends(*, is_open: bool) -> None:
    """Turn away what browsers never send for our pages, before anything asks the database with it."""
    # It would reach a form past what counts attempts, and past its fields.
    if request.is_json:
        abort(415)
    # PostgreSQL has no such character: nothing is called by it, and nothing can be looked for.
    if "\0" in request.path:
        abort(404)
    if not is_open and any("\0" in value for _, value in request.args.items(multi=True)):
        abort(400)


def _actor() -> Actor:
    return Actor(person().id, person().name) if current_user.is_authenticated else STRANGER


def _is_open_just_now(stamp: Access | None) -> bool:
    """Whether strangers may read this as things stand."""
    if stamp is None or stamp.open_when is None or request.method not in READING_METHODS:
        return False
    return stamp.open_when()


def _shown_to_strangers(stamp: Access | None, view: Callable[..., Any], url_values: dict[str, Any]) -> Any:
    """What the view shows to somebody the policy knows nothing of: its loader alone says what there is.

    An absence is not put on record: nobody was refused, and strangers could fill the trail with them.
    """
    assert stamp is not None, "only what is stamped is ever open"
    try:
        return view(stamp.load(**url_values)) if stamp.load else view(**url_values)
    except NoResultFound:
        abort(404)


def _to_sign_in() -> Response:
    if request.method == "POST" and late_forms.comes_from_our_own_page():
        fields, path = late_forms.typed(), request.full_path.rstrip("?")
        sessions.end_session()
        page = render_template(
            "accounts/signed_out.html", fields=fields, path=path, has_files=late_forms.has_files()
        )
        return make_response(page, 422)
    if sessions.was_signed_in():
        was_in_time = not sessions.is_over()
        sessions.end_session()
        if not was_in_time:
            flash("You were signed out because the page was not used for a while. Sign in again.", "warning")
    return _to("security.login")


def _to(endpoint: str) -> Response:
    """Elsewhere first; the page that was asked for comes after."""
    if request.method == "GET":
        session[WANTED] = request.path
    return make_response(redirect(url_for(endpoint)))


def _load_allowed(stamp: Access | None, url_values: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """What the view is called with. Raises NoResultFound for the absent and the forbidden alike."""
    if stamp is None:
        raise NoResultFound
    if stamp.load is None:
        if not may(stamp.verb):
            raise NoResultFound
        return (), url_values
    door = getattr(stamp.load, "door", None)
    if door is not None and not door(_facts(), **url_values):
        raise NoResultFound
    thing = stamp.load(**url_values)
    if not may(stamp.verb, thing):
        raise NoResultFound
    if stamp.verb.endswith(".read") and hasattr(thing, "audit_subject"):
        note_read(thing.audit_subject, f"Opened {thing.audit_subject.ref}")
    return (thing,), {}


def _one_commit(response: Response) -> Response:
    """Keep the request's changes with a good answer, drop them with any other."""
    database = current_session()
    if request.method in READING_METHODS:
        if database.new or database.dirty or database.deleted:
            raise RuntimeError(f"{request.endpoint} only reads, but changed a record")
        database.rollback()
    elif response.status_code < 400 and late_forms.is_late():
        # Not a form of ours: there is nothing to give back.
        database.rollback()
        abort(400)
    elif response.status_code < 400:
        database.commit()
    else:
        database.rollback()
    return response


def _record_refusal(stamp: Access | None, url_values: dict[str, Any]) -> None:
    verb = stamp.verb if stamp else "unstamped"
    ref = str(url_values.get("ref", "-"))[:64]
    current_session().rollback()
    _apart(
        lambda database: record(
            verb=verb,
            subject=Subject(verb.partition(".")[0], ref),
            line=refusal_line(verb),
            is_read=True,
            session=database,
        )
    )


def _record_reads() -> None:
    reads: list[tuple[Subject, str]] = g.pop("reads", [])
    if not reads:
        return

    def write(database: Any) -> None:
        for subject, line in reads:
            verb = f"{subject.kind}.read"
            record(verb=verb, subject=subject, line=line, is_read=True, session=database)

    _apart(write)


def _apart(write: Callable[[Any], Any]) -> None:
    """Record in a transaction of its own; without the record there is no page."""
    try:
        with apart() as database:
            write(database)
    except SQLAlchemyError as error:
        # Never the error's text, which quotes what was opened.
        current_app.logger.error("a read could not be recorded: %s", type(error).__name__)
        abort(503)
