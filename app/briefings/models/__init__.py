"""The tables of briefings: issues and what stands in them, subscribers, deliveries, and what came of them."""

from app.briefings.models.deliveries import Bounce, BounceKind, Delivery, DeliveryState
from app.briefings.models.events import EventKind, LearningEvent
from app.briefings.models.issues import (
    Audience,
    BriefingIssue,
    BriefingItem,
    FindingKept,
    FrozenBriefing,
    IssueAuthor,
    IssueState,
    Section,
)
from app.briefings.models.reconfirming import AskedAgain, Reconfirmation
from app.briefings.models.results import (
    BriefingLink,
    BriefingResult,
    CascadeReceipt,
    Click,
    Feedback,
    LinkResult,
    LinkTotal,
    Opening,
)
from app.briefings.models.settings import BriefingSettings
from app.briefings.models.subscribers import (
    AddressKey,
    Basis,
    MovedAddress,
    SignUp,
    Subscriber,
    SubscriberState,
    SuppressedAddress,
)

__all__ = [
    "AddressKey",
    "AskedAgain",
    "Audience",
    "Basis",
    "Bounce",
    "BounceKind",
    "BriefingIssue",
    "BriefingItem",
    "BriefingLink",
    "BriefingResult",
    "BriefingSettings",
    "CascadeReceipt",
    "Click",
    "Delivery",
    "DeliveryState",
    "EventKind",
    "Feedback",
    "FindingKept",
    "FrozenBriefing",
    "IssueAuthor",
    "IssueState",
    "LearningEvent",
    "LinkResult",
    "LinkTotal",
    "MovedAddress",
    "Opening",
    "Reconfirmation",
    "Section",
    "SignUp",
    "Subscriber",
    "SubscriberState",
    "SuppressedAddress",
]
