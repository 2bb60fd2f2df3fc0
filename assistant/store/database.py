"""Opens the database and runs transactions; its errors come out as ours. Not for what is in the tables."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sql
from sqlalchemy.exc import DatabaseError, SQLAlchemyError

from assistant.errors import AssistantError
from assistant.store.schema import SCHEMA_VERSION, metadata, versions

BUSY_SECONDS: Final = 30
"""How long a writer waits for another process."""
RETRY_SECONDS: Final = 0.02
PRAGMAS: Final = (
    "synchronous=NORMAL",  # commits survive the end of the process; the last ones may not survive a power cut
    "foreign_keys=ON",
    "secure_delete=ON",  # what was deleted is overwritten
)
WRITING: Final = "assistant_writing"


class Database:
    """One database, used by many threads and processes."""

    def __init__(self, file: Path, url: str | None) -> None:
        """Open or create the SQLite file, or the database of the SQLAlchemy URL.

        Raises:
            AssistantError: it is damaged, made by a newer version, or cannot be reached.
        """
        self._where = str(file) if url is None else "given by the setting `database`"
        if url is None:
            try:
                os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))  # nobody else's to read
            except OSError as error:
                raise AssistantError(
                    f"{file} cannot be written: {error.strerror or error}.",
                    "Choose another place with --data-dir or ASSISTANT_DATA_DIR.",
                ) from error
        lite = url is None or url.startswith("sqlite")
        options: dict[str, Any] = {"connect_args": {"timeout": BUSY_SECONDS}} if lite else {"pool_pre_ping": True}
        with self._translated():
            self._engine = sql.create_engine(url or f"sqlite:///{file}", json_serializer=to_json, **options)
        if self._engine.dialect.name == "sqlite":
            sql.event.listen(self._engine, "connect", _configure)
            sql.event.listen(self._engine, "begin", _begin)
        with self.writing() as connection:
            metadata.create_all(connection)
            version = connection.scalar(sql.select(versions.c.version))
            if version is None:
                connection.execute(versions.insert().values(version=SCHEMA_VERSION))
            elif version > SCHEMA_VERSION:
                raise AssistantError(
                    f"{self._where} was made by a newer version of sensorium (schema {version}).",
                    "Upgrade sensorium, or use another data directory.",
                )

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[sql.Connection]:
        """A transaction that sees one state of the database."""
        with self._translated(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sql.Connection]:
        """A transaction that has the only right to write from its start, so what it read stays true."""
        with (
            self._translated(),
            self._engine.connect().execution_options(**{WRITING: True}) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            reason = str(error.orig or error)
            if "malformed" in reason or "not a database" in reason:
                raise AssistantError(
                    f"The database {self._where} is damaged ({reason}).",
                    "Restore it from a backup, or move it away to start anew.",
                ) from error
            locked = "locked" in reason
            raise AssistantError(
                f"The database {self._where} cannot be used ({reason}).",
                "Another program holds it: end that one." if locked else "Check disk space and permissions.",
            ) from error
        except (SQLAlchemyError, ImportError) as error:
            raise AssistantError(f"The database cannot be used ({error}).", "Check the setting `database`.") from error


def _configure(connection: Any, record: object) -> None:
    connection.isolation_level = None  # transactions begin where we say, not at the first change
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")  # readers beside one writer
        except sqlite3.OperationalError as error:
            # Others opening a new file at the same moment: for this change alone SQLite does not wait by itself.
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(RETRY_SECONDS)
        else:
            return


def _begin(connection: sql.Connection) -> None:
    writing = connection.get_execution_options().get(WRITING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def to_json(value: Any) -> str:
    """JSON text; NumPy numbers and arrays become plain ones."""
    return json.dumps(value, default=_plain)


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} is not a JSON value")
