"""The notice that somebody broke the glass: who, when and the reference, and nothing of the case."""

from datetime import date

from flask import current_app

from app.accounts import queries as accounts
from app.accounts.cases import queries
from app.accounts.models import BrokenGlass, Person, SourceKind
from app.core.database import current_session
from app.core.filters import date_long
from app.core.hooks import MessageText
from app.core.letters import letter
from app.outbox.models import OutboxMessage


def still_wanted(message_id: int, on: date) -> bool:
    """Whether it goes to somebody who has not left and may still know of the case."""
    message = current_session().get_one(OutboxMessage, message_id)
    person = _recipient(message)
    if person is None or not person.active or person.email != message.address:
        return False
    return person.id not in queries.conflicted().get(_glass(message).source_ref, frozenset())


def message_text(message_id: int, on: date) -> MessageText:
    """The words of the notice."""
    message = current_session().get_one(OutboxMessage, message_id)
    glass, person = _glass(message), _recipient(message)
    partnership = accounts.partnership()
    source = queries.source(glass.source_ref)
    runs_it = person in queries.running(source)
    is_death = source.kind == SourceKind.CHILD_DEATH
    page = f"/{'child-deaths' if is_death else 'reviews'}/{glass.source_ref}/access"
    runs = "run child death reviews" if is_death else f"lead the team of {glass.source_ref}"
    return letter(
        "glass",
        subject=f"The glass of {glass.source_ref} was broken",
        ref=glass.source_ref,
        who=glass.person.name,
        on=date_long(glass.broken_on),
        url=current_app.config["BASE_URL"] + (page if runs_it else "/glass-broken"),
        why=f"You get this because you {runs if runs_it else 'oversee who breaks the glass'}.",
        partnership_name=partnership.name if partnership else "",
        help_email=partnership.help_email if partnership else None,
    )


def delivery_failed(message_id: int, reason: str) -> None:
    """Nothing hangs on it: the message's own entry says that it failed, and the list of the glass stands."""


def _glass(message: OutboxMessage) -> BrokenGlass:
    return queries.glass(int(message.dedupe_key.split(":")[1]))


def _recipient(message: OutboxMessage) -> Person | None:
    return None if message.recipient_id is None else current_session().get(Person, message.recipient_id)
