"""Pages of the administrator: the words of child death reviews. None shows a word of a case."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound

from app.accounts.policy import NOTHING, Facts
from app.cdop.models import Term, Vocabulary
from app.cdop.vocabulary import operations, queries, rules
from app.cdop.vocabulary.forms import LAST, ConfirmForm, NewTermForm, RetireForm, RewordForm
from app.core.access import access
from app.core.clock import today
from app.core.editing import editing
from app.core.errors import RuleBroken
from app.core.forms import TrackerForm, carry_out

blueprint = Blueprint("vocabulary", __name__)


@dataclass(frozen=True)
class Of:
    """A list of words, or one of its terms, for the policy: nothing about it is restricted."""

    vocabulary: Vocabulary
    term: Term | None = None

    @property
    def facts(self) -> Facts:
        """Nothing about it is restricted."""
        return NOTHING

    @property
    def label(self) -> str:
        """What the list is called."""
        return rules.VOCABULARY_LABELS[self.vocabulary]

    @property
    def is_fixed(self) -> bool:
        """Whether terms are neither added nor retired."""
        return self.vocabulary in rules.FIXED


def vocabulary(ref: str) -> Of:
    """The list with that code. Raises NoResultFound."""
    if ref not in set(Vocabulary):
        raise NoResultFound
    return Of(Vocabulary(ref))


def term(number: int) -> Of:
    """A term by its row. Raises NoResultFound."""
    found = queries.term(number)
    return Of(Vocabulary(found.vocabulary), found)


@blueprint.get("/administration/words")
@access("rules.change")
def index() -> str:
    """Every list of words."""
    return render_template(
        "vocabulary/index.html", labels=rules.VOCABULARY_LABELS, counts=queries.counts(today())
    )


@blueprint.get("/administration/words/<ref>")
@access("rules.change", vocabulary)
def show(of: Of) -> str:
    """The terms of a list in their order, retired ones too."""
    lists = [
        (rows[0].regime.name if rows[0].regime else "", rows)
        for _, found in groupby(queries.terms(of.vocabulary), key=lambda each: each.regime_id)
        if (rows := list(found))
    ]
    return render_template(
        "vocabulary/show.html",
        of=of,
        lists=lists,
        on=today(),
        domains=queries.domains(),
        may_move=of.vocabulary is not Vocabulary.CATEGORY or not queries.is_order_used(of.vocabulary),
    )


@blueprint.route("/administration/words/<ref>/new", methods=["GET", "POST"])
@access("rules.change", vocabulary)
def new(of: Of) -> ResponseReturnValue:
    """Add a term."""
    form = NewTermForm(data={"in_force_from": today(), "before": LAST})
    form.offer(of.vocabulary, queries.list_of(of.vocabulary, None))

    if carry_out(form, lambda: operations.add_term(vocabulary=of.vocabulary, **form.values())):
        flash("The term is added.")
        return redirect(_list(of))
    return _form("new", form, of)


@blueprint.route("/administration/words/terms/<int:number>/reword", methods=["GET", "POST"])
@access("rules.change", term)
def reword(of: Of) -> ResponseReturnValue:
    """Say better what a term means."""
    held = _term(of)
    form = editing(RewordForm, held, lambda: {"label": held.label, "definition": held.definition})

    def change() -> None:
        operations.reword_term(
            term=held,
            label=form.label.data or "",
            definition=form.definition.data or "",
            is_same=form.is_same.data,
        )

    if carry_out(form, change):
        flash("The term is reworded.")
        return redirect(_list(of))
    return _form("reword", form, of)


@blueprint.route("/administration/words/terms/<int:number>/retire", methods=["GET", "POST"])
@access("rules.change", term)
def retire(of: Of) -> ResponseReturnValue:
    """Offer a term for the last time on a day."""
    held, form = _term(of), RetireForm(data={"until": today()})

    def change() -> None:
        assert form.until.data is not None
        operations.retire_term(term=held, until=form.until.data)

    if carry_out(form, change):
        flash("The term is retired. Records that use it keep it.")
        return redirect(_list(of))
    return _form("retire", form, of)


@blueprint.post("/administration/words/terms/<int:number>/bring-back")
@access("rules.change", term)
def bring_back(of: Of) -> ResponseReturnValue:
    """Offer a retired term again."""
    return _at_once(of, lambda: operations.bring_back_term(term=_term(of)), "The term is offered again.")


@blueprint.post("/administration/words/terms/<int:number>/up")
@access("rules.change", term)
def up(of: Of) -> ResponseReturnValue:
    """Move a term a place up."""
    return _at_once(of, lambda: operations.move_term(term=_term(of), up=True), "Moved up.")


@blueprint.post("/administration/words/terms/<int:number>/down")
@access("rules.change", term)
def down(of: Of) -> ResponseReturnValue:
    """Move a term a place down."""
    return _at_once(of, lambda: operations.move_term(term=_term(of), up=False), "Moved down.")


def _at_once(of: Of, change: Callable[[], object], done: str) -> ResponseReturnValue:
    """What a button does at once; where a rule refuses it, the list says why."""
    if ConfirmForm().validate_on_submit():
        try:
            change()
            flash(done)
        except RuleBroken as refusal:
            flash(refusal.sentence, "error")
    return redirect(_list(of))


def _term(of: Of) -> Term:
    assert of.term is not None
    return of.term


def _list(of: Of) -> str:
    return url_for("vocabulary.show", ref=of.vocabulary)


def _form(template: str, form: TrackerForm, of: Of, **context: Any) -> ResponseReturnValue:
    html = render_template(f"vocabulary/{template}.html", form=form, of=of, **context)
    return html, 422 if form.is_submitted() else 200
