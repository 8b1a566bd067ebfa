"""Every change to lessons, strengths and recommendations."""

from app.lessons.operations.lessons import change_lesson, create_lesson, digest, share_lesson, withdraw_lesson
from app.lessons.operations.recommendations import (
    change_recommendation,
    create_recommendation,
    respond,
    withdraw_recommendation,
)

__all__ = [
    "change_lesson",
    "change_recommendation",
    "create_lesson",
    "create_recommendation",
    "digest",
    "respond",
    "share_lesson",
    "withdraw_lesson",
    "withdraw_recommendation",
]
