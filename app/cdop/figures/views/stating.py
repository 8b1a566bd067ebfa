"""Figures and populations as others published them: what is held, and adding, changing, withdrawing it."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.cdop.figures import operations
from app.cdop.figures.forms import (
    ChangedPopulationForm,
    ChangedStatedForm,
    PopulationForm,
    StatedForm,
    WithdrawForm,
)
from app.cdop.figures.models import Population, StatedFigure
from app.cdop.figures.queries import kept
from app.cdop.figures.queries import material as made_of
from app.cdop.figures.rules.stated import LABELS, Code
from app.cdop.figures.views.blueprint import blueprint, form_page, trail
from app.core.access import access
from app.core.editing import editing
from app.core.forms import carry_out


@blueprint.get("/sources")
@access("figures.read")
def sources() -> str:
    """What is held as others published it: figures, and the populations of rates."""
    return render_template(
        "figures/sources.html",
        trail=trail(),
        stated=made_of.figures_stated(),
        populations=made_of.populations_held(),
        labels={str(code): label for code, label in LABELS.items()},
    )


@blueprint.route("/sources/figures/new", methods=["GET", "POST"])
@access("figures.publish")
def add_stated() -> ResponseReturnValue:
    """Add a figure as a report published it."""
    form = StatedForm()
    form.offer()
    if carry_out(form, lambda: operations.add_stated(**form.values())):
        return _back("Figure added.")
    return form_page("figures/new_stated.html", form, trail=_trail())


@blueprint.route("/sources/figures/<ref>/edit", methods=["GET", "POST"])
@access("figures.publish", kept.stated_figure)
def edit_stated(figure: StatedFigure) -> ResponseReturnValue:
    """Change a stated figure."""
    form = editing(ChangedStatedForm, figure)
    if carry_out(form, lambda: operations.change_stated(figure=figure, **form.values())):
        return _back(f"{figure.ref} changed.")
    return form_page(
        "figures/edit_stated.html", form, trail=_trail(), figure=figure, label=LABELS[Code(figure.code)]
    )


@blueprint.route("/sources/figures/<ref>/withdraw", methods=["GET", "POST"])
@access("figures.publish", kept.stated_figure)
def withdraw_stated(figure: StatedFigure) -> ResponseReturnValue:
    """Withdraw a stated figure."""
    return _withdraw(figure, f"{LABELS[Code(figure.code)]}: {figure.value}")


@blueprint.route("/sources/populations/new", methods=["GET", "POST"])
@access("figures.publish")
def add_population() -> ResponseReturnValue:
    """Add a population that rates are counted over."""
    form = PopulationForm()
    form.offer({area.ref: area.name for area in accounts.areas()})
    if carry_out(form, lambda: operations.add_population(**form.values())):
        return _back("Population added.")
    return form_page("figures/new_population.html", form, trail=_trail())


@blueprint.route("/sources/populations/<ref>/edit", methods=["GET", "POST"])
@access("figures.publish", kept.population)
def edit_population(population: Population) -> ResponseReturnValue:
    """Change a population."""
    form = editing(
        ChangedPopulationForm,
        population,
        lambda: {
            "number": str(population.number),
            "source_line": population.source_line,
            "source_note": population.source_note,
        },
    )
    if carry_out(form, lambda: operations.change_population(population=population, **form.values())):
        return _back(f"{population.ref} changed.")
    return form_page("figures/edit_population.html", form, trail=_trail(), population=population)


@blueprint.route("/sources/populations/<ref>/withdraw", methods=["GET", "POST"])
@access("figures.publish", kept.population)
def withdraw_population(population: Population) -> ResponseReturnValue:
    """Withdraw a population."""
    return _withdraw(population, f"{population.kind_label}: {population.number:,}")


def _withdraw(held: StatedFigure | Population, words: str) -> ResponseReturnValue:
    form = WithdrawForm()
    if carry_out(form, lambda: operations.withdraw_stated(held=held, reason=form.reason.data)):
        return _back(f"{held.ref} withdrawn.")
    return form_page("figures/withdraw_stated.html", form, trail=_trail(), held=held, words=words)


def _back(sentence: str) -> ResponseReturnValue:
    flash(f"{sentence} The figures are computed again in a moment.")
    return redirect(url_for("figures.sources"))


def _trail() -> list[tuple[str, str]]:
    return trail(("Published figures and populations", url_for("figures.sources")))
