"""The page of a case put together: where it stands, its clocks, what it waits on and what came of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import Any

from flask import url_for

from app.accounts.guard import may
from app.audit import queries as audit
from app.audit.models import AuditEntry
from app.audit.refusals import plain_line
from app.cdop import queries
from app.cdop.models import CaseStage, ChildDeathCase, Wait
from app.cdop.models.vocabulary import Vocabulary
from app.cdop.rules.cases import (
    CLOSED,
    KNOWN,
    PANEL,
    clock_words,
    letter,
    may_pause,
    quarter_words,
)
from app.cdop.rules.completeness import (
    Deed,
    Lack,
    missing_for_closing,
    missing_for_panel,
    next_step,
)
from app.cdop.standing import PATHWAY, clocks_of, progress_of
from app.clocks import queries as clock_queries
from app.clocks.models import ClockPause, Stage
from app.clocks.rules import Clock, ClockState, next_clock
from app.core.clock import today
from app.core.filters import plural

#: How many lines of the trail a page shows.
LONGEST = 200

#: What is said of a death, each by the vocabulary of its code.
_WORDS = (
    Vocabulary.AGE_BAND,
    Vocabulary.SEX,
    Vocabulary.ETHNICITY_GROUP,
    Vocabulary.PLACE,
    Vocabulary.EXCLUSION,
    Vocabulary.WAITING_ON,
    Vocabulary.CATEGORY,
    Vocabulary.CONCLUSION,
)


@dataclass(frozen=True)
class ShownClock:
    """One clock in words."""

    clock: Clock
    letter: str
    words: str

    @property
    def label(self) -> str:
        """What is to happen in time."""
        return self.clock.limit.label

    @property
    def rule(self) -> str:
        """How long there is, and who says so."""
        return f"{self.clock.limit.words}, {'guidance' if self.clock.limit.is_statutory else 'local'}"


class StepState(StrEnum):
    """Where a stage lies on the way of a case."""

    DONE = "done"
    NOW = "now"
    AHEAD = "ahead"


@dataclass(frozen=True)
class Step:
    """One stage of the way, with the clocks that it meets."""

    stage: Stage
    state: StepState
    row: CaseStage | None
    #: The number of the row in the order of recording, by which it is withdrawn.
    number: int
    clocks: Sequence[ShownClock]

    @property
    def may_be_withdrawn(self) -> bool:
        """Whether it can be taken away by itself."""
        return self.row is not None and self.stage.code not in (KNOWN, PANEL, CLOSED)


@dataclass(frozen=True)
class Happening:
    """One line of the timeline."""

    business_on: date
    line: str
    actor_name: str
    is_read: bool = False


@dataclass(frozen=True)
class LessonOf:
    """A lesson of the case, with the actions that answer it."""

    lesson: Any
    actions: Sequence[Any]


@dataclass(frozen=True)
class Way:
    """Where something is done: the words of the link, and its address."""

    words: str
    href: str


@dataclass(frozen=True)
class CasePage:
    """Everything the page of a case says."""

    case: ChildDeathCase
    age_days: int
    quarter: str
    words: Mapping[str, Mapping[str, str]]
    steps: Sequence[Step]
    next_clock: ShownClock | None
    #: Stages that were recorded wrongly.
    withdrawn_stages: Sequence[CaseStage]
    waits: Sequence[tuple[int, Wait]]
    pauses: Sequence[tuple[int, ClockPause]]
    limit_labels: Mapping[str, str]
    may_ask_to_pause: bool
    #: What is missing before the panel, or before the end, with the way to where it is added; none of a case
    #: that is over.
    missing: Sequence[tuple[Lack, Way]]
    #: What whoever runs it comes to next; null while that is for others to do, or the case is over.
    next_way: Way | None
    is_reviewed: bool
    returned: int
    lessons: Sequence[LessonOf]
    #: Actions that answer no lesson shown.
    loose: Sequence[Any]
    timeline: Sequence[Happening]

    def word(self, vocabulary: str, code: str | None) -> str:
        """What a code of the record means."""
        return self.words[vocabulary].get(code, code) if code else ""


def _had_time(clock: Clock) -> bool:
    """Whether what the clock awaits still had time; of a review that is over, that is nothing any more."""
    return clock.state in (ClockState.RUNNING, ClockState.PAUSED)


def case_page(case: ChildDeathCase) -> CasePage:
    """Put the page together for the person signed in. Expects what ``queries.case_in_full`` loads."""
    on = today()
    words = queries.labels(*_WORDS)
    clocks = clocks_of(case, on) if case.exclusion is None else []
    shown = [ShownClock(each, letter(each), clock_words(each)) for each in clocks]
    first = next_clock(clocks) if case.is_open else None
    progress = progress_of(case, waiting_on=words[Vocabulary.WAITING_ON])
    is_reviewed = case.reviewed_on is not None
    missing = missing_for_closing(progress) if is_reviewed else missing_for_panel(progress)
    step = next_step(progress, is_reviewed=is_reviewed)
    pathway = clock_queries.stages(regime_id=case.regime_id, pathway=PATHWAY)
    labels = {stage.code: stage.label for stage in pathway}
    pauses = sorted(clock_queries.pauses_of(case.ref), key=lambda each: each.id)
    lessons, loose = _learned(case)
    return CasePage(
        case=case,
        age_days=((case.closed_on or on) - case.known_on).days,
        quarter=quarter_words(case.death_quarter_on),
        words=words,
        steps=_steps(case, pathway, [each for each in shown if case.is_open or not _had_time(each.clock)]),
        next_clock=next((each for each in shown if each.clock is first), None),
        withdrawn_stages=[row for row in case.stages if row.withdrawn_on is not None],
        waits=list(enumerate(sorted(case.waits, key=lambda each: each.id), start=1)),
        pauses=list(enumerate(pauses, start=1)),
        limit_labels={each.clock.limit.code: each.label for each in shown},
        may_ask_to_pause=any(map(may_pause, clocks)),
        missing=[(each, _way(case, each.deed, each.stage)) for each in missing] if case.is_open else (),
        next_way=_way(case, step.deed, step.stage, labels=labels) if step and case.is_open else None,
        is_reviewed=is_reviewed,
        returned=sum(not each.is_open for each in case.returns_standing),
        lessons=lessons,
        loose=loose,
        timeline=_timeline(case),
    )


def _way(case: ChildDeathCase, deed: Deed, stage: str, *, labels: Mapping[str, str] | None = None) -> Way:
    """Where something is done about a case; with ``labels`` the words name the stage that is recorded."""
    if deed is Deed.STAGE:
        words = f"Record “{labels[stage]}”" if labels else "Record it"
        return Way(words, url_for("child_deaths.record_stage", ref=case.ref, stage=stage))
    if deed is Deed.PANEL and case.panel is not None:
        return Way(f"Open {case.panel.ref}", url_for("meetings.agenda", ref=case.panel.ref))
    words, endpoint = {
        Deed.ASK: ("Ask agencies", "agency_returns.ask"),
        Deed.RETURNS: ("Chase or waive", "agency_returns.of_case"),
        Deed.ANALYSIS: ("Open the analysis", "child_death_analysis.show"),
        Deed.FEEDBACK: ("Record feedback to the family", "child_deaths.feedback"),
        Deed.CLOSE: ("Close the case", "child_deaths.close"),
        Deed.PANEL: ("See what is ready for a panel", "meetings.planner"),
        Deed.WAITS: ("See what it waits on", ""),
    }[deed]
    if not endpoint:
        return Way(words, "#waits")
    return Way(words, url_for(endpoint) if deed is Deed.PANEL else url_for(endpoint, ref=case.ref))


def _steps(case: ChildDeathCase, pathway: Sequence[Stage], clocks: Sequence[ShownClock]) -> list[Step]:
    codes = {stage.code for stage in pathway}
    numbers = {row.id: number for number, row in enumerate(sorted(case.stages, key=lambda each: each.id), 1)}
    rows = {row.stage.code: row for row in case.stages_standing}
    steps = []
    for stage in pathway:
        row = rows.get(stage.code)
        state = StepState.DONE if row else StepState.AHEAD
        if stage.code == case.stage_code:
            state = StepState.NOW
        mine = [
            each
            for each in clocks
            # What no stage meets, such as the last of the agencies' forms, stands where it starts.
            if stage.code == (each.clock.limit.met_by if each.clock.limit.met_by in codes else "")
            or (each.clock.limit.met_by not in codes and each.clock.limit.starts_from == stage.code)
        ]
        steps.append(Step(stage, state, row, numbers[row.id] if row else 0, mine))
    return steps


def _learned(case: ChildDeathCase) -> tuple[list[LessonOf], list[Any]]:
    """The lessons and actions of the case, as far as the person may read them."""
    lessons = [each for each in case.lessons if each.withdrawn_on is None and may("lesson.read", each)]
    actions = [each for each in case.actions if each.status != "withdrawn" and may("action.read", each)]
    found = [LessonOf(each, [one for one in actions if each in one.lessons]) for each in lessons]
    told = {one.id for each in found for one in each.actions}
    return found, [one for one in actions if one.id not in told]


def _timeline(case: ChildDeathCase) -> list[Happening]:
    """The trail, and before its first entry the stages that the record itself tells of."""
    with_reads = may("audit.see_reads") or may("child_death.approve", case)
    entries = audit.timeline(case.kind, case.ref, with_reads=with_reads, limit=LONGEST)
    told = [
        Happening(each.business_on, _named(each, case.ref), each.actor_name, each.is_read) for each in entries
    ]
    began_on = min((each.business_on for each in entries), default=None)
    told += [
        each
        for each in _stages(case.stages_standing, case.ref)
        if began_on is None or each.business_on < began_on
    ]
    return told


def _stages(rows: Iterable[CaseStage], ref: str) -> list[Happening]:
    return [
        Happening(
            row.reached_on,
            f"{ref} reached the stage “{row.stage.label}”",
            row.recorded_by.name if row.recorded_by else "",
        )
        for row in sorted(rows, key=lambda each: (each.reached_on, each.stage.position), reverse=True)
    ]


def _named(entry: AuditEntry, ref: str) -> str:
    """The entry's line; on the thread of another record it says which one it is about."""
    line = plain_line(entry.verb, entry.line)
    if entry.subject_ref == ref or entry.subject_ref in line:
        return line
    return f"{entry.subject_ref}: {line[:1].lower()}{line[1:]}"


