"""What is done to an issue for a reason: taken back, returned, paused, cancelled. One page asks why."""

from collections.abc import Callable

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from app.briefings.models import BriefingIssue
from app.core.forms import LongTextField, TrackerForm, carry_out


class ReasonForm(TrackerForm):
    """Why it is done."""

    reason = LongTextField(
        "Why?",
        missing="Say why, in a few words",
        rows=3,
        longest=2000,
        description="Everybody who works on the briefing sees this.",
    )


def with_reason(
    issue: BriefingIssue,
    deed: Callable[..., BriefingIssue],
    *,
    title: str,
    effect: str,
    done: str,
    leads_to: str,
    tone: str = "",
) -> ResponseReturnValue:
    """Ask why, then do it. ``effect`` says what follows; ``leads_to`` is the page before and after."""
    form = ReasonForm()
    if carry_out(form, lambda: deed(issue=issue, reason=form.reason.data or "")):
        flash(done)
        return redirect(leads_to)
    page = render_template(
        "briefings/reason.html",
        form=form,
        issue=issue,
        title=title,
        effect=effect,
        leads_to=leads_to,
        tone=tone,
    )
    return page, 422 if form.is_submitted() else 200
