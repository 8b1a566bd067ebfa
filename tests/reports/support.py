"""What the tests of threads and homes share: records at the places where the pages look for them."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import html5lib

from app.accounts.queries import person_by_ref
from app.actions.models import Action, ActionUpdate, ExtensionRequest, SignOff
from app.actions.standing import keep
from app.core.clock import machine_now
from app.core.database import current_session
from app.lessons.models import Lesson
from app.outbox.models import OutboxMessage
from app.reminders.models import Reminder
from app.reviews.models import Review
from tests.support.client import PageClient
from tests.support.world import DAY, make_action, make_evidence, make_lesson, make_review

Sign = Callable[[str], PageClient]


def words(answer: Any) -> str:
    """The words of a page, as somebody reads them."""
    tree = html5lib.parse(answer.get_data(as_text=True), namespaceHTMLElements=False)
    return " ".join(" ".join(tree.find(".//main").itertext()).split())


def html(answer: Any) -> str:
    """The page as it was sent."""
    text: str = answer.get_data(as_text=True)
    return text


def part(answer: Any, begins: str, ends: str | None = None) -> str:
    """The words of a page from one text on, up to another."""
    text = words(answer)
    assert begins in text, text
    rest = text[text.index(begins) :]
    return rest[: rest.index(ends)] if ends else rest


def numbers(answer: Any) -> dict[str, int]:
    """The figures on the tiles of a home: what each counts, and how many."""
    found = re.findall(
        r'tile__value">([\d,]+)</span> <span class="tile__label">(.*?)</span>', html(answer), re.S
    )
    return {label: int(value.replace(",", "")) for value, label in found}


def sent(action: Action, on: date = date(2017, 3, 22)) -> SignOff:
    """Send an action for sign-off, with evidence."""
    if not action.evidence:
        make_evidence(action)
    action.status = "submitted"
    sign_off = SignOff(
        ref=f"{action.ref}-S{len(action.sign_offs) + 1}",
        sent_on=on,
        sent_by=action.owner,
        what_is_different="Plans are found where they are needed.",
    )
    action.sign_offs.append(sign_off)
    current_session().flush()
    keep(action, on=DAY)
    return sign_off


def signed_off(action: Action, on: date = date(2017, 1, 18)) -> None:
    """Sign an action off."""
    sign_off = sent(action, date(2017, 1, 9))
    sign_off.decision, sign_off.decided_on = "accepted", on
    sign_off.decided_by = person_by_ref("scr.chair")
    action.status, action.closed_on = "complete", on
    current_session().flush()
    keep(action, on=DAY)


def more_time(
    action: Action, *, decider: str = "board_manager", on: date = date(2017, 3, 22)
) -> ExtensionRequest:
    """Ask for more time about an action."""
    assert action.due_on is not None
    request = ExtensionRequest(
        ref=f"{action.ref}-X{len(action.extension_requests) + 1}",
        action=action,
        asked_on=on,
        asked_by=action.owner,
        from_due_on=action.due_on,
        new_due_on=date(2017, 6, 30),
        reason_code="approval_cycle",
        interim_safeguard="The old protocol stays in force.",
        decider=decider,
    )
    current_session().add(request)
    current_session().flush()
    return request


def updated(action: Action, view: str = "on_track", on: date = date(2017, 3, 3)) -> None:
    """Update an action."""
    action.updates.append(
        ActionUpdate(
            ref=f"{action.ref}-U{len(action.updates) + 1}",
            written_on=on,
            written_by=action.owner,
            words="The wording is agreed.",
            owner_view=view,
        )
    )
    current_session().flush()
    keep(action, on=DAY)


def remind(
    action: Action,
    *,
    on: date,
    rung: str = "owner+8",
    tier: str = "owner",
    to: str = "homerton.owner",
    state: str = "sent",
) -> None:
    """Put a reminder about an action on the ledger, with its message."""
    session, person = current_session(), person_by_ref(to)
    key = f"reminder:{person.id}:{on}:{action.ref}"
    message = OutboxMessage(
        dedupe_key=key,
        message_id=f"<{key}@example.org>",
        kind="reminder",
        recipient_id=person.id,
        address=person.email,
        business_on=on,
        state=state,
        next_attempt_at=machine_now(),
        queued_at=machine_now(),
    )
    session.add(message)
    session.flush()
    session.add(
        Reminder(
            subject_kind="action",
            subject_ref=action.ref,
            rung=rung,
            tier=tier,
            due_on=action.due_on,
            recipient_id=person.id,
            queued_on=on,
            queued_at=machine_now(),
            message_id=message.id,
        )
    )
    session.flush()


def a_thread() -> tuple[Review, Lesson]:
    """A review of the SCR Sub-Group called Child Z, with one published lesson."""
    review = make_review(caption="Child Z")
    return review, make_lesson(review, sharing="published", number=1)


def many(lesson: Lesson, count: int) -> None:
    """As many actions that answer a lesson, each updated, proven, sent, asked about and reminded of."""
    for _ in range(count):
        action = make_action(lesson, due_on=date(2017, 3, 16))
        updated(action)
        more_time(action)
        remind(action, on=date(2017, 3, 24))
        sent(make_action(lesson))
        signed_off(make_action(lesson))
