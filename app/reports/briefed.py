"""What a thread says of briefings: which issues told of a lesson or an action, and how far they reached."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.accounts.queries import partnership
from app.actions.models import Action
from app.briefings import rules
from app.briefings.models import BriefingIssue
from app.briefings.results.queries import BriefedIn, briefed
from app.core.filters import month_and_year, plural
from app.lessons.models import Lesson
from app.reports import links, queries
from app.reports.rules import Mark

#: What stands in the place of a month that the record does not give.
NO_MONTH = "month not given"


@dataclass(frozen=True)
class Told:
    """That an issue told of it: which, how far it reached, and where to read it."""

    words: str
    reach: Sequence[str]
    href: str | None


@dataclass(frozen=True)
class Briefings:
    """What issues told of some lessons and actions."""

    name: str
    lessons: Mapping[int, Sequence[BriefedIn]]
    actions: Mapping[int, Sequence[BriefingIssue]]

    def of_lesson(self, lesson: Lesson) -> list[Told]:
        """The issues that the lesson went out in, the latest first."""
        return [
            Told(self._called(each.period), _reach(each), links.issue(each.issue_ref))
            for each in self.lessons.get(lesson.id, ())
        ]

    def of_action(self, action: Action) -> list[Told]:
        """The issues that told of the action itself, the latest first."""
        return [
            Told(self._called(issue.period), (), links.issue(issue.ref))
            for issue in self.actions.get(action.id, ())
        ]

    def sums(self) -> list[tuple[int, str, str | None]]:
        """How many readers the furthest of the issues reached; where nobody knows, how many they are."""
        issues = {each.issue_ref: each for some in self.lessons.values() for each in some}
        if not issues:
            return []
        most = max(each.delivered for each in issues.values())
        if most:
            return [(most, "readers briefed" if most > 1 else "reader briefed", None)]
        return [(len(issues), "briefing" if len(issues) == 1 else "briefings", None)]

    def marks(self) -> list[Mark]:
        """The first day of a month that the record gives on which an issue told of it."""
        days = [
            each.sent_on
            for some in self.lessons.values()
            for each in some
            if each.sent_on is not None and each.period is not None
        ]
        return [Mark("First briefed", min(days))] if days else []

    def _called(self, period: str | None) -> str:
        return f"{self.name} {month(period)}" if period else f"{self.name}, {NO_MONTH}"


def briefings_of(lessons: Iterable[Lesson], actions: Collection[Action] = ()) -> Briefings:
    """What issues told of these, in as many queries however many they are."""
    return Briefings(
        briefing_name(),
        briefed([lesson.id for lesson in lessons]),
        queries.actions_briefed([action.id for action in actions]),
    )


def briefing_name() -> str:
    """What the partnership calls its briefing."""
    found = partnership()
    return found.briefing_name if found else "Briefing"


def month(period: str) -> str:
    """A month in words."""
    return month_and_year(rules.first_day(period))


def month_of(issue: BriefingIssue) -> str:
    """The month of an issue in words; that the record does not give it, where it does not."""
    return month(issue.period) if issue.period else NO_MONTH


def _reach(each: BriefedIn) -> list[str]:
    reach = [f"{each.delivered:,} delivered"] if each.delivered else []
    if each.clicked:
        reach.append(f"{each.clicked:,} clicked")
    if each.receipts:
        reach.append(f"{plural(each.receipts, 'team')} discussed")
    return reach
