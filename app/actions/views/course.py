"""Pages on which an action is held, escalated, ended, taken up again, or given another colour."""

from flask.typing import ResponseReturnValue

from app.accounts import guard
from app.actions import operations, queries
from app.actions.course_forms import (
    ColourForm,
    EndForm,
    EscalateForm,
    HoldForm,
    ReopenForm,
    ResumeForm,
    SupersedeForm,
)
from app.actions.forms import ReasonForm
from app.actions.models import Action
from app.actions.rules import OPEN, Colour, Move, Status
from app.actions.views.blueprint import blueprint
from app.actions.views.moving import MovePage, agencies_by_ref, ask, barred, people_of, person_of
from app.core.access import access
from app.core.errors import RuleBroken
from app.core.filters import date_long


@blueprint.route("/actions/<ref>/hold", methods=["GET", "POST"])
@access("action.decide_course", queries.action)
def hold(action: Action) -> ResponseReturnValue:
    """Put an action on hold."""
    form = HoldForm()
    return ask(
        action,
        form,
        MovePage(
            "Put {} on hold",
            "Nobody owes it and nobody is reminded until it is resumed. Its date stays on the record.",
            "Put on hold",
        ),
        lambda: operations.hold(action=action, reason=form.reason.data, review_on=form.review_on.data),
        lambda: f"{action.ref} is on hold. Look at it again on {date_long(action.review_on)}.",
        barred=barred(action, Move.HOLD),
    )


@blueprint.route("/actions/<ref>/resume", methods=["GET", "POST"])
@access("action.decide_course", queries.action)
def resume(action: Action) -> ResponseReturnValue:
    """Let an action on hold go on."""
    return _go_on(action, Move.RESUME)


@blueprint.route("/actions/<ref>/bring-back", methods=["GET", "POST"])
@access("action.decide_course", queries.action)
def bring_back(action: Action) -> ResponseReturnValue:
    """Take an action back from the body outside."""
    return _go_on(action, Move.BRING_BACK)


def _go_on(action: Action, move: Move) -> ResponseReturnValue:
    form = ResumeForm(data={"new_due_on": action.due_on})
    is_resumed = move is Move.RESUME
    do = operations.resume if is_resumed else operations.bring_back
    return ask(
        action,
        form,
        MovePage(
            "Resume {}" if is_resumed else "Bring {} back",
            "Its owner owes it again from today. The date it had may stay while it lies ahead; "
            "a later one is recorded beside it."
            + ("" if is_resumed else " The log of the escalation stays open until its outcome is recorded."),
            "Resume" if is_resumed else "Bring back",
        ),
        lambda: do(action=action, new_due_on=form.new_due_on.data, reason=form.reason.data),
        lambda: f"{action.ref} goes on, due {date_long(action.due_on)}.",
        barred=barred(action, move),
    )


@blueprint.route("/actions/<ref>/escalate", methods=["GET", "POST"])
@access("action.decide_course", queries.action)
def escalate(action: Action) -> ResponseReturnValue:
    """Put an action to a body outside the partnership."""
    form = EscalateForm()
    return ask(
        action,
        form,
        MovePage(
            "Escalate {}",
            "It waits on a body outside the partnership, and nobody here is reminded. "
            "A log is opened of who is written to and what they answer.",
            "Escalate externally",
        ),
        lambda: operations.escalate(
            action=action,
            reason=form.reason.data,
            review_on=form.review_on.data,
            about=form.about.data,
            put_to=form.put_to.data,
            answer_by_on=form.answer_by_on.data,
        ),
        lambda: f"{action.ref} is escalated. Write into its log whom you wrote to.",
        barred=barred(action, Move.ESCALATE),
    )


@blueprint.route("/actions/<ref>/supersede", methods=["GET", "POST"])
@access("action.decide_course", queries.action)
def supersede(action: Action) -> ResponseReturnValue:
    """Let another action take the place of this one."""
    form = SupersedeForm()

    def do() -> None:
        successor = queries.action_by_ref(form.successor.data.strip().upper())
        if successor is None or not guard.may("action.read", successor):
            raise RuleBroken("Enter the reference of another action, for example A-0107", "successor")
        operations.supersede(action=action, successor=successor, reason=form.reason.data)

    return ask(
        action,
        form,
        MovePage(
            "Supersede {}",
            "Nothing more is owed here: it goes on in the other action, which keeps its own dates and, where "
            "it is of the same source, answers what this one did.",
            "Mark as superseded",
            "warning",
        ),
        do,
        lambda: f"{action.ref} is superseded by {form.successor.data.strip().upper()}.",
        barred=barred(action, Move.SUPERSEDE),
    )


