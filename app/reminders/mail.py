"""The words of a reminder as it arrives; judged for the day it was queued for, however late it is sent."""

from datetime import date
from functools import cache
from typing import Any

from flask import current_app

from app.accounts import queries as accounts
from app.core.database import current_session
from app.core.filters import plural
from app.core.holidays import working_days
from app.core.hooks import MessageText
from app.core.look import SERVICE_NAME
from app.outbox.models import OutboxMessage
from app.reminders import dues, queries, words
from app.reminders.operations import keep_what_is_true, note_failure, note_refusal
from app.reminders.words import Owed


def still_wanted(message_id: int, on: date) -> bool:
    """Whether the message still has something true to say to somebody who has not left."""
    message = _message(message_id)
    if message.recipient_id is None or not queries.is_active(message.recipient_id):
        return False
    return any(item.is_true for item in queries.message_items(message_id)) or _undelivered(message) > 0


def message_text(message_id: int, on: date) -> MessageText:
    """The words of the message, without what is no longer true: that is taken out for good."""
    message = _message(message_id)
    owed = [
        Owed(
            item.about_ref,
            item.due_on,
            item.tier,
            item.stands_in,
            item.agency,
            item.group,
            item.kind,
            item.on_behalf_of,
        )
        for item in keep_what_is_true(message_id)
    ]
    partnership = accounts.partnership()
    return reminder_text(
        owed,
        on=on,
        undelivered=_undelivered(message),
        stands_in_as=_stands_in_as(message, owed),
        base_url=current_app.config["BASE_URL"],
        partnership_name=partnership.name if partnership else "",
        help_email=partnership.help_email if partnership else None,
    )


def delivery_failed(message_id: int, reason: str) -> None:
    """Put the failure on the timelines, and the address on the list of who looks after the account."""
    note_failure(message_id)
    note_refusal(message_id=message_id, reason=reason)


def nudge_still_wanted(message_id: int, on: date) -> bool:
    """Whether what it is about is still owed, by whom the message asks, and they may know of the case."""
    nudge = queries.nudge_of_message(message_id)
    if nudge is None or not queries.is_active(nudge.recipient_id):
        return False
    now = dues.standing([nudge.subject_ref]).get(nudge.subject_ref)
    return (
        now is not None
        and now.is_owed
        and nudge.recipient_id in now.owner_ids
        and now.due.source_ref not in queries.conflicts_of(nudge.recipient_id)
    )


def nudge_failed(message_id: int, reason: str) -> None:
    """Put the address on the list of who looks after the account."""
    note_refusal(message_id=message_id, reason=reason)


def nudge_text(message_id: int, on: date) -> MessageText:
    """That somebody asks about an action or a return: its reference, and where to read what they ask."""
    nudge = queries.nudge_of_message(message_id)
    assert nudge is not None, "the message was queued for a nudge"
    now = dues.standing([nudge.subject_ref])[nudge.subject_ref]
    noun = words.noun(now.due.kind)
    partnership = accounts.partnership()
    context: dict[str, Any] = {
        "subject": f"{nudge.subject_ref}: somebody asks how it is going",
        "ref": nudge.subject_ref,
        "about": f"{noun.article} {noun.one}",
        "can_not": noun.can_not.format(it="it"),
        "due_on": now.due.due_on,
        "asked_by": nudge.nudged_by.name if nudge.nudged_by else "Somebody",
        "button": "Read what is asked",
        "button_url": f"{current_app.config['BASE_URL']}{noun.address}{nudge.subject_ref}",
        "why": f"You get this because you {words.owns(now.due.kind, 1)} for {now.agency}.",
        "service_name": SERVICE_NAME,
        "partnership_name": partnership.name if partnership else "",
        "help_email": partnership.help_email if partnership else None,
    }
    return _rendered("nudge", context)


def reminder_text(
    owed: list[Owed],
    *,
    on: date,
    base_url: str,
    partnership_name: str,
    help_email: str | None,
    undelivered: int = 0,
    stands_in_as: str = words.BOARD_MANAGER,
) -> MessageText:
    """One person's reminder of one day: subject, plain text and HTML."""
    button, path = words.button(owed)
    context: dict[str, Any] = {
        "subject": words.subject(owed, on, undelivered),
        "sections": words.sections(owed, on, working_days(), stands_in_as),
        "undelivered": plural(undelivered, "message") if undelivered else "",
        "button": button,
        "button_url": f"{base_url}{path}",
        "can_not": words.can_not(owed),
        "why": words.why(owed, stands_in_as),
        "service_name": SERVICE_NAME,
        "partnership_name": partnership_name,
        "help_email": help_email,
    }
    return _rendered("reminder", context)


def _rendered(template: str, context: dict[str, Any]) -> MessageText:
    # Not render_template: it would ask for what only a page has, such as who is signed in.
    environment = current_app.jinja_env
    return MessageText(
        subject=context["subject"],
        text=environment.get_template(f"emails/{template}.txt").render(context),
        html=_inliner().inline(environment.get_template(f"emails/{template}.html").render(context)),
    )


def _message(message_id: int) -> OutboxMessage:
    return current_session().get_one(OutboxMessage, message_id)


def _stands_in_as(message: OutboxMessage, owed: list[Owed]) -> str:
    """What the person is, where they stand in for whom nobody is: mostly board manager."""
    if not any(one.stands_in for one in owed) or queries.is_board_manager(message.recipient_id or 0):
        return words.BOARD_MANAGER
    return words.INDEPENDENT_CHAIR


def _undelivered(message: OutboxMessage) -> int:
    """How many failed messages this one tells of: it is for board managers only."""
    person_id = message.recipient_id
    if person_id is None or not queries.is_board_manager(person_id):
        return 0
    return queries.undelivered_since_last(person_id, before=message.queued_at)


@cache
def _inliner() -> Any:
    """What writes the style sheet's rules into the elements; mail programs read no style sheets."""
    # Imported on first use: commands that send nothing start without it.
    import css_inline

    return css_inline.CSSInliner(load_remote_stylesheets=False)
