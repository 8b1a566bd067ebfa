"""The world of the tests: the cast with fixed names, their agencies and groups, and builders of records."""

from datetime import date
from itertools import count
from typing import Any

from app.accounts.models import Agency, Area, Group, Partnership, Person, RoleAssignment, Seat, Source
from app.accounts.policy import Role
from app.accounts.queries import person_by_ref
from app.actions.models import Action, ActionStep, Evidence
from app.clocks.models import Regime, Stage
from app.core.clock import machine_now
from app.core.database import current_session
from app.core.references import next_reference
from app.lessons.models import Lesson, Recommendation, Theme
from app.reviews.models import PATHWAYS, Review, ReviewStage, ReviewType

#: The demonstration's first day, which is the day it is in every test that does not move it.
DAY = date(2017, 3, 31)

AREAS = {"city-of-london": "City of London", "hackney": "Hackney"}
AGENCIES = {
    "hackney-learning-trust": "Hackney Learning Trust",
    "homerton": "Homerton University Hospital NHS FT",
    "met-police-hackney": "Metropolitan Police, Hackney Borough",
    "hackney-cyps": "Hackney Children and Young People's Services",
    "city-ccs": "City Community and Children's Services",
    "ccg": "City & Hackney CCG",
    "chscb": "CHSCB team",
}
GROUPS = {"scr": "SCR Sub-Group", "qa": "QA Sub-Group", "cdop": "Child Death Overview Panel"}
THEMES = {"think-family": "Think Family", "neglect": "Neglect", "case-recording": "Case recording"}

#: Account, title, agency, roles (with an agency where they are held for one), groups (chair marked by *).
CAST: tuple[tuple[str, str, str | None, tuple[str, ...], tuple[str, ...]], ...] = (
    ("board.manager", "Board Manager", "chscb", ("board_manager",), ("scr", "qa")),
    ("independent.chair", "Independent Chair", None, ("independent_chair",), ()),
    ("executive.member", "Executive member", "city-ccs", ("executive",), ()),
    ("scr.chair", "Chair of the SCR Sub-Group", "ccg", (), ("scr*",)),
    ("scr.member", "Member of the SCR Sub-Group", "hackney-cyps", (), ("scr",)),
    ("qa.chair", "Chair of the QA Sub-Group", "city-ccs", (), ("qa*",)),
    ("cdop.coordinator", "CDOP Co-ordinator", "chscb", ("cdop_coordinator",), ("cdop",)),
    ("cdop.chair", "Chair of CDOP", "chscb", (), ("cdop*",)),
    ("hlt.lead", "Safeguarding lead", "hackney-learning-trust", ("agency_lead", "action_owner"), ()),
    ("hlt.member", "Board member", "hackney-learning-trust", ("board_member",), ()),
    ("homerton.lead", "Safeguarding lead", "homerton", ("agency_lead",), ()),
    ("homerton.member", "Board member", "homerton", ("board_member",), ()),
    ("homerton.owner", "Named nurse", "homerton", ("action_owner",), ()),
    ("police.owner", "Detective inspector", "met-police-hackney", ("action_owner",), ()),
    ("csc.lead", "Safeguarding lead", "hackney-cyps", ("agency_lead", "action_owner"), ()),
    ("city.owner", "Service manager", "city-ccs", ("action_owner",), ()),
    ("tusk.editor", "Briefing editor", "chscb", ("briefing_editor",), ()),
    ("staff.reader", "Social worker", "hackney-cyps", ("staff_reader",), ()),
    ("administrator", "Administrator", "chscb", ("administrator",), ()),
    ("left.owner", "Former head of service", "homerton", ("action_owner",), ()),
)

_HELD_FOR_AN_AGENCY = {Role.AGENCY_LEAD, Role.BOARD_MEMBER, Role.ACTION_OWNER}


def build_world() -> None:
    """Add the cast and everything they belong to. The caller commits."""
    session = current_session()
    session.add(
        Partnership(
            ref="chscb",
            name="City & Hackney Safeguarding Children Board",
            short_name="CHSCB",
            briefing_name="TUSK",
            help_email="help@example.org",
        )
    )
    session.add_all(Area(ref=ref, name=name) for ref, name in AREAS.items())
    agencies = {
        ref: Agency(ref=ref, name=name, short_name=name[:60], sector="statutory")
        for ref, name in AGENCIES.items()
    }
    groups = {
        ref: Group(ref=ref, name=name, short_name=name, reviews_child_deaths=ref == "cdop")
        for ref, name in GROUPS.items()
    }
    session.add_all([*agencies.values(), *groups.values()])
    session.add_all(Theme(ref=ref, name=name) for ref, name in THEMES.items())
    session.flush()
    for ref, title, agency, roles, seats in CAST:
        left = ref == "left.owner"
        person = Person(
            ref=ref,
            name=ref.replace(".", " ").capitalize(),
            role_title=title,
            email=f"{ref}@example.org",
            agency=agencies[agency] if agency else None,
            active=not left,
            left_on=date(2016, 10, 31) if left else None,
        )
        for role in roles:
            scope = agencies[agency] if agency and Role(role) in _HELD_FOR_AN_AGENCY else None
            person.assignments.append(RoleAssignment(role=role, agency=scope))
        for seat in seats:
            person.seats.append(Seat(group=groups[seat.rstrip("*")], is_chair=seat.endswith("*")))
        session.add(person)
    session.flush()


