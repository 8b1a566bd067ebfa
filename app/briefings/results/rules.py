"""What counts as a reader's click, what is shown of small groups, and how long people's clicks are kept.

Pure functions on plain values. Mail gateways follow every link before a reader sees the mail, and programs
that show a preview follow one when somebody pastes it. Whatever is told by one of these rules is kept with
the reason, and only what remains counts as a reader's.
"""

import calendar
import re
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


class Scanner(StrEnum):
    """Why a click counts as a machine's."""

    #: It says that it is a scanner or another program, or says nothing, as no browser does.
    BY_NAME = "by_name"
    #: It fetches what it shows beside a link that somebody pasted into a chat.
    PREVIEW = "preview"
    #: A browser fetched the page before anybody asked for it.
    PREFETCH = "prefetch"
    #: Sooner after the receiver's server took the mail than anybody opens it, reads and follows a link.
    TOO_SOON = "too_soon"
    #: With other links of the same mail, faster than a hand goes from one to the next.
    AT_ONCE = "at_once"


SCANNER_LABELS = {
    Scanner.BY_NAME: "Said that it is a program",
    Scanner.PREVIEW: "Made a preview for a chat",
    Scanner.PREFETCH: "Fetched before anybody asked",
    Scanner.TOO_SOON: "Within seconds of delivery",
    Scanner.AT_ONCE: "Several links at once",
}

#: A gateway follows links while it holds the mail, or as it hands it over. Somebody who waits for the mail
#: needs longer to be told of it, open it and read one heading.
SOONEST = timedelta(seconds=15)
#: Nobody comes back to the mail and finds another link in less; a gateway opens all of them side by side.
AT_ONCE_WITHIN = timedelta(seconds=2)
#: So many clicks of one reader on one link stay, so that nobody fills the table by opening it over and over.
MOST_KEPT = 20
#: So many clicks in a minute on one link from one address count where only the number is kept: nothing tells
#: a program that comes over and over from an office whose readers share an address.
MOST_A_MINUTE = 20

#: How programs that follow links name themselves. Words that no browser carries.
_BY_NAME = re.compile(
    r"(?<!cu)bot\b|crawl|spider|scan|headless|phantomjs|python|curl|wget|java/|okhttp|go-http-client|libwww|"
    r"httpclient|axios|node-fetch|ruby|perl|existence discovery|protocol discovery|barracuda|mimecast|"
    r"proofpoint|forcepoint|cloudmark|sophos|symantec|trendmicro|trend micro|fireeye|trellix|netcraft|"
    r"safebrowsing|google-safety|bitdefender|kaspersky|virustotal|urlscan|iboss|feedfetcher|apache-http",
    re.IGNORECASE,
)
#: How programs that make previews name themselves; asked first, as some also call themselves a bot.
_PREVIEW = re.compile(
    r"slackbot|slack-imgproxy|skypeuripreview|twitterbot|facebookexternalhit|facebookcatalog|whatsapp/|"
    r"telegrambot|linkedinbot|discordbot|bingpreview|embedly|imgproxy|googleimageproxy",
    re.IGNORECASE,
)


def by_what_it_says(user_agent: str, purpose: str = "") -> Scanner | None:
    """Whether a request gives itself away; ``purpose`` is what browsers add to a request nobody asked for."""
    if "prefetch" in purpose.lower() or "preview" in purpose.lower():
        return Scanner.PREFETCH
    if _PREVIEW.search(user_agent):
        return Scanner.PREVIEW
    if not user_agent.strip() or _BY_NAME.search(user_agent):
        return Scanner.BY_NAME
    return None


def by_its_time(
    clicked_at: datetime, delivered_at: datetime | None, *, is_on_its_way: bool
) -> Scanner | None:
    """Whether it came too soon after the delivery; both by the machine's clock.

    One that comes while the mail is still on its way comes from whoever just takes it.
    """
    if is_on_its_way or (delivered_at is not None and clicked_at - delivered_at < SOONEST):
        return Scanner.TOO_SOON
    return None


@dataclass(frozen=True)
class Followed:
    """That a link was followed, by row number."""

    click_id: int
    link_id: int
    at: datetime


def at_once_with(link_id: int, at: datetime, others: Sequence[Followed]) -> list[int]:
    """The clicks of the same delivery on other links that came at the same moment; empty where none did.

    Following the same link twice is what a hand does that clicks double.
    """
    return [
        each.click_id for each in others if each.link_id != link_id and abs(at - each.at) <= AT_ONCE_WITHIN
    ]


#: Of fewer readers than this it is not shown what they did, nor of more what fewer than this did or left: it
#: would tell who it was.
SMALLEST_GROUP = 5


def is_kept_back(number: int, *, of: int) -> bool:
    """Whether it is not shown how many readers did something: too few in all, who did, or who did not.

    That all of them did is kept back, as it tells it of each. That none did is shown: it says no more than
    that the mail was delivered, and nearly every issue begins with it.
    """
    return 0 < of < SMALLEST_GROUP or 0 < number < SMALLEST_GROUP or 0 < number > of - SMALLEST_GROUP


def hidden_groups(readers: Mapping[Key, int]) -> frozenset[Key]:
    """The groups of which it is not shown what became of their readers, by how many readers each has.

    Those of 1 to 4 readers, and further ones, the smallest first, until they are two groups and five readers.
    A group without readers has nothing to hide. It looks only at how many readers each has, which is shown.
    """
    hidden = {key for key, number in readers.items() if 0 < number < SMALLEST_GROUP}
    others = [key for key, number in readers.items() if number >= SMALLEST_GROUP]
    for key in sorted(others, key=lambda key: (readers[key], str(key))):
        if not hidden or (len(hidden) > 1 and sum(readers[each] for each in hidden) >= SMALLEST_GROUP):
            break
        hidden.add(key)
    return frozenset(hidden)


