"""Forms of regimes and time limits."""

from collections.abc import Mapping
from typing import Any, ClassVar

from app.clocks.models import Regime, TimeLimit
from app.clocks.rules import LONGEST, Unit, VersionNotUsable
from app.core.forms import ChoiceField, DateField, LongTextField, RadiosField, TextField, TrackerForm
from app.core.previewing import PreviewForm

STATUTORY, LOCAL = "guidance", "local"
_WHO_SETS_IT = {
    STATUTORY: "Law or national guidance: the clock never pauses",
    LOCAL: "The partnership itself: the clock may pause, with a reason and the chair’s approval",
}
_NOTE = "For example, the paragraph of the guidance, and who verified it."


class _LimitForm(PreviewForm):
    """How long a time limit allows, from which day on."""

    amount = TextField("How many?", missing="Enter how many, for example 6", longest=4)
    unit = ChoiceField("Of what?", missing="Choose what it counts in", empty=None)
    set_by = RadiosField("Who sets it?", choices=_WHO_SETS_IT, missing="Choose who sets it")
    in_force_from = DateField(
        "From which day?",
        what="the day from which it is in force",
        description="Cases that begin on this day or later have it. Those that began before keep theirs.",
    )
    note = LongTextField("Where it comes from", rows=3, longest=2000, description=_NOTE)

    def offer_units(self) -> None:
        """Set what a limit can count in."""
        self.unit.offer({str(unit): str(unit).replace("_", " ").capitalize() for unit in Unit}, empty=None)

    def values(self) -> dict[str, Any]:
        """What was entered, as the operations take it. Raises VersionNotUsable."""
        text = self.amount.data or ""
        if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= LONGEST):
            raise VersionNotUsable(f"Enter a whole number from 1 to {LONGEST}", "amount")
        return {
            "amount": int(text),
            "unit": Unit(self.unit.data),
            "is_statutory": self.set_by.data == STATUTORY,
            "in_force_from": self.in_force_from.data,
            "note": self.note.data,
        }


class VersionForm(_LimitForm):
    """A new version of a time limit."""

    leading: ClassVar[tuple[str, ...]] = ("label",)

    label = TextField("What is it for?", missing="Enter what the time limit is for", longest=100)

    def values(self) -> dict[str, Any]:
        """What was entered, as the operation takes it."""
        return {**super().values(), "label": self.label.data}


class NewLimitForm(VersionForm):
    """A time limit that a regime does not have yet."""

    leading = ("label", "starts_from", "met_by")

    starts_from = ChoiceField("What starts the clock?", missing="Choose what starts the clock")
    met_by = ChoiceField("What meets it?", missing="Choose what meets it")

    def offer_ends(self, ends: Mapping[str, str]) -> None:
        """Set the dates of a case that the limit can run between."""
        self.starts_from.offer(ends)
        self.met_by.offer(ends)

    def values(self) -> dict[str, Any]:
        """What was entered, as the operation takes it."""
        return {**super().values(), "starts_from": self.starts_from.data, "met_by": self.met_by.data}


class GiveUpForm(PreviewForm):
    """From when a time limit no longer holds."""

    in_force_from = DateField(
        "From which day?",
        what="the day from which it no longer holds",
        description="Cases that begin on this day or later have no such limit. Those before keep it.",
    )
    note = LongTextField("Why is it given up?", missing="Say why it is given up", rows=3, longest=2000)


class NoteForm(TrackerForm):
    """What is noted of a time limit or regime."""

    note = LongTextField("Note", rows=4, longest=2000, description=_NOTE)


class RegimeForm(PreviewForm):
    """Guidance that takes the place of other guidance."""

    follows = ChoiceField("Which guidance does it take the place of?", missing="Choose the guidance")
    name = TextField("What is it called?", missing="Enter what the guidance is called", longest=200)
    code = TextField("Its code", missing="Enter its code, for example CDR2027", longest=20)
    in_force_from = DateField(
        "From which day?",
        what="the day from which it is in force",
        description="Cases that begin on this day or later follow it.",
    )
    note = LongTextField("Where it comes from", rows=3, longest=2000, description=_NOTE)


class StageForm(TrackerForm):
    """What a stage is called."""

    label = TextField("What is the stage called?", missing="Enter what the stage is called", longest=100)


class NewStageForm(StageForm):
    """A stage that is added."""

    leading = ("label",)

    before = ChoiceField("Before which stage does it stand?", missing="Choose the stage it stands before")


class TakeOffForm(TrackerForm):
    """Nothing but the button."""


def set_by(limit: TimeLimit) -> str:
    """Who sets a limit, as the form has it."""
    return STATUTORY if limit.is_statutory else LOCAL


def regimes_to_follow(regimes: list[Regime]) -> dict[str, str]:
    """The guidance whose place other guidance can take, code to name."""
    return {held.code: held.name for held in regimes if held.in_force_until is None}
