"""Pages for who sits on a group."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts.administration import effects, queries, records
from app.accounts.administration.forms import SeatForm, WhyForm
from app.accounts.administration.operations import structures
from app.accounts.administration.records import Record
from app.accounts.administration.views.blueprint import blueprint, form_page
from app.accounts.models import Group, Seat
from app.core.access import access
from app.core.forms import carry_out


@blueprint.get("/administration/groups/<ref>")
@access("structure.change", records.group)
def group(record: Record[Group]) -> str:
    """A group with those who sit on it."""
    found = record.thing
    seats = sorted(found.seats, key=lambda seat: (not seat.is_chair, seat.person.name))
    return render_template("accounts/administration/group.html", group=found, seats=seats)


@blueprint.route("/administration/groups/<ref>/seats/new", methods=["GET", "POST"])
@access("structure.change", records.group)
def new_seat(record: Record[Group]) -> ResponseReturnValue:
    """Give somebody a seat, or say whether they chair."""
    found = record.thing
    people = {person.ref: f"{person.name}, {person.role_title}" for person in queries.people_to_choose()}
    form = SeatForm()
    form.person.offer(people)

    def give() -> None:
        structures.seat_person(
            group=found, person=queries.person(form.person.data or ""), is_chair=bool(form.is_chair.data)
        )

    if carry_out(form, give):
        flash(f"Who sits on {found.short_name} was changed.")
        return redirect(url_for("administration.group", ref=found.ref))
    return form_page("seat", form, group=found)


@blueprint.route("/administration/groups/<ref>/seats/<person_ref>/end", methods=["GET", "POST"])
@access("structure.change", records.seat)
def end_seat(record: Record[Seat]) -> ResponseReturnValue:
    """Take somebody off a group; says first what follows."""
    seat = record.thing
    found, name = seat.group, seat.person.name
    form = WhyForm()
    effect = effects.of_losing_seat(seat)
    if carry_out(form, lambda: structures.take_seat_away(seat=seat, reason=form.reason.data or "")):
        flash(f"{name} no longer sits on {found.short_name}.")
        return redirect(url_for("administration.group", ref=found.ref))
    return form_page("end_seat", form, group=found, name=name, effect=effect)
