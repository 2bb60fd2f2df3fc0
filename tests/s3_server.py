"""A stand-in for an S3-compatible object store on this machine: the requests that the media store sends, no more."""

from __future__ import annotations

import datetime
import hashlib
import http.server
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

BUCKET, KEY, SECRET = "media", "testing", "testing-secret"
_MOMENT = datetime.timedelta(milliseconds=5)


@dataclass
class S3:
    """What the stand-in holds, how it behaves, and what it was asked."""

    objects: dict[str, bytes] = field(default_factory=dict)
    uploads: dict[str, dict[int, bytes]] = field(default_factory=dict)
    failing: int = 0
    """So many requests from now on are answered with 503."""
    asked: list[str] = field(default_factory=list)
    url: str = ""

    @property
    def options(self) -> dict[str, object]:
        """`media_options` that lead here."""
        return {
            "endpoint": self.url,
            "region": "us-east-1",
            "access_key_id": KEY,
            "secret_access_key": SECRET,
            "retry_config": {"max_retries": 2, "backoff": {"init_backoff": _MOMENT, "max_backoff": _MOMENT, "base": 2}},
        }


@contextmanager
def serving() -> Iterator[S3]:
    """The stand-in on a free port."""
    state = S3()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            self.request.setsockopt(6, 1, 1)  # TCP_NODELAY

        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            split = urlsplit(self.path)
            key = unquote(split.path).removeprefix(f"/{BUCKET}").lstrip("/")
            query = parse_qs(split.query, keep_blank_values=True)
            state.asked.append(f"{self.command} {key}{'?' + split.query if split.query else ''}")
            if state.failing:
                state.failing -= 1
                return self.answer(503, b"<Error><Code>SlowDown</Code></Error>")
            if f"Credential={KEY}/" not in self.headers.get("Authorization", ""):
                return self.answer(403, b"<Error><Code>AccessDenied</Code></Error>")
            return self.act(key, query, body)

        def act(self, key: str, query: dict[str, list[str]], body: bytes) -> None:
            if self.command == "POST" and "delete" in query:
                gone = re.findall(r"<Key>(.*?)</Key>", body.decode())
                for each in gone:
                    state.objects.pop(each, None)
                told = "".join(f"<Deleted><Key>{escape(each)}</Key></Deleted>" for each in gone)
                return self.answer(200, f"<DeleteResult>{told}</DeleteResult>".encode())
            if self.command == "POST" and "uploads" in query:
                name = hashlib.sha256(key.encode()).hexdigest()[:8]
                state.uploads[name] = {}
                about = f"<Bucket>{BUCKET}</Bucket><Key>{key}</Key><UploadId>{name}</UploadId>"
                return self.answer(
                    200, f"<InitiateMultipartUploadResult>{about}</InitiateMultipartUploadResult>".encode()
                )
            if self.command == "PUT" and "uploadId" in query:
                state.uploads[query["uploadId"][0]][int(query["partNumber"][0])] = body
                return self.answer(200, b"", ETag=f'"{hashlib.md5(body).hexdigest()}"')
            if self.command == "POST" and "uploadId" in query:
                pieces = state.uploads.pop(query["uploadId"][0])
                state.objects[key] = b"".join(pieces[number] for number in sorted(pieces))
                about = f"<Bucket>{BUCKET}</Bucket><Key>{key}</Key><ETag>&quot;x&quot;</ETag>"
                return self.answer(
                    200, f"<CompleteMultipartUploadResult>{about}</CompleteMultipartUploadResult>".encode()
                )
            if self.command == "PUT":
                state.objects[key] = body
                return self.answer(200, b"", ETag=f'"{hashlib.md5(body).hexdigest()}"')
            if self.command == "DELETE":
                state.objects.pop(key, None)
                return self.answer(204, b"")
            if self.command == "GET" and not key:
                return self.answer(200, self.listing(query.get("prefix", [""])[0]))
            found = state.objects.get(key)
            if found is None:
                return self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
            return self.send_object(found)

        def send_object(self, found: bytes) -> None:
            headers = {"ETag": '"x"', "Last-Modified": formatdate(time.time(), usegmt=True)}
            wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
            if wanted is None:
                return self.answer(200, found, **headers)
            first, last = int(wanted[1]), min(int(wanted[2]), len(found) - 1)
            headers["Content-Range"] = f"bytes {first}-{last}/{len(found)}"
            return self.answer(206, found[first : last + 1], **headers)

        def listing(self, prefix: str) -> bytes:
            when = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
            rows = "".join(
                f"<Contents><Key>{escape(key)}</Key><LastModified>{when}</LastModified><ETag>x</ETag>"
                f"<Size>{len(value)}</Size></Contents>"
                for key, value in sorted(state.objects.items())
                if key.startswith(prefix)
            )
            return f"<ListBucketResult><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>".encode()

        def answer(self, status: int, body: bytes, **headers: str) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD" and status != 204:
                self.wfile.write(body)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_any

        def log_message(self, *arguments: object) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
