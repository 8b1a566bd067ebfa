"""How the partnership sends its briefing and what it measures; one row."""

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.policy import Facts
from app.core.database import Base


class BriefingSettings(Base):
    """What the partnership decided about its briefing; the name of it stands with the partnership."""

    __tablename__ = "briefing_settings"
    __table_args__ = (
        CheckConstraint("id = 1", name="only_row"),
        CheckConstraint("rate_per_minute IS NULL OR rate_per_minute > 0", name="rate"),
        CheckConstraint("failures_before_pause > 0", name="failures"),
        CheckConstraint("months_kept BETWEEN 2 AND 36", name="months_kept"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    #: Whether anybody may read the archive, or only who has an account.
    archive_is_public: Mapped[bool] = mapped_column(default=False)
    #: Whether anybody may sign up, or only who was imported or has an account.
    sign_up_is_open: Mapped[bool] = mapped_column(default=True)
    #: Whether opens are counted; even then they only indicate: gateways and image proxies open by themselves.
    counts_opens: Mapped[bool] = mapped_column(default=False)
    #: Whether a click is kept for the person until it is summed up; else only how many there were.
    keeps_clicks_of_people: Mapped[bool] = mapped_column(default=True)
    #: So many months after an issue went out, what is kept of its readers is summed up and removed.
    months_kept: Mapped[int] = mapped_column(default=13)
    #: How many briefings leave in a minute; null for as many as the mail server takes.
    rate_per_minute: Mapped[int | None]
    #: So many deliveries refused in a row, and the sending pauses itself.
    failures_before_pause: Mapped[int] = mapped_column(default=10)
    #: Who publishes it and where they are, for the foot of every briefing.
    publisher: Mapped[str] = mapped_column(String(300), default="")

    @property
    def facts(self) -> Facts:
        """What the policy decides by: nothing, as no case stands behind it."""
        return Facts()
