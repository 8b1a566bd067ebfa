"""The parts of a document of figures."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.cdop.figures.charts import BY_YEAR
from app.cdop.figures.rules import bases
from app.cdop.figures.rules.bases import BASIS_LABELS, Basis
from app.cdop.figures.rules.counts import TOTAL, Mark
from app.cdop.figures.rules.tables import without
from app.core.report_year import ReportYear

#: Until they are issued, and in full for ever.
SENSITIVE = "OFFICIAL-SENSITIVE"
ISSUED = "OFFICIAL"

#: The words for each value of each dimension.
Labels = Mapping[tuple[str, str], str]

#: What stands where there is no number.
NONE = "–"


@dataclass(frozen=True)
class FactLine:
    """One fact at the head: what it is, its value, what is counted or said, and where it is from."""

    name: str
    label: str
    value: str
    words: str
    source: str
    is_stated: bool
    provenance: str

    @property
    def about(self) -> str:
        """What is counted, or what the source says, and where it is published."""
        return "; ".join(part for part in (self.words.removesuffix("."), self.source) if part)


@dataclass(frozen=True)
class Line:
    """One row of a table."""

    label: str
    cells: tuple[str, ...]
    #: Whether it is part of the row above it.
    is_part: bool = False


@dataclass(frozen=True)
class Table:
    """One table; all its numbers are of one basis."""

    heading: str
    basis: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    note: str = ""
    #: The name of the chart that stands beside it.
    chart: str | None = None

    @property
    def chart_words(self) -> str:
        """What its chart says to those who do not see it."""
        both = " and of the one of reviews completed" if self.chart == BY_YEAR else ""
        return f"Chart of the table that follows{both}: {self.heading.lower()}, {self.basis.lower()}"


@dataclass(frozen=True)
class Section:
    """Tables that belong together."""

    heading: str
    meaning: str
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class Document:
    """Everything that is said of a year's figures."""

    year: ReportYear
    about: tuple[tuple[str, str], ...]
    facts: tuple[FactLine, ...]
    sections: tuple[Section, ...]
    is_in_full: bool
    is_issued: bool
    #: Whether some of the cases counted were made up.
    is_illustrative: bool

    @property
    def marking(self) -> str:
        """What may be done with it."""
        return ISSUED if self.is_issued else SENSITIVE

    @property
    def tables(self) -> Iterator[Table]:
        """Every table, in order."""
        for section in self.sections:
            yield from section.tables


def label_of(labels: Labels, dimension: str, value: str) -> str:
    """A value in words."""
    if dimension == TOTAL:
        return "All"
    if value.startswith(without("")):
        return without(label_of(labels, dimension, value.removeprefix(without(""))))
    return labels.get((dimension, value)) or bases.WORDS.get(value) or value


def in_words(labels: Labels, statistic: str) -> str:
    """What a statistic is by its name: its basis, table, row and years."""
    basis, dimension, *value, years = statistic.split(" · ")
    words = [BASIS_LABELS[Basis(basis)], bases.DIMENSION_LABELS.get(dimension, dimension)]
    words += [label_of(labels, dimension, each) for each in value]
    return ", ".join((*words, years))


def cell(mark: Mark | None) -> str:
    """A number as it stands in a table."""
    if mark is None:
        return ""
    return str(mark) if mark.is_hidden else f"{mark.low:,}"
