"""What an issue says to one reader: the frozen words, with what is theirs alone in the places between.

The words are split once for each issue and process; for a reader only their own links are made.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from flask import current_app
from markupsafe import escape
from sqlalchemy import exists, select
from sqlalchemy.orm import load_only

from app.accounts import queries as accounts
from app.briefings import queries as briefings
from app.briefings.models import (
    BriefingIssue,
    Delivery,
    FrozenBriefing,
    IssueState,
    Subscriber,
    SubscriberState,
)
from app.briefings.reading.places import Place, PlaceKind, split
from app.briefings.results import links as signed
from app.briefings.sending import queries
from app.briefings.subscribers import links
from app.core.database import current_session
from app.core.hooks import MessageText, Pattern, Spliced
from app.core.letters import letter
from app.outbox.composing import Mailbox
from app.outbox.models import OutboxMessage
from app.outbox.rules import WrongAddress, checked_address

#: In these an issue goes on, or will.
_GOES = (IssueState.SENDING, IssueState.PAUSED)


def wanted_while(message: Any) -> Any:
    """While the reader has not left, and the issue was not cancelled."""
    return (
        exists()
        .where(
            Delivery.message_id == message.c.id,
            Subscriber.id == Delivery.subscriber_id,
            Subscriber.state == SubscriberState.ACTIVE,
            BriefingIssue.id == Delivery.issue_id,
            BriefingIssue.state != IssueState.CANCELLED,
        )
        .correlate(message)
    )


def still_wanted(message_id: int, on: date) -> bool:
    """Whether the reader has not left, and the issue was not cancelled."""
    table = OutboxMessage.metadata.tables[OutboxMessage.__tablename__]
    statement = select(table.c.id).where(table.c.id == message_id, wanted_while(table))
    return current_session().scalar(statement) is not None


def messages_spliced(message_ids: Sequence[int]) -> Mapping[int, Spliced]:
    """What each of the messages says to its reader."""
    rows = queries.readers(message_ids)
    frozen = {issue_id: _Frozen.of(issue_id) for issue_id in {row.issue_id for row in rows}}
    return {
        row.message_id: frozen[row.issue_id].said_to(row.id, row.key)
        for row in rows
        if row.message_id is not None
    }


def message_text(message_id: int, on: date) -> MessageText:
    """The words of one message, as it says them; they are kept nowhere."""
    said = messages_spliced([message_id])[message_id]
    pattern = said.pattern
    return MessageText(
        subject=pattern.subject,
        text=_joined(pattern.text, said.text),
        html=_joined(pattern.html, said.html),
        kept=False,
    )


def _joined(pieces: Sequence[str], values: Sequence[str]) -> str:
    return pieces[0] + "".join(value + piece for value, piece in zip(values, pieces[1:], strict=True))


def delivery_failed(message_id: int, reason: str) -> None:
    """Nothing at once: the job of the sending writes down what became of every message."""


class _Frozen:
    """A frozen issue as its readers' mail is made from it."""

    def __init__(self, issue: BriefingIssue, pattern: Pattern, text: Any, html: Any) -> None:
        settings = briefings.settings()
        self.issue = issue
        self.pattern = pattern
        self.text: tuple[Place, ...] = text
        self.html: tuple[Place, ...] = html
        self.keeps_clicks = settings.keeps_clicks_of_people
        self.counts_opens = settings.counts_opens
        self.numbers = {place.number for place in (*text, *html) if place.kind is PlaceKind.LINK}
        #: What every reader gets alike, where nobody's clicks are kept.
        self.alike = None if self.keeps_clicks else self._links(signed.NOBODY)

    @classmethod
    def of(cls, issue_id: int) -> "_Frozen":
        """The issue as it was frozen, and what is measured of it now."""
        issue = (
            current_session()
            .scalars(
                select(BriefingIssue)
                .where(BriefingIssue.id == issue_id)
                .options(load_only(BriefingIssue.ref, BriefingIssue.link_key))
            )
            .one()
        )
        digest = (
            current_session()
            .scalars(select(FrozenBriefing.digest).where(FrozenBriefing.issue_id == issue_id))
            .one()
        )
        partnership = accounts.partnership()
        return cls(
            issue,
            *_split(
                issue_id,
                digest,
                issue.link_key,
                partnership.briefing_name if partnership else "",
                partnership.help_email if partnership else None,
                Mailbox.parse(current_app.config["MAIL_FROM"]).domain,
            ),
        )

    def said_to(self, delivery_id: int, key: str) -> Spliced:
        """What the issue says to one reader, whose own key opens their pages."""
        theirs = self.alike or self._links(delivery_id)
        leave = links.leave_url(key, self.issue.ref)
        values: dict[Place, str] = {
            **theirs,
            Place(PlaceKind.PREFERENCES): links.preferences_url(key),
            Place(PlaceKind.LEAVE): leave,
        }
        picture = Place(PlaceKind.PICTURE)
        as_html = {place: str(escape(value)) for place, value in values.items()}
        as_html[picture] = str(signed.picture(self.issue, delivery_id)) if self.counts_opens else ""
        values[picture] = ""
        return Spliced(
            self.pattern,
            [values[place] for place in self.text],
            [as_html[place] for place in self.html],
            (("List-Unsubscribe", f"<{leave}>"),),
        )

    def _links(self, delivery_id: int) -> dict[Place, str]:
        return {
            Place(PlaceKind.LINK, number): signed.address(self.issue, delivery_id, number)
            for number in self.numbers
        }


@lru_cache(maxsize=4)
def _split(
    issue_id: int, digest: str, link_key: str, name: str, help_email: str | None, domain: str
) -> tuple[Pattern, tuple[Place, ...], tuple[Place, ...]]:
    """The frozen words between the places, and the places; ``digest`` tells one freezing from another."""
    frozen = (
        current_session().scalars(select(FrozenBriefing).where(FrozenBriefing.issue_id == issue_id)).one()
    )
    text, text_places = split(link_key, frozen.text)
    html, html_places = split(link_key, frozen.html)
    label = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "briefing"
    headers = [
        ("List-Id", f"<{label}.{domain}>"),
        # One click, without a page in between (RFC 8058).
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ]
    try:
        if help_email:
            headers.insert(0, ("Reply-To", checked_address(help_email)))
    except WrongAddress:
        pass
    return Pattern(frozen.subject, text, html, tuple(headers)), text_places, html_places


def stopped_still_wanted(message_id: int, on: date) -> bool:
    """Whether the sending stands still, and the editor has not left."""
    message = current_session().get_one(OutboxMessage, message_id)
    return briefings.issue(_ref_of(message)).state == IssueState.PAUSED


def stopped_text(message_id: int, on: date) -> MessageText:
    """That a sending paused itself: the reference, and how many have and have not got it."""
    issue = briefings.issue(_ref_of(current_session().get_one(OutboxMessage, message_id)))
    partnership = accounts.partnership()
    progress = queries.progress(issue)
    return letter(
        "briefing_stopped",
        subject=f"{issue.ref} paused itself",
        ref=issue.ref,
        progress=progress,
        url=f"{current_app.config['BASE_URL']}/briefings/{issue.ref}/sending",
        why="You get this because you send the briefing.",
        partnership_name=partnership.name if partnership else "",
        help_email=partnership.help_email if partnership else None,
    )


def stopped_failed(message_id: int, reason: str) -> None:
    """Nothing hangs on it: the page of the sending says the same."""


def _ref_of(message: OutboxMessage) -> str:
    return message.dedupe_key.split(":")[1]
