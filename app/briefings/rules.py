"""What holds for every issue of the briefing, as pure functions on plain values.

An issue goes one way: drafted, checked, cleared, sent. Whoever wrote in it cannot clear it, what was cleared
changes no more, and a mistake that went out is put right by a new issue that names the old one.
"""

import re
from collections.abc import Collection
from datetime import date, timedelta

from app.briefings.models.issues import IssueState
from app.core.errors import RuleBroken
from app.core.filters import month_and_year
from app.core.working_days import WorkingDays


class WrongPeriod(RuleBroken):
    """What was written is not a month."""


class MoveNotPossible(RuleBroken):
    """The issue does not stand where this could be done to it."""


class NotTheSecondPerson(RuleBroken):
    """Whoever would clear the issue wrote in it."""


#: Which state may follow which. Everything else is refused.
MOVES: dict[IssueState, frozenset[IssueState]] = {
    IssueState.DRAFT: frozenset({IssueState.CHECKED, IssueState.CANCELLED}),
    IssueState.CHECKED: frozenset({IssueState.DRAFT, IssueState.CLEARED, IssueState.CANCELLED}),
    IssueState.CLEARED: frozenset(
        {IssueState.DRAFT, IssueState.SCHEDULED, IssueState.SENDING, IssueState.CANCELLED}
    ),
    IssueState.SCHEDULED: frozenset(
        {
            IssueState.DRAFT,
            IssueState.CLEARED,
            IssueState.SCHEDULED,
            IssueState.SENDING,
            IssueState.CANCELLED,
        }
    ),
    IssueState.SENDING: frozenset({IssueState.PAUSED, IssueState.SENT, IssueState.CANCELLED}),
    IssueState.PAUSED: frozenset({IssueState.SENDING, IssueState.CANCELLED}),
    IssueState.SENT: frozenset(),
    IssueState.CANCELLED: frozenset(),
}

#: Words and audience may still change.
BEING_WRITTEN = frozenset({IssueState.DRAFT, IssueState.CHECKED})
#: Words and audience are frozen, and nothing has left yet.
AWAITING = frozenset({IssueState.CLEARED, IssueState.SCHEDULED})
#: It is being sent, or was; one that was cancelled on the way went out too, as ``went_out`` says.
OUT = frozenset({IssueState.SENDING, IssueState.PAUSED, IssueState.SENT})

STATE_LABELS = {
    IssueState.DRAFT: "Draft",
    IssueState.CHECKED: "Checked",
    IssueState.CLEARED: "Cleared",
    IssueState.SCHEDULED: "Scheduled",
    IssueState.SENDING: "Being sent",
    IssueState.PAUSED: "Paused",
    IssueState.SENT: "Sent",
    IssueState.CANCELLED: "Cancelled",
}

#: So many days after an issue was sent it may come again: by then most who follow a link have done so.
DAYS_BEFORE_AGAIN = 3
#: Where fewer followed a link in it, or fewer did not, it does not come again: who gets it would tell.
FEWEST_AGAIN = 5
TOO_FEW_FOR_AGAIN = (
    f"fewer than {FEWEST_AGAIN} of its readers followed a link, or fewer than {FEWEST_AGAIN} did not, "
    "and it would tell who"
)

#: The texts of an issue and of an item, in the order in which they are read, and what each is called.
ISSUE_TEXTS = {
    "title": "Title",
    "headline": "Headline",
    "introduction": "Introduction",
    "questions": "Questions for a team",
}
ITEM_TEXTS = {
    "heading": "Heading",
    "what_happened": "What happened",
    "what_we_learned": "What we learned",
    "what_you_should_do": "What you should do",
    "url": "Where its link leads",
    "url_words": "What its link is called",
}

_PERIOD = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


def check_move(present: IssueState, following: IssueState, *, ref: str) -> None:
    """Raise MoveNotPossible where the one state may not follow the other."""
    if following not in MOVES[present] and following == present:
        raise MoveNotPossible(f"{ref} is {STATE_LABELS[present].lower()} already")
    if following not in MOVES[present]:
        raise MoveNotPossible(
            f"{ref} is {STATE_LABELS[present].lower()}, so it cannot become {STATE_LABELS[following].lower()}"
        )


def went_out(state: str, sent_on: object) -> bool:
    """Whether somebody may have received the issue; ``sent_on`` is the day its sending began, if it did.

    Only these are read outside of the editors' pages, have told of what stands in them, and are put right by
    a new issue. One that was cancelled while it was sent is one of them: whoever has it can read it where its
    links lead. ``queries.went_out`` asks the same of the database.
    """
    return state in OUT or (state == IssueState.CANCELLED and sent_on is not None)


def why_not_again(
    state: str, sent_on: date | None, *, today: date, is_known: bool, is_again: bool
) -> str | None:
    """Why an issue cannot come again to those who followed no link in it; null where it can.

    ``is_known`` says whether it is kept who followed one, ``is_again`` whether the issue came again itself.
    """
    if state != IssueState.SENT or sent_on is None:
        return "it has not been sent from here to the end"
    if is_again:
        return "it came again already, and comes no third time"
    if not is_known:
        return "it is not kept who followed a link in it"
    if today < sent_on + timedelta(days=DAYS_BEFORE_AGAIN):
        return f"it was sent less than {DAYS_BEFORE_AGAIN} days ago, and some have yet to read it"
    return None


def check_second_person(person_id: int | None, author_ids: Collection[int]) -> None:
    """Raise NotTheSecondPerson where whoever would clear an issue wrote in it, or is nobody in particular."""
    if person_id is None or person_id in author_ids:
        raise NotTheSecondPerson("Somebody else must clear it: whoever wrote in an issue cannot clear it")


def period_of(day: date) -> str:
    """The month a day falls in, written ``2017-04``."""
    return f"{day.year:04d}-{day.month:02d}"


def first_day(period: str) -> date:
    """The first day of a month. Raises WrongPeriod for what is not one."""
    match = _PERIOD.fullmatch(period)
    if match is None or match[1] == "0000":
        raise WrongPeriod(f"‘{period}’ is not a month. Write it like 2017-04.")
    return date(int(match[1]), int(match[2]), 1)


def month_in_words(period: str) -> str:
    """A month as it is written, for example "April 2017". Raises WrongPeriod."""
    return month_and_year(first_day(period))


def first_working_day(period: str, working_days: WorkingDays) -> date:
    """The day on which a month's issue is drafted: its first working day."""
    return working_days.on_or_after(first_day(period))
