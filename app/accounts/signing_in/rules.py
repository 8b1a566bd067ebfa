"""How often one may try, how long a session lasts, what a password must be: on plain values."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

#: A password shorter than this is refused, as the NCSC and NIST advise length over composition.
SHORTEST_PASSWORD = 12
#: A longer one is refused before it is hashed.
LONGEST_PASSWORD = 200
#: With fewer different characters than this a long password is as easily guessed as a short one.
FEWEST_CHARACTERS = 5
#: Words that those who guess try first, with figures and signs around them.
WORDS_TRIED_FIRST = frozenset(
    {
        "administrator",
        "autumn",
        "changeme",
        "children",
        "football",
        "iloveyou",
        "learning",
        "letmein",
        "liverpool",
        "login",
        "london",
        "passphrase",
        "password",
        "qwerty",
        "qwertyuiop",
        "safeguarding",
        "secret",
        "spring",
        "summer",
        "sunshine",
        "tracker",
        "welcome",
        "winter",
    }
)


@dataclass(frozen=True)
class Threshold:
    """How many attempts are heard within ``within``; more are refused unheard."""

    attempts: int
    within: timedelta


#: Attempts count for a quarter of an hour: long enough to make guessing hopeless (under a thousand tries a
#: day), short enough to wait for when it was one's own mistake.
_WINDOW = timedelta(minutes=15)
#: Ten, as the NCSC advises: people who mistype do so three or four times.
PER_ADDRESS = Threshold(10, _WINDOW)
#: Fifty: a whole office often comes from one network address, and arrives at nine o'clock.
PER_PLACE = Threshold(50, _WINDOW)
#: A hundred for what people send from a public form: nothing can be guessed there, and after a briefing came
#: in, or at a day of training, many of one office answer within minutes.
PER_OFFICE = Threshold(100, _WINDOW)
#: Twenty for one person who is signed in, wherever they are: nobody answers for as many teams in that time.
PER_PERSON = Threshold(20, _WINDOW)
#: Twenty for one thing of those, such as teams about one issue: more of an office have not met in that time.
PER_SUBJECT = Threshold(20, _WINDOW)
#: What is older than every threshold's window says nothing any more.
KEPT_FOR = _WINDOW

#: A page warns this long before its session ends for want of use.
WARNING = timedelta(minutes=2)
#: A session's last use is noted again after so long, not at every page.
NOTED_EVERY = timedelta(seconds=30)


@dataclass(frozen=True)
class SessionTimes:
    """When a session began and was last used, and how long either may be ago."""

    began_at: datetime
    seen_at: datetime
    idle: timedelta
    longest: timedelta

    @property
    def ends_at(self) -> datetime:
        """When it ends unless it is used again."""
        return min(self.seen_at + self.idle, self.began_at + self.longest)

    def is_over(self, now: datetime) -> bool:
        """Whether it has ended. A cookie signed in the future, as after turning a clock back, is not read."""
        return now >= self.ends_at


def place(network_address: str | None) -> str:
    """Where an attempt comes from: the network address; for IPv6 the half of it that names the network.

    Whoever has an IPv6 connection has 2^64 addresses to try from (RFC 4291, 2.5.4).
    """
    try:
        address = ip_address(network_address or "")
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False).network_address)
    return str(address)


def password_problem(password: str, *, email: str) -> str | None:
    """What is wrong with a new password, in a sentence; null where nothing is."""
    if len(password) < SHORTEST_PASSWORD:
        return f"Use a password of at least {SHORTEST_PASSWORD} characters; three random words do well"
    if len(password) > LONGEST_PASSWORD:
        return f"Use a password of at most {LONGEST_PASSWORD} characters"
    words, address = password.lower(), email.lower()
    if len(set(words)) < FEWEST_CHARACTERS or address in words or _is_guessed_first(words, address):
        return "Use a password that is harder to guess, for example three random words"
    return None


def _is_guessed_first(password: str, email: str) -> bool:
    """Whether nothing is left of a password but figures, signs, and one word that is tried first.

    The words before and behind the at sign of one's own address are such words too.
    """
    letters = "".join(sign for sign in password if sign.isalpha())
    own = {"".join(sign for sign in part if sign.isalpha()) for part in (email, *email.split("@"))}
    return not letters or letters in WORDS_TRIED_FIRST | own or _is_repeated(letters)


def _is_repeated(letters: str) -> bool:
    """Whether the letters are one of those words over and over: ``passwordpassword``."""
    return any(letters == word * (len(letters) // len(word)) for word in WORDS_TRIED_FIRST if word in letters)


def account_name(email: str, taken: Collection[str]) -> str:
    """A short name for a new account: what stands before the at sign, with a number where it is taken."""
    local = email.partition("@")[0].lower()
    name = re.sub(r"[^a-z0-9]+", lambda found: "." if "." in found[0] else "-", local).strip(".-")[:50]
    name = name or "person"
    if name not in taken:
        return name
    return next(numbered for n in range(2, len(taken) + 3) if (numbered := f"{name}-{n}") not in taken)
