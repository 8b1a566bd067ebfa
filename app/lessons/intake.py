"""Themes, lessons and recommendations, loaded in bulk and read back."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select, update

from app.accounts.intake import marks
from app.accounts.models import Source
from app.accounts.policy import Sharing
from app.core.database import current_session
from app.core.intake import (
    ALWAYS,
    Known,
    Link,
    Problem,
    Record,
    Section,
    Shape,
    clashes,
    code,
    day,
    line,
    named_ref,
    number,
    reference,
    running_ref,
    several,
    withdrawal,
    words,
)
from app.core.intake.section import batches
from app.lessons.models import (
    MOST_THEMES,
    Lesson,
    LessonKind,
    Recommendation,
    Response,
    Theme,
    lesson_theme,
    recommendation_lesson,
)
from app.lessons.runs import write_runs
from app.reviews.intake import check_withdrawal
from app.reviews.models import AuditedCase

_SHARING = tuple(Sharing)


class ThemeSection(Section):
    """Themes, on two levels."""

    name = "themes"
    kind = "theme"
    model = Theme
    is_small = True
    shape = Shape(
        (
            named_ref(),
            line("name", 120, required=True),
            reference("parent", "themes", description="The broader theme it belongs to."),
            words("synonyms", description="Other words for it, separated by commas."),
            day("retired_on"),
            reference("merged_into", "themes", description="The theme that took its place."),
        ),
        description="What lessons are about, across reviews and years.",
    )

    def check(self, records: Collection[Record], known: Known) -> Iterator[Problem]:
        """A name is one theme's, and a broader theme has none above it."""
        everything = list(known.everything(self.name))
        yield from clashes(records, everything, "name", "This is already the name of")
        narrower = {theme["parent"]: theme for theme in everything if "parent" in theme and not theme.path}
        for record in records:
            if "merged_into" in record and "retired_on" not in record:
                yield record.problem("retired_on", "A theme that was merged away is retired: say since when")
            if record.get("merged_into") == record.ref:
                yield record.problem("merged_into", "A theme is not merged into itself")
            parent = known.find(self.name, record.get("parent"))
            if parent is None:
                continue
            if "parent" in parent:
                yield record.problem(
                    "parent", "Themes have two levels, and this one already has a broader one"
                )
            elif record.ref in narrower:
                yield record.problem(
                    "parent", f"Themes have two levels, and {narrower[record.ref].ref} belongs to this one"
                )

    def columns(self, record: Record, known: Known) -> dict[str, Any]:
        """Without other themes, which may not have been written yet."""
        return super().columns(Record({**record, "parent": None, "merged_into": None}), known)

    def written(
        self, created: Sequence[Record], changed: Sequence[tuple[Record, Record]], known: Known
    ) -> None:
        """Join narrower themes to their broader ones, and merged ones to those that took their place."""
        for name in ("parent", "merged_into"):
            joined = [
                {"id": record.row_id, f"{name}_id": known.row_id(self.name, record[name])}
                for record in (*created, *(record for _, record in changed))
                if name in record
            ]
            for batch in batches(joined):
                current_session().execute(update(Theme), batch)


