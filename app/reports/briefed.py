"""What a thread says of briefings: which issues told of a lesson or an action, and how far they reached."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.actions.models import Action
from app.briefings import wording
from app.briefings.models import BriefingIssue
from app.briefings.results.queries import BriefedIn, briefed
from app.core.filters import plural
from app.lessons.models import Lesson
from app.reports import links, queries
from app.reports.rules import Mark


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
            Told(self._called(each.month), _reach(each), links.issue(each.issue_ref))
            for each in self.lessons.get(lesson.id, ())
        ]

    def of_action(self, action: Action) -> list[Told]:
        """The issues that told of the action itself, the latest first."""
        return [
            Told(self._called(wording.month(issue)), (), links.issue(issue.ref))
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
        """The first day on which an issue told of it; its month where no more than that is known."""
        told = [(each.sent_on, each) for some in self.lessons.values() for each in some if each.sent_on]
        if not told:
            return []
        day, first = min(told, key=lambda each: each[0])
        return [Mark("First briefed", day, in_words="" if first.knows_day else first.month)]

    def _called(self, month: str) -> str:
        return f"{self.name}, {month}" if month == wording.NO_MONTH else f"{self.name} {month}"


def briefings_of(lessons: Iterable[Lesson], actions: Collection[Action] = ()) -> Briefings:
    """What issues told of these, in as many queries however many they are."""
    return Briefings(
        wording.briefing_name(),
        briefed([lesson.id for lesson in lessons]),
        queries.actions_briefed([action.id for action in actions]),
    )


def _reach(each: BriefedIn) -> list[str]:
    reach = [f"{each.delivered:,} delivered"] if each.delivered else []
    if each.clicked:
        reach.append(f"{each.clicked:,} clicked")
    if each.receipts:
        reach.append(f"{plural(each.receipts, 'team')} discussed")
    return reach
