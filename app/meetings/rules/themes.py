"""Which themed panels the deaths that are ready suggest: those of one kind, looked at together."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

#: How many deaths of one kind make it worth while to look at them together.
ENOUGH = 3
#: Deaths of the first days are looked at by a panel of a kind of its own.
NEONATAL_BANDS = frozenset({"0_27_days"})


@dataclass(frozen=True)
class Ready:
    """A death that is ready for a panel: its age band, and the first of the categories considered."""

    ref: str
    age_band: str
    category: str | None = None


@dataclass(frozen=True)
class Suggestion:
    """A panel that could be planned; ``code`` tells it from the others without a word of any death."""

    code: str
    is_neonatal: bool
    #: What it would be about; empty for a neonatal panel.
    theme: str
    refs: tuple[str, ...]


def suggestions(
    ready: Iterable[Ready], *, categories: Mapping[str, str], age_bands: Mapping[str, str]
) -> list[Suggestion]:
    """The panels that could be planned, those with the most deaths first; a death may stand in several.

    ``categories`` and ``age_bands`` are the words for each code.
    """
    by_category: dict[str, list[str]] = defaultdict(list)
    by_age: dict[str, list[str]] = defaultdict(list)
    neonatal: list[str] = []
    for each in ready:
        if each.age_band in NEONATAL_BANDS:
            neonatal.append(each.ref)
        else:
            by_age[each.age_band].append(each.ref)
        if each.category is not None:
            by_category[each.category].append(each.ref)
    found = [Suggestion("neonatal", True, "", tuple(neonatal))] if len(neonatal) >= ENOUGH else []
    found += [
        Suggestion(f"category-{code}", False, categories.get(code, code), tuple(refs))
        for code, refs in by_category.items()
        if len(refs) >= ENOUGH
    ]
    found += [
        Suggestion(f"age-{code}", False, f"Deaths at {age_bands.get(code, code)}", tuple(refs))
        for code, refs in by_age.items()
        if len(refs) >= ENOUGH
    ]
    return sorted(found, key=lambda each: (-len(each.refs), each.code))
