"""Freezing an issue: its words as they were cleared, and the only addresses its links lead to."""

import secrets
from functools import partial
from hashlib import sha256

from app.briefings.models import BriefingIssue, BriefingItem, BriefingLink, FrozenBriefing
from app.briefings.reading import places, words
from app.briefings.reading.content import content
from app.briefings.training import queries as training
from app.core.clock import machine_now
from app.core.database import current_session
from app.lessons.operations import digest as lesson_digest

#: So many bytes of chance in the key that marks the places and signs the links.
KEY_BYTES = 12


def freeze(issue: BriefingIssue) -> FrozenBriefing:
    """Make and keep the mail of an issue as it stands; what was frozen before, and its links, go.

    The key is made anew each time: nobody has seen it while the words were written, so that nothing in them
    can be taken for a place where a reader's own link stands. Called in the change that clears the issue.
    """
    # Flushed before the new ones: an issue has one frozen mail, and each number once.
    issue.frozen, issue.links = None, []
    current_session().flush()
    issue.link_key = secrets.token_hex(KEY_BYTES)
    for item in issue.items:
        _freeze_origin(item)
    said = content(issue)
    issue.links = [
        BriefingLink(number=each.number, item_id=each.item_id, url=each.url, words=each.words)
        for each in said.links
    ]
    made = words.laid_out(said, partial(places.mark, issue.link_key))
    issue.frozen = FrozenBriefing(
        subject=made.subject,
        text=made.text,
        html=made.html,
        digest=digest(made),
        frozen_at=machine_now(),
    )
    current_session().flush()
    return issue.frozen


def _freeze_origin(item: BriefingItem) -> None:
    """Keep what readers are told of a training, and by what a change of an item's origin is noticed."""
    lesson, event = item.lesson, item.event
    item.lesson_digest = None if lesson is None else lesson_digest(lesson)
    item.event_digest = None if event is None else training.digest(event)
    if event is not None and item.event_where is None:
        # An issue from a file may say what was told before the training moved.
        item.event_on, item.event_where = event.held_on, event.where_and_when


def thaw(issue: BriefingIssue) -> None:
    """Throw away what was frozen of an issue that becomes a draft again."""
    issue.frozen, issue.links, issue.link_key = None, [], ""
    for item in issue.items:
        item.lesson_digest = item.event_digest = item.event_on = item.event_where = None


def freeze_again(issue: BriefingIssue) -> FrozenBriefing:
    """Make the frozen mail anew of what a redaction left, under the key and with the links it has.

    Links that were sent go on to work: each keeps its number and where it leads.
    """
    assert issue.frozen is not None, "only what was frozen is made anew"
    said = content(issue)
    called = {each.number: each.words for each in said.links}
    for link in issue.links:
        link.words = called.get(link.number, link.words)
    made = words.laid_out(said, partial(places.mark, issue.link_key))
    issue.frozen.subject, issue.frozen.text, issue.frozen.html = made.subject, made.text, made.html
    issue.frozen.digest = digest(made)
    current_session().flush()
    return issue.frozen


def digest(made: words.Rendered) -> str:
    """Of subject, plain text and HTML together; the lengths keep one from running into the next."""
    parts = (made.subject, made.text, made.html)
    return sha256("".join(f"{len(part)}:{part}" for part in parts).encode()).hexdigest()
