"""Every change of an action: each checks the rules, changes, keeps and audits; none commits."""

from app.actions.operations.all_agency import create_for_agencies, lead_of
from app.actions.operations.colours import refresh_colours
from app.actions.operations.deciding import decide_sign_off
from app.actions.operations.declaring import declare_colour
from app.actions.operations.drafting import agree, create_draft, digest, edit_draft, withdraw_draft
from app.actions.operations.ending import close_not_implemented, reopen, supersede, withdraw
from app.actions.operations.errors import (
    AlreadyAsked,
    AlreadyDecided,
    AlreadyWritten,
    CourseBarred,
    DraftChanged,
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
from app.actions.operations.joining import Part, merge, split
from app.actions.operations.more_time import ask_for_more_time, decide_extension
from app.actions.operations.passing import (
    acknowledge,
    answer_not_for_us,
    hand_over,
    reassign,
    say_not_for_us,
)
from app.actions.operations.pausing import bring_back, escalate, hold, resume
from app.actions.operations.ratifying import ratify
from app.actions.operations.working import send_for_sign_off, write_update

__all__ = [
    "AlreadyAsked",
    "AlreadyDecided",
    "AlreadyWritten",
    "CourseBarred",
    "DraftChanged",
    "EvidenceKept",
    "NewEvidence",
    "NotAPerson",
    "NotDrafted",
    "OwnerElsewhere",
    "Part",
    "Proof",
    "SourceMissing",
    "Stated",
    "TextMissing",
    "WrongDay",
    "acknowledge",
    "add_evidence",
    "add_version",
    "agree",
    "answer_not_for_us",
    "ask_for_more_time",
    "bring_back",
    "close_not_implemented",
    "create_draft",
    "create_for_agencies",
    "decide_extension",
    "decide_impact",
    "decide_sign_off",
    "declare_colour",
    "digest",
    "edit_draft",
    "end_looks",
    "escalate",
    "hand_over",
    "hold",
    "lead_of",
    "make_looks",
    "merge",
    "ratify",
    "reassign",
    "refresh_colours",
    "reopen",
    "resume",
    "return_evidence",
    "say_not_for_us",
    "send_for_sign_off",
    "split",
    "state_impact",
    "supersede",
    "withdraw",
    "withdraw_draft",
    "withdraw_evidence",
    "write_update",
]
