"""Taking a list in: checked first, then its good rows in one transaction.

The trail gets one entry for a list, and not one for each reader as it does for a record that is loaded: every
reader would have the same words, fifty thousand of them would bury what else happened, and the row itself
says on which basis and since when. The entry names the numbers the readers got.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from sqlalchemy import insert

from app.accounts import queries as accounts
from app.accounts.models import Provenance
from app.audit.operations import Subject, record
from app.briefings import queries as briefings
from app.briefings.models import Basis, Subscriber, SubscriberState
from app.briefings.models.subscribers import new_key, subscriber_topic
from app.briefings.subscribers import digests, queries
from app.briefings.subscribers.importing import sheet
from app.briefings.subscribers.importing.rows import EMAIL, Fault, Reader, Words, places, understand
from app.core.clock import machine_now, today
from app.core.database import current_session
from app.core.filters import plural
from app.core.references import next_references
from app.core.upsert import insert_new
from app.lessons import queries as lessons

#: How the trail names the list of readers.
LIST = Subject("register", "subscribers")

#: How many readers one statement writes.
_AT_ONCE = 1_000


@dataclass
class Outcome:
    """What a list holds: how many rows, what is wrong with some, and what becomes of the others.

    Which address left or was refused is not said: whoever has the list need not know.
    """

    rows: int = 0
    good: list[Reader] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    #: Rows whose address stands further up in the list.
    twice: int = 0
    #: On the list of readers already.
    already: int = 0
    #: Left, refused or erased: not added again.
    closed: int = 0
    #: How many were added, once they are.
    added: int = 0

    @property
    def faulty_rows(self) -> int:
        """How many rows something is wrong with."""
        return len({fault.row for fault in self.faults})


def read(file: IO[bytes], media_type: str) -> sheet.Sheet:
    """The rows of a file; asks nothing of the database. Raises NotUsable."""
    found = sheet.read(file, media_type)
    if EMAIL not in places(found.names):
        raise sheet.NotUsable(
            "The first row names no column of addresses. Call it “Email address”; others may be called "
            "“Name”, “Agency”, “Kind of work”, “Area” and “Topics”"
        )
    return found


def check(found: sheet.Sheet) -> Outcome:
    """What would become of the rows; nothing is written."""
    outcome = Outcome(rows=len(found.rows))
    words, columns = _words(), places(found.names)
    seen: dict[str, Reader] = {}
    for number, cells in found.rows:
        understood = understand(number, cells, columns, words)
        if isinstance(understood, list):
            outcome.faults += understood
        elif understood.email in seen:
            outcome.twice += 1
        else:
            seen[understood.email] = understood
    states = queries.states_of(seen)
    closed = {address for address, state in states.items() if state != SubscriberState.ACTIVE}
    closed |= digests.suppressed(seen) - states.keys()
    outcome.closed = len(closed)
    outcome.already = len(states.keys() - closed)
    outcome.good = [
        reader for address, reader in seen.items() if address not in states and address not in closed
    ]
    return outcome


def take(found: sheet.Sheet, *, basis_stated: str) -> Outcome:
    """Add the good rows of a list, in the transaction at hand."""
    outcome = check(found)
    session = current_session()
    refs: list[str] = []
    shared = _shared(basis_stated)
    for start in range(0, len(outcome.good), _AT_ONCE):
        batch = outcome.good[start : start + _AT_ONCE]
        numbers = next_references(session, "S", len(batch))
        written = insert_new(
            session,
            Subscriber.metadata.tables[Subscriber.__tablename__],
            [{**shared, **_row(ref, reader)} for ref, reader in zip(numbers, batch, strict=True)],
            returning=["id", "email", "ref"],
        )
        refs += [row["ref"] for row in written]
        topics = {reader.email: reader.topics for reader in batch if reader.topics}
        wanted = [
            {"subscriber_id": row["id"], "theme_id": theme_id}
            for row in written
            for theme_id in topics.get(row["email"], ())
        ]
        if wanted:
            session.execute(insert(subscriber_topic), wanted)
    outcome.added = len(refs)
    refs.sort(key=lambda ref: (len(ref), ref))
    between = f", {refs[0]} to {refs[-1]}" if refs else ""
    of = plural(outcome.rows, "row")
    record(
        verb="subscriber.import",
        subject=LIST,
        line=f"Imported {plural(outcome.added, 'reader')}{between}, from a list of {of}",
        after={
            "basis": basis_stated,
            "rows with faults": outcome.faulty_rows,
            "twice in the list": outcome.twice,
            "on the list already": outcome.already,
            "not added again": outcome.closed,
        },
    )
    return outcome


def _shared(basis_stated: str) -> dict[str, Any]:
    """What all readers of a list have in common."""
    return {
        "state": SubscriberState.ACTIVE,
        "basis": Basis.IMPORTED,
        "basis_stated": basis_stated,
        "signed_up_on": today(),
        "left_reason": "",
        "created_at": machine_now(),
        "provenance": Provenance.RECORDED,
    }


def _row(ref: str, reader: Reader) -> dict[str, Any]:
    return {
        "ref": ref,
        "email": reader.email,
        "name": reader.name,
        "agency_id": reader.agency_id,
        "area_id": reader.area_id,
        "audience_id": reader.audience_id,
        "key": new_key(),
    }


def _words() -> Words:
    agencies: dict[str, int] = {}
    for agency in accounts.agencies_in_full():
        if agency.withdrawn_on is None:
            for name in (agency.name, agency.short_name, agency.ref, *(o.name for o in agency.other_names)):
                agencies.setdefault(name.lower(), agency.id)
    return Words(
        agencies=agencies,
        audiences=_by_name(briefings.audiences()),
        areas=_by_name(accounts.areas()),
        topics=_by_name(lessons.themes()),
    )


def _by_name(things: Iterable[Any]) -> Mapping[str, int]:
    return {word.lower(): thing.id for thing in things for word in (thing.ref, thing.name)}
