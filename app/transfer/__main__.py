"""Prints the schema of the interchange file: ``python -m app.transfer > docs/interchange.schema.json``."""

import sys

from app.transfer.queries import sections
from app.transfer.rules.format import schema_text

sys.stdout.write(schema_text(sections()))
