"""What lists filter and sort by is kept on the action; this is the one place that writes it."""

from datetime import date

from app.actions import queries
from app.actions.models import Action
from app.actions.rules.brag import URGENCY, Colour, OwnerView, Standing, colour, next_change
from app.actions.rules.course import acknowledgement_owed_since, worst
from app.actions.rules.date_changes import carried_extensions
from app.actions.rules.impact import highest
from app.actions.rules.lifecycle import AWAITING, CHASED, OPEN, Move, Status
from app.core.database import current_session


def keep(action: Action, *, on: date) -> None:
    """Write every kept column of an action from its rows and the pure rules, as they are on this day.

    Every operation ends here, and so does the loading of finished records.
    Raises ValueError for an open action without the dates by which it is judged.
    """
    session = current_session()
    session.flush()
    # What is asked for here is flushed; the action is written once, and not again before each question.
    with session.no_autoflush:
        _keep_what_rows_say(action)
        status = Status(action.status)
        action.is_open = status in OPEN
        action.is_chased = status in CHASED
        action.sort_due_on = action.due_on or date.max
        action.unacknowledged_since = acknowledgement_owed_since(
            status=status,
            asked_on=asked_on(action),
            acknowledged_on=action.acknowledged_on,
            last_update_on=action.last_update_on,
        )
        _keep_declared(action, on)
    recolour(action, on=on)
    if action.parent_id is not None:
        # Always the part first and then the whole, so that no two of them wait for each other.
        recolour(queries.whole_for_change(action.parent_id), on=on)


def recolour(action: Action, *, on: date) -> None:
    """Write the colour of this day, and the next day on which it may become another by itself."""
    thresholds = queries.thresholds(on)
    standing = standing_of(action)
    found = colour(standing, thresholds, on)
    if action.is_all_agency and action.is_open:
        found = worst(map(Colour, queries.colours_of_returns(action))) or found
    if action.declared_until is not None and action.declared_until <= on:
        action.declared_colour = action.declared_until = None
    action.colour, action.urgency = found.letter, URGENCY[found]
    days = [next_change(standing, thresholds, on), action.declared_until]
    if action.is_open:
        # Other thresholds judge anew, so what they say is looked at on the day they come into force.
        days.append(queries.next_thresholds_on(on))
    action.colour_changes_on = min((day for day in days if day is not None), default=None)


def standing_of(action: Action) -> Standing:
    """What the colour of the action depends on. Raises ValueError for an open action nobody could judge."""
    return Standing(
        status=Status(action.status),
        due_on=action.due_on,
        last_update_on=action.last_update_on,
        owner_view=OwnerView(action.owner_view) if action.owner_view else None,
        extension_count=action.extension_count,
        agreed_on=action.agreed_on,
    )


def asked_on(action: Action) -> date | None:
    """Since when whoever owes the action is asked to acknowledge it: agreed, passed on or reopened."""
    days = [change.changed_on for change in action.owner_changes]
    if Status(action.status) in (Status.AGREED, Status.REOPENED) or action.acknowledged_on is not None:
        moved = [step.taken_on for step in action.steps if step.move in (Move.AGREE, Move.REOPEN)]
        days += [*moved, *([action.agreed_on] if action.agreed_on else [])]
    return max(days, default=None)


def _keep_declared(action: Action, on: date) -> None:
    """Repeat the last declared colour while it stands and the owner owes the action."""
    last = action.colour_overrides[-1] if action.colour_overrides and action.is_open else None
    stands = last is not None and last.declared_on <= on < last.lapses_on
    action.declared_colour = last.declared if last is not None and stands else None
    action.declared_until = last.lapses_on if last is not None and stands else None


def _keep_what_rows_say(action: Action) -> None:
    """Repeat the last update, and count what was granted, carried on from the whole, and returned."""
    last = max(action.updates, key=lambda update: (update.written_on, update.id or 0), default=None)
    action.owner_view = last.owner_view if last else None
    action.last_update_on = last.written_on if last else None
    granted = sum(request.decision == "granted" for request in action.extension_requests)
    carried = carried_extensions((change.cause, change.reason_code) for change in action.date_changes)
    action.extension_count = granted + carried
    action.return_count = sum(sign_off.decision == "returned" for sign_off in action.sign_offs)
    action.impact_level = highest(
        statement.level for statement in action.impact_statements if statement.decision == "confirmed"
    )
    waiting = action.waiting_sign_off if Status(action.status) in AWAITING else None
    action.submitted_on = waiting.sent_on if waiting else None
