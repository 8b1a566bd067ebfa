"""Whose results a person sees: everybody's, or those of the agencies they lead.

Editors, those who read all cases and those who sit on a group answer for the whole of it. Whoever may open
results only because they lead an agency sees the numbers of that agency's readers and its teams' receipts,
and nothing of any other agency, nor the total: with two agencies that would be the other's.
"""

from dataclasses import replace

from app.accounts.policy import PersonFacts, Role, can


def agencies_of(person: PersonFacts) -> frozenset[int] | None:
    """The agencies whose results the person sees, by row number; null for all of them and the total."""
    without_lead = replace(person, leads=frozenset(), roles=person.roles - {Role.AGENCY_LEAD})
    return None if can(without_lead, "briefing.results") else person.leads
