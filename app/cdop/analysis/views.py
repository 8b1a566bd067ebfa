"""Pages of the analysis of a death. Each shows case material and is recorded as read."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts.guard import note_read
from app.accounts.models import SourceKind
from app.cdop.analysis import operations, queries
from app.cdop.analysis.forms import (
    NO_PANEL,
    CompleteForm,
    ConclusionForm,
    FactorForm,
    LearningForm,
    NewFactorForm,
    RemoveForm,
    ReopenForm,
)
from app.cdop.analysis.queries import InDomain
from app.cdop.analysis.standing import standing
from app.cdop.models import CaseFactor, ChildDeathCase, PanelStatus
from app.cdop.views.blueprint import trail_to
from app.core import hooks
from app.core.access import access
from app.core.clock import today
from app.core.editing import editing
from app.core.forms import TrackerForm, carry_out

blueprint = Blueprint("child_death_analysis", __name__)


@blueprint.get("/child-deaths/<ref>/analysis")
@access("child_death.read", queries.case)
def show(case: ChildDeathCase) -> str:
    """The analysis as it stands, what it lacks, and what to do next."""
    return render_template(
        "child_deaths/analysis.html", case=case, standing=standing(case), way=trail_to(case)
    )


@blueprint.route("/child-deaths/<ref>/analysis/domains/<domain>/factors/new", methods=["GET", "POST"])
@access("child_death.change", queries.in_domain)
def new_factor(place: InDomain) -> ResponseReturnValue:
    """Add a factor to a domain."""
    case, form = place.case, NewFactorForm()
    words = queries.words(case.regime_id)
    form.offer_words(words)
    form.offer_factors(words, place.code, [each.factor for each in case.factors])

    if carry_out(form, lambda: operations.add_factor(case=case, domain=place.code, **form.values())):
        flash(f"Factor added to domain {place.code}.")
        return redirect(_domain(case, place.code))
    return _page_of(case, "analysis_factor", form, domain=place.code, domain_label=place.label, factor=None)


@blueprint.route("/child-deaths/<ref>/analysis/factors/<int:number>/edit", methods=["GET", "POST"])
@access("child_death.change", queries.factor)
def edit_factor(factor: CaseFactor) -> ResponseReturnValue:
    """Change how a factor is judged."""
    case, words = factor.case, queries.words(factor.case.regime_id)

    def present() -> dict[str, Any]:
        return {"relevance": factor.relevance, "is_modifiable": factor.is_modifiable, "note": factor.note}

    form = editing(FactorForm, case, present)
    form.offer_words(words, held=factor)
    if carry_out(form, lambda: operations.change_factor(factor=factor, **form.values())):
        flash("Factor changed.")
        return redirect(_domain(case, factor.domain_code))
    return _page_of(
        case,
        "analysis_factor",
        form,
        domain=factor.domain_code,
        domain_label=words.domains.get(factor.domain_code, ""),
        factor=factor,
    )


@blueprint.route("/child-deaths/<ref>/analysis/factors/<int:number>/remove", methods=["GET", "POST"])
@access("child_death.change", queries.factor)
def remove_factor(factor: CaseFactor) -> ResponseReturnValue:
    """Take a factor off the draft."""
    case, domain, form = factor.case, factor.domain_code, RemoveForm()
    if carry_out(form, lambda: operations.remove_factor(factor=factor)):
        flash(f"Factor taken off domain {domain}. The trail keeps what it said.")
        return redirect(_domain(case, domain))
    return _page_of(case, "analysis_remove_factor", form, factor=factor)


@blueprint.route("/child-deaths/<ref>/analysis/conclusion", methods=["GET", "POST"])
@access("child_death.change", queries.case)
def conclusion(case: ChildDeathCase) -> ResponseReturnValue:
    """The categories that apply, of which the highest is kept, and the conclusion."""
    form = editing(
        ConclusionForm,
        case,
        lambda: {"categories": queries.considered(case), "conclusion": case.conclusion},
    )
    form.offer_words(queries.words(case.regime_id), case)
    if carry_out(form, lambda: operations.conclude(case=case, **form.values())):
        chosen = len(queries.considered(case))
        flash(
            "Saved." if chosen < 2 else f"Saved. Of the {chosen} categories the highest in the list is kept."
        )
        return redirect(_analysis(case))
    return _page_of(case, "analysis_conclusion", form)


@blueprint.route("/child-deaths/<ref>/analysis/learning", methods=["GET", "POST"])
@access("child_death.change", queries.case)
def learning(case: ChildDeathCase) -> ResponseReturnValue:
    """What is to be learned, and what was done well."""
    form = editing(LearningForm, case)

    def write() -> None:
        operations.write_learning(
            case=case, learning=form.learning.data, good_practice=form.good_practice.data
        )

    if carry_out(form, write):
        flash("Saved. What others should know can be made a lesson.")
        return redirect(_analysis(case))
    return _page_of(case, "analysis_learning", form)


@blueprint.route("/child-deaths/<ref>/analysis/complete", methods=["GET", "POST"])
@access("child_death.change", queries.case)
def complete(case: ChildDeathCase) -> ResponseReturnValue:
    """Record that the panel completed the review."""
    panels = queries.panels_for(case)
    likely = next(
        (panel for panel in panels if panel.id == case.panel_id and panel.status == PanelStatus.HELD), None
    )
    form = CompleteForm(
        data={"panel": likely.ref if likely else None, "on": likely.meets_on if likely else today()}
    )
    form.offer_panels(panels)

    def finish() -> None:
        held = {panel.ref: panel for panel in panels}
        panel = None if form.panel.data == NO_PANEL else held[form.panel.data]
        assert form.on.data is not None  # the form asks for it
        operations.complete_review(case=case, panel=panel, on=form.on.data, reason=form.reason.data)

    if carry_out(form, finish):
        flash(f"The review of {case.ref} is complete. Next, pass it on and let the family know.")
        return redirect(_analysis(case))
    elsewhere = hooks.decided_elsewhere.ask(SourceKind.CHILD_DEATH, case.id)
    return _page_of(case, "analysis_complete", form, elsewhere=elsewhere)


@blueprint.route("/child-deaths/<ref>/analysis/reopen", methods=["GET", "POST"])
@access("child_death.change", queries.case)
def reopen(case: ChildDeathCase) -> ResponseReturnValue:
    """Open the analysis of a completed review again."""
    form = ReopenForm()
    if carry_out(form, lambda: operations.reopen_analysis(case=case, reason=form.reason.data)):
        flash(f"The analysis of {case.ref} is open again. The panel completes it anew.")
        return redirect(_analysis(case))
    return _page_of(case, "analysis_reopen", form)


def _page_of(case: ChildDeathCase, template: str, form: TrackerForm, **context: Any) -> ResponseReturnValue:
    note_read(case.audit_subject, f"Opened the analysis of {case.ref} to change it")
    html = render_template(
        f"child_deaths/{template}.html",
        form=form,
        case=case,
        standing=standing(case),
        way=trail_to(case),
        **context,
    )
    return html, 422 if form.is_submitted() else 200


def _analysis(case: ChildDeathCase) -> str:
    return url_for("child_death_analysis.show", ref=case.ref)


def _domain(case: ChildDeathCase, domain: str) -> str:
    return url_for("child_death_analysis.show", ref=case.ref, _anchor=f"domain-{domain}")
