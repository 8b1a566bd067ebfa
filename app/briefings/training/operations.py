"""Every change to training: it is added, changed and withdrawn with a reason, never deleted."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.accounts.models import Area
from app.audit.operations import record
from app.briefings.models import EventKind, LearningEvent
from app.briefings.training import rules
from app.core import checks
from app.core.clock import now, today
from app.core.database import current_session, keep_for_change
from app.core.references import next_reference


def add(
    *,
    kind: str,
    title: str,
    about: str = "",
    held_on: date | None = None,
    where_and_when: str = "",
    url: str | None = None,
    area: Area | None = None,
) -> LearningEvent:
    """Add a training. Raises WordsMissing, DayMissing, LinkNotUsable."""
    session = current_session()
    values = _checked(kind, title, about, held_on, where_and_when, url, area)
    event = LearningEvent(ref=next_reference(session, "E"), created_at=now(), **values)
    session.add(event)
    session.flush()
    record(
        verb="event.create",
        subject=event.audit_subject,
        line=f"Added the training {event.ref}",
        before={},
        after=content(event),
    )
    return event


def change(
    *,
    event: LearningEvent,
    kind: str,
    title: str,
    about: str = "",
    held_on: date | None = None,
    where_and_when: str = "",
    url: str | None = None,
    area: Area | None = None,
) -> LearningEvent:
    """Change a training. Raises EventWithdrawn, WordsMissing, DayMissing, LinkNotUsable."""
    keep_for_change(event)
    rules.check_standing(event.withdrawn_on, ref=event.ref)
    before = content(event)
    for name, value in _checked(kind, title, about, held_on, where_and_when, url, area).items():
        setattr(event, name, value)
    current_session().flush()
    after = content(event)
    if after != before:
        record(
            verb="event.change",
            subject=event.audit_subject,
            line=f"Changed the training {event.ref}",
            before=before,
            after=after,
        )
    return event


def withdraw(*, event: LearningEvent, reason: str) -> LearningEvent:
    """Withdraw a training with a reason; no issue goes out with it. Raises EventWithdrawn, WordsMissing."""
    keep_for_change(event)
    rules.check_standing(event.withdrawn_on, ref=event.ref)
    event.withdrawn_reason = checks.words(reason, "Say why it is withdrawn", "reason")
    event.withdrawn_on = today()
    current_session().flush()
    record(
        verb="event.withdraw",
        subject=event.audit_subject,
        line=f"Withdrew the training {event.ref}",
        before={"withdrawn_on": None},
        after={"withdrawn_on": event.withdrawn_on, "reason": event.withdrawn_reason},
    )
    return event


def content(event: LearningEvent) -> Mapping[str, Any]:
    """What is held of a training, for the before and after of the trail."""
    return {
        "kind": str(event.kind),
        "title": event.title,
        "about": event.about,
        "held_on": event.held_on,
        "where_and_when": event.where_and_when,
        "url": event.url,
        "area": event.area.ref if event.area else None,
    }


def _checked(
    kind: str,
    title: str,
    about: str,
    held_on: date | None,
    where_and_when: str,
    url: str | None,
    area: Area | None,
) -> dict[str, Any]:
    chosen = EventKind(kind)
    return {
        "kind": chosen,
        "title": checks.words(title, "Enter what it is called", "title"),
        "about": about,
        "held_on": rules.check_day(chosen, held_on),
        "where_and_when": where_and_when,
        "url": checks.link(url, field="url"),
        "area": area,
    }
