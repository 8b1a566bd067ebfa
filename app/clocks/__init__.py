"""Regimes and their stages as dated data, for reviews of every kind."""
