"""The newest entries of the audit trail, with what they hold of a change."""

import json
from typing import Any

from sqlalchemy import select

from app.audit.models import AuditEntry, AuditPayload
from app.core.database import current_session


def entries(verb: str) -> list[AuditEntry]:
    """The entries of a verb, the newest first."""
    return list(
        current_session().scalars(
            select(AuditEntry).where(AuditEntry.verb == verb).order_by(AuditEntry.id.desc())
        )
    )


def change(verb: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the newest entry of a verb says was before and is after."""
    entry = entries(verb)[0]
    body = current_session().scalars(select(AuditPayload.body).where(AuditPayload.entry_id == entry.id)).one()
    payload = json.loads(body)
    return payload["before"], payload["after"]
