"""What a barcode holds, as a line fit to be shown, and what such content is for. Nothing in it is ever acted upon."""

from __future__ import annotations

import re
from typing import Final

TEXT_CHARACTERS: Final = 8_000
"""Characters that are kept: the largest QR code holds 7,089 digits (ISO/IEC 18004)."""
BYTES: Final = 4_096
"""Bytes that are kept of content that is no text: the largest QR code holds 2,953."""
_PURPOSES: Final = (
    (r"https?://\S", "link"),
    (r"wifi:", "wi-fi access"),
    (r"begin:vcard|mecard:|bizcard:", "contact"),
    (r"begin:vevent|begin:vcalendar", "event"),
    (r"mailto:|matmsg:|smtp:", "e-mail"),
    (r"tel:", "telephone number"),
    (r"smsto:|sms:|mmsto:|mms:", "message"),
    (r"geo:", "place"),
    (r"otpauth(?:-migration)?:", "login secret"),
    (r"bcd\n|spc\n|bitcoin:|ethereum:|upi:", "payment"),
)
"""What such content begins with, by the conventions of the makers of readers (ZXing wiki, "Barcode Contents")."""


def shown(content: str) -> str:
    """One line without control characters or marks that reorder text; the rest is kept as it is."""
    return " ".join("".join(character if character.isprintable() else " " for character in content).split())


def purpose(content: str, product: bool) -> str:
    """What content is for: "link", "contact", ..., or "text".

    Args:
        content: as decoded.
        product: whether only products are marked with this sort of code.
    """
    if product:
        return "product number"
    start = content.lstrip("\ufeff \t\r\n")[:32].lower().replace("\r\n", "\n")
    return next((name for begins, name in _PURPOSES if re.match(begins, start)), "text")
