"""The rule of quoracy: what it was and is, and setting another from a day on."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.core.access import access
from app.core.clock import today
from app.core.forms import carry_out
from app.meetings import operations, queries
from app.meetings.forms import QuorumForm
from app.meetings.views.blueprint import blueprint, page


@blueprint.get("/panels/quoracy")
@access("quorum.change")
def quoracy() -> str:
    """Every version of the rule, the youngest first."""
    return render_template("panels/quoracy.html", rules=queries.quorum_rules(), today=today())


@blueprint.route("/panels/quoracy/new", methods=["GET", "POST"])
@access("quorum.change")
def new_quorum() -> ResponseReturnValue:
    """Set who has to attend panels, from a day on."""
    rules = queries.quorum_rules()
    present = next((rule for rule in rules if rule.in_force_from <= today()), None)
    form = QuorumForm(
        data={
            "in_force_from": today(),
            "least_attendance": str(present.least_attendance) if present else "",
            "professions": "\n".join(part.label for part in present.parts if part.agency is None)
            if present
            else "",
            "agencies": [part.agency.ref for part in present.parts if part.agency] if present else [],
        }
    )
    form.group.offer(
        {group.ref: group.name for group in accounts.groups() if group.reviews_child_deaths},
        empty="Every group that has no rule of its own",
    )
    form.agencies.offer({agency.ref: agency.name for agency in accounts.agencies(with_external=False)})
    if carry_out(form, lambda: operations.set_quorum(**form.values())):
        flash("The rule is set. Panels that met keep the one they had.")
        return redirect(url_for("meetings.quoracy"))
    return page("new_quorum.html", form)
