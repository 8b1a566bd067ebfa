"""What is loaded with an action, so that no page asks for it row by row."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import InstrumentedAttribute, joinedload, lazyload, selectinload

from app.accounts.models import Person
from app.actions.models import Action


def named(relationship: InstrumentedAttribute[Any], by: Callable[..., Any] = joinedload) -> Any:
    """Load the person a row names; what they may do is not asked.

    ``by`` is ``contains_eager`` where the question joins that person itself.
    """
    return by(relationship).options(lazyload(Person.assignments), lazyload(Person.seats))


def who_and_where(owner_by: Callable[..., Any] = joinedload) -> list[Any]:
    """The source, agency, owner and group of an action; ``owner_by`` as for ``named``."""
    return [
        joinedload(Action.source),
        joinedload(Action.agency),
        named(Action.owner, owner_by),
        joinedload(Action.group),
    ]


def for_the_policy(owner_by: Callable[..., Any] = joinedload) -> list[Any]:
    """What rows about an action name, and what the policy asks for; ``owner_by`` as for ``named``."""
    return [
        *who_and_where(owner_by),
        selectinload(Action.reminders),
        selectinload(Action.sign_offs),
        selectinload(Action.extension_requests),
    ]
