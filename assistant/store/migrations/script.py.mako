"""${message}

Only add tables, columns and indexes: rebuilding a table that others refer to would delete their rows on SQLite.
"""

from __future__ import annotations

import sqlalchemy as sql
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    ${upgrades if upgrades else "pass"}
