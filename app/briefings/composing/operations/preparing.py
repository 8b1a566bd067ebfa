"""The draft of the month: made once, on or after the month's first working day, by the system."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.exc import IntegrityError

from app.briefings import queries as room
from app.briefings import rules
from app.briefings.composing import queries
from app.briefings.composing.operations.beginning import number, tell, words_of, words_of_item
from app.briefings.composing.operations.items import make, standing_items
from app.briefings.composing.rules import QUESTIONS, Kind, proposed_headline, proposed_title, taken
from app.briefings.models import BriefingIssue
from app.briefings.reading.rules import longest_title
from app.briefings.wording import briefing_name
from app.core.acting import SYSTEM, acting_as
from app.core.clock import machine_now
from app.core.database import current_session
from app.core.filters import date_long, weekday
from app.core.holidays import working_days
from app.core.references import next_reference
from app.outbox.rules import one_line


@dataclass(frozen=True)
class Prepared:
    """What came of preparing a month's issue, as the command and the job say it."""

    period: str
    #: Null while there is no issue, because the month's first working day has not come.
    state: str | None
    items: int
    #: Why nothing was drafted.
    skipped: str | None


def prepare_for(*, on: date) -> Prepared:
    """Prepare the issue of the month of a day, and say what came of it."""
    period = rules.period_of(on)
    was_there = room.issue_of_month(period) is not None
    issue = prepare(on=on)
    if issue is None:
        first = rules.first_working_day(period, working_days())
        waits = f"the first working day of the month is {weekday(first)} {date_long(first)}"
        return Prepared(period, None, 0, waits)
    skipped = f"{issue.ref} is there already" if was_there else None
    return Prepared(period, str(issue.state), len(issue.items), skipped)


def prepare(*, on: date) -> BriefingIssue | None:
    """The month's issue: the one that is there, else a draft from what was learned.

    None while the month's first working day has not come. Of two who prepare at once the unique number lets
    one through, and the other finds its draft. One that somebody cancelled is not drafted again.
    """
    period = rules.period_of(on)
    found = room.issue_of_month(period)
    if found is not None or on < rules.first_working_day(period, working_days()):
        return found
    with acting_as(SYSTEM):
        try:
            with current_session().begin_nested():
                return _draft(period, on)
        except IntegrityError:
            return room.issue_of_month(period)


def _draft(period: str, on: date) -> BriefingIssue:
    session = current_session()
    month = rules.month_in_words(period)
    issue = BriefingIssue(
        ref=next_reference(session, "B"),
        period=period,
        number=1,
        title=month,
        questions="\n".join(QUESTIONS),
        prepared_on=on,
        created_at=machine_now(),
    )
    session.add(issue)
    # Before anything is read: whoever comes second stops here.
    session.flush()
    proposals = {each.candidate: each for each in queries.proposals(None, on=on)}
    chosen = [proposals[candidate] for candidate in taken(list(proposals))]
    has_training = any(each.candidate.kind is Kind.EVENT for each in chosen)
    issue.items = [*(make(each) for each in chosen), *standing_items(has_training=has_training)]
    number(issue)
    lessons = [one_line(item.heading, BriefingIssue.title.type.length) for item in issue.items if item.lesson]
    if lessons:
        # Proposed for the editor to put better: a month alone makes nobody open a mail.
        issue.title = proposed_title(lessons, longest=longest_title(briefing_name()))
        issue.headline = proposed_headline({each.candidate.kind for each in chosen})
    tell(
        issue,
        "create",
        f"Drafted {issue.ref} for {month}",
        before={},
        after={**words_of(issue), "items": [words_of_item(item) for item in issue.items]},
    )
    return issue
