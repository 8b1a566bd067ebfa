"""A small partnership as a document: every section, and an action in each state that has history."""

import copy
import json
from pathlib import Path
from typing import Any

from app.transfer.operations import LoadOutcome, load_file
from tests.transfer.briefings import with_briefings
from tests.transfer.course import course_actions
from tests.transfer.deaths import with_deaths
from tests.transfer.meetings import with_meetings
from tests.transfer.rows import Document, action, person, step

__all__ = [
    "DEMONSTRATION",
    "Document",
    "action",
    "everything",
    "load_into",
    "person",
    "step",
    "whole",
    "whole_with_deaths",
]

#: The record that the demonstration begins with.
DEMONSTRATION = Path(__file__).resolve().parents[2] / "app" / "demo"


def _complete() -> Document:
    return action(
        "A-0001",
        status="complete",
        closed_on="2017-03-08",
        steps=[
            step("agree", "draft", "agreed", "2016-10-03", "chair"),
            step("start", "agreed", "in_progress", "2016-10-20", "nurse"),
            step("send_for_sign_off", "in_progress", "submitted", "2017-02-01", "nurse"),
            step("accept", "submitted", "complete", "2017-03-08", "chair"),
        ],
        updates=[
            {
                "ref": "A-0001-U1",
                "written_on": "2016-10-20",
                "written_by": "nurse",
                "words": "Begun.",
                "owner_view": "on_track",
            }
        ],
        evidence=[
            {
                "ref": "A-0001-E1",
                "kind": "words",
                "shows": "The minutes.",
                "added_on": "2017-01-30",
                "added_by": "nurse",
            }
        ],
        sign_offs=[
            {
                "ref": "A-0001-S1",
                "sent_on": "2017-02-01",
                "sent_by": "nurse",
                "what_is_different": "Every plan is known.",
                "decision": "accepted",
                "decided_on": "2017-03-08",
                "decided_by": "chair",
                "meeting_on": "2017-03-08",
            }
        ],
        impact_statements=[
            {
                "ref": "A-0001-I1",
                "level": 2,
                "statement": "Most say that it helps them.",
                "measure": "Those who say so",
                "actual": "95%",
                "measured_by": "Evaluation",
                "measured_on": "2017-03-08",
                "evidence": ["A-0001-E1"],
                "stated_on": "2017-03-10",
                "stated_by": "nurse",
            }
        ],
        impact_looks=[
            {"ref": "A-0001-K1", "closed_on": "2017-03-08", "months": 3, "due_on": "2017-06-08"},
            {
                "ref": "A-0001-K2",
                "closed_on": "2017-03-08",
                "months": 6,
                "due_on": "2017-09-08",
                "ended_on": "2017-03-20",
            },
        ],
    )


def _extended() -> Document:
    return action(
        "A-0002",
        status="in_progress",
        due_on="2017-06-28",
        recommendations=["C-0001"],
        steps=[
            step("agree", "draft", "agreed", "2016-10-03", "chair"),
            step("start", "agreed", "in_progress", "2016-11-01", "nurse"),
        ],
        updates=[
            {
                "ref": "A-0002-U1",
                "written_on": "2016-11-01",
                "written_by": "nurse",
                "words": "Begun.",
                "owner_view": "on_track",
            },
            {
                "ref": "A-0002-U2",
                "written_on": "2017-03-01",
                "written_by": "nurse",
                "words": "Slow.",
                "owner_view": "at_risk",
            },
        ],
        extension_requests=[
            {
                "ref": "A-0002-X1",
                "asked_on": "2017-03-01",
                "asked_by": "nurse",
                "from_due_on": "2017-05-31",
                "new_due_on": "2017-06-28",
                "reason_code": "funding",
                "interim_safeguard": "Each plan is read aloud at handover.",
                "decider": "board_manager",
                "decision": "granted",
                "decided_on": "2017-03-06",
                "decided_by": "manager",
            },
            {
                "ref": "A-0002-X2",
                "asked_on": "2017-03-20",
                "asked_by": "nurse",
                "from_due_on": "2017-06-28",
                "new_due_on": "2017-07-31",
                "reason_code": "staffing",
                "interim_safeguard": "As before.",
                "decider": "group_chair",
            },
        ],
        date_changes=[
            {
                "from_on": "2017-05-31",
                "to_on": "2017-06-28",
                "cause": "extension",
                "reason_code": "funding",
                "decided_on": "2017-03-06",
                "decided_by": "manager",
            }
        ],
    )


