"""Answers with a value that is written beside its name: "how much is the soup?", "which platform for Bern?".

Not for reading a text as a whole (reading.py) nor for passages that merely mention a thing (passage.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Final

from assistant.fusion.select import stems
from assistant.types import Observation
from assistant_reasoner.execute.layout import Pair, pairs
from assistant_reasoner.execute.values import amount, bounds, days
from assistant_reasoner.execute.wording import abstain
from assistant_reasoner.execute.world import World
from assistant_reasoner.phrase import Reply, said
from assistant_reasoner.programs import Lookup

READ_FROM: Final = 0.15
"""Confidence of a line from which it is looked at."""
FITS: Final = 0.6
"""Share of the key's words that the labels of a value must bear."""
SLIP: Final = 0.8
"""Likeness (Ratcliff and Obershelp) from which two words of five letters and more are one, misread by a letter."""
MEANING: Final = 0.5
"""Cosine similarity of the key and a label from which they mean the same."""
GUESSED: Final = 0.7
"""Factor on the confidence where only the meaning fits, or the place of the label is unusual."""
MISPLACED, UNHEADED = 0.55, 0.85
"""Factors on the score of a value outside the column asked for, where that column is known and where it is not."""
BY_PLACE: Final = {"label": 1.0, "after": 0.95, "row": 0.85, "above": 0.85}
_SAME: Final[tuple[frozenset[str], ...]] = tuple(
    frozenset(words.split(","))
    for words in (
        "total,sum,grand total,amount due,total due,balance due,to pay,amount,due,total amount,gesamt,summe,totale",
        "subtotal,sub total,net,zwischensumme",
        "tax,vat,sales tax,gst,mwst,tva,iva",
        "phone,telephone,tel,phone number,telephone number,mobile,mob,cell,call,ph,t,contact,hotline,number",
        "fax,telefax",
        "email,e mail,mail",
        "website,web,site,url,homepage,www,online,internet",
        "address,location,street",
        "date,dated,day,issued",
        "due date,due,payable by,pay by,deadline",
        "expiry date,expiry,expires,exp,best before,use by,valid until,expiration",
        "platform,pl,plat,track,gleis,voie,bahnsteig",
        "gate,gt",
        "invoice,invoice number,invoice no,rechnung,bill no,no",
        "order,order number,order no,ticket",
        "open,opening hours,hours,opening times,business hours,open hours,offnungszeiten",
        "tip,gratuity,service",
        "change,change due,cash back",
        "cash,cash tendered,paid,payment,tendered",
        "departure,departs,dep,depart,leave,leaves,abfahrt",
        "arrival,arrives,arr,arrive,ankunft",
        "name,customer,client,guest",
    )
)
"""What forms and signs call the same thing."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A value and how well its labels fit the key."""

    pair: Pair
    score: float
    place: str


def lookup(program: Lookup, world: World, otherwise: Callable[[], Reply | None] | None = None) -> Reply:
    """The value that stands by the key.

    Args:
        program: what is asked.
        world: the context.
        otherwise: another answer for when no value is found; if it has none, it is said that none was found.
    """
    lines = written(world)
    reply = found(program, lines, world) if lines else None
    if reply is None and lines and program.also:
        reply = found(replace(program, key=program.also), lines, world)
    reply = reply or (otherwise() if otherwise else None)
    if reply is not None:
        return reply
    what = world.say(f"value_{program.value}")
    reason = world.say("value_none", what=what, name=f" {world.say.quote(program.key)}" if program.key else "")
    return abstain(world, reason)


def clock(world: World) -> Reply | None:
    """The time of day that is asked for, where the pictures read just one: that of a digital clock."""
    asked = world.question.text.casefold()
    if not re.search(r"\btime\b(?! of)", asked) or re.search(r"\b(?:day|year|season)\b", asked):
        return None
    lines = written(world)
    times = {_bare(pair.value) for pair in pairs(lines, "time")}
    return found(Lookup("", "time", ask="first"), lines, world) if len(times) == 1 else None


def written(world: World) -> list[Observation]:
    """The lines of all pictures in question; of a video each text once."""
    lines = [line for scene in world.scenes for picture in scene.pictures for line in picture.lines]
    lines = [line for line in lines if line.confidence >= READ_FROM]
    if any(scene.is_video for scene in world.scenes):
        lines = list({line.text.casefold(): line for line in lines}.values())
    return lines


