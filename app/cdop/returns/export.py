"""What the list of agency returns says in a file: a row for each return, and nothing of its case."""

from app.cdop.models import AgencyReturn
from app.core.export import Column
from app.core.filters import working_days_late

#: References in eCDOP stand in it.
MARKING = "OFFICIAL-SENSITIVE"


def _late(each: AgencyReturn) -> int | None:
    if each.returned_on is None:
        return None
    return working_days_late(each.first_due_on, each.returned_on)


COLUMNS: tuple[Column[AgencyReturn], ...] = (
    Column("Ref", lambda each: each.ref, 10),
    Column("eCDOP reference", lambda each: each.case.ecdop_ref, 20),
    Column("Agency", lambda each: each.agency.name, 30),
    Column("Asked of", lambda each: each.owner.name if each.owner else "The agency’s lead", 24),
    Column("Forms", lambda each: len(each.forms), 8),
    Column("Asked", lambda each: each.asked_on, 12),
    Column("First due", lambda each: each.first_due_on, 12),
    Column("Due", lambda each: each.due_on, 12),
    Column("State", lambda each: each.state.label, 22),
    Column("Returned", lambda each: each.returned_on, 12),
    Column("Working days after first due", _late, 14),
)
