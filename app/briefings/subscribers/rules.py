"""What holds for the list of readers, as pure functions on plain values.

Who is written to no more, after which refusals; how long a link works; which ways of signing up are a
machine's.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.briefings.models.deliveries import BounceKind
from app.briefings.models.subscribers import SubscriberState
from app.core.errors import RuleBroken
from app.outbox.rules import WrongAddress, checked_address, one_line

#: The link of a sign-up works so long; then what was asked for is forgotten.
LINK_WORKS_FOR = timedelta(days=7)
#: An address is written to about a sign-up a second time no sooner than an hour later, as mail goes astray;
#: and from then on no more than once a day, as it need not be its owner who asks.
ASKED_AGAIN_AFTER = timedelta(hours=1)
ASKED_ONCE_MORE_AFTER = timedelta(days=1)
#: The owner of an address that was changed by a link can undo it so long.
UNDONE_WITHIN = timedelta(days=14)
#: An address that was refused for good is written to once more, where somebody asks for it, after so long.
TRIED_AGAIN_AFTER = timedelta(days=7)
#: Nobody reads and fills in a form of these in less time.
FILLED_IN_NO_SOONER = timedelta(seconds=3)
#: Whoever left is forgotten so many days later; the digest of the address stays.
FORGOTTEN_AFTER = timedelta(days=30)

#: So many refusals in a row that might have passed, the first and the last so far apart: it will not pass.
SOFT_IN_A_ROW = 5
SOFT_OVER = timedelta(days=7)

#: Returned mail takes so many addresses off the list in a day by itself. A mail server in disorder returns
#: everything as if nobody lived there: beyond this an editor looks first.
MOST_GIVEN_UP_A_DAY = 100

#: The enhanced status codes (RFC 3463, RFC 7505) that say the address is gone: no such mailbox, no such
#: domain, not an address, moved away, a domain that takes no mail, a mailbox closed for good.
GONE = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})

#: How the trail and the list name the basis of who has an account.
HAS_ACCOUNT = "Has an account"

UNSUBSCRIBED = "unsubscribed"
#: Before what an address was given up for, of a reader who then left the list.
_LEFT_AFTER = f"{UNSUBSCRIBED}; "
ACCOUNT_ENDED = "account ended"
TAKEN_OFF = "taken off by an editor"
#: Asked whether they still want it, they did not answer; see ``reconfirming.rules``.
NOT_CONFIRMED = "did not confirm again"
ERASED_ON_REQUEST = "erased on request"

_ENHANCED = re.compile(r"(?<![0-9.])([245])\.([0-9]{1,3})\.([0-9]{1,3})(?![0-9]|\.[0-9])")
_ADDRESS_IN_TEXT = re.compile(r"[^\s<>()\[\]\",;:]+@[^\s<>()\[\]\",;:]+")
_LONGEST_SAID = 500
LONGEST_NAME = 200
#: Shorter parts of a name or an address are words of every sentence.
_SHORTEST_TELLING = 3


class TellsWhoItIs(RuleBroken):
    """A reason that an editor gave names the reader, or an address."""


class TooQuick(RuleBroken):
    """The form came back sooner than anybody fills it in."""


def enhanced_code(*texts: str) -> str:
    """The first enhanced status code in these texts, for example ``5.1.1``; nothing where there is none."""
    for text in texts:
        if (found := _ENHANCED.search(text)) is not None:
            return ".".join(str(int(part)) for part in found.groups())
    return ""


def kind_of(code: str, *, names_it: bool = True) -> BounceKind:
    """What a refusal says of the address, by its enhanced status code.

    One without a code says too little to give an address up at once: it counts with those that may pass. So
    does one that names only other addresses than that which was written to: a mailbox passes on to several
    people, and one of them is gone.
    """
    if code in GONE:
        return BounceKind.HARD if names_it else BounceKind.SOFT
    return BounceKind.POLICY if code.split(".")[1:2] == ["7"] else BounceKind.SOFT


@dataclass(frozen=True)
class Refusal:
    """One refusal of an address: what it said, and when."""

    kind: BounceKind
    on: date


def is_to_be_given_up(since_the_last_delivered: Sequence[Refusal]) -> bool:
    """Whether an address is written to no more, by the refusals since something was last delivered there.

    1. One that says the address is gone is enough.
    2. Of those that may pass it takes five in a row, and at least a week from the first to the last.
    3. One by a rule of the receiver's, such as against spam, never counts, and ends no row.
    """
    if any(refusal.kind is BounceKind.HARD for refusal in since_the_last_delivered):
        return True
    days = [refusal.on for refusal in since_the_last_delivered if refusal.kind is BounceKind.SOFT]
    return len(days) >= SOFT_IN_A_ROW and max(days) - min(days) >= SOFT_OVER


def left_reason(reason: str, *, given_up_for: str | None) -> str:
    """Why a reader is off the list who leaves it, with what their address was given up for before."""
    return reason if given_up_for is None or reason != UNSUBSCRIBED else f"{_LEFT_AFTER}{given_up_for}"


def is_given_up(state: str, left_reason: str) -> bool:
    """Whether a reader's address was given up, also where they left since: it must show that it works."""
    return state == SubscriberState.SUPPRESSED or (
        state == SubscriberState.LEFT and left_reason.startswith(_LEFT_AFTER)
    )


