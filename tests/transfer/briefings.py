"""Briefings as a document: one that went out, its correction in the making, and what stands around them."""

import copy

from tests.transfer.rows import Document

_DIGEST = "0f" * 32

_SECTIONS: Document = {
    "audiences": [
        {"ref": ref, "name": name, "position": position}
        for ref, name, position in (
            ("health", "Health", 2),
            ("housing", "Housing and other services", 6),
            ("managers", "Managers and supervisors", 7),
            ("police-probation", "Police and probation", 4),
            ("schools", "Schools and early years", 1),
            ("social-care", "Social care and family support", 3),
            ("voluntary", "Voluntary and community", 5),
        )
    ],
    "briefing_settings": [
        {"ref": "briefing", "publisher": "A Partnership, Town Hall", "rate_per_minute": 200}
    ],
    "learning_events": [
        {
            "ref": "E-0001",
            "kind": "course",
            "title": "Routine enquiry",
            "held_on": "2017-04-20",
            "where_and_when": "9:30am, Town Hall",
            "url": "https://training.example.org/enquiry",
            "area": "hackney",
        },
        {"ref": "E-0002", "kind": "e_learning", "title": "Safer sleep", "provenance": "illustrative"},
    ],
    "subscribers": [
        {
            "ref": "S-0001",
            "email": "nurse@example.org",
            "name": "Nurse",
            "person": "nurse",
            "agency": "homerton",
            "area": "hackney",
            "audience": "health",
            "basis": "account",
            "signed_up_on": "2016-04-01",
            "confirmed_on": "2016-04-01",
            "topics": ["family"],
        },
        {
            "ref": "S-0002",
            "email": "gone@example.org",
            "state": "left",
            "basis": "imported",
            "basis_stated": "Agreed on the form.",
            "signed_up_on": "2016-04-01",
            "left_on": "2016-09-01",
            "left_reason": "unsubscribed",
        },
        {"ref": "S-0003", "state": "erased", "basis": "signed_up", "signed_up_on": "2016-04-01"},
    ],
    "briefings": [
        {
            "ref": "B-0001",
            "period": "2017-03",
            "title": "Think about the whole family",
            "headline": "Ask who else lives in the home",
            "introduction": "Three things – “naïve & short”.",
            "questions": "Who lives there?\nWho knows?",
            "state": "sent",
            "prepared_on": "2017-03-01",
            "checked_on": "2017-03-02",
            "checked_by": "nurse",
            "cleared_on": "2017-03-02",
            "cleared_by": "manager",
            "scheduled_on": "2017-03-03",
            "scheduled_time": "09:30",
            "scheduled_by": "nurse",
            "sent_on": "2017-03-03",
            "for_agencies": ["ccg", "homerton"],
            "for_areas": ["hackney"],
            "for_audiences": ["health", "schools"],
            "for_topics": ["family"],
            "authors": [{"person": "nurse"}],
            "items": [
                {
                    "section": "learning",
                    "lesson": "L-0001",
                    "heading": "Think about the whole family",
                    "what_happened": "Services knew parts of a family.",
                    "what_we_learned": "Adult services hold what children's services need.",
                    "what_you_should_do": "Ask who else lives in the home.",
                    "audiences": ["health", "schools"],
                    "why": "new",
                },
                {
                    "section": "training",
                    "event": "E-0001",
                    "event_on": "2017-04-19",
                    "event_where": "2pm, Town Hall",
                    "heading": "Routine enquiry",
                    "url": "https://training.example.org/enquiry",
                    "url_words": "Book a place",
                    "provenance": "published",
                    "source_line": "L2869",
                },
            ],
            "findings_kept": [
                {"digest": _DIGEST, "kind": "date", "reason": "A published day.", "kept_by": "nurse"}
            ],
            "results": [
                {
                    "after_days": 7,
                    "taken_on": "2017-03-10",
                    "addressed": 3,
                    "delivered": 2,
                    "bounced": 1,
                    "clicked": 0,
                    "left": 1,
                    "receipts": 1,
                    "staff": 9,
                },
                {"after_days": 7, "audience": "health", "taken_on": "2017-03-10", "delivered": 1},
                {"after_days": 7, "agency": "homerton", "taken_on": "2017-03-10", "delivered": 1},
            ],
            "clicks": [
                {"item": 2, "clicks": 3, "scanners": 1},
                {"item": 2, "agency": "homerton", "clicks": 2, "readers": 1},
            ],
            "clicks_after_days": [{"item": 2, "after_days": 7, "clicks": 4, "readers": 2}],
            "feedback": [
                {"useful": 4, "given_on": "2017-03-05"},
                {"words": "Is there a poster?", "given_on": "2017-03-06", "settled_on": "2017-03-07"},
            ],
        },
        {
            "ref": "B-0002",
            "title": "Put right",
            "state": "draft",
            "corrects": "B-0001",
            "prepared_on": "2017-03-20",
            "authors": [{"person": "chair"}, {"person": "nurse"}],
            "items": [
                {"section": "learning", "action": "A-0001", "heading": "What was done"},
                {
                    "section": "resources",
                    "review": "R-0002",
                    "heading": "From elsewhere",
                    "audiences": ["health"],
                },
            ],
        },
    ],
    "receipts": [
        {
            "ref": "T-0001",
            "briefing": "B-0001",
            "agency": "homerton",
            "team": "Ward 3",
            "discussed_on": "2017-03-06",
            "staff": 9,
            "one_thing": "We ask.",
            "given_on": "2017-03-07",
        },
        {
            "ref": "T-0002",
            "briefing": "B-0001",
            "agency": "ccg",
            "team": "Practices",
            "discussed_on": "2017-03-08",
            "staff": 4,
            "given_by": "chair",
            "given_on": "2017-03-08",
            "withdrawn_on": "2017-03-09",
            "withdrawn_reason": "Given twice.",
        },
    ],
}


def with_briefings(document: Document) -> Document:
    """The document, and briefings."""
    return document | copy.deepcopy(_SECTIONS)
