"""From draft to cleared and back: findings kept, the second person's clearance, and what undoes it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, exists, select

from app.accounts.models import Agency, Area
from app.briefings import rules as life
from app.briefings.checking import queries, rules
from app.briefings.composing.operations.beginning import note_author, tell
from app.briefings.models import (
    Audience,
    BriefingIssue,
    Delivery,
    DeliveryState,
    FindingKept,
    IssueState,
)
from app.briefings.reading import freezing
from app.briefings.sending import operations as sending
from app.briefings.subscribers import operations as subscribers
from app.core import checks
from app.core.acting import current_actor
from app.core.clock import machine_now, now, today
from app.core.database import current_session, keep_for_change
from app.core.filters import plural
from app.lessons.models import Theme
from app.outbox.operations import Envelope, enqueue_all
from app.outbox.rules import is_usable

#: The kind of the message to those who may clear an issue.
TO_CLEAR = "briefing_to_clear"

#: Where a delivery stands whose message was never queued: it waits, or its reader was erased meanwhile.
_BEFORE_IT_LEAVES = (DeliveryState.PLANNED, DeliveryState.NOT_SENT)


def keep_finding(*, issue: BriefingIssue, digest: str, reason: str) -> FindingKept:
    """Let words that may identify somebody stay in a draft, and say why.

    Whoever does is an author of the issue: the second person judges the reason. Raises MoveNotPossible,
    WordsMissing, ChangedMeanwhile.
    """
    keep_for_change(issue)
    _check_draft(issue)
    reason = checks.words(reason, "Say why these words may stay", "reason")
    found = next(
        (each for each in queries.findings_of(issue) if each.finding.digest == digest and not each.kept), None
    )
    if found is None:
        raise rules.ChangedMeanwhile("These words were changed or settled meanwhile. Look at what stands now")
    kept = FindingKept(
        digest=digest,
        kind=found.finding.kind,
        reason=reason,
        kept_by_id=current_actor().person_id,
        kept_at=now(),
    )
    issue.findings_kept.append(kept)
    note_author(issue)
    tell(
        issue,
        "keep",
        f"Kept what looks like {found.finding.looks_like} in {issue.ref}",
        after={"words": found.finding.words, "field": found.finding.field.label, "reason": reason},
    )
    return kept


def unkeep_finding(*, issue: BriefingIssue, digest: str) -> None:
    """Open a finding again that was kept. Raises MoveNotPossible, ChangedMeanwhile."""
    keep_for_change(issue)
    _check_draft(issue)
    kept = next((each for each in issue.findings_kept if each.digest == digest), None)
    if kept is None:
        raise rules.ChangedMeanwhile("This was opened again already. Look at what stands now")
    issue.findings_kept.remove(kept)
    note_author(issue)
    tell(issue, "unkeep", f"Opened a finding in {issue.ref} again", before={"reason": kept.reason})


def send_for_clearance(*, issue: BriefingIssue) -> BriefingIssue:
    """Ask a second person to clear a draft in which every finding is settled; all who may are written to.

    Raises MoveNotPossible, NotReady, FindingsOpen.
    """
    _begin(issue, IssueState.CHECKED)
    rules.check_ready(queries.lacking(issue))
    rules.check_settled(queries.unsettled(issue))
    issue.checked_on, issue.checked_by_id = today(), current_actor().person_id
    issue.returned_reason = issue.returned_by_id = None
    _moved(issue, IssueState.CHECKED, "check", f"Sent {issue.ref} for clearance")
    since = machine_now().isoformat()
    enqueue_all(
        kind=TO_CLEAR,
        business_on=today(),
        envelopes=[
            Envelope(f"{TO_CLEAR}:{issue.ref}:{since}:{person.id}", person.email, person.id)
            for person in queries.who_may_clear(issue)
            if is_usable(person.email)
        ],
    )
    return issue


def take_back(*, issue: BriefingIssue, reason: str) -> BriefingIssue:
    """Make a draft again of an issue that waits to be cleared, as its author. Raises as ``_return`` does."""
    return _return(issue, reason, IssueState.CHECKED, "take_back", f"Took {issue.ref} back to change it")


def refuse(*, issue: BriefingIssue, reason: str) -> BriefingIssue:
    """Return an issue to its authors instead of clearing it. Raises as ``_return`` does."""
    return _return(issue, reason, IssueState.CHECKED, "return", f"Returned {issue.ref} without clearing it")


def clear(*, issue: BriefingIssue, checked: bool, words_read: str) -> BriefingIssue:
    """Clear an issue as it was read, which freezes its words and its readers.

    ``words_read`` is the digest of the words that were read. Raises MoveNotPossible, NotTheSecondPerson,
    NotRead, ChangedMeanwhile, NotReady, FindingsOpen.
    """
    _begin(issue, IssueState.CLEARED)
    for item in issue.items:
        for origin in (item.lesson, item.event):
            if origin is not None:
                keep_for_change(origin)
    life.check_second_person(current_actor().person_id, queries.author_ids(issue))
    if not checked:
        raise rules.NotRead(
            "Read the issue, then tick to say that nothing in it identifies anybody", "checked"
        )
    if words_read != queries.words_digest(issue):
        raise rules.ChangedMeanwhile("The issue was changed meanwhile. Read it again, then tick", "checked")
    rules.check_ready(queries.lacking(issue))
    rules.check_settled(queries.unsettled(issue))
    issue.cleared_on, issue.cleared_by_id = today(), current_actor().person_id
    _moved(issue, IssueState.CLEARED, "clear", f"Cleared {issue.ref}", words_read=words_read)
    freezing.freeze(issue)
    # Who came to have an account today is a reader too, and who lost theirs is none.
    subscribers.keep_in_step()
    readers = sending.plan(issue=issue)
    tell(issue, "freeze", f"Froze {issue.ref} for {plural(readers, 'reader')}")
    return issue


def unclear(*, issue: BriefingIssue, reason: str) -> BriefingIssue:
    """Make a draft again of an issue that was cleared: its frozen words and readers are thrown away.

    Raises MoveNotPossible, WordsMissing.
    """
    session = current_session()
    keep_for_change(issue)
    if IssueState(issue.state) not in life.AWAITING or session.scalar(
        select(exists().where(Delivery.issue_id == issue.id, Delivery.state.not_in(_BEFORE_IT_LEAVES)))
    ):
        raise life.MoveNotPossible(f"{issue.ref} is not waiting to be sent, so it cannot be a draft again")
    reason = checks.words(reason, "Say why it becomes a draft again", "reason")
    freezing.thaw(issue)
    session.execute(
        delete(Delivery).where(Delivery.issue_id == issue.id).execution_options(synchronize_session=False)
    )
    issue.cleared_on = issue.cleared_by_id = None
    issue.scheduled_on = issue.scheduled_time = issue.scheduled_by_id = issue.stopped_reason = None
    return _return(
        issue, reason, IssueState(issue.state), "unclear", f"Took the clearance of {issue.ref} away"
    )


def set_readers(
    *,
    issue: BriefingIssue,
    agencies: Sequence[Agency] = (),
    areas: Sequence[Area] = (),
    audiences: Sequence[Audience] = (),
    topics: Sequence[Theme] = (),
) -> BriefingIssue:
    """Say whom a draft is for; nothing under a heading narrows nothing.

    Raises MoveNotPossible, also of one that comes again: of a few it would tell who followed a link.
    """
    keep_for_change(issue)
    _check_draft(issue)
    if issue.brings_again is not None:
        raise life.MoveNotPossible(
            f"{issue.ref} is for those who followed no link in {issue.brings_again.ref}, and for all of them"
        )
    before = readers_held(issue)
    issue.for_agencies, issue.for_areas = list(agencies), list(areas)
    issue.for_audiences, issue.for_topics = list(audiences), list(topics)
    current_session().flush()
    after = readers_held(issue)
    if after != before:
        note_author(issue)
        tell(issue, "readers", f"Changed whom {issue.ref} is for", before=before, after=after)
    return issue


def readers_held(issue: BriefingIssue) -> dict[str, list[str]]:
    """Whom an issue is for, for the before and after of the trail."""
    return {
        "agencies": sorted(each.ref for each in issue.for_agencies),
        "areas": sorted(each.ref for each in issue.for_areas),
        "audiences": sorted(each.ref for each in issue.for_audiences),
        "topics": sorted(each.ref for each in issue.for_topics),
    }


def _check_draft(issue: BriefingIssue) -> None:
    if issue.state != IssueState.DRAFT:
        label = life.STATE_LABELS[IssueState(issue.state)].lower()
        raise life.MoveNotPossible(f"{issue.ref} is {label}: take it back to draft first")


def _begin(issue: BriefingIssue, following: IssueState) -> None:
    keep_for_change(issue)
    life.check_move(IssueState(issue.state), following, ref=issue.ref)


def _return(issue: BriefingIssue, reason: str, stands: IssueState, deed: str, line: str) -> BriefingIssue:
    """Make a draft again of an issue, for a reason that its authors see.

    Raises MoveNotPossible, WordsMissing.
    """
    _begin(issue, IssueState.DRAFT)
    if issue.state != stands:
        label = life.STATE_LABELS[IssueState(issue.state)].lower()
        raise life.MoveNotPossible(f"{issue.ref} is {label} by now. Nothing was changed")
    reason = checks.words(reason, "Say why it becomes a draft again", "reason")
    issue.checked_on = issue.checked_by_id = None
    issue.returned_reason, issue.returned_by_id = reason, current_actor().person_id
    return _moved(issue, IssueState.DRAFT, deed, line, reason=reason)


def _moved(issue: BriefingIssue, state: IssueState, deed: str, line: str, **more: Any) -> BriefingIssue:
    before = {"state": str(issue.state)}
    issue.state = state
    tell(issue, deed, line, before=before, after={"state": str(state), **more})
    return issue
