"""The partnership, its areas, agencies, groups and people, loaded in bulk and read back."""

from collections.abc import Collection, Iterator
from typing import Any

from app.accounts.models import (
    Agency,
    AgencyName,
    Area,
    Deputy,
    Group,
    Partnership,
    Person,
    Provenance,
    RoleAssignment,
    Seat,
    Sector,
    Source,
)
from app.accounts.policy import Role
from app.core.intake import (
    ALWAYS,
    Child,
    Field,
    Kind,
    Known,
    Problem,
    Record,
    Rows,
    Section,
    Shape,
    Texts,
    clashes,
    code,
    day,
    flag,
    history,
    line,
    named_ref,
    number,
    reference,
    repeated,
    words,
)
from app.outbox.rules import ADDRESS, LONGEST_ADDRESS

#: Roles that say nothing without the agency they are held for.
FOR_AN_AGENCY = (Role.AGENCY_LEAD, Role.BOARD_MEMBER)


def marks(*, settled: str | None = None) -> tuple[Field, ...]:
    """Where a record comes from."""
    return (
        code("provenance", Provenance, default=Provenance.RECORDED.value, settled=settled),
        line("source_line", 100, settled=settled, description="Line or lines of the published source."),
        words("source_note", default=None, settled=settled, description="What to know about the source."),
    )


def withdrawal() -> tuple[Field, ...]:
    """That a structure is offered no more, and why."""
    return day("withdrawn_on"), words("withdrawn_reason", default=None)


def conflicts() -> Rows:
    """Who has or had a conflict of interest in a source; its table is joined by the source's reference."""
    return Rows(
        "conflicts",
        history(
            reference("person", "people", required=True),
            words("nature", required=True),
            day("declared_on", required=True),
            reference("declared_by", "people"),
            day("ended_on", settled="ended_on"),
            reference("ended_by", "people", settled="ended_on"),
            words("ended_reason", default=None, settled="ended_on"),
        ),
        key=("person", "declared_on"),
        order=("declared_on",),
        description="Who has or had a conflict of interest in it, and what it is.",
    )


def check_conflicts(record: Record) -> Iterator[Problem]:
    """Nobody has two conflicts of interest at a time; one that ended says when and why."""
    rows = record.get("conflicts", ())
    for row in repeated([row for row in rows if "ended_on" not in row], "person"):
        yield row.problem("person", f"{record.ref} has this person here twice")
    for row in rows:
        if ("ended_on" in row) != ("ended_reason" in row):
            yield row.problem("ended_reason", "What stands no longer has the day and the reason")


def _withdrawn_with_reason(records: Collection[Record]) -> Iterator[Problem]:
    """A day without a reason says nothing, and a reason without a day is of no day."""
    for record in records:
        if ("withdrawn_on" in record) != ("withdrawn_reason" in record):
            yield record.problem("withdrawn_on", "What is withdrawn has a day and a reason")


class PartnershipSection(Section):
    """The one partnership that a database serves."""

    name = "partnership"
    kind = "partnership"
    model = Partnership
    is_small = True
    shape = Shape(
        (
            named_ref(),
            line("name", 200, required=True),
            line("short_name", 40, required=True),
            line("briefing_name", 100, default="Briefing"),
            line("help_email", LONGEST_ADDRESS, pattern=ADDRESS, said="an e-mail address"),
            *marks(),
        ),
        description="The partnership this database serves: one.",
    )

    def check(self, records: Collection[Record], known: Known) -> Iterator[Problem]:
        """A database serves one partnership."""
        first = next(iter(known.here[self.name].values()), None) or next(iter(records), None)
        for record in records:
            if first is not None and record.ref != first.ref:
                yield record.problem(
                    "ref", f"A database serves one partnership, and this one serves {first.ref}"
                )


class AreaSection(Section):
    """Local authority areas."""

    name = "areas"
    kind = "area"
    model = Area
    is_small = True
    shape = Shape(
        (named_ref(), line("name", 100, required=True), *withdrawal()), description="Local authority areas."
    )

    def check(self, records: Collection[Record], known: Known) -> Iterator[Problem]:
        """What is withdrawn says why."""
        yield from _withdrawn_with_reason(records)


class AgencySection(Section):
    """Agencies, with the other names they go by."""

    name = "agencies"
    kind = "agency"
    model = Agency
    is_small = True
    texts = {"other_names": Texts(AgencyName, "agency_id", "name")}  # noqa: RUF012 (never changed)
    shape = Shape(
        (
            named_ref(),
            line("name", 200, required=True),
            line("short_name", 60, required=True),
            code("sector", Sector, required=True),
            number("board_seats", most=100),
            number("board_attendance_percent", most=100),
            flag("is_external", description="Whether it stands outside the partnership."),
            Field("other_names", Kind.TEXTS, longest=200, description="Other names it goes by."),
            *withdrawal(),
            *marks(),
        ),
        description="Organisations that owe actions, sit on groups, or are written to.",
    )

    def check(self, records: Collection[Record], known: Known) -> Iterator[Problem]:
        """Another name leads to one agency only; what is withdrawn says why."""
        yield from _withdrawn_with_reason(records)
        holder: dict[str, str] = {}
        for agency in known.everything(self.name):
            for other_name in agency.get("other_names", ()):
                holder.setdefault(other_name, agency.ref)
        for record in records:
            for other_name in record.get("other_names", ()):
                if holder[other_name] != record.ref:
                    yield record.problem(
                        "other_names",
                        f"Another name leads to one agency; this one to {holder[other_name]}",
                        other_name,
                    )


