"""How people name colours: numbers fitted by scripts/fit_color_terms.py. Not for use but by palette.py.

Origin: the xkcd colour survey (R. Munroe, 2010, CC0), 2.7 million answers in 8,325 cells of CIELAB, as
counted by Heer and Stone (CHI 2012; BSD-3-Clause), folded into thirteen terms.
The commonest term is the survey's in 96.3% of the cells; mean divergence 0.019 nats.
"""

from __future__ import annotations

from typing import Final

WEIGHTS: Final[dict[str, tuple[float, ...]]] = {
    "black": (-1.26, -5.50, -1.94, -0.47, 1.39, 1.28, -0.94, 1.51, -0.80, 0.24, 1.11, -1.59, -0.22, 0.60),
    "gray": (4.18, 0.77, -3.02, -2.28, -2.41, -0.24, 0.09, -3.20, -2.53, -0.21, 2.43, -0.79, 0.02, -1.19),
    "white": (-1.90, 2.94, -0.52, -0.42, 2.46, 0.16, 0.15, -0.35, -1.09, 0.42, -0.02, 1.30, 1.05, -0.63),
    "red": (-0.43, -2.88, 8.00, 0.36, -0.28, 0.75, -1.19, 0.60, 3.69, -0.74, -2.13, 0.00, -1.07, -0.91),
    "orange": (-4.38, 1.50, 6.52, 3.71, -0.73, 1.09, 1.22, -1.91, 1.18, 0.52, -3.00, -0.26, -0.37, 3.48),
    "yellow": (-3.38, 0.94, -0.47, 4.49, 2.24, 0.17, -0.40, -0.09, 0.32, 1.70, -2.56, -0.13, -0.04, 2.04),
    "green": (1.29, -2.06, -10.85, 1.32, 0.40, -1.57, -1.51, -0.47, 1.20, 2.61, 0.92, 1.50, -0.15, -0.07),
    "teal": (0.86, -0.37, -11.60, -6.41, -0.31, -1.56, -0.59, 0.26, -0.21, 0.61, 0.18, -0.82, -0.61, 0.19),
    "blue": (1.62, 0.21, -7.14, -10.11, 0.56, -2.67, 0.92, 1.24, -1.26, -0.55, 1.54, -0.06, 0.51, 0.35),
    "purple": (2.99, 0.19, 6.29, -5.13, -1.11, -0.62, 0.09, 1.16, 0.82, -0.46, -0.14, -0.01, 1.14, -2.21),
    "pink": (-1.15, 4.00, 10.20, 0.83, 0.34, 0.23, 1.19, 0.43, -0.83, -1.67, -0.14, 1.39, -0.83, -0.06),
    "brown": (1.68, -2.19, 3.60, 7.19, -1.51, -1.03, -0.20, -0.80, 0.17, -0.44, 0.77, -1.11, 0.52, -1.70),
    "beige": (-0.11, 2.45, 0.96, 6.94, -1.04, 4.02, 1.17, 1.62, -0.66, -2.04, 1.06, 0.56, 0.06, 0.10),
}
"""Term -> weights of the features of `palette.features`, for a softmax over the terms."""
SHADES: Final[dict[str, tuple[int, int]]] = {
    "black": (-1, 101),
    "gray": (25, 95),
    "white": (-1, 101),
    "red": (25, 70),
    "orange": (35, 90),
    "yellow": (65, 101),
    "green": (40, 90),
    "teal": (35, 101),
    "blue": (20, 60),
    "purple": (15, 65),
    "pink": (40, 85),
    "brown": (5, 65),
    "beige": (-1, 101),
}
"""Term -> lightness (CIELAB) up to which people often add "dark", and from which "light": at least
half as often as they give the plain word; out of 0-100 for never."""
