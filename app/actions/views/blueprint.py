"""The room's blueprint, and the moves its views share."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app.accounts import guard
from app.actions.models import Action

blueprint = Blueprint("actions", __name__)


def thread_of(action: Action) -> str:
    """The address of the action's own page."""
    return url_for("reports.action_thread", ref=action.ref)


def done(action: Action, sentence: str) -> ResponseReturnValue:
    """Back to the action's page, with one sentence that says what happened and what comes next."""
    flash(sentence)
    return redirect(thread_of(action))


def page(template: str, action: Action, form: FlaskForm, **context: object) -> ResponseReturnValue:
    """A page about an action with a form, and its reading on record; 422 where the form came back."""
    subject = action.audit_subject
    guard.note_read(subject, f"Opened {subject.ref}")
    html = render_template(
        f"actions/{template}", action=action, form=form, thread=thread_of(action), **context
    )
    return html, 422 if form.is_submitted() else 200
