"""Signed addresses that a mail carries: they lead only where the issue itself leads.

Each is signed with the random key of its issue, so that nobody makes one up, and none is an open door to
elsewhere: what an address names is looked up among the links that were fixed when the issue was cleared. The
signature stands in the query string, which no log keeps. An issue without a key has no signed addresses.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from flask import current_app
from markupsafe import Markup
from sqlalchemy import ColumnElement

from app.briefings.models import BriefingIssue, BriefingLink

#: The delivery that stands in an address where no clicks of people are kept.
NOBODY = 0
#: The agency that stands in an address which lets the reader say of which agency the team is.
ANY_AGENCY = 0
#: What every address has in it by which a reader says what they think.
_FEEDBACK = "/feedback?on="
#: So many bytes of the signature are kept: 128 bits cannot be guessed, and the address stays short.
_SIGNATURE_BYTES = 16
#: What a signed address may hold, by how many numbers stand in it. A longer number is no row of ours.
_SHAPES = {
    count: re.compile(rf"[A-Z]{{1,4}}-[0-9]{{1,8}}(?:\.[0-9]{{1,15}}){{{count}}}\.[A-Za-z0-9_-]{{1,64}}")
    for count in range(3)
}


class Purpose(StrEnum):
    """What an address is for; part of what is signed, so that none does another's work."""

    GO = "go"
    OPENED = "opened"
    DISCUSSED = "discussed"
    FEEDBACK = "feedback"


def address(issue: BriefingIssue, delivery_id: int, number: int) -> str:
    """The whole address of a link of the issue, for one reader.

    ``delivery_id`` is NOBODY where the partnership keeps no clicks of people.
    """
    return Addresses(issue, [number]).of(delivery_id)[0]


class Addresses:
    """The addresses of links of an issue, for thousands of readers: what they have in common is made once.

    In those of ``nobodys`` numbers stands NOBODY, whoever gets them.
    """

    def __init__(
        self, issue: BriefingIssue, numbers: Sequence[int], *, nobodys: Collection[int] = ()
    ) -> None:
        before = f"{_base()}/go?to="
        self._common = [
            (f"{before}{words}", _signing(issue.link_key, Purpose.GO, words), number in nobodys)
            for number, words in ((number, f"{issue.ref}.{number}.") for number in numbers)
        ]

    def of(self, delivery_id: int) -> list[str]:
        """Those for one reader, in the order of the numbers."""
        made = []
        for before, common, is_nobodys in self._common:
            last = str(NOBODY if is_nobodys else delivery_id)
            signing = common.copy()
            signing.update(last.encode())
            made.append(f"{before}{last}.{_written(signing)}")
        return made


def picture(issue: BriefingIssue, delivery_id: int) -> Markup:
    """The whole picture that tells of an opening, as HTML; nothing where the delivery is NOBODY."""
    if delivery_id == NOBODY:
        return Markup("")
    source = f"{_base()}/opened?of={_signed(issue, Purpose.OPENED, delivery_id)}"
    return Markup('<img src="{}" width="1" height="1" alt="" border="0">').format(source)


def feedback(issue: BriefingIssue) -> str:
    """The whole address where a reader without an account says how useful the issue was."""
    return f"{_base()}{_FEEDBACK}{_signed(issue, Purpose.FEEDBACK)}"


def discussed(issue: BriefingIssue, agency_id: int) -> str:
    """The whole address where a team says, without an account, that it discussed the issue.

    Of the agency that the address names; with ANY_AGENCY, of the one that whoever fills it in chooses.
    """
    return f"{_base()}/discussed?link={_signed(issue, Purpose.DISCUSSED, agency_id)}"


def team_version(issue: BriefingIssue, agency_id: int) -> str:
    """The whole address of the page for teams whose copy carries the address of ``discussed``.

    Also for a lead who opens it without having signed in.
    """
    link = _signed(issue, Purpose.DISCUSSED, agency_id)
    return f"{_base()}/briefings/{issue.ref}/team.pdf?link={link}"


def agency_for(issue: BriefingIssue, typed: str) -> int | None:
    """The agency whose teams a link of this issue lets tell of it, or ANY_AGENCY; null for any other."""
    named = read(typed, numbers=1)
    if named is None or named.ref != issue.ref or not named.is_signed_for(Purpose.DISCUSSED, issue.link_key):
        return None
    return named.numbers[0]


def is_feedback(url: str) -> bool:
    """Whether a link of an issue leads where readers say what they think, without who they are.

    It is every reader's alike, and who followed it is not kept: beside the day it would tell who said what.
    """
    return _FEEDBACK in url


def leads_to_somebodys() -> ColumnElement[bool]:
    """Whether the link of a row is one of which it may be kept who followed it; as ``is_feedback`` has it."""
    return ~BriefingLink.url.contains(_FEEDBACK, autoescape=True)


@dataclass(frozen=True)
class Named:
    """What an address names, before anybody looked whether its signature is right."""

    ref: str
    numbers: tuple[int, ...]
    signature: str

    def is_signed_for(self, purpose: Purpose, link_key: str) -> bool:
        """Whether the issue's own key signed exactly this, for this purpose; in constant time."""
        # An issue from a file has no key, and an empty key is everybody's.
        if not link_key:
            return False
        return hmac.compare_digest(_signature(link_key, purpose, self._words), self.signature)

    @property
    def _words(self) -> str:
        return ".".join((self.ref, *map(str, self.numbers)))


def read(typed: str, *, numbers: int) -> Named | None:
    """What the value of a signed address names; null for what is not of that shape.

    Only the one way of writing it that we write is taken: the signature is over the words themselves.
    """
    if _SHAPES[numbers].fullmatch(typed) is None:
        return None
    ref, *given, signature = typed.split(".")
    named = Named(ref, tuple(map(int, given)), signature)
    return named if f"{named._words}.{signature}" == typed else None


def _signed(issue: BriefingIssue, purpose: Purpose, *numbers: int) -> str:
    words = ".".join((issue.ref, *map(str, numbers)))
    return f"{words}.{_signature(issue.link_key, purpose, words)}"


def _signature(link_key: str, purpose: Purpose, words: str) -> str:
    return _written(_signing(link_key, purpose, words))


def _signing(link_key: str, purpose: Purpose, words: str) -> hmac.HMAC:
    return hmac.new(link_key.encode(), f"{purpose}:{words}".encode(), "sha256")


def _written(signing: hmac.HMAC) -> str:
    return urlsafe_b64encode(signing.digest()[:_SIGNATURE_BYTES]).rstrip(b"=").decode()


def _base() -> str:
    base: str = current_app.config["BASE_URL"]
    return base
