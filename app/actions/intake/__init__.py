"""Actions with their history, loaded in bulk and read back; nothing is replayed and nobody is written to."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import update

from app.actions import queries
from app.actions.intake.challenges import ChallengeSection
from app.actions.intake.checks import check_action, check_still_open
from app.actions.intake.course import check_newly_set_aside
from app.actions.intake.impact import join_impact, look_columns, read_impact, stated
from app.actions.intake.returns import (
    EVIDENCE_RETURNS,
    evidence_given_back,
    read_returns,
    return_columns,
)
from app.actions.intake.shape import ACTION
from app.actions.models import (
    Action,
    ActionStep,
    ActionUpdate,
    ColourOverride,
    DateChange,
    Evidence,
    ExtensionRequest,
    ImpactLook,
    ImpactStatement,
    NotForUs,
    OwnerChange,
    SignOff,
    Succession,
    action_lesson,
    action_recommendation,
)
from app.actions.models.evidence import EvidenceReturn
from app.actions.standing import keep, recolour
from app.core import hooks
from app.core.clock import today
from app.core.database import current_session
from app.core.intake import Child, Known, Link, Problem, Record, Rows, Section
from app.core.intake.section import batches

#: What one function keeps on the action, and what follows from its rows.
_KEPT = (
    "owner_view",
    "last_update_on",
    "extension_count",
    "return_count",
    "impact_level",
    "submitted_on",
    "colour",
    "urgency",
    "colour_changes_on",
    "declared_colour",
    "declared_until",
    "is_open",
    "is_chased",
    "unacknowledged_since",
    "sort_due_on",
)
#: What reminders about an action depend on.
_OWED = ("status", "due_on", "owner", "agency", "group")


class ActionSection(Section):
    """Actions."""

    name = "actions"
    kind = "action"
    model = Action
    shape = ACTION
    prefixes = ("A",)
    children = {  # noqa: RUF012 (never changed)
        "steps": Child(ActionStep, "action_id"),
        "updates": Child(ActionUpdate, "action_id"),
        "evidence": Child(Evidence, "action_id"),
        EVIDENCE_RETURNS.name: Child(EvidenceReturn, "evidence_id"),
        "extension_requests": Child(ExtensionRequest, "action_id"),
        "date_changes": Child(DateChange, "action_id"),
        "sign_offs": Child(SignOff, "action_id"),
        "impact_statements": Child(ImpactStatement, "action_id"),
        "impact_looks": Child(ImpactLook, "action_id"),
        "owner_changes": Child(OwnerChange, "action_id"),
        "successions": Child(Succession, "action_id"),
        "not_for_us": Child(NotForUs, "action_id"),
        "colour_overrides": Child(ColourOverride, "action_id"),
    }
    links = {  # noqa: RUF012 (never changed)
        "lessons": Link(action_lesson, "action_id", "lesson_id"),
        "recommendations": Link(action_recommendation, "action_id", "recommendation_id"),
    }

    def check(self, records: Collection[Record], known: Known) -> Iterator[Problem]:
        """Every rule of the life of an action."""
        for record in records:
            yield from check_action(record, known)

    def refused(self, here: Record, record: Record, known: Known) -> Iterator[Problem]:
        """Besides what is settled: what is closed is read-only."""
        settled = list(super().refused(here, record, known))
        yield from settled
        yield from check_newly_set_aside(here, record)
        named = {problem.path for problem in settled}
        yield from (problem for problem in check_still_open(here, record) if problem.path not in named)

    def derived(self, record: Record, known: Known) -> dict[str, Any]:
        """The kept columns, by the one function that knows them, of an action that is in no session."""
        action = Action(
            status=record["status"],
            agreed_on=_date(record.get("agreed_on")),
            acknowledged_on=_date(record.get("acknowledged_on")),
            steps=[
                ActionStep(move=row["move"], taken_on=_date(row["taken_on"]))
                for row in record.get("steps", ())
            ],
            owner_changes=[
                OwnerChange(changed_on=_date(row["changed_on"])) for row in record.get("owner_changes", ())
            ],
            due_on=_date(record.get("due_on")),
            updates=[
                ActionUpdate(id=number, written_on=_date(row["written_on"]), owner_view=row["owner_view"])
                for number, row in enumerate(record.get("updates", ()), start=1)
            ],
            extension_requests=[
                ExtensionRequest(decision=row.get("decision")) for row in record.get("extension_requests", ())
            ],
            date_changes=[
                DateChange(cause=row["cause"], reason_code=row["reason_code"])
                for row in record.get("date_changes", ())
            ],
            sign_offs=[
                SignOff(decision=row.get("decision"), sent_on=_date(row["sent_on"]))
                for row in record.get("sign_offs", ())
            ],
            impact_statements=stated(record),
            colour_overrides=[
                ColourOverride(
                    declared=row["declared"],
                    declared_on=_date(row["declared_on"]),
                    lapses_on=_date(row["lapses_on"]),
                )
                for row in record.get("colour_overrides", ())
            ],
        )
        keep(action, on=_day(known))
        return {name: getattr(action, name) for name in _KEPT}

    def columns(self, record: Record, known: Known) -> dict[str, Any]:
        """Without the whole it is part of, which may not have been written yet."""
        return super().columns(Record({**record, "parent": None}), known)

    def row_columns(self, rows: Rows, row: Record, record: Record, known: Known) -> dict[str, Any]:
        """A look is open while nothing answered or ended it; a return leads to its evidence."""
        columns = super().row_columns(rows, row, record, known)
        if rows.name == EVIDENCE_RETURNS.name:
            return return_columns(columns, known.notes[EVIDENCE_RETURNS.name])
        return columns | look_columns(row) if rows.name == "impact_looks" else columns

    def _read_rows(
        self, rows: Rows, raw: dict[int, dict[str, Any]], ids: list[int] | None, reader: Any
    ) -> None:
        if rows.name == EVIDENCE_RETURNS.name:
            read_returns(raw, ids, reader)
        else:
            super()._read_rows(rows, raw, ids, reader)

    def _read(self, refs: Sequence[str] | None, reader: Any) -> dict[int, dict[str, Any]]:
        raw = super()._read(refs, reader)
        read_impact(raw)
        return raw

    def _write_rows(
        self, rows: Rows, created: Sequence[Record], changed: Sequence[tuple[Record, Record]], known: Known
    ) -> None:
        if rows.name == EVIDENCE_RETURNS.name:
            known.notes[rows.name] = evidence_given_back([*created, *(record for _, record in changed)])
        super()._write_rows(rows, created, changed, known)

    def _write_parts(
        self, created: Sequence[Record], changed: Sequence[tuple[Record, Record]], known: Known
    ) -> None:
        super()._write_parts(created, changed, known)
        join_impact([*created, *(record for _, record in changed)])

    def at_creation(self, record: Record, known: Known) -> dict[str, Any]:
        """When it came to be here."""
        return {"created_at": known.at}

    def written(
        self, created: Sequence[Record], changed: Sequence[tuple[Record, Record]], known: Known
    ) -> None:
        """Join parts to their wholes, whose colours come last; have reminders taken out that are not true."""
        _join_parts([*created, *(record for _, record in changed)], known)
        for here, record in changed:
            if any(here.get(name) != record.get(name) for name in _OWED):
                hooks.dues_changed.ask("action", record.ref)

    def source_ref(self, record: Record) -> str:
        """The review it answers."""
        source: str = record["source"]
        return source


def sections() -> tuple[Section, ...]:
    """The room's sections."""
    return ActionSection(), ChallengeSection()


def _join_parts(records: Sequence[Record], known: Known) -> None:
    """Let parts lead to their wholes, and give each whole the worst colour of what is still owed."""
    session = current_session()
    parts = [
        (record.row_id, known.row_id("actions", record["parent"])) for record in records if "parent" in record
    ]
    for batch in batches(parts):
        session.execute(update(Action), [{"id": part, "parent_id": whole} for part, whole in batch])
    wholes = {whole for _, whole in parts} | {
        record.row_id for record in records if record.get("is_all_agency") and record.row_id is not None
    }
    for number in sorted(wholes):
        recolour(queries.whole_for_change(number), on=_day(known))
    session.flush()


def _day(known: Known) -> date:
    """Today, asked once for a file."""
    on: date = known.notes.get("today") or today()
    known.notes["today"] = on
    return on


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
