"""Forms about conflicts of interest in a case."""

from app.core.forms import ChoiceField, LongTextField, TickField, TrackerForm


class OwnConflictForm(TrackerForm):
    """A conflict of interest of one's own."""

    nature = LongTextField(
        "What is your interest?",
        missing="Say what the interest is",
        rows=3,
        longest=1000,
        description="In a few words, without anything of the case. For example, “A relative works there”.",
    )
    sure = TickField(
        "I understand that I will see nothing more of this case",
        missing="Tick that you understand that you will see nothing more of this case",
    )


class ConflictForm(TrackerForm):
    """A conflict of interest of somebody else."""

    person = ChoiceField("Who has it?", missing="Choose who has it")
    nature = LongTextField(
        "What is their interest?",
        missing="Say what the interest is",
        rows=3,
        longest=1000,
        description="In a few words, without anything of the case. For example, “A relative works there”.",
    )


class EndConflictForm(TrackerForm):
    """Why a conflict of interest stands no longer."""

    reason = LongTextField(
        "Why does it stand no longer?", missing="Say why it stands no longer", rows=3, longest=1000
    )
