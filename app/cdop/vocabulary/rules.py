"""What may be done to the words of child death reviews, without changing what records that use them mean."""

from collections.abc import Iterable, Sequence
from datetime import date

from app.cdop.models.vocabulary import Vocabulary
from app.core import checks
from app.core.errors import RuleBroken

VOCABULARY_LABELS = {
    Vocabulary.AGE_BAND: "Age bands",
    Vocabulary.SEX: "Sex",
    Vocabulary.ETHNICITY_GROUP: "Ethnicity groups",
    Vocabulary.PLACE: "Places of death",
    Vocabulary.EXCLUSION: "Why a death is not reviewed here",
    Vocabulary.WAITING_ON: "What a review waits on",
    Vocabulary.FORM: "Reporting forms",
    Vocabulary.CATEGORY: "Categories of death",
    Vocabulary.DOMAIN: "Domains of factors",
    Vocabulary.FACTOR: "Factors",
    Vocabulary.RELEVANCE: "How far a factor bore on the death",
    Vocabulary.CONCLUSION: "Conclusions on modifiable factors",
}

#: The rules of the analysis ask for these terms by their codes: they are reworded, and neither added to nor
#: retired.
FIXED = frozenset({Vocabulary.DOMAIN, Vocabulary.RELEVANCE, Vocabulary.CONCLUSION})
#: Their terms stand in the list of one regime.
OF_A_REGIME = frozenset({Vocabulary.FORM, Vocabulary.RELEVANCE})


class TermNotUsable(RuleBroken):
    """The term stands there already, or its domain or regime does not fit."""


class VocabularyFixed(RuleBroken):
    """The rules of the analysis rest on these terms."""


class OrderInUse(RuleBroken):
    """Records were decided by this order."""


class MeaningChanges(RuleBroken):
    """What means something else is another term."""


class TermRetired(RuleBroken):
    """The term is retired already, or is not."""


def check_may_change(vocabulary: Vocabulary) -> None:
    """Check that terms may be added to a vocabulary and retired from it. Raises VocabularyFixed."""
    if vocabulary in FIXED:
        raise VocabularyFixed("The rules of the analysis rest on these terms: they can only be reworded")


def check_label(label: str | None, taken: Iterable[str]) -> str:
    """The words of a term, which no other of its list has. Raises WordsMissing, TermNotUsable."""
    kept = " ".join(checks.words(label, "Enter the words", "label").split())
    if kept.casefold() in {each.casefold() for each in taken}:
        raise TermNotUsable("Another term of this list has these words", "label")
    return kept


def check_belongs(
    vocabulary: Vocabulary, *, domain: str | None, domains: Iterable[str], has_regime: bool
) -> None:
    """Check that a factor has its domain, and a form its regime. Raises TermNotUsable."""
    if (vocabulary is Vocabulary.FACTOR) != (domain is not None) or (
        domain is not None and domain not in set(domains)
    ):
        raise TermNotUsable("Choose the domain that the factor belongs to", "domain")
    if (vocabulary in OF_A_REGIME) != has_regime:
        raise TermNotUsable("Choose the guidance whose cases use it", "regime")


def check_order_may_change(vocabulary: Vocabulary, *, is_used: bool) -> None:
    """Check that terms may change places.

    The order of categories decides which of several is kept, so it stands once a case went by it.
    Raises OrderInUse.
    """
    if vocabulary is Vocabulary.CATEGORY and is_used:
        raise OrderInUse(
            "Cases were decided by this order of precedence, so it stays. A category that is retired is no "
            "longer offered"
        )


def check_meaning_stays(is_same: bool) -> None:
    """Check that a term is only said better. Raises MeaningChanges."""
    if not is_same:
        raise MeaningChanges(
            "Tick that the meaning stays. What means something else is a new term: retire this one",
            "is_same",
        )


def check_retires(until: date, *, in_force_from: date, retired_on: date | None, today: date) -> None:
    """Check that a term may be offered for the last time on a day. Raises TermRetired, TermNotUsable."""
    if retired_on is not None:
        raise TermRetired("This term is retired already")
    if until < today:
        raise TermNotUsable("Enter today’s date or a later one: until yesterday it was offered", "until")
    if until < in_force_from:
        raise TermNotUsable("Enter a day on or after the first on which it is offered", "until")


def check_returns(retired_on: date | None) -> None:
    """Check that a term is retired, so that it can be offered again. Raises TermRetired."""
    if retired_on is None:
        raise TermRetired("This term is offered")


def moved(order: Sequence[int], one: int, *, up: bool) -> list[int]:
    """The order with one of them a place further up or down; at the end of the list it stays."""
    place = order.index(one)
    other = place - 1 if up else place + 1
    found = list(order)
    if 0 <= other < len(found):
        found[place], found[other] = found[other], found[place]
    return found
