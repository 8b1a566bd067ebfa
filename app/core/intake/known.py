"""What a file may refer to: the records in it, and those that are here already."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app.core.intake.shapes import Problem, Record, references

if TYPE_CHECKING:
    from app.core.intake.section import Section


class Known:
    """Every record that the checks of one file look at.

    ``file`` holds what the file says, ``here`` what is recorded, ``broken`` the references of records in the
    file whose own shape is wrong: one fault is told once, not again by all who refer to it.
    """

    def __init__(self, sections: "Mapping[str, Section]", *, at: datetime) -> None:
        self.sections = sections
        #: The one moment at which everything in the file comes to be here.
        self.at = at
        #: What a section asked the database once and needs for every record.
        self.notes: dict[str, Any] = {}
        #: Is told how many records more were written; whoever shows progress puts something here.
        self.passed: Callable[[int], None] = lambda number: None
        self.file: dict[str, dict[str, Record]] = {name: {} for name in sections}
        self.here: dict[str, dict[str, Record]] = {name: {} for name in sections}
        self.broken: dict[str, set[str]] = {name: set() for name in sections}
        self._complete: set[str] = set()

    def fetch(self, section: str, refs: Collection[str] | None) -> None:
        """Read what is recorded under these references, or everything; nothing is read twice."""
        parts = self.sections[section].stands_for
        if parts:
            for part in parts:
                self.fetch(part, refs and [ref for ref in refs if self._holder(section, ref) == part])
            return
        if section in self._complete:
            return
        if refs is None or self.sections[section].is_small:
            self.here[section] = self.sections[section].present(None, self.sections)
            self._complete.add(section)
            return
        missing = sorted(ref for ref in refs if ref not in self.here[section])
        if missing:
            self.here[section] |= self.sections[section].present(missing, self.sections)

    def fetch_referred(self, section: str) -> None:
        """Read the records that this section of the file refers to and that the file does not hold."""
        wanted: dict[str, set[str]] = {}
        shape = self.sections[section].shape
        for record in self.file[section].values():
            for _, field, ref in references(shape, record):
                if ref not in self.file[self._holder(field.leads_to, ref)]:
                    wanted.setdefault(field.leads_to, set()).add(ref)
        for name, refs in wanted.items():
            self.fetch(name, refs)

    def find(self, section: str, ref: str | None) -> Record | None:
        """The record as it will be: as the file says, else as it is recorded."""
        if ref is None:
            return None
        holder = self._holder(section, ref)
        return self.file[holder].get(ref) or self.here[holder].get(ref)

    def _holder(self, section: str, ref: str) -> str:
        """The section whose record has this reference, where a section stands for several."""
        parts = self.sections[section].stands_for
        prefix = ref.partition("-")[0]
        return next((part for part in parts if prefix in self.sections[part].prefixes), (*parts, section)[0])

    def row_id(self, section: str, ref: str) -> int:
        """The row of a record that was found or written."""
        record = self.find(section, ref)
        assert record is not None
        assert record.row_id is not None, f"{ref} has no row yet"
        return record.row_id

    def everything(self, section: str) -> Iterator[Record]:
        """Every record of the section as it will be."""
        yield from self.file[section].values()
        yield from (record for ref, record in self.here[section].items() if ref not in self.file[section])

    def unresolved(self, section: str) -> Iterator[Problem]:
        """Every reference of the section that leads nowhere."""
        for record in self.file[section].values():
            for row, field, ref in references(self.sections[section].shape, record):
                broken = self.broken[self._holder(field.leads_to, ref)]
                if self.find(field.leads_to, ref) is None and ref not in broken:
                    what = self.sections[field.leads_to].kind
                    yield row.problem(
                        field.name, f"There is no {what} with this reference, in the file or here", ref
                    )


def repeated(records: Iterable[Record], *fields: str) -> Iterator[Record]:
    """Every record after the first that says the same in these fields."""
    seen: set[tuple[object, ...]] = set()
    for record in records:
        key = tuple(record.get(field) for field in fields)
        if key in seen:
            yield record
        seen.add(key)


def clashes(
    records: Iterable[Record], everything: Iterable[Record], field: str, sentence: str
) -> Iterator[Problem]:
    """A problem for every record whose text is another record's too; capitals make no difference."""
    holders: dict[str, set[str]] = {}
    for other in everything:
        if field in other:
            holders.setdefault(other[field].casefold(), set()).add(other.ref)
    for record in records:
        others = holders.get(str(record.get(field, "")).casefold(), set()) - {record.ref}
        if others:
            yield record.problem(field, f"{sentence} {min(others)}")
