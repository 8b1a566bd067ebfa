"""Briefings, what stands behind them and what came of them, loaded in bulk and read back."""

from app.briefings.intake.events import LearningEventSection
from app.briefings.intake.issues import IssueSection
from app.briefings.intake.receipts import ReceiptSection
from app.briefings.intake.structures import AudienceSection, SettingsSection
from app.briefings.intake.subscribers import SubscriberSection
from app.core.intake import Section


def sections() -> tuple[Section, ...]:
    """The room's sections, in the order in which they can be written."""
    return (
        SettingsSection(),
        AudienceSection(),
        LearningEventSection(),
        SubscriberSection(),
        IssueSection(),
        ReceiptSection(),
    )
