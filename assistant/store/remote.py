"""Media in an object store named by URL (s3://bucket/prefix), with a bounded copy of them here.

What was written is durable there before it counts as stored. What is read is fetched, compared with its digest, and
kept in the data directory until others need the room. Not for the local store: see files.py.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from assistant.errors import AssistantError, MissingLibrary, SettingsError, Unavailable, UnreadableMedia
from assistant.store.files import (
    BLOCK,
    HALF_WRITTEN,
    StoredFile,
    copy,
    discard_half,
    identity,
    is_digest,
    make,
    not_stored,
    written_whole,
)
from assistant.store.records import part_from
from assistant.types import Part

logger = logging.getLogger(__name__)

KEPT_SHARE: Final = 0.9
"""Of the cap, after the least recently used were deleted here."""
UNCHECKED_SHARE: Final = 0.02
"""Of the cap, that may be fetched between two looks at the whole size."""
IN_USE_SECONDS: Final = 10.0
"""What was opened so lately is not deleted here: whoever asked for it may be about to open it again."""
CLIENT: Final[dict[str, Any]] = {"connect_timeout": "5s", "read_timeout": "20s", "timeout": "600s"}
RETRIES: Final[dict[str, Any]] = {
    "max_retries": 3,
    "retry_timeout": timedelta(seconds=20),
    "backoff": {"init_backoff": timedelta(seconds=0.1), "max_backoff": timedelta(seconds=2), "base": 2},
}
"""An outage is an error after some seconds; a hiccup is none."""
DELETED_AT_ONCE: Final = 500


def place(url: str, options: Mapping[str, Any]) -> Any:
    """The object store of a URL: s3, gs, az and what else obstore knows.

    Args:
        url: scheme://bucket/prefix
        options: as obstore names them: endpoint, access_key_id, region, ...; `client_options` and `retry_config` are
            mappings. The usual environment variables of the place (AWS_ACCESS_KEY_ID, ...) count too.

    Raises:
        MissingLibrary: obstore is not installed.
        SettingsError: URL and options do not fit.
    """
    try:
        import obstore.exceptions
        from obstore.store import from_url
    except ImportError as error:
        raise MissingLibrary(
            "Media at the place of the setting media_url need the library obstore.", "pip install 'sensorium[s3]'"
        ) from error
    given = dict(options)
    client = {**CLIENT, **given.pop("client_options", {})}
    endpoint = given.get("endpoint") or given.get("aws_endpoint") or os.environ.get("AWS_ENDPOINT_URL") or ""
    client.setdefault("allow_http", str(endpoint).startswith("http://"))
    retries = {**RETRIES, **given.pop("retry_config", {})}
    try:
        return from_url(url, client_options=cast(Any, client), retry_config=cast(Any, retries), **given)
    except (obstore.exceptions.BaseError, ValueError, TypeError) as error:
        raise SettingsError(
            f"The setting media_url cannot be used: {_reason(error)}.", "Check media_url and media_options."
        ) from error


class RemoteFiles:
    """A place in an object store: PREFIX/ab/abcdef... Thread-safe; processes and machines share it."""

    def __init__(self, store: Any, cache: Path, cap: int) -> None:
        """Nothing is asked of the place before the first file.

        Args:
            store: of `place`.
            cache: directory of the copies here.
            cap: bytes of the copies.
        """
        import obstore.exceptions

        self._store = store
        self._errors = obstore.exceptions
        self._cache = cache
        self._cap = cap
        self._lock = threading.Lock()
        self._unchecked = float(cap)
        make(cache)

    def path(self, digest: str) -> Path:
        """Where the copy lies, or would lie; it is fetched when it is opened, and not compared with the digest."""
        return self._fetched(digest, None)

    def part(self, value: Mapping[str, Any]) -> Part:
        """The part that `Part.to_json` described; its bytes are fetched when they are read, and verified."""
        bare = part_from(value, self._copy(value["digest"]))
        return replace(bare, content=self._fetched(bare.digest, bare))

    def write(self, part: Part) -> Part:
        """The part, with its bytes there and here: see `MediaFiles.write`.

        Raises:
            Unavailable: the place cannot be reached; nothing counts as stored.
        """
        copied = self._copy(part.digest)
        held = self._size(part.digest)
        try:
            if not copied.is_file() and held is None:
                with written_whole(copied, durable=False) as file:
                    copy(part, file)
            if held is None or (copied.is_file() and copied.stat().st_size != held):  # absent, or broken off
                size = copied.stat().st_size
                with self._reached():
                    self._store.put(_key(part.digest), copied)
                self._grown(size)
        except FileNotFoundError as error:
            raise AssistantError(f"{part.name} cannot be stored: it is gone.", "Send it again.") from error
        except OSError as error:
            raise not_stored(part.name, error) from error
        return replace(part, content=self._fetched(part.digest, replace(part, content=copied)))

    def remove(self, digests: Iterable[str]) -> bool:
        """Delete there and here; whether all are gone now. Those that were gone already do not matter."""
        names = list(digests)
        for start in range(0, len(names), DELETED_AT_ONCE):
            some = names[start : start + DELETED_AT_ONCE]
            for name in some:
                self._copy(name).unlink(missing_ok=True)
            try:
                with self._reached():
                    self._store.delete([_key(name) for name in some])
            except FileNotFoundError:
                continue
            except AssistantError as error:
                logger.warning("files that nobody needs any more are still there: %s", error)
                return False
        return True

    def opened(self, digest: str) -> tuple[BinaryIO, int]:
        """A stored file to be read from its start, and its bytes. Raises FileNotFoundError, Unavailable."""
        with self._reached():
            found = self._store.get(_key(digest))
            size = int(found.meta["size"])
        return cast(BinaryIO, _Reader(iter(found.stream(min_chunk_size=BLOCK)), self._reached)), size

    def listed(self) -> Iterator[StoredFile]:
        """Everything that is stored there, and what was half-written here."""
        pages = iter(self._store.list())
        while True:
            with self._reached():
                page = next(pages, None)
            if page is None:
                break
            for each in page:
                name = each["path"].rsplit("/", 1)[-1]
                if is_digest(name) and each["path"] == _key(name):  # anything else there is none of ours
                    yield StoredFile(name, int(each["size"]), each["last_modified"].timestamp())
        for path in self._cache.glob(f"*/{HALF_WRITTEN}*"):
            status = path.stat()
            yield StoredFile(path.name, status.st_size, status.st_mtime)

    def discard(self, name: str) -> None:
        """Delete what `listed` named, if it is still there. Raises Unavailable."""
        if name.startswith(HALF_WRITTEN):
            discard_half(self._cache, name)
            return
        self._copy(name).unlink(missing_ok=True)
        try:
            with self._reached():
                self._store.delete(_key(name))
        except FileNotFoundError:
            return

    # ---- the copies here ---------------------------------------------------------------------------------------

    def fetch(self, digest: str, described: Part | None) -> None:
        """Bring a copy here, or note that it was used.

        Args:
            digest: of the part.
            described: what its bytes are compared with; None compares nothing.

        Raises:
            FileNotFoundError: it is not there either.
            UnreadableMedia: what lies there is not what was stored.
            Unavailable: the place cannot be reached.
            StorageFull: there is no room here.
        """
        copied = self._copy(digest)
        try:
            os.utime(copied)
        except FileNotFoundError:
            pass
        else:
            return
        try:
            with written_whole(copied, durable=False) as file:
                with self._reached():
                    for block in self._store.get(_key(digest)).stream(min_chunk_size=BLOCK):
                        file.write(block)
                file.flush()
                half = Path(str(file.name))
                size = half.stat().st_size
                if described is not None and identity(replace(described, content=half)) != digest:
                    raise UnreadableMedia(
                        f"{described.name} was damaged where it is stored.", "Send it again, or restore a backup."
                    )
        except FileNotFoundError:
            raise
        except OSError as error:
            raise not_stored(described.name if described else digest, error) from error
        self._grown(size)

    def holds(self, digest: str) -> bool:
        """Whether there is a copy here, or one could be fetched. Raises Unavailable."""
        return os.path.lexists(self._copy(digest)) or self._size(digest) is not None

    def _copy(self, digest: str) -> Path:
        return self._cache / digest[:2] / digest

    def _fetched(self, digest: str, described: Part | None) -> FetchedPath:
        path = FetchedPath(str(self._copy(digest)))
        path.bring = lambda: self.fetch(digest, described)
        path.held = lambda: self.holds(digest)
        return path

    def _grown(self, size: int) -> None:
        with self._lock:
            self._unchecked += size
            if self._unchecked <= UNCHECKED_SHARE * self._cap:
                return
            self._unchecked = 0
        self._make_room()

    def _make_room(self) -> None:
        """Delete the least recently used copies if the cap is passed."""
        found = []
        for path in self._cache.glob("*/*"):
            try:
                status = path.stat()
            except FileNotFoundError:  # another process made room too
                continue
            if is_digest(path.name):
                found.append((status.st_mtime, status.st_size, path))
        total = sum(size for _, size, _ in found)
        if total <= self._cap:
            return
        recent = time.time() - IN_USE_SECONDS
        for used, size, path in sorted(found):
            if total <= KEPT_SHARE * self._cap or used > recent:
                break
            path.unlink(missing_ok=True)
            total -= size

    # ---- the place ---------------------------------------------------------------------------------------------

    def _size(self, digest: str) -> int | None:
        try:
            with self._reached():
                return int(self._store.head(_key(digest))["size"])
        except FileNotFoundError:
            return None

    @contextmanager
    def _reached(self) -> Iterator[None]:
        """The library's errors as ours; what is not there is a FileNotFoundError."""
        try:
            yield
        except self._errors.NotFoundError as error:
            raise FileNotFoundError(_reason(error)) from error
        except (self._errors.PermissionDeniedError, self._errors.UnauthenticatedError) as error:
            raise SettingsError(
                f"The media store refuses access ({_reason(error)}).", "Check media_url, media_options and its keys."
            ) from error
        except self._errors.BaseError as error:
            raise Unavailable(
                f"The media store cannot be reached just now ({_reason(error)}).",
                "Try again in a moment; if it lasts, check media_url and media_options.",
            ) from error


