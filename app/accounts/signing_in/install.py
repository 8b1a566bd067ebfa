"""Flask-Security set up on our people: its sign-in and sign-out, under our access rules and our trail."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from flask import Flask, Response, g, make_response, redirect, request, session, url_for
from flask_login import current_user
from flask_security import Security, uia_email_mapper
from flask_security.core import RoleMixin
from flask_security.datastore import SQLAlchemyUserDatastore
from flask_security.forms import Form, LoginForm

from app.accounts.guard import WANTED
from app.accounts.models import Person, RoleAssignment
from app.accounts.signing_in import operations, throttle
from app.accounts.signing_in.rules import SHORTEST_PASSWORD
from app.accounts.signing_in.sessions import begin_session, end_session, install_sessions
from app.core.acting import Actor, acting_as
from app.core.database import db

SETTINGS: dict[str, Any] = {
    "SECURITY_LOGIN_URL": "/sign-in",
    "SECURITY_LOGOUT_URL": "/sign-out",
    "SECURITY_LOGOUT_METHODS": ["POST"],
    "SECURITY_POST_LOGIN_VIEW": "/",
    "SECURITY_POST_LOGOUT_VIEW": "/sign-in",
    # Unknown addresses, wrong passwords and left accounts get one answer.
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_MSG_GENERIC_AUTHN_FAILED": (
        "That email address and password do not open an account. Check both, or ask for a new password. "
        "After ten tries, wait a quarter of an hour",
        "error",
    ),
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
    # Its commands would make accounts and give roles past our rules and past the audit trail.
    "SECURITY_CLI_USERS_NAME": False,
    "SECURITY_CLI_ROLES_NAME": False,
    "SECURITY_USER_IDENTITY_ATTRIBUTES": [{"email": {"mapper": uia_email_mapper, "case_insensitive": True}}],
}


class SignInForm(LoginForm):
    """E-mail address and password; nothing is remembered between sessions."""

    remember = None

    def validate(self, **kwargs: Any) -> bool:
        """Whether they are right; after too many attempts the answer is no, in the same words, unheard."""
        if not g.get("held_back"):
            return bool(super().validate(**kwargs))
        if Form.validate(self, **kwargs):
            self.ifield = self.email
            self.password.errors = [*self.password.errors, ""]
        return False


def install_sign_in(app: Flask) -> None:
    """Set Flask-Security up on our people, and record every attempt to sign in."""
    app.config.update(SETTINGS)
    # Our roles are held for an agency, which its own notion of a role does not know; it asks for none.
    datastore = SQLAlchemyUserDatastore(db, Person, cast(type[RoleMixin], RoleAssignment))
    Security(app, datastore, login_form=SignInForm)
    install_sessions(app)
    views = app.view_functions
    views["security.login"] = _signing_in(views["security.login"])
    views["security.logout"] = _signing_out(views["security.logout"])


def _signing_in(view: Callable[..., Any]) -> Callable[..., Response]:
    """The sign-in view, with each attempt counted and on record, and the way back to the page asked for."""

    @wraps(view)
    def sign_in(**url_values: Any) -> Response:
        if current_user.is_authenticated:
            return make_response(redirect(url_for("reports.home")))
        if request.method != "POST":
            return make_response(view(**url_values))
        typed, wanted = request.form.get("email", ""), session.get(WANTED, "/")
        g.held_back = bool(typed and request.form.get("password")) and not throttle.may_try(typed)
        response = make_response(view(**url_values))
        if not current_user.is_authenticated:
            line = "Sign-in refused: too many attempts" if g.held_back else "Sign-in refused"
            operations.record_attempt(typed, verb="account.sign_in", line=line)
            return response
        person: Person = current_user._get_current_object()
        operations.record_sign_in(person)
        operations.sign_in_done(person=person)
        begin_session(person)
        return make_response(redirect(wanted))

    return sign_in


def _signing_out(view: Callable[..., Any]) -> Callable[..., Response]:
    """The sign-out view. A cookie cannot be called back, so what it names is changed: all sessions end."""

    @wraps(view)
    def sign_out(**url_values: Any) -> Response:
        if current_user.is_authenticated:
            person: Person = current_user._get_current_object()
            with acting_as(Actor(person.id, person.name)):
                operations.end_sessions(person=person)
        response = make_response(view(**url_values))
        end_session()
        return response

    return sign_out
