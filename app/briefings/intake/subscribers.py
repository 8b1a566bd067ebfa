"""Who gets the briefing, and who left it.

What opens somebody's own page is never in a file: a subscriber who comes from one gets a new key. Nor are the
addresses that nobody may add again: their digests are of one installation.
"""

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from app.accounts.intake import marks
from app.briefings.models import Basis, Subscriber, SubscriberState
from app.briefings.models.subscribers import subscriber_topic
from app.briefings.subscribers import digests
from app.core.database import current_session
from app.core.intake import (
    ALWAYS,
    Known,
    Link,
    Problem,
    Record,
    Section,
    Shape,
    clashes,
    code,
    day,
    line,
    reference,
    running_ref,
    several,
)
from app.core.intake.section import batches
from app.outbox.rules import ADDRESS, LONGEST_ADDRESS

#: What may say who it is; the basis in words is somebody's own words.
_PERSONAL = frozenset({"email", "name", "person", "basis_stated"})
#: Who does not get it any more, and is not written to again because of a file.
_GONE = frozenset({SubscriberState.LEFT, SubscriberState.SUPPRESSED, SubscriberState.ERASED})


class SubscriberSection(Section):
    """Subscribers."""

    name = "subscribers"
    kind = "subscriber"
    model = Subscriber
    prefixes = ("S",)
    links = {"topics": Link(subscriber_topic, "subscriber_id", "theme_id")}  # noqa: RUF012 (never changed)
    shape = Shape(
        (
            running_ref("S"),
            line(
                "email",
                LONGEST_ADDRESS,
                pattern=rf"(?!.*[A-Z]){ADDRESS}",
                said="an e-mail address in small letters",
                description="Left out of who was erased.",
            ),
            line("name", 200, default=""),
            reference("person", "people", description="The account, for staff who have one."),
            reference("agency", "agencies"),
            reference("area", "areas"),
            reference("audience", "audiences", description="The kind of work, as the person says."),
            code("state", SubscriberState, default=SubscriberState.ACTIVE.value),
            code("basis", Basis, required=True),
            line("basis_stated", 300, default="", description="The basis in words."),
            day("signed_up_on", required=True, settled=ALWAYS),
            day("confirmed_on", settled="confirmed_on"),
            day("left_on"),
            line("left_reason", 40, default=""),
            several("topics", "themes", description="What they want to read about; none for everything."),
            *marks(),
        ),
        description="Who gets the briefing, or did. Keys of their own pages are made anew.",
    )

    def check(self, records: Collection[Record], known: Known) -> Iterator[Problem]:
        """An address and an account stand once; what an import rests on is said; who left says when."""
        yield from self._taken(records, known)
        yield from _check_suppressed(records, known)
        for record in records:
            state, basis = SubscriberState(record.get("state", SubscriberState.ACTIVE)), record["basis"]
            if ("email" in record) == (state is SubscriberState.ERASED):
                yield record.problem("email", "Everybody but who was erased has an address")
            if state is SubscriberState.ERASED and ("name" in record or "person" in record):
                yield record.problem("name", "Of who was erased nothing is kept that says who it was")
            if (
                basis == Basis.IMPORTED
                and "basis_stated" not in record
                and state is not SubscriberState.ERASED
            ):
                yield record.problem("basis_stated", "Say on which basis they were imported")
            if basis == Basis.ACCOUNT and "person" not in record and state is not SubscriberState.ERASED:
                yield record.problem("person", "Name the account that the basis is")
            if state in (SubscriberState.LEFT, SubscriberState.SUPPRESSED) and "left_on" not in record:
                yield record.problem("left_on", "Say since when they do not get it any more")
            for name in ("confirmed_on", "left_on"):
                if name in record and record[name] < record["signed_up_on"]:
                    yield record.problem(name, "This cannot have been before they signed up")

    def _taken(self, records: Collection[Record], known: Known) -> Iterator[Problem]:
        """An address or an account that another subscriber has already, in the file or here."""
        for name, column in (("email", Subscriber.email), ("person", Subscriber.person_id)):
            asked = {record[name]: record for record in records if name in record}
            if not asked:
                continue
            sentence = "This is already that of" if name == "email" else "This account is already that of"
            here = self._holders(name, column, sorted(asked), known)
            others = [Record({"ref": ref, name: value}) for ref, value in here.items()]
            yield from clashes(records, [*known.file[self.name].values(), *others], name, sentence)

    def _holders(self, name: str, column: Any, values: Sequence[str], known: Known) -> dict[str, str]:
        """Which subscriber that the file does not hold has which of these."""
        found: dict[str, str] = {}
        by_column = {
            (known.row_id("people", value) if name == "person" else value): value
            for value in values
            if name != "person" or _has_row(known, value)
        }
        for batch in batches(sorted(by_column)):
            rows = current_session().execute(select(Subscriber.ref, column).where(column.in_(batch)))
            found |= {row[0]: by_column[row[1]] for row in rows if row[0] not in known.file[self.name]}
        return found

    def refused(self, here: Record, record: Record, known: Known) -> Iterator[Problem]:
        """Who left, was refused for good or was erased is not made a reader again by a file."""
        yield from super().refused(here, record, known)
        if here.get("state") in _GONE and record.get("state") not in _GONE:
            yield record.problem("state", "They do not get it any more, and no file changes that")
        if here.get("state") == SubscriberState.ERASED and "email" in record:
            yield record.problem("email", "This subscriber was erased, and no file brings them back")

    def at_creation(self, record: Record, known: Known) -> dict[str, Any]:
        """When it came to be here, and a key that no file ever held."""
        return {"created_at": known.at, "key": secrets.token_urlsafe(32)}

    def on_the_trail(self, record: Record) -> Mapping[str, Any]:
        """Without what says who it is: the trail cannot forget it when the subscriber is erased."""
        return {name: value for name, value in record.items() if name not in _PERSONAL}


def _check_suppressed(records: Collection[Record], known: Known) -> Iterator[Problem]:
    """An address that was taken off the list here comes back by its owner alone, and by no file."""
    here = {each.get("email") for each in known.here[SubscriberSection.name].values()}
    new = {
        record["email"]: record
        for record in records
        if "email" in record and record.get("state") not in _GONE and record["email"] not in here
    }
    for address in sorted(digests.suppressed(new)):
        yield new[address].problem(
            "email", "This address was taken off the list here, and only its owner puts it on again"
        )


def _has_row(known: Known, person: str) -> bool:
    found = known.find("people", person)
    return found is not None and found.row_id is not None
