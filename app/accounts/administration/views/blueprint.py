"""The pages' common frame."""

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.core.forms import TrackerForm

blueprint = Blueprint("administration", __name__)


def form_page(template: str, form: TrackerForm, **things: Any) -> ResponseReturnValue:
    """A page with a form, marked as refused where the form was sent."""
    page = render_template(f"accounts/administration/{template}.html", form=form, **things)
    return page, 422 if form.is_submitted() else 200
