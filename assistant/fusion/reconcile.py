"""Makes one judgement of several: duplicates, agreement between sources, sentiment by late fusion. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from assistant.fusion.align import containment, iou
from assistant.types import Kind, Observation

SAME_IOU: Final = 0.5
"""Overlap from which two boxes of one name are one thing: the matching rule of PASCAL VOC (Everingham et al. 2010)."""
PART_OF: Final = 0.85
"""Containment from which a small box of the same name is a fragment of the large one (cut by a tile's edge)."""
CEILING: Final = 0.995
"""No agreement makes us surer than this: the sources share training data and are not independent."""


def noisy_or(probabilities: Iterable[float]) -> float:
    """Probability that at least one of several independent causes holds (Pearl 1988, section 4.3.2); 0 of none."""
    return 1.0 - math.prod(1.0 - min(1.0, max(0.0, probability)) for probability in probabilities)


def product_of_experts(probabilities: Sequence[float], prior: float = 0.5) -> float:
    """Probability after several independent experts spoke on one yes/no matter (Hinton 2002): log-odds add up.

    Args:
        probabilities: each expert's probability, 0-1.
        prior: what they all started from; counted once. With no expert, the answer.
    """
    start = _log_odds(prior)
    total = start + sum(_log_odds(probability) - start for probability in probabilities)
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def _log_odds(probability: float) -> float:
    bounded = min(1 - 1e-6, max(1e-6, probability))
    return math.log(bounded / (1 - bounded))


# ---- duplicates -------------------------------------------------------------------------------------------------


def same_thing(first: Observation, second: Observation) -> bool:
    """Whether two observations speak of one thing: same part, kind and name, and boxes that overlap by SAME_IOU.

    Without boxes, name and span must be equal.
    """
    if (first.part, first.kind) != (second.part, second.kind) or first.text.casefold() != second.text.casefold():
        return False
    if first.box is None or second.box is None:
        return first.box is second.box and first.span == second.span
    return iou(first.box, second.box) >= SAME_IOU


def merge(observations: Iterable[Observation]) -> tuple[Observation, ...]:
    """One observation for each thing; the surest is kept and names the others in `derived_from`.

    Confidence: noisy-or over different sources, the highest within one source (its duplicates are not independent),
    and at most CEILING when sources were combined. Order: surest first; stable.
    """
    groups: list[list[Observation]] = []
    for seen in sorted(observations, key=lambda one: -one.confidence):
        for group in groups:
            if same_thing(group[0], seen) or _fragment(group[0], seen):
                group.append(seen)
                break
        else:
            groups.append([seen])
    return tuple(sorted((_one(group) for group in groups), key=lambda one: -one.confidence))


def _fragment(whole: Observation, seen: Observation) -> bool:
    """A less sure box of the same source and name, (nearly) wholly within a surer one and much smaller."""
    return (
        whole.kind == Kind.OBJECT == seen.kind
        and (whole.part, whole.source, whole.text) == (seen.part, seen.source, seen.text)
        and whole.box is not None
        and seen.box is not None
        and seen.confidence < 0.5 * whole.confidence
        and containment(seen.box, whole.box) >= PART_OF
    )


def _one(group: list[Observation]) -> Observation:
    best = group[0]
    if len(group) == 1:
        return best
    by_source: dict[str, float] = {}
    for seen in group:
        by_source[seen.source] = max(by_source.get(seen.source, 0.0), seen.confidence)
    sure = best.confidence if len(by_source) == 1 else max(best.confidence, min(CEILING, noisy_or(by_source.values())))
    others = tuple(dict.fromkeys(identity for seen in group[1:] for identity in (seen.id, *seen.derived_from)))
    return replace(best, confidence=sure, derived_from=tuple(dict.fromkeys(best.derived_from + others)))


def sources_of(observation: Observation, known: Iterable[Observation]) -> tuple[str, ...]:
    """Ids of the observations in `known` that a merged observation stands for; its own id if it is among them."""
    ids = {seen.id for seen in known}
    original = [identity for identity in (observation.id, *observation.derived_from) if identity in ids]
    return tuple(original) or (observation.id,)


# ---- agreement --------------------------------------------------------------------------------------------------


def agree(
    objects: Sequence[Observation],
    labels: Sequence[Observation],
    means: Callable[[Observation, Observation], bool],
    prior: float = 0.2,
) -> tuple[Observation, ...]:
    """The objects, surer where a label of the whole picture names the same thing.

    Args:
        objects: things with boxes, reconciled.
        labels: what the picture as a whole shows, of the same pictures.
        means: whether a label (first) names the object's class (second), e.g. "tabby" and "cat".
        prior: chance that a proposed object is right before anyone speaks for it; a label below it changes nothing.

    Only the surest object of each agreeing name gains; a product of experts joins the two probabilities.
    """
    raised: dict[str, Observation] = {}
    done: set[tuple[str, str]] = set()
    for seen in sorted(objects, key=lambda one: -one.confidence):
        if (seen.part, seen.text) in done:
            continue
        done.add((seen.part, seen.text))
        speaking = [label for label in labels if label.part == seen.part and means(label, seen)]
        support = max((label.confidence for label in speaking), default=0.0)
        if support > prior:
            joint = min(CEILING, product_of_experts((seen.confidence, support), prior))
            evidence = tuple(label.id for label in speaking)
            raised[seen.id] = replace(
                seen,
                confidence=max(seen.confidence, joint),
                derived_from=tuple(dict.fromkeys((*seen.derived_from, seen.id, *evidence))),
            )
    return tuple(raised.get(seen.id, seen) for seen in objects)


# ---- sentiment --------------------------------------------------------------------------------------------------

RELIABILITY: Final[Mapping[str, float]] = MappingProxyType({"words": 0.80, "voice": 0.65, "face": 0.60})
"""How often each modality alone judges positive/negative rightly. Words: the held-out accuracy of the text head;
voice and face: conservative, unimodal results on CMU-MOSI (Zadeh et al. 2016) lie in this order."""
NEUTRAL_BAND: Final = 0.15
"""Fused valence closer to zero than this is "neutral"."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one modality said about a feeling, and how much it counted."""

    modality: str
    valence: float
    """-1 (negative) to 1 (positive)."""
    confidence: float
    weight: float
    """Share of the vote, 0-1; the shares sum to 1."""
    observations: tuple[str, ...]
    """Ids it was taken from."""


@dataclass(frozen=True, slots=True)
class Feeling:
    """Several judgements of one feeling, fused."""

    text: str
    """"positive", "neutral", "negative"; "mixed" when modalities pull apart."""
    valence: float
    confidence: float
    """Probability that `text` is right, 0-1."""
    contributions: tuple[Contribution, ...]


def fuse_sentiment(
    observations: Iterable[Observation], reliability: Mapping[str, float] = RELIABILITY
) -> Feeling | None:
    """Late fusion of sentiment observations: a reliability-weighted vote over the modalities at hand.

    Each modality first speaks with one voice: judgements of the whole if it has them, else its segments weighted with
    their length and confidence. Modalities then vote with the weight log(p / (1 - p)) that is optimal for independent
    judges of accuracy p (Nitzan & Paroush 1982), times their own confidence; a missing modality has no vote and the
    rest share its weight. A modality not in `reliability` counts as 0.55.

    Returns:
        None when there is no sentiment observation.
    """
    by_modality: dict[str, list[Observation]] = {}
    for seen in observations:
        if seen.kind == Kind.SENTIMENT:
            by_modality.setdefault(str(seen.data.get("modality", "words")), []).append(seen)
    if not by_modality:
        return None
    voices = []
    for modality, judged in sorted(by_modality.items()):
        whole = [seen for seen in judged if seen.data.get("scope") == "whole"] or judged
        shares = [max(1e-3, _length(seen)) * max(1e-3, seen.confidence) for seen in whole]
        total = sum(shares)
        valence = sum(share * _valence(seen) for share, seen in zip(shares, whole, strict=True)) / total
        confidence = sum(share * seen.confidence for share, seen in zip(shares, whole, strict=True)) / total
        trust = min(0.99, max(0.51, reliability.get(modality, 0.55)))
        vote = math.log(trust / (1 - trust)) * max(1e-3, confidence)
        voices.append((modality, valence, confidence, vote, tuple(seen.id for seen in whole)))
    votes = sum(voice[3] for voice in voices)
    contributions = tuple(
        Contribution(modality, valence, confidence, vote / votes, ids)
        for modality, valence, confidence, vote, ids in voices
    )
    valence = sum(one.weight * one.valence for one in contributions)
    strong = [one.valence for one in contributions if abs(one.valence) > 2 * NEUTRAL_BAND]
    opposed = bool(strong) and min(strong) < 0 < max(strong)
    text = "positive" if valence > NEUTRAL_BAND else "negative" if valence < -NEUTRAL_BAND else "neutral"
    if opposed and abs(valence) < 2 * NEUTRAL_BAND:
        text = "mixed"
    agreeing = sum(
        one.weight * one.confidence for one in contributions if _side(one.valence) == text or text == "mixed"
    )
    return Feeling(text, valence, min(CEILING, agreeing) if agreeing else 0.34, contributions)


def _length(seen: Observation) -> float:
    return seen.span[1] - seen.span[0] if seen.span else 1.0


def _side(valence: float) -> str:
    return "positive" if valence > NEUTRAL_BAND else "negative" if valence < -NEUTRAL_BAND else "neutral"


def _valence(seen: Observation) -> float:
    """The observation's valence, or one that stands for its word."""
    stated = seen.data.get("valence")
    if isinstance(stated, int | float):
        return min(1.0, max(-1.0, float(stated)))
    return {"positive": 0.7, "negative": -0.7}.get(seen.text, 0.0)