class LessonSection(Section):
    """Lessons and strengths."""

    name = "lessons"
    kind = "lesson"
    model = Lesson
    prefixes = ("L",)
    links = {"themes": Link(lesson_theme, "lesson_id", "theme_id")}  # noqa: RUF012 (never changed)
    shape = Shape(
        (
            running_ref("L"),
            code("kind", LessonKind, required=True),
            reference("source", "sources", required=True, settled=ALWAYS),
            number("audited_case", least=1, most=999, column="audited_case_id", description="Its number."),
            number("number", least=1, most=999, description="The number it has in the report."),
            line("heading", 300, required=True, description="As the report heads it."),
            words("what_we_learned"),
            words("what_you_should_do"),
            day("found_on", required=True),
            code("sharing", Sharing, required=True),
            day("cleared_on", settled="cleared_on"),
            reference("cleared_by", "people", settled="cleared_on"),
            day("published_on", settled="published_on"),
            several("themes", "themes"),
            *withdrawal(),
            *marks(),
        ),
        description="What was learned, in words free of the case; strengths are practice to keep.",
    )

    def present(self, refs: Collection[str] | None, sections: Mapping[str, Section]) -> dict[str, Record]:
        """The lessons, each with the number of its audited case."""
        found = super().present(refs, sections)
        rows = sorted({lesson["audited_case"] for lesson in found.values() if "audited_case" in lesson})
        numbers: dict[int, int] = {}
        for batch in batches(rows):
            asked = select(AuditedCase.id, AuditedCase.number).where(AuditedCase.id.in_(batch))
            numbers |= {row[0]: row[1] for row in current_session().execute(asked)}
        for lesson in found.values():
            if "audited_case" in lesson:
                lesson["audited_case"] = numbers[lesson["audited_case"]]
        return found

    def check(self, records: Collection[Record], known: Known) -> Iterator[Problem]:
        """Few themes; a case of its own review; what was shared says since when."""
        for record in records:
            yield from check_withdrawal(record)
            if len(record.get("themes", ())) > MOST_THEMES:
                yield record.problem("themes", f"A lesson has {MOST_THEMES} themes at most")
            review = known.find("sources", record["source"])
            cases = [case["number"] for case in review.get("audited_cases", ())] if review else []
            if review and "audited_case" in record and record["audited_case"] not in cases:
                yield record.problem("audited_case", f"{review.ref} has no audited case of this number")
            yield from _check_sharing(record)

    def refused(self, here: Record, record: Record, known: Known) -> Iterator[Problem]:
        """Besides what is settled: what was shared stays shared."""
        yield from super().refused(here, record, known)
        old, new = (_SHARING.index(Sharing(lesson["sharing"])) for lesson in (here, record))
        if new < old:
            yield record.problem(
                "sharing", f"It was decided that this is {here['sharing']}; a file cannot undo that"
            )

    def columns(self, record: Record, known: Known) -> dict[str, Any]:
        """The audited case is kept by its row."""
        columns = super().columns(record, known)
        if "audited_case" in record:
            review_id = known.row_id("sources", record["source"])
            columns["audited_case_id"] = _cases(known)[review_id, record["audited_case"]]
        return columns

    def at_creation(self, record: Record, known: Known) -> dict[str, Any]:
        """When it came to be here."""
        return {"created_at": known.at}

    def written(
        self, created: Sequence[Record], changed: Sequence[tuple[Record, Record]], known: Known
    ) -> None:
        """Keep the runs of words by which they are found where somebody takes them over."""
        texts = ("heading", "what_we_learned", "what_you_should_do")
        moved = [
            record for here, record in changed if any(here.get(name) != record.get(name) for name in texts)
        ]
        write_runs(
            [
                (known.row_id(self.name, record.ref), [record.get(name, "") for name in texts])
                for record in (*created, *moved)
            ]
        )

    def source_ref(self, record: Record) -> str:
        """The source that found it."""
        source: str = record["source"]
        return source


class RecommendationSection(Section):
    """Recommendations with the partnership's response."""

    name = "recommendations"
    kind = "recommendation"
    model = Recommendation
    prefixes = ("C",)
    links = {  # noqa: RUF012 (never changed)
        "lessons": Link(recommendation_lesson, "recommendation_id", "lesson_id")
    }
    shape = Shape(
        (
            running_ref("C"),
            reference("source", "sources", required=True, settled=ALWAYS),
            line("number", 16, required=True, description="As published."),
            words("wording", required=True, default=None),
            day("made_on", required=True),
            code("response", Response, settled="response"),
            words("response_reason", settled="response"),
            day("responded_on", settled="response"),
            reference("responded_by", "people", settled="response"),
            several("lessons", "lessons"),
            *withdrawal(),
            *marks(),
        ),
        description="What a report recommends, with the partnership's response.",
    )

    def check(self, records: Collection[Record], known: Known) -> Iterator[Problem]:
        """A number stands once in a review; lessons are of the same review; a response has its day."""
        taken = _numbers(known, {record["source"] for record in records})
        for record in records:
            taken.setdefault((record["source"], record["number"]), record.ref)
        for record in records:
            yield from check_withdrawal(record)
            holder = taken[record["source"], record["number"]]
            if holder != record.ref:
                yield record.problem("number", f"{holder} has this number in {record['source']}")
            yield from check_same_source(record, "lessons", known)
            yield from _check_response(record)

    def at_creation(self, record: Record, known: Known) -> dict[str, Any]:
        """When it came to be here."""
        return {"created_at": known.at}

    def source_ref(self, record: Record) -> str:
        """The review that makes it."""
        source: str = record["source"]
        return source