def _submitted() -> Document:
    return action(
        "A-0003",
        status="submitted",
        steps=[
            step("agree", "draft", "agreed", "2016-10-03", "chair"),
            step("send_for_sign_off", "agreed", "submitted", "2017-03-20", "nurse"),
        ],
        evidence=[
            {
                "ref": "A-0003-E1",
                "kind": "link",
                "shows": "The protocol.",
                "link": "https://www.example.org/protocol",
                "added_on": "2017-03-20",
                "added_by": "nurse",
            }
        ],
        evidence_returns=[
            {
                "evidence": "A-0003-E1",
                "reason": "The page asks for a password.",
                "returned_on": "2017-03-22",
            }
        ],
        sign_offs=[
            {
                "ref": "A-0003-S1",
                "sent_on": "2017-03-20",
                "sent_by": "nurse",
                "what_is_different": "There is a protocol.",
            }
        ],
    )


def _draft() -> Document:
    draft = action("A-0004", status="draft", lessons=[], recommendations=["C-0001"])
    for name in ("agreed_on", "first_due_on", "due_on", "steps", "owner"):
        del draft[name]
    del draft["lessons"]
    return draft


_WHOLE: Document = {
    "format": "case-learning-tracker",
    "version": 1,
    "partnership": [
        {"ref": "board", "name": "A Partnership", "short_name": "AP", "help_email": "help@example.org"}
    ],
    "areas": [{"ref": "hackney", "name": "Hackney"}],
    "agencies": [
        {
            "ref": "ccg",
            "name": "The CCG",
            "short_name": "CCG",
            "sector": "statutory",
            "board_attendance_percent": 0,
        },
        {
            "ref": "homerton",
            "name": "Homerton",
            "short_name": "Homerton",
            "sector": "statutory",
            "other_names": ["HUH", "Homerton NHS FT"],
        },
    ],
    "groups": [{"ref": "scr", "name": "SCR Sub-Group", "short_name": "SCR", "meetings_in_year": 6}],
    "people": [
        person("chair", "ccg", seats=[{"group": "scr", "is_chair": True}]),
        person("independent", None, roles=[{"role": "independent_chair"}]),
        person("left", "homerton", active=False, left_on="2016-11-30"),
        person(
            "manager",
            "ccg",
            deputies=[
                {"deputy": "chair", "from_on": "2017-04-03", "is_absence": True, "until_on": "2017-04-14"},
                {
                    "arranged_by": "manager",
                    "deputy": "chair",
                    "ended_on": "2017-03-31",
                    "from_on": "2017-05-01",
                },
            ],
            roles=[{"role": "agency_lead", "agency": "ccg"}, {"role": "board_manager"}],
        ),
        person("nurse", "homerton", roles=[{"role": "action_owner"}]),
    ],
    "themes": [
        {"ref": "family", "name": "Think Family", "parent": "practice"},
        {"ref": "practice", "name": "Practice"},
        {"ref": "relatives", "name": "Relatives", "merged_into": "family", "retired_on": "2017-01-05"},
    ],
    "reviews": [
        {
            "ref": "R-0001",
            "type": "multi_agency_case_audit",
            "caption": "Round one",
            "group": "scr",
            "regime": "WT2015_SCR",
            "report_year": "2016/17",
            "areas": ["hackney"],
            "provenance": "published",
            "source_line": "L3516-3602",
            "stages": [
                {"stage": "planned", "reached_on": "2016-05-03", "recorded_by": "manager"},
                {"stage": "fieldwork", "reached_on": "2016-06-01"},
                {"stage": "meeting", "reached_on": "2016-06-01"},
            ],
            "audited_cases": [
                {"number": 1},
                {"number": 2, "summary": "A summary of “case two” – naïve & short."},
            ],
        },
        {
            "ref": "R-0002",
            "type": "external_source",
            "caption": "From elsewhere",
            "group": "scr",
            "regime": "WT2015_SCR",
            "report_year": "2015/16",
            "stages": [{"stage": "received", "reached_on": "2016-02-03"}],
            "is_restricted": True,
            "team": [
                {"person": "nurse", "joined_on": "2016-03-01", "ended_on": "2016-06-01"},
                {"person": "chair", "is_lead": True, "joined_on": "2016-03-01", "added_by": "chair"},
            ],
            "conflicts": [
                {"person": "nurse", "nature": "A relative works there.", "declared_on": "2016-06-01"},
                {
                    "person": "manager",
                    "nature": "A former post.",
                    "declared_on": "2016-06-02",
                    "declared_by": "chair",
                    "ended_on": "2016-07-01",
                    "ended_by": "chair",
                    "ended_reason": "The post ended.",
                },
            ],
        },
    ],
    "figures": [
        {"ref": "spend", "report_year": "2016/17", "position": 1, "label": "Spending", "value": "£382,545"},
        {
            "ref": "cases",
            "review": "R-0001",
            "report_year": "2016/17",
            "position": 1,
            "label": "Cases",
            "value": "2",
        },
    ],
    "lessons": [
        {
            "ref": "L-0001",
            "kind": "lesson",
            "source": "R-0001",
            "audited_case": 2,
            "number": 1,
            "heading": "Think about the whole family",
            "found_on": "2016-07-01",
            "sharing": "published",
            "cleared_on": "2016-08-01",
            "cleared_by": "chair",
            "published_on": "2016-08-10",
            "themes": ["family"],
        },
        {
            "ref": "L-0002",
            "kind": "strength",
            "source": "R-0002",
            "heading": "Good records",
            "found_on": "2016-03-01",
            "sharing": "draft",
        },
    ],
    "recommendations": [
        {
            "ref": "C-0001",
            "source": "R-0001",
            "number": "1",
            "wording": "Know every plan.",
            "made_on": "2016-07-01",
            "response": "accepted",
            "responded_on": "2016-09-01",
            "responded_by": "chair",
            "lessons": ["L-0001"],
        }
    ],
    "actions": [_complete(), _extended(), _submitted(), _draft()],
    "challenges": [
        {
            "ref": "H-0001",
            "kind": "challenge",
            "about": "Returns are late",
            "group": "scr",
            "source": "R-0001",
            "action": "A-0002",
            "put_to": "The chief executive",
            "agency": "homerton",
            "raised_on": "2017-03-01",
            "raised_by": "independent",
            "answer_by_on": "2017-04-03",
            "entries": [
                {
                    "kind": "written",
                    "whom": "the chief executive",
                    "words": "Asked for the return.",
                    "happened_on": "2017-03-01",
                    "recorded_by": "independent",
                }
            ],
        }
    ],
}


def whole() -> Document:
    """The document, for a test to change."""
    return copy.deepcopy(_WHOLE)


def whole_with_deaths() -> Document:
    """The document, and child death reviews."""
    return with_deaths(whole())


def everything() -> Document:
    """The document, child deaths, briefings, and actions that passed on, wait, were split, or are for all."""
    document = with_briefings(with_meetings(whole_with_deaths()))
    document["actions"] += copy.deepcopy(course_actions())
    return document


def load_into(folder: Path, document: Any) -> LoadOutcome:
    """Write a document into a file and load that, as the command does."""
    path = folder / "document.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return load_file(path)
