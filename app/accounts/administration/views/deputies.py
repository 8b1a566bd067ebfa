"""Pages for who stands in for whom: for oneself, for the people of one's agency, for anybody."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts.administration import queries, records
from app.accounts.administration.forms import YES, DeputyForm
from app.accounts.administration.operations import deputies as operations
from app.accounts.administration.records import Record
from app.accounts.administration.views.blueprint import blueprint, form_page
from app.accounts.guard import may
from app.accounts.guard import person as signed_in
from app.accounts.models import Deputy, Person
from app.core.access import access
from app.core.clock import today
from app.core.errors import RuleBroken
from app.core.forms import carry_out


@blueprint.route("/account/deputy", methods=["GET", "POST"])
@access("account.change")
def own_deputy() -> ResponseReturnValue:
    """Who stands in for the person signed in."""
    return _page(signed_in(), is_own=True)


@blueprint.get("/people/deputies")
@access("account.read")
def of_my_people() -> str:
    """Who stands in for the people that an agency's lead may arrange it for."""
    leads = sorted(signed_in().facts.leads)
    people = [one for agency_id in leads for one in queries.people_to_choose(agency_id=agency_id)]
    by_person: dict[int, list[Deputy]] = {}
    for row in queries.arrangements_of(people, today()):
        by_person.setdefault(row.person_id, []).append(row)
    return render_template("accounts/administration/of_my_people.html", people=people, by_person=by_person)


@blueprint.route("/people/<ref>/deputy", methods=["GET", "POST"])
@access("person.arrange_deputy", records.person)
def deputy(record: Record[Person]) -> ResponseReturnValue:
    """Who stands in for a person, by somebody who may arrange it."""
    return _page(record.thing, is_own=record.thing.id == signed_in().id)


@blueprint.post("/people/<ref>/deputy/<int:number>/end")
@access("person.arrange_deputy", records.arrangement)
def end_deputy(record: Record[Deputy]) -> ResponseReturnValue:
    """End an arrangement early."""
    arrangement = record.thing
    person = arrangement.person
    try:
        operations.end_early(arrangement=arrangement)
    except RuleBroken as refusal:
        flash(refusal.sentence)
    else:
        flash(f"{arrangement.deputy.name} no longer stands in for {person.name}.")
    return redirect(_address(person, is_own=person.id == signed_in().id))


def _page(person: Person, *, is_own: bool) -> ResponseReturnValue:
    form = DeputyForm(data={"from_on": today()})
    choices = queries.people_to_choose(agency_id=person.agency_id)
    offered = {one.ref: f"{one.name}, {one.role_title}" for one in choices if one.id != person.id}
    form.deputy.offer(offered)

    def arrange() -> None:
        operations.arrange(
            person=person,
            deputy=queries.person(form.deputy.data or ""),
            from_on=form.from_on.data or today(),
            until_on=form.until_on.data,
            is_absence=form.is_absence.data == YES,
        )

    if carry_out(form, arrange):
        flash(f"A deputy was arranged for {'you' if is_own else person.name}.")
        return redirect(_address(person, is_own=is_own))
    rows = queries.deputies_of(person.id)
    current = [row for row in rows if _is_to_come(row)]
    return form_page(
        "deputy",
        form,
        person=person,
        is_own=is_own,
        can_choose=bool(offered),
        current=current,
        past=[row for row in rows if row not in current],
        leads=bool(signed_in().facts.leads),
        may_list=may("person.list"),
    )


def _is_to_come(row: Deputy) -> bool:
    ended = row.ended_on is not None and row.ended_on <= today()
    return not ended and (row.until_on is None or row.until_on >= today())


def _address(person: Person, *, is_own: bool) -> str:
    if is_own:
        return url_for("administration.own_deputy")
    return url_for("administration.deputy", ref=person.ref)
