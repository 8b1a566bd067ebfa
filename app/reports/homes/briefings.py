"""The briefing on homes: what staff read, what its editor does next, and what the board hears of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.accounts.guard import person
from app.accounts.models import Agency
from app.briefings import rules
from app.briefings.checking.queries import author_ids
from app.briefings.composing.rules import PREPARED_AT
from app.briefings.models import (
    BriefingIssue,
    BriefingResult,
    Feedback,
    IssueState,
    LearningEvent,
    SubscriberState,
)
from app.briefings.results import queries as results
from app.briefings.results.queries import coverage
from app.briefings.results.rules import SMALLEST_GROUP
from app.briefings.wording import briefing_name, month, sent
from app.lessons.models import Lesson
from app.reports import links, queries
from app.reports.homes.parts import MOST_ROWS, figure

#: How many events ahead, and how many questions, a home shows.
MOST_EVENTS = 5
MOST_QUESTIONS = 5

#: What is done next with an issue, and on which page.
_NEXT = {
    IssueState.DRAFT: ("Go on writing", "issues.compose"),
    IssueState.CHECKED: ("Clear it", "clearance.clear"),
    IssueState.CLEARED: ("Say when it is sent", "sending.progress"),
    IssueState.SCHEDULED: ("Look at its sending", "sending.progress"),
    IssueState.SENDING: ("See how far it is", "sending.progress"),
    IssueState.PAUSED: ("Go on sending", "sending.progress"),
}


@dataclass(frozen=True)
class LatestPart:
    """The latest issue as staff read it at home, and the training ahead."""

    name: str
    issue: BriefingIssue | None
    month: str
    sent: str
    href: str | None
    discuss_href: str | None
    archive_href: str | None
    ahead: Sequence[LearningEvent]


@dataclass(frozen=True)
class CascadePart:
    """The latest issue as those who speak for an agency take it into their teams."""

    name: str
    issue: BriefingIssue
    month: str
    sent: str
    href: str | None
    team_href: str | None
    discuss_href: str | None
    #: How many teams of their agencies said that they talked about it.
    teams: int


@dataclass(frozen=True)
class UnderWay:
    """An issue that is not out yet, and what comes next for it."""

    issue: BriefingIssue
    month: str
    state: str
    when: date | None
    next_step: str
    href: str | None


@dataclass(frozen=True)
class Came:
    """What came of an issue by a day, as far as it is shown."""

    written: BriefingResult
    delivered: int | None
    bounced: int | None
    clicked: int | None


@dataclass(frozen=True)
class EditingSection:
    """What the editor of the briefing has before them."""

    name: str
    #: The month whose issue is next, where none was drafted yet.
    month: str
    is_drafted: bool
    #: The time at which each month's is.
    drafted_at: str
    under_way: Sequence[UnderWay]
    never_briefed: Sequence[Lesson]
    never_briefed_count: str
    coverage_href: str | None
    latest: BriefingIssue | None
    latest_month: str
    latest_sent: str
    latest_href: str | None
    results: Sequence[Came]
    questions: Sequence[Feedback]
    readers: int
    given_up: int
    readers_href: str | None


@dataclass(frozen=True)
class BriefingLines:
    """The briefing as the board hears of it."""

    name: str
    latest: BriefingIssue | None
    month: str
    sent: str
    href: str | None
    delivered: int
    receipts: int
    staff: int
    never_briefed: str
    coverage_href: str | None
    following: UnderWay | None


def latest_part(on: date) -> LatestPart:
    """What everybody should know this month."""
    issue = queries.latest_issue()
    agency: Agency | None = person().agency
    return LatestPart(
        name=briefing_name(),
        issue=issue,
        month=month(issue) if issue else "",
        sent=sent(issue) if issue else "",
        href=links.issue(issue.ref) if issue else None,
        discuss_href=links.page("results.discuss", ref=issue.ref)
        if issue is not None and agency is not None
        else None,
        archive_href=links.page("archive.index"),
        ahead=queries.training_ahead(on=on, limit=MOST_EVENTS),
    )


def cascade_part() -> CascadePart | None:
    """The latest issue for the teams of the agencies that the person speaks for; null before the first."""
    issue, facts = queries.latest_issue(), person().facts
    if issue is None:
        return None
    return CascadePart(
        name=briefing_name(),
        issue=issue,
        month=month(issue),
        sent=sent(issue),
        href=links.issue(issue.ref),
        team_href=links.page("archive.team_pdf", ref=issue.ref),
        discuss_href=links.page("results.discuss", ref=issue.ref),
        teams=queries.teams_that_discussed(issue.id, facts.leads | facts.board_member_for),
    )


def editing(on: date) -> EditingSection:
    """What comes next, what waits, and what came of the last issue."""
    facts = person().facts
    period = rules.period_of(on)
    under_way = queries.issues_under_way(limit=MOST_ROWS)
    latest = queries.latest_issue()
    kept = queries.results_of(latest.id) if latest else {}
    by_state = queries.readers()
    return EditingSection(
        name=briefing_name(),
        month=rules.month_in_words(period),
        is_drafted=queries.has_issue_of(period),
        drafted_at=f"{PREPARED_AT:%-I:%M%p}".lower(),
        under_way=[_under_way(issue) for issue in under_way],
        never_briefed=queries.listed_never_briefed(facts, limit=MOST_ROWS),
        never_briefed_count=figure(queries.capped(queries.never_briefed(facts))),
        coverage_href=links.page("results.coverage"),
        latest=latest,
        latest_month=month(latest) if latest else "",
        latest_sent=sent(latest) if latest else "",
        latest_href=links.page("results.show", ref=latest.ref) if latest else None,
        results=[_came(kept[days]) for days in sorted(kept)],
        questions=queries.questions_asked(limit=MOST_QUESTIONS),
        readers=by_state.get(SubscriberState.ACTIVE, 0),
        given_up=by_state.get(SubscriberState.SUPPRESSED, 0),
        readers_href=links.page("subscribers.index"),
    )


def _came(row: BriefingResult) -> Came:
    is_small = max(row.addressed, row.delivered) < SMALLEST_GROUP
    return Came(
        written=row,
        delivered=None if is_small else row.delivered,
        bounced=None if is_small else row.bounced,
        clicked=None if is_small else results.shown(row.clicked, of=row.delivered),
    )


def board_lines() -> BriefingLines:
    """The last issue and how far it reached, what was never briefed, and what comes next."""
    latest = queries.latest_issue()
    kept = queries.results_of(latest.id) if latest else {}
    last = kept[max(kept)] if kept else None
    following = queries.issue_that_follows()
    delivered, receipts = coverage.reached_by(latest) if latest else (0, 0)
    return BriefingLines(
        name=briefing_name(),
        latest=latest,
        month=month(latest) if latest else "",
        sent=sent(latest) if latest else "",
        href=links.page("results.show", ref=latest.ref) if latest else None,
        delivered=delivered,
        receipts=receipts,
        staff=last.staff if last else 0,
        never_briefed=figure(queries.capped(queries.never_briefed(person().facts))),
        coverage_href=links.page("results.coverage"),
        following=_under_way(following) if following else None,
    )


def _under_way(issue: BriefingIssue) -> UnderWay:
    state = IssueState(issue.state)
    words, endpoint = _NEXT[state]
    if state is IssueState.CHECKED and person().id in author_ids(issue):
        words, endpoint = "See who clears it", "issues.compose"
    return UnderWay(
        issue=issue,
        month=month(issue),
        state=rules.STATE_LABELS[state],
        when=issue.scheduled_on,
        next_step=words,
        href=links.page(endpoint, ref=issue.ref),
    )
