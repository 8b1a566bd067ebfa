"""How every change of an issue begins and ends: the issue is kept, its author noted, the change on record."""

from collections.abc import Mapping
from typing import Any

from app.audit.operations import record
from app.briefings import rules
from app.briefings.composing.rules import WordsFrozen, in_order
from app.briefings.models import BriefingIssue, BriefingItem, IssueAuthor, IssueState
from app.core.acting import current_actor
from app.core.database import current_session, keep_for_change


def begin(issue: BriefingIssue) -> None:
    """Keep an issue for a change of its words by the acting person, who cannot clear it from now on.

    One that waited to be cleared is a draft again: it is to be checked as it stands then. Raises WordsFrozen.
    """
    keep_for_change(issue)
    if IssueState(issue.state) not in rules.BEING_WRITTEN:
        label = rules.STATE_LABELS[IssueState(issue.state)].lower()
        raise WordsFrozen(f"{issue.ref} is {label}, so its words change no more")
    note_author(issue)
    if issue.state == IssueState.CHECKED:
        issue.state = IssueState.DRAFT
        issue.checked_on, issue.checked_by = None, None
        tell(issue, "change", f"{issue.ref} is a draft again, as its words change")


def note_author(issue: BriefingIssue) -> None:
    """Note that the acting person wrote in the issue. The system is nobody in particular."""
    person_id = current_actor().person_id
    if person_id is not None and all(author.person_id != person_id for author in issue.authors):
        issue.authors.append(IssueAuthor(person_id=person_id))


def tell(
    issue: BriefingIssue,
    deed: str,
    line: str,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Put a change of an issue on record, with what was before and is after."""
    current_session().flush()
    record(verb=f"briefing.{deed}", subject=issue.audit_subject, line=line, before=before, after=after)


def number(issue: BriefingIssue) -> None:
    """Number the items by their places, section by section."""
    for position, item in enumerate(in_order(issue.items), start=1):
        item.position = position
    issue.items.sort(key=lambda item: item.position)


def words_of(issue: BriefingIssue) -> dict[str, Any]:
    """What is held of an issue beside its items, for the before and after of the trail."""
    return {name: getattr(issue, name) for name in rules.ISSUE_TEXTS}


def words_of_item(item: BriefingItem) -> dict[str, Any]:
    """What is held of an item, for the before and after of the trail."""
    return {
        **{name: getattr(item, name) for name in ("section", *rules.ITEM_TEXTS)},
        "audiences": [audience.ref for audience in item.audiences],
        "made_from": item.made_from,
    }
