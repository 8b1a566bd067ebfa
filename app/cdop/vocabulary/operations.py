"""Every change to the words of child death reviews: added, reworded, retired from a day, put in order."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.audit.operations import Subject, record
from app.cdop.models import Term, Vocabulary
from app.cdop.vocabulary import queries, rules
from app.clocks.models import Regime
from app.clocks.operations import code_of
from app.core.clock import today
from app.core.database import current_session, keep_for_change
from app.core.filters import date_long

#: How long a code is at most.
_LONGEST_CODE = 40


def add_term(
    *,
    vocabulary: Vocabulary,
    label: str,
    definition: str = "",
    in_force_from: date,
    domain: str | None = None,
    regime: Regime | None = None,
    before: str | None = None,
) -> Term:
    """Add a term to a list, offered from a day on: at its end, or before the term with that code.

    Records that exist keep what they say, whatever a new category would have taken precedence of.
    Raises VocabularyFixed, WordsMissing, TermNotUsable.
    """
    rules.check_may_change(vocabulary)
    rules.check_belongs(vocabulary, domain=domain, domains=queries.domains(), has_regime=regime is not None)
    held = queries.list_of(vocabulary, regime.id if regime else None)
    if held:
        # Whoever adds to the same list waits here, and then sees what the other added.
        keep_for_change(held[0])
        held = queries.list_of(vocabulary, regime.id if regime else None)
    label = rules.check_label(label, [each.label for each in held if each.in_force_until is None])
    made = Term(
        vocabulary=vocabulary,
        code=_free_code(label, vocabulary),
        label=label,
        position=0,
        definition=definition.strip(),
        domain_code=domain,
        regime_id=regime.id if regime else None,
        in_force_from=in_force_from,
    )
    place = next((number for number, each in enumerate(held) if each.code == before), len(held))
    held.insert(place, made)
    current_session().add(made)
    _number(held)
    _record(made, f"Added a term, offered from {date_long(in_force_from)}, to", before=None)
    return made


def reword_term(*, term: Term, label: str, definition: str, is_same: bool) -> Term:
    """Say better what a term means; records that use it are read in the new words.

    Raises MeaningChanges, WordsMissing, TermNotUsable.
    """
    keep_for_change(term)
    rules.check_meaning_stays(is_same)
    others = [each.label for each in queries.beside(term) if each is not term and not each.in_force_until]
    label = rules.check_label(label, others)
    before = content(term)
    term.label, term.definition = label, definition.strip()
    _record(term, "Reworded a term of", before=before)
    return term


def retire_term(*, term: Term, until: date) -> Term:
    """Offer a term for the last time on a day; records that use it keep it.

    Raises VocabularyFixed, TermRetired, TermNotUsable.
    """
    keep_for_change(term)
    rules.check_may_change(Vocabulary(term.vocabulary))
    rules.check_retires(
        until, in_force_from=term.in_force_from, retired_on=term.in_force_until, today=today()
    )
    before = content(term)
    term.in_force_until = until
    _record(term, f"Retired, with {date_long(until)} as the last day, a term of", before=before)
    return term


def bring_back_term(*, term: Term) -> Term:
    """Offer a retired term again. Raises TermRetired, TermNotUsable."""
    keep_for_change(term)
    rules.check_returns(term.in_force_until)
    others = [each.label for each in queries.beside(term) if each is not term and not each.in_force_until]
    rules.check_label(term.label, others)
    before = content(term)
    term.in_force_until = None
    _record(term, "Brought back a term of", before=before)
    return term


def move_term(*, term: Term, up: bool) -> Term:
    """Move a term a place up or down in its list. Raises OrderInUse."""
    keep_for_change(term)
    vocabulary = Vocabulary(term.vocabulary)
    rules.check_order_may_change(vocabulary, is_used=queries.is_order_used(vocabulary))
    rows = {each.id: each for each in queries.beside(term)}
    before = {"order": [each.code for each in rows.values()]}
    order = rules.moved(list(rows), term.id, up=up)
    _number([rows[number] for number in order])
    record(
        verb="rules.change",
        subject=_subject(term),
        line=f"Changed the order of the list “{_called(term)}”",
        before=before,
        after={"order": [rows[number].code for number in order]},
    )
    return term


def content(term: Term) -> Mapping[str, Any]:
    """What a term says, for the audit trail."""
    return {
        "vocabulary": term.vocabulary,
        "code": term.code,
        "label": term.label,
        "definition": term.definition,
        "domain": term.domain_code,
        "in_force_from": term.in_force_from,
        "in_force_until": term.in_force_until,
    }


def _free_code(label: str, vocabulary: Vocabulary) -> str:
    """A code that no term of the vocabulary has, under any regime, made of the words."""
    taken = {each.code for each in queries.terms(vocabulary)}
    code = root = code_of(label) or "term"
    number = 1
    while code in taken:
        number += 1
        code = f"{root[: _LONGEST_CODE - len(str(number)) - 1]}_{number}"
    return code


def _number(rows: list[Term]) -> None:
    """Give the terms of a list their places, from 1 on."""
    for place, each in enumerate(rows, start=1):
        each.position = place
    current_session().flush()


def _subject(term: Term) -> Subject:
    return Subject("term", f"{term.vocabulary}/{term.code}"[:64])


def _called(term: Term) -> str:
    return rules.VOCABULARY_LABELS[Vocabulary(term.vocabulary)]


def _record(term: Term, deed: str, *, before: Mapping[str, Any] | None) -> None:
    current_session().flush()
    record(
        verb="rules.change",
        subject=_subject(term),
        line=f"{deed} the list “{_called(term)}”",
        before=before,
        after=content(term),
    )
