"""Statements of impact and the looks that ask for them: what must hold of them, and how they are kept."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import insert, select, update

from app.actions.intake.life import holders_on, statuses_on
from app.actions.models import Evidence, ImpactLook, ImpactStatement, impact_evidence
from app.actions.rules import Move
from app.actions.rules.impact import (
    LOOK_AFTER_MONTHS,
    STATED_WHILE,
    Claim,
    ImpactDecision,
    Level,
    Shown,
    add_months,
    answers,
    check_claim,
    makes_confirmed,
)
from app.actions.rules.sign_off import Decision
from app.core.database import current_session
from app.core.errors import RuleBroken
from app.core.intake import Known, Problem, Record, repeated
from app.core.intake.section import batches

#: What a file may still add to an action that is closed.
ADDED_WHEN_CLOSED = ("evidence", "impact_looks", "impact_statements", "sign_offs")


def check_impact(action: Record, known: Known) -> Iterator[Problem]:
    """Every rule that the statements and looks of one action break."""
    waiting = [row for row in action.get("impact_statements", ()) if "decision" not in row]
    for row in waiting[1:]:
        yield row.problem("decision", f"{waiting[0].ref} waits to be confirmed already")
    for statement in action.get("impact_statements", ()):
        yield from _check_statement(action, statement, known)
    yield from _check_confirmed(action)
    yield from _check_looks(action)


def check_ratified(sign_off: Record) -> Iterator[Problem]:
    """A decision is ratified at a meeting after it, and only one that was made under delegation."""
    ratified = [name for name in ("ratified_on", "ratified_by", "ratified_meeting_on") if name in sign_off]
    if sign_off.get("is_delegated"):
        if sign_off.get("decision") != Decision.ACCEPTED:
            yield sign_off.problem("is_delegated", "Under delegation work is only accepted")
        if "meeting_on" in sign_off:
            yield sign_off.problem("meeting_on", "What a meeting decided was not delegated")
    for name in ratified:
        if not sign_off.get("is_delegated"):
            yield sign_off.problem(name, "There is nothing to ratify: it was not decided under delegation")
    if ratified and not {"ratified_on", "ratified_meeting_on"} <= sign_off.keys():
        yield sign_off.problem(ratified[0], "What was ratified says when, and at which meeting")
    elif ratified and not (
        sign_off.get("decided_on", "") <= sign_off["ratified_meeting_on"] <= sign_off["ratified_on"]
    ):
        yield sign_off.problem(
            "ratified_meeting_on", "The meeting lies between the decision and the day it was ratified"
        )


def impact_evidence_of(action: Record) -> set[str]:
    """The references of the evidence that shows impact; it may be added when the action is closed."""
    return {ref for row in action.get("impact_statements", ()) for ref in row.get("evidence", ())}


def stated(action: Record) -> list[ImpactStatement]:
    """The statements as the kept columns ask for them, in no session."""
    return [
        ImpactStatement(level=row["level"], decision=row.get("decision"))
        for row in action.get("impact_statements", ())
    ]


def read_impact(raw: dict[int, dict[str, Any]]) -> None:
    """Put references in place of the numbers that statements and looks were read with."""
    rows = [row for values in raw.values() for row in values.get("impact_statements", ())]
    by_id: dict[int, list[str]] = {row["row_id"]: row.setdefault("evidence", []) for row in rows}
    statement_id, evidence_id = impact_evidence.c.impact_statement_id, impact_evidence.c.evidence_id
    for batch in batches(sorted(by_id)):
        pairs = current_session().execute(
            select(statement_id, Evidence.ref)
            .join(Evidence, Evidence.id == evidence_id)
            .where(statement_id.in_(batch))
        )
        for number, ref in pairs:
            by_id[number].append(ref)
    refs = {row["row_id"]: row["ref"] for row in rows}
    for values in raw.values():
        for look in values.get("impact_looks", ()):
            look["statement"] = refs.get(look["statement"])


def look_columns(row: Record) -> dict[str, Any]:
    """What follows from the rest of a look; the statement that answers it is joined once it is written."""
    return {"statement_id": None, "is_open": "statement" not in row and "ended_on" not in row}


def join_impact(records: Sequence[Record]) -> None:
    """Join statements to their evidence, and looks to the statements that answer them."""
    session = current_session()
    rows = [row for record in records for row in record.get("impact_statements", ())]
    numbers = numbers_of(ImpactStatement, [row.ref for row in rows])
    shown = numbers_of(Evidence, [ref for row in rows for ref in row.get("evidence", ())])
    kept: set[int] = set()
    for batch in batches(sorted(numbers.values())):
        kept |= set(
            session.scalars(
                select(impact_evidence.c.impact_statement_id).where(
                    impact_evidence.c.impact_statement_id.in_(batch)
                )
            )
        )
    pairs = [
        {"impact_statement_id": numbers[row.ref], "evidence_id": shown[ref]}
        for row in rows
        if numbers[row.ref] not in kept
        for ref in row.get("evidence", ())
    ]
    for some in batches(pairs):
        session.execute(insert(impact_evidence), some)
    answered = [look for record in records for look in record.get("impact_looks", ()) if "statement" in look]
    looks = numbers_of(ImpactLook, [look.ref for look in answered])
    for each in batches(answered):
        session.execute(
            update(ImpactLook),
            [{"id": looks[look.ref], "statement_id": numbers[look["statement"]]} for look in each],
        )


def numbers_of(model: Any, refs: Collection[str]) -> dict[str, int]:
    """The row numbers of what has these references, asked for many at a time."""
    found: dict[str, int] = {}
    for batch in batches(sorted(set(refs))):
        rows = current_session().execute(select(model.ref, model.id).where(model.ref.in_(batch)))
        found |= {row[0]: row[1] for row in rows}
    return found


def _check_statement(action: Record, statement: Record, known: Known) -> Iterator[Problem]:
    pieces = {piece.ref: piece for piece in action.get("evidence", ())}
    for ref in statement.get("evidence", ()):
        if ref not in pieces:
            yield statement.problem("evidence", f"{action.ref} has no evidence with this reference", ref)
    number = _numbering()
    shown = [_shown(pieces[ref], number, known) for ref in statement.get("evidence", ()) if ref in pieces]
    statuses = statuses_on(action, statement["stated_on"])
    claim = Claim(
        level=Level(statement["level"]),
        statement=statement["statement"],
        measure=statement.get("measure"),
        baseline=statement.get("baseline"),
        target=statement.get("target"),
        actual=statement.get("actual"),
        measured_by=statement.get("measured_by"),
        measured_on=_date(statement.get("measured_on")),
    )
    faults: list[RuleBroken] = []
    holders = sorted(holders_on(action, statement["stated_on"]), key=str)
    for owner_ref, agency_ref in holders:
        owner = known.find("people", owner_ref)
        agencies = {agency_ref, owner.get("agency") if owner else None} - {None}
        try:
            check_claim(
                claim,
                status=min(statuses & STATED_WHILE or statuses),
                evidence=shown,
                owner_id=number(owner_ref),
                agency_ids=frozenset(number(f"agency {ref}") or 0 for ref in agencies),
                on=date.fromisoformat(statement["stated_on"]),
            )
        except RuleBroken as broken:
            faults.append(broken)
    # Where it passed on that day, it is enough that the claim holds of one of those who had it.
    if len(faults) == len(holders):
        yield statement.problem(faults[0].field or "stated_on", faults[0].sentence)
    yield from _check_decided(statement)


def _check_decided(statement: Record) -> Iterator[Problem]:
    if "decision" not in statement:
        for field in ("decided_on", "decided_by", "decision_reason"):
            if field in statement:
                yield statement.problem(field, "There is no decision that this belongs to")
    elif "decided_on" not in statement:
        yield statement.problem("decided_on", "A decision was made on some day; give it")
    elif statement["decided_on"] < statement["stated_on"]:
        yield statement.problem("decided_on", f"It was stated only on {statement['stated_on']}")
    if "decided_by" in statement and statement["decided_by"] == statement.get("stated_by"):
        yield statement.problem("decided_by", "Nobody confirms what they stated themselves")


def _shown(piece: Record, number: Callable[[str | None], int | None], known: Known) -> Shown:
    person = known.find("people", piece.get("added_by"))
    agency = person.get("agency") if person else None
    return Shown(
        piece.get("nature", "document"),
        number(piece.get("added_by")),
        number(f"agency {agency}") if agency else None,
    )


def _numbering() -> Callable[[str | None], int | None]:
    """Numbers that tell people and agencies apart, which is all that the rule wants of them."""
    numbers: dict[str, int] = {}

    def number(ref: str | None) -> int | None:
        return numbers.setdefault(ref, len(numbers) + 1) if ref else None

    return number


def _check_confirmed(action: Record) -> Iterator[Problem]:
    """Impact that was confirmed made the action so by a step."""
    steps = {step["taken_on"] for step in action.get("steps", ()) if step["move"] == Move.CONFIRM_IMPACT}
    for statement in action.get("impact_statements", ()):
        if (
            statement.get("decision") == ImpactDecision.CONFIRMED
            and makes_confirmed(Level(statement["level"]))
            and not any(on <= statement.get("decided_on", on) for on in steps)
        ):
            yield statement.problem("decision", f"{action.ref}: No step says that its impact was confirmed")


def _check_looks(action: Record) -> Iterator[Problem]:
    closings = {step["taken_on"] for step in action.get("steps", ()) if step["move"] == Move.ACCEPT}
    statements = {row.ref: row for row in action.get("impact_statements", ())}
    for row in repeated(action.get("impact_looks", ()), "closed_on", "months"):
        yield row.problem("months", f"{action.ref}: This look stands twice")
    for look in action.get("impact_looks", ()):
        if look["months"] not in LOOK_AFTER_MONTHS:
            yield look.problem("months", "Looks are due after 3, 6 and 12 months")
        elif look["due_on"] != str(add_months(date.fromisoformat(look["closed_on"]), look["months"])):
            yield look.problem("due_on", f"{look['months']} months after {look['closed_on']} is another day")
        if look["closed_on"] not in closings:
            yield look.problem("closed_on", f"{action.ref} was not accepted as complete on that day")
        yield from _check_ended(action, look)
        if "statement" in look and look["statement"] not in statements:
            yield look.problem("statement", f"{action.ref} has no statement with this reference")
        elif "statement" in look:
            yield from _check_answer(look, statements[look["statement"]])


def _check_ended(action: Record, look: Record) -> Iterator[Problem]:
    """What is owed looks back to the present closing; reopened, the action ends what it still owed."""
    if "statement" in look and "ended_on" in look:
        yield look.problem("ended_on", "What was answered did not end unanswered")
    is_open = "statement" not in look and "ended_on" not in look
    if is_open and look["closed_on"] != action.get("closed_on"):
        yield look.problem("ended_on", f"{action.ref} was reopened after {look['closed_on']}; give the day")


def _check_answer(look: Record, statement: Record) -> Iterator[Problem]:
    """A look is answered from four weeks before it is due, by what was not returned."""
    if not answers(date.fromisoformat(statement["stated_on"]), date.fromisoformat(look["due_on"])):
        yield look.problem(
            "statement", f"What was stated on {statement['stated_on']} is too early for {look['due_on']}"
        )
    if statement.get("decision") == ImpactDecision.RETURNED:
        yield look.problem("statement", "What was returned answers nothing: the look is owed again")


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