@dataclass(frozen=True)
class BoardRow:
    """A case as the board and its file show it."""

    case: ChildDeathCase
    age_days: int
    stage: str
    clock: Clock | None
    letter: str
    clock_words: str
    waiting_on: Sequence[str]
    returned: int
    asked: int

    @property
    def returns(self) -> str:
        """How many of the agencies that were asked have answered: "3 of 5"."""
        return f"{self.returned} of {self.asked}" if self.asked else "none asked"


def board_rows(cases: Sequence[ChildDeathCase], on: date) -> list[BoardRow]:
    """The rows of a page of the board: their clocks and words, in as many questions however many they are."""
    stood = clock_queries.pauses(case.ref for case in cases)
    stages = queries.stage_labels()
    waiting = queries.waiting_on()
    rows = []
    for case in cases:
        first = next_clock(clocks_of(case, on, pauses=stood)) if case.is_open else None
        rows.append(
            BoardRow(
                case=case,
                age_days=((case.closed_on or on) - case.known_on).days,
                stage=stages.get((case.regime_id, case.stage_code), case.stage_code),
                clock=first,
                letter=letter(first),
                clock_words=f"{first.limit.label}: {clock_words(first)}" if first else "no clock runs",
                waiting_on=[waiting.get(each.reason, each.reason) for each in case.waits_standing],
                returned=sum(not each.is_open for each in case.returns_standing),
                asked=len(case.returns_standing),
            )
        )
    return rows


def by_stage(rows: Sequence[BoardRow]) -> list[tuple[str, list[BoardRow]]]:
    """The rows that follow each other at one stage, under its words; where regimes differ in them, all."""
    found = [list(some) for _, some in groupby(rows, key=lambda row: row.case.stage_code)]
    return [(" or ".join(dict.fromkeys(row.stage for row in some)), some) for some in found]


def targets_in_words(moved: Sequence[Any], dated: Any) -> str:
    """What a change did to the clocks, to stand in the banner; nothing where it moved none."""
    parts = []
    for each in moved:
        if each.after is None:
            parts.append(f"“{each.label}” has no due date now")
        elif each.before is None:
            parts.append(f"“{each.label}” is due on {dated(each.after)}")
        else:
            parts.append(f"“{each.label}” is due on {dated(each.after)}, no longer {dated(each.before)}")
    if not parts:
        return ""
    return f" {plural(len(parts), 'clock')} computed anew: {'; '.join(parts)}."
