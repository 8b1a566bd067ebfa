"""Every change to child death reviews themselves."""

from app.cdop.operations.cases import change_case, create_case
from app.cdop.operations.clocks import refresh_clocks
from app.cdop.operations.ending import close_case, refer_case, reopen_case, withdraw_case
from app.cdop.operations.pauses import approve_pause, ask_to_pause, decline_pause, resume_clock
from app.cdop.operations.stages import record_feedback, record_stage, withdraw_stage
from app.cdop.operations.waits import begin_wait, end_wait

__all__ = [
    "approve_pause",
    "ask_to_pause",
    "begin_wait",
    "change_case",
    "close_case",
    "create_case",
    "decline_pause",
    "end_wait",
    "record_feedback",
    "record_stage",
    "refer_case",
    "refresh_clocks",
    "reopen_case",
    "resume_clock",
    "withdraw_case",
    "withdraw_stage",
]
