"""Who belongs to the partnership: agencies, groups and people, for everybody signed in."""

from collections.abc import Callable

from flask import Flask

from app.accounts.models import Agency, AgencyName, Group, Person, Seat
from app.core.database import current_session
from tests.support.client import PageClient
from tests.support.statements import statements
from tests.support.world import by_ref

ClientAs = Callable[[str], PageClient]


def test_everybody_signed_in_sees_agencies_groups_and_people(world: Flask, client_as: ClientAs) -> None:
    agency: Agency = by_ref(Agency, "homerton")
    agency.other_names.append(AgencyName(name="HUH"))
    agency.board_seats, agency.board_attendance_percent = 2, 25
    agency.provenance, agency.source_line = "published", "L475"
    current_session().add(Seat(group=by_ref(Group, "scr"), person=by_ref(Person, "left.owner")))
    current_session().commit()
    page = client_as("staff.reader").get("/people").get_data(as_text=True)
    for seen in ("HUH", "25%", "Statutory", "Published, L475", "SCR Sub-Group", "Scr chair", "Named nurse"):
        assert seen in page
    assert "Left owner" not in page, "whoever left is no longer among the people"
    assert "owner@example.org" not in page


def test_the_page_asks_no_more_of_the_database_for_more_rows(world: Flask, client_as: ClientAs) -> None:
    reader, counted = client_as("staff.reader"), []
    for more in (10, 40):
        for number in range(more):
            name = f"x{more}-{number}"
            agency = Agency(ref=name, name=name, short_name=name, sector="school")
            agency.other_names.append(AgencyName(name=f"other {name}"))
            group = Group(ref=name, name=name, short_name=name)
            person = Person(
                ref=name,
                name=name,
                role_title="Head",
                email=f"{name}@example.org",
                agency=agency,
                active=number % 2 == 0,
            )
            group.seats.append(Seat(person=person, is_chair=True))
            current_session().add(group)
        current_session().commit()
        with statements() as sent:
            reader.get("/people")
        counted.append(len(sent))
    assert counted[0] == counted[1]
