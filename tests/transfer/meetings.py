"""Meetings of panels as a document: one that was held and closed, and one that is being drawn up."""

import copy

from tests.transfer.rows import Document

_MEETINGS: list[Document] = [
    {
        "ref": "M-0001",
        "panel": "P-0001",
        "where_and_when": "10am, Homerton",
        "papers_version": 2,
        "sent_on": "2017-02-10",
        "sent_by": "manager",
        "held_on": "2017-02-21",
        "quorum_lacks": "Nobody attended for: Police.",
        "without_quorum_reason": "The police wrote before.",
        "without_quorum_by": "chair",
        "closed_on": "2017-02-28",
        "closed_by": "manager",
        "agenda": [
            {
                "death": "D-0001",
                "position": 1,
                "minutes": 25,
                "lacked": "Nothing of the analysis has been drafted.",
                "decision": "completed",
                "decided_on": "2017-02-21",
                "recorded_by": "manager",
                "note": "Agreed by all.",
                "who_left": "Named nurse (Homerton)",
            },
            {
                "death": "D-0002",
                "position": 2,
                "minutes": 15,
                "decision": "deferred",
                "decided_on": "2017-02-21",
                "deferred_reason": "The inquest is not over.",
                "waits_on": "inquest",
            },
        ],
        "asked": [
            {"kind": "expert", "post": "Consultant neonatologist", "attendance": "attended"},
            {
                "kind": "member",
                "person": "nurse",
                "post": "Named nurse",
                "agency": "homerton",
                "attendance": "attended",
                "stood_for": "Designated doctor or nurse",
            },
        ],
        "notes": [
            {"words": "The next panel is in May.", "written_on": "2017-02-21", "written_by": "manager"}
        ],
        "provenance": "illustrative",
    },
    {"ref": "M-0002", "panel": "P-0002", "agenda": [{"death": "D-0002", "position": 1, "minutes": 20}]},
]


def with_meetings(document: Document) -> Document:
    """The document, and the meetings of its panels."""
    document["meetings"] = copy.deepcopy(_MEETINGS)
    return document
