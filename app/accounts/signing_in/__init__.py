"""Signing in and out, invitations, forgotten passwords, the confidentiality statement, one's own account."""
