"""What messages say, as bytes for the line: one message by itself, or a group from its pattern."""

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from app.core.clock import london, machine_now
from app.core.hooks import Spliced, message_text, messages_spliced, wanted_while
from app.core.transactions import apart
from app.outbox.composing import Mailbox, Parcel, compose, compose_spliced
from app.outbox.operations import claims, marks
from app.outbox.operations.marks import Begun
from app.outbox.queries import Addressed
from app.outbox.rules import LONGEST_SUBJECT, clean_text, one_line

logger = logging.getLogger(__name__)


class Ready(NamedTuple):
    """A message of the group at hand whose words are there before it is begun."""

    message: Addressed
    spliced: Callable[[], Spliced]


class Words:
    """Makes the bytes of messages from one sender."""

    def __init__(self, sender: Mailbox) -> None:
        self.sender = sender
        #: Of the group at hand, the messages that are sent by the thousand, by number.
        self._ready: dict[int, Ready] = {}
        #: The bytes of the message that is likely next, where they were made while the last was on its way.
        self._next: tuple[int, Parcel] | None = None

    def make_ready(self, group: claims.Group) -> None:
        """Have the words of what is sent by the thousand made for the whole group.

        Where a room fails at that, each message is asked for by itself, and steps aside by itself.
        """
        self._ready, self._next = {}, None
        if group.batch is None:
            return
        try:
            with apart(reading=True):
                for kind in {message.kind for message in group.messages} & wanted_while.kinds:
                    theirs = {message.id: message for message in group.messages if message.kind == kind}
                    for message_id, spliced in messages_spliced.ask(kind, list(theirs)).items():
                        self._ready[message_id] = Ready(theirs[message_id], spliced)
        except Exception as error:
            logger.error("The words of a group could not be made at once (%s).", type(error).__name__)
            self._ready = {}

    def ready(self, message_id: int) -> Addressed | None:
        """The message as it was claimed, where its words are ready."""
        ready = self._ready.get(message_id)
        return None if ready is None else ready.message

    def make_next(self, message_id: int) -> Parcel | None:
        """The bytes of a message whose words are ready, made once; none where that fails.

        Nothing is begun by that: whether it may be is judged later.
        """
        if self._next is None or self._next[0] != message_id:
            self._next = None
            ready = self._ready.get(message_id)
            if ready is not None:
                # Whatever is wrong with the message is found out again when it is begun, and told there.
                with suppress(Exception):
                    self._next = message_id, self._spliced(ready.message, ready.spliced())
        return None if self._next is None else self._next[1]

    def parcel(self, message: Begun) -> Parcel:
        """The bytes of a message that has begun, from the words kept at its first attempt or made now."""
        if message.kind in messages_spliced.kinds:
            ready = self._ready.get(message.id)
            if ready is not None and ready.message.address == message.address:
                return self._spliced(message, ready.spliced())
            # Whoever moved since has other links too.
            spliced = messages_spliced.ask(message.kind, [message.id])[message.id]
            return self._spliced(message, spliced())
        subject, text, html = message.subject, message.text_body, message.html_body
        if subject is None or text is None or html is None:
            words = message_text.ask(message.kind, message.id, message.business_on)
            subject = one_line(words.subject, LONGEST_SUBJECT)
            text, html = clean_text(words.text), clean_text(words.html)
            if words.kept:
                marks.keep_words(message.id, subject=subject, text=text, html=html)
        return compose(
            sender=self.sender,
            recipient=message.address,
            message_id=message.message_id,
            sent_at=london(machine_now()),
            subject=subject,
            text=text,
            html=html,
        )

    def _spliced(self, message: Addressed | Begun, spliced: Spliced) -> Parcel:
        return compose_spliced(
            sender=self.sender,
            recipient=message.address,
            message_id=message.message_id,
            sent_at=london(machine_now()),
            spliced=spliced,
        )
