"""Evidence that was given back, in a file: rows of the action that name the piece of evidence."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import select

from app.accounts.intake import marks
from app.actions.intake.impact import numbers_of
from app.actions.models import Evidence
from app.actions.models.evidence import EvidenceReturn
from app.core.database import current_session
from app.core.intake import Problem, Record, Rows, day, history, reference, words
from app.core.intake.section import batches
from app.core.intake.shapes import Field

EVIDENCE_RETURNS = Rows(
    "evidence_returns",
    history(
        Field(
            "evidence",
            required=True,
            pattern=r"A-([0-9]{4}|[1-9][0-9]{4,8})-E[1-9][0-9]{0,5}",
            said="a reference like A-0012-E1",
            description="The reference of the piece of evidence.",
        ),
        words("reason", required=True, default=None),
        day("returned_on", required=True),
        reference("returned_by", "people"),
        *marks(),
    ),
    description="Evidence that was given back, and why, in the order in which it was.",
)


def check_returns(action: Record) -> Iterator[Problem]:
    """What was given back is evidence of this action, and was there by then."""
    added = {piece.ref: piece["added_on"] for piece in action.get("evidence", ())}
    for row in action.get(EVIDENCE_RETURNS.name, ()):
        if row["evidence"] not in added:
            yield row.problem("evidence", f"{action.ref} has no such evidence")
        elif row["returned_on"] < added[row["evidence"]]:
            yield row.problem(
                "returned_on",
                f"{action.ref}: It was given back before it was added on {added[row['evidence']]}",
            )


def read_returns(raw: dict[int, dict[str, Any]], ids: Collection[int] | None, reader: Any) -> None:
    """Put the rows to the actions that were read."""
    columns = {
        field.name: getattr(EvidenceReturn, field.column or field.name)
        for field in EVIDENCE_RETURNS.fields
        if field.name != "evidence"
    }
    statement = (
        select(Evidence.action_id, EvidenceReturn.id, Evidence.ref, *columns.values())
        .join(Evidence, Evidence.id == EvidenceReturn.evidence_id)
        .order_by(Evidence.action_id, EvidenceReturn.id)
    )
    asked = [statement]
    if ids is not None:
        asked = [statement.where(Evidence.action_id.in_(batch)) for batch in batches(sorted(ids))]
    rows = [row for each in asked for row in current_session().execute(each)]
    found = [
        (row[0], {"row_id": row[1], "evidence": row[2], **dict(zip(columns, row[3:], strict=True))})
        for row in rows
    ]
    reader.put_in_words(EVIDENCE_RETURNS.fields, [values for _, values in found])
    for action_id, values in found:
        raw[action_id].setdefault(EVIDENCE_RETURNS.name, []).append(values)


def evidence_given_back(records: Iterable[Record]) -> dict[str, int]:
    """The row numbers of the evidence that these actions had given back; it is written before its returns."""
    rows = [row for record in records for row in record.get(EVIDENCE_RETURNS.name, ())]
    return numbers_of(Evidence, [row["evidence"] for row in rows])


def return_columns(columns: dict[str, Any], numbers: Mapping[str, int]) -> dict[str, Any]:
    """The columns of a row, which leads to its evidence by the number."""
    return {**columns, "evidence_id": numbers[columns.pop("evidence")]}
