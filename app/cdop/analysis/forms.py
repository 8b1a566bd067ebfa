"""Forms of the analysis."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.cdop.analysis.queries import Words
from app.cdop.analysis.rules import MODIFIABLE
from app.cdop.models import CaseFactor, ChildDeathCase, Panel, Vocabulary
from app.core.filters import date_short
from app.core.forms import (
    CheckboxesField,
    ChoiceField,
    DateField,
    LongTextField,
    RadiosField,
    TickField,
    TrackerForm,
)

#: What stands for a panel that is not held here.
NO_PANEL = "none"


class FactorForm(TrackerForm):
    """How a factor is judged."""

    relevance = RadiosField(
        "How far did it bear on the death?", missing="Choose how far it bore on the death"
    )
    is_modifiable = TickField("It is a modifiable factor")
    note = LongTextField(
        "What was seen (optional)",
        rows=4,
        description="Nothing that identifies the child, the family or a practitioner.",
    )

    def offer_words(self, words: Words, held: CaseFactor | None = None) -> None:
        """Set the relevances that may be chosen, and say what modifiable means."""
        self.relevance.offer(
            labels(words, Vocabulary.RELEVANCE, held=[] if held is None else [held.relevance])
        )
        meaning = words.of(Vocabulary.CONCLUSION)[MODIFIABLE].definition
        said = f"{meaning[:1].lower()}{meaning[1:]}" or "as the guidance says."
        self.is_modifiable.description = (
            f"Modifiable means: {said} Only a factor that may have contributed can be one."
        )

    def values(self) -> dict[str, Any]:
        """What was entered, as the operations take it."""
        return {name: self._fields[name].data for name in ("relevance", "is_modifiable", "note")}


class NewFactorForm(FactorForm):
    """A factor that is added to a domain."""

    leading = ("factor",)

    factor = ChoiceField("Which factor?", missing="Choose the factor")

    def offer_factors(self, words: Words, domain: str, recorded: Sequence[str]) -> None:
        """Set the factors of the domain that are not recorded yet."""
        offered = words.offered(Vocabulary.FACTOR)
        self.factor.offer(
            {
                code: term.label
                for code, term in offered.items()
                if term.domain_code == domain and code not in recorded
            }
        )

    def values(self) -> dict[str, Any]:
        """What was entered, as the operation takes it."""
        return {**super().values(), "factor": self.factor.data}


class ConclusionForm(TrackerForm):
    """Every category that applies, and the conclusion on modifiable factors."""

    categories = CheckboxesField(
        "Which categories of death apply?",
        description="Tick every one that applies. The list is in order of precedence: the highest of those "
        "you tick is kept as the category. A lower one is kept only where nothing above it applies.",
    )
    conclusion = RadiosField(
        "Conclusion on modifiable factors",
        description="It follows from the factors: modifiable factors are identified if, and only if, one of "
        "them is marked as modifiable.",
    )

    def offer_words(self, words: Words, case: ChildDeathCase) -> None:
        """Set what may be chosen, in order of precedence."""
        held = case.categories_considered.split()
        names = labels(words, Vocabulary.CATEGORY, held=held)
        self.categories.offer({code: numbered(code, name) for code, name in names.items()})
        self.conclusion.offer(labels(words, Vocabulary.CONCLUSION, held=[case.conclusion]))

    def values(self) -> dict[str, Any]:
        """What was entered, as the operation takes it."""
        return {"considered": self.categories.data or [], "conclusion": self.conclusion.data}


class LearningForm(TrackerForm):
    """What is to be learned, and what was done well."""

    learning = LongTextField(
        "What is to be learned",
        rows=8,
        description="In general terms. What others should know becomes a lesson of the panel or death.",
    )
    good_practice = LongTextField(
        "Good practice", rows=6, description="What was done well, and would help other children."
    )


class CompleteForm(TrackerForm):
    """That the panel completed the review."""

    panel = ChoiceField("Which panel reviewed it?", missing="Choose the panel")
    on = DateField("When did the panel complete its review?", what="the date the panel completed its review")
    reason = LongTextField(
        "Why then? (where it is late)", rows=3, description="For example, that it waited for an inquest."
    )

    def offer_panels(self, panels: Sequence[Panel]) -> None:
        """Set the panels that may have reviewed it."""
        offered = {
            panel.ref: f"{panel.ref}, {date_short(panel.meets_on)}, {panel.kind_label.lower()}"
            for panel in panels
        }
        self.panel.offer({**offered, NO_PANEL: "A panel that is not held here"})


class ReopenForm(TrackerForm):
    """Why a completed analysis is opened again."""

    reason = LongTextField(
        "Why is it opened again?",
        missing="Say why it is opened again",
        rows=3,
        longest=2000,
        description="Without case detail. That the review was complete stays in sight, with your reason.",
    )


class RemoveForm(TrackerForm):
    """Nothing but the button."""


def numbered(code: str, name: str) -> str:
    """A category with its number in the national list; one that was added here has none."""
    return f"{code}. {name}" if code.isdecimal() else name


def labels(words: Words, vocabulary: Vocabulary, *, held: Sequence[str | None] = ()) -> Mapping[str, str]:
    """What may be chosen from a vocabulary, code to words."""
    return {code: term.label for code, term in words.offered(vocabulary, held=held).items()}
