"""Loading interchange files, whole or not at all, and dumping what is recorded as one."""

import os
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import merge
from operator import itemgetter
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from app.audit.operations import Deed, Subject, record, record_all
from app.core.clock import now
from app.core.database import current_session
from app.core.intake import Known, Problem, Record, Section, canonical, shown_briefly
from app.core.intake.section import batches
from app.core.references import reserve_reference
from app.core.snapshot import snapshot
from app.transfer import queries
from app.transfer.progress import Passed, Progress, Step, Told
from app.transfer.rules.format import FORMAT, VERSION, in_pieces
from app.transfer.rules.reading import LARGEST_FILE, Unreadable, faults, parse
from app.transfer.rules.shape import Shapes, document_problems

VERB = "data.load"

REFUSED = (
    "The database refused the file, and nothing was loaded: something in it may stand only once, and stands "
    "here already under another reference. Load it in two steps"
)


@dataclass
class LoadOutcome:
    """What a file brought, counted by table, or everything that is wrong with it."""

    created: dict[str, int] = field(default_factory=dict)
    updated: dict[str, int] = field(default_factory=dict)
    unchanged: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The outcome as commands print it."""
        return {
            "created": dict(sorted(self.created.items())),
            "updated": dict(sorted(self.updated.items())),
            "unchanged": dict(sorted(self.unchanged.items())),
            "problems": [problem.as_json() for problem in self.problems],
        }


@dataclass
class _Plan:
    """What one section of a file would write."""

    section: Section
    created: list[Record] = field(default_factory=list)
    changed: list[tuple[Record, Record]] = field(default_factory=list)
    unchanged: int = 0


def load_file(path: str | os.PathLike[str], *, told: Told | None = None) -> LoadOutcome:
    """Load a file and commit, or roll back where anything is wrong with it; ``told`` hears how far it is."""
    session = current_session()
    try:
        # The document has no name here, so that its records can go as they are read.
        outcome = load(parse(_content(Path(path))), told=told)
        if outcome.problems:
            session.rollback()
        else:
            session.commit()
    except Unreadable as unreadable:
        return LoadOutcome(problems=[unreadable.problem])
    except BaseException:
        session.rollback()
        raise
    return outcome


def load(document: Mapping[str, Any], *, told: Told | None = None) -> LoadOutcome:
    """Load a document in the caller's transaction. With problems nothing was written.

    1. Its shape is held against the schema.
    2. Its references are resolved, in the document and in what is recorded.
    3. The rules are held against each record as it will be.
    4. What it would change is held against what was decided and what has happened.
    5. Only if all of that holds, rows are written, and one entry of the audit trail for each record.
    """
    sections = queries.sections()
    known = Known(queries.everything_referred_to(), at=now())
    # Its sections are taken out of this one as they are read.
    document = dict(document)
    try:
        problems = faults(document) + list(document_problems(document, sections))
    except Unreadable as unreadable:
        return LoadOutcome(problems=[unreadable.problem])
    progress = Progress(told, records=sum(map(len, _lists(document, sections))))
    problems += _read(document, sections, known, progress)
    plans = []
    for section in sections:
        if known.file[section.name]:
            known.fetch(section.name, known.file[section.name])
            known.fetch_referred(section.name)
    for section in sections:
        found, plan = _examine(section, known, progress)
        problems += found
        plans.append(plan)
    if problems:
        return LoadOutcome(problems=_in_order(problems, sections))
    try:
        with current_session().begin_nested():
            for plan in plans:
                _write(plan, known, progress)
    except (IntegrityError, DataError) as error:
        # Two records exchange a name, or somebody else recorded the same in the meantime.
        return LoadOutcome(problems=[Problem("", _constraint(error), REFUSED)])
    outcome = LoadOutcome()
    for plan in plans:
        for counter, count in (
            (outcome.created, len(plan.created)),
            (outcome.updated, len(plan.changed)),
            (outcome.unchanged, plan.unchanged),
        ):
            if count:
                counter[plan.section.table] = count
    return outcome


def dump() -> dict[str, Any]:
    """Everything that is recorded, as a document."""
    found = {section.name: records for section, records in queries.recorded()}
    return {"format": FORMAT, "version": VERSION, **found}


def dump_file(path: str | os.PathLike[str]) -> LoadOutcome:
    """Write everything that is recorded into a file, whole or not at all, and put that on the audit trail.

    It is of one moment, and keeps nobody waiting who writes meanwhile.
    """
    outcome = LoadOutcome()
    refs = ["partnership"]

    def parts() -> Iterator[tuple[str, Any]]:
        for section, records in queries.recorded():
            outcome.unchanged[section.table] = len(records)
            if section.name == "partnership":
                refs[:] = [records[0].ref]
            yield section.name, records

    def pieces() -> Iterator[str]:
        head = (("format", FORMAT), ("version", VERSION))
        with snapshot():
            yield from in_pieces(merge(head, parts(), key=itemgetter(0)))
        # What leaves is on the trail before it can leave.
        record(
            verb="data.dump",
            subject=Subject("partnership", *refs),
            line="Dumped everything that is recorded to a file",
            is_read=True,
        )
        current_session().commit()

    try:
        replace_file(Path(path), pieces())
    except OSError as error:
        shown = shown_briefly(os.fspath(path))
        return LoadOutcome(problems=[Problem("", shown, f"The file cannot be written: {error.strerror}")])
    return outcome


def replace_file(path: Path, pieces: Iterable[str]) -> None:
    """Put the text in the file's place in one move, so that no reader ever meets half of it."""
    path = path.resolve()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        # Only the owner reads a new file; one that was there keeps its readers.
        if path.exists():
            os.chmod(name, path.stat().st_mode & 0o777)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _constraint(error: DBAPIError) -> str | None:
    """What the database says was broken, without the values, which may be somebody's story."""
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is not None:
        return shown_briefly(diagnosis.constraint_name)
    return shown_briefly(str(error.orig)) if isinstance(error, IntegrityError) else None


