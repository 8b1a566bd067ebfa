"""The words of child death reviews, as records of a file are held against them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from app.cdop.models import Term, Vocabulary
from app.clocks.models import Regime
from app.core.database import current_session
from app.core.intake import Known, Problem, Record

NOTE = "child_death_words"


@dataclass(frozen=True)
class Word:
    """A term, as far as records are held against it."""

    position: int
    domain_code: str | None


def words_of(known: Known, vocabulary: Vocabulary, regime: str) -> Mapping[str, Word]:
    """The terms of a vocabulary that cases of a regime are recorded in, by their codes.

    Terms offered no more are among them, for records that use them keep them.
    """
    held = _everything(known)
    return held.get((vocabulary, None), {}) | held.get((vocabulary, regime), {})


def check_word(
    known: Known, row: Record, field: str, vocabulary: Vocabulary, *, regime: str, of: str
) -> Iterator[Problem]:
    """The value of a field, where it has one, is the code of a term."""
    if field not in row:
        return
    words = words_of(known, vocabulary, regime)
    if row[field] not in words:
        yield row.problem(field, f"{of}This must be one of: {', '.join(words)}")


def _everything(known: Known) -> dict[tuple[str, str | None], dict[str, Word]]:
    if NOTE not in known.notes:
        found: dict[tuple[str, str | None], dict[str, Word]] = {}
        asked = (
            select(Term.vocabulary, Regime.code, Term.code, Term.position, Term.domain_code)
            .outerjoin(Regime, Regime.id == Term.regime_id)
            .order_by(Term.position, Term.id)
        )
        for vocabulary, regime, code, position, domain in current_session().execute(asked):
            found.setdefault((vocabulary, regime), {})[code] = Word(position, domain)
        known.notes[NOTE] = found
    held: dict[tuple[str, str | None], dict[str, Word]] = known.notes[NOTE]
    return held
