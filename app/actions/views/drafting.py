"""Pages from a lesson or recommendation to an agreed action."""

from collections.abc import Sequence

from flask import render_template
from flask.typing import ResponseReturnValue

from app.accounts import guard
from app.accounts import queries as accounts
from app.accounts.models import Group, Person
from app.accounts.policy import Facts, can
from app.actions import operations, queries
from app.actions.course_forms import AgreeForm
from app.actions.forms import PlanForm, ReasonForm
from app.actions.models import Action
from app.actions.operations.drafting import Plan
from app.actions.rules import Move, Status, moves_from
from app.actions.rules.delegation import Priority
from app.actions.views.blueprint import blueprint, done, page
from app.core.access import access
from app.core.editing import editing
from app.core.errors import RuleBroken
from app.core.filters import date_long
from app.core.forms import apply_rule
from app.lessons import sources
from app.lessons.models import Lesson, Recommendation


@blueprint.route("/lessons/<ref>/actions/new", methods=["GET", "POST"])
@access("action.create", queries.lesson_to_answer)
def new_from_lesson(lesson: Lesson) -> ResponseReturnValue:
    """Draft an action that answers a lesson."""
    return _new(lesson, lessons=[lesson])


@blueprint.route("/recommendations/<ref>/actions/new", methods=["GET", "POST"])
@access("action.create", queries.recommendation_to_answer)
def new_from_recommendation(recommendation: Recommendation) -> ResponseReturnValue:
    """Draft an action that answers a recommendation."""
    return _new(recommendation, recommendations=[recommendation])


def _new(
    source: Lesson | Recommendation,
    *,
    lessons: Sequence[Lesson] = (),
    recommendations: Sequence[Recommendation] = (),
) -> ResponseReturnValue:
    group = source.source.group
    form = offering(PlanForm(data={"group_id": group.ref, "priority": Priority.NORMAL}), group)
    if form.validate_on_submit():
        try:
            action = operations.create_draft(
                plan=plan_on(form), lessons=lessons, recommendations=recommendations
            )
        except RuleBroken as error:
            apply_rule(form, error)
        else:
            return done(action, f"{action.ref} is drafted. Agree it, and its owner is asked to begin.")
    guard.note_read(source.audit_subject, f"Opened {source.ref}")
    html = render_template(
        "actions/new.html",
        form=form,
        source=source,
        lesson=lessons[0] if lessons else None,
        recommendation=recommendations[0] if recommendations else None,
        cancel=sources.href(source.source),
    )
    return html, 422 if form.is_submitted() else 200


@blueprint.route("/actions/<ref>/edit", methods=["GET", "POST"])
@access("action.change", queries.action)
def edit(action: Action) -> ResponseReturnValue:
    """Rewrite a draft."""
    if action.status != Status.DRAFT:
        return done(action, f"{action.ref} is ‘{action.status_label}’, so its plan is no longer rewritten.")

    def keep_parts() -> None:
        if action.is_all_agency:
            queries.drafts_of(action)

    form = offering(editing(PlanForm, action, lambda: _data(action), first=keep_parts), action.group)
    if form.validate_on_submit():
        try:
            operations.edit_draft(action=action, plan=plan_on(form))
        except RuleBroken as error:
            apply_rule(form, error)
        else:
            return done(
                action, f"The draft of {action.ref} is saved. Agree it, and its owner is asked to begin."
            )
    return page("edit.html", action, form)


@blueprint.route("/actions/<ref>/agree", methods=["GET", "POST"])
@access("action.agree", queries.action)
def agree(action: Action) -> ResponseReturnValue:
    """Agree a draft."""
    if action.status != Status.DRAFT:
        return done(action, f"{action.ref} is ‘{action.status_label}’, so there is nothing to agree.")
    form = AgreeForm(data={"as_read": operations.digest(action)})
    if form.validate_on_submit():
        try:
            operations.agree(action=action, as_read=form.as_read.data)
        except RuleBroken as error:
            apply_rule(form, error)
            # What stands beside the button now is what is agreed by pressing it again.
            form.as_read.data = operations.digest(action)
        else:
            owner = action.owner.name if action.owner else action.owner_role
            due = date_long(action.due_on)
            return done(
                action, f"{action.ref} is agreed, due {due}. {owner} is reminded as the day comes near."
            )
    return page("agree.html", action, form)


@blueprint.route("/actions/<ref>/withdraw", methods=["GET", "POST"])
@access("action.change", queries.action)
def withdraw(action: Action) -> ResponseReturnValue:
    """Withdraw a draft."""
    if action.status != Status.DRAFT or Move.WITHDRAW not in moves_from(Status(action.status)):
        return done(action, f"{action.ref} is no draft any more, so it is not withdrawn like this.")
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            operations.withdraw_draft(action=action, reason=form.reason.data)
        except RuleBroken as error:
            apply_rule(form, error)
        else:
            return done(action, f"{action.ref} is withdrawn. It stays on the record with the reason.")
    return page("withdraw.html", action, form)


def offering(form: PlanForm, held: Group) -> PlanForm:
    """The form with the agencies and people there are, and the groups the person drafts actions for."""
    form.agency_id.offer({agency.ref: agency.name for agency in accounts.agencies(with_external=False)})
    people = [person for person in accounts.people() if person.agency]
    people.sort(key=lambda person: (person.agency.name if person.agency else "", person.name))
    form.owner_id.offer(
        {person.ref: _where_and_who(person) for person in people},
        empty="Not settled yet",
    )
    # An action is in the compartment of its group: whoever has no seat there could not open what they wrote.
    drafter = guard.person().facts
    form.group_id.offer(
        {
            group.ref: group.name
            for group in accounts.groups()
            if group == held or can(drafter, "action.create", Facts(group_id=group.id))
        }
    )
    return form


def _where_and_who(person: Person) -> str:
    agency = person.agency.short_name if person.agency else ""
    return f"{agency}: {person.name}, {person.role_title}"


def plan_on(form: PlanForm) -> Plan:
    """The plan as it was filled in."""
    agencies = {agency.ref: agency for agency in accounts.agencies()}
    groups = {group.ref: group for group in accounts.groups()}
    owner = form.owner_id.data
    return Plan(
        title=form.title.data,
        details=form.details.data,
        intended_outcome=form.intended_outcome.data,
        measure_of_success=form.measure_of_success.data,
        agency=agencies[form.agency_id.data],
        group=groups[form.group_id.data],
        owner_role=form.owner_role.data,
        owner=accounts.person_by_ref(owner) if owner else None,
        due_on=form.due_on.data,
        priority=Priority(form.priority.data),
    )


def _data(action: Action) -> dict[str, object]:
    names = ("title", "details", "intended_outcome", "measure_of_success", "owner_role", "due_on", "priority")
    return {
        **{name: getattr(action, name) for name in names},
        "agency_id": action.agency.ref,
        "group_id": action.group.ref,
        "owner_id": action.owner.ref if action.owner else None,
    }
