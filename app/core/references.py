"""Neutral running numbers, such as R-0012: they say nothing about whom the record concerns."""

from sqlalchemy import String, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.database import Base


class ReferenceCounter(Base):
    """The last number given out under each prefix."""

    __tablename__ = "reference_counter"

    prefix: Mapped[str] = mapped_column(String(8), primary_key=True)
    last: Mapped[int]


def next_reference(session: Session, prefix: str) -> str:
    """Give out the next reference under a prefix, for example ``R-0012``; never given twice."""
    statement = (
        update(ReferenceCounter)
        .where(ReferenceCounter.prefix == prefix)
        .values(last=ReferenceCounter.last + 1)
        .returning(ReferenceCounter.last)
    )
    number = session.scalar(statement)
    if number is None:
        number = 1
        session.add(ReferenceCounter(prefix=prefix, last=number))
        session.flush()
    return f"{prefix}-{number:04d}"


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
