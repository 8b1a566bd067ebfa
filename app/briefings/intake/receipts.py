""" "We discussed this": what teams gave back."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from app.accounts.intake import marks
from app.briefings.intake.days import at_midday, told_by_day
from app.briefings.models import CascadeReceipt
from app.briefings.rules import went_out
from app.core.intake import (
    ALWAYS,
    Field,
    Kind,
    Known,
    Problem,
    Record,
    Section,
    Shape,
    day,
    history,
    line,
    number,
    reference,
    running_ref,
    withdrawal,
    words,
)
from app.reviews.intake import check_withdrawal


class ReceiptSection(Section):
    """That teams spoke about an issue, and the one thing each will do."""

    name = "receipts"
    kind = "receipt"
    model = CascadeReceipt
    prefixes = ("T",)
    shape = Shape(
        (
            running_ref("T"),
            *history(
                reference("briefing", "briefings", required=True, column="issue_id"),
                reference("agency", "agencies", required=True),
                line("team", 120, required=True),
                day("discussed_on", required=True),
                number("staff", required=True, least=1, most=100_000),
                words("one_thing"),
                reference("given_by", "people", description="Left out where it came by the agency's link."),
            ),
            Field("given_on", Kind.DAY, required=True, column="given_at", settled=ALWAYS),
            *withdrawal(),
            *marks(settled=ALWAYS),
        ),
        description="“We discussed this”: that a team spoke about an issue of the briefing.",
    )

    def check(self, records: Collection[Record], known: Known) -> Iterator[Problem]:
        """Nobody discusses what did not go out, nor before it did, nor gives a receipt before that."""
        for record in records:
            yield from check_withdrawal(record)
            issue = known.find("briefings", record["briefing"])
            if issue is not None and not went_out(issue["state"], issue.get("sent_on")):
                yield record.problem("briefing", "Only an issue that went out can have been discussed")
            elif issue is not None and record["discussed_on"] < issue.get("sent_on", ""):
                yield record.problem(
                    "discussed_on", f"{issue.ref} went out on {issue['sent_on']}, and not before"
                )
            if record["given_on"] < record["discussed_on"]:
                yield record.problem("given_on", "A receipt is given on the day of the discussion or later")

    def columns(self, record: Record, known: Known) -> dict[str, Any]:
        """A day stands for the moment it was given."""
        return super().columns(record, known) | {"given_at": at_midday(record["given_on"])}

    def _read(self, refs: Sequence[str] | None, reader: Any) -> dict[int, dict[str, Any]]:
        raw = super()._read(refs, reader)
        told_by_day(raw.values(), "given_on")
        return raw
