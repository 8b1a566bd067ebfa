"""What records go by: neutral running numbers, such as R-0012, that say nothing about whom a record concerns;
and short names of what is no case, such as an agency.
"""

import re
import unicodedata
from collections.abc import Callable

from sqlalchemy import String, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.database import Base
from app.core.upsert import insert_new


class ReferenceCounter(Base):
    """The last number given out under each prefix."""

    __tablename__ = "reference_counter"

    prefix: Mapped[str] = mapped_column(String(8), primary_key=True)
    last: Mapped[int]


def next_reference(session: Session, prefix: str) -> str:
    """Give out the next reference under a prefix, for example ``R-0012``; never given twice."""
    return next_references(session, prefix, 1)[0]


def next_references(session: Session, prefix: str, number: int) -> list[str]:
    """Give out so many references under a prefix, in their order, for records that come in bulk."""
    statement = (
        update(ReferenceCounter)
        .where(ReferenceCounter.prefix == prefix)
        .values(last=ReferenceCounter.last + number)
        .returning(ReferenceCounter.last)
    )
    last = session.scalar(statement)
    if last is None:
        # The first of its kind; another may be just giving one out too, and is waited for.
        table = ReferenceCounter.metadata.tables[ReferenceCounter.__tablename__]
        insert_new(session, table, [{"prefix": prefix, "last": 0}], returning=["prefix"])
        last = session.scalars(statement).one()
    return [f"{prefix}-{one:04d}" for one in range(last - number + 1, last + 1)]


def reserve_reference(session: Session, reference: str) -> None:
    """Count a reference that came from a file as given out, so that it is never given again."""
    prefix, _, digits = reference.rpartition("-")
    if not prefix or not digits.isdigit():
        return
    counter = session.get(ReferenceCounter, prefix)
    if counter is None:
        session.add(ReferenceCounter(prefix=prefix, last=int(digits)))
        session.flush()
    elif counter.last < int(digits):
        counter.last = int(digits)


def short_reference(name: str, *, otherwise: str, is_taken: Callable[[str], bool]) -> str:
    """A short name for files and addresses, made of the name: ``St Leonard’s`` becomes ``st-leonard-s``.

    ``otherwise`` stands in for a name of no such letters; one that is taken gets a number.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50] or otherwise
    reference, number = stem, 2
    while is_taken(reference):
        reference, number = f"{stem}-{number}", number + 1
    return reference
