"""The drawings of the page, as inline SVG: ours, so nothing is fetched."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

_PATHS: Final = {
    "plus": "M12 5v14M5 12h14",
    "menu": "M4 7h16M4 12h16M4 17h16",
    "close": "M6 6l12 12M18 6L6 18",
    "trash": "M5 7h14M10 7V5h4v2M7 7l1 12h8l1-12",
    "theme": "M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16",
    "retry": "M19 12a7 7 0 1 1-2.2-5.1M19 4v4h-4",
    "copy": "M9 9h10v11H9zM5 15V4h10",
    "evidence": "M3 12s3.5-6 9-6 9 6 9 6-3.5 6-9 6-9-6-9-6zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
    "enlarge": "M5 9V5h4M15 5h4v4M19 15v4h-4M9 19H5v-4",
    "gap": "M12 4l9 16H3zM12 10v4M12 17v.5",
    "image": "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M9 9.5v.01",
    "audio": "M5 10v4M9 7v10M13 4v16M17 8v8M21 11v2",
    "video": "M3 6h12v12H3zM15 10l6-3v10l-6-3",
    "text": "M6 4h9l4 4v12H6zM9 12h7M9 16h7",
    "document": "M6 4h9l4 4v12H6zM15 4v4h4M9 13h7M9 17h4",
    "settings": "M4 7h9M17 7h3M4 17h3M11 17h9M15 5a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM9 15a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
    "play": "M8 5l11 7-11 7z",
    "mark": "M5 12l5 5 9-11",
}


def icon(name: str) -> Markup:
    """A 24 x 24 line drawing in the colour of the text around it; hidden from screen readers. Of a modality that a
    plugin brought: a sheet of paper.
    """
    return Markup(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="{}"/></svg>'
    ).format(_PATHS.get(name, _PATHS["document"]))


LOGO: Final = Markup(
    '<svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">'
    '<g fill="none" stroke-width="2.6" stroke-linecap="round">'
    '<path stroke="var(--teal)" d="M4 16C8 8.5 12 6 16 6s8 2.500 12 10"/>'
    '<path stroke="var(--amber)" d="M6.500 21.500C9 25 12.300 26.500 16 26.500"/>'
    '<path stroke="var(--rose)" d="M25.500 21.500C23 25 19.700 26.500 16 26.500"/>'
    '<path stroke="var(--violet)" d="M10.200 16.200a5.800 5.800 0 0 1 11.600 0"/></g>'
    '<circle cx="16" cy="17.200" r="3" fill="var(--ink)"/></svg>'
)
"""An eye, an ear and what lies between, drawn to one point."""