def is_taken_off(state: str, left_reason: str) -> bool:
    """Whether an editor gave a reader's address up, so that an editor alone has them written to again.

    Not of who was taken off as they had asked for it: they come back as whoever left.
    """
    return is_given_up(state, left_reason) and left_reason.removeprefix(_LEFT_AFTER) == TAKEN_OFF


def may_be_tried_again(left_reason: str, left_on: date | None, *, today: date) -> bool:
    """Whether an address that was given up is written to once more, because somebody asks for it.

    1. One that its mail server refused is, a week later; it is on the list again once it is confirmed.
    2. One that an editor took off, as it must not be written to, is not: they alone put it back.
    """
    given_up_for = left_reason.removeprefix(_LEFT_AFTER)
    if given_up_for == TAKEN_OFF or left_on is None:
        return False
    return today - left_on >= TRIED_AGAIN_AFTER


def masked(address: str) -> str:
    """An address as its owner knows it and nobody else learns it: ``a…@example.org``."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1] if len(local) > 2 else ''}…@{domain}"


def without_addresses(said: str) -> str:
    """What a receiver said, on one line, without the addresses in it: they stand where they can be erased."""
    return _ADDRESS_IN_TEXT.sub("(address)", " ".join(said.split()))[:_LONGEST_SAID]


def holds_an_address(text: str) -> bool:
    """Whether an e-mail address stands in a text."""
    return _ADDRESS_IN_TEXT.search(text) is not None


def check_tells_nobody(reason: str, *, address: str | None, name: str) -> None:
    """Raise TellsWhoItIs for a reason with an address in it, or what is before its @, or the reader's name.

    The trail keeps a reason for ever, also after an erasure.
    """
    local = (address or "").rpartition("@")[0]
    telling = [each for each in (local, name, *name.split()) if len(each) >= _SHORTEST_TELLING]
    found = _ADDRESS_IN_TEXT.search(reason) or next(
        (match for each in telling if (match := _as_a_word(each).search(reason))), None
    )
    if found is not None:
        raise TellsWhoItIs(
            f"Take “{found[0]}” out: the reason is kept for good, and must not say who it is", "reason"
        )


def _as_a_word(text: str) -> re.Pattern[str]:
    words = r"\s+".join(re.escape(word) for word in text.split())
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)


def address_of(typed: str) -> str:
    """An address as it is kept: in small letters, without blanks. Raises WrongAddress."""
    return checked_address(typed.strip().lower())


def typed_address(typed: str) -> str:
    """The same of an address that somebody typed: at a domain with a dot, as mail over the internet needs.

    An account may have one of an own network without a dot. Raises WrongAddress.
    """
    address = address_of(typed)
    if "." not in address.rpartition("@")[2]:
        raise WrongAddress("Enter an e-mail address in the form name@example.org.", "email")
    return address


def name_of(typed: str) -> str:
    """A name as it is kept: on one line, for it may come to stand in a header or a file."""
    return one_line(typed, LONGEST_NAME)


def check_time_taken(made_at: datetime | None, now: datetime) -> None:
    """Raise TooQuick for a form that was filled in within seconds, or does not say when it was made."""
    if made_at is None or now - made_at < FILLED_IN_NO_SOONER:
        raise TooQuick("That was quicker than people are. Look at what you typed, then send it again")
