"""Signing in and out, by Flask-Security over Flask-Login, under our access rules and our audit trail."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from flask import Flask, Response, current_app, make_response, redirect, request, session, url_for
from flask_login import current_user
from flask_security import Security, hash_password, uia_email_mapper
from flask_security.core import RoleMixin
from flask_security.datastore import SQLAlchemyUserDatastore
from flask_security.forms import LoginForm

from app.accounts import queries
from app.accounts.guard import WANTED
from app.accounts.models import Person, RoleAssignment
from app.audit.operations import Subject, record
from app.core.acting import Actor, acting_as
from app.core.database import current_session, db
from app.core.errors import RuleBroken
from app.core.transactions import apart

#: A password shorter than this is refused, as the NCSC and NIST advise length over composition.
SHORTEST_PASSWORD = 12

SETTINGS: dict[str, Any] = {
    "SECURITY_LOGIN_URL": "/sign-in",
    "SECURITY_LOGOUT_URL": "/sign-out",
    "SECURITY_LOGOUT_METHODS": ["POST"],
    "SECURITY_POST_LOGIN_VIEW": "/",
    "SECURITY_POST_LOGOUT_VIEW": "/sign-in",
    # Unknown addresses, wrong passwords and left accounts get one answer.
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SINGLE_HASH": True,
    # OWASP's lower memory setting: sixteen sign-ins at once must not exhaust a small server.
    "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
        "argon2__rounds": 2,
        "argon2__memory_cost": 19_456,
        "argon2__parallelism": 1,
    },
    "SECURITY_PASSWORD_LENGTH_MIN": SHORTEST_PASSWORD,
    "SECURITY_SEND_REGISTER_EMAIL": False,
    "SECURITY_DEFAULT_REMEMBER_ME": False,
    "SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS": False,
    "SECURITY_FLASH_MESSAGES": False,
    "SECURITY_USER_IDENTITY_ATTRIBUTES": [{"email": {"mapper": uia_email_mapper, "case_insensitive": True}}],
}


class SignInForm(LoginForm):
    """E-mail address and password; nothing is remembered between sessions."""

    remember = None


def install_sign_in(app: Flask) -> None:
    """Set Flask-Security up on our people, and record every attempt to sign in."""
    app.config.update(SETTINGS)
    # Our roles are held for an agency, which its own notion of a role does not know; it asks for none.
    datastore = SQLAlchemyUserDatastore(db, Person, cast(type[RoleMixin], RoleAssignment))
    Security(app, datastore, login_form=SignInForm)
    app.view_functions["security.login"] = _recorded(app.view_functions["security.login"])


def _recorded(view: Callable[..., Any]) -> Callable[..., Response]:
    """The sign-in view, with each attempt on record and the way back to the page that was asked for."""

    @wraps(view)
    def sign_in(**url_values: Any) -> Response:
        if current_user.is_authenticated:
            return make_response(redirect(url_for("reports.home")))
        response = make_response(view(**url_values))
        if request.method != "POST":
            return response
        if current_user.is_authenticated:
            signed_in: Person = current_user._get_current_object()
            record_sign_in(signed_in)
            return make_response(redirect(session.pop(WANTED, "/")))
        _record_refused(request.form.get("email", ""))
        return response

    return sign_in


def record_sign_in(person: Person, line: str = "Signed in") -> None:
    """Put a sign-in on record, whatever the answer will be."""
    actor, subject = Actor(person.id, person.name), Subject("person", person.ref)
    current_session().rollback()
    with acting_as(actor), apart() as database:
        record(verb="account.sign_in", subject=subject, line=line, session=database)


def _record_refused(typed: str) -> None:
    # The typed text itself is not kept: people type passwords into the wrong field.
    known = queries.person_by_email(typed)
    ref = known.ref if known else "unknown"
    current_session().rollback()
    with apart() as database:
        record(
            verb="account.sign_in",
            subject=Subject("person", ref),
            line="Sign-in refused",
            session=database,
        )


def set_password(*, person: Person, password: str) -> None:
    """Give a person a password, and end every session opened with the old one. Raises RuleBroken."""
    if len(password) < SHORTEST_PASSWORD:
        raise RuleBroken(f"Use a password of at least {SHORTEST_PASSWORD} characters.", "password")
    person.password = hash_password(password)
    current_app.extensions["security"].datastore.set_uniquifier(person)
    record(verb="account.set_password", subject=Subject("person", person.ref), line="Password set")
