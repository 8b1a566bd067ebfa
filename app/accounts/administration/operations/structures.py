"""Every change to the partnership, its areas, agencies and groups, and to who sits on a group."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from app.accounts.administration import effects, queries, rules
from app.accounts.models import Agency, AgencyName, Area, Group, Partnership, Person, Seat, Sector
from app.accounts.rules import check_not_for_oneself
from app.audit.operations import Subject, record
from app.core import checks
from app.core.acting import current_actor
from app.core.clock import today
from app.core.database import current_session, keep_for_change
from app.core.filters import plural
from app.core.references import short_reference
from app.outbox.rules import WrongAddress, checked_address

Structure = Area | Agency | Group

#: What the audit trail and the hooks call each.
KINDS: Mapping[type[Any], str] = {Area: "area", Agency: "agency", Group: "group"}


def change_partnership(
    *, partnership: Partnership, name: str, short_name: str, briefing_name: str, help_email: str | None
) -> Partnership:
    """Change what the partnership and its briefing are called, and where people turn for help.

    Raises WordsMissing, WrongAddress.
    """
    before = content(partnership)
    partnership.name = checks.words(name, "Enter the name of the partnership", "name")
    partnership.short_name = checks.words(short_name, "Enter its short name", "short_name")
    briefing_name = checks.words(briefing_name, "Enter what its briefing is called", "briefing_name")
    partnership.briefing_name = briefing_name
    partnership.help_email = _help_address(help_email)
    _changed("partnership", partnership, before, "Changed the partnership’s names or help address")
    return partnership


def add_area(*, name: str) -> Area:
    """Add an area. Raises WordsMissing, NameTaken."""
    name = _free_name(Area, name, "Enter the name of the area")
    area = Area(ref=_short_ref(Area, name), name=name)
    _added(area)
    return area


def change_area(*, area: Area, name: str) -> Area:
    """Rename an area. Raises WordsMissing, NameTaken, AlreadyWithdrawn."""
    _check_stands(area)
    before = content(area)
    area.name = _free_name(Area, name, "Enter the name of the area", but=area.id)
    _changed("area", area, before, f"Changed the area {area.ref}")
    return area


def add_agency(
    *,
    name: str,
    short_name: str,
    sector: str,
    is_external: bool = False,
    board_seats: int | None = None,
    other_names: Sequence[str] = (),
) -> Agency:
    """Add an agency with the other names it goes by. Raises WordsMissing, NameTaken."""
    name = checks.words(name, "Enter the name of the agency", "name")
    short_name = checks.words(short_name, "Enter its short name", "short_name")
    others = _check_names(None, name, short_name, other_names)
    agency = Agency(
        ref=_short_ref(Agency, short_name),
        name=name,
        short_name=short_name,
        sector=Sector(sector),
        is_external=is_external,
        board_seats=board_seats,
        other_names=[AgencyName(name=other) for other in others],
    )
    _added(agency)
    return agency


def change_agency(
    *,
    agency: Agency,
    name: str,
    short_name: str,
    sector: str,
    is_external: bool = False,
    board_seats: int | None = None,
    other_names: Sequence[str] = (),
) -> Agency:
    """Change an agency and the other names it goes by. Raises WordsMissing, NameTaken, AlreadyWithdrawn."""
    _check_stands(agency)
    before = content(agency)
    name = checks.words(name, "Enter the name of the agency", "name")
    short_name = checks.words(short_name, "Enter its short name", "short_name")
    others = _check_names(agency, name, short_name, other_names)
    agency.name, agency.short_name, agency.sector = name, short_name, Sector(sector)
    agency.is_external, agency.board_seats = is_external, board_seats
    kept = [held for held in agency.other_names if held.name in others]
    known = {held.name for held in kept}
    agency.other_names = kept + [AgencyName(name=other) for other in others if other not in known]
    _changed("agency", agency, before, f"Changed the agency {agency.ref}")
    return agency


def add_group(*, name: str, short_name: str, purpose: str = "", reviews_child_deaths: bool = False) -> Group:
    """Add a sub-group or panel. Raises WordsMissing, NameTaken."""
    name = _free_name(Group, name, "Enter the name of the group")
    short_name = checks.words(short_name, "Enter its short name", "short_name")
    group = Group(
        ref=_short_ref(Group, short_name),
        name=name,
        short_name=short_name,
        purpose=purpose or None,
        reviews_child_deaths=reviews_child_deaths,
    )
    _added(group)
    return group


def change_group(
    *, group: Group, name: str, short_name: str, purpose: str = "", reviews_child_deaths: bool = False
) -> Group:
    """Change what a group is called and there for, and whether its members review child deaths.

    Raises WordsMissing, NameTaken, AlreadyWithdrawn, and InUse where its deaths would be open to nobody.
    """
    _check_stands(group)
    before = content(group)
    holds_deaths = queries.has_child_deaths(group.id) and not reviews_child_deaths
    rules.check_deaths_stay_open(group.name, holds_deaths)
    group.reviews_child_deaths = reviews_child_deaths
    group.name = _free_name(Group, name, "Enter the name of the group", but=group.id)
    group.short_name = checks.words(short_name, "Enter its short name", "short_name")
    group.purpose = purpose or None
    _changed("group", group, before, f"Changed the group {group.ref}")
    return group


def withdraw(*, structure: Structure, reason: str) -> Structure:
    """Withdraw an area, agency or group: it is offered no more, and what names it keeps doing so.

    Raises WordsMissing, AlreadyWithdrawn, and InUse while people belong to it or open things use it.
    """
    _check_stands(structure)
    reason = checks.words(reason, "Say why it is withdrawn", "reason")
    rules.check_nothing_uses(still_used_by(structure), name=structure.name)
    kind, before = KINDS[type(structure)], content(structure)
    structure.withdrawn_on, structure.withdrawn_reason = today(), reason
    _changed(kind, structure, before, f"Withdrew the {kind} {structure.ref}", verb="withdraw")
    return structure


def bring_back(*, structure: Structure, reason: str) -> Structure:
    """Offer a withdrawn area, agency or group again. Raises WordsMissing, NameTaken."""
    reason = checks.words(reason, "Say why it is brought back", "reason")
    if not isinstance(structure, Agency) and queries.name_taken(
        type(structure), structure.name, but=structure.id
    ):
        raise rules.NameTaken("Another has this name by now: rename that one first", "reason")
    kind, before = KINDS[type(structure)], content(structure)
    structure.withdrawn_on = structure.withdrawn_reason = None
    line = f"Brought the {kind} {structure.ref} back"
    _changed(kind, structure, before, line, verb="bring_back", reason=reason)
    return structure


def still_used_by(structure: Structure) -> list[str]:
    """Everything that stands against withdrawing it, in words."""
    found = []
    if isinstance(structure, Agency):
        people = queries.people_of(structure.id)
        found += [f"{plural(people, 'person', 'people')} of it {_have(people)} an account"] if people else []
    if isinstance(structure, Group):
        seats = sum(seat.person.active for seat in structure.seats)
        found += [f"{plural(seats, 'person', 'people')} {_sit(seats)} on it"] if seats else []
    used = effects.uses(KINDS[type(structure)], structure.id)
    return found + [f"it has {words}" for words in used]


def seat_person(*, group: Group, person: Person, is_chair: bool) -> Seat:
    """Give a person a seat on a group, or say whether the one who has it is a chair.

    A seat given anew by a slip does not leave the group without its chair. Raises AlreadyWithdrawn, HasLeft,
    OwnAccess, SomebodyNeeded.
    """
    keep_for_change(group)
    _check_stands(group)
    check_not_for_oneself(person.id, current_actor().person_id, field="person")
    if not person.active:
        raise rules.HasLeft(f"{person.name} has left: choose somebody else", "person")
    before = content(group)
    seat = next((held for held in group.seats if held.person_id == person.id), None)
    if seat is None:
        seat = Seat(group=group, person=person, is_chair=is_chair)
        current_session().add(seat)
        line = f"Gave {person.name} a seat on {group.short_name}"
    else:
        if seat.is_chair and not is_chair and not queries.other_chairs(seat):
            raise rules.SomebodyNeeded(
                f"{person.name} is the only chair of {group.short_name}: let somebody else chair it first",
                "is_chair",
            )
        seat.is_chair = is_chair
        line = f"{person.name} {'chairs' if is_chair else 'no longer chairs'} {group.short_name}"
    _changed("group", group, before, line)
    return seat


def take_seat_away(*, seat: Seat, reason: str) -> Group:
    """Take a person off a group. Raises WordsMissing."""
    reason = checks.words(reason, "Say why the seat ends", "reason")
    group, person = seat.group, seat.person
    before = content(group)
    person.seats.remove(seat)
    current_session().flush()
    current_session().refresh(group, ["seats"])
    _changed("group", group, before, f"Took {person.name} off {group.short_name}", reason=reason)
    return group


def content(thing: Partnership | Structure) -> dict[str, Any]:
    """What is held of a structure, for the before and after of the audit trail."""
    if isinstance(thing, Partnership):
        names = ["name", "short_name", "briefing_name", "help_email"]
        return {name: getattr(thing, name) for name in names}
    held: dict[str, Any] = {
        "name": thing.name,
        "withdrawn_on": thing.withdrawn_on,
        "withdrawn_reason": thing.withdrawn_reason,
    }
    if isinstance(thing, Area):
        return held
    held["short_name"] = thing.short_name
    if isinstance(thing, Agency):
        other_names = sorted(other.name for other in thing.other_names)
        return held | {
            "sector": str(thing.sector),
            "is_external": thing.is_external,
            "board_seats": thing.board_seats,
            "other_names": other_names,
        }
    seats = sorted(f"{seat.person.ref}{' (chair)' if seat.is_chair else ''}" for seat in thing.seats)
    return held | {
        "purpose": thing.purpose,
        "reviews_child_deaths": thing.reviews_child_deaths,
        "seats": seats,
    }


def _added(structure: Structure) -> None:
    current_session().add(structure)
    current_session().flush()
    kind = KINDS[type(structure)]
    record(
        verb=f"{kind}.add",
        subject=Subject(kind, structure.ref),
        line=f"Added the {kind} {structure.ref}",
        before={},
        after=content(structure),
    )


def _changed(
    kind: str, thing: Any, before: Mapping[str, Any], line: str, *, verb: str = "change", reason: str = ""
) -> None:
    current_session().flush()
    after = content(thing) | ({"reason": reason} if reason else {})
    if after != before:
        record(verb=f"{kind}.{verb}", subject=Subject(kind, thing.ref), line=line, before=before, after=after)


def _help_address(text: str | None) -> str | None:
    """The address that every message and page names, if there is one. Raises WrongAddress."""
    try:
        return checked_address(text) if text else None
    except WrongAddress as refusal:
        raise WrongAddress(refusal.sentence, "help_email") from refusal


def _check_stands(structure: Structure) -> None:
    if structure.withdrawn_on is not None:
        raise rules.AlreadyWithdrawn(f"{structure.name} was withdrawn.")


def _free_name(model: type[Area] | type[Group], name: str, missing: str, *, but: int | None = None) -> str:
    name = checks.words(name, missing, "name")
    if queries.name_taken(model, name, but=but):
        raise rules.NameTaken("Another has this name already", "name")
    return name


def _check_names(agency: Agency | None, name: str, short_name: str, others: Sequence[str]) -> list[str]:
    """The other names, each once; refused where a name leads to another agency. Raises NameTaken."""
    wanted = list(dict.fromkeys(other.strip() for other in others if other.strip()))
    fields = [("name", name), ("short_name", short_name), *(("other_names", other) for other in wanted)]
    for field, text in fields:
        holder = queries.holder_of_name(text)
        if holder is not None and (agency is None or holder.id != agency.id):
            raise rules.NameTaken(f"“{text}” is a name of {holder.name} already", field)
    own: Collection[str] = {name.lower(), short_name.lower()}
    return [other for other in wanted if other.lower() not in own]


def _short_ref(model: type[Area] | type[Agency] | type[Group], name: str) -> str:
    return short_reference(name, otherwise=KINDS[model], is_taken=lambda ref: queries.ref_taken(model, ref))


def _have(number: int) -> str:
    return "has" if number == 1 else "have"


def _sit(number: int) -> str:
    return "sits" if number == 1 else "sit"
