"""Forms of administration."""

from typing import Any

from app.accounts import queries as accounts
from app.accounts.administration import queries
from app.accounts.models import SECTOR_LABELS, Agency
from app.accounts.policy import ROLE_LABELS
from app.core.filter_forms import FilterForm
from app.core.forms import (
    ChoiceField,
    DateField,
    LongTextField,
    RadiosField,
    TextField,
    TickField,
    TrackerForm,
)
from app.core.turning import TurningForm

SECTORS = {str(sector): label for sector, label in SECTOR_LABELS.items()}
ROLES = {str(role): label for role, label in ROLE_LABELS.items()}
YES = "yes"
NO = "no"


class StructureFilterForm(FilterForm):
    """What a list of areas or groups can be narrowed to."""

    text = TextField("Name", longest=100)
    withdrawn = TickField("Only those that were withdrawn")

    def narrowed(self) -> queries.StructureFilter:
        """What was asked for."""
        sound = self.sound()
        return queries.StructureFilter(
            text=sound.get("text") or "", sector=sound.get("sector"), withdrawn=bool(sound.get("withdrawn"))
        )


class AgencyFilterForm(StructureFilterForm):
    """What the list of agencies can be narrowed to."""

    leading = ("text", "sector")

    sector = ChoiceField("Sector", choices=SECTORS, empty="All sectors")


class PeopleFilterForm(FilterForm):
    """What the list of people can be narrowed to."""

    text = TextField("Name, post or e-mail address", longest=100)
    agency = ChoiceField("Agency", empty="All agencies")
    role = ChoiceField("Role", choices=ROLES, empty="All roles")
    not_invited = TickField("Only those never invited")
    left = TickField("Only those who left")

    def narrowed(self) -> queries.PeopleFilter:
        """What was asked for."""
        sound = self.sound()
        return queries.PeopleFilter(
            text=sound.get("text") or "",
            agency=sound.get("agency"),
            role=sound.get("role"),
            left=bool(sound.get("left")),
            not_invited=bool(sound.get("not_invited")),
        )


class PartnershipForm(TrackerForm):
    """What the partnership is called, and where people turn for help."""

    name = TextField("Name", missing="Enter the name of the partnership", longest=200)
    short_name = TextField("Short name", missing="Enter its short name", longest=40)
    briefing_name = TextField(
        "What its briefing is called", missing="Enter what its briefing is called", longest=100
    )
    help_email = TextField(
        "Help address (optional)",
        longest=254,
        description="The e-mail address that every message and page names for help.",
    )


class AreaForm(TrackerForm):
    """An area."""

    name = TextField("Name", missing="Enter the name of the area", longest=100)


class AgencyForm(TrackerForm):
    """An agency with the other names it goes by."""

    name = TextField("Name", missing="Enter the name of the agency", longest=200)
    short_name = TextField(
        "Short name", missing="Enter its short name", longest=60, description="As lists and messages name it."
    )
    sector = ChoiceField("Sector", choices=SECTORS, missing="Choose its sector")
    other_names = LongTextField(
        "Other names it goes by (optional)",
        rows=3,
        longest=2000,
        description="One a line. A spreadsheet that uses one of them finds the agency.",
    )
    board_seats = TextField("Seats on the board (optional)", longest=3)
    is_external = TickField("It stands outside the partnership and is only written to")

    def values(self) -> dict[str, Any]:
        """What was entered, as the operations take it."""
        return {
            "name": self.name.data,
            "short_name": self.short_name.data,
            "sector": self.sector.data,
            "other_names": [line.strip() for line in (self.other_names.data or "").split("\n")],
            "board_seats": int(self.board_seats.data) if self.board_seats.data else None,
            "is_external": bool(self.is_external.data),
        }

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether everything was entered as asked for."""
        sound = bool(super().validate(extra_validators))
        seats, longest = self.board_seats.data, 200
        if seats and not (seats.isascii() and seats.isdecimal() and len(seats) <= 3 and int(seats) <= 100):
            self.board_seats.errors = ["Enter how many seats it has, as a whole number up to 100"]
            sound = False
        if any(len(line) > longest for line in (self.other_names.data or "").split("\n")):
            self.other_names.errors = [f"Shorten each name to at most {longest} characters"]
            sound = False
        return sound


class GroupForm(TrackerForm):
    """A sub-group or panel."""

    name = TextField("Name", missing="Enter the name of the group", longest=200)
    short_name = TextField("Short name", missing="Enter its short name", longest=60)
    purpose = LongTextField("What it is there for (optional)", rows=3)
    reviews_child_deaths = TickField(
        "It reviews child deaths",
        description="Its members, and nobody else but the co-ordinator, open the deaths it reviews.",
    )


class SeatForm(TrackerForm):
    """A seat on a group."""

    person = ChoiceField("Who gets a seat, or changes theirs?", missing="Choose who gets the seat")
    is_chair = TickField("This person chairs the group")


class WhyForm(TrackerForm):
    """Why something ends or comes back."""

    reason = LongTextField(
        "Why?", missing="Say why", rows=3, longest=2000, description="It is kept in the audit trail."
    )


class TurnStructureForm(TurningForm, WhyForm):
    """Why a structure is withdrawn or comes back."""


class PersonForm(TrackerForm):
    """What is held of a person."""

    name = TextField("Name", missing="Enter the person’s name", longest=200)
    role_title = TextField(
        "Post",
        missing="Enter the post the person holds",
        longest=200,
        description="For example, Named nurse.",
    )
    email = TextField("E-mail address", missing="Enter the person’s e-mail address", longest=254)
    agency = ChoiceField("Agency (optional)", empty="None")

    def offer(self, held: Agency | None = None) -> None:
        """Set the agencies to choose from, and the one a person belongs to already."""
        agencies = {agency.ref: agency.name for agency in accounts.agencies()}
        if held is not None:
            agencies[held.ref] = held.name
        self.agency.offer(agencies, empty="None")

    def values(self) -> dict[str, Any]:
        """What was entered, as the operations take it."""
        names = ("name", "role_title", "email")
        agency = queries.agency(self.agency.data) if self.agency.data else None
        return {name: self._fields[name].data for name in names} | {"agency": agency}


class InviteForm(PersonForm):
    """Somebody who is given an account."""

    role = ChoiceField(
        "Role (optional)",
        choices=ROLES,
        empty="None yet",
        description="Further roles, and seats on groups, are given on the person’s page.",
    )


class RoleForm(TrackerForm):
    """A role for a person; those held for an agency are held for the person's own."""

    role = RadiosField("Which role?", choices=ROLES, missing="Choose the role")


class DeputyForm(TrackerForm):
    """Who stands in, and when."""

    deputy = ChoiceField("Who stands in?", missing="Choose who stands in")
    is_absence = RadiosField(
        "When does the deputy step in?",
        choices={
            YES: "While the person is away: the deputy gets everything that is owed",
            NO: "As a standing deputy: the deputy gets what is overdue",
        },
        missing="Choose when the deputy steps in",
    )
    from_on = DateField("First day", what="the first day")
    until_on = DateField(
        "Last day (optional)",
        what="the last day",
        optional=True,
        description="Leave it empty where it holds until further notice.",
    )
