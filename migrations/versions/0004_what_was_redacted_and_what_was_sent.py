"""Files and reasons to break the glass may be redacted; what an agency has sent has its own index."""

import sqlalchemy as sa
from alembic import op

from app.core.database import UtcDateTime

revision = "0004"
down_revision = "0003"

#: What a redaction leaves of a row that says that the glass was broken.
KEPT = ("source_ref", "person_id", "broken_on", "broken_at")


def _on_sqlite() -> bool:
    return op.get_context().dialect.name == "sqlite"


def upgrade() -> None:
    """Let a file say when it was redacted, and index the actions of an agency by where they stand.

    Why the glass was broken is never changed, but for the mark of a redaction.
    """
    op.execute(f"DROP TRIGGER broken_glass_refuses_update{'' if _on_sqlite() else ' ON broken_glass'}")
    kept = " AND ".join(f"NEW.{name} = OLD.{name}" for name in ("id", *KEPT))
    refused = f"NOT ({kept} AND NEW.reason LIKE '%[Redacted on %')"
    if _on_sqlite():
        op.execute(
            f"CREATE TRIGGER broken_glass_refuses_update BEFORE UPDATE ON broken_glass WHEN {refused} "
            "BEGIN SELECT RAISE(ABORT, 'broken_glass is never changed'); END"
        )
    else:
        op.execute(
            "CREATE TRIGGER broken_glass_refuses_update BEFORE UPDATE ON broken_glass FOR EACH ROW "
            f"WHEN ({refused}) EXECUTE FUNCTION refuse_change()"
        )
    op.add_column("stored_file", sa.Column("redacted_at", UtcDateTime()))
    op.create_index("ix_action_agency_status", "action", ["agency_id", "status", "ref"])


def downgrade() -> None:
    """Take it away again."""
    op.execute(f"DROP TRIGGER broken_glass_refuses_update{'' if _on_sqlite() else ' ON broken_glass'}")
    op.execute(
        "CREATE TRIGGER broken_glass_refuses_update BEFORE UPDATE ON broken_glass "
        + (
            "BEGIN SELECT RAISE(ABORT, 'broken_glass is never changed'); END"
            if _on_sqlite()
            else "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    )
    op.drop_index("ix_action_agency_status", table_name="action")
    op.drop_column("stored_file", "redacted_at")
