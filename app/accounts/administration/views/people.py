"""Pages for people with an account: the list, one person, invitations and roles."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.accounts.administration import effects, queries, records
from app.accounts.administration.forms import InviteForm, PeopleFilterForm, PersonForm, RoleForm, WhyForm
from app.accounts.administration.operations import people as operations
from app.accounts.administration.records import Record
from app.accounts.administration.rules import FOR_AN_AGENCY
from app.accounts.administration.views.blueprint import blueprint, form_page
from app.accounts.models import Person, RoleAssignment
from app.accounts.policy import ROLE_LABELS, Role
from app.accounts.signing_in import operations as signing_in
from app.accounts.signing_in import queries as signing_in_queries
from app.core.access import access
from app.core.clock import today
from app.core.editing import editing
from app.core.errors import RuleBroken
from app.core.forms import carry_out


@blueprint.get("/administration/people")
@access("person.list")
def people() -> str:
    """Everybody with an account."""
    form = PeopleFilterForm(formdata=request.args)
    agencies = {agency.ref: agency.name for agency in accounts.agencies(with_withdrawn=True)}
    form.agency.offer(agencies, empty="All agencies")
    page, count = queries.listed_people(
        form.narrowed(), after=request.args.get("after"), before=request.args.get("before")
    )
    return render_template(
        "accounts/administration/people.html", form=form, applied=form.applied(), page=page, count=count
    )


@blueprint.route("/administration/people/invite", methods=["GET", "POST"])
@access("person.invite")
def invite() -> ResponseReturnValue:
    """Give somebody an account, and send them a link to choose a password by."""
    form = InviteForm()
    form.offer()
    made: list[Person] = []
    had: list[bool] = []

    def send() -> None:
        roles = [Role(form.role.data)] if form.role.data else []
        had.append(accounts.person_by_email((form.email.data or "").strip()) is not None)
        made.append(signing_in.invite(**form.values(), roles=roles))

    if carry_out(form, send):
        kept = " Their account was there already: its name, post and agency stay." if had[-1] else ""
        flash(f"An invitation is on its way to {made[0].name}.{kept}")
        return redirect(url_for("administration.show_person", ref=made[0].ref))
    return form_page("invite", form)


@blueprint.get("/administration/people/<ref>")
@access("person.list", records.person)
def show_person(record: Record[Person]) -> str:
    """One person: what they are to the partnership, and what can be done about their account."""
    person = record.thing
    return render_template(
        "accounts/administration/person.html",
        person=person,
        labels=ROLE_LABELS,
        refused=next(iter(signing_in_queries.refused_invitations(person.id)), None),
        arrangements=queries.deputies_from(person.id, today()),
        stands_in=queries.stands_in_from(person.id, today()),
    )


@blueprint.post("/administration/people/<ref>/invitation")
@access("person.invite", records.person)
def send_invitation(record: Record[Person]) -> ResponseReturnValue:
    """Send a new link to choose a password by; an older one no longer works."""
    person = record.thing
    try:
        signing_in.send_invitation(person=person)
    except RuleBroken as refusal:
        flash(refusal.sentence)
    else:
        flash(f"An invitation is on its way to {person.name}. Older ones no longer work.")
    return redirect(url_for("administration.show_person", ref=person.ref))


@blueprint.route("/administration/people/<ref>/edit", methods=["GET", "POST"])
@access("person.change", records.person)
def edit_person(record: Record[Person]) -> ResponseReturnValue:
    """Change a person's name, post, address or agency."""
    person = record.thing
    form = editing(
        PersonForm,
        person,
        lambda: {
            "name": person.name,
            "role_title": person.role_title,
            "email": person.email,
            "agency": person.agency.ref if person.agency else None,
        },
    )
    form.offer(person.agency)
    if carry_out(form, lambda: operations.change_person(person=person, **form.values())):
        flash(f"{person.name}’s record was changed.")
        return redirect(url_for("administration.show_person", ref=person.ref))
    return form_page("edit_person", form, person=person)


@blueprint.route("/administration/people/<ref>/roles/new", methods=["GET", "POST"])
@access("person.change", records.person)
def new_role(record: Record[Person]) -> ResponseReturnValue:
    """Give a person a role; one that is held for an agency is held for the person's own."""
    person = record.thing
    form = RoleForm()

    def give() -> None:
        role = Role(form.role.data)
        agency = person.agency if role in FOR_AN_AGENCY else None
        operations.give_role(person=person, role=role, agency=agency)

    if carry_out(form, give):
        flash(f"{person.name} was given a role.")
        return redirect(url_for("administration.show_person", ref=person.ref))
    return form_page("new_role", form, person=person)


@blueprint.route("/administration/people/<ref>/roles/<int:number>/end", methods=["GET", "POST"])
@access("person.change", records.role)
def end_role(record: Record[RoleAssignment]) -> ResponseReturnValue:
    """Take a role away; says first what follows."""
    held = record.thing
    person, label = held.person, ROLE_LABELS[Role(held.role)]
    form = WhyForm()
    effect = effects.of_losing_role(held)
    if carry_out(form, lambda: operations.take_role_away(held=held, reason=form.reason.data or "")):
        flash(f"{person.name} no longer holds this role.")
        return redirect(url_for("administration.show_person", ref=person.ref))
    return form_page("end_role", form, person=person, label=label, agency=held.agency, effect=effect)
