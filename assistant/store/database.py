"""Opens the database and runs transactions; its errors come out as ours. Not for what is in the tables."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sql
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from assistant.errors import AssistantError, NotWritable, StorageFull, Unavailable
from assistant.store.schema import SCHEMA_VERSION, metadata, versions
from assistant.store.values import from_json, to_json

BUSY_SECONDS: Final = 30
"""How long a writer waits for another process."""
RETRY_SECONDS: Final = 0.02
PRAGMAS: Final = (
    "foreign_keys=ON",
    "secure_delete=ON",  # what was deleted is overwritten
)
WRITING: Final = "assistant_writing"
DURABLE: Final = "assistant_durable"
WRITERS_LOCK: Final = 0x53454E53
"""PostgreSQL's advisory lock that a writing transaction holds, so that what it read stays true as on SQLite."""
SERVER_OPTIONS: Final[dict[str, Any]] = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,  # milliseconds: a connection cut without a word counts as lost
    "options": "-c statement_timeout=30s -c lock_timeout=20s -c idle_in_transaction_session_timeout=60s",
}
POOL: Final[dict[str, Any]] = {
    "pool_size": 8,
    "max_overflow": 8,
    "pool_timeout": 10,
    "pool_pre_ping": True,  # after a restart of the server the next operation finds a fresh connection
    "pool_recycle": 1800,
}
GONE: Final = ("08", "57P", "57014", "55P03", "53300", "25P03")
"""SQLSTATEs of PostgreSQL, or their beginnings: connection lost, shutting down, timeouts, too many connections."""


class Database:
    """One database, used by many threads and processes."""

    def __init__(self, file: Path, url: str | None, media: Path) -> None:
        """Open or create the SQLite file, or the database of the SQLAlchemy URL; bring an older one up to date.

        Args:
            file: of the database if no URL is given.
            url: SQLAlchemy URL.
            media: the directory of the media, which migrations may look at.

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
        self._writer = threading.Lock()  # SQLite's own waiting is by polling, and in no order
        with self._translated():
            self._engine = _engine(url or f"sqlite:///{file}")
        with self.reading() as connection:
            revision = _revision(connection)
        if revision != SCHEMA_VERSION:
            self._bring_up_to_date(media)

    def _bring_up_to_date(self, media: Path) -> None:
        """Make the tables, or migrate them; of several processes that find them old, one does."""
        with self.writing() as connection:
            version = _revision(connection) or _number(connection)
            if version == SCHEMA_VERSION:
                return
            if version is None:
                metadata.create_all(connection)
                connection.execute(versions.insert().values(version_num=SCHEMA_VERSION))
            elif version > SCHEMA_VERSION:
                raise AssistantError(
                    f"{self._where} was made by a newer version of sensorium (schema {version}).",
                    "Upgrade sensorium, or use another data directory.",
                )
            else:
                from assistant.store.upgrade import upgrade  # Alembic is slow to import and rarely needed

                upgrade(connection, version, media)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[sql.Connection]:
        """A transaction that sees one state of the database."""
        level = {} if self.embedded else {"isolation_level": "REPEATABLE READ"}
        with self._translated(), self._engine.connect().execution_options(**level) as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[sql.Connection]:
        """A transaction that has the only right to write from its start, so what it read stays true.

        With `durable` its commit survives a power cut; without, the end of the process only (SQLite; PostgreSQL does
        as its own settings say).
        """
        with (
            self._translated(),
            self._writer if self.embedded else nullcontext(),
            self._engine.connect().execution_options(**{WRITING: True, DURABLE: durable}) as connection,
            connection.begin(),
        ):
            if not self.embedded:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS_LOCK})")
            yield connection

    def now(self, connection: sql.Connection) -> float:
        """Seconds since the epoch by the clock that all processes of this database share."""
        if self.embedded:
            return time.time()
        return float(connection.scalar(sql.text("SELECT extract(epoch FROM clock_timestamp())")) or 0)

    def empty_log(self) -> None:
        """Take what was deleted out of the write-ahead log too; readers at work put that off to a later time."""
        if self.embedded:
            with self._translated(), self._engine.connect() as connection:
                connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def copy_to(self, file: Path) -> None:
        """One moment's state of the database file in a new file, while others go on; what was deleted is left out."""
        with self._translated(), self._engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.execute("VACUUM INTO ?", (str(file),))

    @property
    def embedded(self) -> bool:
        """Whether it is a file of this machine (SQLite) rather than a server."""
        return self._engine.dialect.name == "sqlite"

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise self._translation(error) from error
        except PoolTimeout as error:
            raise Unavailable(
                f"All connections to the database {self._where} are in use.", "Try again in a moment."
            ) from error
        except ModuleNotFoundError as error:
            remedy = "Check the setting `database`."
            if error.name == "psycopg":
                remedy = "Install it: pip install 'sensorium[postgresql]'."
            raise AssistantError(f"The database cannot be used ({error}).", remedy) from error
        except (SQLAlchemyError, ImportError) as error:
            raise AssistantError(f"The database cannot be used ({error}).", "Check the setting `database`.") from error

    def _translation(self, error: DBAPIError) -> AssistantError:
        described = getattr(getattr(error.orig, "diag", None), "message_primary", None)  # no data of the statement
        reason = " ".join(str(described or error.orig or error).split())
        state = getattr(error.orig, "sqlstate", None) or ""
        if "malformed" in reason or "not a database" in reason:
            return AssistantError(
                f"The database {self._where} is damaged ({reason}).",
                "Restore it from a backup, or move it away to start anew.",
            )
        if state == "53100" or "disk is full" in reason:
            return StorageFull(f"There is no room for the database {self._where}.", "Free disk space, then try again.")
        if "readonly database" in reason or "disk I/O error" in reason:
            return NotWritable(
                f"The database {self._where} cannot be written ({reason}).",
                "Check the permissions, or choose another place with --data-dir or ASSISTANT_DATA_DIR.",
            )
        if "locked" in reason:
            return Unavailable(
                f"The database {self._where} cannot be used ({reason}).", "Another program holds it: end that one."
            )
        if error.connection_invalidated or state.startswith(GONE) or (not state and not self.embedded):
            return Unavailable(f"The database {self._where} cannot be reached just now.", "Try again in a moment.")
        return AssistantError(
            f"The database {self._where} cannot be used ({reason}).", "Check disk space and permissions."
        )


