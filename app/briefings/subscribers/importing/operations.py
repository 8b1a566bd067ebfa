"""Taking a list in: checked first, then its good rows in one transaction.

The trail gets one entry for a list, and not one for each reader as it does for a record that is loaded: every
reader would have the same words, fifty thousand of them would bury what else happened, and the row itself
says on which basis and since when. The entry names the numbers the readers got.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from sqlalchemy import insert, select

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
from app.core.upsert import insert_many_new
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
    #: The digest of each address that would be added.
    digests: dict[str, str] = field(default_factory=dict)
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
    new = [address for address in seen if address not in states]
    outcome.digests = digests.digests_of(new)
    closed |= digests.suppressed(new)
    outcome.closed = len(closed)
    outcome.already = len(states.keys() - closed)
    outcome.good = [seen[address] for address in new if address not in closed]
    return outcome


def take(outcome: Outcome, *, basis_stated: str) -> Outcome:
    """Add the good rows of a list that was just checked, in the transaction at hand.

    Nothing is understood or looked up here that was before: while this writes, nobody else does. Who came to
    the list meanwhile has an address that stands there, and who was erased meanwhile a digest of today.
    """
    session = current_session()
    erased = digests.suppressed_since(today())
    good = [reader for reader in outcome.good if outcome.digests[reader.email] not in erased]
    refs = next_references(session, "S", len(good)) if good else []
    shared, table = _shared(basis_stated), Subscriber.metadata.tables[Subscriber.__tablename__]
    for start in range(0, len(good), _AT_ONCE):
        batch = zip(refs[start : start + _AT_ONCE], good[start : start + _AT_ONCE], strict=True)
        insert_many_new(session, table, [_row(*each) for each in batch], alike=shared)
    outcome.added = queries.number_of(refs)
    _add_topics(dict(zip(refs, good, strict=True)))
    between = f", {refs[0]} to {refs[-1]}" if outcome.added else ""
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


def _add_topics(made: Mapping[str, Reader]) -> None:
    session = current_session()
    wanted = [ref for ref, reader in made.items() if reader.topics]
    for start in range(0, len(wanted), queries.AT_ONCE):
        those = select(Subscriber.id, Subscriber.ref).where(
            Subscriber.ref.in_(wanted[start : start + queries.AT_ONCE])
        )
        session.execute(
            insert(subscriber_topic),
            [
                {"subscriber_id": number, "theme_id": theme_id}
                for number, ref in session.execute(those).all()
                for theme_id in made[ref].topics
            ],
        )


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
