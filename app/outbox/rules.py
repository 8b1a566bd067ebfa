"""How a message moves through the outbox, as pure functions on plain values.

Three things can go wrong on the way to a mail server, and each is somebody's: the server's (nothing is
sent until it is well again), the message's (it waits or fails, the others go on), or nobody can tell
whether the message arrived (it is in doubt, and goes once more under the same Message-ID).
"""

import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from app.core.errors import RuleBroken
from app.outbox.models import State

#: How long a message waits after its first, second ... attempt that the receiver put off. A reminder that
#: is still refused after about two days fails: a person should know.
RETRY_MINUTES = (1, 5, 15, 60, 180, 360, 720, 1440)

#: How long nobody tries a mail server in trouble; the last one repeats. Never under a minute, so that an
#: outage of hours is not met with a storm of attempts.
PAUSE_MINUTES = (1, 2, 5, 10, 15)

#: The greatest part of a delay that is added by chance, so that many messages do not come back at once.
JITTER = 0.2

LONGEST_ADDRESS = 254
LONGEST_LOCAL_PART = 64
LONGEST_SUBJECT = 200
LONGEST_ERROR = 500

#: Which state may follow which. Everything else is refused.
MOVES: dict[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.SENDING, State.CANCELLED, State.FAILED, State.UNCERTAIN}),
    State.SENDING: frozenset({State.QUEUED, State.SENT, State.FAILED, State.UNCERTAIN}),
    State.FAILED: frozenset({State.QUEUED}),
    State.UNCERTAIN: frozenset({State.QUEUED, State.SENT}),
    State.SENT: frozenset(),
    State.CANCELLED: frozenset(),
}


class Stage(IntEnum):
    """How far a message had come when the trouble met it, in the order of the conversation."""

    CONNECT = 1
    HELLO = 2
    TLS = 3
    SIGN_IN = 4
    SENDER = 5
    RECIPIENT = 6
    DATA = 7
    BODY = 8
    #: The whole message has left us, its final dot included; the answer is awaited.
    ANSWER = 9


class Verdict(StrEnum):
    """Whose the trouble is."""

    #: The receiver has taken the message on.
    ACCEPTED = "accepted"
    #: The server's: the run stops, and the attempt does not count.
    SERVER = "server"
    #: The line broke while this message was on it: the run stops. The attempt counts, or one message that
    #: breaks the line every time would stand before all others for ever.
    LINE = "line"
    #: The receiver put this message off; the others go on.
    LATER = "later"
    #: The receiver refused this message for good; the others go on.
    REFUSED = "refused"
    #: Nobody can say whether it arrived: the run stops.
    DOUBT = "doubt"
    #: Not sent after all, and certainly not received: it goes back as it was.
    HELD_BACK = "held back"


STOPPING = frozenset({Verdict.SERVER, Verdict.LINE, Verdict.DOUBT})

#: The server closes the line (RFC 5321, 3.8).
CLOSING = 421
#: The server wants a sign-in or TLS first (RFC 4954, RFC 3207): said of the sender, whatever it answers.
NOT_SIGNED_IN = frozenset({530, 534, 535, 538})


def verdict(stage: Stage, code: int | None) -> Verdict:
    """Whose the trouble is, by how far the message had come and what the server answered.

    ``code`` is the server's answer; None where there was none: the line broke or stayed silent too long.
    """
    if stage <= Stage.SENDER or code in NOT_SIGNED_IN:
        return Verdict.SERVER
    if code == CLOSING:
        return Verdict.LINE
    if code is not None and 400 <= code < 500:
        return Verdict.LATER
    if code is not None and 500 <= code < 600:
        return Verdict.REFUSED
    return Verdict.DOUBT if stage == Stage.ANSWER else Verdict.LINE


@dataclass(frozen=True)
class Standing:
    """Where a message stands after an attempt."""

    state: State
    attempts: int
    doubtful: bool
    next_attempt_at: datetime


