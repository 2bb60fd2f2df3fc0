"""Captions against what people wrote: CIDEr-D, BLEU-4, METEOR, chrF.

BLEU and chrF are sacrebleu's, METEOR is NLTK's. CIDEr-D is computed here: its public implementations come with a
hundred megabytes of Java archives. SPICE needs Java and is not offered. The published figures of COCO tokenise with
Stanford's PTBTokenizer (Java); here words are lower-cased runs of letters, digits and apostrophes, which differs from
it in few captions.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from assistant_evaluation.formats.content import SetError

WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
LONGEST: Final = 4
"""Words in the longest n-gram."""
SIGMA: Final = 6.0
"""Width of CIDEr-D's penalty on length, in words."""
SCALE: Final = 10.0
"""CIDEr-D is ten times the mean similarity."""

Vector = Mapping[tuple[str, ...], float]


def words(text: str) -> list[str]:
    """The words of a caption, lower case, without punctuation."""
    return WORD.findall(text.lower().replace("’", "'"))


def _ngrams(tokens: Sequence[str]) -> list[Counter[tuple[str, ...]]]:
    return [
        Counter(tuple(tokens[start : start + n]) for start in range(len(tokens) - n + 1)) for n in range(1, LONGEST + 1)
    ]


def cider(said: Sequence[str], references: Sequence[Sequence[str]]) -> list[float]:
    """CIDEr-D of each caption (Vedantam et al., CVPR 2015): 0 to 10, usually printed divided by ten times a hundred.

    TF-IDF weighted n-grams of one to four words, clipped to the reference's, with a Gaussian penalty on the difference
    of length. Document frequencies are those of the references of this set, so figures of different sets, and of parts
    of a set, do not compare. With a single picture every weight is 0.

    Args:
        said: the captions.
        references: what people wrote about each picture.

    Raises:
        SetError: a picture has no reference.
    """
    if any(not each for each in references):
        raise SetError("A picture has no caption to compare with.", "Remove it from the set.")
    grams = [[_ngrams(words(text)) for text in each] for each in references]
    frequency: Counter[tuple[str, ...]] = Counter()
    for each in grams:
        frequency.update({gram for reference in each for counts in reference for gram in counts})
    pictures = math.log(len(references))

    def vectors(counted: list[Counter[tuple[str, ...]]]) -> list[Vector]:
        return [
            {gram: count * (pictures - math.log(max(1, frequency[gram]))) for gram, count in counts.items()}
            for counts in counted
        ]

    scores = []
    for text, counted in zip(said, grams, strict=True):
        mine = vectors(_ngrams(words(text)))
        total = 0.0
        for reference, original in zip(map(vectors, counted), counted, strict=True):
            difference = len(words(text)) - sum(original[0].values())
            penalty = math.exp(-(difference**2) / (2 * SIGMA**2))
            total += penalty * sum(map(_similarity, mine, reference)) / LONGEST
        scores.append(SCALE * total / len(counted))
    return scores


def _similarity(said: Vector, reference: Vector) -> float:
    """Cosine with the candidate's weights clipped to the reference's."""
    shared = sum(min(weight, reference.get(gram, 0.0)) * reference.get(gram, 0.0) for gram, weight in said.items())
    lengths = [math.sqrt(sum(weight**2 for weight in vector.values())) for vector in (said, reference)]
    return shared / (lengths[0] * lengths[1]) if all(lengths) else 0.0


def bleu(said: Sequence[str], references: Sequence[Sequence[str]]) -> float:
    """Corpus BLEU-4, 0-100, of lower-cased words without punctuation (sacrebleu, no smoothing)."""
    from sacrebleu.metrics import BLEU

    scorer = BLEU(tokenize="none", smooth_method="none", force=True)
    return float(scorer.corpus_score([" ".join(words(each)) for each in said], _streams(references)).score)


def chrf(said: Sequence[str], references: Sequence[Sequence[str]]) -> float:
    """Corpus chrF2, 0-100 (sacrebleu), of the same words."""
    from sacrebleu.metrics import CHRF

    return float(CHRF().corpus_score([" ".join(words(each)) for each in said], _streams(references)).score)


def _streams(references: Sequence[Sequence[str]]) -> list[list[str | None]]:
    """sacrebleu's order: the first reference of every caption, then the second; None where there are fewer."""
    most = max(len(each) for each in references)
    return [
        [" ".join(words(each[number])) if number < len(each) else None for each in references] for number in range(most)
    ]


class _NoSynonyms:
    """Stands for WordNet, whose data does not come with NLTK: no word has a synonym."""

    def synsets(self, word: str) -> list[object]:
        """None."""
        return []


def meteor(said: str, references: Sequence[str]) -> float:
    """METEOR of one caption, 0-1, against the reference it fits best (NLTK; words and stems, without synonyms)."""
    from nltk.translate.meteor_score import meteor_score

    return float(meteor_score([words(each) for each in references], words(said), wordnet=_NoSynonyms()))
