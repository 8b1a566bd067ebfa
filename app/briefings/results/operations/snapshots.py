"""Results written down after 7 and 28 days, and once more before what is kept of people is summed up."""

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import delete, select

from app.briefings import queries as briefings
from app.briefings.models import BriefingIssue, BriefingLink, BriefingResult, LinkResult
from app.briefings.results import rules
from app.briefings.results.numbers import summed_with_the_largest
from app.briefings.results.queries import counting, due
from app.briefings.results.queries.counting import Results
from app.core.database import current_session, keep_for_change
from app.core.patience import with_patience
from app.core.transactions import apart


def write_down_due(*, on: date) -> int:
    """Write down every result that is due on the day or was missed; say how many were."""
    with apart(reading=True):
        months = briefings.settings().months_kept
        waiting = [
            (issue_id, days)
            for issue_id, sent_on, taken, has_ended in due.issues_sent(up_to=on)
            for days in rules.snapshots_due(sent_on, on, taken, months, has_ended=has_ended)
        ]
    return sum(write_down(issue_id=issue_id, after_days=days, on=on) for issue_id, days in waiting)


def write_down(*, issue_id: int, after_days: int, on: date) -> bool:
    """Write down the results of an issue; whether nobody else had.

    They are counted while nobody is kept from writing, and then written at once. What readers did of groups
    too small to be shown is not written down for each: of an agency with one reader it would be theirs, for
    ever.
    """
    with apart(reading=True) as session:
        issue = session.get_one(BriefingIssue, issue_id)
        until = None if after_days == rules.LAST_SNAPSHOT else after_days
        results = without_small_groups(counting.counted(issue, after_days=until))
    return with_patience(partial(_keep, issue_id, after_days, on, results))


def without_small_groups(results: Results) -> Results:
    """The results without what so few readers did that it would tell who it was."""
    if results.total.readers < rules.SMALLEST_GROUP:
        return Results(
            total=results.total.without_deeds(),
            by_agency={key: each.without_deeds() for key, each in results.by_agency.items()},
            by_audience={key: each.without_deeds() for key, each in results.by_audience.items()},
            links=[
                replace(each, readers=None if each.readers is None else 0, clicks=0) for each in results.links
            ],
            votes=results.votes,
            useful=results.useful,
        )
    return replace(
        results,
        by_agency=summed_with_the_largest(results.by_agency),
        by_audience=summed_with_the_largest(results.by_audience),
    )


def _keep(issue_id: int, after_days: int, on: date, results: Results) -> bool:
    session = current_session()
    issue = session.get_one(BriefingIssue, issue_id)
    # Another scheduler may be at it: whoever comes second finds it done.
    keep_for_change(issue)
    if counting.is_taken(issue, after_days):
        return False
    _write(issue_id, after_days, on, results)
    return True


def bring_up_to_date(*, issue_id: int, on: date) -> None:
    """Have the last results say what became of the issue's mail, before it is removed to whom it went.

    They may have been written down while it was sent, as nothing of people was to be kept any more. Where
    some deliveries are removed already, they were brought up to date then.
    """
    with_patience(partial(_bring_up_to_date, issue_id, on))


def _bring_up_to_date(issue_id: int, on: date) -> None:
    session = current_session()
    issue = session.get_one(BriefingIssue, issue_id)
    keep_for_change(issue)
    last, present = counting.as_taken(issue, rules.LAST_SNAPSHOT), counting.counted_anew(issue)
    if last is None or present.total.addressed < last.total.addressed:
        return
    links = select(BriefingLink.id).where(BriefingLink.issue_id == issue_id)
    for old in (
        delete(BriefingResult).where(BriefingResult.issue_id == issue_id),
        delete(LinkResult).where(LinkResult.link_id.in_(links)),
    ):
        is_last = old.table.c.after_days == rules.LAST_SNAPSHOT
        session.execute(old.where(is_last).execution_options(synchronize_session=False))
    _write(issue_id, rules.LAST_SNAPSHOT, on, without_small_groups(present))


def _write(issue_id: int, after_days: int, on: date, results: Results) -> None:
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
    current_session().add_all(rows)
    current_session().flush()
