"""What the list of actions and the register of impact say in a file: a row for each action."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from app.actions.models import Action, ImpactStatement
from app.actions.rules import Colour, OwnerView
from app.actions.rules.date_changes import total_slip
from app.actions.rules.impact import ImpactDecision, Level
from app.core.export import Column
from app.lessons.models import Lesson, Recommendation

#: Actions are case material.
MARKING = "OFFICIAL-SENSITIVE"

#: In the order that trackers of actions usually have.
COLUMNS: tuple[Column[Action], ...] = (
    Column("Ref", lambda action: action.ref, 10),
    Column("Review", lambda action: action.source.ref, 10),
    Column("Recommendations", lambda action: _refs(action.recommendations), 16),
    Column("Lessons", lambda action: _refs(action.lessons), 16),
    Column("Action", lambda action: action.title, 50),
    Column("Details", lambda action: action.details, 40),
    Column("Intended outcome", lambda action: action.intended_outcome, 40),
    Column("Measure of success", lambda action: action.measure_of_success, 40),
    Column("Lead agency", lambda action: action.agency.name, 28),
    Column("Post", lambda action: action.owner_role, 24),
    Column("Lead officer", lambda action: action.owner.name if action.owner else None, 24),
    Column("Sub-group", lambda action: action.group.name, 20),
    Column("Priority", lambda action: action.priority.capitalize(), 10),
    Column("Status", lambda action: action.status_label, 18),
    Column("BRAG", lambda action: f"{action.colour} {action.colour_word}", 12),
    Column("Declared", lambda action: _declared(action), 12),
    Column("Declared until", lambda action: _declared_until(action), 12),
    Column("Agreed", lambda action: action.agreed_on, 12),
    Column("First due", lambda action: action.first_due_on, 12),
    Column("Due", lambda action: action.due_on, 12),
    Column("Slip in days", lambda action: _slip(action), 10),
    Column("Extensions", lambda action: action.extension_count, 10),
    Column("Last update", lambda action: action.last_update_on, 12),
    Column("How it is going", lambda action: _view(action), 14),
    Column("Sent for sign-off", lambda action: action.submitted_on, 12),
    Column("Date completed", lambda action: action.closed_on, 12),
    Column("Impact level", lambda action: action.impact_level, 10),
    Column("Source of the record", lambda action: action.provenance.capitalize(), 14),
)


def _refs(records: Sequence[Lesson | Recommendation]) -> str:
    return ", ".join(record.ref for record in records)


def _declared(action: Action) -> str | None:
    """The colour that somebody declared instead of the calculated one, while it stands."""
    return (
        f"{action.declared_colour} {Colour(action.declared_colour).word}" if action.declared_colour else None
    )


def _declared_until(action: Action) -> date | None:
    """The last day on which the declared colour stands."""
    return action.declared_until - timedelta(days=1) if action.declared_until else None


def _slip(action: Action) -> int | None:
    if action.first_due_on is None or action.due_on is None:
        return None
    return total_slip(action.first_due_on, action.due_on)


def _view(action: Action) -> str | None:
    return OwnerView(action.owner_view).label if action.owner_view else None


def _last(action: Action) -> ImpactStatement | None:
    return action.impact_statements[-1] if action.impact_statements else None


def _stated(about: str) -> Callable[[Action], Any]:
    """What the latest statement says of one thing; nothing where nothing was stated."""
    return lambda action: getattr(_last(action), about, None)


def _decision(action: Action) -> str | None:
    last = _last(action)
    if last is None:
        return None
    return ImpactDecision(last.decision).value.capitalize() if last.decision else "Waits to be confirmed"


def _confirmed(action: Action) -> str:
    return Level(action.impact_level).label if action.impact_level is not None else "None yet"


def _next_look(action: Action) -> date | None:
    return action.next_look.due_on if action.next_look else None


#: The register of impact: a row for each closed action, with what was stated last.
IMPACT_COLUMNS: tuple[Column[Action], ...] = (
    Column("Ref", lambda action: action.ref, 10),
    Column("Review", lambda action: action.source.ref, 10),
    Column("Action", lambda action: action.title, 50),
    Column("Lead agency", lambda action: action.agency.name, 28),
    Column("Sub-group", lambda action: action.group.name, 20),
    Column("Status", lambda action: action.status_label, 18),
    Column("Date completed", lambda action: action.closed_on, 12),
    Column("Level confirmed", lambda action: action.impact_level, 10),
    Column("Level in words", _confirmed, 28),
    Column("Latest statement", _stated("statement"), 60),
    Column("Level stated", _stated("level"), 10),
    Column("Stated", _stated("stated_on"), 12),
    Column("Decision", _decision, 20),
    Column("Measure", _stated("measure"), 40),
    Column("Before", _stated("baseline"), 14),
    Column("Target", _stated("target"), 14),
    Column("Now", _stated("actual"), 14),
    Column("Source of the figure", _stated("measured_by"), 28),
    Column("Figure taken", _stated("measured_on"), 12),
    Column("Unintended effects", _stated("unintended_effects"), 40),
    Column("Next look", _next_look, 12),
    Column("Source of the record", lambda action: action.provenance.capitalize(), 14),
)
