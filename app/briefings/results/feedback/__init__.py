"""How useful readers found an issue, and what they ask: without who it was."""
