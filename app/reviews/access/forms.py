"""Forms about who may open a review."""

from app.core.forms import ChoiceField, LongTextField, TextField, TickField, TrackerForm


class RestrictForm(TrackerForm):
    """Why only a team may open a case."""

    reason = LongTextField(
        "Why should only a team open it?", missing="Say why only a team may open it", rows=3, longest=2000
    )


class LiftForm(TrackerForm):
    """Why everybody of the group may open a case again."""

    reason = LongTextField(
        "Why is it restricted no longer?",
        missing="Say why it is restricted no longer",
        rows=3,
        longest=2000,
    )
    sure = TickField(
        "I understand that everybody who reads this group’s cases can open it at once",
        missing="Tick that you understand who can open it then",
    )


class MemberForm(TrackerForm):
    """Who joins the team."""

    person = ChoiceField("Who joins the team?", missing="Choose who joins the team")
    is_lead = TickField("They also say who is on the team")


class RemoveForm(TrackerForm):
    """The question before somebody leaves the team."""


class LeadForm(TrackerForm):
    """Whether a member leads the team: ``yes`` or nothing."""

    lead = TextField("Lead")


class GlassForm(TrackerForm):
    """Opening a restricted case without being on its team."""

    ref = TextField(
        "Reference of the case",
        missing="Enter the reference",
        longest=16,
        description="For example, R-0012 or D-0034.",
    )
    reason = LongTextField(
        "Why must you open it now?",
        missing="Say why you must open it now",
        rows=3,
        longest=2000,
        description="Without names and without anything of the case.",
    )
    sure = TickField(
        "I understand that others are told and that this is looked at",
        missing="Tick that you understand that others are told",
    )
