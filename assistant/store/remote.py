"""Media in a store elsewhere, named by an fsspec URL (s3://bucket/prefix), with a bounded copy of them here.

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
from pathlib import Path
from typing import Any, BinaryIO, Final

from assistant.errors import AssistantError, MissingLibrary, SettingsError, StorageFull, Unavailable, UnreadableMedia
from assistant.store.files import BLOCK, HALF_WRITTEN, StoredFile, copy, identity, is_digest, not_stored, written_whole
from assistant.store.records import part_from
from assistant.types import Part

logger = logging.getLogger(__name__)

KEPT_SHARE: Final = 0.9
"""Of the cap, after the least recently used were deleted here."""
UNCHECKED_SHARE: Final = 0.02
"""Of the cap, that may be fetched between two looks at the whole size."""
IN_USE_SECONDS: Final = 10.0
"""What was opened so lately is not deleted here: whoever asked for it may be about to open it again."""
S3_CLIENT: Final[dict[str, Any]] = {
    "connect_timeout": 5,
    "read_timeout": 30,
    "retries": {"mode": "standard", "max_attempts": 3},
}
"""Of the S3 client, unless the options say otherwise: an outage is an error after some seconds, not after minutes."""


class RemoteFiles:
    """A place of an fsspec file system: URL/ab/abcdef... Thread-safe; processes and machines share it."""

    def __init__(self, url: str, options: Mapping[str, Any], cache: Path, cap: int) -> None:
        """Nothing is asked of the place before the first file.

        Args:
            url: as fsspec writes it.
            options: of the file system, e.g. endpoint_url, key and secret of S3.
            cache: directory of the copies here.
            cap: bytes of the copies.

        Raises:
            MissingLibrary: fsspec, or the library for that kind of URL, is not installed.
            SettingsError: URL and options do not fit.
        """
        given = dict(options)
        if url.startswith(("s3://", "s3a://")):
            given["config_kwargs"] = {**S3_CLIENT, **given.get("config_kwargs", {})}
        given.setdefault("use_listings_cache", False)  # others write there too
        try:
            import fsspec

            self._system, self._root = fsspec.url_to_fs(url, **given)
        except ImportError as error:
            raise MissingLibrary(
                f"Media at {url.partition('://')[0]}:// need a library that is not installed ({error}).",
                "For S3: pip install 'sensorium[s3]'; otherwise what fsspec names for that kind of URL.",
            ) from error
        except (ValueError, TypeError) as error:
            raise SettingsError(
                f"The setting media_url cannot be used: {error}.", "Check media_url and media_options."
            ) from error
        self._cache = cache
        self._cap = cap
        self._lock = threading.Lock()
        self._unchecked = float(cap)
        try:
            cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise AssistantError(
                f"{cache} cannot be written: {error.strerror or error}.",
                "Choose another place with --data-dir or ASSISTANT_DATA_DIR.",
            ) from error

    def path(self, digest: str) -> Path:
        """Where the copy lies, or would lie; it is fetched when it is opened, and not compared with the digest."""
        return self._fetched(digest, None)

    def part(self, value: Mapping[str, Any]) -> Part:
        """The part that `records.part_json` described; its bytes are fetched when they are read, and verified."""
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
                with written_whole(copied) as file:
                    copy(part, file)
            if held is None or (copied.is_file() and copied.stat().st_size != held):  # absent, or broken off
                size = copied.stat().st_size
                with self._reached():
                    self._system.makedirs(f"{self._root}/{part.digest[:2]}", exist_ok=True)
                    self._system.put_file(str(copied), self._key(part.digest))
                self._grown(size)
        except FileNotFoundError as error:
            raise AssistantError(f"{part.name} cannot be stored: it is gone.", "Send it again.") from error
        except OSError as error:
            raise not_stored(part.name, error) from error
        return replace(part, content=self._fetched(part.digest, replace(part, content=copied)))

    def remove(self, digests: Iterable[str]) -> None:
        """Delete there and here; those that are gone already do not matter.

        An outage is logged: what nobody needs is found again by `assistant data check`.
        """
        for digest in digests:
            self._copy(digest).unlink(missing_ok=True)
            try:
                self.discard(digest)
            except AssistantError as error:
                logger.warning("a file that nobody needs any more is still there: %s", error)
                return

    def opened(self, digest: str) -> tuple[BinaryIO, int]:
        """A stored file to be read from its start, and its bytes. Raises FileNotFoundError, Unavailable."""
        size = self._size(digest)
        if size is None:
            raise FileNotFoundError(digest)
        with self._reached():
            file: BinaryIO = self._system.open(self._key(digest), "rb", block_size=BLOCK)
        return file, size

    def listed(self) -> Iterator[StoredFile]:
        """Everything that is stored there, and what was half-written here."""
        with self._reached():
            shelves = [each["name"] for each in self._ls(self._root) if each["type"] == "directory"]
        for shelf in sorted(shelves):
            with self._reached():
                found = self._ls(shelf)
            for each in found:
                yield StoredFile(each["name"].rsplit("/", 1)[-1], int(each["size"] or 0), _modified(each))
        for path in self._cache.glob(f"*/{HALF_WRITTEN}*"):
            status = path.stat()
            yield StoredFile(path.name, status.st_size, status.st_mtime)

    def discard(self, name: str) -> None:
        """Delete what `listed` named, if it is still there. Raises Unavailable."""
        if name.startswith(HALF_WRITTEN):
            for path in self._cache.glob(f"*/{Path(name).name}"):
                path.unlink(missing_ok=True)
            return
        try:
            with self._reached():
                self._system.rm_file(self._key(name))
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
            with written_whole(copied) as file:
                with self._reached():
                    self._system.get_file(self._key(digest), file.name)
                half = Path(file.name)
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

    def _key(self, name: str) -> str:
        return f"{self._root}/{name[:2]}/{name}"

    def _size(self, digest: str) -> int | None:
        try:
            with self._reached():
                return int(self._system.info(self._key(digest))["size"])
        except FileNotFoundError:
            return None

    def _ls(self, place: str) -> list[dict[str, Any]]:
        try:
            return list(self._system.ls(place, detail=True))
        except FileNotFoundError:
            return []

    @contextmanager
    def _reached(self) -> Iterator[None]:
        """Everything that the libraries of all those places raise, as ours; what is not there stays what it is."""
        try:
            yield
        except (FileNotFoundError, AssistantError):
            raise
        except PermissionError as error:
            raise SettingsError(
                f"The media store refuses access ({_reason(error)}).", "Check media_url, media_options and its keys."
            ) from error
        except Exception as error:  # each library has its own tree of errors
            if isinstance(error, OSError) and error.errno == 28:
                raise StorageFull("There is no room for media.", "Free disk space, then try again.") from error
            raise Unavailable(
                f"The media store cannot be reached just now ({_reason(error)}).",
                "Try again in a moment; if it lasts, check media_url and media_options.",
            ) from error


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


def _modified(entry: Mapping[str, Any]) -> float:
    """When an entry of a listing was written, by whichever name the file system gives it; now if it does not say."""
    for name in ("LastModified", "last_modified", "mtime", "created"):
        when = entry.get(name)
        if when is not None:
            return float(when.timestamp() if hasattr(when, "timestamp") else when)
    return time.time()


def _reason(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]