class GroupSection(Section):
    """Sub-groups and panels."""

    name = "groups"
    kind = "group"
    model = Group
    is_small = True
    shape = Shape(
        (
            named_ref(),
            line("name", 200, required=True),
            line("short_name", 60, required=True),
            words("purpose", default=None),
            flag(
                "reviews_child_deaths",
                description="Whether it reviews child deaths, which its members may open.",
            ),
            number("meetings_in_year", most=366),
            *withdrawal(),
            *marks(),
        ),
        description="Sub-groups and panels, which oversee cases and sign actions off.",
    )

    def check(self, records: Collection[Record], known: Known) -> Iterator[Problem]:
        """What is withdrawn says why."""
        yield from _withdrawn_with_reason(records)


class PersonSection(Section):
    """People with their roles and seats; never with what they sign in by."""

    name = "people"
    kind = "person"
    model = Person
    is_small = True
    children = {  # noqa: RUF012 (never changed)
        "roles": Child(RoleAssignment, "person_id"),
        "seats": Child(Seat, "person_id"),
        "deputies": Child(Deputy, "person_id"),
    }
    shape = Shape(
        (
            named_ref(),
            line("name", 200, required=True),
            line("role_title", 200, required=True),
            line("email", LONGEST_ADDRESS, required=True, pattern=ADDRESS, said="an e-mail address"),
            reference("agency", "agencies"),
            flag("active", default=True, description="False once the person has left."),
            day("left_on"),
        ),
        (
            Rows(
                "roles",
                (code("role", Role, required=True), reference("agency", "agencies")),
                is_history=False,
                order=("role", "agency"),
                description="What the person is to the partnership; for an agency where it is held for one.",
            ),
            Rows(
                "seats",
                (reference("group", "groups", required=True), flag("is_chair")),
                is_history=False,
                order=("group",),
                description="The groups the person sits on.",
            ),
            Rows(
                "deputies",
                (
                    reference("deputy", "people", required=True),
                    day("from_on", required=True),
                    day(
                        "until_on", description="The last day; left out until further notice.", settled=ALWAYS
                    ),
                    flag("is_absence", description="Whether the person is away meanwhile."),
                    reference("arranged_by", "people", settled=ALWAYS),
                    day("ended_on", settled="ended_on", description="The day it was called off."),
                ),
                key=("deputy", "from_on", "is_absence"),
                description="Who stood, stands or will stand in for the person.",
            ),
        ),
        description="People. They come without a password: each is invited to choose one.",
    )

    def check(self, records: Collection[Record], known: Known) -> Iterator[Problem]:
        """An address is one person's; some roles need an agency; nothing is held twice."""
        yield from clashes(records, known.everything(self.name), "email", "This address is already that of")
        for record in records:
            for row in record.get("roles", ()):
                if row["role"] in FOR_AN_AGENCY and "agency" not in row:
                    yield row.problem(
                        "agency", f"{record.ref}: The role {row['role']} is held for an agency; name it"
                    )
            for row in repeated(record.get("roles", ()), "role", "agency"):
                yield row.problem("role", f"{record.ref} holds this role twice")
            for row in repeated(record.get("seats", ()), "group"):
                yield row.problem("group", f"{record.ref} sits on this group twice")
            for row in record.get("deputies", ()):
                if row["deputy"] == record.ref:
                    yield row.problem("deputy", f"{record.ref}: Nobody stands in for themselves")
                if row.get("until_on", row["from_on"]) < row["from_on"]:
                    yield row.problem("until_on", f"{record.ref}: The last day is the first day or later")

    def row_columns(self, rows: Rows, row: Record, record: Record, known: Known) -> dict[str, Any]:
        """An arrangement says when it came to be here."""
        columns = super().row_columns(rows, row, record, known)
        return columns | {"arranged_at": known.at} if rows.name == "deputies" else columns


def sections() -> tuple[Section, ...]:
    """The room's sections, in the order in which they can be written."""
    return PartnershipSection(), AreaSection(), AgencySection(), GroupSection(), PersonSection()


class SourceSection(Section):
    """Sources of every kind, as what comes from them refers to them. They stand in their own sections."""

    name = "sources"
    kind = "source"
    model = Source
    shape = Shape((Field("ref"),))
    stands_for = ("reviews", "child_deaths", "panels")
