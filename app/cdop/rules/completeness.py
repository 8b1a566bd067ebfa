"""What a child death review still lacks before its panel, and before it is closed, in plain words."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.errors import RuleBroken


class Incomplete(RuleBroken):
    """Something is missing, and nobody who may decides said why the review goes on without it."""


@dataclass(frozen=True)
class Progress:
    """How far the review of one death came, as far as completeness asks for it."""

    #: The codes of the stages that a case passes under its regime, and of those it has reached.
    passes: frozenset[str]
    reached: frozenset[str]
    #: Whether a joint agency response was called for.
    has_joint_response: bool = False
    #: How many agencies were asked what they know, and the names of those who have not answered.
    asked: int = 0
    outstanding: Sequence[str] = ()
    #: What holds the review up, in words.
    held_up_by: Sequence[str] = ()
    #: Whether anything of the analysis was written down.
    has_analysis: bool = False
    category: str | None = None
    conclusion: str | None = None
    has_modifiable_factor: bool = False
    #: Whether the post of the key worker is recorded, and the day the family was told.
    has_key_worker: bool = False
    has_feedback: bool = False


#: The meeting of a joint agency response, as each regime calls it.
_JOINT_RESPONSE = ("joint_agency_response", "rapid_response")
_MODIFIABLE = "modifiable"


def missing_for_panel(progress: Progress) -> list[str]:
    """What the panel would lack, each in a sentence that says what to do; nothing when it is ready."""
    missing = []
    if _lacks(progress, "notified"):
        missing.append("The notification is not recorded: record the stage.")
    meets = progress.has_joint_response and not progress.passes.isdisjoint(_JOINT_RESPONSE)
    if meets and progress.reached.isdisjoint(_JOINT_RESPONSE):
        missing.append("The joint agency response has no meeting: record the stage.")
    missing += _missing_returns(progress)
    if _lacks(progress, "cdrm"):
        missing.append("The child death review meeting has not been held: record the stage.")
    missing += _held_up(progress)
    if not progress.has_analysis:
        missing.append("Nothing of the analysis has been drafted.")
    return missing


def missing_for_closing(progress: Progress) -> list[str]:
    """What the case would be closed without, each in a sentence that says what to do.

    What a panel completed here lacks nothing of its analysis; a record from elsewhere may.
    """
    missing = []
    if _lacks(progress, "panel"):
        missing.append("The panel has not reviewed it.")
    if progress.category is None:
        missing.append("The category of death is not recorded.")
    if progress.conclusion is None:
        missing.append("The conclusion on modifiable factors is not recorded.")
    elif progress.conclusion == _MODIFIABLE and not progress.has_modifiable_factor:
        missing.append("The conclusion names modifiable factors, and no factor is marked as one.")
    if progress.outstanding:
        missing += _missing_returns(progress)
    missing += _held_up(progress)
    if _lacks(progress, "submitted"):
        missing.append("It has not been sent on to the national return or database: record the stage.")
    if not (progress.has_key_worker and progress.has_feedback):
        missing.append("Feedback to the family is not recorded: say who the key worker is, and when.")
    return missing


def check_ready(missing: Sequence[str], reason: str) -> None:
    """Check that a case may be called ready for the panel: whole, or with a reason why it goes there.

    Raises Incomplete.
    """
    if missing and not reason.strip():
        raise Incomplete(
            f"Say why it goes to the panel without what is missing: {_listed(missing)}", "reason"
        )


def check_closing(missing: Sequence[str], *, may_approve: bool, reason: str) -> None:
    """Check that a case may be closed: nothing is missing, or the chair says why none the less.

    Raises Incomplete.
    """
    if not missing:
        return
    if not may_approve:
        raise Incomplete("Something is missing. The chair may close the case without it, with a reason")
    if not reason.strip():
        raise Incomplete("Say why it is closed without what is missing", "reason")


def _lacks(progress: Progress, stage: str) -> bool:
    return stage in progress.passes and stage not in progress.reached


def _missing_returns(progress: Progress) -> list[str]:
    if not progress.asked:
        return ["No agency has been asked what it knows."]
    if not progress.outstanding:
        return []
    names = list(progress.outstanding)
    listed = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    return [f"Not returned yet: {listed}. Wait for it, or waive it with a reason."]


def _held_up(progress: Progress) -> list[str]:
    return [f"It still waits: {each}." for each in progress.held_up_by]


def _listed(missing: Sequence[str]) -> str:
    return " ".join(missing)
