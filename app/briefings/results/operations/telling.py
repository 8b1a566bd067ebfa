"""Once an issue was sent: agency leads get it for their teams, and hear of lessons that theirs work on.

Which agency a lesson came from, no record says: a source has no lead agency. So those hear of it whose agreed
actions answer the lesson, as they changed practice because of it. What they are told is its reference, and
only where they may read it anyway: nothing of a restricted case or a child's death reaches anybody this way
who could not open it.
"""

from datetime import date
from functools import partial

from app.accounts import queries as accounts
from app.accounts.models import Person
from app.accounts.policy import Role
from app.audit.operations import record
from app.briefings.models import BriefingIssue, IssueState
from app.briefings.results.queries import telling as queries
from app.core.database import current_session, keep_for_change
from app.core.filters import plural
from app.core.patience import with_patience
from app.core.transactions import apart
from app.outbox.operations import Envelope, enqueue_all
from app.outbox.rules import is_usable

#: The kinds of messages in the outbox: to agency leads with the team version, to those whose agencies work on
#: a lesson, and to the editors about agencies for which nobody speaks.
CASCADE = "briefing_cascade"
TOLD = "briefing_told"
NOBODY_TO_TELL = "briefing_unled"


def tell_due(*, on: date) -> int:
    """Write about every issue that was sent since; say how many messages were queued."""
    with apart(reading=True):
        waiting = queries.issues_to_tell_of()
    return sum(with_patience(partial(_tell, issue_id, on)) for issue_id in waiting)


def key_of(kind: str, issue: BriefingIssue, person: Person) -> str:
    """What makes a message the one of its kind about the issue to the person."""
    return f"{kind}:{issue.ref}:{person.id}"


def _tell(issue_id: int, on: date) -> int:
    session = current_session()
    issue = session.get_one(BriefingIssue, issue_id)
    keep_for_change(issue)
    if issue.cascaded_on is not None or issue.state != IssueState.SENT:
        return 0
    speakers, with_readers = queries.speakers(), queries.agencies_with_readers(issue)
    agencies = queries.agencies_for(issue)
    leads = {person.id: person for agency in agencies for person in speakers.get(agency.id, ())}
    workers = {
        person.id: person
        for agency_id in queries.agencies_that_work_on(issue)
        for person in speakers.get(agency_id, ())
        if queries.lessons_told(issue, frozenset({agency_id}), person.facts)
    }
    unled = [each for each in agencies if each.id not in speakers and each.id in with_readers]
    editors = {person.id: person for person in accounts.holders(Role.BRIEFING_EDITOR)} if unled else {}
    for kind, people in ((CASCADE, leads), (TOLD, workers), (NOBODY_TO_TELL, editors)):
        enqueue_all(
            kind=kind,
            business_on=on,
            envelopes=[
                Envelope(key_of(kind, issue, each), each.email, each.id)
                for each in people.values()
                if is_usable(each.email)
            ],
        )
    issue.cascaded_on = on
    session.flush()
    line = f"Wrote about {issue.ref} to {plural(len(leads), 'person', 'people')} who speak for agencies"
    record(
        verb="briefing.send",
        subject=issue.audit_subject,
        line=line,
        before={"cascaded_on": None},
        after={"cascaded_on": on, "told_of_lessons": len(workers), "agencies_without": len(unled)},
    )
    return len(leads) + len(workers) + len(editors)
