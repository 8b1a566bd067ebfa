"""Pages of the room: planning panels, and everything of them that lies inside the compartment."""

from app.meetings.views import agenda, attending, deciding, holding, minutes, papers, planning, quoracy
from app.meetings.views.blueprint import blueprint

__all__ = [
    "agenda",
    "attending",
    "blueprint",
    "deciding",
    "holding",
    "minutes",
    "papers",
    "planning",
    "quoracy",
]