class _Reader:
    """An object read piece by piece from its start, as a binary file is."""

    def __init__(self, blocks: Iterator[Any], reached: Callable[[], Any]) -> None:
        self._blocks, self._reached = blocks, reached
        self._rest = memoryview(b"")

    def read(self, count: int = -1) -> bytes:
        """So many bytes, fewer at the end only; all that is left if negative."""
        pieces = []
        while count:
            if not self._rest:
                with self._reached():
                    self._rest = memoryview(next(self._blocks, b""))
                if not self._rest:
                    break
            taken = len(self._rest) if count < 0 else min(count, len(self._rest))
            pieces.append(self._rest[:taken])
            self._rest = self._rest[taken:]
            count -= taken if count > 0 else 0
        return b"".join(pieces)

    def __enter__(self) -> _Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self._blocks = iter(())
        self._rest = memoryview(b"")


class FetchedPath(type(Path())):  # type: ignore[misc] # the class for this system
    """A path of a copy that is fetched when something opens it or asks the system about it."""

    bring: Callable[[], None] | None = None
    """None for paths that were derived from one."""
    held: Callable[[], bool] | None = None

    def __fspath__(self) -> str:
        if self.bring is not None:
            self.bring()
        return str(self)

    def is_file(self, **_: Any) -> bool:
        """Whether the file is here or can be fetched. Raises Unavailable."""
        return self.held() if self.held is not None else os.path.isfile(str(self))  # noqa: PTH113 - not this again

    exists = is_file

    def __reduce__(self) -> Any:
        return type(Path()), (self.__fspath__(),)


def _key(name: str) -> str:
    return f"{name[:2]}/{name}"


def _reason(error: BaseException) -> str:
    """The first line: the library adds its whole configuration."""
    return " ".join((str(error).strip() or type(error).__name__).split("\n")[0].split())[:200]
