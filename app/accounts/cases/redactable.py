"""The texts that say why a case is closed to some, or was opened by others, for a redaction of the case."""

from collections.abc import Iterable

from app.accounts.cases import queries
from app.audit.redaction.texts import Texts

_CONFLICT = {"nature": "What the interest is", "ended_reason": "Why it stands no longer"}
_GLASS = {"reason": "Why it was opened"}


def add_access(texts: Texts, ref: str, *, only_for: str, told_as: Iterable[str]) -> Texts:
    """Add the conflicts of interest and the broken glass of a case, for whoever has the verb ``only_for``.

    ``told_as`` are the verbs under which the trail keeps the same words.
    """
    return (
        texts.of_each(
            queries.conflicts(ref),
            _CONFLICT,
            under="conflict",
            called="Conflict of interest",
            only_for=only_for,
        )
        .of_each(
            queries.broken_glass_of(ref), _GLASS, under="glass", called="Broken glass", only_for=only_for
        )
        .of_entries(*told_as, only_for=only_for)
    )
