"""The challenge log, loaded in bulk and read back."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any

from app.accounts.intake import marks
from app.actions.challenges.rules import ChallengeKind, EntryKind, Outcome, check_entry, check_raised
from app.actions.models import Challenge, ChallengeEntry
from app.core.clock import today
from app.core.errors import RuleBroken
from app.core.intake import (
    ALWAYS,
    Child,
    Known,
    Problem,
    Record,
    Rows,
    Section,
    Shape,
    code,
    day,
    history,
    line,
    reference,
    running_ref,
    words,
)


class ChallengeSection(Section):
    """Challenges to agencies and to bodies outside."""

    name = "challenges"
    kind = "challenge"
    model = Challenge
    prefixes = ("H",)
    children = {"entries": Child(ChallengeEntry, "challenge_id", ("happened_on",))}  # noqa: RUF012 (never changed)
    shape = Shape(
        (
            running_ref("H"),
            code("kind", ChallengeKind, required=True, settled=ALWAYS),
            line("about", 300, required=True, settled=ALWAYS),
            reference("group", "groups", required=True),
            reference("source", "sources", settled=ALWAYS, description="The case it belongs to."),
            reference("action", "actions", settled=ALWAYS, description="The action it is about."),
            line("put_to", 200, required=True, settled=ALWAYS),
            reference("agency", "agencies", description="Where it is an agency that is known here."),
            day("raised_on", required=True, settled=ALWAYS),
            reference("raised_by", "people", settled=ALWAYS),
            day("answer_by_on"),
            code("outcome", Outcome, settled="outcome"),
            words("outcome_words", settled="outcome"),
            day("closed_on", settled="outcome"),
            reference("closed_by", "people", settled="outcome"),
            *marks(),
        ),
        (
            Rows(
                "entries",
                history(
                    code("kind", EntryKind, required=True),
                    line("whom", 200, required=True),
                    words("words", required=True, default=None),
                    day("happened_on", required=True),
                    reference("recorded_by", "people"),
                    *marks(),
                ),
                order=("happened_on",),
                description="Who was written to, when, and what they answered.",
            ),
        ),
        description="What was put to an agency or a body outside, and what came of it.",
    )

    def check(self, records: Collection[Record], known: Known) -> Iterator[Problem]:
        """Every rule of the log."""
        for record in records:
            yield from _check_case(record, known)
            yield from _check_days(record)
            yield from _check_outcome(record)

    def row_columns(self, rows: Rows, row: Record, record: Record, known: Known) -> dict[str, Any]:
        """A line says when it came to be here."""
        return super().row_columns(rows, row, record, known) | {"recorded_at": known.at}

    def source_ref(self, record: Record) -> str | None:
        """The case it belongs to, where it belongs to one."""
        return record.get("source")


def _check_case(challenge: Record, known: Known) -> Iterator[Problem]:
    """About an action it belongs to the action's case, whose compartment it lies in."""
    action = known.find("actions", challenge.get("action"))
    if action is not None and challenge.get("source") != action["source"]:
        yield challenge.problem("source", f"{action.ref} belongs to {action['source']}, and so does this")
    if challenge["kind"] == ChallengeKind.ESCALATION and "action" not in challenge:
        yield challenge.problem("action", "What was escalated outside is an action; name it")


def _check_days(challenge: Record) -> Iterator[Problem]:
    on = today()
    raised_on = date.fromisoformat(challenge["raised_on"])
    try:
        check_raised(raised_on=raised_on, answer_by_on=_date(challenge.get("answer_by_on")), on=on)
    except RuleBroken as broken:
        yield challenge.problem(broken.field or "raised_on", broken.sentence)
    closed_on = _date(challenge.get("closed_on")) or on
    for entry in _entries(challenge):
        try:
            check_entry(
                raised_on=raised_on,
                closed_on=None,
                happened_on=date.fromisoformat(entry["happened_on"]),
                on=closed_on,
            )
        except RuleBroken:
            yield entry.problem(
                "happened_on",
                f"{challenge.ref}: It happened after it was raised on {raised_on} and while it was open",
            )


def _check_outcome(challenge: Record) -> Iterator[Problem]:
    told = [name for name in ("outcome", "outcome_words", "closed_on") if name in challenge]
    if told and len(told) < 3:
        yield challenge.problem(told[0], "An outcome says what came of it, in words, and when")
    if "closed_by" in challenge and "outcome" not in challenge:
        yield challenge.problem("closed_by", "There is no outcome that this belongs to")


def _entries(challenge: Record) -> Sequence[Record]:
    found: Sequence[Record] = challenge.get("entries", ())
    return found


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
