"""A section of the file and the tables it fills: reads them in the file's form, and writes them in bulk."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, TypeVar

from sqlalchemy import Table, delete, insert, select, update

from app.core.database import current_session
from app.core.intake.changes import matched, refused_changes
from app.core.intake.known import Known
from app.core.intake.shapes import Field, Kind, Problem, Record, Rows, Shape, canonical
from app.core.report_year import ReportYear

#: How many rows one statement writes or asks for.
BATCH = 500

Item = TypeVar("Item")


@dataclass(frozen=True)
class Child:
    """The table of a record's rows: the column that leads to the record, and the order of the rows.

    The column holds the record's row number or, where a lower room keeps the rows, its reference.
    """

    model: type[Any]
    parent: str
    order: tuple[str, ...] = ()
    is_by_ref: bool = False

    def led_by(self, record: Record) -> int | str | None:
        """What the column holds for this record."""
        return record.ref if self.is_by_ref else record.row_id


@dataclass(frozen=True)
class Link:
    """A table that joins records to records."""

    table: Table
    owner: str
    target: str


@dataclass(frozen=True)
class Texts:
    """A table that holds one text a row."""

    model: type[Any]
    parent: str
    column: str


class Section:
    """One section of the file. A room gives its tables and shape, and the rules that hold across records."""

    #: The section's name in the file, and the audit trail's word for one of its records.
    name: ClassVar[str]
    kind: ClassVar[str]
    model: ClassVar[type[Any]]
    shape: ClassVar[Shape]
    children: ClassVar[Mapping[str, Child]] = {}
    links: ClassVar[Mapping[str, Link]] = {}
    texts: ClassVar[Mapping[str, Texts]] = {}
    #: The column that holds the reference.
    ref_column: ClassVar[str] = "ref"
    #: Whether the table is small enough to be read as a whole.
    is_small: ClassVar[bool] = False
    #: The prefix of running references, which a file's are reserved under.
    prefixes: ClassVar[tuple[str, ...]] = ()
    #: The sections whose records a reference may lead to, where it may lead to one of several kinds; such a
    #: section has no records of its own, and which is meant is told by the reference's prefix.
    stands_for: ClassVar[tuple[str, ...]] = ()

    @property
    def table(self) -> str:
        """The name of the table, under which what was loaded is counted."""
        name: str = self.model.__tablename__
        return name

    # What a room adds

    def check(self, records: Collection[Record], known: Known) -> Iterator[Problem]:
        """Every rule that the records of the file break."""
        yield from ()

    def refused(self, here: Record, record: Record, known: Known) -> Iterator[Problem]:
        """Every change a file may not make to a record that is here."""
        yield from refused_changes(self.shape, here, record)

    def derived(self, record: Record, known: Known) -> dict[str, Any]:
        """The columns that the file does not hold because they follow from the rest."""
        return {}

    def at_creation(self, record: Record, known: Known) -> dict[str, Any]:
        """The columns written once, when the record comes to be here."""
        return {}

    def written(
        self, created: Sequence[Record], changed: Sequence[tuple[Record, Record]], known: Known
    ) -> None:
        """What is to be done once all rows are written."""

    def source_ref(self, record: Record) -> str | None:
        """The source at the head of the record's thread, whose timeline shows it."""
        return None

    def on_the_trail(self, record: Record) -> Mapping[str, Any]:
        """What of the record the audit trail keeps; it keeps it for good."""
        return record

    # Reading

    def present(self, refs: Collection[str] | None, sections: "Mapping[str, Section]") -> dict[str, Record]:
        """The records with these references, or all, as a file holds them, in the order of references."""
        reader = _Reader(sections)
        raw: dict[int, dict[str, Any]] = {}
        for chunk in [None] if refs is None else batches(sorted(refs)):
            raw |= self._read(chunk, reader)
        found = {}
        for row_id, values in raw.items():
            record = canonical(self.shape, values)
            record.row_id = row_id
            self._number_rows(record, values)
            found[record.ref] = record
        return dict(sorted(found.items()))

    def _number_rows(self, record: Record, values: Mapping[str, Any]) -> None:
        """Give each row of the record its number in the database."""
        for rows in self.shape.rows:
            for row in record.get(rows.name, ()):
                index = int(row.path.rpartition("[")[2].rstrip("]"))
                row.row_id = values[rows.name][index]["row_id"]

    def _read(self, refs: Sequence[str] | None, reader: "_Reader") -> dict[int, dict[str, Any]]:
        columns = _columns(self.model, self.shape.fields)
        ref_column = getattr(self.model, self.ref_column)
        statement = select(self.model.id, *columns.values()).order_by(self.model.id)
        if refs is not None:
            statement = statement.where(ref_column.in_(refs))
        raw = {
            row[0]: dict(zip(columns, row[1:], strict=True)) for row in current_session().execute(statement)
        }
        ids = None if refs is None else list(raw)
        reader.put_in_words(self.shape.fields, raw.values())
        for rows in self.shape.rows:
            self._read_rows(rows, raw, ids, reader)
        for name, link in self.links.items():
            owner, target = link.table.c[link.owner], link.table.c[link.target]
            pairs = _of(select(owner, target).order_by(owner, target), owner, ids)
            field = next(field for field in self.shape.fields if field.name == name)
            refs_by_id = reader.refs(field.leads_to, {target_id for _, target_id in pairs})
            for owner_id, target_id in pairs:
                raw[owner_id].setdefault(name, []).append(refs_by_id[target_id])
        for name, texts in self.texts.items():
            parent = getattr(texts.model, texts.parent)
            for owner_id, text in _of(select(parent, getattr(texts.model, texts.column)), parent, ids):
                raw[owner_id].setdefault(name, []).append(text)
        return raw

    def _read_rows(
        self, rows: Rows, raw: dict[int, dict[str, Any]], ids: list[int] | None, reader: "_Reader"
    ) -> None:
        child = self.children[rows.name]
        columns = _columns(child.model, rows.fields)
        parent = getattr(child.model, child.parent)
        order = [getattr(child.model, name) for name in (*child.order, "id")]
        statement = select(parent, child.model.id, *columns.values()).order_by(parent, *order)
        owners: dict[Any, int] = (
            {values["ref"]: row_id for row_id, values in raw.items()}
            if child.is_by_ref
            else {row_id: row_id for row_id in raw}
        )
        found = [
            (owners[row[0]], {"row_id": row[1], **dict(zip(columns, row[2:], strict=True))})
            for row in _of(statement, parent, None if ids is None else list(owners))
            if row[0] in owners
        ]
        reader.put_in_words(rows.fields, [values for _, values in found])
        for parent_id, values in found:
            raw[parent_id].setdefault(rows.name, []).append(values)

    # Writing

    def columns(self, record: Record, known: Known) -> dict[str, Any]:
        """The columns of the record's own row."""
        return {**_written(self.shape.fields, record, known), **self.derived(record, known)}

    def row_columns(self, rows: Rows, row: Record, record: Record, known: Known) -> dict[str, Any]:
        """The columns of one of its rows."""
        return _written(rows.fields, row, known)

    def write(
        self, created: Sequence[Record], changed: Sequence[tuple[Record, Record]], known: Known
    ) -> None:
        """Write new records and changed ones, each pair as it is here and as the file has it."""
        session = current_session()
        ref_column = getattr(self.model, self.ref_column)
        for batch in batches(created):
            by_ref = {record.ref: record for record in batch}
            _insert(
                self.model,
                [self.columns(record, known) | self.at_creation(record, known) for record in batch],
            )
            for row_id, ref in session.execute(
                select(self.model.id, ref_column).where(ref_column.in_(by_ref))
            ):
                by_ref[ref].row_id = row_id
            known.passed(len(batch))
        for pairs in batches(changed):
            session.execute(
                update(self.model),
                [{"id": here.row_id, **self.columns(record, known)} for here, record in pairs],
            )
            known.passed(len(pairs))
        # Rows of one record may lead to another record of the section, so all records stand first.
        for batch in batches(created):
            self._write_parts(batch, (), known)
            known.passed(len(batch))
        for pairs in batches(changed):
            self._write_parts((), pairs, known)
            known.passed(len(pairs))
        # What a session remembers of these rows is no longer so.
        session.expire_all()
        self.written(created, changed, known)

    def _write_parts(
        self, created: Sequence[Record], changed: Sequence[tuple[Record, Record]], known: Known
    ) -> None:
        for rows in self.shape.rows:
            self._write_rows(rows, created, changed, known)
        for name, link in self.links.items():
            field = next(field for field in self.shape.fields if field.name == name)
            moved = [record for here, record in changed if here.get(name) != record.get(name)]
            self._delete(link.table.c[link.owner], moved)
            _insert(
                link.table,
                [
                    {link.owner: record.row_id, link.target: known.row_id(field.leads_to, ref)}
                    for record in (*created, *moved)
                    for ref in record.get(name, ())
                ],
            )
        for name, texts in self.texts.items():
            moved = [record for here, record in changed if here.get(name) != record.get(name)]
            self._delete(getattr(texts.model, texts.parent), moved)
            _insert(
                texts.model,
                [
                    {texts.parent: record.row_id, texts.column: text}
                    for record in (*created, *moved)
                    for text in record.get(name, ())
                ],
            )

    def _write_rows(
        self, rows: Rows, created: Sequence[Record], changed: Sequence[tuple[Record, Record]], known: Known
    ) -> None:
        child = self.children[rows.name]
        new = [(row, record) for record in created for row in record.get(rows.name, ())]
        kept: list[tuple[Record, Record, Record]] = []
        for here, record in changed:
            if rows.is_history:
                added, moved = _added_and_moved(rows, here, record)
                new += [(row, record) for row in added]
                kept += [(row, twin, record) for row, twin in moved]
            elif here.get(rows.name) != record.get(rows.name):
                self._delete(getattr(child.model, child.parent), [record])
                new += [(row, record) for row in record.get(rows.name, ())]
        _insert(
            child.model,
            [
                {child.parent: child.led_by(record), **self.row_columns(rows, row, record, known)}
                for row, record in new
            ],
        )
        for batch in batches(kept):
            current_session().execute(
                update(child.model),
                [
                    {"id": row.row_id, **self.row_columns(rows, twin, record, known)}
                    for row, twin, record in batch
                ],
            )

    def _delete(self, owner: Any, records: Iterable[Record]) -> None:
        for batch in batches([record.row_id for record in records]):
            table = owner.table if isinstance(owner.table, Table) else owner.class_.__table__
            current_session().execute(delete(table).where(owner.in_(batch)))


