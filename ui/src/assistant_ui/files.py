"""Serves pictures and recordings to the browser that owns them, and to no other. Not for taking uploads in."""

from __future__ import annotations

import asyncio
import io
import re
import threading
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import FileResponse, JSONResponse

from assistant.api.identity import allowed
from assistant.errors import AssistantError
from assistant.types import AUDIO, IMAGE, VIDEO, Part

PREVIEW_SIDE = 1280
"""Pixels of a preview's longer side: sharp in the panel, small enough to send at once."""
PARTS_KEPT = 512
PREVIEWS_KEPT = 64
EXAMPLES = Path(__file__).parent / "examples"
MANIFEST = {
    "name": "Sensorium",
    "start_url": "./",
    "display": "standalone",
    "icons": [{"src": "/favicon.ico", "sizes": "any", "type": "image/png"}],
}
"""In place of Gradio's: browsers ask for it and its icons without saying who they are."""
_HEADERS = {
    "Cache-Control": "private, max-age=86400",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


class Gallery:
    """Finds what the page shows: stored, or of a turn that runs and is stored only in part."""

    def __init__(self, assistant: Any) -> None:
        self._assistant = assistant
        self._parts: OrderedDict[tuple[str, str], Part] = OrderedDict()
        self._previews: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._guard = threading.Lock()

    def show(self, owner: str, part: Part) -> None:
        """Let this owner's browser fetch the part."""
        with self._guard:
            self._parts[owner, part.digest] = part
            self._parts.move_to_end((owner, part.digest))
            while len(self._parts) > PARTS_KEPT:
                self._parts.popitem(last=False)

    def settle(self, owner: str, digests: Iterable[str]) -> None:
        """The turn of these parts has ended: they are stored, and whether they still are the store knows."""
        with self._guard:
            for digest in digests:
                self._parts.pop((owner, digest), None)

    def forget(self) -> None:
        """Something was deleted: keep no picture of it. Previews of the others are made again."""
        with self._guard:
            self._previews.clear()

    def find(self, owner: str, digest: str) -> Part:
        """The part, of a running turn or stored.

        Raises:
            NotFound: there is none, or it is someone else's.
        """
        with self._guard:
            part = self._parts.get((owner, digest))
        return part if part is not None else self._assistant.store.part(digest, owner)

    def preview(self, part: Part, side: int) -> bytes:
        """The picture as JPEG, at most `side` pixels wide and high; decoded by the guarded decoder.

        Raises:
            MediaError: it cannot be decoded.
        """
        from PIL import Image

        with self._guard:
            made = self._previews.get((part.digest, side))
        if made is not None:
            return made
        picture = Image.fromarray(self._assistant.media.image(part).rgb)
        picture.thumbnail((side, side))
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=85)
        with self._guard:
            self._previews[part.digest, side] = buffer.getvalue()
            while len(self._previews) > PREVIEWS_KEPT:
                self._previews.popitem(last=False)
        return buffer.getvalue()


def add_routes(app: FastAPI, gallery: Gallery) -> None:
    """Add the routes that pictures and players on the page point to."""

    def found(request: Request, digest: str, *modalities: str) -> Part:
        owner = allowed(request, "read").owner
        try:
            part = gallery.find(owner, digest)
        except AssistantError as error:
            raise HTTPException(404, "There is no such file, or it is someone else's.") from error
        if part.modality not in modalities:
            raise HTTPException(404, "There is no such file, or it is someone else's.")
        return part

    def picture(request: Request, digest: str, side: int = PREVIEW_SIDE) -> Response:
        part = found(request, digest, IMAGE)
        try:
            made = gallery.preview(part, min(max(side, 64), PREVIEW_SIDE))
        except AssistantError as error:
            raise HTTPException(422, error.message) from error
        return Response(made, media_type="image/jpeg", headers=_HEADERS)

    async def recording(request: Request, digest: str) -> Response:
        part = await asyncio.to_thread(found, request, digest, AUDIO, VIDEO)
        if isinstance(part.content, Path):
            return FileResponse(part.content, media_type=part.media_type, headers=_HEADERS)
        return _ranged(part.content, part.media_type, request.headers.get("range", ""))

    def example(name: str) -> Response:
        files = {path.stem: path for path in EXAMPLES.iterdir()}
        if name not in files:
            raise HTTPException(404, "There is no such example.")
        return FileResponse(files[name], headers={"Cache-Control": "max-age=86400"})

    app.add_api_route("/chat/picture/{digest}", picture, include_in_schema=False)
    app.add_api_route("/chat/recording/{digest}", recording, include_in_schema=False)

    def manifest() -> Response:
        return JSONResponse(MANIFEST, media_type="application/manifest+json")

    app.add_api_route("/manifest.json", manifest, include_in_schema=False)
    app.add_api_route("/chat/example/{name}", example, include_in_schema=False)


def _ranged(content: bytes, media_type: str, wanted: str) -> Response:
    """The bytes, or the one range asked for: players cannot seek without it."""
    headers = {**_HEADERS, "Accept-Ranges": "bytes"}
    asked = re.fullmatch(r"bytes=(\d+)-(\d*)", wanted)
    if asked is None:
        return Response(content, media_type=media_type, headers=headers)
    start = int(asked.group(1))
    if start >= len(content):
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{len(content)}"})
    end = min(int(asked.group(2) or len(content) - 1), len(content) - 1)
    headers["Content-Range"] = f"bytes {start}-{end}/{len(content)}"
    return Response(content[start : end + 1], 206, media_type=media_type, headers=headers)