def hidden_fates(
    number: Mapping[Key, int], *, of: Mapping[Key, int], small: Collection[Key]
) -> frozenset[Key]:
    """The groups of which one fate of the mail is not shown, such as that it came back; ``of`` is readers.

    All that are hidden whole, which are ``small``; none where it met all of their readers together or none,
    as the total less the rest tells it then of each.
    """
    together = sum(number.get(key, 0) for key in small)
    return frozenset(small if 0 < together < sum(of[key] for key in small) else ())


def hidden_cells(
    did: Mapping[Key, int], *, of: Mapping[Key, int], small: Collection[Key], before: Collection[Key] = ()
) -> frozenset[Key]:
    """The groups of which it is not shown how many did one thing, by how many did and how many got the issue.

    The groups are all there are, so their numbers make the total, which stands beside them unless it is kept
    back itself. Hidden are

    1. the groups that are hidden whole, which are ``small``, unless none of them got it;
    2. those of which the number is kept back for itself (``is_kept_back``);
    3. those that were hidden when the same results were written down ``before``, as numbers only grow: what
       was hidden once is not had from what became of it;
    4. one more, where the total is shown and 1 to 3 are one group alone, or fewer than five of them did
       together, or fewer than five did not: for the total less the rest tells what they did together. It is
       the one that got the issue least often among those with which this no longer holds; a group of which
       nobody did may be it. There always is one: else those hidden would be as few as the total, which would
       be kept back;
    5. one more, where the total is hidden and 1 to 3 got fewer than five together: that it is hidden tells
       that somebody did. It is the one that got the issue least often.

    Where the total is shown and nobody did, nothing is hidden, as the total tells it of each. Where the total
    is hidden, what else is shown are zeros.

    So of what is hidden no number follows from what is shown: two groups at least, of which five or more did
    together and five or more did not, could have shared it in another way.
    """
    hidden = {key for key, number in did.items() if is_kept_back(number, of=of.get(key, 0))}
    hidden |= {*(small if any(of.get(key) for key in small) else ()), *(key for key in before if key in did)}
    total, whole = sum(did.values()), sum(of.values())
    is_shown = not is_kept_back(total, of=whole)
    if is_shown and total == 0:
        return frozenset()
    number, base = sum(did.get(key, 0) for key in hidden), sum(of.get(key, 0) for key in hidden)
    # What is shown of a group is that nobody did, or that five did and five did not.
    least = SMALLEST_GROUP if is_shown and number < SMALLEST_GROUP else 0
    if is_shown:
        is_enough = len(hidden) > 1 and SMALLEST_GROUP <= number <= base - SMALLEST_GROUP
    else:
        is_enough = base >= min(whole, SMALLEST_GROUP)
    if not hidden or is_enough:
        return frozenset(hidden)
    others = [key for key in did if key not in hidden and of.get(key, 0) > 0 and did[key] >= least]
    if not others:
        # One group is all there is, and the total, which is shown, is its number.
        return frozenset()
    return frozenset({*hidden, min(others, key=lambda key: (of[key], str(key)))})


def carrier(hidden: Collection[Key], readers: Mapping[Key, int]) -> Key | None:
    """The hidden group that what all of them did is summed up with: the largest; none where none is hidden.

    One of its own is kept of none of them, as the sum alone is ever needed: it keeps the others' from being
    worked out. Of two as large always the same.
    """
    return max(hidden, key=lambda key: (readers[key], str(key)), default=None)


def percent(part: int | None, base: int) -> str:
    """A share with one decimal, half up, as the annual report prints it: ``15.2%``. Nothing of nothing."""
    if part is None or base <= 0:
        return ""
    tenths = (Fraction(part * 1000, base) + Fraction(1, 2)).__floor__()
    return f"{tenths // 10}.{tenths % 10}%"


#: So long after an issue was sent, its links take what people without an account say of it: half a year, in
#: which every team has met. A link that went on for ever would be found in an old mail and used for nonsense.
ANSWERED_WITHIN = timedelta(days=183)


def last_day_to_answer(sent_on: date) -> date:
    """The last day on which somebody without an account may say something of an issue sent on a day."""
    return sent_on + ANSWERED_WITHIN


#: After so many days an issue's results are written down.
SNAPSHOTS = (7, 28)
#: Under this number stands what was written down before what is kept of people was summed up and removed.
LAST_SNAPSHOT = 395


def people_kept_until(sent_on: date, months: int) -> date:
    """The day on which what is kept of an issue's readers is removed: so many months after it was sent.

    Everything of an issue goes together, so nothing is kept longer, and nobody is counted twice.
    """
    month = sent_on.month - 1 + months
    year, month = sent_on.year + month // 12, month % 12 + 1
    return date(year, month, min(sent_on.day, calendar.monthrange(year, month)[1]))


def snapshots_due(
    sent_on: date, on: date, taken: Collection[int], months: int, *, has_ended: bool
) -> list[int]:
    """Which results of an issue are to be written down on a day: all that are due and were not taken.

    Those after some days only once its sending has ended: else they would be of the readers it had come to.
    """
    due = [days for days in SNAPSHOTS if has_ended and sent_on + timedelta(days=days) <= on]
    if people_kept_until(sent_on, months) <= on:
        due.append(LAST_SNAPSHOT)
    return [days for days in due if days not in taken]
