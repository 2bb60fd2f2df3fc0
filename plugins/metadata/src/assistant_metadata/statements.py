"""Turns the fields of a file into statements, as far as they make sense. Pure; not for reading files: see file.py."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from assistant_metadata.file import Fields

TEXT_CHARACTERS: Final = 200
DESCRIPTION_CHARACTERS: Final = 1_000
FIRST_YEAR: Final = 1826
"""Of the oldest photograph that is known; scans may bear the year in which theirs was taken."""
LAST_YEAR: Final = 2100
SURE: Final = 0.95
CLOCK_SURE: Final = 0.9
"""Clocks of cameras are often wrong by a time zone, and sometimes never set."""
UNSET_SURE: Final = 0.3
"""That of a photograph taken in the first minutes of a year: what clocks begin with that were never set."""
MONTHS: Final = "January February March April May June July August September October November December".split()
JUNK: Final = re.compile(
    r"(?i)(?:default|untitled|none|null|unknown|n/?a|picture|image|olympus digital camera|sony dsc|"
    r"samsung digital camera|kodak digital still camera|minolta digital camera|digital camera|created with gimp|"
    r"charset=.*|\W*)"
)
"""What cameras and programs write where a person's words should be."""


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that a file says."""

    what: str
    """taken, written, camera, exposure, software, title, author, description, copyright or place."""
    text: str
    confidence: float
    data: dict[str, Any] = field(default_factory=dict)


def statements(fields: Fields) -> Iterator[Said]:
    """Everything but the place."""
    exif = fields.exif
    yield from _when(exif)
    yield from _camera(exif)
    yield from _exposure(exif)
    software = words(exif.get("software"))
    if software and re.search(r"[a-zA-Z]{3}", software):  # telephones write the bare number of their system there
        yield Said("software", f"written by {software}", SURE, {"name": software})
    for what in ("title", "author", "description", "copyright"):
        limit = DESCRIPTION_CHARACTERS if what == "description" else TEXT_CHARACTERS
        for source in (fields.xmp.get(what), fields.iptc.get(what), exif.get(what), exif.get(f"windows_{what}")):
            text = words(source, limit, utf16=isinstance(source, bytes) and source is exif.get(f"windows_{what}"))
            if text and not JUNK.fullmatch(text):
                yield Said(what, f"{what}: {text}", SURE, {"words": text})
                break


def place(fields: Fields) -> Iterator[Said]:
    """Where it was taken, if that was read and makes sense."""
    gps = fields.gps
    latitude = _degrees(gps.get("latitude"), words(gps.get("north")), "NS", 90)
    longitude = _degrees(gps.get("longitude"), words(gps.get("east")), "EW", 180)
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):  # what is written without a fix
        return
    text = f"taken at {abs(latitude):.5f}° {'NS'[latitude < 0]}, {abs(longitude):.5f}° {'EW'[longitude < 0]}"
    altitude = number(gps.get("altitude"), 0, 100_000)
    if altitude is not None:
        below = gps.get("below") in (1, b"\x01")
        text += f", {altitude:.0f} m {'below' if below else 'above'} sea level"
        altitude = -altitude if below else altitude
    yield Said("place", text, CLOCK_SURE, {"latitude": latitude, "longitude": longitude, "altitude": altitude})


def _when(exif: Any) -> Iterator[Said]:
    for field_name, what, verb in (
        ("taken", "taken", "taken"),
        ("digitised", "taken", "taken or scanned"),
        ("written", "written", "file last written"),
    ):
        at = moment(exif.get(field_name))
        if at is None:
            continue
        offset = words(exif.get(f"{field_name}_offset"))
        offset = offset if re.fullmatch(r"[+-](?:0\d|1[0-4]):[0-5]\d", offset) else ""
        zone = f" (UTC{offset})" if offset else ""
        unset = (at.month, at.day, at.hour) == (1, 1, 0) and at.minute < 10
        yield Said(
            what,
            f"{verb} on {at.day} {MONTHS[at.month - 1]} {at.year} at {at:%H:%M}{zone}",
            UNSET_SURE if unset else CLOCK_SURE,
            {"date": at.date().isoformat(), "time": at.time().isoformat(), "offset": offset or None},
        )
        return


def _camera(exif: Any) -> Iterator[Said]:
    make, model = words(exif.get("make")), words(exif.get("model"))
    lens, lens_make = words(exif.get("lens")), words(exif.get("lens_make"))
    name = model if not make or _first(make) == _first(model) else f"{make} {model}".strip()
    lens = lens if not lens_make or not lens or _first(lens_make) == _first(lens) else f"{lens_make} {lens}"
    if name:
        text = f"taken with {name}" + (f" and the lens {lens}" if lens else "")
        yield Said("camera", text, SURE, {"name": name, "make": make, "model": model, "lens": lens})


def _exposure(exif: Any) -> Iterator[Said]:
    seconds = number(exif.get("exposure_seconds"), 1e-6, 86_400)
    aperture = number(exif.get("aperture"), 0.5, 128)
    sensitivity = number(exif.get("sensitivity"), 1, 10_000_000)
    length = number(exif.get("focal_length"), 0.5, 10_000)
    equivalent = number(exif.get("focal_length_35mm"), 1, 10_000)
    flash = exif.get("flash")
    fired = bool(flash & 1) if isinstance(flash, int) and 0 <= flash <= 0xFF else None
    parts = []
    if seconds is not None:
        parts.append(f"{seconds:g} s" if seconds >= 0.3 else f"1/{round(1 / seconds)} s")
    if aperture is not None:
        parts.append(f"f/{aperture:.2g}" if aperture < 10 else f"f/{aperture:.0f}")
    if sensitivity is not None:
        parts.append(f"ISO {sensitivity:.0f}")
    if length is not None:
        parts.append(f"{length:.3g} mm" + (f" (as {equivalent:.0f} mm on 35 mm film)" if equivalent else ""))
    if fired is not None and parts:
        parts.append("with flash" if fired else "without flash")
    if parts:
        data = {"seconds": seconds, "aperture": aperture, "iso": sensitivity, "focal_length": length, "flash": fired}
        yield Said("exposure", f"exposed {', '.join(parts)}", SURE, data)


def words(value: Any, limit: int = TEXT_CHARACTERS, *, utf16: bool = False) -> str:
    """A value as one clean line: no control characters, no marks that reorder text, not endless; "" for no text."""
    if isinstance(value, bytes):
        value = value.decode("utf-16-le" if utf16 else "utf-8", "ignore")
    if not isinstance(value, str):
        return ""
    value = value.split("\0", 1)[0]
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in value).split())
    return line if len(line) <= limit else f"{line[: limit - 3].rstrip()}..."


def number(value: Any, least: float, most: float) -> float | None:
    """A value as a number within a range; the first one of several."""
    if isinstance(value, (tuple, list)) and value:
        value = value[0]
    try:
        found = float(value)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return found if math.isfinite(found) and least <= found <= most else None


def moment(value: Any) -> datetime | None:
    """A date of EXIF ("2021:05:03 14:05:07"); None where there is no such moment."""
    text = words(value)
    match = re.fullmatch(r"(\d{4})[:\-/](\d\d)[:\-/](\d\d)[ T](\d\d):(\d\d)(?::(\d\d))?(?:\.\d+)?", text, re.ASCII)
    if match is None:
        return None
    try:
        at = datetime(*(int(each or 0) for each in match.groups()))  # type: ignore[arg-type]
    except ValueError:
        return None
    return at if FIRST_YEAR <= at.year <= LAST_YEAR else None


def _first(name: str) -> str:
    found = re.search(r"[^\s_-]+", name.lower())
    return found[0] if found else ""


def _degrees(value: Any, reference: str, references: str, most: int) -> float | None:
    """Degrees, minutes and seconds as degrees, negative for the second of the references."""
    if not isinstance(value, (tuple, list)) or len(value) != 3 or reference[:1].upper() not in tuple(references):
        return None
    degrees, minutes, seconds = number(value[0], 0, most), number(value[1], 0, 60), number(value[2], 0, 60)
    if degrees is None or minutes is None or seconds is None:
        return None
    found = degrees + minutes / 60 + seconds / 3600
    if found > most:
        return None
    return round(-found if reference[0].upper() == references[1] else found, 6)
