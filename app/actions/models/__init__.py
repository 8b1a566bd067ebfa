"""Actions: what is to be done about a lesson, by whom, by when, and what came of it."""

from app.actions.models.action import Action, action_lesson, action_recommendation
from app.actions.models.challenges import Challenge, ChallengeEntry
from app.actions.models.dates import DateChange, ExtensionRequest
from app.actions.models.evidence import Evidence, EvidenceFile, EvidenceReturn
from app.actions.models.history import (
    ActionStep,
    ActionUpdate,
    ColourOverride,
    NotForUs,
    OwnerChange,
    Succession,
)
from app.actions.models.impact import ImpactLook, ImpactStatement, impact_evidence
from app.actions.models.settings import BragThreshold, ExtensionTierRow
from app.actions.models.sign_off import SignOff

__all__ = [
    "Action",
    "ActionStep",
    "ActionUpdate",
    "BragThreshold",
    "Challenge",
    "ChallengeEntry",
    "ColourOverride",
    "DateChange",
    "Evidence",
    "EvidenceFile",
    "EvidenceReturn",
    "ExtensionRequest",
    "ExtensionTierRow",
    "ImpactLook",
    "ImpactStatement",
    "NotForUs",
    "OwnerChange",
    "SignOff",
    "Succession",
    "action_lesson",
    "action_recommendation",
    "impact_evidence",
]
