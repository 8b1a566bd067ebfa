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
from app.actions.operations.more_time import ask_for_more_time, decide_extension
from app.actions.operations.working import (
    Proof,
    add_evidence,
    send_for_sign_off,
    withdraw_evidence,
    write_update,
)

__all__ = [
    "AlreadyAsked",
    "AlreadyDecided",
    "EvidenceKept",
    "NotAPerson",
    "NotDrafted",
    "OwnerElsewhere",
    "Proof",
    "SourceMissing",
    "TextMissing",
    "WrongDay",
    "add_evidence",
    "agree",
    "ask_for_more_time",
    "create_draft",
    "decide_extension",
    "decide_sign_off",
    "edit_draft",
    "refresh_colours",
    "send_for_sign_off",
    "withdraw_draft",
    "withdraw_evidence",
    "write_update",
]
