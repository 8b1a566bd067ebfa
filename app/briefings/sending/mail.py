"""What an issue says to one reader: the frozen words, with what is theirs alone in the places between.

The words are split once for each issue and process; for a reader only their own links are made.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from typing import Any

from flask import current_app
from markupsafe import escape
from sqlalchemy import select

from app.accounts import queries as accounts
from app.briefings import queries as briefings
from app.briefings.models import (
    BriefingIssue,
    BriefingLink,
    BriefingSettings,
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
from app.briefings.wording import briefing_name
from app.core.database import current_session
from app.core.hooks import MessageText, Pattern, Spliced
from app.core.letters import letter
from app.outbox.composing import Mailbox
from app.outbox.models import OutboxMessage
from app.outbox.rules import WrongAddress, checked_address


def wanted_while(message: Any) -> Any:
    """While the reader has not left or moved to another address, and the issue was not cancelled.

    Asked as a comparison with the one address, and not as whether there is one: that PostgreSQL would rather
    answer for all readers at once, for each message anew.
    """
    address = (
        select(Subscriber.email)
        .where(
            Delivery.message_id == message.c.id,
            Subscriber.id == Delivery.subscriber_id,
            Subscriber.state == SubscriberState.ACTIVE,
            BriefingIssue.id == Delivery.issue_id,
            BriefingIssue.state != IssueState.CANCELLED,
        )
        .correlate(message)
        .scalar_subquery()
    )
    return address == message.c.address


def still_wanted(message_id: int, on: date) -> bool:
    """Whether the reader has not left, and the issue was not cancelled."""
    table = OutboxMessage.metadata.tables[OutboxMessage.__tablename__]
    statement = select(table.c.id).where(table.c.id == message_id, wanted_while(table))
    return current_session().scalar(statement) is not None


def messages_spliced(message_ids: Sequence[int]) -> Mapping[int, Callable[[], Spliced]]:
    """What makes the words of each of the messages to its reader, when they are needed."""
    rows = queries.readers(message_ids)
    frozen = {issue_id: frozen_mail(issue_id) for issue_id in {row.issue_id for row in rows}}
    return {row.message_id: partial(frozen[row.issue_id].said_to, row.id, row.key) for row in rows}


def message_text(message_id: int, on: date) -> MessageText:
    """The words of one message, as it says them; they are kept nowhere."""
    said = messages_spliced([message_id])[message_id]()
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


@dataclass(frozen=True)
class _Measured:
    """What decides how the mail of an issue is made for its readers: another value, and it is made anew."""

    issue_id: int
    #: Of the frozen words: tells one freezing from another.
    digest: str
    ref: str
    link_key: str
    keeps_clicks: bool
    counts_opens: bool
    base_url: str


class FrozenMail:
    """A frozen issue as its readers' mail is made from it: the words between the places, and the places."""

    def __init__(self, measured: _Measured) -> None:
        frozen = (
            current_session()
            .scalars(select(FrozenBriefing).where(FrozenBriefing.issue_id == measured.issue_id))
            .one()
        )
        text, text_places = split(measured.link_key, frozen.text)
        html, html_places = split(measured.link_key, frozen.html)
        #: As much of the issue as signs a link; in no session.
        self.issue = BriefingIssue(ref=measured.ref, link_key=measured.link_key)
        self.pattern = Pattern(frozen.subject, text, html, _headers())
        # Where nothing is kept of a person, the picture would name the reader for nothing.
        self.counts_opens = measured.counts_opens and measured.keeps_clicks
        links_of_it = {place for place in (*text_places, *html_places) if place.kind is PlaceKind.LINK}
        numbers = sorted(place.number for place in links_of_it)
        its_links = select(BriefingLink.number, BriefingLink.url).where(
            BriefingLink.issue_id == measured.issue_id
        )
        #: Those that are every reader's alike, as it is kept of nobody that they followed them.
        nobodys = {row.number for row in current_session().execute(its_links) if signed.is_feedback(row.url)}
        self.addresses = signed.Addresses(self.issue, numbers, nobodys=nobodys)
        #: Where nobody's clicks are kept, every reader gets the same links.
        self.alike = None if measured.keeps_clicks else self.addresses.of(signed.NOBODY)
        order = {Place(PlaceKind.LINK, number): place for place, number in enumerate(numbers)}
        own = (PlaceKind.PREFERENCES, PlaceKind.LEAVE, PlaceKind.PICTURE)
        order |= {Place(kind): len(numbers) + place for place, kind in enumerate(own)}
        #: For each place, which of a reader's values stands there.
        self.text_order = [order[place] for place in text_places]
        self.html_order = [order[place] for place in html_places]

    def said_to(self, delivery_id: int, key: str) -> Spliced:
        """What the issue says to one reader, whose own key opens their pages."""
        leave = links.leave_url(key, self.issue.ref)
        values = [*(self.alike or self.addresses.of(delivery_id)), links.preferences_url(key), leave]
        as_html = [str(escape(value)) for value in values]
        picture = signed.picture(self.issue, delivery_id) if self.counts_opens else ""
        values.append("")
        as_html.append(str(picture))
        return Spliced(
            self.pattern,
            [values[place] for place in self.text_order],
            [as_html[place] for place in self.html_order],
            (("List-Unsubscribe", f"<{leave}>"),),
        )


