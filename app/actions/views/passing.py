"""Pages on which an action passes from hand to hand."""

from flask.typing import ResponseReturnValue

from app.actions import deciders, operations, queries
from app.actions.course_forms import AcknowledgeForm, AnswerNotForUsForm, NotForUsForm, ReassignForm
from app.actions.models import Action
from app.actions.rules import CLOSED, OPEN, NotForUsDecision, Status
from app.actions.views.blueprint import blueprint
from app.actions.views.moving import MovePage, agencies_by_ref, ask, people_of, person_of
from app.core.access import access
from app.core.filters import date_long


@blueprint.route("/actions/<ref>/acknowledge", methods=["GET", "POST"])
@access("action.acknowledge", queries.action)
def acknowledge(action: Action) -> ResponseReturnValue:
    """Say that the action has arrived."""
    words = MovePage(
        "Acknowledge {}",
        "You say that this has reached you and that you will do it. Its date stays as it is.",
        "Acknowledge",
    )
    reason = None
    if Status(action.status) not in OPEN:
        reason = f"This action is ‘{action.status_label}’, so there is nothing to acknowledge."
    elif action.acknowledged_on:
        reason = f"This was acknowledged on {date_long(action.acknowledged_on)}."
    return ask(
        action,
        AcknowledgeForm(),
        words,
        lambda: operations.acknowledge(action=action),
        lambda: f"{action.ref} is acknowledged. Say how it goes when something has happened.",
        barred=reason,
    )


@blueprint.route("/actions/<ref>/not-for-us", methods=["GET", "POST"])
@access("action.say_not_for_us", queries.action)
def say_not_for_us(action: Action) -> ResponseReturnValue:
    """Say that the action is for somebody else."""
    form, agencies = NotForUsForm(), agencies_by_ref()
    others = {ref: agency.name for ref, agency in agencies.items() if agency.id != action.agency_id}
    form.agency_id.offer(others, empty="We do not know")
    reason, waiting = None, action.waiting_not_for_us
    if Status(action.status) not in OPEN:
        reason = f"This action is ‘{action.status_label}’, so nobody has to take it over."
    elif waiting:
        reason = f"This was said on {date_long(waiting.said_on)} and waits for a decision."
    return ask(
        action,
        form,
        MovePage(
            "{} is not for us",
            f"{_names(action)} decides whether it moves. Until then it stays with "
            f"{action.agency.short_name}, and its date does not move either way.",
            "Say that it is not for us",
        ),
        lambda: operations.say_not_for_us(
            action=action, reason=form.reason.data, suggested=agencies.get(form.agency_id.data or "")
        ),
        lambda: f"Said. {_names(action)} decides; until then it stays due on {date_long(action.due_on)}.",
        barred=reason,
    )


@blueprint.route("/actions/<ref>/not-for-us/decide", methods=["GET", "POST"])
@access("action.decide_course", queries.action)
def answer_not_for_us(action: Action) -> ResponseReturnValue:
    """Move the action to another agency, or leave it where it is."""
    agencies, waiting = agencies_by_ref(), action.waiting_not_for_us
    suggested = waiting.suggested_agency if waiting else None
    form = AnswerNotForUsForm(data={"agency_id": suggested.ref if suggested else None})
    others = {ref: agency.name for ref, agency in agencies.items() if agency.id != action.agency_id}
    form.agency_id.offer(others, empty="It does not move")
    form.owner_id.offer(people_of(), empty="It does not move")
    reason = None if waiting else "Nobody says that this action is not for them."
    if waiting and Status(action.status) in CLOSED:
        reason = f"This action is ‘{action.status_label}’, so there is nothing to decide."
    return ask(
        action,
        form,
        MovePage(
            "Who does {}?",
            "Moved, it is owed by the other agency from today, by the date it has. Left, it stays as it is.",
            "Record the decision",
        ),
        lambda: operations.answer_not_for_us(
            action=action,
            decision=NotForUsDecision(form.decision.data),
            reason=form.reason.data,
            agency=agencies.get(form.agency_id.data or ""),
            owner=person_of(form.owner_id.data),
            owner_role=form.owner_role.data,
        ),
        lambda: (
            f"Decided. {action.ref} is with {action.agency.short_name}, due on {date_long(action.due_on)}."
        ),
        barred=reason,
        not_for_us=waiting,
    )


@blueprint.route("/actions/<ref>/reassign", methods=["GET", "POST"])
@access("action.reassign", queries.action)
def reassign(action: Action) -> ResponseReturnValue:
    """Give the action to another person of the agency."""
    form = ReassignForm()
    form.owner_id.offer(
        {
            ref: name
            for ref, name in people_of(action.agency).items()
            if action.owner is None or ref != action.owner.ref
        }
    )
    reason = None
    if Status(action.status) in CLOSED or action.status == Status.DRAFT:
        reason = f"This action is ‘{action.status_label}’, so nobody takes it over."

    def do() -> None:
        owner = person_of(form.owner_id.data)
        assert owner is not None, "the form asks for an owner"
        operations.reassign(
            action=action, owner=owner, reason=form.reason.data, owner_role=form.owner_role.data
        )

    return ask(
        action,
        form,
        MovePage(
            "Reassign {}",
            f"Somebody else at {action.agency.short_name} owns it from today, by the date it has, "
            "and is asked to acknowledge it.",
            "Reassign",
        ),
        do,
        lambda: f"{action.ref} is reassigned to {action.owner.name if action.owner else 'nobody'}.",
        barred=reason,
    )


def _names(action: Action) -> str:
    names = [person.name for person in deciders.of_course(action)]
    return " or ".join(names) if names else "The independent chair"
