"""What the core's tests share: databases to run on, and a stand-in for the model hub on this machine."""

from __future__ import annotations

import hashlib
import http.server
import json
import os
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
from postgres_server import PostgresServer, programs

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Hub:
    """What the stand-in holds in the repository owner/tiny, says about it, and was asked for."""

    files: dict[str, bytes] = field(default_factory=dict)
    recorded: dict[str, bytes] = field(default_factory=dict)
    """What it says its files are."""
    asked: list[str] = field(default_factory=list)
    """Requests it got: "GET config.json" for a file of that commit, the path otherwise."""

    def listing(self) -> bytes:
        siblings = []
        for path, content in self.recorded.items():
            blob = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
            described = {"rfilename": path, "size": len(content), "blobId": blob}
            if path.endswith((".safetensors", ".bin")):
                sha256 = hashlib.sha256(content).hexdigest()
                described["lfs"] = {"sha256": sha256, "size": len(content), "pointerSize": 130}
            siblings.append(described)
        return json.dumps({"id": "owner/tiny", "sha": COMMIT, "siblings": siblings}).encode()


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    """The library is pointed to a server on this machine."""
    constants = pytest.importorskip("huggingface_hub.constants")
    state = Hub()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.answer(body=False)

        def do_GET(self) -> None:
            self.answer(body=True)

        def answer(self, *, body: bool) -> None:
            path = self.path.partition("?")[0]
            prefix = f"/owner/tiny/resolve/{COMMIT}/"
            state.asked.append(f"{self.command} {path.removeprefix(prefix)}")
            content: bytes | None = None
            if path.startswith(("/api/models/owner/tiny/revision/main", "/api/models/owner/tiny/revision/" + COMMIT)):
                content = state.listing()
            elif path.startswith(prefix):
                content = state.files.get(path.removeprefix(prefix))
            self.send_response(404 if content is None else 200)
            if content is None:
                self.send_header("X-Error-Code", "EntryNotFound")
                content = b""
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if body:
                self.wfile.write(content)

        def log_message(self, *arguments: object) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(constants, "ENDPOINT", address)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", address + "/{repo_id}/resolve/{revision}/{filename}")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A server that lives as long as the tests."""
    if programs() is None:
        if os.environ.get("REQUIRE_POSTGRES"):
            pytest.fail("PostgreSQL is not installed: apt-get install postgresql")
        pytest.skip("PostgreSQL is not installed")
    with PostgresServer() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str | None:
    """Each kind of database in turn: None for SQLite in the data directory, or the URL of an empty database."""
    if request.param == "sqlite":
        return None
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.new_database()
