"""Child death reviews as a document: one that passed its panel, one that goes on, one that is excluded."""

import copy

from tests.transfer.rows import Document

_DEATHS: Document = {
    "groups": [
        {
            "ref": "cdop",
            "name": "Child Death Overview Panel",
            "short_name": "CDOP",
            "reviews_child_deaths": True,
        }
    ],
    "panels": [
        {"ref": "P-0001", "group": "cdop", "meets_on": "2017-02-21", "status": "held"},
        {
            "ref": "P-0002",
            "group": "cdop",
            "kind": "themed",
            "meets_on": "2017-05-16",
            "theme": "Sleep",
        },
        {
            "ref": "P-0003",
            "group": "cdop",
            "kind": "neonatal",
            "meets_on": "2017-01-10",
            "status": "cancelled",
            "withdrawn_on": "2017-01-04",
            "withdrawn_reason": "Too few could come.",
        },
    ],
    "child_deaths": [
        {
            "ref": "D-0001",
            "cdop_number": "CH/2016/01",
            "ecdop_ref": "E100",
            "group": "cdop",
            "regime": "CDR2008",
            "death_quarter_on": "2016-04-01",
            "age_band": "28_364_days",
            "sex": "female",
            "ethnicity_group": "black",
            "place": "home",
            "area": "hackney",
            "expectedness": "unexpected",
            "joint_agency_response": True,
            "category": "8",
            "categories_considered": "10 8",
            "conclusion": "modifiable",
            "learning": "Ask where a baby sleeps, at every visit.",
            "good_practice": "The same health visitor came throughout.",
            "panel": "P-0001",
            "key_worker_role": "Bereavement nurse",
            "key_worker_agency": "homerton",
            "feedback_on": "2017-03-10",
            "created_by": "manager",
            "provenance": "illustrative",
            "stages": [
                {"stage": "known", "reached_on": "2016-05-03", "recorded_by": "manager"},
                {"stage": "notified", "reached_on": "2016-05-04"},
                {
                    "stage": "rapid_response",
                    "reached_on": "2016-05-05",
                    "withdrawn_on": "2016-05-09",
                    "withdrawn_reason": "It met a day later.",
                },
                {"stage": "rapid_response", "reached_on": "2016-05-06", "provenance": "illustrative"},
                {"stage": "information", "reached_on": "2016-05-10"},
                {"stage": "ready", "reached_on": "2017-02-01"},
                {"stage": "panel", "reached_on": "2017-02-21", "reason": "An inquest came first."},
            ],
            "waits": [
                {
                    "reason": "inquest",
                    "since_on": "2016-05-10",
                    "until_on": "2017-01-20",
                    "recorded_by": "manager",
                },
                {"reason": "pmrt", "since_on": "2016-05-10", "holds_up": False, "note": "Runs beside."},
            ],
            "pauses": [
                {
                    "limit": "panel",
                    "paused_on": "2016-06-01",
                    "resumed_on": "2017-01-20",
                    "reason": "The inquest comes first.",
                    "approved_by": "chair",
                    "recorded_by": "manager",
                },
                {
                    "limit": "panel",
                    "paused_on": "2017-02-01",
                    "reason": "A form is late.",
                    "declined_on": "2017-02-03",
                    "declined_reason": "The panel can do without it.",
                },
            ],
            "factors": [
                {"domain": "B", "factor": "smoking", "relevance": "1*"},
                {
                    "domain": "B",
                    "factor": "unsafe_sleep",
                    "relevance": "2",
                    "is_modifiable": True,
                    "note": "Seen by two agencies.",
                },
            ],
            "referrals": [{"review": "R-0001", "referred_on": "2016-05-12", "referred_by": "manager"}],
            "conflicts": [
                {"person": "nurse", "nature": "A colleague knew the family.", "declared_on": "2016-05-10"}
            ],
        },
        {
            "ref": "D-0002",
            "cdop_number": "CH/2016/02",
            "group": "cdop",
            "regime": "CDR2008",
            "death_quarter_on": "2017-01-01",
            "age_band": "10_14_years",
            "sex": "male",
            "ethnicity_group": "white",
            "place": "hospital",
            "area": "hackney",
            "expectedness": "expected",
            "panel": "P-0002",
            "stages": [
                {"stage": "known", "reached_on": "2017-02-01"},
                {"stage": "notified", "reached_on": "2017-02-01"},
            ],
        },
        {
            "ref": "D-0003",
            "cdop_number": "CH/2016/03",
            "group": "cdop",
            "regime": "CDR2008",
            "death_quarter_on": "2016-10-01",
            "age_band": "0_27_days",
            "sex": "not_known",
            "ethnicity_group": "not_known",
            "place": "hospital",
            "area": "hackney",
            "expectedness": "expected",
            "exclusion": "stillbirth",
            "stages": [{"stage": "known", "reached_on": "2016-11-02"}],
        },
    ],
    "stated_figures": [
        {
            "ref": "SF-0001",
            "code": "deaths_in_year",
            "report_year": "2015/16",
            "value": "21",
            "words": "Of both areas.",
            "provenance": "published",
            "source_line": "L3759",
        },
        {
            "ref": "SF-0002",
            "code": "infant_mortality_rate",
            "report_year": "2016/17",
            "value": "5.6",
            "withdrawn_on": "2017-03-01",
            "withdrawn_reason": "That is the year before.",
        },
    ],
    "populations": [
        {
            "ref": "PO-0001",
            "kind": "live_births",
            "report_year": "2016/17",
            "area": "hackney",
            "number": 4500,
        }
    ],
    "agency_returns": [
        {
            "ref": "N-0001",
            "case": "D-0001",
            "agency": "homerton",
            "owner": "nurse",
            "forms": ["b4", "reporting"],
            "asked_on": "2016-05-10",
            "asked_by": "manager",
            "first_due_on": "2016-05-31",
            "due_on": "2016-06-07",
            "returned_on": "2016-06-03",
            "returned_by": "nurse",
            "provenance": "illustrative",
            "steps": [
                {
                    "move": "asked",
                    "taken_on": "2016-05-10",
                    "taken_by": "manager",
                    "to_on": "2016-05-31",
                    "provenance": "illustrative",
                },
                {
                    "move": "due_moved",
                    "taken_on": "2016-05-20",
                    "from_on": "2016-05-31",
                    "to_on": "2016-06-07",
                    "reason": "The ward has moved.",
                },
                {"move": "returned", "taken_on": "2016-06-03", "to_on": "2016-06-03"},
            ],
        },
        {
            "ref": "N-0002",
            "case": "D-0001",
            "agency": "ccg",
            "forms": ["reporting"],
            "asked_on": "2016-05-10",
            "first_due_on": "2016-05-31",
            "due_on": "2016-05-31",
            "waived_on": "2016-06-20",
            "waived_by": "manager",
            "waived_reason": "No GP knew the child.",
        },
        {
            "ref": "N-0003",
            "case": "D-0002",
            "agency": "homerton",
            "forms": ["reporting"],
            "asked_on": "2017-02-10",
            "first_due_on": "2017-03-03",
            "due_on": "2017-03-03",
        },
        {
            "ref": "N-0004",
            "case": "D-0002",
            "agency": "ccg",
            "forms": ["reporting"],
            "asked_on": "2017-02-10",
            "first_due_on": "2017-03-03",
            "due_on": "2017-03-03",
            "withdrawn_on": "2017-02-13",
            "withdrawn_reason": "The wrong agency.",
            "steps": [
                {"move": "asked", "taken_on": "2017-02-10", "to_on": "2017-03-03"},
                {"move": "withdrawn", "taken_on": "2017-02-13", "reason": "The wrong agency."},
            ],
        },
    ],
}


def with_deaths(document: Document) -> Document:
    """The document with child death reviews added."""
    for section, records in copy.deepcopy(_DEATHS).items():
        document[section] = [*records, *document.get(section, [])]
    return document
