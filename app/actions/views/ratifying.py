"""The page on which a chair records that a meeting ratified what was signed off under delegation."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts import guard
from app.accounts.models import Group
from app.accounts.policy import Facts
from app.actions import operations
from app.actions.forms_impact import RatifyForm
from app.actions.models import SignOff
from app.actions.queries.impact import group_to_ratify, to_ratify
from app.actions.views.blueprint import blueprint
from app.core.access import access
from app.core.clock import today
from app.core.filters import date_long, plural
from app.core.forms import carry_out


@dataclass(frozen=True)
class Ratifying:
    """A group, and what the policy decides by."""

    group: Group

    @property
    def facts(self) -> Facts:
        """Whose meetings ratify."""
        return Facts(group_id=self.group.id)


def ratifying(ref: str) -> Ratifying:
    """The group with this reference. Raises NoResultFound."""
    return Ratifying(group_to_ratify(ref))


@blueprint.route("/ratify/<ref>", methods=["GET", "POST"])
@access("action.ratify", ratifying)
def ratify(of: Ratifying) -> ResponseReturnValue:
    """What waits to be ratified, one or several at a time."""
    waiting = to_ratify(of.group, guard.person().facts)
    form = RatifyForm()
    form.sign_offs.offer({sign_off.ref: _label(sign_off) for sign_off in waiting})
    chosen: list[SignOff] = []

    def carried() -> None:
        chosen.extend(each for each in waiting if each.ref in form.sign_offs.data)
        operations.ratify(sign_offs=chosen, meeting_on=form.meeting_on.data or today())

    if carry_out(form, carried):
        day = date_long(form.meeting_on.data)
        flash(f"{plural(len(chosen), 'sign-off')} ratified at the meeting of {day}.")
        return redirect(url_for("actions.ratify", ref=of.group.ref))
    for sign_off in waiting:
        subject = sign_off.action.audit_subject
        guard.note_read(subject, f"Listed {subject.ref} to be ratified")
    html = render_template("actions/ratify.html", form=form, group=of.group, waiting=waiting)
    return html, 422 if form.is_submitted() else 200


def _label(sign_off: SignOff) -> str:
    return f"{sign_off.action.ref}: {sign_off.action.title}"
