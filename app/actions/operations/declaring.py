"""A colour that somebody declares instead of the calculated one; both are shown."""

from app.actions import deciders
from app.actions.models import Action, ColourOverride
from app.actions.operations.change import Change, words
from app.actions.rules.brag import Colour
from app.actions.rules.course import check_declared, declared_until
from app.core.database import current_session
from app.core.filters import date_long


def declare_colour(*, action: Action, declared: Colour, reason: str) -> ColourOverride:
    """Declare another colour, with the reason; it lapses by itself, and a later one takes its place.

    Raises NotAPerson, MayNotDecide, ColourNotDeclared, TextMissing.
    """
    change = Change(action)
    deciders.check_decides_course(change.person(), change.action)
    calculated = Colour(change.action.colour)
    check_declared(calculated, declared, change.status, stands=change.action.declared_colour is not None)
    override = ColourOverride(
        action=change.action,
        calculated=calculated,
        declared=declared,
        reason=words(reason, "Give the reason", "reason"),
        declared_on=change.on,
        declared_by_id=change.by_id,
        lapses_on=declared_until(change.on),
    )
    current_session().add(override)
    current_session().flush()
    current_session().expire(change.action, ["colour_overrides"])
    change.finish(
        "action.override_colour",
        f"Declared {action.ref} {declared.word.lower()} until {date_long(override.lapses_on)}",
        before={"colour": str(calculated)},
        after={"declared": str(declared), "reason": override.reason},
    )
    return override
