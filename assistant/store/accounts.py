"""API keys, users and logins: made, checked, ended. Secrets are stored as hashes only. Not for hashing passwords: see
assistant/passwords.py; nor for who may do what: see assistant/api/identity.py and gate.py.
"""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sql

from assistant.errors import AssistantError, NotFound
from assistant.passwords import DUMMY, hash_password, password_matches
from assistant.store.database import Database
from assistant.store.schema import api_keys, logins, users

logger = logging.getLogger(__name__)
PREFIX: Final = "sk-sensorium-"
"""Of every key, so that people and secret scanners recognise one."""
SECRET_BYTES: Final = 32
HINT_CHARACTERS: Final = 4
"""Of a key's random part: enough to tell keys apart in a list."""
USED_SECONDS: Final = 60.0
"""How fine the time of last use is."""
NAME: Final = re.compile(r"[\w][\w.@ +-]{0,62}[\w]|[\w]")
SCOPES: Final = ("ask", "read", "write")
"""What a key or user may do unless said otherwise."""


@dataclass(frozen=True, slots=True)
class Key:
    """An API key, without its secret."""

    id: str
    name: str
    owner: str
    """Of what is stored with it: "key:<id>", or "user:<name>" if it was made for a user."""
    hint: str
    """How the secret begins."""
    scopes: frozenset[str]
    created: float
    """Seconds since 1970, as all times here."""
    expires: float | None
    revoked: float | None
    used: float | None
    """Last use, to the minute."""


@dataclass(frozen=True, slots=True)
class User:
    """Someone who can log in."""

    name: str
    scopes: frozenset[str]
    created: float
    disabled: float | None
    """Since when; None if not disabled."""

    @property
    def owner(self) -> str:
        """Owner of what they store."""
        return f"user:{self.name}"