def _content(path: Path) -> bytes:
    """The bytes of a file, and one more than there may be. Raises Unreadable."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise Unreadable("", f"The file cannot be read: {error.strerror}", shown_briefly(str(path))) from None


def _lists(document: Mapping[str, Any], sections: tuple[Section, ...]) -> Iterator[list[Any]]:
    """The sections that are there and are lists."""
    for section in sections:
        if isinstance(document.get(section.name), list):
            yield document[section.name]


def _read(
    document: dict[str, Any], sections: tuple[Section, ...], known: Known, progress: Progress
) -> list[Problem]:
    """Take in every record whose shape is right, and tell what is wrong with the others."""
    problems: list[Problem] = []
    shapes = Shapes(sections)
    for section in sections:
        records = document.pop(section.name, None)
        # Read from the front and let go of, so that a large file does not stand in memory in two forms.
        waiting = deque(records if isinstance(records, list) else ())
        del records
        with progress.part(Step.READ, section.name, len(waiting)) as passed:
            for index in range(len(waiting)):
                problems += _take_in(waiting.popleft(), f"{section.name}[{index}]", section, shapes, known)
                passed(1)
    return problems


def _take_in(values: Any, path: str, section: Section, shapes: Shapes, known: Known) -> list[Problem]:
    found = shapes.problems(section.name, values, path)
    if found:
        if isinstance(values, dict) and isinstance(values.get("ref"), str):
            known.broken[section.name].add(values["ref"])
        return found
    taken = canonical(section.shape, values, path)
    earlier = known.file[section.name].setdefault(taken.ref, taken)
    if earlier is not taken:
        return [taken.problem("ref", f"This reference stands at {earlier.path} already")]
    return []


def _examine(section: Section, known: Known, progress: Progress) -> tuple[list[Problem], _Plan]:
    """Hold a section of the file against the rules and against what is recorded."""
    plan = _Plan(section)
    records = known.file[section.name]
    problems = list(known.unresolved(section.name))
    changing = []
    for ref, taken in records.items():
        here = known.here[section.name].get(ref)
        taken.row_id = here.row_id if here else None
        if here is None:
            plan.created.append(taken)
            changing.append(taken)
        elif here != taken:
            plan.changed.append((here, taken))
            changing.append(taken)
            problems += section.refused(here, taken, known)
        else:
            plan.unchanged += 1
    with progress.part(Step.CHECK, section.name, len(records)) as passed:
        problems += section.check(_Watched(changing, passed), known)
    return problems, plan


class _Watched(list[Record]):
    """Records that tell when one of them is looked at by who goes through them."""

    def __init__(self, records: list[Record], passed: Passed) -> None:
        super().__init__(records)
        self._passed = passed

    def __iter__(self) -> Iterator[Record]:
        for each in super().__iter__():
            yield each
            self._passed(1)


def _write(plan: _Plan, known: Known, progress: Progress) -> None:
    section = plan.section
    records = len(plan.created) + len(plan.changed) + plan.unchanged
    plan.created.sort(key=lambda taken: taken.ref)
    # Each record is passed twice: with its own row, and with the rows that belong to it.
    with progress.part(Step.WRITE, section.name, 2 * records) as known.passed:
        if plan.created or plan.changed:
            section.write(plan.created, plan.changed, known)
    for prefix in section.prefixes:
        numbered = [taken.ref for taken in plan.created if taken.ref.startswith(f"{prefix}-")]
        if numbered:
            reserve_reference(current_session(), max(numbered, key=lambda ref: (len(ref), ref)))
    pairs: list[tuple[Record | None, Record]] = [(None, taken) for taken in plan.created]
    pairs += plan.changed
    with progress.part(Step.TRAIL, section.name, records) as passed:
        for batch in batches(pairs):
            record_all([_deed(section, here, taken) for here, taken in batch])
            passed(len(batch))


def _deed(section: Section, here: Record | None, taken: Record) -> Deed:
    source_ref = section.source_ref(taken)
    return Deed(
        verb=VERB,
        subject=Subject(section.kind, taken.ref, source_ref),
        line=f"Loaded {taken.ref} from a file" if here is None else f"Changed {taken.ref} by loading a file",
        before=None if here is None else section.on_the_trail(here),
        after=section.on_the_trail(taken),
    )


def _in_order(problems: list[Problem], sections: tuple[Section, ...]) -> list[Problem]:
    """The problems in the order of the file's sections and records, each told once."""
    places = {section.name: place for place, section in enumerate(sections, start=1)}

    def place(problem: Problem) -> tuple[int, int]:
        name, _, rest = problem.path.partition("[")
        index = rest.partition("]")[0]
        return places.get(name, 0), int(index) if index.isdecimal() else -1

    return sorted(dict.fromkeys(problems), key=place)
