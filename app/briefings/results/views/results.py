"""The results of an issue: after 7 days, after 28, and now."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import exports
from app.accounts import queries as accounts
from app.accounts.guard import may, person
from app.briefings import queries as briefings
from app.briefings.composing import queries as composing
from app.briefings.models import BriefingIssue
from app.briefings.results import comparison, rules
from app.briefings.results.queries import counting
from app.briefings.results.queries.counting import Results
from app.briefings.results.receipts import queries as receipts
from app.briefings.results.tables import SUPPRESSION, Line, Tables, tables, useful_in_words
from app.briefings.results.views.blueprint import blueprint
from app.core.access import access
from app.core.export import Column

NOW = "now"
MARKING = "OFFICIAL"

COLUMNS: tuple[Column[Line], ...] = (
    Column("Readers", lambda line: line.part, 14),
    Column("Name", lambda line: line.name, 40),
    Column("Audience", lambda line: line.numbers.addressed, 10),
    Column("Delivered", lambda line: line.fate("delivered"), 10),
    Column("Refused", lambda line: line.fate("bounced"), 10),
    Column("Not sent", lambda line: line.fate("not_sent"), 10),
    Column("Readers who followed a link (share of delivered)", lambda line: line.clicked, 24),
    Column("Opens, only indicative (share of delivered)", lambda line: line.opened, 24),
    Column("Unsubscribed (share of delivered)", lambda line: line.left, 24),
    Column("Teams that discussed it", lambda line: line.numbers.receipts, 12),
    Column("Staff reached in teams", lambda line: line.numbers.staff, 12),
)


@blueprint.get("/briefings/<ref>/results")
@access("briefing.results", counting.issue_with_results)
def show(issue: BriefingIssue) -> str:
    """What came of an issue; whoever is only an agency's lead sees their own agency's readers."""
    taken = [row.after_days for row in counting.days_taken(issue)]
    at, results = _asked(issue, taken)
    shown, settings = _tables(issue, results, taken), briefings.settings()
    return render_template(
        "briefings/results/show.html",
        issue=issue,
        results=results,
        useful=useful_in_words(results.useful, results.votes),
        shown=shown,
        moments=_moments(issue, taken, at),
        scanner_labels=rules.SCANNER_LABELS,
        soonest=rules.SOONEST.seconds,
        at_once_within=rules.AT_ONCE_WITHIN.seconds,
        compared=_compared(results, shown),
        suppression=SUPPRESSION,
        people_kept_until=None
        if issue.sent_on is None
        else rules.people_kept_until(issue.sent_on, settings.months_kept),
        settings=settings,
        most_in_a_minute=rules.MOST_A_MINUTE,
        again=_again(issue),
        by_link=receipts.count_by_link(person().facts, issue),
    )


def _again(issue: BriefingIssue) -> composing.Again | None:
    """For the editors, of an issue that was sent from here: whether it comes again, or can."""
    if not may("briefing.change", issue) or issue.began_at is None or issue.brings_again_id is not None:
        return None
    return composing.again(issue, counted=False)


@blueprint.get("/briefings/<ref>/results/export")
@access("briefing.results", counting.issue_with_results)
def export_results(issue: BriefingIssue) -> ResponseReturnValue:
    """The results as a file, of the moment that is on the page."""
    taken = [row.after_days for row in counting.days_taken(issue)]
    at, results = _asked(issue, taken)
    shown = _tables(issue, results, taken)
    return exports.export(
        name=f"Results of {issue.ref}",
        file_name=f"results-{issue.ref.lower()}",
        columns=COLUMNS,
        rows=shown.lines(),
        applied=[("Moment", _label(at), "at")],
        marking=MARKING,
        list_url=url_for("results.show", ref=issue.ref),
        suppressed=SUPPRESSION if shown.hides_some else None,
    )


def _asked(issue: BriefingIssue, taken: Sequence[int]) -> tuple[str, Results]:
    """The moment that the address asks for; the latest written down where it asks for none."""
    asked = request.args.get("at", "")
    days = {str(each): each for each in taken if each in rules.SNAPSHOTS}
    if not asked and days:
        asked = str(max(days.values()))
    if asked in days:
        results = counting.as_taken(issue, days[asked])
        if results is not None:
            return asked, results
    return NOW, counting.counted(issue)


def _moments(
    issue: BriefingIssue, taken: Sequence[int], at: str
) -> list[tuple[str, str | None, date | None]]:
    """The moments there are: label, address where it is another than the one shown, and the day it comes."""
    found: list[tuple[str, str | None, date | None]] = []
    for key in (*map(str, rules.SNAPSHOTS), NOW):
        is_there = key == NOW or int(key) in taken
        due = None if is_there or issue.sent_on is None else issue.sent_on + timedelta(days=int(key))
        url = url_for("results.show", ref=issue.ref, at=key) if is_there and key != at else None
        found.append((_label(key), url, due))
    return found


def _compared(results: Results, shown: Tables) -> Sequence[comparison.Compared]:
    """The published figures, beside an issue of which it is known how far it reached."""
    if shown.total is None or "delivered" in shown.total.kept_back or not results.total.delivered:
        return ()
    return comparison.beside(shown.total)


def _label(at: str) -> str:
    return "Now" if at == NOW else f"After {at} days"


def _tables(issue: BriefingIssue, results: Results, taken: Sequence[int]) -> Tables:
    last = results.after_days
    before = [
        counting.as_taken(issue, days)
        for days in rules.SNAPSHOTS
        if days in taken and (last is None or days < last)
    ]
    return tables(
        results,
        person().facts,
        before=[each for each in before if each is not None],
        only_whole=issue.brings_again_id is not None,
        agencies={agency.id: agency.name for agency in accounts.agencies(with_withdrawn=True)},
        audiences={audience.id: audience.name for audience in briefings.audiences(with_retired=True)},
    )
