"""What a finding looks like, in words."""

from enum import StrEnum


class FindingKind(StrEnum):
    """What a finding looks like, the surest first: where two would share a place, the first one has it."""

    NHS_NUMBER = "nhs_number"
    POSTCODE = "postcode"
    STREET = "street"
    DATE = "date"
    AGE = "age"
    PSEUDONYM = "pseudonym"
    NAME = "name"
    SCHOOL = "school"
    INITIALS = "initials"
    SMALL_NUMBER = "small_number"
    UNCLEARED = "uncleared"


#: What it looks like, and what the author can do about it.
KIND_WORDS: dict[FindingKind, tuple[str, str]] = {
    FindingKind.NHS_NUMBER: ("an NHS number", "Take it out."),
    FindingKind.POSTCODE: ("a postcode", "Take it out, or name the area."),
    FindingKind.STREET: ("a street or address", "Take it out, or name the area."),
    FindingKind.DATE: ("an exact day", "Say the month, the season or the year."),
    FindingKind.AGE: ("an exact age", "Say for example “a young child” or “a teenager”."),
    FindingKind.PSEUDONYM: (
        "the pseudonym of a case that is not published",
        "Leave it out. Before a review is published even its pseudonym is confidential.",
    ),
    FindingKind.NAME: ("a person’s name", "Say what their work is."),
    FindingKind.SCHOOL: ("a school, nursery or ward by name", "Say “a primary school” or “a ward”."),
    FindingKind.INITIALS: ("initials", "Take them out."),
    FindingKind.SMALL_NUMBER: ("a small number of children, families or deaths", "Say “some” or “a few”."),
    FindingKind.UNCLEARED: (
        "words of a lesson that nobody has cleared",
        "Put it in your own words, or wait until the lesson is cleared.",
    ),
}