def by_ref(model: type[Any], ref: str) -> Any:
    """The row of a model by its reference."""
    return current_session().query(model).filter_by(ref=ref).one()


def make_review(
    *, review_type: str = ReviewType.SERIOUS_CASE_REVIEW, group: str = "scr", **values: Any
) -> Review:
    """A review at its first stage, overseen by a group; committed by the caller."""
    session = current_session()
    regime = session.query(Regime).filter_by(code=values.pop("regime", "WT2015_SCR")).one()
    stage = (
        session.query(Stage)
        .filter_by(regime_id=regime.id, pathway=PATHWAYS[ReviewType(review_type)], position=1)
        .one()
    )
    reached_on = values.pop("reached_on", date(2016, 5, 3))
    areas = [by_ref(Area, ref) for ref in values.pop("areas", ["hackney"])]
    review = Review(
        **{
            "ref": next_reference(session, "R"),
            "review_type": review_type,
            "caption": "Child Z",
            "group": by_ref(Group, group),
            "regime": regime,
            "report_year_start": 2016,
            "stage_code": stage.code,
            "stage_reached_on": reached_on,
            "areas": areas,
            "created_at": machine_now(),
            **values,
        }
    )
    review.stages.append(ReviewStage(stage=stage, reached_on=reached_on))
    session.add(review)
    session.flush()
    return review


def make_lesson(review: Source, *, sharing: str = "draft", **values: Any) -> Lesson:
    """A lesson of a review."""
    session = current_session()
    shared = sharing != "draft"
    lesson = Lesson(
        **{
            "ref": next_reference(session, "L"),
            "source": review,
            "heading": "Think about the whole family",
            "what_we_learned": "Adult services hold what children's services need.",
            "what_you_should_do": "Ask who else lives in the home.",
            "found_on": date(2016, 9, 1),
            "sharing": sharing,
            "cleared_on": date(2016, 10, 3) if shared else None,
            "published_on": date(2016, 10, 10) if sharing == "published" else None,
            "created_at": machine_now(),
            **values,
        }
    )
    session.add(lesson)
    session.flush()
    return lesson


def make_recommendation(review: Source, **values: Any) -> Recommendation:
    """A recommendation of a review."""
    session = current_session()
    recommendation = Recommendation(
        **{
            "ref": next_reference(session, "C"),
            "source": review,
            "number": str(len(review.recommendations) + 1),
            "wording": "The partnership should check that contingency plans exist.",
            "made_on": date(2016, 9, 1),
            "created_at": machine_now(),
            **values,
        }
    )
    session.add(recommendation)
    session.flush()
    return recommendation


_titles = count(1)


def make_action(
    lesson: Lesson,
    *,
    owner: str | None = "homerton.owner",
    due_on: date | None = date(2017, 5, 31),
    **values: Any,
) -> Action:
    """An action of a lesson, in progress unless told otherwise, with its kept columns right for the day."""
    from app.actions.standing import keep

    session = current_session()
    person = person_by_ref(owner) if owner else None
    status = values.pop("status", "in_progress")
    agency = (
        by_ref(Agency, values.pop("agency")) if "agency" in values else (person.agency if person else None)
    )
    group = by_ref(Group, values.pop("group", "scr"))
    on = values.pop("on", DAY)
    agreed = status != "draft"
    action = Action(
        **{
            "ref": next_reference(session, "A"),
            "source": lesson.source,
            "title": f"Check the contingency plans, part {next(_titles)}",
            "intended_outcome": "Every plan is known to those who need it.",
            "measure_of_success": "All plans found in the sample.",
            "agency": agency or by_ref(Agency, "homerton"),
            "owner_role": person.role_title if person else "",
            "owner": person,
            "group": group,
            "status": status,
            "created_on": date(2016, 9, 15),
            "agreed_on": date(2016, 10, 3) if agreed else None,
            "first_due_on": due_on,
            "due_on": due_on,
            "created_at": machine_now(),
            "lessons": [lesson],
            **values,
        }
    )
    if agreed:
        action.steps.append(
            ActionStep(move="agree", from_status="draft", to_status="agreed", taken_on=date(2016, 10, 3))
        )
    session.add(action)
    session.flush()
    keep(action, on=on)
    session.flush()
    return action


def make_evidence(action: Action, **values: Any) -> Evidence:
    """Evidence in words."""
    session = current_session()
    evidence = Evidence(
        **{
            "ref": f"{action.ref}-E{len(action.evidence) + 1}",
            "action": action,
            "kind": "words",
            "shows": "Minutes of the meeting that agreed the protocol.",
            "added_on": date(2017, 3, 1),
            **values,
        }
    )
    session.add(evidence)
    session.flush()
    return evidence