@blueprint.route("/actions/<ref>/withdraw-action", methods=["GET", "POST"])
@access("action.decide_course", queries.action)
def withdraw_action(action: Action) -> ResponseReturnValue:
    """Withdraw an action that was agreed."""
    form = ReasonForm()
    is_draft = action.status == Status.DRAFT
    return ask(
        action,
        form,
        MovePage(
            "Withdraw {}",
            "It should not have been agreed. Nothing more is owed; it stays on the record with the reason.",
            "Withdraw this action",
            "warning",
        ),
        lambda: operations.withdraw(action=action, reason=form.reason.data),
        lambda: f"{action.ref} is withdrawn. It stays on the record with the reason.",
        barred="This action is still a draft." if is_draft else barred(action, Move.WITHDRAW),
    )


@blueprint.route("/actions/<ref>/close-not-implemented", methods=["GET", "POST"])
@access("action.close_not_implemented", queries.action)
def close_not_implemented(action: Action) -> ResponseReturnValue:
    """Close an action that will not be done."""
    form = EndForm()
    return ask(
        action,
        form,
        MovePage(
            "Close {} as not implemented",
            "The group decides against doing it. Nothing more is owed, and the reason is published with it.",
            "Close as not implemented",
            "warning",
        ),
        lambda: operations.close_not_implemented(
            action=action, reason=form.reason.data, decided_on=form.decided_on.data
        ),
        lambda: f"{action.ref} is closed as not implemented.",
        barred=barred(action, Move.CLOSE_NOT_IMPLEMENTED),
    )


@blueprint.route("/actions/<ref>/reopen", methods=["GET", "POST"])
@access("action.reopen", queries.action)
def reopen(action: Action) -> ResponseReturnValue:
    """Take a closed action up again."""
    form = ReopenForm(
        data={"agency_id": action.agency.ref, "owner_id": action.owner.ref if action.owner else None}
    )
    # Every agency returns its own part, so a part stays where it was.
    is_part = action.parent_id is not None
    agencies = ({} if is_part else agencies_by_ref()) | {action.agency.ref: action.agency}
    form.agency_id.offer({ref: agency.name for ref, agency in agencies.items()})
    form.owner_id.offer(people_of(action.agency if is_part else None))

    def do() -> None:
        operations.reopen(
            action=action,
            reason=form.reason.data,
            agency=agencies[form.agency_id.data],
            owner=person_of(form.owner_id.data),
            new_due_on=form.new_due_on.data,
            owner_role=form.owner_role.data,
        )

    return ask(
        action,
        form,
        MovePage(
            "Reopen {}",
            "Something is still to be done: it is owed again. The date first agreed stays on the record.",
            "Reopen",
        ),
        do,
        lambda: f"{action.ref} is reopened, due {date_long(action.due_on)}.",
        barred=barred(action, Move.REOPEN),
    )


@blueprint.route("/actions/<ref>/colour", methods=["GET", "POST"])
@access("action.override_colour", queries.action)
def declare_colour(action: Action) -> ResponseReturnValue:
    """Declare another colour than the calculated one."""
    form = ColourForm()
    is_open = Status(action.status) in OPEN
    return ask(
        action,
        form,
        MovePage(
            "Declare a colour for {}",
            f"Calculated it is {action.colour_word.lower()}. Both colours are shown wherever one is, "
            "and the declared one lapses after 31 days.",
            "Declare this colour",
        ),
        lambda: operations.declare_colour(
            action=action, declared=Colour(form.declared.data), reason=form.reason.data
        ),
        lambda: f"Declared. {action.ref} shows both colours.",
        barred=None
        if is_open
        else f"This action is ‘{action.status_label}’, so it has no colour to declare.",
    )