@lru_cache(maxsize=4)
def _made_from(measured: _Measured) -> FrozenMail:
    return FrozenMail(measured)


def frozen_mail(issue_id: int) -> FrozenMail:
    """The issue as it was frozen, made once for each process as long as nothing it is made from changes."""
    row = (
        current_session()
        .execute(
            select(
                BriefingIssue.id,
                FrozenBriefing.digest,
                BriefingIssue.ref,
                BriefingIssue.link_key,
                BriefingSettings.keeps_clicks_of_people,
                BriefingSettings.counts_opens,
            )
            .join(FrozenBriefing, FrozenBriefing.issue_id == BriefingIssue.id)
            .join(BriefingSettings, BriefingSettings.id == 1)
            .where(BriefingIssue.id == issue_id)
        )
        .one()
    )
    return _made_from(_Measured(*row, current_app.config["BASE_URL"]))


def _headers() -> tuple[tuple[str, str], ...]:
    """What stands at the head of every mail of a briefing beside what stands at that of any mail."""
    partnership = accounts.partnership()
    label = re.sub(r"[^a-z0-9]+", "-", briefing_name().lower()).strip("-") or "briefing"
    headers = [
        ("List-Id", f"<{label}.{Mailbox.parse(current_app.config['MAIL_FROM']).domain}>"),
        # One click, without a page in between (RFC 8058).
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ]
    if partnership and partnership.help_email:
        with suppress(WrongAddress):
            headers.insert(0, ("Reply-To", checked_address(partnership.help_email)))
    return tuple(headers)


def stopped_still_wanted(message_id: int, on: date) -> bool:
    """Whether the issue stands still and nobody has given it another day."""
    issue = briefings.issue(_ref_of(current_session().get_one(OutboxMessage, message_id)))
    return issue.state == IssueState.PAUSED or _is_held_back(issue)


def _is_held_back(issue: BriefingIssue) -> bool:
    return issue.state == IssueState.CLEARED and issue.stopped_reason is not None


def stopped_text(message_id: int, on: date) -> MessageText:
    """That a sending paused itself or did not begin: the reference, and how many have and have not got it."""
    issue = briefings.issue(_ref_of(current_session().get_one(OutboxMessage, message_id)))
    partnership = accounts.partnership()
    progress = queries.progress(issue)
    return letter(
        "briefing_stopped",
        subject=f"{issue.ref} was not sent" if _is_held_back(issue) else f"{issue.ref} paused itself",
        ref=issue.ref,
        is_held_back=_is_held_back(issue),
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
