"""Making an issue: what it could say, in which order, in whose words."""
