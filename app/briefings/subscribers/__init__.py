"""Who gets the briefing: signing up, preferences, leaving, import, addresses that were refused."""
