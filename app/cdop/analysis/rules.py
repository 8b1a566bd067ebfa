"""What the analysis of a death may say: its factors, category and conclusion, and what it still lacks."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.core.errors import RuleBroken

#: The conclusions that follow from the factors' marks, by their codes.
MODIFIABLE = "modifiable"
INADEQUATE = "inadequate"

#: How far a factor bore on the death, where it cannot be called modifiable: nothing is known of it, it was
#: not there, or it is unlikely to have contributed. A modifiable factor is one that could be changed to
#: reduce the risk of future deaths; what did not bear on this death, as far as anybody knows, tells nothing
#: of that.
#: Every other relevance says that it may have contributed.
NOT_CONTRIBUTING = frozenset({"0", "1", "1*"})


class FactorNotUsable(RuleBroken):
    """The factor is not one of the words in use, belongs to another domain, or is recorded already."""


class NotModifiable(RuleBroken):
    """What did not contribute to the death, or is not known to have, cannot be called modifiable."""


class CategoryNotUsable(RuleBroken):
    """No category was considered, or one that is none of the list."""


class ConclusionDiffers(RuleBroken):
    """The conclusion says something else than the factors' marks."""


class AnalysisIncomplete(RuleBroken):
    """The panel cannot complete a review whose analysis lacks something."""


class ReviewComplete(RuleBroken):
    """The panel completed the review; its analysis is kept as it was until it is opened again."""


class ReviewNotComplete(RuleBroken):
    """There is nothing to open again: the panel has not completed the review."""


class DecidesWithInterest(RuleBroken):
    """Nobody decides about a death with which they have a conflict of interest."""


class PanelNotUsable(RuleBroken):
    """This panel cannot have reviewed the case."""


@dataclass(frozen=True)
class Factor:
    """One factor as it is judged: codes of its domain, of itself and of how far it bore on the death."""

    domain: str
    code: str
    relevance: str
    is_modifiable: bool = False
    has_note: bool = False

    @property
    def contributed(self) -> bool:
        """Whether it may have contributed to the death."""
        return self.relevance not in NOT_CONTRIBUTING


@dataclass(frozen=True)
class Analysis:
    """The analysis of one death, as far as the rules ask for it."""

    factors: Sequence[Factor] = ()
    considered: Sequence[str] = ()
    conclusion: str | None = None
    learning: str = ""
    #: The domains there are, code to words, in their order.
    domains: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_modifiable_factor(self) -> bool:
        """Whether some factor is marked as modifiable."""
        return any(factor.is_modifiable for factor in self.factors)


def check_factor(
    factor: Factor,
    *,
    domains_of: Mapping[str, str | None],
    relevances: Collection[str],
    recorded: Collection[str],
) -> None:
    """Check a factor: one of those in use, in its own domain, rated, recorded once, and modifiable if marked.

    ``domains_of`` gives each factor's domain, ``recorded`` the other factors of the case.
    Raises FactorNotUsable, NotModifiable.
    """
    if factor.code not in domains_of:
        raise FactorNotUsable("Choose a factor from the list", "factor")
    if domains_of[factor.code] != factor.domain:
        raise FactorNotUsable("This factor belongs to another domain", "factor")
    if factor.code in recorded:
        raise FactorNotUsable("This factor is recorded already: change it there", "factor")
    if factor.relevance not in relevances:
        raise FactorNotUsable("Choose how far it bore on the death", "relevance")
    if factor.is_modifiable and not factor.contributed:
        raise NotModifiable(
            "Only a factor that may have contributed can be modifiable. Take the tick off, or choose another "
            "relevance",
            "is_modifiable",
        )


def in_precedence(considered: Iterable[str], precedence: Sequence[str]) -> list[str]:
    """The categories considered, each once, in their order of precedence. Raises CategoryNotUsable."""
    wanted = set(considered)
    if not wanted <= set(precedence):
        raise CategoryNotUsable("Choose categories from the list", "categories")
    return [code for code in precedence if code in wanted]


def category_of(considered: Iterable[str], precedence: Sequence[str]) -> str | None:
    """The category that is kept: of those that apply the highest in the list; none where none was considered.

    Nobody chooses a lower one: it is kept only once those above it no longer apply. Raises CategoryNotUsable.
    """
    return next(iter(in_precedence(considered, precedence)), None)


def check_conclusion(conclusion: str | None, *, has_modifiable_factor: bool, known: Collection[str]) -> None:
    """Check that the conclusion says what the factors say: modifiable if and only if one of them is.

    Raises ConclusionDiffers.
    """
    if conclusion is None:
        return
    if conclusion not in known:
        raise ConclusionDiffers("Choose one of the conclusions", "conclusion")
    if conclusion == MODIFIABLE and not has_modifiable_factor:
        raise ConclusionDiffers(
            "No factor is marked as modifiable. Mark the factor first, or choose another conclusion",
            "conclusion",
        )
    if conclusion != MODIFIABLE and has_modifiable_factor:
        raise ConclusionDiffers(
            "A factor is marked as modifiable, so modifiable factors are identified. Choose that, or take "
            "the mark off the factor",
            "conclusion",
        )


def conclusion_after(conclusion: str | None, *, has_modifiable_factor: bool) -> str | None:
    """The conclusion of a draft once its factors changed.

    A modifiable factor decides it. Where the last one is gone, what followed from it is open again.
    """
    if has_modifiable_factor:
        return MODIFIABLE
    return None if conclusion == MODIFIABLE else conclusion


def missing_of_analysis(analysis: Analysis) -> list[str]:
    """What the panel needs before it completes a review, each in a sentence that says what to do."""
    missing = []
    if not analysis.considered:
        missing.append("No category of death was considered: choose every one that applies.")
    if analysis.conclusion is None:
        missing.append("The conclusion on modifiable factors is open: choose one.")
    elif (analysis.conclusion == MODIFIABLE) != analysis.has_modifiable_factor:
        missing.append("The conclusion and the factors’ marks say different things: make them agree.")
    if not analysis.factors and analysis.conclusion != INADEQUATE:
        missing.append("No factor was looked at: record those that were, also where nothing was found.")
    return missing


def worth_a_look(analysis: Analysis) -> list[str]:
    """What is often forgotten and stops nobody, each in a sentence."""
    seen = {factor.domain for factor in analysis.factors}
    told = [
        f"Domain {code} ({words}) has no factor. Was it looked at?"
        for code, words in analysis.domains.items()
        if analysis.factors and code not in seen
    ]
    if any(factor.contributed and not factor.has_note for factor in analysis.factors):
        told.append("A factor that may have contributed does not say what was seen.")
    if analysis.has_modifiable_factor and not analysis.learning.strip():
        told.append("A factor is modifiable, and no learning is written down.")
    return told


def check_complete(analysis: Analysis) -> None:
    """Check that a review can be completed with this analysis. Raises AnalysisIncomplete."""
    missing = missing_of_analysis(analysis)
    if missing:
        raise AnalysisIncomplete(" ".join(missing))


def check_no_interest(person_id: int | None, conflicted: Collection[int]) -> None:
    """Check that whoever decides stands far enough from the case. Raises DecidesWithInterest."""
    if person_id is not None and person_id in conflicted:
        raise DecidesWithInterest("You have a conflict of interest in this case. Somebody else decides it")
