"""The blueprint of the room's pages, and what they share."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts.guard import may, note_read
from app.cdop.models import ChildDeathCase
from app.core.forms import TrackerForm

blueprint = Blueprint("child_deaths", __name__)


def page_of(
    case: ChildDeathCase, template: str, form: TrackerForm, *, read: str, **context: Any
) -> ResponseReturnValue:
    """A page about a death, which is recorded as read."""
    note_read(case.audit_subject, read.format(ref=case.ref))
    page = render_template(f"child_deaths/{template}.html", form=form, case=case, **context)
    return page, 422 if form.is_submitted() else 200


def show_url(case: ChildDeathCase) -> str:
    """The page of a case."""
    return url_for("child_deaths.show", ref=case.ref)


def trail_to(case: ChildDeathCase) -> list[tuple[str, str]]:
    """The way to a case; whoever broke its glass finds no board on it."""
    board = [("Child deaths", url_for("child_deaths.index"))] if may("child_death.list") else []
    return [*board, (case.ref, show_url(case))]


def worded(words: Any) -> Callable[[str, str | None], str]:
    """What a code of a vocabulary means, by these words."""

    def word(vocabulary: str, code: str | None) -> str:
        return str(words[vocabulary].get(code, code)) if code else ""

    return word
