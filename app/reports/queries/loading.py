"""What is loaded with an action, so that no page asks for it row by row."""

from typing import Any

from sqlalchemy.orm import InstrumentedAttribute, joinedload, lazyload, selectinload

from app.accounts.models import Person
from app.actions.models import Action


def named(relationship: InstrumentedAttribute[Any]) -> Any:
    """Load the person a row names; what they may do is not asked."""
    return joinedload(relationship).options(lazyload(Person.assignments), lazyload(Person.seats))


def who_and_where() -> list[Any]:
    """The source, agency, owner and group of an action."""
    return [
        joinedload(Action.source),
        joinedload(Action.agency),
        named(Action.owner),
        joinedload(Action.group),
    ]


def for_the_policy() -> list[Any]:
    """What rows about an action name, and what the policy asks for."""
    return [
        *who_and_where(),
        selectinload(Action.reminders),
        selectinload(Action.sign_offs),
        selectinload(Action.extension_requests),
    ]
