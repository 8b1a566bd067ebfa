"""How the analysis of a death stands, in words: for its own page, the page of its case, and papers."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.cdop.analysis import queries
from app.cdop.analysis.queries import Words
from app.cdop.analysis.rules import Analysis, missing_of_analysis, worth_a_look
from app.cdop.models import CaseFactor, ChildDeathCase, Vocabulary


@dataclass(frozen=True)
class DomainStanding:
    """A domain with the factors recorded in it."""

    code: str
    label: str
    factors: Sequence[CaseFactor]


@dataclass(frozen=True)
class Standing:
    """The analysis of a case in the words of its regime."""

    case: ChildDeathCase
    analysis: Analysis
    words: Words

    @property
    def is_complete(self) -> bool:
        """Whether the panel completed the review, so that nothing of it changes."""
        return self.case.reviewed_on is not None

    @property
    def missing(self) -> list[str]:
        """What the panel needs before it completes the review."""
        return missing_of_analysis(self.analysis)

    @property
    def worth_a_look(self) -> list[str]:
        """What is often forgotten and stops nobody."""
        return worth_a_look(self.analysis)

    @property
    def domains(self) -> list[DomainStanding]:
        """Every domain with its factors, those that bore on the death most first."""
        order = list(self.words.of(Vocabulary.RELEVANCE))
        place = {code: -number for number, code in enumerate(order)}
        return [
            DomainStanding(
                code,
                label,
                sorted(
                    (each for each in self.case.factors if each.domain_code == code),
                    key=lambda each: (place.get(each.relevance, 0), self.factor(each)),
                ),
            )
            for code, label in self.words.domains.items()
        ]

    @property
    def modifiable(self) -> int:
        """How many factors are modifiable."""
        return sum(each.is_modifiable for each in self.case.factors)

    @property
    def category(self) -> str:
        """The category that is kept, in words; empty while none was considered."""
        return self.words.label(Vocabulary.CATEGORY, self.case.category)

    @property
    def others_considered(self) -> list[str]:
        """The categories that were considered beside the one that is kept, in words."""
        return [
            self.words.label(Vocabulary.CATEGORY, code)
            for code in self.analysis.considered
            if code != self.case.category
        ]

    @property
    def conclusion(self) -> str:
        """The conclusion, in words; empty while it is open."""
        return self.words.label(Vocabulary.CONCLUSION, self.case.conclusion)

    def factor(self, row: CaseFactor) -> str:
        """A factor in words."""
        return self.words.label(Vocabulary.FACTOR, row.factor)

    def relevance(self, row: CaseFactor) -> str:
        """How far a factor bore on the death, in words."""
        return self.words.label(Vocabulary.RELEVANCE, row.relevance)


def standing(case: ChildDeathCase) -> Standing:
    """How the analysis of a case stands."""
    return Standing(case, queries.analysis_of(case), queries.words(case.regime_id))
