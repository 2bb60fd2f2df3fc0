"""Reads EPUB books: the chapters in the order of their spine (EPUB 3.3, section 5.7). Scripts are left out."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Final
from urllib.parse import unquote

from assistant_document.archive import PICTURE, member, opened, xml
from assistant_document.reading import Page, Picture, Reading

_CONTAINER: Final = "{urn:oasis:names:tc:opendocument:xmlns:container}"
_PACKAGE: Final = "{http://www.idpf.org/2007/opf}"
_DC: Final = "{http://purl.org/dc/elements/1.1/}"
_SILENT: Final = frozenset({"script", "style", "head", "template"})
_BLOCKS: Final = frozenset(
    "p div section article h1 h2 h3 h4 h5 h6 li tr br blockquote pre table ul ol figure figcaption hr dt dd".split()
)


def read(content: bytes, reading: Reading) -> Iterator[Page | Picture]:
    """Each chapter, followed by the pictures in it.

    Raises:
        UnreadableMedia: it is damaged, or protected against copying.
        MediaTooLarge: it unpacks to too much.
    """
    with opened(content, reading) as archive:
        reading.unit = "chapter"
        names = set(archive.namelist())
        if "META-INF/rights.xml" in names:
            raise reading.unreadable("is protected against copying", "Send it without that protection.")
        container = xml(member(archive, "META-INF/container.xml", reading), reading)
        root = container.find(f".//{_CONTAINER}rootfile")
        path = root.get("full-path") if root is not None else None
        if not path:
            raise reading.unreadable("does not say where its text is")
        package = xml(member(archive, path, reading), reading)
        reading.title = package.findtext(f".//{_DC}title") or ""
        reading.author = package.findtext(f".//{_DC}creator") or ""
        places = {each.get("id"): each.get("href") or "" for each in package.iter(f"{_PACKAGE}item")}
        spine = [places.get(each.get("idref"), "") for each in package.iter(f"{_PACKAGE}itemref")]
        chapters = [name for name in (_place(path, href) for href in spine) if name in names]
        if not chapters:
            raise reading.unreadable("has no chapters")
        known: set[str] = set()
        for number, name in enumerate(chapters[: reading.first(len(chapters))], 1):
            if not reading.room():
                return
            chapter = _Chapter()
            chapter.feed(member(archive, name, reading).decode("utf-8", "replace"))
            chapter.close()
            yield reading.page(number, "".join(chapter.texts), chapter.title)
            yield from _pictures(archive, name, number, chapter, known, reading)


def _pictures(
    archive: zipfile.ZipFile, name: str, number: int, chapter: _Chapter, known: set[str], reading: Reading
) -> Iterator[Picture]:
    for place in (_place(name, source) for source in chapter.pictures) if reading.options.pictures else ():
        if place in known or place not in archive.NameToInfo or archive.getinfo(place).file_size > PICTURE:
            continue
        known.add(place)
        if not reading.may_take():
            return
        yield Picture(number, encoded=member(archive, place, reading))


def _place(base: str, href: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), unquote(href.partition("#")[0])))


class _Chapter(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.pictures: list[str] = []
        self.title = ""
        self._silent = 0
        self._heading = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BLOCKS:
            self.texts.append("\n")
        elif tag in ("td", "th"):
            self.texts.append(" | ")
        elif tag in ("img", "image"):
            found = dict(attrs)
            source = found.get("src") or found.get("xlink:href") or found.get("href")
            self.pictures += [source] if source else []
        if tag in ("h1", "h2"):
            self._heading = tag

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BLOCKS:
            self.texts.append("\n")
        if tag == self._heading:
            self._heading = ""
            self.title = self.title.strip() or "".join(self.texts[-2:]).strip()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.texts.append(data.replace("\n", " "))
