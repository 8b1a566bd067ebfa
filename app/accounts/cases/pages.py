"""Pages about conflicts of interest, of whichever kind the case is; each room stamps its own addresses."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.accounts.cases import operations, queries
from app.accounts.cases.forms import ConflictForm, EndConflictForm, OwnConflictForm
from app.accounts.guard import note_read, person
from app.accounts.models import ConflictOfInterest, Person, Source
from app.core.filters import plural
from app.core.forms import TrackerForm, carry_out


@dataclass(frozen=True)
class Around:
    """Where the pages about who may open a case stand."""

    #: The way to the case, as breadcrumbs: words and address each, the case itself last.
    trail: Collection[tuple[str, str]]
    #: The page that says who may open it.
    overview: str


def own_conflict(source: Source, around: Around) -> ResponseReturnValue:
    """Declare a conflict of interest of one's own, and see nothing more of the case."""
    form = OwnConflictForm()

    def declare() -> None:
        operations.declare_conflict(source=source, person=person(), nature=form.nature.data)

    if carry_out(form, declare):
        flash(f"Your conflict of interest is on record. {source.ref} is closed to you from now on.")
        return redirect(url_for("reports.home"))
    return _page(source, around, "own_conflict", form)


def add_conflict(source: Source, around: Around) -> ResponseReturnValue:
    """Declare a conflict of interest of somebody else."""
    # For oneself there is a page that says what follows.
    people = everybody(but=queries.conflicted().get(source.ref, frozenset()) | {person().id})
    form = ConflictForm()
    form.person.offer(in_words(people.values()), empty="Choose a person")

    def declare() -> None:
        operations.declare_conflict(source=source, person=people[form.person.data], nature=form.nature.data)

    if carry_out(form, declare):
        whose = people[form.person.data]
        flash(f"{whose.name} sees nothing more of {source.ref}.{_what_they_owe(source, whose)}")
        return redirect(around.overview)
    return _page(source, around, "add_conflict", form)


def end_conflict(source: Source, conflict: ConflictOfInterest, around: Around) -> ResponseReturnValue:
    """Record that a conflict of interest stands no longer."""
    form = EndConflictForm()

    def end() -> None:
        operations.end_conflict(source=source, conflict=conflict, reason=form.reason.data)

    if carry_out(form, end):
        flash(f"The conflict of interest of {conflict.person.name} in {source.ref} is ended.")
        return redirect(around.overview)
    return _page(source, around, "end_conflict", form, conflict=conflict)


def everybody(*, but: Collection[int]) -> dict[str, Person]:
    """Everybody who has not left, but for some, by the name of their account."""
    return {each.ref: each for each in accounts.people() if each.id not in but}


def in_words(people: Iterable[Person]) -> dict[str, str]:
    """People to choose from: each with their agency, or else their post."""
    return {
        each.ref: f"{each.name}, {each.agency.short_name if each.agency else each.role_title}"
        for each in people
    }


def _page(
    source: Source, around: Around, template: str, form: TrackerForm, **context: Any
) -> ResponseReturnValue:
    note_read(source.audit_subject, f"Opened who may open {source.ref}")
    page = render_template(f"cases/{template}.html", form=form, source=source, around=around, **context)
    return page, 422 if form.is_submitted() else 200


def _what_they_owe(source: Source, whose: Person) -> str:
    """That open actions of the case need another owner, where the person owns some."""
    number = sum(action.is_open and action.owner_id == whose.id for action in source.actions)
    return f" They own {plural(number, 'open action')} of it: name another owner." if number else ""