class _Reader:
    """Turns row numbers into references and columns into the file's values."""

    def __init__(self, sections: Mapping[str, Section]) -> None:
        self._sections = sections
        self._refs: dict[str, dict[int, str]] = {}

    def refs(self, section: str, ids: Collection[int]) -> dict[int, str]:
        """The references of these rows; each is asked for once."""
        known = self._refs.setdefault(section, {})
        model = self._sections[section].model
        ref = getattr(model, self._sections[section].ref_column)
        for batch in batches(sorted(set(ids) - known.keys())):
            rows = current_session().execute(select(model.id, ref).where(model.id.in_(batch)))
            known |= {row[0]: row[1] for row in rows}
        return known

    def put_in_words(self, fields: tuple[Field, ...], rows: Collection[dict[str, Any]]) -> None:
        """Write every value as the file has it."""
        for field in fields:
            match field.kind:
                case Kind.REFERENCE:
                    refs = self.refs(
                        field.leads_to, {row[field.name] for row in rows if row[field.name] is not None}
                    )
                    for row in rows:
                        row[field.name] = refs.get(row[field.name])
                case Kind.DAY:
                    for row in rows:
                        row[field.name] = row[field.name] and row[field.name].isoformat()
                case Kind.YEAR:
                    for row in rows:
                        row[field.name] = str(ReportYear(row[field.name]))


def batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """The items, so many at a time as one statement takes."""
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]


def _added_and_moved(
    rows: Rows, here: Record, record: Record
) -> tuple[list[Record], list[tuple[Record, Record]]]:
    """The rows that the file adds to a history, and those it takes further, beside what is here."""
    if not rows.key:
        return record.get(rows.name, [])[len(here.get(rows.name, ())) :], []
    pairs = list(matched(rows, here, record))
    added = [twin for row, twin in pairs if row is None and twin is not None]
    return added, [(row, twin) for row, twin in pairs if row is not None and twin is not None and row != twin]


def _columns(model: type[Any], fields: tuple[Field, ...]) -> dict[str, Any]:
    """The columns of a table by the names of the fields they hold."""
    return {
        field.name: getattr(model, field.column or field.name)
        for field in fields
        if field.kind not in (Kind.REFERENCES, Kind.TEXTS)
    }


def _written(fields: tuple[Field, ...], record: Record, known: Known) -> dict[str, Any]:
    columns = {}
    for field in fields:
        if field.kind in (Kind.REFERENCES, Kind.TEXTS):
            continue
        value = record.get(field.name, field.default)
        if value is not None:
            match field.kind:
                case Kind.DAY:
                    value = date.fromisoformat(value)
                case Kind.YEAR:
                    value = ReportYear.parse(value).start_year
                case Kind.REFERENCE:
                    value = known.row_id(field.leads_to, value)
        columns[field.column or field.name] = value
    return columns


def _of(statement: Any, parent: Any, ids: list[int] | None) -> list[Any]:
    """The rows of these parents, or of all."""
    session = current_session()
    if ids is None:
        return list(session.execute(statement))
    return [row for batch in batches(ids) for row in session.execute(statement.where(parent.in_(batch)))]


def _insert(into: Any, rows: Sequence[dict[str, Any]]) -> None:
    for batch in batches(rows):
        current_session().execute(insert(into), batch)
