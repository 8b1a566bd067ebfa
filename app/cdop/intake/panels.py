"""Child death overview panels, loaded in bulk and read back."""

from collections.abc import Collection, Iterator
from typing import Any

from app.accounts.intake import marks
from app.cdop.models import Panel, PanelKind, PanelStatus
from app.cdop.models.panels import caption_of
from app.core.intake import (
    Known,
    Problem,
    Record,
    Section,
    Shape,
    code,
    day,
    line,
    reference,
    running_ref,
    withdrawal,
)
from app.reviews.intake import check_withdrawal


class PanelSection(Section):
    """Panels as meetings and as sources of learning."""

    name = "panels"
    kind = "panel"
    model = Panel
    prefixes = ("P",)
    shape = Shape(
        (
            running_ref("P"),
            reference("group", "groups", required=True),
            day("meets_on", required=True),
            code("kind", PanelKind, default=PanelKind.GENERAL.value, column="panel_kind"),
            line("theme", 200, default="", description="What a themed panel is about."),
            code("status", PanelStatus, default=PanelStatus.PLANNED.value),
            *withdrawal(),
            *marks(),
        ),
        description="Meetings of the Child Death Overview Panel.",
    )

    def check(self, records: Collection[Record], known: Known) -> Iterator[Problem]:
        """A cancelled panel says when and why, and no other does."""
        for record in records:
            yield from check_withdrawal(record)
            if ("withdrawn_on" in record) != (record.get("status") == PanelStatus.CANCELLED):
                yield record.problem("status", "A panel that is withdrawn is cancelled, and no other is")

    def derived(self, record: Record, known: Known) -> dict[str, Any]:
        """What it is called."""
        return {"caption": caption_of(record.get("kind", PanelKind.GENERAL.value), record.get("theme", ""))}

    def at_creation(self, record: Record, known: Known) -> dict[str, Any]:
        """When it came to be here."""
        return {"created_at": known.at}

    def source_ref(self, record: Record) -> str:
        """A panel heads its own thread."""
        return record.ref
