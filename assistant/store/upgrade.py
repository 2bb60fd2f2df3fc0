"""Brings the tables of an older database up to date with Alembic. Imported only when that is needed."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Final

import sqlalchemy as sql
from alembic import command
from alembic.config import Config

from assistant.store.schema import SCHEMA_VERSION

logger = logging.getLogger(__name__)
_ONE_AT_A_TIME: Final = threading.Lock()  # Alembic keeps what it works on in module variables


def upgrade(connection: sql.Connection, version: str, media: Path, to: str = SCHEMA_VERSION) -> None:
    """Run the migrations after `version` inside the transaction of the connection.

    Args:
        connection: in a writing transaction; nothing of a migration that fails is kept.
        version: the revision of the tables; "" if there are none.
        media: the directory of the media.
        to: the revision to stop at.
    """
    logger.info("the database is brought from revision %s to %s", version or "none", to)
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
    with _ONE_AT_A_TIME:
        _run(connection, version, media, to)


def _run(connection: sql.Connection, version: str, media: Path, to: str) -> None:
    config = Config()
    config.set_main_option("script_location", "assistant.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes.update(connection=connection, media=media)
    if sql.inspect(connection).has_table("schema_version"):  # as the first release wrote its version down
        command.stamp(config, version)
        connection.exec_driver_sql("DROP TABLE schema_version")
    command.upgrade(config, to)
