"""Finds the media that a set names, in the directory given for them and beside the set."""

from __future__ import annotations

import os
import re
from pathlib import Path

from assistant_evaluation.formats.content import SetError
from assistant_evaluation.items import Item

COCO_NAME = re.compile(r"COCO_(?P<subset>\w+?)_(?P<number>\d{12}\.\w+)")
"""COCO's older names; the 2017 release dropped everything before the number."""


class Places:
    """Where media are looked for: as named, by their bare name, and by COCO's other names, in each directory."""

    def __init__(self, set_file: Path, images: Path | None = None) -> None:
        """Look in `images`, if given, and everywhere below it; then beside the set's file and in `images` there.

        Raises:
            SetError: `images` is no directory.
        """
        if images is not None and not images.is_dir():
            raise SetError(f"{images} is not a directory.", "Give the directory of the media with --images.")
        self._images = images
        self._roots = [*([images] if images else []), set_file.parent]
        self._below: dict[str, Path] | None = None

    def find(self, name: str) -> Path | None:
        """The file of that name; None if it is not there."""
        names = _names(name)
        for root in self._roots:
            for each in (*names, *(f"images/{each}" for each in names)):
                if (root / each).is_file():
                    return root / each
        for each in names:
            found = self._index().get(Path(each).name)
            if found is not None:
                return found
        return None

    def _index(self) -> dict[str, Path]:
        """Every file below the directory of media, by bare name; made once, when a name is not found directly."""
        if self._below is None:
            self._below = {}
            for directory, _, names in os.walk(self._images) if self._images else ():
                for name in sorted(names):
                    self._below.setdefault(name, Path(directory, name))
        return self._below

    def all_of(self, item: Item) -> tuple[list[Path], list[str]]:
        """The item's files that are there, and the names of those that are not."""
        found = {name: self.find(name) for name in item.files}
        there = [path for path in found.values() if path is not None]
        return there, [name for name, path in found.items() if path is None]


def _names(name: str) -> list[str]:
    """The name, and the others that the same picture goes by."""
    names = [name]
    match = COCO_NAME.fullmatch(Path(name).name)
    if match is not None:
        names += [match["number"], f"{match['subset']}/{Path(name).name}"]
    elif re.fullmatch(r"\d{12}\.\w+", name):
        names += [f"{subset}/{name}" for subset in ("val2017", "train2017")]
        names += [f"COCO_{subset}_{name}" for subset in ("val2014", "train2014")]
    if Path(name).name != name:
        names.append(Path(name).name)
    return names
