"""What may be written on an action, and when: updates and evidence."""

from enum import StrEnum
from urllib.parse import urlsplit

from app.actions.rules.lifecycle import Status, check_not_closed
from app.core.errors import RuleBroken


class EvidenceKind(StrEnum):
    """What a piece of evidence is."""

    WORDS = "words"
    LINK = "link"


class Nature(StrEnum):
    """What kind of thing a piece of evidence is."""

    DOCUMENT = "document"
    AUDIT = "audit"
    DATA = "data"
    OBSERVATION = "observation"
    VOICE = "voice"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The kind as screens write it."""
        return _NATURE_LABELS[self]

    @property
    def word(self) -> str:
        """The kind in a word."""
        return "Voice" if self is Nature.VOICE else self.value.capitalize()


_NATURE_LABELS = {
    Nature.DOCUMENT: "Document, such as a policy or minutes",
    Nature.AUDIT: "Audit",
    Nature.DATA: "Data",
    Nature.OBSERVATION: "Observation of practice",
    Nature.VOICE: "What children, families or practitioners say",
    Nature.OTHER: "Something else",
}


class WordsMissing(RuleBroken):
    """A text that the record cannot do without is empty."""


class NotAgreed(RuleBroken):
    """A draft has nothing to report on yet."""


class LinkNotUsable(RuleBroken):
    """The address of the evidence is not one that a browser can open."""


def check_update(*, status: Status, words: str | None) -> None:
    """Check an update on how it is going.

    Updates may be added until an action closes, also while it waits.
    Raises NotAgreed, RecordClosed, WordsMissing.
    """
    check_reportable(status)
    if not (words or "").strip():
        raise WordsMissing("Say what has happened", "words")


def check_evidence(*, status: Status, kind: EvidenceKind, shows: str | None, link: str | None) -> None:
    """Check a piece of evidence: it always says what it shows, and a link leads to it.

    Raises NotAgreed, RecordClosed, WordsMissing, LinkNotUsable.
    """
    check_reportable(status)
    if not (shows or "").strip():
        raise WordsMissing("Say what the evidence shows", "shows")
    if kind is EvidenceKind.LINK and not _opens_in_a_browser((link or "").strip()):
        raise LinkNotUsable("Enter a link that begins with https:// or http://", "link")


def check_reportable(status: Status) -> None:
    """Check that there is something to report on. Raises NotAgreed, RecordClosed."""
    check_not_closed(status)
    if status is Status.DRAFT:
        raise NotAgreed("This action is still a draft. Agree it first")


def _opens_in_a_browser(address: str) -> bool:
    # Anything else, such as a script in place of an address, would run when somebody opens the evidence.
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    # A name and password in the address would be kept, and shown to everyone who opens the action.
    return (
        parts.scheme in ("http", "https")
        and bool(host)
        and "@" not in parts.netloc
        and not any(sign.isspace() for sign in address)
    )
