"""Sending an issue to an editor's own mail program, to be looked at before it is cleared."""

import secrets
from datetime import timedelta

from app.accounts.models import Person
from app.audit.operations import record
from app.briefings.models import BriefingIssue
from app.briefings.reading import queries
from app.core.clock import machine_now, today
from app.core.errors import RuleBroken
from app.outbox import operations as outbox
from app.outbox import queries as messages

TEST = "briefing_test"
#: So many tests go to one address within an hour.
TESTS_AN_HOUR = 10


class NotAReaderOfDrafts(RuleBroken):
    """The address is not that of somebody who may read what is not cleared."""


class TooManyTests(RuleBroken):
    """Enough tests went to the address within the hour."""


def send_test(*, issue: BriefingIssue, address: str) -> Person:
    """Queue the issue as it stands to somebody who may read it as it stands; hands back who that is.

    Never to another address: before a second person has cleared an issue it may tell of somebody who could be
    told by it, and mail cannot be called back. Raises NotAReaderOfDrafts, TooManyTests.
    """
    person = queries.reader_of_drafts(address)
    if person is None:
        raise NotAReaderOfDrafts(
            "Enter the address of somebody who has an account and may read drafts, such as your own",
            "address",
        )
    since = machine_now() - timedelta(hours=1)
    if messages.number_queued_to(person.id, kind=TEST, since=since) >= TESTS_AN_HOUR:
        raise TooManyTests(
            f"{TESTS_AN_HOUR} tests went to this address within an hour. Try again later", "address"
        )
    outbox.enqueue(
        kind=TEST,
        dedupe_key=f"{TEST}:{issue.ref}:{secrets.token_hex(8)}",
        address=person.email,
        business_on=today(),
        recipient_id=person.id,
    )
    record(
        verb="briefing.test",
        subject=issue.audit_subject,
        line=f"Sent {issue.ref} as a test to {person.name}",
    )
    return person