def found(program: Lookup, lines: Sequence[Observation], world: World) -> Reply | None:
    """The answer, or None when no value fits."""
    if program.ask in ("cheapest", "dearest"):
        return _extreme(program, lines, world)
    if program.ask == "name":
        return _named(program, lines, world)
    known = _known(program, lines)
    hits = matching(program, known, world)
    if not hits:
        return None
    best = hits[0]
    if program.ask in ("open", "closed"):
        return _open(program, best, world)
    if program.value == "time" and program.ask == "value" and not program.key and len(hits) > 1:
        return _all(hits, world)
    rivals = [
        hit for hit in hits[1:] if hit.score >= best.score - 0.02 and _bare(hit.pair.value) != _bare(best.pair.value)
    ]
    short = _short(program, best.pair.value)
    cited = [best.pair.line]
    label = best.pair.above_line if best.place == "above" else best.pair.label_line if best.place else None
    if label is not None:
        cited.insert(0, label)
    sure = (
        min(line.confidence for line in cited)
        * min(1.0, best.score)
        * (0.95 if not rivals else 0.95 / (1 + len(rivals)))
    )
    ids = tuple(dict.fromkeys(line.id for line in cited))
    named = str(getattr(best.pair, best.place)) if best.place else ""
    if named:
        text = world.say("value", name=world.say.quote(named, 80), value=world.say.quote(best.pair.value, 200))
    else:
        text = world.say("value_alone", value=world.say.quote(best.pair.value, 200))
    sentences = [said(text, *ids), said(world.say("read_sure", sure=world.say.percent(sure)))]
    if rivals:
        others = world.say.listed(
            [world.say.quote(f"{hit.pair.label} {hit.pair.value}".strip(), 60) for hit in rivals[:3]]
        )
        sentences.append(said(world.say("value_others", list=others), *(hit.pair.line.id for hit in rivals[:3])))
    return Reply(tuple(sentences), short, sure)


def _open(program: Lookup, best: Hit, world: World) -> Reply:
    """ "Is it open on Sunday?"."""
    shut = re.match(r"(?i)clos|geschl|ferm", best.pair.value) is not None
    cited = [line for line in (best.pair.label_line, best.pair.line) if line is not None]
    sure = min(line.confidence for line in cited) * min(1.0, best.score) * 0.95
    named = best.pair.label or best.pair.row
    text = world.say("value", name=world.say.quote(named, 80), value=world.say.quote(best.pair.value, 80))
    return Reply(
        (said(text, *(line.id for line in cited)),), "yes" if shut == (program.ask == "closed") else "no", sure
    )


def _all(hits: Sequence[Hit], world: World) -> Reply:
    """All hours, as they are written, each with its label."""
    known = [f"{hit.pair.label or hit.pair.row} {hit.pair.value}".strip() for hit in hits]
    ids = [line.id for hit in hits for line in (hit.pair.label_line, hit.pair.line) if line is not None]
    sure = 0.9 * min(hit.pair.line.confidence for hit in hits)
    text = world.say("value_alone", value=world.say.listed([world.say.quote(one, 80) for one in known]))
    return Reply((said(text, *ids),), ", ".join(known), sure)


def _known(program: Lookup, lines: Sequence[Observation]) -> list[Pair]:
    known = pairs(lines, program.value)
    if program.value == "price" and not known:
        known = pairs(lines, "number")  # a menu in whole francs
    if program.value == "time" and any(":" in pair.value for pair in known):
        known = [pair for pair in known if "." not in pair.value or ":" in pair.value]  # beside 8:00, 4.50 is a price
    if program.value == "any":
        known += pairs(lines, "text")
    if program.value == "text" and program.key:
        known += pairs(lines, "any")
    return known


def matching(program: Lookup, known: Sequence[Pair], world: World) -> list[Hit]:
    """The pairs that fit, best first; by meaning if none does by its words."""
    if not program.key and not program.column:
        return _alone(program, known)
    wanted_days = days(program.key)
    key = " ".join(word for word in program.key.split() if not days(word)) if wanted_days else program.key
    headed = any(program.column and _over(program, pair) >= FITS for pair in known)
    hits: list[Hit] = []
    for pair in known:
        score, place = _scored(key, pair, wanted_days)
        if wanted_days and not key and pair.value and days(pair.line.text) & wanted_days:
            score = max(score, 0.95)
        if program.column:
            factor = 1.0 if _over(program, pair) >= FITS else MISPLACED if headed else UNHEADED
            score = (score if program.key else 1.0) * factor
        if score >= (FITS if not program.column else 0.5):
            hits.append(Hit(pair, score, place))
    if not hits and key and program.value == "time" and (wanted_days or not program.column):
        # the key names whose hours they are, which is the whole sign's: "when does the museum open on Sunday?"
        own = replace(program, key=" ".join(sorted(wanted_days)))
        hits = [replace(hit, score=GUESSED * hit.score) for hit in matching(own, known, world)]
    if not hits and key and not program.column:
        hits = _by_meaning(key, known, world)
    return sorted(hits, key=lambda hit: -hit.score)


def _scored(key: str, pair: Pair, wanted_days: frozenset[str]) -> tuple[float, str]:
    """How well the labels of a value bear the key, and which of them does best."""
    scores = {
        place: weight * likeness(key, text, wanted_days)
        for place, weight in BY_PLACE.items()
        if (text := str(getattr(pair, place)))
    }
    if pair.label and pair.header and key:  # "a large margherita": the row names one half, the column the other
        scores["label"] = max(scores["label"], likeness(key, f"{pair.label} {pair.header}", wanted_days))
    if "row" in scores and key:  # of several values in the row, the one whose own label speaks of the key
        scores["row"] += 0.1 * likeness(key, pair.label, frozenset())
    place = max(scores, key=lambda one: scores[one], default="label")
    return scores.get(place, 0.0), place


