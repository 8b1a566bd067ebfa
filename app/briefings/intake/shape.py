"""What an issue of the briefing looks like in a file."""

from app.accounts.intake import marks
from app.briefings.models import IssueState
from app.briefings.models import Section as SectionOfIssue
from app.core.intake import (
    ALWAYS,
    Field,
    Kind,
    Rows,
    Shape,
    code,
    day,
    history,
    line,
    link,
    number,
    reference,
    running_ref,
    several,
    words,
)

#: In a file, an issue that is being sent is paused: who has it already stands in no file. One that is set for
#: a day is cleared: whoever loads it says anew when it goes, or it would go again wherever it is loaded.
STATES = tuple(each for each in IssueState if each not in (IssueState.SENDING, IssueState.SCHEDULED))

AUTHORS = Rows(
    "authors",
    (reference("person", "people", required=True),),
    key=("person",),
    order=("person",),
    description="Who wrote in it, none of whom clears it.",
)

ITEMS = Rows(
    "items",
    (
        code("section", SectionOfIssue, required=True),
        reference("lesson", "lessons"),
        reference("action", "actions"),
        reference("event", "learning_events"),
        reference("review", "reviews", description="An external source."),
        day(
            "event_on",
            description="The day of its training as readers were told it; left out: as the training says.",
        ),
        line("event_where", 200, description="The same of when and where."),
        line("why", 200, default="", description="Why it was proposed."),
        line("heading", 300, required=True),
        words("what_happened", description="In general terms."),
        words("what_we_learned"),
        words("what_you_should_do"),
        link("url", description="Where to read on."),
        line("url_words", 120, default="", description="What the link is called."),
        several("audiences", "audiences", description="The kinds of work it is for; none for everybody."),
        *marks(),
    ),
    is_history=False,
    description="What stands in it, in order.",
)

FINDINGS_KEPT = Rows(
    "findings_kept",
    history(
        Field(
            "digest",
            required=True,
            longest=64,
            pattern=r"[0-9a-f]{64}",
            said="a digest of 64 hexadecimal figures",
            description="Of the finding and the words it stands in.",
        ),
        line("kind", 40, required=True),
        words("reason", required=True, default=None),
        reference("kept_by", "people"),
    ),
    key=("digest",),
    order=("digest",),
    description="Words that might identify somebody and stayed, each with the reason.",
)

RESULTS = Rows(
    "results",
    history(
        number("after_days", required=True, least=1, most=400),
        reference("agency", "agencies"),
        reference("audience", "audiences", description="Without it and an agency, of all readers together."),
        day("taken_on", required=True),
        number("addressed", default=0, description="Readers in the frozen audience; 0 where nobody knows."),
        number("delivered", default=0),
        number("bounced", default=0),
        number("not_sent", default=0),
        number("clicked", description="Readers who followed some link."),
        number("opened", description="Only an indication."),
        number("left", default=0),
        number("receipts", default=0),
        number("staff", default=0, most=10_000_000),
        number("votes", default=0, description="How many said how useful it was."),
        number("useful", default=0),
        *marks(),
    ),
    key=("after_days", "agency", "audience"),
    order=("after_days", "agency", "audience"),
    description="Its results so many days after it went out: by agency, by kind of work, and in all.",
)

_ITEM = number("item", required=True, least=1, most=1000, description="The place of the item with the link.")
_COUNTS = (number("clicks", default=0), number("scanners", default=0, description="By programs."))

CLICKS = Rows(
    "clicks",
    (
        _ITEM,
        reference("agency", "agencies", description="Left out where it is not known."),
        number("readers", default=0, description="0 where that was not kept."),
        *_COUNTS,
    ),
    is_history=False,
    order=("item", "agency"),
    description="How often the links of its items were followed, summed up; never by whom.",
)

CLICKS_AFTER_DAYS = Rows(
    "clicks_after_days",
    (
        _ITEM,
        number("after_days", required=True, least=1, most=400),
        number("readers", description="Left out where that was not kept."),
        *_COUNTS,
    ),
    is_history=False,
    order=("item", "after_days"),
    description="How often the links of its items had been followed so many days after it went out.",
)

#: The rows that belong to the links of an issue.
FOLLOWED = (CLICKS.name, CLICKS_AFTER_DAYS.name)

FEEDBACK = Rows(
    "feedback",
    history(
        number("useful", least=1, most=4),
        words("words"),
        Field("given_on", Kind.DAY, required=True),
        day("settled_on", settled="settled_on"),
    ),
    is_history=False,
    description="What readers said of it; never who.",
)

ISSUE = Shape(
    (
        running_ref("B"),
        Field(
            "period",
            pattern=r"[0-9]{4}-(0[1-9]|1[0-2])",
            said="a month like 2017-04",
            description="Left out where the record does not say which month it was.",
        ),
        number("number", default=1, least=1, most=1000),
        line("title", 120, required=True),
        line("headline", 200, default=""),
        words("introduction"),
        words("questions", description="Up to three, one on each line, for a team to discuss."),
        code("state", STATES, required=True),
        reference("corrects", "briefings", description="The earlier issue that it puts right."),
        reference(
            "brings_again",
            "briefings",
            description="The earlier issue that it brings again to those who followed no link in it.",
        ),
        day("prepared_on", required=True, settled=ALWAYS),
        day("checked_on"),
        reference("checked_by", "people"),
        words("returned_reason", default=None, description="Why it came back to draft the last time."),
        reference("returned_by", "people"),
        day("cleared_on"),
        reference("cleared_by", "people"),
        day("scheduled_on"),
        Field(
            "scheduled_time",
            pattern=r"([01][0-9]|2[0-3]):[0-5][0-9]",
            said="a time like 09:30",
        ),
        reference("scheduled_by", "people"),
        day("sent_on"),
        day(
            "cascaded_on",
            description="When agency leads got the team version; left out: on the day it was sent.",
        ),
        words("stopped_reason", default=None),
        several("for_agencies", "agencies"),
        several("for_areas", "areas"),
        several("for_audiences", "audiences"),
        several("for_topics", "themes"),
        *marks(),
    ),
    (AUTHORS, ITEMS, FINDINGS_KEPT, RESULTS, CLICKS, CLICKS_AFTER_DAYS, FEEDBACK),
    description="An issue of the briefing, with what came of it.",
)
