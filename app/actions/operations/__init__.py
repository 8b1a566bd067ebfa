"""Every change of an action: each checks the rules, changes, keeps and audits; none commits."""

from app.actions.operations.colours import refresh_colours
from app.actions.operations.deciding import decide_sign_off
from app.actions.operations.drafting import agree, create_draft, edit_draft, withdraw_draft
from app.actions.operations.errors import (
    AlreadyAsked,
    AlreadyDecided,
    EvidenceKept,
    NotAPerson,
    NotDrafted,
    OwnerElsewhere,
    SourceMissing,
    TextMissing,
    WrongDay,
)
from app.actions.operations.evidence import (
    Proof,
    add_evidence,
    add_version,
    return_evidence,
    withdraw_evidence,
)
from app.actions.operations.impact import (
    NewEvidence,
    Stated,
    decide_impact,
    end_looks,
    make_looks,
    state_impact,
)
from app.actions.operations.more_time import ask_for_more_time, decide_extension
from app.actions.operations.ratifying import ratify
from app.actions.operations.working import send_for_sign_off, write_update

__all__ = [
    "AlreadyAsked",
    "AlreadyDecided",
    "EvidenceKept",
    "NewEvidence",
    "NotAPerson",
    "NotDrafted",
    "OwnerElsewhere",
    "Proof",
    "SourceMissing",
    "Stated",
    "TextMissing",
    "WrongDay",
    "add_evidence",
    "add_version",
    "agree",
    "ask_for_more_time",
    "create_draft",
    "decide_extension",
    "decide_impact",
    "decide_sign_off",
    "edit_draft",
    "end_looks",
    "make_looks",
    "ratify",
    "refresh_colours",
    "return_evidence",
    "send_for_sign_off",
    "state_impact",
    "withdraw_draft",
    "withdraw_evidence",
    "write_update",
]
