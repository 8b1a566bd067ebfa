"""What may identify somebody in an issue, and when an issue may be sent for clearance and cleared."""

from app.briefings.checking.rules.clearing import (
    ChangedMeanwhile,
    FindingsOpen,
    NotRead,
    NotReady,
    Said,
    check_ready,
    check_settled,
    lacking,
    words_digest,
)
from app.briefings.checking.rules.finding import Field, Finding, Known, Names, find, names_of
from app.briefings.checking.rules.kinds import KIND_WORDS, FindingKind
from app.briefings.checking.rules.pseudonyms import pseudonyms_in

__all__ = [
    "KIND_WORDS",
    "ChangedMeanwhile",
    "Field",
    "Finding",
    "FindingKind",
    "FindingsOpen",
    "Known",
    "Names",
    "NotRead",
    "NotReady",
    "Said",
    "check_ready",
    "check_settled",
    "find",
    "lacking",
    "names_of",
    "pseudonyms_in",
    "words_digest",
]
