"""What a file may still change about a record that is here: not what was decided, nor what happened."""

from collections.abc import Iterator

from app.core.intake.shapes import ALWAYS, Field, Problem, Record, Rows, Shape

SETTLED = "This was settled when it was recorded, and a file cannot change it"


def refused_changes(shape: Shape, here: Record, record: Record) -> Iterator[Problem]:
    """Every change from what is ``here`` to the ``record`` of a file that a file may not make."""
    yield from _settled(shape.fields, here, record)
    for rows in shape.rows:
        if not rows.is_history:
            continue
        if rows.key:
            yield from _keyed_history(rows, here, record)
        else:
            yield from _ordered_history(rows, here, record)


def _settled(fields: tuple[Field, ...], here: Record, record: Record) -> Iterator[Problem]:
    for field in fields:
        if here.get(field.name) == record.get(field.name) or field.settled is None:
            continue
        if field.settled == ALWAYS or field.settled in here:
            yield record.problem(field.name, f"{SETTLED}{_as_recorded(here.get(field.name))}")


def _as_recorded(value: object) -> str:
    """What is recorded, where it is short enough to be repeated and no story."""
    return f"; recorded is {value}" if isinstance(value, str) and len(value) <= 24 else ""


def matched(rows: Rows, here: Record, record: Record) -> Iterator[tuple[Record | None, Record | None]]:
    """Each row that is here beside the row of the file that is the same one; None where there is none."""
    left = list(record.get(rows.name, ()))
    for row in here.get(rows.name, ()):
        twin = next((other for other in left if _key(rows, other) == _key(rows, row)), None)
        if twin is not None:
            # By identity: two rows may say the same.
            left = [other for other in left if other is not twin]
        yield row, twin
    for other in left:
        yield None, other


def _key(rows: Rows, row: Record) -> tuple[object, ...]:
    return tuple(row.get(name) for name in rows.key)


def _keyed_history(rows: Rows, here: Record, record: Record) -> Iterator[Problem]:
    latest = max((row[rows.dated] for row in here.get(rows.name, ())), default="") if rows.dated else ""
    for row, twin in matched(rows, here, record):
        if twin is None and row is not None:
            key = " ".join(str(part) for part in _key(rows, row))
            yield record.problem(
                rows.name,
                f"{key} is recorded here and missing from the file; history is never taken away",
                key,
            )
        elif row is None and twin is not None:
            if rows.dated and twin[rows.dated] < latest:
                yield twin.problem(
                    rows.dated, f"Only later history can be added, and the latest recorded is of {latest}"
                )
        elif row is not None and twin is not None:
            yield from _settled(rows.fields, row, twin)


def _ordered_history(rows: Rows, here: Record, record: Record) -> Iterator[Problem]:
    old, new = here.get(rows.name, []), record.get(rows.name, [])
    if len(new) < len(old):
        yield record.problem(
            rows.name, f"{len(old)} are recorded here; history is never taken away", f"a list of {len(new)}"
        )
    for row, twin in zip(old, new, strict=False):
        for field in rows.fields:
            if row.get(field.name) != twin.get(field.name):
                yield twin.problem(field.name, f"{SETTLED}{_as_recorded(row.get(field.name))}")
