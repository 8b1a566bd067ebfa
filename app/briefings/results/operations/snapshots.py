"""Results written down after 7 and 28 days, and once more before what is kept of people is summed up."""

from datetime import date
from functools import partial
from typing import Any

from app.briefings.models import BriefingIssue, BriefingResult, LinkResult
from app.briefings.results import rules
from app.briefings.results.queries import counting, due
from app.briefings.results.queries.counting import Results
from app.core.database import current_session, keep_for_change
from app.core.patience import with_patience
from app.core.transactions import apart


def write_down_due(*, on: date) -> int:
    """Write down every result that is due on the day or was missed; say how many were."""
    with apart(reading=True):
        waiting = [
            (issue_id, days)
            for issue_id, sent_on, taken, has_ended in due.issues_sent(up_to=on)
            for days in rules.snapshots_due(sent_on, on, taken, has_ended=has_ended)
        ]
    return sum(write_down(issue_id=issue_id, after_days=days, on=on) for issue_id, days in waiting)


def write_down(*, issue_id: int, after_days: int, on: date) -> bool:
    """Write down the results of an issue; whether nobody else had.

    They are counted while nobody is kept from writing, and then written at once.
    """
    with apart(reading=True) as session:
        issue = session.get_one(BriefingIssue, issue_id)
        until = None if after_days == rules.LAST_SNAPSHOT else after_days
        results = counting.counted(issue, after_days=until)
    return with_patience(partial(_keep, issue_id, after_days, on, results))


def _keep(issue_id: int, after_days: int, on: date, results: Results) -> bool:
    session = current_session()
    issue = session.get_one(BriefingIssue, issue_id)
    # Another scheduler may be at it: whoever comes second finds it done.
    keep_for_change(issue)
    if counting.is_taken(issue, after_days):
        return False
    shared = {"issue_id": issue_id, "after_days": after_days, "taken_on": on}
    rows: list[Any] = [
        BriefingResult(**shared, **results.total.as_values(), votes=results.votes, useful=results.useful)
    ]
    rows += (
        BriefingResult(**shared, agency_id=key, **numbers.as_values())
        for key, numbers in results.by_agency.items()
        if key is not None
    )
    rows += (
        BriefingResult(**shared, audience_id=key, **numbers.as_values())
        for key, numbers in results.by_audience.items()
        if key is not None
    )
    rows += (
        LinkResult(
            link_id=each.link.id,
            after_days=after_days,
            clicks=each.clicks,
            readers=each.readers,
            scanners=each.scanners,
        )
        for each in results.links
    )
    session.add_all(rows)
    session.flush()
    return True
