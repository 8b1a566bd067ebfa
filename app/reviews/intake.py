"""Reviews with their stages and audited cases, and published figures, loaded in bulk and read back."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.accounts.intake import check_conflicts, conflicts, marks
from app.accounts.models import CaseTeamMember, ConflictOfInterest
from app.clocks.models import Regime, Stage
from app.core.database import current_session
from app.core.errors import RuleBroken
from app.core.intake import (
    ALWAYS,
    Child,
    Field,
    Kind,
    Known,
    Link,
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
    link,
    named_ref,
    number,
    reference,
    repeated,
    running_ref,
    several,
    withdrawal,
    words,
)
from app.reviews import rules
from app.reviews.models import (
    PATHWAYS,
    AuditedCase,
    PublishedFigure,
    Review,
    ReviewStage,
    ReviewType,
    review_area,
)


def report_year() -> Field:
    """The report year a record is counted in."""
    return Field(
        "report_year",
        Kind.YEAR,
        required=True,
        column="report_year_start",
        description="Written like 2016/17.",
    )


def check_withdrawal(record: Record) -> Iterator[Problem]:
    """What was withdrawn says when and why, and nothing else does."""
    if ("withdrawn_on" in record) != ("withdrawn_reason" in record):
        missing = "withdrawn_on" if "withdrawn_reason" in record else "withdrawn_reason"
        yield record.problem(missing, "What was withdrawn needs both the day and the reason")


@dataclass(frozen=True)
class Pathway:
    """The stages of one pathway under one regime, by code: position and row."""

    in_force_from: date
    stages: Mapping[str, tuple[int, int]]


class ReviewSection(Section):
    """Reviews of every kind."""

    name = "reviews"
    kind = "review"
    model = Review
    prefixes = ("R",)
    children = {  # noqa: RUF012 (never changed)
        "stages": Child(ReviewStage, "review_id", ("reached_on",)),
        "audited_cases": Child(AuditedCase, "review_id", ("number",)),
        "team": Child(CaseTeamMember, "source_ref", ("joined_on",), is_by_ref=True),
        "conflicts": Child(ConflictOfInterest, "source_ref", ("declared_on",), is_by_ref=True),
    }
    links = {"areas": Link(review_area, "review_id", "area_id")}  # noqa: RUF012 (never changed)
    shape = Shape(
        (
            running_ref("R"),
            code("type", ReviewType, required=True, column="review_type"),
            line("caption", 200, required=True, description="What it is called among those who may open it."),
            reference("group", "groups", required=True),
            reference(
                "regime", "regimes", required=True, settled=ALWAYS, description="The guidance it began under."
            ),
            report_year(),
            several("areas", "areas"),
            words("circumstances"),
            words("parallel_processes"),
            words("recorded_impact"),
            link("report_url"),
            flag("is_restricted", description="Whether only its team may open it."),
            flag("is_referred", description="Whether a child death review referred it."),
            *withdrawal(),
            *marks(),
        ),
        (
            Rows(
                "stages",
                history(
                    Field("stage", required=True, column="stage_id", longest=40),
                    day("reached_on", required=True),
                    words("reason"),
                    reference("recorded_by", "people"),
                    *withdrawal(),
                    *marks(),
                ),
                key=("stage", "reached_on"),
                order=("reached_on",),
                required=True,
                description="The stages it reached, each on its day.",
            ),
            Rows(
                "audited_cases",
                (
                    number("number", required=True, least=1, most=999),
                    words("summary"),
                    *withdrawal(),
                    *marks(),
                ),
                key=("number",),
                order=("number",),
                description="The cases that an audit looked at, known only by their numbers.",
            ),
            Rows(
                "team",
                history(
                    reference("person", "people", required=True),
                    flag("is_lead", settled="ended_on", description="Whether they say who else is on it."),
                    day("joined_on", required=True),
                    reference("added_by", "people"),
                    day("ended_on", settled="ended_on"),
                ),
                key=("person", "joined_on"),
                order=("joined_on",),
                description="Who is or was on its team while it is restricted.",
            ),
            conflicts(),
        ),
        description="Sources of learning: reviews of cases, audits, learning from outside.",
    )

    def present(self, refs: Collection[str] | None, sections: Mapping[str, Section]) -> dict[str, Record]:
        """The reviews, their stages by code."""
        return with_stages_named(super().present(refs, sections))

    def check(self, records: Collection[Record], known: Known) -> Iterator[Problem]:
        """Every stage lies on the review's pathway, and the review stands at one."""
        for record in records:
            yield from check_withdrawal(record)
            yield from _check_parts(record)
            yield from _check_openers(record)
            pathway = _pathway(record, known)
            if pathway is not None:
                yield from _check_stages(record, pathway)

    def refused(self, here: Record, record: Record, known: Known) -> Iterator[Problem]:
        """Besides what is settled: another type may not have another pathway."""
        yield from super().refused(here, record, known)
        old, new = (PATHWAYS[ReviewType(review["type"])] for review in (here, record))
        try:
            rules.check_type(pathway=old, new_pathway=new)
        except RuleBroken as broken:
            yield record.problem("type", broken.sentence)

    def derived(self, record: Record, known: Known) -> dict[str, Any]:
        """The stage it stands at."""
        pathway = _pathway(record, known)
        assert pathway is not None
        standing = [row for row in record["stages"] if "withdrawn_on" not in row]
        last = rules.present_stage([reached(row, pathway) for row in standing])
        return {"stage_code": last.code, "stage_reached_on": last.on}

    def at_creation(self, record: Record, known: Known) -> dict[str, Any]:
        """When it came to be here."""
        return {"created_at": known.at}

    def row_columns(self, rows: Rows, row: Record, record: Record, known: Known) -> dict[str, Any]:
        """A stage is kept by its row."""
        columns = super().row_columns(rows, row, record, known)
        if rows.name == "stages":
            pathway = _pathway(record, known)
            assert pathway is not None
            columns["stage_id"] = pathway.stages[row["stage"]][1]
        return columns

    def source_ref(self, record: Record) -> str:
        """A review heads its own thread."""
        return record.ref