def sections() -> tuple[Section, ...]:
    """The room's sections, in the order in which they can be written; themes need nothing else."""
    return ThemeSection(), LessonSection(), RecommendationSection()


def check_same_source(record: Record, section: str, known: Known) -> Iterator[Problem]:
    """What a record answers belongs to the same review as the record."""
    for ref in record.get(section, ()):
        other = known.find(section, ref)
        if other is not None and other["source"] != record["source"]:
            yield record.problem(
                section, f"{ref} belongs to {other['source']}, not to {record['source']}", ref
            )


def _check_sharing(record: Record) -> Iterator[Problem]:
    sharing, found_on = record["sharing"], record["found_on"]
    cleared_on, published_on = record.get("cleared_on"), record.get("published_on")
    if sharing != Sharing.DRAFT and cleared_on is None:
        yield record.problem("cleared_on", f"A lesson that is {sharing} was cleared on some day; give it")
    if sharing == Sharing.PUBLISHED and published_on is None:
        yield record.problem("published_on", "A published lesson was published on some day; give it")
    if sharing != Sharing.PUBLISHED and published_on is not None:
        yield record.problem(
            "published_on", f"A lesson that is {sharing} has no day on which it was published"
        )
    if sharing == Sharing.DRAFT and cleared_on is not None:
        yield record.problem("cleared_on", "A draft has not been cleared on any day")
    if cleared_on is not None and cleared_on < found_on:
        yield record.problem("cleared_on", f"It cannot have been cleared before it was found on {found_on}")
    if published_on is not None and cleared_on is not None and published_on < cleared_on:
        yield record.problem(
            "published_on", f"It cannot have been published before it was cleared on {cleared_on}"
        )


def _check_response(record: Record) -> Iterator[Problem]:
    if "response" not in record:
        for field in ("response_reason", "responded_on", "responded_by"):
            if field in record:
                yield record.problem(field, "There is no response that this belongs to")
    elif "responded_on" not in record:
        yield record.problem("responded_on", "A response was given on some day; give it")
    elif record["responded_on"] < record["made_on"]:
        yield record.problem("responded_on", f"Nobody responds before it was made on {record['made_on']}")


def _cases(known: Known) -> dict[tuple[int, int], int]:
    """The rows of audited cases by review and number."""
    if "cases" not in known.notes:
        known.notes["cases"] = {
            (review_id, number_): row_id
            for review_id, number_, row_id in current_session().execute(
                select(AuditedCase.review_id, AuditedCase.number, AuditedCase.id)
            )
        }
    cases: dict[tuple[int, int], int] = known.notes["cases"]
    return cases


def _numbers(known: Known, sources: Collection[str]) -> dict[tuple[str, str], str]:
    """Which recommendation that the file does not hold has which number of these sources."""
    taken = {}
    for batch in batches(sorted(sources)):
        for source, number_, ref in current_session().execute(
            select(Source.ref, Recommendation.number, Recommendation.ref)
            .join(Recommendation, Recommendation.source_id == Source.id)
            .where(Source.ref.in_(batch))
        ):
            if ref not in known.file["recommendations"]:
                taken[source, number_] = ref
    return taken
