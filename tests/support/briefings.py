"""Builders of the records of briefings, as the demonstration's day finds them."""

from typing import Any

from app.briefings.models import (
    Basis,
    BriefingIssue,
    BriefingItem,
    EventKind,
    LearningEvent,
    Section,
    Subscriber,
    SubscriberState,
)
from app.core.clock import machine_now
from app.core.database import current_session
from app.core.references import next_reference
from tests.support.world import DAY


def make_issue(*, items: int = 0, **values: Any) -> BriefingIssue:
    """A draft of March 2017 that nobody has written in, with so many items in an editor's words."""
    session = current_session()
    issue = BriefingIssue(
        **{
            "ref": next_reference(session, "B"),
            "period": "2017-03",
            "number": 1,
            "title": "What we learned this month",
            "headline": "Ask who else lives in the home",
            "introduction": "Three things to talk about in your team.",
            "prepared_on": DAY,
            "created_at": machine_now(),
            **values,
        }
    )
    issue.items = [make_item(position=number, heading=f"Item {number}") for number in range(1, items + 1)]
    session.add(issue)
    session.flush()
    return issue


def make_item(**values: Any) -> BriefingItem:
    """An item that was made from no record."""
    return BriefingItem(
        **{
            "position": 1,
            "section": Section.LEARNING,
            "heading": "Think about the whole family",
            "what_happened": "Services knew parts of a family.",
            "what_we_learned": "Adult services hold what children's services need.",
            "what_you_should_do": "Ask who else lives in the home.",
            **values,
        }
    )


def make_subscriber(**values: Any) -> Subscriber:
    """Somebody who signed up, confirmed, and gets the briefing."""
    session = current_session()
    ref = next_reference(session, "S")
    subscriber = Subscriber(
        **{
            "ref": ref,
            "email": f"{ref.lower()}@example.org",
            "state": SubscriberState.ACTIVE,
            "basis": Basis.SIGNED_UP,
            "signed_up_on": DAY,
            "confirmed_on": DAY,
            "created_at": machine_now(),
            **values,
        }
    )
    session.add(subscriber)
    session.flush()
    return subscriber


def make_event(**values: Any) -> LearningEvent:
    """A course ahead."""
    session = current_session()
    event = LearningEvent(
        **{
            "ref": next_reference(session, "E"),
            "kind": EventKind.COURSE,
            "title": "Domestic abuse: routine enquiry",
            "held_on": DAY.replace(month=4, day=20),
            "where_and_when": "9:30am to 12:30pm, Hackney Town Hall",
            "url": "https://training.example.org/routine-enquiry",
            "created_at": machine_now(),
            **values,
        }
    )
    session.add(event)
    session.flush()
    return event
