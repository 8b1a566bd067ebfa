"""Results as they are shown and exported: with their base, and without what would tell who it was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.accounts.policy import PersonFacts
from app.briefings.results.numbers import Numbers
from app.briefings.results.queries.counting import Results
from app.briefings.results.rules import SMALLEST_GROUP, hidden_groups, percent
from app.briefings.results.scope import agencies_of

#: What stands where it is not shown what a few readers did.
HIDDEN = "Too few to show"
NOT_COUNTED = "Not counted"
#: What a file and a page say of it.
SUPPRESSION = (
    f"What readers did (clicks, opens, unsubscribes) is not shown of groups with fewer than {SMALLEST_GROUP} "
    "readers, nor of further groups from which it could be worked out."
)


@dataclass(frozen=True)
class Line:
    """One line of a table: all readers, an agency or a kind of work."""

    part: str
    name: str
    numbers: Numbers
    #: Whether it is kept back what these readers did.
    is_hidden: bool

    @property
    def clicked(self) -> str:
        """Readers who followed a link, in words."""
        return self._did(self.numbers.clicked)

    @property
    def opened(self) -> str:
        """Openings, in words."""
        return self._did(self.numbers.opened)

    @property
    def left(self) -> str:
        """Who unsubscribed from a link in this mail, in words."""
        return self._did(self.numbers.left)

    @property
    def delivered(self) -> str:
        """To how many it was delivered, and which share that is."""
        return with_share(self.numbers.delivered, self.numbers.addressed)

    @property
    def bounced(self) -> str:
        """From how many it came back, and which share that is."""
        return with_share(self.numbers.bounced, self.numbers.addressed)

    def _did(self, number: int | None) -> str:
        if number is None:
            return NOT_COUNTED
        return HIDDEN if self.is_hidden else with_share(number, self.numbers.delivered)


def with_share(number: int, base: int) -> str:
    """A number and which share of the base it is: ``185 (15.2%)``."""
    share = percent(number, base)
    return f"{number:,} ({share})" if share else f"{number:,}"


@dataclass(frozen=True)
class Tables:
    """What a person sees of the results of an issue."""

    #: Null for whoever sees only their own agencies.
    total: Line | None
    agencies: Sequence[Line]
    audiences: Sequence[Line]
    sees_all: bool

    @property
    def hides_some(self) -> bool:
        """Whether something is kept back."""
        lines = [*([self.total] if self.total else []), *self.agencies, *self.audiences]
        return any(line.is_hidden for line in lines)

    def lines(self) -> list[Line]:
        """Every line, for a file."""
        return [*([self.total] if self.total else []), *self.agencies, *self.audiences]


def tables(
    results: Results,
    person: PersonFacts,
    *,
    agencies: Mapping[int, str],
    audiences: Mapping[int, str],
) -> Tables:
    """The results as the person sees them; the names of agencies and kinds of work by row number."""
    only = agencies_of(person)
    of_agencies = _lines("Agency", results.by_agency, agencies, "No agency given")
    if only is not None:
        shown = {agencies[key] for key in only if key in agencies}
        return Tables(None, [line for line in of_agencies if line.name in shown], (), sees_all=False)
    few = 0 < results.total.delivered < SMALLEST_GROUP
    return Tables(
        total=Line("All readers", "All readers", results.total, few),
        agencies=of_agencies,
        audiences=_lines("Kind of work", results.by_audience, audiences, "No kind of work given"),
        sees_all=True,
    )


def _lines(
    part: str, groups: Mapping[int | None, Numbers], names: Mapping[int, str], otherwise: str
) -> list[Line]:
    hidden = hidden_groups({key: numbers.delivered for key, numbers in groups.items()})
    named = [
        Line(part, names.get(key, otherwise) if key is not None else otherwise, numbers, key in hidden)
        for key, numbers in groups.items()
    ]
    return sorted(named, key=lambda line: (line.name == otherwise, line.name))