def _engine(url: str) -> sql.Engine:
    """Of SQLite, or of PostgreSQL through psycopg."""
    where = sql.make_url(url)
    if where.drivername in ("postgres", "postgresql"):
        where = where.set(drivername="postgresql+psycopg")
    if where.get_backend_name() == "sqlite":
        engine = sql.create_engine(
            where, json_serializer=to_json, json_deserializer=from_json, connect_args={"timeout": BUSY_SECONDS}
        )
        sql.event.listen(engine, "connect", _configure)
        sql.event.listen(engine, "begin", _begin)
        return engine
    given = {name: value for name, value in SERVER_OPTIONS.items() if name not in where.query}
    return sql.create_engine(where, json_serializer=to_json, json_deserializer=from_json, connect_args=given, **POOL)


def _revision(connection: sql.Connection) -> str | None:
    """The revision of the tables; None if there are none, or if they are those of the first release."""
    if sql.inspect(connection).has_table("alembic_version"):
        return str(connection.scalar(sql.select(versions.c.version_num)))
    return None


def _number(connection: sql.Connection) -> str | None:
    """The revision as the first release wrote it down, None if it did not. Another process may drop that table: only
    for who has the right to write.
    """
    if sql.inspect(connection).has_table("schema_version"):
        number = connection.scalar(sql.text("SELECT version FROM schema_version"))
        return f"{number:04}"
    return None


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
    options = connection.get_execution_options()
    connection.exec_driver_sql(f"PRAGMA synchronous={'FULL' if options.get(DURABLE) else 'NORMAL'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(WRITING) else "BEGIN")
