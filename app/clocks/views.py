"""Pages of the administrator: guidance with its stages and time limits. None shows a word of a case."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound

from app.accounts.policy import NOTHING, Facts
from app.clocks import operations, queries
from app.clocks.forms import (
    GiveUpForm,
    NewLimitForm,
    NewStageForm,
    NoteForm,
    RegimeForm,
    StageForm,
    TakeOffForm,
    VersionForm,
    regimes_to_follow,
    set_by,
)
from app.clocks.models import Regime, Stage, TimeLimit
from app.clocks.rules import Unit
from app.clocks.showing import shown, would, would_begin
from app.core.access import access
from app.core.clock import today
from app.core.editing import editing
from app.core.forms import TrackerForm, carry_out
from app.core.previewing import Previewed, PreviewForm, once_seen

blueprint = Blueprint("clocks", __name__)

_VERSION = ("label", "amount", "unit", "set_by", "in_force_from", "note")


@dataclass(frozen=True)
class Of:
    """A regime, or one of its time limits or stages, for the policy: nothing about it is restricted."""

    regime: Regime
    limit: TimeLimit | None = None
    stage: Stage | None = None

    @property
    def facts(self) -> Facts:
        """Nothing about it is restricted."""
        return NOTHING

    @property
    def code(self) -> str:
        """The code of the time limit."""
        assert self.limit is not None
        return self.limit.code


def regime(ref: str) -> Of:
    """The regime with that code, whose time limits do something. Raises NoResultFound."""
    found = queries.regime(ref)
    if not queries.has_clocks(found.case_kind):
        raise NoResultFound
    return Of(found)


def any_regime(ref: str) -> Of:
    """The regime with that code. Raises NoResultFound."""
    return Of(queries.regime(ref))


def stage(ref: str, code: str) -> Of:
    """A stage of a regime whose cases pass one way. Raises NoResultFound."""
    of = regime(ref).regime
    return Of(of, stage=queries.stage(ref, code))


def version(number: int) -> Of:
    """A version of a time limit. Raises NoResultFound."""
    found = queries.version(number)
    return Of(found.regime, found)


def latest(ref: str, code: str) -> Of:
    """The latest version of a time limit of a regime. Raises NoResultFound."""
    found = regime(ref).regime
    rows = [row for row in found.limits if row.code == code]
    if not rows:
        raise NoResultFound
    return Of(found, max(rows, key=lambda row: row.in_force_from))


@blueprint.get("/administration/clocks")
@access("rules.change")
def index() -> str:
    """Every regime with its stages and time limits, those to come too."""
    return render_template("clocks/index.html", regimes=shown(queries.every_regime(), today()))


@blueprint.route("/administration/clocks/<ref>/limits/new", methods=["GET", "POST"])
@access("rules.change", regime)
def new_limit(of: Of) -> ResponseReturnValue:
    """Add a time limit."""
    form = NewLimitForm(data={"in_force_from": today() + timedelta(days=1), "unit": Unit.CALENDAR_DAYS})
    form.offer_units()
    form.offer_ends(queries.ends_of_limits(of.regime))
    names = ("label", "starts_from", "met_by", *_VERSION[1:])
    seen = once_seen(
        form,
        names,
        would=lambda: would(of.regime, operations.plan_limit(regime=of.regime, **form.values()), None),
        change=lambda: operations.add_limit(regime=of.regime, **form.values()),
    )
    return _answer(seen, "Add a time limit", form, names, of, done="The time limit is added.")


@blueprint.route("/administration/clocks/<ref>/limits/<code>/version", methods=["GET", "POST"])
@access("rules.change", latest)
def new_version(of: Of) -> ResponseReturnValue:
    """Set a time limit anew from a day on."""
    held = of.limit
    assert held is not None
    form = VersionForm(
        data={
            "label": held.label,
            "amount": str(held.amount or ""),
            "unit": held.unit,
            "set_by": set_by(held),
            "in_force_from": today() + timedelta(days=1),
        }
    )
    form.offer_units()

    def plan() -> list[str]:
        new = operations.plan_version(regime=of.regime, code=of.code, **form.values())
        return would(of.regime, new, queries.plain(held))

    seen = once_seen(
        form,
        _VERSION,
        would=plan,
        change=lambda: operations.add_version(regime=of.regime, code=of.code, **form.values()),
    )
    return _answer(
        seen, "Set a time limit anew", form, _VERSION, of, done="The time limit has a new version."
    )


@blueprint.route("/administration/clocks/<ref>/limits/<code>/give-up", methods=["GET", "POST"])
@access("rules.change", latest)
def give_up(of: Of) -> ResponseReturnValue:
    """Give a time limit up from a day on."""
    held = of.limit
    assert held is not None
    form = GiveUpForm(data={"in_force_from": today() + timedelta(days=1)})

    def values() -> dict[str, Any]:
        return {
            "regime": of.regime,
            "code": of.code,
            "amount": None,
            "unit": Unit(held.unit),
            "is_statutory": held.is_statutory,
            "in_force_from": form.in_force_from.data,
            "note": form.note.data,
        }

    seen = once_seen(
        form,
        ("in_force_from", "note"),
        would=lambda: would(of.regime, operations.plan_version(**values()), queries.plain(held)),
        change=lambda: operations.add_version(**values()),
    )
    return _answer(
        seen, "Give a time limit up", form, ("in_force_from", "note"), of, done="The time limit is given up."
    )


@blueprint.route("/administration/clocks/versions/<int:number>/take-off", methods=["GET", "POST"])
@access("rules.change", version)
def take_off(of: Of) -> ResponseReturnValue:
    """Take off a version that nothing keeps."""
    held, form = of.limit, TakeOffForm()
    assert held is not None
    label = held.label
    if carry_out(form, lambda: operations.take_off(version=held)):
        flash(f"The version of “{label}” is taken off.")
        return redirect(url_for("clocks.index"))
    return _form("take_off", form, of, words=queries.plain(held).words)


@blueprint.route("/administration/clocks/versions/<int:number>/note", methods=["GET", "POST"])
@access("rules.change", version)
def note_of_version(of: Of) -> ResponseReturnValue:
    """Change what is noted of a time limit, for example once it was verified."""
    assert of.limit is not None
    return _note(of, of.limit)


@blueprint.route("/administration/clocks/<ref>/note", methods=["GET", "POST"])
@access("rules.change", any_regime)
def note_of_regime(of: Of) -> ResponseReturnValue:
    """Change what is noted of a regime, for example once it was verified."""
    return _note(of, of.regime)


@blueprint.route("/administration/clocks/<ref>/take-off", methods=["GET", "POST"])
@access("rules.change", regime)
def take_off_regime(of: Of) -> ResponseReturnValue:
    """Take off guidance that is still to come."""
    form, code = TakeOffForm(), of.regime.code
    if carry_out(form, lambda: operations.take_off_regime(regime=of.regime)):
        flash(f"{code} is taken off.")
        return redirect(url_for("clocks.index"))
    return _form("take_off_regime", form, of)


@blueprint.route("/administration/clocks/<ref>/stages/new", methods=["GET", "POST"])
@access("rules.change", regime)
def new_stage(of: Of) -> ResponseReturnValue:
    """Add a stage to guidance that no case began under."""
    form = NewStageForm()
    stages = sorted(of.regime.stages, key=lambda each: each.position)
    form.before.offer({each.code: each.label for each in stages[1:]})

    def add() -> None:
        operations.add_stage(regime=of.regime, label=form.label.data, before=form.before.data)

    if carry_out(form, add):
        flash(f"The stage is added to {of.regime.code}.")
        return redirect(url_for("clocks.index"))
    return _form("stage", form, of, title="Add a stage", stage=None)


@blueprint.route("/administration/clocks/<ref>/stages/<code>/reword", methods=["GET", "POST"])
@access("rules.change", stage)
def reword_stage(of: Of) -> ResponseReturnValue:
    """Say better what a stage is called."""
    held = of.stage
    assert held is not None
    form = editing(StageForm, held)
    if carry_out(form, lambda: operations.reword_stage(stage=held, label=form.label.data)):
        flash("The stage is reworded.")
        return redirect(url_for("clocks.index"))
    return _form("stage", form, of, title="Reword a stage", stage=held)


@blueprint.route("/administration/clocks/<ref>/stages/<code>/take-off", methods=["GET", "POST"])
@access("rules.change", stage)
def take_off_stage(of: Of) -> ResponseReturnValue:
    """Take a stage off guidance that no case began under."""
    held, form = of.stage, TakeOffForm()
    assert held is not None
    label = held.label
    if carry_out(form, lambda: operations.take_off_stage(stage=held)):
        flash(f"The stage “{label}” is taken off.")
        return redirect(url_for("clocks.index"))
    return _form("take_off_stage", form, of, stage=held)


@blueprint.route("/administration/clocks/new", methods=["GET", "POST"])
@access("rules.change")
def new_regime() -> ResponseReturnValue:
    """Let new guidance take the place of other guidance."""
    regimes = list(queries.every_regime())
    form = RegimeForm(data={"in_force_from": today() + timedelta(days=1)})
    form.follows.offer(regimes_to_follow(regimes))
    names = ("follows", "name", "code", "in_force_from", "note")

    def follows() -> Regime:
        return next(held for held in regimes if held.code == form.follows.data)

    def values() -> dict[str, Any]:
        return {
            "follows": follows(),
            "code": form.code.data,
            "name": form.name.data,
            "in_force_from": form.in_force_from.data,
        }

    def plan() -> list[str]:
        operations.plan_regime(**values())
        assert form.in_force_from.data is not None
        return would_begin(follows(), form.in_force_from.data)

    seen = once_seen(
        form,
        names,
        would=plan,
        change=lambda: operations.begin_regime(**values(), note=form.note.data or ""),
    )
    return _answer(
        seen,
        "Add new guidance",
        form,
        names,
        None,
        done="The guidance is added. Look at its time limits next.",
    )


def _answer(
    seen: Previewed, title: str, form: PreviewForm, names: tuple[str, ...], of: Of | None, *, done: str
) -> ResponseReturnValue:
    """Back to the list once it is done; else the form, with what would change where that is known."""
    if seen.is_done:
        flash(done)
        return redirect(url_for("clocks.index"))
    html = render_template("clocks/change.html", form=form, title=title, names=names, told=seen.told, of=of)
    return html, seen.status


def _note(of: Of, held: TimeLimit | Regime) -> ResponseReturnValue:
    form = editing(NoteForm, held)
    if carry_out(form, lambda: operations.change_note(of=held, note=form.note.data or "")):
        flash("The note is changed.")
        return redirect(url_for("clocks.index"))
    return _form("note", form, of)


def _form(template: str, form: TrackerForm, of: Of, **context: Any) -> ResponseReturnValue:
    html = render_template(f"clocks/{template}.html", form=form, of=of, **context)
    return html, 422 if form.is_submitted() else 200
