"""The papers and minutes of a panel as tagged PDF: anonymised, and of nothing that is not held here.

The words go into a fixed template as data, so that nothing written in a record is read as more than words.
Neither the CDOP number nor the reference in eCDOP, the quarter, the area or the ethnicity group stands in
them: a panel needs none of these to decide.
"""

import json
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from app.accounts import queries as accounts
from app.accounts.models import Person
from app.cdop import queries as deaths
from app.cdop.analysis import queries as analysis
from app.cdop.models.vocabulary import Vocabulary
from app.core.acting import current_actor
from app.core.clock import now
from app.core.filters import date_long, datetime_london
from app.meetings.models import AgendaItem, Attendee, Decision, PaperKind
from app.meetings.queries.sittings import Sitting
from app.meetings.rules.agenda import in_hours

MARKING = "OFFICIAL-SENSITIVE"
ILLUSTRATIVE = "Illustrative: made up to show how the tracker works. No child is behind it."

Words = Mapping[str, Mapping[str, str]]

TITLES = {PaperKind.PAPERS: "Papers of", PaperKind.MINUTES: "Minutes of"}

#: Where in what a paper says texts stand that people wrote.
_WRITTEN = frozenset(
    {
        "where",
        "without_quorum",
        "notes",
        "who",
        "learning",
        "good_practice",
        "note",
        "lacks",
        "reason",
        "left",
    }
)

_WORDS = (Vocabulary.AGE_BAND, Vocabulary.SEX, Vocabulary.WAITING_ON)


def as_pdf(said: dict[str, Any]) -> bytes:
    """A tagged PDF that says this. Nothing from outside is read for it."""
    # Imported on first use: few requests make a paper.
    import typst

    made = typst.compile(
        _template(),
        format="pdf",
        sys_inputs={"data": json.dumps(said)},
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
    )
    assert isinstance(made, bytes), "a document comes as one file"
    return made


@cache
def _template() -> bytes:
    return Path(__file__).with_name("papers.typ").read_bytes()


def content(
    held: Sitting, kind: PaperKind, *, without: frozenset[str] = frozenset(), person: Person | None = None
) -> dict[str, Any]:
    """Everything the paper says, as plain words, without what somebody has a conflict of interest in."""
    panel, meeting = held.panel, held.meeting
    assert meeting is not None, "a paper is made of a meeting"
    partnership = accounts.partnership()
    words = deaths.labels(*_WORDS)
    is_minutes = kind is PaperKind.MINUTES
    items = [
        {"place": place, "is_left_out": True}
        if each.case.ref in without
        else {
            "place": place,
            "is_left_out": False,
            "minutes": in_hours(each.minutes),
            **_death(each, words),
            **(_decided(each, words) if is_minutes else {}),
        }
        for place, each in enumerate(meeting.items, start=1)
    ]
    return {
        "kind": str(kind),
        "title": f"{TITLES[kind]} {panel.ref}",
        "marking": MARKING,
        "partnership": partnership.name if partnership else "",
        "group": panel.group.name,
        "panel_kind": panel.kind_label,
        "theme": panel.theme,
        "meets_on": date_long(panel.meets_on),
        "where": meeting.where_and_when,
        "illustrative": ILLUSTRATIVE if meeting.is_illustrative else "",
        "version": meeting.papers_version,
        "made_for": person.name if person else "",
        "made_by": current_actor().name,
        "made_at": datetime_london(now()),
        "length": in_hours(held.minutes),
        "items": items,
        "people": [_person(each, is_minutes) for each in held.attendees],
        "quorate": _quorate(held) if is_minutes else "",
        "lacks": meeting.quorum_lacks.splitlines() if is_minutes else [],
        "without_quorum": (meeting.without_quorum_reason or "") if is_minutes else "",
        # Notes of the meeting as a whole may tell of any death on its agenda.
        "notes": [note.words for note in meeting.notes] if is_minutes and not without else [],
    }


def texts_of(said: Mapping[str, Any]) -> set[str]:
    """Every text in what a paper says that people wrote; of lists also each text in them."""
    found: set[str] = set()
    for name, value in said.items():
        if isinstance(value, list):
            parts = [each for each in value if isinstance(each, Mapping)]
            found.update(*map(texts_of, parts))
            value = [each for each in value if isinstance(each, str)]
        if name in _WRITTEN:
            found |= {*value, "\n".join(value)} if isinstance(value, list) else {value}
    return {text for text in found if text.strip()}


def digest_of(text: str) -> str:
    """What a text is told by, without a word of it."""
    return sha256(text.strip().encode()).hexdigest()


def _death(item: AgendaItem, words: Words) -> dict[str, Any]:
    """What the panel is told of a death: nothing by which it could be told whose."""
    case, terms = item.case, analysis.words(item.case.regime_id)
    considered = [code for code in case.categories_considered.split() if code != case.category]
    return {
        "ref": case.ref,
        "age_band": words[Vocabulary.AGE_BAND].get(case.age_band, case.age_band),
        "sex": words[Vocabulary.SEX].get(case.sex, case.sex),
        "expected": "Expected" if case.expectedness == "expected" else "Unexpected",
        "category": terms.label(Vocabulary.CATEGORY, case.category) or "None proposed yet",
        "considered": [terms.label(Vocabulary.CATEGORY, code) for code in considered],
        "conclusion": terms.label(Vocabulary.CONCLUSION, case.conclusion) or "None proposed yet",
        "factors": [
            {
                "domain": f"{each.domain_code} {terms.label(Vocabulary.DOMAIN, each.domain_code)}",
                "factor": terms.label(Vocabulary.FACTOR, each.factor),
                "relevance": terms.label(Vocabulary.RELEVANCE, each.relevance),
                "modifiable": "Yes" if each.is_modifiable else "No",
                "note": each.note,
            }
            for each in case.factors
        ],
        "learning": case.learning,
        "good_practice": case.good_practice,
        "lacks": item.lacked.splitlines(),
    }


def _decided(item: AgendaItem, words: Words) -> dict[str, Any]:
    completed = item.decision == Decision.COMPLETED
    waits_on = words[Vocabulary.WAITING_ON].get(item.waits_on, item.waits_on) if item.waits_on else ""
    return {
        "decision": "Review completed" if completed else "Deferred",
        "reason": item.deferred_reason or "",
        "waits_on": waits_on,
        "note": item.note,
        "left": item.who_left.splitlines(),
    }


def _person(each: Attendee, is_minutes: bool) -> dict[str, str]:
    return {
        "who": each.post,
        "agency": each.agency.name if each.agency else "",
        "part": each.kind_label,
        "came": each.attendance_label if is_minutes else "",
        "stood_for": ", ".join(each.stood_for.splitlines()) if is_minutes else "",
    }


def _quorate(held: Sitting) -> str:
    assert held.meeting is not None, "minutes are made of a meeting"
    return "The panel was quorate." if held.meeting.is_quorate else "The panel was not quorate."