class FigureSection(Section):
    """Figures as reports printed them."""

    name = "figures"
    kind = "figure"
    model = PublishedFigure
    prefixes = ("F",)
    shape = Shape(
        (
            named_ref(),
            reference("review", "reviews", description="Left out for the partnership's own figures."),
            report_year(),
            number("position", required=True),
            line("heading", 120, default=""),
            line("label", 300, required=True),
            line("value", 60, required=True, description="As printed."),
            *withdrawal(),
            *marks(),
        ),
        description="Numbers as a report printed them, with what they count.",
    )

    def check(self, records: Collection[Record], known: Known) -> Iterator[Problem]:
        """A withdrawn figure says when and why."""
        for record in records:
            yield from check_withdrawal(record)

    def source_ref(self, record: Record) -> str | None:
        """The review it belongs to, where it belongs to one."""
        return record.get("review")


def sections() -> tuple[Section, ...]:
    """The room's sections, in the order in which they can be written."""
    return ReviewSection(), FigureSection()


def with_stages_named(found: dict[str, Record]) -> dict[str, Record]:
    """The records as they were read, with their stages by code."""
    codes = {row[0]: row[1] for row in current_session().execute(select(Stage.id, Stage.code))}
    for record in found.values():
        for row in record.get("stages", ()):
            row["stage"] = codes[row["stage"]]
    return found


def pathways(known: Known) -> dict[tuple[str, str], Pathway]:
    """Every pathway, by the codes of its regime and of itself; asked once."""
    if "pathways" not in known.notes:
        found: dict[tuple[str, str], tuple[date, dict[str, tuple[int, int]]]] = {}
        for regime, begins, pathway, code_, position, row_id in current_session().execute(
            select(
                Regime.code, Regime.in_force_from, Stage.pathway, Stage.code, Stage.position, Stage.id
            ).join(Stage, Stage.regime_id == Regime.id)
        ):
            found.setdefault((regime, pathway), (begins, {}))[1][code_] = (position, row_id)
        known.notes["pathways"] = {key: Pathway(*value) for key, value in found.items()}
    held: dict[tuple[str, str], Pathway] = known.notes["pathways"]
    return held


def _pathway(record: Record, known: Known) -> Pathway | None:
    """The pathway of a review under its regime; None where there is no such regime."""
    return pathways(known).get((record["regime"], PATHWAYS[ReviewType(record["type"])]))


def reached(row: Record, pathway: Pathway) -> rules.Reached:
    """A row of stages, as the rules take it."""
    return rules.Reached(row["stage"], pathway.stages[row["stage"]][0], date.fromisoformat(row["reached_on"]))


def _check_parts(record: Record) -> Iterator[Problem]:
    for row in repeated(record.get("audited_cases", ()), "number"):
        yield row.problem("number", f"{record.ref} already has a case {row['number']}")
    for row in (*record["stages"], *record.get("audited_cases", ())):
        yield from check_withdrawal(row)


def _check_openers(record: Record) -> Iterator[Problem]:
    """A restricted review has a team with a lead, and nobody is on it who has a conflict of interest."""
    team, kept_out = (
        [row for row in record.get(name, ()) if "ended_on" not in row] for name in ("team", "conflicts")
    )
    if record.get("is_restricted") and not any(row.get("is_lead") for row in team):
        yield record.problem("team", "Somebody leads the team of a restricted review")
    if team and not record.get("is_restricted"):
        yield team[0].problem("ended_on", "Only a restricted review has a team; say when this ended")
    for row in repeated(team, "person"):
        yield row.problem("person", f"{record.ref} has this person here twice")
    for row in team:
        if row["person"] in {other["person"] for other in kept_out}:
            yield row.problem("person", "Somebody with a conflict of interest is not on the team")
    yield from check_conflicts(record)


def _check_stages(record: Record, pathway: Pathway) -> Iterator[Problem]:
    unknown = [row for row in record["stages"] if row["stage"] not in pathway.stages]
    for row in unknown:
        yield row.problem(
            "stage", f"{record.ref} does not pass this stage; it passes {', '.join(pathway.stages)}"
        )
    standing = [row for row in record["stages"] if "withdrawn_on" not in row]
    for row in repeated(standing, "stage", "reached_on"):
        yield row.problem("stage", f"{record.ref} reached this stage on that day already")
    if not standing:
        yield record.problem("stages", "A review stands at some stage; here all are withdrawn")
    elif max(row["reached_on"] for row in standing) < pathway.in_force_from.isoformat():
        yield record.problem(
            "regime", f"It was not in force before {pathway.in_force_from}, after every stage"
        )
