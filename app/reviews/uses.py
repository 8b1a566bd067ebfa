"""What reviews in progress still use of the partnership's structures."""

from sqlalchemy import func, select

from app.accounts.models import Area
from app.core.database import current_session
from app.core.filters import plural
from app.reviews.models import Review
from app.reviews.queries import in_progress


def used_by_reviews(structure: str, row_id: int) -> str | None:
    """How many reviews in progress a group oversees, or concern an area; null for none."""
    if structure == "group":
        uses = Review.group_id == row_id
    elif structure == "area":
        uses = Review.areas.any(Area.id == row_id)
    else:
        return None
    statement = (
        select(func.count()).select_from(Review).where(uses, Review.withdrawn_on.is_(None), in_progress())
    )
    count = current_session().scalar(statement) or 0
    return plural(count, "review in progress", "reviews in progress") if count else None
