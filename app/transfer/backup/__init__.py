"""Backups: one archive with every row and every file of an installation, and putting it back."""

from app.transfer.backup.restoring import RestoreRefused, restore
from app.transfer.backup.rows import Outcome
from app.transfer.backup.taking import backup

__all__ = ["Outcome", "RestoreRefused", "backup", "restore"]
