"""Fits how people name colours: prints plugins/vision/src/assistant_vision/color_terms.py. Not needed to run it.

    python scripts/fit_color_terms.py c3_data.json > plugins/vision/src/assistant_vision/color_terms.py

c3_data.json is that of github.com/StanfordHCI/c3 (data/xkcd): the answers of the xkcd colour survey (R. Munroe, 2010,
public domain, CC0) counted in cells of CIELAB 5 units wide (Heer and Stone, "Color naming models for color selection,
image editing and palette design", CHI 2012). Its 153 terms are folded into the thirteen of TERMS; then a multinomial
logistic regression on the features of `palette.features` is fitted to the share of each term in each cell, every cell
counting alike. Prints to the error stream how far the fit is from the survey.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

from assistant_vision.palette import TERMS, features

OTHER = {
    "pink": "magenta fuchsia rose salmon dustyrose darkmagenta",
    "teal": "turquoise cyan aqua aquamarine darkturquoise lightturquoise",
    "green": "olive lime mint chartreuse",
    "purple": "lavender violet lilac mauve indigo plum eggplant blueviolet",
    "beige": "tan cream sand taupe khaki flesh skin peach",
    "red": "maroon burgundy crimson brick wine",
    "yellow": "mustard gold goldenrod ochre",
    "brown": "burntsienna terracotta rust",
    "blue": "azure cerulean periwinkle",
    "orange": "coral redorange orangered",
    "gray": "slate",
    "white": "offwhite",
}
LEFT_OUT = {"puke", "puce", "sage"}
"""Terms on whose colour the answers do not agree."""
LIGHT, DARK = ("light", "pale", "baby", "pastel", "sky"), ("dark", "deep", "navy", "midnight", "forest", "hunter")
PENALTY = 1e-5


def term_of(word: str) -> str | None:
    """The term that a word of the survey is folded into: by the table, or else by the term it ends in."""
    for term, words in OTHER.items():
        if word in words.split():
            return term
    plain = word.replace("grey", "gray")
    return next((term for term in sorted(TERMS, key=len, reverse=True) if plain.endswith(term)), None)


def read(path: str) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Cells [n, 3] in CIELAB, answers [n, words], words."""
    data: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    cells = np.array(data["color"], dtype=np.float64).reshape(-1, 3)
    words: list[str] = data["terms"]
    counts = np.zeros((len(cells), len(words)))
    for key, count in zip(data["T"][::2], data["T"][1::2], strict=True):
        counts[key // len(words), key % len(words)] = count
    return cells, counts, words


def fitted(inputs: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Weights [features, terms] of least cross entropy."""

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(inputs.shape[1], shares.shape[1])
        scores = inputs @ weights
        scores -= scores.max(axis=1, keepdims=True)
        log = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        gradient = inputs.T @ (np.exp(log) - shares) / len(inputs) + 2 * PENALTY * weights
        return float(-(shares * log).sum(axis=1).mean() + PENALTY * (weights**2).sum()), gradient.ravel()

    found = minimize(
        loss, np.zeros(inputs.shape[1] * shares.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 3000}
    )
    weights: np.ndarray = found.x.reshape(inputs.shape[1], shares.shape[1])
    centred: np.ndarray = weights - weights.mean(axis=1, keepdims=True)
    return centred


def crossing(lightness: np.ndarray, shade: np.ndarray, plain: np.ndarray, weight: np.ndarray, rising: bool) -> int:
    """The lightness from which the shaded word ("light blue") is given at least half as often as the plain one."""
    levels = np.arange(5, 100, 5)
    more = []
    for level in levels:
        here = lightness == level
        more.append(2 * (shade[here] * weight[here]).sum() > (plain[here] * weight[here]).sum())
    hits = levels[np.array(more)]
    if len(hits) == 0:
        return 101 if rising else -1
    return int(hits.min() if rising else hits.max())


def main() -> None:
    cells, counts, words = read(sys.argv[1])
    fold = np.array([[term_of(word) == term and word not in LEFT_OUT for term in TERMS] for word in words], dtype=float)
    terms = counts @ fold
    shares = terms / terms.sum(axis=1, keepdims=True)
    inputs = features(cells)
    weights = np.round(fitted(inputs, shares), 2)
    scores = np.exp(inputs @ weights)
    guess = scores / scores.sum(axis=1, keepdims=True)
    same = (guess.argmax(axis=1) == shares.argmax(axis=1)).mean()
    apart = (shares * (np.log(np.maximum(shares, 1e-9)) - np.log(guess))).sum(axis=1).mean()
    print(f"{len(cells)} cells; commonest term the same in {same:.1%}; divergence {apart:.4f} nats", file=sys.stderr)
    shades = {}
    for column, term in enumerate(TERMS):
        own = [index for index, word in enumerate(words) if fold[index, column]]
        light = counts[:, [index for index in own if words[index].startswith(LIGHT)]].sum(axis=1)
        dark = counts[:, [index for index in own if words[index].startswith(DARK)]].sum(axis=1)
        base = "grey" if term == "gray" else term
        plain = counts[:, words.index(base)] if base in words else np.zeros(len(cells))
        shades[term] = (
            crossing(cells[:, 0], dark, plain, shares[:, column], False),
            crossing(cells[:, 0], light, plain, shares[:, column], True),
        )
    print('"""How people name colours: numbers fitted by scripts/fit_color_terms.py. Not for use but by palette.py.\n')
    print("Origin: the xkcd colour survey (R. Munroe, 2010, CC0), 2.7 million answers in 8,325 cells of CIELAB, as")
    print("counted by Heer and Stone (CHI 2012; BSD-3-Clause), folded into thirteen terms.")
    print(f"The commonest term is the survey's in {same:.1%} of the cells; mean divergence {apart:.3f} nats.")
    print('"""\n\nfrom __future__ import annotations\n\nfrom typing import Final\n')
    print("WEIGHTS: Final[dict[str, tuple[float, ...]]] = {")
    for column, term in enumerate(TERMS):
        print(f'    "{term}": ({", ".join(f"{value:.2f}" for value in weights[:, column])}),')
    print('}\n"""Term -> weights of the features of `palette.features`, for a softmax over the terms."""')
    print("SHADES: Final[dict[str, tuple[int, int]]] = {")
    for term, (dark, light) in shades.items():
        print(f'    "{term}": ({dark}, {light}),')
    print(
        '}\n"""Term -> lightness (CIELAB) up to which people often add "dark", and from which "light": at least\n'
        'half as often as they give the plain word; out of 0-100 for never."""'
    )


if __name__ == "__main__":
    main()
