"""Who is asked to a panel, who came, and whether that was enough to decide."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.core.access import access
from app.core.errors import RuleBroken
from app.core.forms import carry_out
from app.meetings import operations, queries
from app.meetings.forms import InviteForm, WithoutQuorumForm, held_form
from app.meetings.models import Attendee, AttendeeKind
from app.meetings.operations import Attended
from app.meetings.operations.holding import key_of
from app.meetings.queries import Sitting
from app.meetings.queries.sittings import called, members
from app.meetings.views.blueprint import agenda_of, blueprint, page_inside


@blueprint.route("/panels/<ref>/people", methods=["GET", "POST"])
@access("meeting.change", queries.sitting)
def people(held: Sitting) -> ResponseReturnValue:
    """Who is asked to a panel, and asking somebody without a seat."""
    form = InviteForm()
    form.agency.offer(
        {agency.ref: agency.name for agency in accounts.agencies()},
        empty="No agency, or one that is not held here",
    )
    if carry_out(form, lambda: operations.invite(panel=held.panel, **form.values())):
        flash("Asked.")
        return redirect(url_for("meetings.people", ref=held.panel.ref))
    return page_inside(
        "people.html",
        held.panel,
        form,
        held=held,
        rows=list(enumerate(held.attendees, start=1)),
        members=[] if held.attendees else queries.member_names(held.panel),
        quorum=queries.quorum_for(held.panel),
    )


@blueprint.post("/panels/<ref>/people/<int:number>/remove")
@access("meeting.change", queries.attendee)
def uninvite(attendee: Attendee) -> ResponseReturnValue:
    """Ask somebody without a seat no longer."""
    panel = attendee.meeting.panel
    try:
        operations.uninvite(attendee=attendee)
    except RuleBroken as error:
        return agenda_of(panel, error.sentence, "warning")
    return redirect(url_for("meetings.people", ref=panel.ref))


@blueprint.route("/panels/<ref>/attendance", methods=["GET", "POST"])
@access("meeting.change", queries.sitting)
def attendance(held: Sitting) -> ResponseReturnValue:
    """Record who attended, and with it that the panel was held."""
    quorum = queries.quorum_for(held.panel)
    parts = quorum.parts if quorum else ()
    asked = {key_of(each): each.called for each in held.attendees}
    experts = {key_of(each) for each in held.attendees if each.kind == AttendeeKind.EXPERT}
    if not held.is_held:
        # As the operation will: a seat that was given since counts, one that was lost does not.
        seated = members(held.panel)
        asked = {each.ref: called(each) for each in seated} | {
            key_of(each): each.called for each in held.attendees if each.kind != AttendeeKind.MEMBER
        }
    data: dict[str, str | None] = {f"who_{key_of(each)}": each.attendance for each in held.attendees}
    professions = [part.label for part in parts if part.agency_id is None]
    for place, label in enumerate(professions):
        stood = (each for each in held.attendees if label in each.stood_for.splitlines())
        first = next(stood, None)
        data[f"part_{place}"] = key_of(first) if first else None
    form = held_form(asked, parts, data, experts=experts)

    def record() -> None:
        operations.record_attendance(
            panel=held.panel,
            attended={key: Attended(came or "", stood) for key, (came, stood) in form.entered().items()},
        )

    if carry_out(form, record):
        again = queries.sitting(held.panel.ref)
        if again.meeting and again.meeting.is_quorate:
            return agenda_of(held.panel, "The panel was held and was quorate. Next, record what it decided.")
        return agenda_of(
            held.panel,
            "The panel was held and was not quorate: it may defer. It decides only if its chair records why.",
            "warning",
        )
    return page_inside("attendance.html", held.panel, form, held=held, quorum=quorum)


@blueprint.route("/panels/<ref>/without-quorum", methods=["GET", "POST"])
@access("meeting.approve", queries.sitting)
def without_quorum(held: Sitting) -> ResponseReturnValue:
    """Let a panel that was not quorate decide, as its chair says and why."""
    form = WithoutQuorumForm()
    if carry_out(form, lambda: operations.decide_without_quorum(panel=held.panel, reason=form.reason.data)):
        return agenda_of(held.panel, "The panel may decide. Your reason stands in the minutes.")
    return page_inside("without_quorum.html", held.panel, form, held=held)
