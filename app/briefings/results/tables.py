"""Results as they are shown and exported: with their base, and without what would tell who it was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.accounts.policy import PersonFacts
from app.briefings.models import BriefingLink
from app.briefings.results.numbers import Numbers
from app.briefings.results.queries.counting import LinkCount, Results
from app.briefings.results.rules import (
    SMALLEST_GROUP,
    hidden_cells,
    hidden_groups,
    is_kept_back,
    percent,
)
from app.briefings.results.scope import agencies_of

#: What stands where it is not shown what a few readers did.
HIDDEN = "Too few to show"
NOT_COUNTED = "Not counted"
#: What a file and a page say of it.
SUPPRESSION = (
    f"Of groups with fewer than {SMALLEST_GROUP} readers nothing is shown but how many they are. What "
    f"readers did (clicks, opens, unsubscribes) is not shown where fewer than {SMALLEST_GROUP} did or did "
    "not, nor where either could be worked out."
)
#: What readers did, by the names of the numbers.
DEEDS = ("clicked", "opened", "left")


@dataclass(frozen=True)
class Line:
    """One line of a table: all readers, an agency or a kind of work."""

    part: str
    name: str
    numbers: Numbers
    #: Whether everything is kept back but how many these readers are; and of which numbers else each is.
    is_small: bool
    kept_back: frozenset[str]

    @property
    def hides_some(self) -> bool:
        """Whether something is kept back."""
        return self.is_small or bool(self.kept_back)

    @property
    def clicked(self) -> str:
        """Readers who followed a link, in words."""
        return self._did("clicked")

    @property
    def opened(self) -> str:
        """Openings, in words."""
        return self._did("opened")

    @property
    def left(self) -> str:
        """Who unsubscribed from a link in this mail, in words."""
        return self._did("left")

    @property
    def delivered(self) -> str:
        """To how many it was delivered, and which share that is."""
        return HIDDEN if self.is_small else with_share(self.numbers.delivered, self.numbers.addressed)

    @property
    def bounced(self) -> str:
        """From how many it came back, and which share that is."""
        return HIDDEN if self.is_small else with_share(self.numbers.bounced, self.numbers.addressed)

    @property
    def not_sent(self) -> str:
        """To how many it was not sent: of a group of one it would tell that they left."""
        return HIDDEN if self.is_small else f"{self.numbers.not_sent:,}"

    def share(self, name: str) -> str:
        """Which share of those it was delivered to did something, in words."""
        return self._did(name, only_share=True)

    def _did(self, name: str, *, only_share: bool = False) -> str:
        number: int | None = getattr(self.numbers, name)
        if number is None:
            return NOT_COUNTED
        if self.is_small or name in self.kept_back:
            return HIDDEN
        return (percent if only_share else with_share)(number, self.numbers.delivered)


@dataclass(frozen=True)
class LinkLine:
    """How often a link was followed, in words."""

    link: BriefingLink
    readers: str
    clicks: str
    scanners: str


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
    #: Nothing for whoever sees only their own agencies.
    links: Sequence[LinkLine] = ()

    @property
    def hides_some(self) -> bool:
        """Whether something is kept back."""
        return any(line.hides_some for line in self.lines())

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
    total = results.total
    deeds = {name: getattr(total, name) for name in DEEDS}
    kept_back = {name for name, number in deeds.items() if is_kept_back(number or 0, of=total.delivered)}
    few = 0 < total.readers < SMALLEST_GROUP
    return Tables(
        total=Line("All readers", "All readers", total, few, frozenset(kept_back)),
        agencies=of_agencies,
        audiences=_lines("Kind of work", results.by_audience, audiences, "No kind of work given"),
        sees_all=True,
        links=[_link_line(each, readers=total.delivered, few=few) for each in results.links],
    )


def _link_line(each: LinkCount, *, readers: int, few: bool) -> LinkLine:
    followed = each.clicks if each.readers is None else each.readers
    hidden = few or 0 < each.clicks < SMALLEST_GROUP or is_kept_back(followed, of=max(readers, followed))
    return LinkLine(
        each.link,
        NOT_COUNTED if each.readers is None else HIDDEN if hidden else f"{each.readers:,}",
        HIDDEN if hidden else f"{each.clicks:,}",
        f"{each.scanners:,}",
    )


def _lines(
    part: str, groups: Mapping[int | None, Numbers], names: Mapping[int, str], otherwise: str
) -> list[Line]:
    readers = {key: numbers.readers for key, numbers in groups.items()}
    small = hidden_groups(readers)
    delivered = {key: numbers.delivered for key, numbers in groups.items()}
    hidden = {
        name: hidden_cells(
            {key: getattr(each, name) or 0 for key, each in groups.items()}, of=delivered, small=small
        )
        for name in DEEDS
    }
    named = [
        Line(
            part,
            names.get(key, otherwise) if key is not None else otherwise,
            numbers,
            key in small,
            frozenset(name for name in DEEDS if key in hidden[name]),
        )
        for key, numbers in groups.items()
    ]
    return sorted(named, key=lambda line: (line.name == otherwise, line.name))