def standing_after(
    outcome: Verdict, *, attempts: int, doubtful: bool, now: datetime, chance: float
) -> Standing:
    """Where a message that was ``sending`` stands after the attempt. ``attempts`` includes this one.

    A message in doubt goes once more; in doubt again, only a person can tell. One that is put off goes
    again by the written delays; after the last of them it fails.
    """
    if outcome is Verdict.ACCEPTED:
        return Standing(State.SENT, attempts, doubtful, now)
    if outcome is Verdict.REFUSED:
        return Standing(State.FAILED, attempts, doubtful, now)
    if outcome in {Verdict.SERVER, Verdict.HELD_BACK}:
        return Standing(State.QUEUED, attempts - 1, doubtful, now)
    if outcome is Verdict.DOUBT and doubtful:
        return Standing(State.UNCERTAIN, attempts, True, now)
    doubtful = doubtful or outcome is Verdict.DOUBT
    again_at = retry_at(attempts, now=now, chance=chance)
    if again_at is None:
        given_up = State.UNCERTAIN if outcome is Verdict.DOUBT else State.FAILED
        return Standing(given_up, attempts, doubtful, now)
    return Standing(State.QUEUED, attempts, doubtful, again_at)


def retry_at(attempts: int, *, now: datetime, chance: float) -> datetime | None:
    """When to try again after so many attempts; None when the list is at its end. ``chance`` is 0 to 1."""
    if attempts > len(RETRY_MINUTES):
        return None
    return now + _delay(RETRY_MINUTES[attempts - 1], chance)


def pause_until(streak: int, *, now: datetime, chance: float) -> datetime:
    """Until when nobody tries the server that has stopped so many runs in a row."""
    return now + _delay(PAUSE_MINUTES[min(streak, len(PAUSE_MINUTES)) - 1], chance)


def _delay(minutes: int, chance: float) -> timedelta:
    return timedelta(minutes=minutes * (1 + JITTER * chance))


def may_move(present: State, following: State) -> bool:
    """Whether the one state may follow the other."""
    return following in MOVES[present]


class MessageIds:
    """Makes the Message-ID, with its angle brackets, that a message keeps at every attempt.

    Derived from the key by keyed digest: it says nothing of the person or the matter the key names, and only
    who got the message knows it, so that nobody else can send it back as undeliverable.
    """

    def __init__(self, domain: str, *, secret: str) -> None:
        self._domain = domain
        self._keyed = hmac.new(secret.encode(), digestmod="sha256")

    def of(self, dedupe_key: str) -> str:
        """That of the message with this key."""
        digest = self._keyed.copy()
        digest.update(dedupe_key.encode())
        return f"<{digest.hexdigest()[:40]}@{self._domain}>"


class WrongAddress(RuleBroken):
    """The address cannot be written to, or holds what could forge a header or a second recipient."""


_LOCAL_PART = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
#: One plain e-mail address and nothing else, as a file too must have it; its whole length aside.
ADDRESS = rf"(?=[^@]{{1,{LONGEST_LOCAL_PART}}}@){_LOCAL_PART}@{_LABEL}(?:\.{_LABEL})*"
_ADDRESS = re.compile(ADDRESS)


def checked_address(address: str) -> str:
    """The address, if it is one plain e-mail address and nothing else. Raises WrongAddress."""
    if len(address) > LONGEST_ADDRESS or _ADDRESS.fullmatch(address) is None:
        raise WrongAddress("Enter an e-mail address in the form name@example.org.", "email")
    return address


def is_usable(address: str) -> bool:
    """Whether ``checked_address`` takes the address."""
    try:
        checked_address(address)
    except WrongAddress:
        return False
    return True


#: Control characters, and the separators that some readers take for a new line.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_UNPRINTABLE_BUT_LINES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def one_line(text: str, longest: int) -> str:
    """The text on one line, without control characters, and no longer than that."""
    line = " ".join(_UNPRINTABLE.sub(" ", text).split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def clean_text(text: str) -> str:
    """The text with plain line ends and without control characters, which no database and no mail takes."""
    return _UNPRINTABLE_BUT_LINES.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
