"""Forms of the check and of clearance."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.accounts.models import Agency, Area
from app.briefings.models import Audience
from app.core.forms import CheckboxesField, HiddenField, LongTextField, TickField, TrackerForm
from app.lessons.models import Theme


class KeepForm(TrackerForm):
    """Why words that may identify somebody stay."""

    reason = LongTextField(
        "Why may these words stay?",
        missing="Say why these words may stay, or change them",
        rows=2,
        longest=1000,
        description="For example, “The published report says so”. The person who clears it reads this.",
    )


class ClearForm(TrackerForm):
    """That somebody read the issue and lets it go out."""

    #: The digest of the words that stand above the form.
    words_read = HiddenField()
    checked = TickField(
        "I have read this issue and the reasons above: nothing in it could identify a child, family or worker"
    )


class ReadersForm(TrackerForm):
    """Whom an issue is for; nothing ticked under a heading means everybody."""

    audiences = CheckboxesField("Kinds of work")
    areas = CheckboxesField("Areas")
    agencies = CheckboxesField("Agencies")
    topics = CheckboxesField(
        "Topics", description="Readers who chose topics get it when one of these is among them."
    )

    def offer(
        self,
        *,
        audiences: Iterable[Audience],
        areas: Iterable[Area],
        agencies: Iterable[Agency],
        topics: Iterable[Theme],
    ) -> None:
        """Set what may be chosen, and keep it for what is taken from the form."""
        self._offered: Mapping[str, Sequence[Any]] = {
            "audiences": list(audiences),
            "areas": list(areas),
            "agencies": list(agencies),
            "topics": list(topics),
        }
        for name, things in self._offered.items():
            self._fields[name].offer({each.ref: each.name for each in things})

    def values(self) -> dict[str, list[Any]]:
        """What was chosen, as the operation takes it."""
        return {
            name: [each for each in things if each.ref in set(self._fields[name].data)]
            for name, things in self._offered.items()
        }