class Accounts:
    """Thread-safe; several processes may share the database."""

    def __init__(
        self, database: Database, fixed: Mapping[str, str] | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        """Nothing is read yet.

        Args:
            database: holds the tables.
            fixed: users of the settings, name -> hash of the password; they come before those of the database.
            clock: seconds since 1970.
        """
        self._database = database
        self._fixed = dict(fixed or {})
        self._clock = clock

    def exist(self) -> bool:
        """Whether there is or was any key or user: once there was one, doors stay closed."""
        if self._fixed:
            return True
        query = sql.select(
            sql.exists(sql.select(sql.literal(1)).select_from(api_keys))
            | sql.exists(sql.select(sql.literal(1)).select_from(users))
        )
        with self._database.reading() as connection:
            return bool(connection.scalar(query))

    # ---- keys --------------------------------------------------------------------------------------------------

    def create_key(
        self, name: str, *, user: str | None = None, scopes: Iterable[str] = SCOPES, seconds: float | None = None
    ) -> tuple[Key, str]:
        """A new key and its secret, which is not kept and cannot be shown again.

        Args:
            name: for people.
            user: whose conversations it works with; None gives it its own.
            scopes: what it may do.
            seconds: after which it expires.

        Raises:
            NotFound: no such user.
        """
        if user is not None:
            self._user(user)
        identity = secrets.token_hex(6)
        secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
        now = self._clock()
        key = Key(
            id=identity,
            name=_checked(name),
            owner=f"key:{identity}" if user is None else f"user:{user}",
            hint=secret[len(PREFIX) : len(PREFIX) + HINT_CHARACTERS],
            scopes=frozenset(scopes),
            created=now,
            expires=None if seconds is None else now + seconds,
            revoked=None,
            used=None,
        )
        with self._database.writing() as connection:
            connection.execute(
                api_keys.insert().values(
                    id=key.id,
                    name=key.name,
                    owner=key.owner,
                    hint=key.hint,
                    hash=_digest(secret),
                    scopes=sorted(key.scopes),
                    created=key.created,
                    expires=key.expires,
                )
            )
        return key, secret

    def keys(self) -> tuple[Key, ...]:
        """All keys, revoked and expired ones too, the newest first."""
        with self._database.reading() as connection:
            rows = connection.execute(sql.select(api_keys).order_by(api_keys.c.created.desc())).all()
        return tuple(_key(row) for row in rows)

    def revoke_key(self, identity: str) -> None:
        """End a key for good. Raises NotFound."""
        with self._database.writing() as connection:
            changed = connection.execute(
                api_keys.update()
                .where(api_keys.c.id == identity)
                .values(revoked=sql.func.coalesce(api_keys.c.revoked, self._clock()))
            )
        if not changed.rowcount:
            raise NotFound(f"There is no key {identity}.", "See: assistant keys list")

    def verify_key(self, secret: str) -> Key | None:
        """The key of a secret, if it is in force, and its user (if it has one) is not disabled.

        The lookup is by the secret's hash, so how long it takes says nothing about the secrets there are.
        """
        with self._database.reading() as connection:
            row = connection.execute(sql.select(api_keys).where(api_keys.c.hash == _digest(secret))).one_or_none()
        if row is None:
            return None
        key, now = _key(row), self._clock()
        if key.revoked is not None or (key.expires is not None and key.expires <= now):
            return None
        if key.owner.startswith("user:"):
            try:
                if self._user(key.owner.removeprefix("user:"))[0].disabled is not None:
                    return None
            except NotFound:
                return None
        if key.used is None or abs(now - key.used) >= USED_SECONDS:
            self._note_use(key.id, now)
        return key

    def _note_use(self, identity: str, now: float) -> None:
        try:
            with self._database.writing(durable=False) as connection:
                connection.execute(api_keys.update().where(api_keys.c.id == identity).values(used=now))
        except AssistantError as error:  # a full disk must not lock people out
            logger.warning("when key %s was used last is not written down: %s", identity, error)

    # ---- users -------------------------------------------------------------------------------------------------

    def add_user(self, name: str, password: str, *, scopes: Iterable[str] = SCOPES) -> User:
        """A new user. Raises AssistantError if the name is taken or not usable, or the password too short."""
        user = User(_checked(name), frozenset(scopes), self._clock(), None)
        hashed = hash_password(password)
        with self._database.writing() as connection:
            taken = connection.scalar(sql.select(users.c.name).where(users.c.name == user.name))
            if taken is not None or user.name in self._fixed:
                raise AssistantError(f"There is a user {name} already.", "Choose another name.")
            connection.execute(
                users.insert().values(name=user.name, password=hashed, scopes=sorted(user.scopes), created=user.created)
            )
        return user

    def users(self) -> tuple[User, ...]:
        """All users of the database, by name; those of the settings come first."""
        with self._database.reading() as connection:
            rows = connection.execute(sql.select(users).order_by(users.c.name)).all()
        fixed = tuple(User(name, frozenset(SCOPES), 0.0, None) for name in sorted(self._fixed))
        return fixed + tuple(_user(row) for row in rows if row.name not in self._fixed)

    def set_password(self, name: str, password: str) -> None:
        """Change a password; all logins of the user end. Raises NotFound."""
        self._change(name, password=hash_password(password))

    def disable_user(self, name: str) -> None:
        """Let a user in no more, by login or by key, until enabled again. Raises NotFound."""
        self._change(name, disabled=self._clock())

    def enable_user(self, name: str) -> None:
        """Let a disabled user in again. Raises NotFound."""
        self._change(name, disabled=None)

    def remove_user(self, name: str) -> None:
        """Remove a user and revoke their keys; what they stored stays. Raises NotFound."""
        with self._database.writing() as connection:
            removed = connection.execute(users.delete().where(users.c.name == name))
            connection.execute(logins.delete().where(logins.c.user == name))
            connection.execute(
                api_keys.update()
                .where((api_keys.c.owner == f"user:{name}") & api_keys.c.revoked.is_(None))
                .values(revoked=self._clock())
            )
        if not removed.rowcount:
            raise self._unknown(name)

    def _change(self, name: str, **values: Any) -> None:
        with self._database.writing() as connection:
            changed = connection.execute(users.update().where(users.c.name == name).values(**values))
            connection.execute(logins.delete().where(logins.c.user == name))
        if not changed.rowcount:
            raise self._unknown(name)

    def _unknown(self, name: str) -> NotFound:
        if name in self._fixed:
            return NotFound(f"The user {name} is one of the settings.", "Change server.users there.")
        return NotFound(f"There is no user {name}.", "See: assistant users list")

    def _user(self, name: str) -> tuple[User, str]:
        """The user and the hash of the password. Raises NotFound."""
        if name in self._fixed:
            return User(name, frozenset(SCOPES), 0.0, None), self._fixed[name]
        with self._database.reading() as connection:
            row = connection.execute(sql.select(users).where(users.c.name == name)).one_or_none()
        if row is None:
            raise self._unknown(name)
        return _user(row), str(row.password)

    # ---- logins ------------------------------------------------------------------------------------------------

    def verify_password(self, name: str, password: str) -> User | None:
        """The user, if the password is right and they are not disabled. As slow for names that do not exist."""
        try:
            user, hashed = self._user(_checked(name))
        except AssistantError as error:
            if not isinstance(error, NotFound) and NAME.fullmatch(name):
                raise  # the database
            password_matches(password, DUMMY)
            return None
        matches = password_matches(password, hashed)
        return user if matches and user.disabled is None else None

    def log_in(self, user: User, seconds: float) -> str:
        """A new login's token, which the browser keeps; here only its hash is."""
        token = secrets.token_urlsafe(SECRET_BYTES)
        now = self._clock()
        with self._database.writing() as connection:
            connection.execute(logins.delete().where(logins.c.expires <= now))
            connection.execute(
                logins.insert().values(hash=_digest(token), user=user.name, created=now, expires=now + seconds)
            )
        return token

    def logged_in(self, token: str) -> User | None:
        """Whose login a token is, if it is in force."""
        query = sql.select(logins.c.user).where((logins.c.hash == _digest(token)) & (logins.c.expires > self._clock()))
        with self._database.reading() as connection:
            name = connection.scalar(query)
        if name is None:
            return None
        try:
            user, _ = self._user(name)
        except NotFound:
            return None
        return user if user.disabled is None else None

    def log_out(self, token: str) -> None:
        """End a login."""
        with self._database.writing() as connection:
            connection.execute(logins.delete().where(logins.c.hash == _digest(token)))


def _digest(secret: str) -> str:
    """Secrets of 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _checked(name: str) -> str:
    if not NAME.fullmatch(name):
        raise AssistantError(
            f"{name!r} cannot be a name.", "Use up to 64 letters, digits and any of . @ + - _ and spaces between them."
        )
    return name


def _key(row: Any) -> Key:
    fields = {name: getattr(row, name) for name in Key.__dataclass_fields__ if name != "scopes"}
    return Key(**fields, scopes=frozenset(row.scopes))


def _user(row: Any) -> User:
    return User(row.name, frozenset(row.scopes), row.created, row.disabled)
