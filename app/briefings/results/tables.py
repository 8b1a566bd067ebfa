"""Results as they are shown and exported: with their base, and without what would tell who it was."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from app.accounts.policy import PersonFacts
from app.briefings.models import BriefingLink
from app.briefings.results.numbers import Numbers
from app.briefings.results.queries.counting import LinkCount, Results
from app.briefings.results.rules import (
    SMALLEST_GROUP,
    hidden_cells,
    hidden_fates,
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
    f"Of groups with fewer than {SMALLEST_GROUP} readers nothing is shown but how many they are, and what "
    "the total tells of each. What readers did (clicks, opens, unsubscribes) is not shown where fewer than "
    f"{SMALLEST_GROUP} did or did not, nor where either could be worked out."
)
#: What readers did, and what became of the mail to them, by the names of the numbers.
DEEDS = ("clicked", "opened", "left")
FATES = ("delivered", "bounced", "not_sent")


@dataclass(frozen=True)
class Line:
    """One line of a table: all readers, an agency or a kind of work."""

    part: str
    name: str
    numbers: Numbers
    #: Which of the numbers are kept back, by name.
    kept_back: frozenset[str]

    @property
    def hides_some(self) -> bool:
        """Whether something is kept back."""
        return bool(self.kept_back)

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
        return self._fell("delivered")

    @property
    def bounced(self) -> str:
        """From how many it came back, and which share that is."""
        return self._fell("bounced")

    @property
    def not_sent(self) -> str:
        """To how many it was not sent: of a group of one it would tell that they left."""
        return str(self.fate("not_sent", "{:,}".format))

    def fate(self, name: str, in_words: Callable[[int], str | int] = int) -> str | int:
        """Of how many the mail met with a fate, or that it is kept back."""
        return HIDDEN if name in self.kept_back else in_words(getattr(self.numbers, name))

    def _fell(self, name: str) -> str:
        return str(self.fate(name, lambda number: with_share(number, self.numbers.addressed)))

    def share(self, name: str) -> str:
        """Which share of those it was delivered to did something, in words."""
        return self._did(name, only_share=True)

    def _did(self, name: str, *, only_share: bool = False) -> str:
        number: int | None = getattr(self.numbers, name)
        if number is None:
            return NOT_COUNTED
        if name in self.kept_back:
            return HIDDEN
        base = 0 if "delivered" in self.kept_back else self.numbers.delivered
        return (percent if only_share else with_share)(number, base)


@dataclass(frozen=True)
class LinkLine:
    """How often a link was followed, in words."""

    link: BriefingLink
    readers: str
    clicks: str
    scanners: str
    hides_some: bool


def with_share(number: int, base: int) -> str:
    """A number and which share of the base it is: ``185 (15.2%)``."""
    share = percent(number, base)
    return f"{number:,} ({share})" if share else f"{number:,}"


def useful_in_words(useful: int, votes: int) -> str:
    """How many of those who said so found an issue useful; not of so few that it tells what each said."""
    if not votes:
        return "Nobody has said"
    return HIDDEN if votes < SMALLEST_GROUP else f"{useful} of {votes} who said so"


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
    #: Whether nothing is shown of groups: by group it would tell who followed nothing in the earlier issue.
    only_whole: bool = False

    @property
    def hides_some(self) -> bool:
        """Whether something is kept back."""
        return any(line.hides_some for line in self.lines()) or any(link.hides_some for link in self.links)

    def lines(self) -> list[Line]:
        """Every line, for a file."""
        return [*([self.total] if self.total else []), *self.agencies, *self.audiences]


def tables(
    results: Results,
    person: PersonFacts,
    *,
    agencies: Mapping[int, str],
    audiences: Mapping[int, str],
    before: Sequence[Results] = (),
    only_whole: bool = False,
) -> Tables:
    """The results as the person sees them; the names of agencies and kinds of work by row number.

    ``before`` are those that were written down earlier: what was hidden there stays hidden. Of an issue that
    brings an earlier one again ``only_whole`` is shown, and nothing to whoever sees only their own agencies.
    """
    only = agencies_of(person)
    agency_lines = () if only_whole else _lines("Agency", [each.by_agency for each in (*before, results)])
    if only is not None:
        own = [(key, line) for key, line in agency_lines if key in only]
        return Tables(None, _named(own, agencies, ""), (), sees_all=False, only_whole=only_whole)
    total = results.total
    few = 0 < total.readers < SMALLEST_GROUP
    kept_back = {name for name in DEEDS if is_kept_back(getattr(total, name) or 0, of=total.delivered)}
    audience_lines = (
        () if only_whole else _lines("Kind of work", [each.by_audience for each in (*before, results)])
    )
    return Tables(
        total=Line("All readers", "All readers", total, frozenset((*DEEDS, *FATES) if few else kept_back)),
        agencies=_named(agency_lines, agencies, "No agency given"),
        audiences=_named(audience_lines, audiences, "No kind of work given"),
        sees_all=True,
        links=[_link_line(each, readers=total.delivered, few=few) for each in results.links],
        only_whole=only_whole,
    )


def _link_line(each: LinkCount, *, readers: int, few: bool) -> LinkLine:
    followed = each.clicks if each.readers is None else each.readers
    hidden = few or 0 < each.clicks < SMALLEST_GROUP or is_kept_back(followed, of=max(readers, followed))
    return LinkLine(
        each.link,
        NOT_COUNTED if each.readers is None else HIDDEN if hidden else f"{each.readers:,}",
        HIDDEN if hidden else f"{each.clicks:,}",
        f"{each.scanners:,}",
        hidden,
    )


Groups = Mapping[int | None, Numbers]


def _lines(part: str, moments: Sequence[Groups]) -> list[tuple[int | None, Line]]:
    """The lines of the last moment without names, by row number; those before it are the earlier ones."""
    groups, kept_back = moments[-1], _kept_back(moments)
    return [(key, Line(part, "", numbers, kept_back[key])) for key, numbers in groups.items()]


def _kept_back(moments: Sequence[Groups]) -> dict[int | None, frozenset[str]]:
    """Which numbers of each group are kept back at the last of some moments, by name."""
    groups = moments[-1]
    before = _kept_back(moments[:-1]) if moments[:-1] else {}
    readers = {key: numbers.readers for key, numbers in groups.items()}
    small, few = hidden_groups(readers), 0 < sum(readers.values()) < SMALLEST_GROUP
    delivered = {key: numbers.delivered for key, numbers in groups.items()}
    hidden = {}
    for name in (*FATES, *DEEDS):
        number = {key: getattr(each, name) or 0 for key, each in groups.items()}
        if few:
            hidden[name] = frozenset(groups)
        elif name in FATES:
            hidden[name] = hidden_fates(number, of=readers, small=small)
        else:
            earlier = {key for key, names in before.items() if name in names}
            hidden[name] = hidden_cells(number, of=delivered, small=small, before=earlier)
    return {key: frozenset(name for name, keys in hidden.items() if key in keys) for key in groups}


def _named(lines: Iterable[tuple[int | None, Line]], names: Mapping[int, str], otherwise: str) -> list[Line]:
    named = [
        replace(line, name=names.get(key, otherwise) if key is not None else otherwise) for key, line in lines
    ]
    return sorted(named, key=lambda line: (line.name == otherwise, line.name))
