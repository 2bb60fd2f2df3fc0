"""Passwords as slow, salted hashes. Not for whose they are: see store/accounts.py."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
import unicodedata
from typing import Final

from assistant.errors import AssistantError

PASSWORD_CHARACTERS: Final = (8, 1024)
COST: Final = (15, 8, 3)
"""scrypt's log2(N), r and p: 32 MiB three times over (OWASP's Password Storage Cheat Sheet)."""
SCRYPT_BYTES: Final = 128 * 1024 * 1024
"""The most memory one hash may take."""
HASHING: Final = threading.BoundedSemaphore(2)
"""Passwords hashed at the same time: more would take the memory and the processors of the others."""


def hash_password(password: str) -> str:
    """A slow, salted hash that carries its parameters: scrypt$15$8$3$SALT$HASH.

    Raises:
        AssistantError: the password is too short or too long.
    """
    least, most = PASSWORD_CHARACTERS
    if not least <= len(password) <= most:
        raise AssistantError(f"A password needs {least} to {most} characters.", "Choose another.")
    salt = secrets.token_bytes(16)
    cost = "$".join(str(number) for number in COST)
    return f"scrypt${cost}${_encoded(salt)}${_encoded(_scrypt(password, salt, *COST))}"


def password_matches(password: str, hashed: str) -> bool:
    """Whether the password is that of the hash, in a time that does not depend on the answer."""
    parsed = parse_hash(hashed)
    if parsed is None or len(password) > PASSWORD_CHARACTERS[1]:
        return False
    cost, salt, expected = parsed
    return hmac.compare_digest(_scrypt(password, salt, *cost), expected)


def parse_hash(hashed: str) -> tuple[tuple[int, int, int], bytes, bytes] | None:
    """Cost, salt and hash out of what `hash_password` gave; None if it is something else."""
    fields = hashed.split("$")
    if len(fields) != 6 or fields[0] != "scrypt":
        return None
    try:
        power, size, rounds = (int(field) for field in fields[1:4])
        salt, expected = _decoded(fields[4]), _decoded(fields[5])
    except ValueError:
        return None
    if not (10 <= power <= 16 and 1 <= size <= 8 and 1 <= rounds <= 16) or len(salt) < 8 or len(expected) != 32:
        return None
    return (power, size, rounds), salt, expected


def _scrypt(password: str, salt: bytes, power: int, size: int, rounds: int) -> bytes:
    typed = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
    with HASHING:
        return hashlib.scrypt(typed, salt=salt, n=2**power, r=size, p=rounds, maxmem=SCRYPT_BYTES, dklen=32)


DUMMY: Final = f"scrypt$15$8$3${'A' * 22}${'A' * 43}"
"""Hash of no password, which names that do not exist are compared with."""


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
