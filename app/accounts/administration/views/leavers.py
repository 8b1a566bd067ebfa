"""Pages for people who leave, what they leave behind, and those who come back."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts.administration import queries, records
from app.accounts.administration.forms import WhyForm
from app.accounts.administration.operations import leavers
from app.accounts.administration.records import Record
from app.accounts.administration.views.blueprint import blueprint, form_page
from app.accounts.models import Person
from app.core import hooks
from app.core.access import access
from app.core.clock import today
from app.core.forms import ChoiceField, DateField, LongTextField, TrackerForm, carry_out
from app.core.hooks import Owed

#: The choice that nobody has a thing for now.
NOBODY = "-"


class SuccessorsForm(TrackerForm):
    """Who takes on each thing; ``form_for`` adds a choice for each."""

    same = ChoiceField(
        "The same person for all",
        empty="No: I choose for each below",
        description="Where you choose nobody below, this person takes it on.",
    )
    reason = LongTextField("Why?", missing="Say why", rows=2, longest=2000)

    #: What is to be handed over; set by ``form_for``.
    owed: Sequence[Owed] = ()

    def successors(self) -> dict[tuple[str, str], int | None]:
        """Who takes on each thing, of those for which somebody was chosen."""
        ids = {person.ref: person.id for person in queries.people_to_choose()}
        chosen = {}
        for owed in self.owed:
            value = self._fields[leavers.field_of(owed)].data or self.same.data
            if value:
                chosen[(owed.kind, owed.ref)] = None if value == NOBODY else ids[value]
        return chosen


class LeaveForm(SuccessorsForm):
    """The same, with the person's last day."""

    left_on = DateField("Last day", what="the last day", description="Today or an earlier day.")


def form_for(kind: type[SuccessorsForm], person: Person, owed: Sequence[Owed]) -> Any:
    """A form with a choice for everything that the person has."""
    fields: dict[str, Any] = {
        leavers.field_of(thing): ChoiceField(thing.label, empty="Choose who takes it on") for thing in owed
    }
    form: Any = type("Form", (kind,), fields)()
    form.owed = owed
    everybody = [one for one in queries.people_to_choose() if one.id != person.id]
    for thing in owed:
        fit = [one for one in everybody if thing.agency_id in (None, one.agency_id)]
        offered = {one.ref: f"{one.name}, {one.role_title}" for one in fit}
        if not thing.is_person_needed:
            offered = {NOBODY: "Nobody for now", **offered}
        form._fields[leavers.field_of(thing)].offer(offered, empty="Choose who takes it on")
    form.same.offer(
        {one.ref: f"{one.name}, {one.role_title}" for one in everybody}, empty="No: I choose for each below"
    )
    return form


@blueprint.route("/administration/people/<ref>/deactivate", methods=["GET", "POST"])
@access("person.deactivate", records.person)
def deactivate(record: Record[Person]) -> ResponseReturnValue:
    """Close the account of somebody who has gone, once everything they have has a successor."""
    person = record.thing
    owed = leavers.belongings(person.id) if person.active else []
    form = form_for(LeaveForm, person, owed)
    if not form.is_submitted():
        form.left_on.data = today()

    def leave() -> None:
        leavers.leave(
            person=person,
            successors=form.successors(),
            left_on=form.left_on.data,
            reason=form.reason.data or "",
        )

    if carry_out(form, leave):
        flash(f"{person.name}’s account is closed. What they wrote stays under their name.")
        return redirect(url_for("administration.show_person", ref=person.ref))
    return form_page("deactivate", form, person=person, owed=owed, field_of=leavers.field_of)


@blueprint.get("/administration/to-hand-over")
@access("person.deactivate")
def to_hand_over() -> str:
    """What people who left still have, which somebody has to take on."""
    ids = {
        person_id for kind in sorted(hooks.left_holding.kinds) for person_id in hooks.left_holding.ask(kind)
    }
    rows = [(person, leavers.belongings(person.id)) for person in queries.people_by_ids(sorted(ids))]
    return render_template("accounts/administration/to_hand_over.html", rows=rows)


@blueprint.route("/administration/people/<ref>/hand-over", methods=["GET", "POST"])
@access("person.deactivate", records.person)
def hand_over(record: Record[Person]) -> ResponseReturnValue:
    """Pass on what somebody who left still has."""
    person = record.thing
    if person.active:
        return redirect(url_for("administration.deactivate", ref=person.ref))
    owed = leavers.belongings(person.id)
    form = form_for(SuccessorsForm, person, owed)

    def pass_on() -> None:
        leavers.hand_over_what_is_left(
            person=person, successors=form.successors(), reason=form.reason.data or ""
        )

    if carry_out(form, pass_on):
        flash(f"What {person.name} had was handed over.")
        return redirect(url_for("administration.to_hand_over"))
    return form_page("hand_over", form, person=person, owed=owed, field_of=leavers.field_of)


@blueprint.route("/administration/people/<ref>/reactivate", methods=["GET", "POST"])
@access("person.change", records.person)
def reactivate(record: Record[Person]) -> ResponseReturnValue:
    """Open the account of somebody who came back."""
    person = record.thing
    form = WhyForm()
    if carry_out(form, lambda: leavers.bring_back(person=person, reason=form.reason.data or "")):
        flash(f"{person.name} is back, and is sent a link to choose a password by.")
        return redirect(url_for("administration.show_person", ref=person.ref))
    return form_page("reactivate", form, person=person)
