"""The blueprint, and what its pages share."""

from typing import Any

from flask import Blueprint, current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts.guard import may
from app.cdop.figures.queries.kept import in_address
from app.core.forms import TrackerForm
from app.core.report_year import ReportYear

blueprint = Blueprint("figures", __name__, url_prefix="/child-deaths/figures")


def trail(*more: tuple[str, str]) -> list[tuple[str, str]]:
    """The way back: home, the board of child deaths for those who may open it, the figures."""
    way = [("Home", url_for("reports.home"))]
    if may("child_death.list") and "child_deaths.index" in current_app.view_functions:
        way.append(("Child deaths", url_for("child_deaths.index")))
    return [*way, ("Figures", url_for("figures.index")), *more]


def to_year(year: ReportYear) -> tuple[str, str]:
    """The way back to a year's figures."""
    return str(year), url_for("figures.show", year=in_address(year))


def form_page(template: str, form: TrackerForm, **context: Any) -> ResponseReturnValue:
    """A page with a form, which answers 422 where it comes back."""
    return render_template(template, form=form, **context), 422 if form.is_submitted() else 200
