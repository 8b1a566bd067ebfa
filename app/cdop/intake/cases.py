"""Child death review cases with their stages, waits, pauses and analysis, loaded in bulk and read back.

No field identifies anybody: a day of birth or of death, a name or a number has no place in the file either.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from app.accounts.intake import conflicts, marks
from app.accounts.models import ConflictOfInterest
from app.cdop.figures.changes import note_change
from app.cdop.intake.checks import check_case, check_everything_once, pathway_of
from app.cdop.intake.keeping import keep
from app.cdop.models import CaseFactor, CaseStage, ChildDeathCase, Referral, Wait
from app.cdop.rules.cases import CLOSED, KNOWN, PANEL, present_stage
from app.clocks.models import ClockPause
from app.core.database import current_session
from app.core.intake import (
    ALWAYS,
    Child,
    Field,
    Known,
    Problem,
    Record,
    Rows,
    Section,
    Shape,
    code,
    day,
    flag,
    history,
    line,
    reference,
    running_ref,
    withdrawal,
    words,
)
from app.core.intake.section import batches
from app.core.report_year import report_year_of
from app.reviews.intake import reached, with_stages_named

#: What the panel decided with its review, and no file changes afterwards.
_DECIDED = (
    "category",
    "conclusion",
    "categories_considered",
    "factors",
    "learning",
    "good_practice",
    "panel",
)
#: What may still be said of a closed case.
_SAID_OF_A_CLOSED_CASE = ("stages", "conflicts", "referrals", "provenance", "source_line", "source_note")


def _word(name: str, vocabulary: str, **more: Any) -> Field:
    """The code of a term."""
    return Field(name, longest=40, **{"description": f"Code of a term: {vocabulary}.", **more})


STAGES = Rows(
    "stages",
    history(
        Field("stage", required=True, column="stage_id", longest=40),
        day("reached_on", required=True),
        words("reason", description="Why late, where it is, without case detail."),
        reference("recorded_by", "people"),
        *withdrawal(),
        *marks(),
    ),
    key=("stage", "reached_on"),
    order=("reached_on",),
    required=True,
    description="The stages it reached, each on its day; ‘known’ is the day the death became known.",
)

WAITS = Rows(
    "waits",
    history(
        _word("reason", "what reviews wait on", required=True),
        flag("holds_up", default=True, description="False for what runs beside and holds nothing up."),
        words("note"),
        day("since_on", required=True),
        day("until_on", settled="until_on"),
        reference("recorded_by", "people"),
        *marks(),
    ),
    key=("reason", "since_on"),
    order=("since_on", "reason"),
    description="What the review waited or waits on, and what ran or runs beside it.",
)

PAUSES = Rows(
    "pauses",
    history(
        Field("limit", required=True, column="limit_code", longest=40),
        day("paused_on", required=True),
        day("resumed_on", settled="resumed_on"),
        words("reason", required=True, default=None),
        reference("approved_by", "people", settled="approved_by"),
        reference("recorded_by", "people"),
        day("declined_on", settled="declined_on"),
        words("declined_reason", default=None, settled="declined_on"),
    ),
    key=("limit", "paused_on"),
    order=("paused_on", "limit"),
    description="When a local clock was to be paused, and who approved it.",
)

FACTORS = Rows(
    "factors",
    (
        _word("domain", "domains", required=True, column="domain_code"),
        _word("factor", "factors", required=True),
        _word("relevance", "how far a factor bore on the death", required=True),
        flag("is_modifiable", description="Whether it could be changed to reduce the risk of future deaths."),
        words("note", description="What was seen, anonymised."),
    ),
    is_history=False,
    order=("domain", "factor"),
    description="The factors of the analysis.",
)

REFERRALS = Rows(
    "referrals",
    history(
        reference("review", "reviews", required=True),
        day("referred_on", required=True),
        reference("referred_by", "people"),
    ),
    key=("review",),
    description="The review that it was referred to as a serious incident: one.",
)


class ChildDeathSection(Section):
    """Deaths under review."""

    name = "child_deaths"
    kind = "child_death"
    model = ChildDeathCase
    prefixes = ("D",)
    children = {  # noqa: RUF012 (never changed)
        "stages": Child(CaseStage, "case_id", ("reached_on",)),
        "waits": Child(Wait, "case_id", ("since_on",)),
        "pauses": Child(ClockPause, "source_ref", ("paused_on",), is_by_ref=True),
        "factors": Child(CaseFactor, "case_id", ("domain_code",)),
        "referrals": Child(Referral, "case_id"),
        "conflicts": Child(ConflictOfInterest, "source_ref", ("declared_on",), is_by_ref=True),
    }
    shape = Shape(
        (
            running_ref("D"),
            line("cdop_number", 40, required=True, description="The number the panel gives the death."),
            line("ecdop_ref", 60, default=None, description="Where the identifiable record lies."),
            reference("group", "groups", required=True),
            reference(
                "regime", "regimes", required=True, settled=ALWAYS, description="The guidance it began under."
            ),
            day("death_quarter_on", required=True, description="The first day of the quarter of the death."),
            _word("age_band", "age bands", required=True),
            _word("sex", "sexes", required=True),
            _word("ethnicity_group", "ethnicity groups", required=True),
            _word("place", "places of death", required=True),
            reference("area", "areas", required=True),
            code("expectedness", ("expected", "unexpected"), required=True),
            flag("joint_agency_response"),
            _word("exclusion", "reasons why a death is not reviewed here", default=None),
            _word("category", "categories of death", default=None),
            _word("conclusion", "conclusions on modifiable factors", default=None),
            line(
                "categories_considered",
                400,
                default="",
                description="Codes of every category considered, separated by spaces.",
            ),
            words("learning"),
            words("good_practice"),
            reference("panel", "panels", description="The panel that reviewed it, or is to."),
            line("key_worker_role", 200, default="", description="A post, for example Bereavement nurse."),
            reference("key_worker_agency", "agencies"),
            day("feedback_on", settled="feedback_on", description="The day the family was told."),
            reference("created_by", "people", settled=ALWAYS),
            *withdrawal(),
            *marks(),
        ),
        (STAGES, WAITS, PAUSES, FACTORS, REFERRALS, conflicts()),
        description="Deaths of children under review, without anything that says whose.",
    )

    def present(self, refs: Collection[str] | None, sections: Mapping[str, Section]) -> dict[str, Record]:
        """The cases, their stages by code."""
        return with_stages_named(super().present(refs, sections))

    def check(self, records: Collection[Record], known: Known) -> Iterator[Problem]:
        """The rules of each case, and that no number is that of two."""
        taken = _numbers(known, records)
        for record in records:
            yield from check_everything_once(record, taken)
            yield from check_case(record, known)

    def refused(self, here: Record, record: Record, known: Known) -> Iterator[Problem]:
        """Besides what is settled: what the panel decided stays, and a closed case is read-only."""
        yield from super().refused(here, record, known)
        if _stands_at(here, CLOSED) and _stands_at(record, CLOSED):
            fixed = {*here, *record}.difference(_SAID_OF_A_CLOSED_CASE)
            sentence = "A closed case is read-only until it is reopened"
        elif _stands_at(here, PANEL) and _stands_at(record, PANEL):
            fixed, sentence = set(_DECIDED), "The panel has decided this, and a file cannot change it"
        else:
            return
        for name in sorted(fixed):
            if here.get(name) != record.get(name):
                yield record.problem(name, sentence)

    def derived(self, record: Record, known: Known) -> dict[str, Any]:
        """Its compartment and what it is called; the stage it stands at, until ``written`` keeps the rest."""
        pathway = pathway_of(record, known)
        assert pathway is not None
        standing = [row for row in record["stages"] if "withdrawn_on" not in row]
        last = present_stage(reached(row, pathway) for row in standing)
        known_on = next(row["reached_on"] for row in standing if row["stage"] == KNOWN)
        return {
            "caption": record["cdop_number"],
            "is_restricted": True,
            "stage_code": last.code,
            "stage_reached_on": last.on,
            "known_on": date.fromisoformat(known_on),
            "death_year_start": report_year_of(date.fromisoformat(record["death_quarter_on"])).start_year,
        }

    def at_creation(self, record: Record, known: Known) -> dict[str, Any]:
        """When it came to be here."""
        return {"created_at": known.at}

    def row_columns(self, rows: Rows, row: Record, record: Record, known: Known) -> dict[str, Any]:
        """A stage is kept by its row, with the moment it came to be here."""
        columns = super().row_columns(rows, row, record, known)
        if rows.name == "stages":
            pathway = pathway_of(record, known)
            assert pathway is not None
            columns |= {"stage_id": pathway.stages[row["stage"]][1], "recorded_at": known.at}
        return columns

    def written(
        self, created: Sequence[Record], changed: Sequence[tuple[Record, Record]], known: Known
    ) -> None:
        """Keep what lists filter and sort by, and let the figures be computed anew."""
        records = (*created, *(record for _, record in changed))
        keep(record.row_id for record in records if record.row_id is not None)
        if records:
            note_change()

    def source_ref(self, record: Record) -> str:
        """A case heads its own thread."""
        return record.ref


def _stands_at(record: Record, stage: str) -> bool:
    """Whether a case has reached a stage, which was not withdrawn."""
    return any(row["stage"] == stage and "withdrawn_on" not in row for row in record["stages"])


def _numbers(known: Known, records: Collection[Record]) -> dict[tuple[str, str], str]:
    """Which case has which CDOP number or reference in eCDOP, among those here and in the file."""
    taken: dict[tuple[str, str], str] = {}
    for name in ("cdop_number", "ecdop_ref"):
        column = getattr(ChildDeathCase, name)
        for batch in batches(sorted({record[name] for record in records if name in record})):
            asked = select(column, ChildDeathCase.ref).where(column.in_(batch))
            for number, ref in current_session().execute(asked):
                if ref not in known.file["child_deaths"]:
                    taken[name, number] = ref
        for ref, record in known.file["child_deaths"].items():
            if name in record:
                taken.setdefault((name, record[name]), ref)
    return taken
