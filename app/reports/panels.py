"""The panels as sources: their list, and the thread of each."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import exports
from app.accounts.guard import may, note_read, person
from app.audit.operations import Subject
from app.cdop.models import Panel, PanelKind, PanelStatus
from app.cdop.models.panels import PANEL_KIND_LABELS
from app.cdop.panels import queries as panels
from app.core.access import access
from app.core.export import Column
from app.core.filter_forms import FilterForm
from app.core.forms import ChoiceField, TextField
from app.core.report_year import ReportYear, report_year_of
from app.reports.panel_thread import panel_thread as put_panel_together
from app.reports.queries.panels import lessons_counted, panel_thread

blueprint = Blueprint("panels", __name__)

#: How the audit trail names the list.
LIST = Subject("register", "panels")

STATUS_LABELS = {
    PanelStatus.PLANNED: "Planned",
    PanelStatus.HELD: "Held",
    PanelStatus.CANCELLED: "Cancelled",
}
TONES = {PanelStatus.PLANNED: "active", PanelStatus.HELD: "done", PanelStatus.CANCELLED: "stopped"}

COLUMNS: tuple[Column[Panel], ...] = (
    Column("Ref", lambda panel: panel.ref, 10),
    Column("Meets", lambda panel: panel.meets_on, 12),
    Column("Kind", lambda panel: panel.kind_label, 18),
    Column("Theme", lambda panel: panel.theme, 40),
    Column("Status", lambda panel: STATUS_LABELS[PanelStatus(panel.status)], 12),
    Column("Group", lambda panel: panel.group.name, 30),
    Column("Report year", lambda panel: str(panel.report_year), 12),
    Column("Source of the record", lambda panel: panel.provenance.capitalize(), 14),
)


class PanelFilterForm(FilterForm):
    """What the list can be narrowed to."""

    text = TextField("Reference or theme", longest=100)
    kind = ChoiceField(
        "Kind",
        choices={str(PanelKind(code)): label for code, label in PANEL_KIND_LABELS.items()},
        empty="All kinds",
    )
    status = ChoiceField(
        "Status", choices={str(code): label for code, label in STATUS_LABELS.items()}, empty="All"
    )
    year = ChoiceField("Report year", empty="All years")

    def narrowed(self) -> panels.PanelFilter:
        """What was asked for; a value that is not on offer narrows nothing."""
        sound = self.sound()
        year = sound.get("year")
        return panels.PanelFilter(
            kind=sound.get("kind"),
            status=sound.get("status"),
            start_year=int(year) if year else None,
            text=sound.get("text") or "",
        )


@blueprint.get("/panels")
@access("panel.list")
def index() -> str:
    """The panels that the person may read; how many deaths each has before it only inside the compartment."""
    facts = person().facts
    form = _filters()
    page, count = panels.register(
        facts,
        form.narrowed(),
        sort=request.args.get("sort", "-meets"),
        after=request.args.get("after"),
        before=request.args.get("before"),
    )
    ids = [panel.id for panel in page.rows]
    is_inside = may("child_death.list")
    if is_inside:
        note_read(LIST, "Opened the list of panels, with what is before them")
    return render_template(
        "panels/index.html",
        form=form,
        applied=form.applied(),
        page=page,
        count=count,
        is_inside=is_inside,
        deaths=panels.deaths_counted(facts, ids) if is_inside else {},
        lessons=lessons_counted(facts, ids),
        labels=STATUS_LABELS,
        tones=TONES,
    )


@blueprint.get("/panels/export")
@access("panel.list")
def export() -> ResponseReturnValue:
    """The list as a file, narrowed and sorted as it is on the page."""
    form = _filters()
    return exports.export(
        name="Panels",
        file_name="panels",
        columns=COLUMNS,
        rows=panels.in_full(person().facts, form.narrowed(), sort=request.args.get("sort", "-meets")),
        applied=form.applied(),
        marking="OFFICIAL",
        list_url=url_for("panels.index"),
    )


@blueprint.get("/panels/<ref>")
@access("panel.read", panel_thread)
def show(panel: Panel) -> str:
    """The thread of a panel: what it taught and what became of that."""
    return render_template(
        "panels/show.html",
        panel=panel,
        thread=put_panel_together(panel),
        label=STATUS_LABELS[PanelStatus(panel.status)],
        tone=TONES[PanelStatus(panel.status)],
        is_planned=panel.status == PanelStatus.PLANNED,
    )


def _filters() -> PanelFilterForm:
    form = PanelFilterForm(formdata=request.args)
    years = {report_year_of(day) for day in panels.days_met(person().facts)}
    form.year.offer(
        {str(year.start_year): str(ReportYear(year.start_year)) for year in sorted(years, reverse=True)},
        empty="All years",
    )
    return form
