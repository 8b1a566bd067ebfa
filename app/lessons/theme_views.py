"""Pages by which themes are added, renamed, merged and retired."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts.guard import person
from app.core.access import access
from app.core.editing import editing
from app.core.forms import ChoiceField, LongTextField, TextField, TrackerForm, carry_out
from app.core.turning import TurningForm
from app.lessons import queries
from app.lessons.models import Theme
from app.lessons.operations import themes as operations

blueprint = Blueprint("themes", __name__)


class ThemeForm(TrackerForm):
    """A theme, and what else it is called."""

    name = TextField("Name", missing="Enter the name of the theme", longest=120)
    synonyms = LongTextField(
        "Other words for it (optional)",
        rows=3,
        longest=1000,
        description="Separated by commas, so that whoever looks for one of them finds the theme.",
    )


class MergeForm(TrackerForm):
    """The theme that takes another's place."""

    into = ChoiceField("Which theme takes its place?", missing="Choose the theme that takes its place")
    reason = LongTextField("Why?", missing="Say why the two are merged", rows=2, longest=2000)


class RetireForm(TurningForm):
    """Why a theme is offered no more, or again."""

    reason = LongTextField("Why?", missing="Say why", rows=2, longest=2000)


@blueprint.route("/themes/new", methods=["GET", "POST"])
@access("theme.change")
def new() -> ResponseReturnValue:
    """Add a theme."""
    form = ThemeForm()

    def add() -> None:
        operations.add_theme(name=form.name.data or "", synonyms=form.synonyms.data or "")

    if carry_out(form, add):
        flash(f"The theme {form.name.data} was added.")
        return redirect(url_for("lessons.themes"))
    return _page("theme", form)


@blueprint.route("/themes/<ref>/edit", methods=["GET", "POST"])
@access("theme.change", queries.theme)
def edit(theme: Theme) -> ResponseReturnValue:
    """Rename a theme, or say what else it is called."""
    form = editing(ThemeForm, theme)

    def change() -> None:
        operations.change_theme(theme=theme, name=form.name.data or "", synonyms=form.synonyms.data or "")

    if carry_out(form, change):
        flash(f"The theme {theme.name} was changed.")
        return redirect(url_for("lessons.themes"))
    return _page("theme", form, theme)


@blueprint.route("/themes/<ref>/merge", methods=["GET", "POST"])
@access("theme.change", queries.theme)
def merge(theme: Theme) -> ResponseReturnValue:
    """Have another theme take this one's place; says first how many lessons move."""
    form = MergeForm()
    others = {other.ref: other for other in queries.themes() if other.id != theme.id}
    form.into.offer({ref: other.name for ref, other in others.items()})

    def take_place() -> None:
        operations.merge_theme(theme=theme, into=others[form.into.data or ""], reason=form.reason.data or "")

    if carry_out(form, take_place):
        flash(f"The theme {theme.name} was merged into {others[form.into.data or ''].name}.")
        return redirect(url_for("lessons.themes"))
    return _page("merge_theme", form, theme)


@blueprint.route("/themes/<ref>/retire", methods=["GET", "POST"])
@access("theme.change", queries.theme)
def retire(theme: Theme) -> ResponseReturnValue:
    """Offer a theme no more, or again."""
    form = RetireForm()
    is_back = theme.retired_on is not None
    form.offer_turn(is_back=is_back)

    def change() -> None:
        form.check_turn()
        do = operations.bring_theme_back if is_back else operations.retire_theme
        do(theme=theme, reason=form.reason.data or "")

    if carry_out(form, change):
        flash(f"The theme {theme.name} {'is back' if is_back else 'was retired'}.")
        return redirect(url_for("lessons.themes"))
    return _page("retire_theme", form, theme)


def _page(template: str, form: TrackerForm, theme: Theme | None = None) -> ResponseReturnValue:
    count = queries.number_about(theme, person().facts) if theme else 0
    page = render_template(f"lessons/{template}.html", form=form, theme=theme, count=count)
    return page, 422 if form.is_submitted() else 200
