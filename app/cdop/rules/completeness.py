"""What a child death review still lacks before its panel, and before it is closed, in plain words."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

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
_JOINT_RESPONSE = {
    "joint_agency_response": "joint agency response meeting",
    "rapid_response": "rapid response meeting",
}
_MODIFIABLE = "modifiable"
_READY = "ready"


class Deed(StrEnum):
    """What takes something missing away."""

    STAGE = "stage"
    ASK = "ask"
    RETURNS = "returns"
    WAITS = "waits"
    ANALYSIS = "analysis"
    PANEL = "panel"
    FEEDBACK = "feedback"
    CLOSE = "close"


#: What somebody else has to do first.
_WITH_OTHERS = frozenset({Deed.RETURNS, Deed.WAITS})


@dataclass(frozen=True)
class Lack:
    """Something missing, in a sentence, and what takes it away; ``stage`` is the one to record."""

    sentence: str
    deed: Deed
    stage: str = ""


@dataclass(frozen=True)
class Step:
    """What the person comes to next; ``stage`` is the one to record."""

    deed: Deed
    stage: str = ""


def missing_for_panel(progress: Progress) -> list[Lack]:
    """What the panel would lack; nothing when it is ready."""
    missing = []
    if _lacks(progress, "notified"):
        missing.append(Lack("The notification is not recorded.", Deed.STAGE, "notified"))
    missing += _missing_returns(progress)
    for stage, meeting in _JOINT_RESPONSE.items():
        if progress.has_joint_response and _lacks(progress, stage):
            missing.append(Lack(f"The {meeting} is not recorded.", Deed.STAGE, stage))
    if _lacks(progress, "cdrm"):
        missing.append(Lack("The child death review meeting is not recorded.", Deed.STAGE, "cdrm"))
    missing += _held_up(progress)
    if not progress.has_analysis:
        missing.append(Lack("Nothing of the analysis has been drafted.", Deed.ANALYSIS))
    return missing


def missing_for_closing(progress: Progress) -> list[Lack]:
    """What the case would be closed without.

    What a panel completed here lacks nothing of its analysis; a record from elsewhere may.
    """
    missing = []
    if _lacks(progress, "panel"):
        missing.append(Lack("The panel has not reviewed it.", Deed.PANEL))
    if progress.category is None:
        missing.append(Lack("The category of death is not recorded.", Deed.ANALYSIS))
    if progress.conclusion is None:
        missing.append(Lack("The conclusion on modifiable factors is not recorded.", Deed.ANALYSIS))
    elif progress.conclusion == _MODIFIABLE and not progress.has_modifiable_factor:
        sentence = "The conclusion names modifiable factors, and no factor is marked as one."
        missing.append(Lack(sentence, Deed.ANALYSIS))
    if progress.outstanding:
        missing += _missing_returns(progress)
    missing += _held_up(progress)
    if _lacks(progress, "submitted"):
        sentence = "It has not been sent on to the national return or database."
        missing.append(Lack(sentence, Deed.STAGE, "submitted"))
    if not (progress.has_key_worker and progress.has_feedback):
        lacking = "when they were told" if progress.has_key_worker else "who the key worker is"
        sentence = f"Feedback to the family is not recorded: {lacking}."
        missing.append(Lack(sentence, Deed.FEEDBACK))
    return missing


def sentences(missing: Sequence[Lack]) -> list[str]:
    """What is missing, each in a sentence."""
    return [each.sentence for each in missing]


def next_step(progress: Progress, *, is_reviewed: bool) -> Step | None:
    """What whoever runs the case comes to next; none while all that is missing is for others to do."""
    missing = missing_for_closing(progress) if is_reviewed else missing_for_panel(progress)
    mine = next((each for each in missing if each.deed not in _WITH_OTHERS), None)
    if mine is not None:
        return Step(mine.deed, mine.stage)
    if missing:
        return None
    if is_reviewed:
        return Step(Deed.CLOSE)
    return Step(Deed.STAGE, _READY) if _lacks(progress, _READY) else Step(Deed.PANEL)


def check_ready(missing: Sequence[Lack], reason: str) -> None:
    """Check that a case may be called ready for the panel: whole, or with a reason why it goes there.

    Raises Incomplete.
    """
    if missing and not reason.strip():
        raise Incomplete("Say why it goes to the panel without what is missing", "reason")


def check_closing(missing: Sequence[Lack], *, may_approve: bool, reason: str) -> None:
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


def _missing_returns(progress: Progress) -> list[Lack]:
    if not progress.asked:
        return [Lack("No agency has been asked what it knows.", Deed.ASK)]
    if not progress.outstanding:
        return []
    names = list(progress.outstanding)
    listed = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    return [Lack(f"Not returned yet: {listed}.", Deed.RETURNS)]


def _held_up(progress: Progress) -> list[Lack]:
    return [Lack(f"It still waits: {each}.", Deed.WAITS) for each in progress.held_up_by]
