"""Forms of the words of child death reviews."""

from collections.abc import Sequence
from typing import Any

from app.cdop.models import Term, Vocabulary
from app.cdop.vocabulary import queries, rules
from app.core.forms import ChoiceField, DateField, LongTextField, TextField, TickField, TrackerForm

#: What is chosen for a term that stands at the end of its list.
LAST = "last"


class _TermForm(TrackerForm):
    """What a term says."""

    label = TextField("In which words is it offered?", missing="Enter the words", longest=200)
    definition = LongTextField(
        "What is meant (optional)",
        rows=4,
        longest=2000,
        description="A sentence or two that stand beside the field, such as the rule of the guidance.",
    )


class NewTermForm(_TermForm):
    """A term that is added to a list."""

    in_force_from = DateField("From which day is it offered?", what="the day from which it is offered")
    domain = ChoiceField("Which domain does the factor belong to?")
    regime = ChoiceField("Which guidance’s cases use it?")
    before = ChoiceField("Where does it stand in the order of precedence?")

    def offer(self, vocabulary: Vocabulary, held: Sequence[Term]) -> None:
        """Set what may be chosen, and leave out what this list does not ask for."""
        if vocabulary is Vocabulary.FACTOR:
            self.domain.offer({code: f"{code}. {label}" for code, label in queries.domains().items()})
        else:
            del self.domain
        if vocabulary in rules.OF_A_REGIME:
            self.regime.offer(queries.regimes())
        else:
            del self.regime
        if vocabulary is Vocabulary.CATEGORY:
            before = {each.code: f"Before “{each.label}”" for each in held if each.in_force_until is None}
            self.before.offer({**before, LAST: "At the end"}, empty=None)
        else:
            del self.before

    def values(self) -> dict[str, Any]:
        """What was entered, as the operation takes it."""
        chosen = {name: field.data for name, field in self._fields.items()}
        return {
            "label": self.label.data,
            "definition": self.definition.data,
            "in_force_from": self.in_force_from.data,
            "domain": chosen.get("domain"),
            "regime": queries.regime(chosen.get("regime")),
            "before": chosen.get("before"),
        }


class RewordForm(_TermForm):
    """A term said better."""

    is_same = TickField(
        "The meaning stays the same",
        description="Records that use the term are read in the new words. What means something else is a new "
        "term: add that, and retire this one.",
    )


class RetireForm(TrackerForm):
    """When a term is offered for the last time."""

    until = DateField(
        "On which day is it offered for the last time?",
        what="the last day on which it is offered",
        description="Records that use it keep it.",
    )


class ConfirmForm(TrackerForm):
    """Nothing but the button."""
