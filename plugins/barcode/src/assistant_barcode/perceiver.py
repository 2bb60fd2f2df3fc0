"""Reads barcodes of all usual sorts in a picture, wherever they are and however they are turned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, TypeAlias

from assistant.errors import MissingLibrary
from assistant.plugin import Perceiver, Services, Task, require
from assistant.types import IMAGE, Box, Observation
from assistant_barcode.content import BYTES, TEXT_CHARACTERS, purpose, shown

if TYPE_CHECKING:
    import numpy as np

Format: TypeAlias = Literal[
    "aztec",
    "codabar",
    "code_39",
    "code_93",
    "code_128",
    "data_bar",
    "data_matrix",
    "dx_film_edge",
    "ean_8",
    "ean_13",
    "itf",
    "maxi_code",
    "micro_qr_code",
    "pdf_417",
    "qr_code",
    "rmqr_code",
    "telepen",
    "upc_a",
    "upc_e",
]
"""Sorts of codes: the names of their standards."""
_LIBRARY_NAMES: Final = {
    "aztec": "Aztec",
    "codabar": "Codabar",
    "code_39": "Code39",
    "code_93": "Code93",
    "code_128": "Code128",
    "data_bar": "DataBar",
    "data_matrix": "DataMatrix",
    "dx_film_edge": "DXFilmEdge",
    "ean_8": "EAN8",
    "ean_13": "EAN13",
    "itf": "ITF",
    "maxi_code": "MaxiCode",
    "micro_qr_code": "MicroQRCode",
    "pdf_417": "PDF417",
    "qr_code": "QRCode",
    "rmqr_code": "RMQRCode",
    "telepen": "Telepen",
    "upc_a": "UPCA",
    "upc_e": "UPCE",
}
LABELS: Final = {
    "aztec": "Aztec code",
    "codabar": "Codabar code",
    "code_39": "Code 39",
    "code_93": "Code 93",
    "code_128": "Code 128",
    "data_bar": "GS1 DataBar",
    "data_matrix": "Data Matrix code",
    "dx_film_edge": "DX film edge code",
    "ean_8": "EAN-8 barcode",
    "ean_13": "EAN-13 barcode",
    "itf": "ITF barcode",
    "maxi_code": "MaxiCode",
    "micro_qr_code": "Micro QR code",
    "pdf_417": "PDF417 code",
    "qr_code": "QR code",
    "rmqr_code": "rMQR code",
    "telepen": "Telepen code",
    "upc_a": "UPC-A barcode",
    "upc_e": "UPC-E barcode",
}
"""What people call them."""
PRODUCTS: Final = frozenset({"ean_8", "ean_13", "upc_a", "upc_e"})
UNCHECKED: Final = frozenset({"codabar", "code_39", "itf", "dx_film_edge"})
"""Linear codes whose check digit is missing or optional."""
SURE: Final = 0.99
"""That a code with check digits or error correction is there and was read right: see README, "Measured"."""
UNCHECKED_SURE: Final = 0.95
ITF_SURE: Final = 0.75
"""Of an ITF code that lies askew, a part is often taken for the whole: it has no end that could not be a digit."""
SMALL_PIXELS: Final = 2_000_000
"""Pictures up to so many pixels in which nothing was found are looked at again at twice their size: codes whose
modules are one and a half pixels wide are read then."""
CODES: Final = 100
"""Codes that are kept of one picture: a sheet of labels has some sixty."""


@dataclass(frozen=True)
class BarcodeOptions:
    """Options of `[plugins.barcode]`."""

    formats: tuple[Format, ...] = field(
        default=(), metadata={"description": "sorts of codes to look for; empty for all"}
    )
    try_harder: bool = field(
        default=True,
        metadata={
            "description": "whether turned, small and inverted codes are looked for too: takes several times as long"
        },
    )


class Barcodes(Perceiver):
    """Yields one observation for each code, from top to bottom."""

    name = "barcode"
    version = "1"
    consumes = (IMAGE,)
    produces = ("barcode",)
    requires = ("zxingcpp",)
    Options = BarcodeOptions
    deadline = 20.0
    heavy = False
    particular = True
    concurrency = 2
    asked: ClassVar = {
        "barcode": (
            "barcode|QR code|Strichcode|Barcodes|QR-Codes|code-barres|código de barras|条形码|二维码|mã vạch|mã QR",
        )
    }

    def __init__(self) -> None:
        self._options = BarcodeOptions()
        self._library: Any = None

    def load(self, services: Services) -> None:
        """Import the library."""
        require("zxingcpp", install="pip install sensorium-barcode")
        import zxingcpp

        self._options = services.options
        self._library = zxingcpp

    def perceive(self, task: Task) -> Iterator[Observation]:
        """Look once, and once more in double size where that may help."""
        task.check()
        rgb = task.image().rgb
        height, width, _ = rgb.shape
        found = self._read(rgb)
        if not found and self._options.try_harder and height * width <= SMALL_PIXELS:
            task.check()
            found, height, width = self._read(_doubled(rgb)), height * 2, width * 2
        found.sort(key=lambda code: (code.position.top_left.y, code.position.top_left.x))
        for code in found[:CODES]:
            yield self._observed(task, code, width, height)

    def _read(self, rgb: np.ndarray) -> list[Any]:
        library, options = self._library, self._options
        view = library.ImageView(rgb, rgb.shape[1], rgb.shape[0], library.ImageFormat.RGB)
        asked = [getattr(library.BarcodeFormat, _LIBRARY_NAMES[name]) for name in options.formats]
        return list(
            library.read_barcodes(
                view,
                **({"formats": library.BarcodeFormats(asked)} if asked else {}),
                try_rotate=options.try_harder,
                try_downscale=options.try_harder,
                try_invert=options.try_harder,
                text_mode=library.TextMode.Plain,
            )
        )

    def _observed(self, task: Task, code: Any, width: int, height: int) -> Observation:
        sort, text = self._sort(code), code.text[:TEXT_CHARACTERS]
        if sort in ("ean_13", "upc_a") and len(text) == 13 and text[0] == "0":
            sort, text = "upc_a", text[1:]  # the same stripes; twelve digits are printed below them
        binary = code.content_type in (self._library.ContentType.Binary, self._library.ContentType.UnknownECI)
        data: dict[str, Any] = {
            "format": sort,
            "label": LABELS[sort],
            "purpose": "data" if binary else purpose(text, sort in PRODUCTS),
            "checked": sort not in UNCHECKED,
            "rotation": int(code.orientation) % 360,
        }
        if code.ec_level:
            data["error_correction"] = str(code.ec_level)
        line = shown(text)
        if binary or line != text or len(text) < len(code.text):
            data["bytes"] = bytes(code.bytes)[:BYTES].hex()
        corners = _corners(code.position, width, height)
        data["polygon"] = [[round(x, 5), round(y, 5)] for x, y in corners]
        return task.observe(
            "barcode",
            f"{len(code.bytes)} bytes" if not line or (binary and _is_no_text(bytes(code.bytes))) else line,
            ITF_SURE if sort == "itf" else UNCHECKED_SURE if sort in UNCHECKED else SURE,
            box=_around(corners),
            **data,
        )

    def _sort(self, code: Any) -> str:
        """The name of the code's sort; that of its family for a variant ("ISBN" is an EAN-13)."""
        for ours, theirs in _LIBRARY_NAMES.items():
            if getattr(self._library.BarcodeFormat, theirs) in (code.format, code.symbology):
                return ours
        raise MissingLibrary(
            f"The installed zxing-cpp names a sort of code that is not known here: {code.format}.",
            "Install the version that is pinned: pip install -c constraints.txt zxing-cpp",
        )


def _doubled(rgb: np.ndarray) -> np.ndarray:
    import numpy as np
    from PIL import Image as Pillow

    picture = Pillow.fromarray(rgb)
    return np.asarray(picture.resize((rgb.shape[1] * 2, rgb.shape[0] * 2), Pillow.Resampling.BICUBIC))


def _is_no_text(content: bytes) -> bool:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return True
    return sum(character.isprintable() for character in text) < len(text) / 2


def _corners(position: Any, width: int, height: int) -> list[tuple[float, float]]:
    points = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    return [(min(1.0, max(0.0, point.x / width)), min(1.0, max(0.0, point.y / height))) for point in points]


def _around(corners: list[tuple[float, float]]) -> Box:
    across, down = zip(*corners, strict=True)
    return (min(across), min(down), max(across), max(down))
