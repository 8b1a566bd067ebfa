"""The rules of an issue's life, held against what a file says of it."""

from collections.abc import Iterator

from app.accounts.policy import Sharing
from app.briefings import rules
from app.briefings.intake.shape import FOLLOWED
from app.briefings.models import IssueState
from app.briefings.reading.rules import is_web_address
from app.core.intake import Known, Problem, Record, repeated

#: In a file: the states of what was cleared, checked, or went out.
_PAUSED, _SENT = IssueState.PAUSED, IssueState.SENT
CLEARED = frozenset({IssueState.CLEARED, _PAUSED, _SENT})
_CHECKED = CLEARED | {IssueState.CHECKED}
#: Those that say on which day their sending began; one that was cancelled says so where it had begun.
_WENT_OUT = frozenset({_PAUSED, _SENT})

#: What an item may be made from; of these it names one at most.
_MADE_FROM = ("lesson", "action", "event", "review")

#: What readers were told of a training, kept beside it once the issue is cleared.
_TOLD_OF_EVENT = frozenset({"event_on", "event_where"})

#: What is still added to an issue that changes no more: what came of it.
_ADDED_LATER = frozenset({"results", *FOLLOWED, "feedback"})

#: The earlier issues that one may name, by what becomes of those.
EARLIER = {"corrects": "put right", "brings_again": "brought again"}

FROZEN = "The issue was cleared, and a file cannot change it; put a mistake right by a new issue"


def is_frozen(record: Record) -> bool:
    """Whether its words change no more and are kept as mail."""
    return record["state"] in CLEARED or rules.went_out(record["state"], record.get("sent_on"))


def check_issue(record: Record, known: Known) -> Iterator[Problem]:
    """Every rule that an issue of a file breaks."""
    yield from _check_life(record)
    yield from _check_people(record)
    yield from _check_items(record, known)
    yield from _check_earlier(record, known)
    yield from _check_results(record)


def check_unchanged(here: Record, record: Record) -> Iterator[Problem]:
    """What was cleared is changed by no file; what came of it is added."""
    if here["state"] in rules.BEING_WRITTEN:
        return
    for name in sorted({*here, *record} - _ADDED_LATER):
        if here.get(name) != record.get(name):
            yield record.problem(name, FROZEN)
    for name in FOLLOWED:
        rows = {_told_by(row): row for row in record.get(name, ())}
        for row in here.get(name, ()):
            twin = rows.get(_told_by(row), {})
            if any(row.get(count, 0) > twin.get(count, 0) for count in ("clicks", "readers", "scanners")):
                yield record.problem(
                    name, f"More is recorded here of item {row['item']}; nothing is taken away"
                )
    said, now = here.get("feedback", []), record.get("feedback", [])
    if len(now) < len(said):
        yield record.problem("feedback", f"{len(said)} are recorded here; nothing is taken away")
    for row, twin in zip(said, now, strict=False):
        for name in ("useful", "words", "given_on"):
            if row.get(name) != twin.get(name):
                yield twin.problem(name, "This is what a reader said, and a file cannot change it")


def _check_life(record: Record) -> Iterator[Problem]:
    state = record["state"]
    for names, states, needed in (
        (("checked_on", "checked_by"), _CHECKED, False),
        (("cleared_on", "cleared_by"), CLEARED, True),
        (("sent_on",), _WENT_OUT, True),
        (("scheduled_on",), _WENT_OUT, False),
    ):
        for name in names:
            if state in states and needed and name not in record:
                yield record.problem(name, f"An issue that is {state} says this")
            if state not in states and state != IssueState.CANCELLED and name in record:
                yield record.problem(name, f"An issue that is {state} has not come so far")
    if "scheduled_time" in record and "scheduled_on" not in record:
        yield record.problem("scheduled_on", "A time belongs to a day; give it")
    if state in CLEARED and not record.get("items"):
        yield record.problem("items", "Nobody clears an issue in which nothing stands")
    before = record["prepared_on"]
    for name in ("checked_on", "cleared_on", "sent_on"):
        if name in record and record[name] < before:
            yield record.problem(name, f"This cannot have been before {before}")
        before = max(before, record.get(name, before))


def _check_people(record: Record) -> Iterator[Problem]:
    authors = {row["person"] for row in record.get("authors", ())}
    if record.get("cleared_by") in authors:
        yield record.problem("cleared_by", "Whoever wrote in an issue cannot clear it")
    for row in repeated(record.get("authors", ()), "person"):
        yield row.problem("person", "An author is named once")


def _check_items(record: Record, known: Known) -> Iterator[Problem]:
    for row in record.get("items", ()):
        made_from = [name for name in _MADE_FROM if name in row]
        if len(made_from) > 1:
            yield row.problem(
                made_from[1], f"An item is made from one record, and this one from a {made_from[0]}"
            )
        for name in _TOLD_OF_EVENT & row.keys():
            if "event" not in row or not is_frozen(record):
                yield row.problem(name, "Only of a training, in an issue that was cleared, is this kept")
        if "url" in row and not is_web_address(row["url"]):
            yield row.problem("url", "This is not the address of a page")
        lesson = known.find("lessons", row.get("lesson"))
        if lesson is not None and lesson["sharing"] == Sharing.DRAFT:
            yield row.problem("lesson", "Only a lesson whose wording was cleared stands in a briefing")
    for row in repeated(record.get("findings_kept", ()), "digest"):
        yield row.problem("digest", "A finding is kept once")


def _check_earlier(record: Record, known: Known) -> Iterator[Problem]:
    for name, deed in EARLIER.items():
        earlier = known.find("briefings", record.get(name))
        if earlier is None:
            continue
        if earlier.ref == record.ref:
            yield record.problem(name, f"An issue is not {deed} by itself")
        elif not rules.went_out(earlier["state"], earlier.get("sent_on")):
            yield record.problem(name, f"Only an issue that went out is {deed} by another")


def _check_results(record: Record) -> Iterator[Problem]:
    for name in ("results", *FOLLOWED, "feedback"):
        if record.get(name) and not rules.went_out(record["state"], record.get("sent_on")):
            yield record.problem(name, "Nothing comes of an issue before it went out")
    for row in repeated(record.get("results", ()), "after_days", "agency", "audience"):
        yield row.problem("after_days", "The results of a day stand once for each agency and once in all")
    yield from _check_clicks(record)
    for row in record.get("results", ()):
        if "agency" in row and "audience" in row:
            yield row.problem("audience", "Results are of an agency or of a kind of work, not of both")
        if row["taken_on"] < record.get("sent_on", ""):
            yield row.problem("taken_on", "Results are taken after it went out")
        for part in ("clicked", "opened"):
            if row.get(part, 0) > row.get("delivered", 0):
                yield row.problem(part, "No more readers than it was delivered to")


def _check_clicks(record: Record) -> Iterator[Problem]:
    items = record.get("items", ())
    for name in FOLLOWED:
        for row in repeated(record.get(name, ()), "item", "agency", "after_days"):
            yield row.problem("item", "The clicks of an item stand once for each day and agency")
        for row in record.get(name, ()):
            if row["item"] > len(items) or "url" not in items[row["item"] - 1]:
                yield row.problem("item", "There is no item with a link in this place")


def _told_by(row: Record) -> tuple[object, ...]:
    """What tells a count of clicks from the others."""
    return row["item"], row.get("agency"), row.get("after_days")
