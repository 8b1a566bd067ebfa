"""Issuing the figures, and the chair's decisions to show a number."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts.guard import note_read
from app.audit.operations import Subject
from app.cdop.figures import operations
from app.cdop.figures.document import in_words
from app.cdop.figures.forms import IssueForm, OverrideForm, TakeBackForm
from app.cdop.figures.models import FiguresIssue, FiguresOverride
from app.cdop.figures.queries import counting, kept
from app.cdop.figures.queries.kept import YearOfFigures, in_address
from app.cdop.figures.views.blueprint import blueprint, form_page, to_year, trail
from app.core.access import access
from app.core.clock import today
from app.core.forms import carry_out


@blueprint.get("/issues")
@access("figures.read")
def issues() -> str:
    """Every issue of the figures."""
    return render_template("figures/issues.html", trail=trail(), issues=kept.issues(), in_address=in_address)


@blueprint.route("/<year>/issue", methods=["GET", "POST"])
@access("figures.publish", kept.year_of_figures)
def issue(of: YearOfFigures) -> ResponseReturnValue:
    """Issue the figures up to a year."""
    held = kept.kept()
    form = IssueForm(data={"seen": held.digest if held else ""})
    made: list[FiguresIssue] = []

    def carry() -> None:
        made.append(
            operations.issue(year=of.year, statement=form.statement.data, seen=form.seen.data or None)
        )

    if carry_out(form, carry):
        flash(f"{made[0].ref} issued. Its numbers stay as they are, and the next issue is held against them.")
        return redirect(url_for("figures.show_issue", ref=made[0].ref))
    # What the person has now seen is what stands on this page.
    form.seen.data = held.digest if held else ""
    return form_page(
        "figures/issue.html",
        form,
        trail=trail(to_year(of.year)),
        year=of.year,
        address=in_address(of.year),
        before=kept.issues(),
        is_current=operations.is_current(),
        is_over=today() > of.year.last_day,
        state=kept.state(),
        held_back=kept.held_back(kept.figures_kept(of.year, back=1)),
    )


@blueprint.get("/overrides")
@access("figures.read_in_full")
def overrides() -> str:
    """Every decision to show a number in spite of the rule."""
    note_read(Subject("figures", "overrides"), "Opened the decisions to show hidden numbers of child deaths")
    labels = counting.labels()
    return render_template(
        "figures/overrides.html",
        trail=trail(),
        decisions=[(each, in_words(labels, each.statistic)) for each in kept.overrides()],
    )


@blueprint.route("/<year>/show-a-number", methods=["GET", "POST"])
@access("figures.override", kept.year_of_figures)
def override(of: YearOfFigures) -> ResponseReturnValue:
    """Decide that a hidden number of a year is shown."""
    hidden = kept.hidden_statistics(of.year.start_year)
    labels = counting.labels()
    form = OverrideForm()
    form.statistic.offer({name: in_words(labels, name) for name in hidden})

    def carry() -> None:
        operations.override(year=of.year, statistic=form.statistic.data, reason=form.reason.data)

    if carry_out(form, carry):
        flash("Decided. The number is shown once the figures are computed again, in a moment.")
        return redirect(url_for("figures.overrides"))
    note_read(Subject("figures", in_address(of.year)), f"Opened the hidden numbers of {of.year} to show one")
    return form_page(
        "figures/override.html",
        form,
        trail=trail(to_year(of.year)),
        year=of.year,
        address=in_address(of.year),
    )


@blueprint.route("/overrides/<ref>/take-back", methods=["GET", "POST"])
@access("figures.override", kept.override)
def take_back(decision: FiguresOverride) -> ResponseReturnValue:
    """Take back a decision to show a number."""
    form = TakeBackForm()

    def carry() -> None:
        operations.withdraw_override(decision=decision, reason=form.reason.data)

    if carry_out(form, carry):
        flash(f"{decision.ref} taken back.")
        return redirect(url_for("figures.overrides"))
    note_read(decision.audit_subject, f"Opened {decision.ref} to take it back")
    return form_page(
        "figures/take_back.html",
        form,
        trail=trail(("Decisions", url_for("figures.overrides"))),
        decision=decision,
        name=in_words(counting.labels(), decision.statistic),
    )
