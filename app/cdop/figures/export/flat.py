"""The figures as one long list: a row for each number, with its basis beside it."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.cdop.figures.document import Document
from app.core.export import Column, Sheet


@dataclass(frozen=True)
class Cell:
    """One number with all it is told apart by."""

    basis: str
    table: str
    row: str
    column: str
    value: str
    source: str = ""


@dataclass(frozen=True)
class FiguresSheet(Sheet[Cell]):
    """The list, which says the basis, the period and the rest of what a figure must say."""

    said: tuple[tuple[str, str], ...] = ()

    def about(self) -> list[tuple[str, str]]:
        """What the file says of itself, label and words."""
        return [
            ("Marking", self.marking),
            ("List", self.name),
            *self.said,
            ("Exported by", self.made_by),
            ("Exported at", self.made_at),
        ]


def sheet_of(document: Document, made_by: str, made_at: str) -> FiguresSheet:
    """Every fact and every number of a document as a list."""
    return FiguresSheet(
        name="Figures of child deaths",
        columns=(
            Column("Basis", lambda cell: cell.basis, 30),
            Column("Table", lambda cell: cell.table, 34),
            Column("Row", lambda cell: cell.row, 44),
            Column("Column", lambda cell: cell.column, 22),
            Column("Figure", lambda cell: _number(cell.value), 12),
            Column("Source or note", lambda cell: cell.source, 40),
        ),
        rows=_cells(document),
        marking=document.marking,
        made_by=made_by,
        made_at=made_at,
        narrowed_to="",
        said=document.about,
    )


def _cells(document: Document) -> Iterator[Cell]:
    for fact in document.facts:
        source = fact.about
        basis = "As published" if fact.is_stated else fact.words
        yield Cell(basis, "Facts of the year", fact.label, str(document.year), fact.value, source)
    for table in document.tables:
        for line in table.lines:
            for column, value in zip(table.columns, line.cells, strict=True):
                if value:
                    yield Cell(table.basis, table.heading, line.label, column, value, table.note)


def _number(text: str) -> str | int:
    """A whole number as a number; marks, rates and percentages as they are written."""
    plain = text.replace(",", "")
    return int(plain) if plain.isdecimal() else text
