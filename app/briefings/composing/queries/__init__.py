"""Every question of the composer: what may go into an issue, and the issues themselves."""

from app.briefings.composing.queries.candidates import Proposal, proposal, proposals
from app.briefings.composing.queries.issues import (
    NEWEST_FIRST,
    Again,
    IssueFilter,
    Written,
    again,
    brought_again_by,
    corrections,
    history,
    in_full,
    issue,
    item,
    listed,
    next_number,
)

__all__ = [
    "NEWEST_FIRST",
    "Again",
    "IssueFilter",
    "Proposal",
    "Written",
    "again",
    "brought_again_by",
    "corrections",
    "history",
    "in_full",
    "issue",
    "item",
    "listed",
    "next_number",
    "proposal",
    "proposals",
]
