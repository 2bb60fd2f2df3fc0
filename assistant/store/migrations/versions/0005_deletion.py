"""Files that are being deleted, so that a deletion which is interrupted is completed later."""

from __future__ import annotations

import sqlalchemy as sql
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table."""
    op.create_table("doomed_media", sql.Column("digest", sql.String(64), primary_key=True))
