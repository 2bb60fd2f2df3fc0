"""API keys, users and logins: what opens the door, what no longer does, and what is stored of it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from assistant.cli import cli
from assistant.errors import AssistantError, NotFound, SettingsError
from assistant.passwords import COST, hash_password, password_matches
from assistant.settings import load_settings
from assistant.store.accounts import Accounts
from assistant.store.database import Database

PASSWORD = "correct horse"


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.passwords.COST", (10, 8, 1))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(tmp_path: Path, clock: Clock, database_url: str | None) -> Iterator[Accounts]:
    database = Database(tmp_path / "sensorium.db", database_url, tmp_path / "media")
    yield Accounts(database, {"fixed": hash_password(PASSWORD)}, clock)
    database.close()


def run(tmp_path: Path, *words: str, typed: str | None = None) -> Any:
    return CliRunner().invoke(cli, ["--data-dir", str(tmp_path), *words], input=typed)


def test_a_key_opens_until_it_is_revoked_or_expires(accounts: Accounts, clock: Clock) -> None:
    """And nothing else does."""
    key, secret = accounts.create_key("ci", scopes=["read"], seconds=60)
    found = accounts.verify_key(secret)
    assert found is not None
    assert (found.id, found.owner, found.scopes) == (key.id, f"key:{key.id}", frozenset({"read"}))
    assert accounts.verify_key(secret[:-1]) is None
    assert accounts.verify_key("") is None
    clock.now += 61
    assert accounts.verify_key(secret) is None
    lasting, opens = accounts.create_key("lasting")
    assert accounts.verify_key(opens) is not None
    accounts.revoke_key(lasting.id)
    assert accounts.verify_key(opens) is None
    with pytest.raises(NotFound):
        accounts.revoke_key("none")


def test_secrets_are_not_stored(tmp_path: Path) -> None:
    """Whoever has the database has no key, no password and no login."""
    database = Database(tmp_path / "sensorium.db", None, tmp_path / "media")
    accounts = Accounts(database)
    _, secret = accounts.create_key("ci")
    user = accounts.add_user("ada", PASSWORD)
    token = accounts.log_in(user, 60)
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("sensorium.db*"))
    assert b"scrypt$" in stored
    for each in (secret, secret.removeprefix("sk-sensorium-")[8:], PASSWORD, token):
        assert each.encode() not in stored
    database.close()


def test_last_use_is_written_once_a_minute(accounts: Accounts, clock: Clock) -> None:
    """Not at every request."""
    _, secret = accounts.create_key("ci")
    used = []
    for later in (0, 30, 31):
        clock.now += later
        accounts.verify_key(secret)
        used.append(accounts.keys()[0].used)
    assert used == [1_000_000.0, 1_000_000.0, 1_000_061.0]


def test_a_users_key_ends_with_the_user(accounts: Accounts) -> None:
    """It works with the user's conversations, and not while the user is disabled."""
    accounts.add_user("ada", PASSWORD)
    key, secret = accounts.create_key("phone", user="ada")
    assert key.owner == "user:ada"
    assert accounts.verify_key(secret) is not None
    accounts.disable_user("ada")
    assert accounts.verify_key(secret) is None
    accounts.enable_user("ada")
    assert accounts.verify_key(secret) is not None
    accounts.remove_user("ada")
    accounts.add_user("ada", PASSWORD)  # someone else of that name
    assert accounts.verify_key(secret) is None
    with pytest.raises(NotFound):
        accounts.create_key("x", user="nobody")


def test_passwords(accounts: Accounts) -> None:
    """The right one opens; names that do not exist cost the same hash as those that do."""
    accounts.add_user("ada", PASSWORD)
    assert accounts.verify_password("ada", PASSWORD) is not None
    assert accounts.verify_password("fixed", PASSWORD) is not None
    assert accounts.verify_password("ada", "incorrect") is None
    assert accounts.verify_password("nobody", PASSWORD) is None
    assert accounts.verify_password("\x00", PASSWORD) is None
    accounts.disable_user("ada")
    assert accounts.verify_password("ada", PASSWORD) is None
    with pytest.raises(AssistantError, match="8 to 1024"):
        accounts.add_user("bob", "short")
    for name in ("", "a/b", "user:x", "x" * 65, "new\nline"):
        with pytest.raises(AssistantError, match="cannot be a name"):
            accounts.add_user(name, PASSWORD)
    for taken in ("ada", "fixed"):
        with pytest.raises(AssistantError, match="already"):
            accounts.add_user(taken, PASSWORD)


