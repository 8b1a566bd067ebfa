"""What difference an action made: stated, confirmed, and the register of impact."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import exports, guard
from app.actions import deciders, operations, queries
from app.actions.export import IMPACT_COLUMNS, MARKING
from app.actions.forms_impact import ImpactDecisionForm, ImpactFilterForm, ImpactForm
from app.actions.models import Action
from app.actions.operations import NewEvidence, Stated
from app.actions.queries.impact import (
    ImpactFilters,
    Look,
    count_impact,
    impact_in_full,
    impact_register,
    next_look,
)
from app.actions.rules.entry import Nature
from app.actions.rules.impact import STATED_WHILE, ImpactDecision, Level
from app.actions.rules.lifecycle import Status
from app.actions.views.blueprint import blueprint, done, page
from app.actions.views.filtering import asked
from app.audit.operations import Subject
from app.core.access import access
from app.core.clock import today
from app.core.errors import RuleBroken
from app.core.forms import apply_rule

#: How the audit trail names the register, which shows what was stated.
REGISTER = Subject("register", "impact")
#: The longest beginning of what a piece of evidence shows that stands beside its box.
_BEGINNING = 90


@blueprint.get("/impact")
@access("action.list")
def impact() -> ResponseReturnValue:
    """The closed actions a person may read, with what is known of the difference they made."""
    person, on = guard.person().facts, today()
    form = asked(ImpactFilterForm)
    filters = _filters(form)
    found = impact_register(
        person, filters, on=on, after=request.args.get("after"), before=request.args.get("before")
    )
    guard.note_read(REGISTER, "Opened the register of impact")
    return render_template(
        "actions/impact_register.html",
        form=form,
        page=found,
        total=count_impact(person, filters, on=on),
        applied=form.applied(),
        levels=list(Level),
        next_looks={action.ref: next_look(action) for action in found.rows},
        today=on,
    )


@blueprint.get("/impact/export")
@access("action.list")
def export_impact() -> ResponseReturnValue:
    """The register as a file, narrowed as it is on the page."""
    form = asked(ImpactFilterForm)
    return exports.export(
        name="Impact",
        file_name="impact",
        columns=IMPACT_COLUMNS,
        rows=impact_in_full(guard.person().facts, _filters(form), on=today()),
        applied=form.applied(),
        marking=MARKING,
        list_url=url_for("actions.impact"),
    )


def _filters(form: ImpactFilterForm) -> ImpactFilters:
    look = form.good(form.look)
    return ImpactFilters(
        level=form.good(form.level),
        agency=form.good(form.agency),
        group=form.good(form.group),
        look=Look(look) if look else None,
    )


@blueprint.route("/actions/<ref>/impact", methods=["GET", "POST"])
@access("action.show_impact", queries.action_in_full)
def show_impact(action: Action) -> ResponseReturnValue:
    """State what difference a closed action made."""
    form = ImpactForm()
    form.evidence.offer({piece.ref: _begun(piece.ref, piece.shows) for piece in action.evidence_standing})
    if form.validate_on_submit():
        try:
            added = _added(form)
            statement = operations.state_impact(action=action, stated=_stated(action, form, added))
        except RuleBroken as error:
            apply_rule(form, error)
        else:
            return done(
                action,
                f"{statement.ref} is stated. The {action.group.name} confirms it or asks for more.",
            )
    return page(
        "impact.html",
        action,
        form,
        is_closed=Status(action.status) in STATED_WHILE,
        waiting=action.waiting_impact,
        look=next_look(action),
    )


@blueprint.route("/actions/<ref>/impact/decide", methods=["GET", "POST"])
@access("action.confirm_impact", queries.action_in_full)
def confirm_impact(action: Action) -> ResponseReturnValue:
    """Confirm what was stated, or return it."""
    form = ImpactDecisionForm()
    if form.validate_on_submit():
        decision = ImpactDecision(form.decision.data)
        try:
            statement = operations.decide_impact(action=action, decision=decision, reason=form.reason.data)
        except RuleBroken as error:
            apply_rule(form, error)
        else:
            said = (
                "confirmed" if decision is ImpactDecision.CONFIRMED else "returned; its looks are owed again"
            )
            return done(action, f"{statement.ref} is {said}.")
    return page(
        "confirm_impact.html",
        action,
        form,
        waiting=action.waiting_impact,
        levels=list(Level),
        deciders=deciders.of_course(action),
    )


def _stated(action: Action, form: ImpactForm, added: list[NewEvidence]) -> Stated:
    chosen = set(form.evidence.data or ())
    return Stated(
        level=Level(int(form.level.data)),
        statement=form.statement.data,
        measure=form.measure.data,
        baseline=form.baseline.data,
        target=form.target.data,
        actual=form.actual.data,
        measured_by=form.measured_by.data,
        measured_on=form.measured_on.data,
        unintended_effects=form.unintended_effects.data,
        evidence=[piece for piece in action.evidence_standing if piece.ref in chosen],
        added=added,
    )


def _added(form: ImpactForm) -> list[NewEvidence]:
    """The evidence that the form adds. Raises RuleBroken where something of it is missing."""
    if not (form.shows.data or form.link.data or form.nature.data):
        return []
    if not form.nature.data:
        raise RuleBroken("Choose what kind of evidence it is", "nature")
    return [NewEvidence(form.shows.data, Nature(form.nature.data), form.link.data or None)]


def _begun(ref: str, shows: str) -> str:
    words = shows if len(shows) <= _BEGINNING else f"{shows[:_BEGINNING].rstrip()}…"
    return f"{ref}: {words}"
