"""How often the links of an issue's items were followed: sums, never who.

An item has one link at most, so that a count is told by the place of its item; the links themselves are made
when the words are frozen.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, insert, select

from app.briefings.intake.shape import CLICKS, CLICKS_AFTER_DAYS
from app.briefings.models import BriefingItem, BriefingLink, LinkResult, LinkTotal
from app.core.database import current_session
from app.core.intake import Known, Record
from app.core.intake.section import batches

_AGENCY = "agency_id"
#: By the name of the rows: the table that holds them, and its column beside link and counts.
_TABLES: dict[str, tuple[type[Any], str]] = {
    CLICKS.name: (LinkTotal, _AGENCY),
    CLICKS_AFTER_DAYS.name: (LinkResult, "after_days"),
}


def read_clicks(name: str, raw: dict[int, dict[str, Any]], ids: list[int] | None, reader: Any) -> None:
    """Put the rows of that name into issues as they are read, which have their items already."""
    model, by = _TABLES[name]
    columns = (getattr(model, column) for column in (by, "clicks", "readers", "scanners"))
    statement = (
        select(BriefingLink.issue_id, BriefingLink.item_id, *columns)
        .join(model, model.link_id == BriefingLink.id)
        .where(BriefingLink.item_id.is_not(None))
        .order_by(model.id)
    )
    found: list[Any] = []
    for batch in [None] if ids is None else batches(ids):
        asked = statement if batch is None else statement.where(BriefingLink.issue_id.in_(batch))
        found += current_session().execute(asked).all()
    places = {
        row["row_id"]: place
        for values in raw.values()
        for place, row in enumerate(values.get("items", ()), start=1)
    }
    agencies = reader.refs(
        "agencies", {row[2] for row in found if row[2] is not None} if by == _AGENCY else ()
    )
    for issue_id, item_id, of, clicks, readers, scanners in found:
        told = {"row_id": None, "clicks": clicks, "readers": readers, "scanners": scanners}
        told |= {"item": places[item_id]} | ({"agency": agencies.get(of)} if by == _AGENCY else {by: of})
        raw[issue_id].setdefault(name, []).append(told)


def write_clicks(name: str, records: Sequence[Record], known: Known) -> None:
    """Write the rows of that name of issues whose words are frozen; those that were here go."""
    session = current_session()
    model, by = _TABLES[name]
    links: dict[tuple[int | None, int], int] = {}
    for batch in batches([record.row_id for record in records]):
        of_items = select(BriefingLink.id).where(
            BriefingLink.issue_id.in_(batch), BriefingLink.item_id.is_not(None)
        )
        session.execute(delete(model).where(model.link_id.in_(of_items)))
        links |= _links(batch)
    rows = [
        {
            "link_id": links[record.row_id, row["item"]],
            by: known.row_id("agencies", row["agency"]) if "agency" in row else row.get(by),
            "clicks": row.get("clicks", 0),
            "readers": row.get("readers", 0 if by == _AGENCY else None),
            "scanners": row.get("scanners", 0),
        }
        for record in records
        for row in record.get(name, ())
    ]
    for some in batches(rows):
        session.execute(insert(model), some)


def _links(issue_ids: Sequence[int | None]) -> dict[tuple[int | None, int], int]:
    """The link of the item in each place of these issues, by row number."""
    statement = (
        select(BriefingItem.issue_id, BriefingLink.id)
        .outerjoin(BriefingLink, BriefingLink.item_id == BriefingItem.id)
        .where(BriefingItem.issue_id.in_(issue_ids))
        .order_by(BriefingItem.position, BriefingItem.id)
    )
    links: dict[tuple[int | None, int], int] = {}
    places: dict[int, int] = {}
    for issue_id, link_id in current_session().execute(statement):
        places[issue_id] = places.get(issue_id, 0) + 1
        if link_id is not None:
            links[issue_id, places[issue_id]] = link_id
    return links
