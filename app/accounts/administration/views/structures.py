"""Pages for the partnership and its areas, agencies and groups."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.accounts.administration import queries, records
from app.accounts.administration.forms import (
    SECTORS,
    AgencyFilterForm,
    AgencyForm,
    AreaForm,
    GroupForm,
    PartnershipForm,
    StructureFilterForm,
    TurnStructureForm,
)
from app.accounts.administration.operations import structures
from app.accounts.administration.records import Record
from app.accounts.administration.views.blueprint import blueprint, form_page
from app.accounts.models import Agency, Area, Group
from app.core.access import access
from app.core.editing import editing
from app.core.forms import carry_out

Structure = Area | Agency | Group


@blueprint.get("/administration")
@access("structure.change")
def index() -> str:
    """Everything an administrator keeps in order."""
    return render_template("accounts/administration/index.html", partnership=accounts.partnership())


@blueprint.route("/administration/partnership", methods=["GET", "POST"])
@access("structure.change")
def partnership() -> ResponseReturnValue:
    """What the partnership is called, and where people turn for help."""
    held = accounts.partnership()
    if held is None:
        return render_template("accounts/administration/no_partnership.html")
    form = editing(PartnershipForm, held)

    def change() -> None:
        structures.change_partnership(
            partnership=held,
            name=form.name.data or "",
            short_name=form.short_name.data or "",
            briefing_name=form.briefing_name.data or "",
            help_email=form.help_email.data,
        )

    if carry_out(form, change):
        flash("The partnership’s names were changed.")
        return redirect(url_for("administration.index"))
    return form_page("partnership", form)


@blueprint.get("/administration/areas")
@access("structure.change")
def areas() -> str:
    """The areas."""
    return _list(Area, StructureFilterForm(formdata=request.args))


@blueprint.route("/administration/areas/new", methods=["GET", "POST"])
@access("structure.change")
def new_area() -> ResponseReturnValue:
    """Add an area."""
    form = AreaForm()
    return _add("area", form, lambda: structures.add_area(name=form.name.data or ""))


@blueprint.route("/administration/areas/<ref>/edit", methods=["GET", "POST"])
@access("structure.change", records.area)
def edit_area(record: Record[Area]) -> ResponseReturnValue:
    """Rename an area."""
    area = record.thing
    form = editing(AreaForm, area)
    return _edit(area, form, lambda: structures.change_area(area=area, name=form.name.data or ""))


@blueprint.route("/administration/areas/<ref>/withdraw", methods=["GET", "POST"])
@access("structure.change", records.area)
def withdraw_area(record: Record[Area]) -> ResponseReturnValue:
    """Withdraw an area, or bring it back."""
    return _withdraw(record.thing)


@blueprint.get("/administration/agencies")
@access("structure.change")
def agencies() -> str:
    """The agencies, with the other names they go by."""
    return _list(Agency, AgencyFilterForm(formdata=request.args))


@blueprint.route("/administration/agencies/new", methods=["GET", "POST"])
@access("structure.change")
def new_agency() -> ResponseReturnValue:
    """Add an agency."""
    form = AgencyForm()
    return _add("agency", form, lambda: structures.add_agency(**form.values()))


@blueprint.route("/administration/agencies/<ref>/edit", methods=["GET", "POST"])
@access("structure.change", records.agency)
def edit_agency(record: Record[Agency]) -> ResponseReturnValue:
    """Change an agency."""
    agency = record.thing
    form = editing(
        AgencyForm,
        agency,
        lambda: {
            "name": agency.name,
            "short_name": agency.short_name,
            "sector": str(agency.sector),
            "other_names": "\n".join(other.name for other in agency.other_names),
            "board_seats": "" if agency.board_seats is None else str(agency.board_seats),
            "is_external": agency.is_external,
        },
    )
    return _edit(agency, form, lambda: structures.change_agency(agency=agency, **form.values()))


@blueprint.route("/administration/agencies/<ref>/withdraw", methods=["GET", "POST"])
@access("structure.change", records.agency)
def withdraw_agency(record: Record[Agency]) -> ResponseReturnValue:
    """Withdraw an agency, or bring it back."""
    return _withdraw(record.thing)


@blueprint.get("/administration/groups")
@access("structure.change")
def groups() -> str:
    """The sub-groups and panels."""
    return _list(Group, StructureFilterForm(formdata=request.args))


@blueprint.route("/administration/groups/new", methods=["GET", "POST"])
@access("structure.change")
def new_group() -> ResponseReturnValue:
    """Add a group."""
    form = GroupForm()
    return _add("group", form, lambda: structures.add_group(**_group_values(form)))


@blueprint.route("/administration/groups/<ref>/edit", methods=["GET", "POST"])
@access("structure.change", records.group)
def edit_group(record: Record[Group]) -> ResponseReturnValue:
    """Change what a group is called and there for."""
    group = record.thing
    form = editing(GroupForm, group)
    return _edit(group, form, lambda: structures.change_group(group=group, **_group_values(form)))


@blueprint.route("/administration/groups/<ref>/withdraw", methods=["GET", "POST"])
@access("structure.change", records.group)
def withdraw_group(record: Record[Group]) -> ResponseReturnValue:
    """Withdraw a group, or bring it back."""
    return _withdraw(record.thing)


#: What each kind is called, and the list it stands in.
WORDS = {Area: ("area", "areas"), Agency: ("agency", "agencies"), Group: ("group", "groups")}


def _group_values(form: GroupForm) -> dict[str, Any]:
    words = {name: form._fields[name].data or "" for name in ("name", "short_name", "purpose")}
    return {**words, "reviews_child_deaths": bool(form.reviews_child_deaths.data)}


def _list(model: Any, form: StructureFilterForm) -> str:
    one, many = WORDS[model]
    page, count = queries.listed_structures(
        model, form.narrowed(), after=request.args.get("after"), before=request.args.get("before")
    )
    return render_template(
        "accounts/administration/structures.html",
        form=form,
        applied=form.applied(),
        page=page,
        count=count,
        one=one,
        many=many,
        sectors=SECTORS,
    )


def _add(one: str, form: Any, add: Callable[[], Structure]) -> ResponseReturnValue:
    made: list[Structure] = []
    if carry_out(form, lambda: made.append(add())):
        flash(f"{made[0].name} added.")
        if isinstance(made[0], Group):
            return redirect(url_for("administration.group", ref=made[0].ref))
        return redirect(url_for(f"administration.{WORDS[type(made[0])][1]}"))
    return form_page("structure_form", form, one=one, many=_many(one), structure=None)


def _edit(structure: Structure, form: Any, change: Callable[[], object]) -> ResponseReturnValue:
    one, many = WORDS[type(structure)]
    if carry_out(form, change):
        flash(f"{structure.name} changed.")
        return redirect(url_for(f"administration.{many}"))
    return form_page("structure_form", form, one=one, many=many, structure=structure)


def _withdraw(structure: Structure) -> ResponseReturnValue:
    one, many = WORDS[type(structure)]
    form = TurnStructureForm()
    is_back = structure.withdrawn_on is not None
    form.offer_turn(is_back=is_back)

    def change() -> None:
        form.check_turn()
        do = structures.bring_back if is_back else structures.withdraw
        do(structure=structure, reason=form.reason.data or "")

    if carry_out(form, change):
        flash(f"{structure.name} was {'brought back' if is_back else 'withdrawn'}.")
        return redirect(url_for(f"administration.{many}"))
    used = [] if is_back else structures.still_used_by(structure)
    return form_page("structure_withdraw", form, one=one, many=many, structure=structure, used=used)


def _many(one: str) -> str:
    return next(many for name, many in WORDS.values() if name == one)