def test_names_that_do_not_exist_are_hashed_for(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    """How long a refusal takes does not tell whether a name exists: the same costs are paid for either."""
    from assistant import passwords as module

    paid: list[tuple[int, ...]] = []
    scrypt = module._scrypt

    def counted(password: str, salt: bytes, *cost: int) -> bytes:
        paid.append(cost)
        return scrypt(password, salt, 10, 8, 1)

    monkeypatch.setattr(module, "_scrypt", counted)
    accounts.verify_password("nobody", PASSWORD)
    assert paid == [COST]


def test_hashes_carry_their_salt_and_cost() -> None:
    """The same password twice gives two hashes; nonsense matches nothing."""
    one, two = hash_password(PASSWORD), hash_password(PASSWORD)
    assert one != two
    assert password_matches(PASSWORD, one)
    assert password_matches(PASSWORD, two)
    for wrong in ("", PASSWORD, "scrypt$1$1$1$$", one.replace("scrypt$10", "scrypt$30")):
        assert not password_matches(PASSWORD, wrong)


def test_logins_end(accounts: Accounts, clock: Clock) -> None:
    """By time, by logging out, with a new password, and when the user is disabled."""
    user = accounts.add_user("ada", PASSWORD)

    def ended_by(end: Any) -> bool:
        token = accounts.log_in(user, 60)
        assert accounts.logged_in(token) is not None
        end(token)
        return accounts.logged_in(token) is None

    assert ended_by(lambda token: accounts.log_out(token))
    assert ended_by(lambda token: accounts.set_password("ada", "another one"))
    assert ended_by(lambda token: accounts.disable_user("ada"))
    accounts.enable_user("ada")
    assert ended_by(lambda token: setattr(clock, "now", clock.now + 61))
    assert accounts.logged_in("made up") is None


def test_keys_command(tmp_path: Path) -> None:
    """Create, list, revoke; the secret is alone on standard output, so that scripts can take it."""
    made = run(tmp_path, "keys", "create", "ci", "--scope", "read", "--expires", "90d")
    assert made.exit_code == 0, made.output
    secret = made.stdout.strip()
    assert secret.startswith("sk-sensorium-")
    assert "assistant users add" in made.stderr
    (listed,) = json.loads(run(tmp_path, "keys", "list", "--json").stdout)
    assert (listed["name"], listed["scopes"]) == ("ci", ["read"])
    assert secret not in json.dumps(listed)
    assert run(tmp_path, "keys", "revoke", listed["id"]).exit_code == 0
    assert "revoked" in run(tmp_path, "keys", "list").stdout
    assert run(tmp_path, "keys", "revoke", "nothing").exit_code == 1
    assert run(tmp_path, "keys", "create", "x", "--expires", "soon").exit_code == 2
    assert json.loads(run(tmp_path, "keys", "create", "x", "--json").stdout)["key"].startswith("sk-sensorium-")


def test_users_command(tmp_path: Path) -> None:
    """Add, list, change, disable, enable, remove."""
    assert run(tmp_path, "users", "add", "ada", "--password-stdin", typed=PASSWORD + "\n").exit_code == 0
    assert run(tmp_path, "users", "add", "ada", "--password-stdin", typed=PASSWORD).exit_code == 1
    assert [each["name"] for each in json.loads(run(tmp_path, "users", "list", "--json").stdout)] == ["ada"]
    assert run(tmp_path, "users", "password", "ada", "--password-stdin", typed="another one").exit_code == 0
    assert run(tmp_path, "users", "disable", "ada").exit_code == 0
    assert "disabled" in run(tmp_path, "users", "list").stdout
    assert run(tmp_path, "users", "enable", "ada").exit_code == 0
    assert run(tmp_path, "keys", "create", "phone", "--user", "ada").exit_code == 0
    assert run(tmp_path, "users", "remove", "ada").exit_code == 0
    assert run(tmp_path, "users", "remove", "ada").exit_code == 1
    with sqlite3.connect(tmp_path / "sensorium.db") as database:
        assert database.execute("SELECT count(*) FROM api_keys WHERE revoked IS NULL").fetchone() == (0,)


def test_plain_passwords_in_the_settings_are_refused(tmp_path: Path) -> None:
    """So are hashes that no password has; the error names the command that helps, and does not repeat the password."""
    for wrong in (PASSWORD, f"scrypt$99$8$3${'A' * 22}${'A' * 43}"):
        with pytest.raises(SettingsError) as refused:
            load_settings(server={"users": {"ada": wrong}})
        assert "assistant users hash" in str(refused.value)
        assert wrong not in str(refused.value)
    hashed = run(tmp_path, "users", "hash", "--password-stdin", typed=PASSWORD).stdout.strip()
    assert load_settings(server={"users": {"ada": hashed}}).server.users["ada"] == hashed
