"""Named, typed questions that a low room asks and a high room answers; filled when the rooms are joined.

Each hook is filled by kind. A hook that nobody fills fails the gates, and asking it raises.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, ParamSpec, Protocol, TypeVar

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")


class Hook(Generic[Parameters, Answer]):
    """One question, answered by one function for each kind of thing it is asked about."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._answers: dict[str, Callable[Parameters, Answer]] = {}

    def fill(self, kind: str, answer: Callable[Parameters, Answer]) -> None:
        """Let ``answer`` speak for this kind."""
        self._answers[kind] = answer

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds that somebody answers for."""
        return frozenset(self._answers)

    def ask(self, kind: str, *args: Parameters.args, **kwargs: Parameters.kwargs) -> Answer:
        """The answer of whoever speaks for this kind. Raises LookupError where nobody does."""
        if kind not in self._answers:
            raise LookupError(f"nobody answers {self.name} for {kind}")
        return self._answers[kind](*args, **kwargs)


class MessageText:
    """A message as it leaves: subject, plain text and HTML.

    One that carries a link to sign in by is not ``kept``: its words are made anew at each attempt, so that
    no page and no copy of the database can show the link.
    """

    __slots__ = ("html", "kept", "subject", "text")

    def __init__(self, *, subject: str, text: str, html: str, kept: bool = True) -> None:
        self.subject = subject
        self.text = text
        self.html = html
        self.kept = kept


@dataclass(frozen=True, eq=False)
class Pattern:
    """What thousands of messages say, with places in between where they differ; kept by whoever made it.

    ``text`` and ``html`` are the words between the places, so one more than there are places in each.
    """

    subject: str
    text: tuple[str, ...]
    html: tuple[str, ...]
    #: What else stands at the head of each message: name and value, in seven bits.
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Spliced:
    """One message of a pattern: what stands in its places, and what stands at its head alone."""

    pattern: Pattern
    text: Sequence[str]
    #: As HTML.
    html: Sequence[str]
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Owed:
    """One thing that a person has and somebody else must have once the person has left."""

    #: The kind of the thing, which says who hands it over.
    kind: str
    #: The thing, unique within its kind, for example ``A-0107``.
    ref: str
    #: What the page calls it, without a word of a case, for example "Action A-0107".
    label: str
    #: The agency that a successor must belong to; null where any will do.
    agency_id: int | None = None
    #: The group the thing belongs to, where it belongs to one.
    group_id: int | None = None
    #: Whether it must have a successor. Otherwise nobody may have it for now, and ``without`` says what then.
    is_person_needed: bool = True
    #: What happens while nobody has it, as a sentence.
    without: str | None = None


@dataclass(frozen=True)
class Begun:
    """That some case began on a day, and whether one of that day came to its end.

    How many there are is not said: from the numbers of day after day somebody would learn of each case.
    """

    on: date
    has_ended: bool = False


class Named(Protocol):
    """How the audit trail names a record: its kind, its reference and the source its thread begins at."""

    @property
    def kind(self) -> str: ...
    @property
    def ref(self) -> str: ...
    @property
    def source_ref(self) -> str | None: ...


@dataclass(frozen=True)
class Redactable:
    """A record with the texts people wrote into it and into its parts, each of which can be emptied."""

    subject: Named
    #: What the policy decides by.
    facts: Any
    #: By the name of the field: what the page calls it, and what stands there now. Texts that are empty now
    #: stand here too where an earlier wording may be in the trail.
    texts: Mapping[str, tuple[str, str]]
    #: Puts the mark in the place of the field's text.
    empty: Callable[[str, str], None]
    #: Keeps the record from every other writer until the transaction ends.
    lock: Callable[[], None]
    #: The fields that are closed to whoever acts now, though the record is open to them.
    hidden: frozenset[str] = frozenset()
    #: Whether a file (by the name of its field) was made here of one of these texts, so that it goes too.
    repeats: Callable[[str, frozenset[str]], bool] = lambda field, texts: False
    #: The kind and reference of each other record that its words or files may have been copied to.
    copies: Callable[[], Sequence[tuple[str, str]]] = tuple
    #: What may be read only by those whom the policy allows a verb on the record, and that verb: by the name
    #: of the field, and by the verb of the entries of the trail that hold such words.
    only_for: Mapping[str, str] = field(default_factory=dict)


#: Whether the message (by its row number) is still true on the business day it was queued for.
still_wanted: Hook[[int, date], bool] = Hook("still_wanted")
#: The words of the message (by its row number), judged for the business day it was queued for.
message_text: Hook[[int, date], MessageText] = Hook("message_text")
#: The messages (by row number) of a kind that is sent by the thousand: for each what makes its words, without
#: asking the database again. They are kept nowhere; one that is left out has none.
messages_spliced: Hook[[Sequence[int]], Mapping[int, Callable[[], Spliced]]] = Hook("messages_spliced")
#: For such a kind, a condition on the table of messages that is handed in: while it holds, a message is still
#: true. It stands in the very statement that begins the message.
wanted_while: Hook[[Any], Any] = Hook("wanted_while")
#: The message (by its row number) was refused for good; the reason is what the receiver said.
delivery_failed: Hook[[int, str], None] = Hook("delivery_failed")
#: A person had the message (by its row number) of the kind sent again, or said that it arrived; asked only
#: where somebody answers.
message_settled: Hook[[int], None] = Hook("message_settled")
#: What is owed about the subject (by its reference) changed; reminders not attempted yet are taken out.
dues_changed: Hook[[str], None] = Hook("dues_changed")
#: Everything of the kind that the person (by row number) has.
person_owes: Hook[[int], Sequence[Owed]] = Hook("person_owes")
#: The people (by row number) who left and still have something of the kind.
left_holding: Hook[[], Sequence[int]] = Hook("left_holding")
#: The thing of the kind (by its reference) goes from one person to another (by row number), for the reason
#: given; null as the successor means nobody for now. Asked after whoever asks has checked what a person may
#: do. Raises RuleBroken where the successor cannot have it.
hand_over: Hook[[str, int, int | None, str], None] = Hook("hand_over")
#: What open things of the kind still use a structure ("area", "agency" or "group", by row number): so many,
#: and what they are called, for example ``3 open actions``; null for none.
structure_used: Hook[[str, int], str | None] = Hook("structure_used")
#: On which days cases of the kind began under each regime (by row number), in their order.
cases_begun: Hook[[], Mapping[int, Sequence[Begun]]] = Hook("cases_begun")
#: The time limits of a regime (by row number) changed for cases that began on a day or later: what is kept
#: of those that are open is written anew.
limits_changed: Hook[[int, date], None] = Hook("limits_changed")
#: A regime (the second, by row number) takes the place of another: what belongs to the former is copied.
regime_follows: Hook[[int, int], None] = Hook("regime_follows")
#: A regime (by row number) is taken off before any case began under it: what belongs to it goes too.
regime_taken_off: Hook[[int], None] = Hook("regime_taken_off")
#: The codes of the stages that the rules of the kind of case rest on, so that no guidance is without them.
stages_needed: Hook[[], Collection[str]] = Hook("stages_needed")
#: Where the decision about a case (by its row number) is recorded, as a sentence; null where it is on its own
#: page.
decided_elsewhere: Hook[[int], str | None] = Hook("decided_elsewhere")
#: The record of the kind with that reference, and its texts. Raises NoResultFound.
redactable: Hook[[str], Redactable] = Hook("redactable")

ALL: tuple[Hook[Any, Any], ...] = (
    still_wanted,
    message_text,
    messages_spliced,
    wanted_while,
    delivery_failed,
    message_settled,
    dues_changed,
    person_owes,
    left_holding,
    hand_over,
    structure_used,
    cases_begun,
    limits_changed,
    regime_follows,
    regime_taken_off,
    stages_needed,
    decided_elsewhere,
    redactable,
)
