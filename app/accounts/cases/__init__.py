"""Who may open which case beyond the ordinary: restricted teams, conflicts of interest, broken glass."""
