"""The texts beside the figures, for a redaction."""

import json
from dataclasses import replace

from app.accounts import queries as accounts
from app.accounts.policy import Facts
from app.audit.redaction.texts import Texts
from app.cdop.figures.models import FiguresYear
from app.cdop.figures.queries import kept
from app.cdop.figures.rules.facts import LABELS
from app.core.hooks import Redactable
from app.core.report_year import ReportYear

_HELD = {
    "source_line": "Where it is published",
    "source_note": "What a reader must know of the source",
    "withdrawn_reason": "Why it was withdrawn",
}
_STATED = {"words": "What the source says of it", **_HELD}
_ISSUE = {"statement": "What was said"}
_FACT = {"words": "What the source says of it", "source": "Where it is published"}
_OVERRIDE = {"reason": "Why it was shown", "withdrawn_reason": "Why it was taken back"}


def stated_figure(ref: str) -> Redactable:
    """The texts of a figure as a report published it; issues keep them. Raises NoResultFound."""
    found = kept.stated_figure(ref)
    copies = [("figures", each.ref) for each in kept.issues()]
    return _done(Texts(found, copies=lambda: copies).of(found, _STATED))


def population(ref: str) -> Redactable:
    """The texts of a population. Raises NoResultFound."""
    found = kept.population(ref)
    return _done(Texts(found).of(found, _HELD))


def issue(ref: str) -> Redactable:
    """What was said with an issue, and of the published figures in it. Raises NoResultFound."""
    found = kept.issue(ref)
    texts = Texts(found).of(found, _ISSUE)
    for row in found.years:
        for name, fact in json.loads(row.shown)["facts"].items():
            if fact["is_stated"]:
                called = f"{LABELS[name]}, issued of {ReportYear(row.report_year_start)}"
                texts.of(_Fact(row, name), _FACT, under=f"{row.report_year_start}.{name}", called=called)
    return _done(texts)


def override(ref: str) -> Redactable:
    """The reasons of a decision to show a number. Raises NoResultFound."""
    found = kept.override(ref)
    return _done(Texts(found).of(found, _OVERRIDE))


def _done(texts: Texts) -> Redactable:
    """The record, about which those who review child deaths may ask and decide beside the board."""
    group = next((each.id for each in accounts.groups() if each.reviews_child_deaths), None)
    return replace(texts.done(), facts=Facts(compartment_id=group, is_child_death=True))


class _Fact:
    """A published figure as it is frozen in a year of an issue."""

    def __init__(self, row: FiguresYear, name: str) -> None:
        self._row, self._name = row, name

    @property
    def words(self) -> str:
        """What the source says of it."""
        return self._of("words")

    @words.setter
    def words(self, text: str) -> None:
        self._put("words", text)

    @property
    def source(self) -> str:
        """Where it is published."""
        return self._of("source")

    @source.setter
    def source(self, text: str) -> None:
        self._put("source", text)

    def _of(self, field: str) -> str:
        text: str = json.loads(self._row.shown)["facts"][self._name][field]
        return text

    def _put(self, field: str, text: str) -> None:
        shown = json.loads(self._row.shown)
        shown["facts"][self._name][field] = text
        self._row.shown = json.dumps(shown)
