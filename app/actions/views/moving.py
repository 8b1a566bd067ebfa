"""What the pages of the moves share: what the move means, its form, or why it is not possible now."""

from collections.abc import Callable
from dataclasses import dataclass

from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.accounts.models import Agency, Person
from app.actions.models import Action
from app.actions.rules import IllegalMove, Move, Status, transition_for
from app.actions.views.blueprint import done, page
from app.core.forms import TrackerForm, carry_out


@dataclass(frozen=True)
class MovePage:
    """The words of a page on which one move is made."""

    #: The heading, in which the reference stands at the place of the braces.
    heading: str
    #: What it means, in a sentence.
    means: str
    button: str
    tone: str = ""


def ask(
    action: Action,
    form: TrackerForm,
    words: MovePage,
    do: Callable[[], object],
    said: Callable[[], str],
    *,
    barred: str | None = None,
    template: str = "move.html",
    **context: object,
) -> ResponseReturnValue:
    """Show the form, or carry it out and go back to the action with a sentence that says what happened."""
    if carry_out(form, do):
        return done(action, said())
    return page(
        template,
        action,
        form,
        words=words,
        heading=words.heading.format(action.ref),
        barred=barred,
        **context,
    )


def barred(action: Action, move: Move) -> str | None:
    """Why the move is not possible where the action stands; None where it is."""
    try:
        transition_for(Status(action.status), move)
    except IllegalMove:
        return f"This action is ‘{action.status_label}’, so that is not possible now."
    return None


def people_of(agency: Agency | None = None) -> dict[str, str]:
    """Those who can own an action, by agency and name; of one agency where one is given."""
    people = [
        person
        for person in accounts.people()
        if person.agency and (agency is None or person.agency_id == agency.id)
    ]
    people.sort(key=lambda person: (person.agency.name if person.agency else "", person.name))
    return {person.ref: where_and_who(person, with_agency=agency is None) for person in people}


def where_and_who(person: Person, *, with_agency: bool = True) -> str:
    """A person as a list of owners names them."""
    agency = f"{person.agency.short_name}: " if person.agency and with_agency else ""
    return f"{agency}{person.name}, {person.role_title}"


def agencies_by_ref() -> dict[str, Agency]:
    """The agencies of the partnership by reference."""
    return {agency.ref: agency for agency in accounts.agencies(with_external=False)}


def person_of(ref: str | None) -> Person | None:
    """The person that was chosen."""
    return accounts.person_by_ref(ref) if ref else None