def _over(program: Lookup, pair: Pair) -> float:
    """How well the head of the value's column, or its own label, bears the column asked for."""
    return max(likeness(program.column, text, frozenset()) for text in (pair.header, pair.label, pair.above))


def _alone(program: Lookup, known: Sequence[Pair]) -> list[Hit]:
    """Without a key: the only value of the kind, or the one whose label says so."""
    wanted = "total" if program.value == "price" else program.value
    named = [Hit(pair, 1.0, "label") for pair in known if likeness(wanted, pair.label, frozenset()) >= FITS]
    return named or [Hit(pair, 0.9, "") for pair in known]


def likeness(key: str, label: str, wanted_days: frozenset[str]) -> float:
    """How well a label bears the key, 0-1: the share of the key's words found, a little less for words beyond them."""
    if wanted_days and not wanted_days <= days(label):
        return 0.0
    if not key:
        return 1.0 if wanted_days else 0.0
    plain = " ".join(re.findall(r"\w+", label.casefold()))
    if not plain:
        return 0.0
    for group in _SAME:
        if key in group and (plain in group or any(f" {word} " in f" {plain} " for word in group if len(word) > 2)):
            exact = plain in group or plain == key
            return 1.0 if exact else 0.9
    squeezed = re.sub(r"\W", "", key)
    if len(squeezed) >= 4 and squeezed == plain.replace(" ", ""):
        return 1.0
    wanted, there = _words(key), _words(plain)
    if not wanted or not there:
        return 0.0
    fits = [max(_alike(word, other) for other in there) for word in wanted]
    spare = max(0, len(there) - len(wanted))
    return sum(fits) / len(fits) - min(0.15, 0.03 * spare)


def _words(text: str) -> list[str]:
    return list(stems(text)) or re.findall(r"\w+", text.casefold())


def _alike(word: str, other: str) -> float:
    if word == other:
        return 1.0
    if len(word) >= 4 and len(other) >= 4 and (word.startswith(other) or other.startswith(word)):
        return 0.9
    if min(len(word), len(other)) < 4:
        return 0.0
    like = SequenceMatcher(None, word, other).ratio()
    return like if like >= SLIP or (min(len(word), len(other)) == 4 and like >= 0.75) else 0.0


def _by_meaning(key: str, known: Sequence[Pair], world: World) -> list[Hit]:
    labels = list(dict.fromkeys(pair.label or pair.row for pair in known if pair.label or pair.row))
    vectors = world.embed([key, *labels]) if labels and world.embed is not None else None
    if vectors is None:
        return []
    similar = vectors[1:] @ vectors[0]
    score = dict(zip(labels, similar.tolist(), strict=True))
    best = max(score.values())
    return [
        Hit(pair, GUESSED * score[pair.label or pair.row], "label" if pair.label else "row")
        for pair in known
        if best >= MEANING and score.get(pair.label or pair.row, 0.0) == best
    ]


def _short(program: Lookup, value: str) -> str:
    """The bare answer: of hours, the end that is asked for."""
    ends = bounds(value) if program.value == "time" else None
    if ends and program.ask in ("first", "last"):
        return ends[0 if program.ask == "first" else 1].strip()
    return value


def _bare(value: str) -> str:
    return re.sub(r"\W", "", value.casefold())


def _extreme(program: Lookup, lines: Sequence[Observation], world: World) -> Reply | None:
    """The cheapest, or the dearest, of what has a price."""
    priced = [(amount(pair.value), pair) for pair in pairs(lines, "price") if pair.label]
    summed = next(group for group in _SAME if "total" in group) | next(group for group in _SAME if "subtotal" in group)
    known = [(price, pair) for price, pair in priced if price is not None and pair.label.casefold() not in summed]
    if len(known) < 2:
        return None
    pick = min if program.ask == "cheapest" else max
    _, pair = pick(known, key=lambda one: one[0])
    sure = 0.85 * min(pair.line.confidence, pair.label_line.confidence if pair.label_line else 1.0)
    ids = (*((pair.label_line.id,) if pair.label_line else ()), pair.line.id)
    text = world.say("value", name=world.say.quote(pair.label, 80), value=world.say.quote(pair.value, 80))
    short = pair.value if program.value == "price" else pair.label
    return Reply((said(text, *ids), said(world.say("read_sure", sure=world.say.percent(sure)))), short, sure)


def _named(program: Lookup, lines: Sequence[Observation], world: World) -> Reply | None:
    """What stands by a value: "what costs 4.50?"."""
    digits = re.sub(r"\D", "", program.key)
    for pair in pairs(lines, program.value):
        if digits and re.sub(r"\D", "", pair.value) == digits and (pair.label or pair.row):
            named = pair.label or pair.row
            sure = 0.9 * pair.line.confidence
            ids = (*((pair.label_line.id,) if pair.label_line else ()), pair.line.id)
            text = world.say("value", name=world.say.quote(named, 80), value=world.say.quote(pair.value, 80))
            return Reply((said(text, *ids),), named, sure)
    return None
