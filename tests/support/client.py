"""A client that is strict about every page: valid HTML, one h1 that begins the title, no id twice."""

import re
from contextvars import Context
from hashlib import sha256
from typing import Any

import html5lib
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from app.accounts.signing_in.sessions import BEGAN, SEEN
from app.core.clock import machine_now
from app.core.database import current_session

TOKEN = "a-token-of-the-session-under-test"

#: The token of a form in a page: it carries the second it was made in, and is no other kind of HTML for that.
_FORM_TOKEN = re.compile(r'(?<=name="csrf_token" value=")[\w.-]+(?=")')

#: What was held to the rules already and was found to keep them, but for its tokens, to the letter.
_well_made: set[bytes] = set()


class PageClient:
    """Opens pages and sends forms as one person, and holds each answer to the rules of every page."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()

    def sign_in(self, ref: str, *, accepts: bool = True) -> "PageClient":
        """Become a person of the cast, without the cost of a password.

        Unless told otherwise they accepted the confidentiality statement before the test began.
        """
        from flask_login.utils import _create_identifier

        from app.accounts.queries import person_by_ref
        from app.accounts.signing_in import queries

        _keep_what_was_built()
        with self.app.app_context():
            person = person_by_ref(ref)
            uniquifier = person.fs_uniquifier
            if accepts and queries.statement_owed_by(person):
                statement = queries.statement()
                person.accepted_statement_id = statement.id if statement else None
                person.statement_accepted_at = machine_now()
                current_session().commit()
        with self.app.test_request_context(headers={"User-Agent": self._agent()}):
            identifier = _create_identifier()
        with self.client.session_transaction() as session:
            session.update(_user_id=uniquifier, _fresh=True, _id=identifier, csrf_token=TOKEN)
            session.update(dict.fromkeys((BEGAN, SEEN), machine_now().timestamp()))
        return self

    def get(self, path: str, *, status: int = 200, **arguments: Any) -> TestResponse:
        """Open a page; fail unless it answers with the status and is well made."""
        response = self._open("GET", path, **arguments)
        assert response.status_code == status, f"{path} answered {response.status}"
        check_page(response, path)
        return response

    def post(
        self, path: str, data: dict[str, Any] | None = None, *, status: int = 302, **arguments: Any
    ) -> TestResponse:
        """Send a form with the session's token; fail unless it answers with the status and is well made."""
        response = self._open("POST", path, data={"csrf_token": self.token(), **(data or {})}, **arguments)
        assert response.status_code == status, f"{path} answered {response.status}: {_errors(response)}"
        check_page(response, path)
        return response

    def _open(self, method: str, path: str, **arguments: Any) -> TestResponse:
        _keep_what_was_built()
        # In a context of its own, as a server would: the test's own application context must not lend the
        # request its session and its memory of who is signed in.
        return Context().run(self.client.open, path, method=method, **arguments)

    def token(self) -> str:
        """A token that fits the session, as a form of the page would carry it."""
        with self.client.session_transaction() as session:
            token = session.setdefault("csrf_token", TOKEN)
        serializer = URLSafeTimedSerializer(self.app.config["SECRET_KEY"], salt="wtf-csrf-token")
        return str(serializer.dumps(token))

    def _agent(self) -> str:
        agent: str = self.client.environ_base["HTTP_USER_AGENT"]
        return agent


def check_page(response: TestResponse, path: str) -> None:
    """Hold an HTML answer to the rules of every page.

    They look at nothing but its text: the very same page, such as the one of what does not exist, is parsed
    once.
    """
    if response.mimetype != "text/html" or 300 <= response.status_code < 400:
        return
    text = response.get_data(as_text=True)
    known_by = sha256(_FORM_TOKEN.sub("", text).encode()).digest()
    if known_by in _well_made:
        return
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree = parser.parse(text)
    headings = tree.findall(".//h1")
    assert len(headings) == 1, f"{path} has {len(headings)} h1"
    heading = _words("".join(headings[0].itertext()))
    title = _words("".join(tree.find(".//title").itertext()))
    assert heading, f"{path} has an empty h1"
    assert title.startswith(heading), f"{path}: the title {title!r} does not begin with the h1 {heading!r}"
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    twice = {identifier for identifier in ids if ids.count(identifier) > 1}
    assert not twice, f"{path} uses ids twice: {twice}"
    assert not [element for element in tree.iter() if element.get("style")], f"{path} has an inline style"
    _well_made.add(known_by)


def _keep_what_was_built() -> None:
    """Commit what the test built so far: SQLite has one writer at a time, and requests are others."""
    if has_app_context():
        current_session().commit()


def _words(text: str) -> str:
    return " ".join(text.split())


def _errors(response: TestResponse) -> str:
    found = re.findall(r'class="govuk-error-message[^>]*>(.*?)</p>', response.get_data(as_text=True), re.S)
    return "; ".join(_words(re.sub(r"<[^>]+>", "", text)) for text in found)
