"""Reads statements about two pictures: "each image shows a dog", "the left image has more cups". Not for one picture.

The language of the NLVR2 corpus (Suhr et al. 2019). Computed by execute/pairwise.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from assistant_reasoner.lexicon import NUMBERS
from assistant_reasoner.nouns import noun_phrase, things
from assistant_reasoner.programs import Pictures, Presence, Program, Thing

_IMAGE: Final = r"(?:images?|pictures?|photos?|photographs?|pics?|panels?)"
_SIDE: Final = r"(?P<{name}>left|right|first|second|top|bottom)(?: hand| most|hand)?"
_SHOWS: Final = (
    r"(?:only )?(?:shows?|contains?|features?|has|have|includes?|displays?|depicts?|showing|containing|holds?|"
    r"there (?:is|are))"
)
_INDEX: Final = {"left": 1, "first": 1, "top": 1, "right": 2, "second": 2, "bottom": 2}
_ONE_SIDE: Final = (
    rf"(?:the )?(?:{_SIDE.format(name='a')} {_IMAGE}|{_IMAGE} (?:on|at|to) the {_SIDE.format(name='b')}(?: side)?)"
)
_EACH: Final = (
    rf"(?:each(?: of the)?|every|both(?: of the)?|all(?: of the)?)(?: two)? {_IMAGE}|each of the (?:two )?{_IMAGE}|"
    rf"{_IMAGE} both|both the left and right {_IMAGE}"
)
_ANY: Final = (
    rf"(?:at least one(?: of the)?(?: two)?|one of the(?: two)?|an?|one|some|either(?: of the)?(?: two)?) {_IMAGE}|"
    rf"one or both {_IMAGE}"
)
_EXACT: Final = rf"(?:exactly|only) one(?: of the)?(?: two)? {_IMAGE}|a single {_IMAGE}|only one of the {_IMAGE}"
_NONE: Final = rf"neither(?: of the)?(?: two)? {_IMAGE}|none of the {_IMAGE}|no {_IMAGE}"
_ASKS: Final = re.compile(r"(?:what|which|who|where|when|how|why|is|are|does|do|can|did|has|have|compare|describe)\b")
_TOTAL: Final = (
    r"(?:in total|total|altogether|combined|in all|in the two images|in both images combined|"
    r"in the images?(?: combined)?|across (?:both|the two) images|overall)"
)


def normal(text: str) -> str:
    """Lower case, single spaces, no punctuation but commas."""
    text = re.sub(r"[’']s\b", " 's", text.casefold())
    text = re.sub(r"(?<=\w)-(?=\w)", " ", re.sub(r"[^\w', -]+", " ", text))
    text = re.sub(r"\b(left|right)hand\b", r"\1", text)
    text = re.sub(rf"\b(left|right) and (left|right) {_IMAGE}\b", r"\1 and \2 images", text)
    return re.sub(r"\s*,\s*", " , ", " ".join(text.split())).strip(" ,")


def read(text: str, inner: Callable[[str], Program | None], pictures: int) -> Pictures | None:
    """The statement over pictures that the text makes; None for questions and for statements about one picture.

    Args:
        text: the sentence as written, without "true or false".
        inner: reads what is said of one picture.
        pictures: how many there are.
    """
    said = normal(text)
    if _ASKS.match(said):
        return None
    compared = _compared(said)
    if compared is not None:
        return compared
    other = re.fullmatch(
        rf"(?:in )?(?:one|an)(?: of the)? {_IMAGE}(?: ,)? (?P<first>.+?)(?: ,)? (?:and|while|but|,)(?: in)? "
        rf"the (?:other|second)(?: one| {_IMAGE})?(?: ,)? (?P<second>.+)",
        said,
    )
    if other:
        first, second = _program(other["first"], inner), _program(other["second"], inner)
        return Pictures("one_other", (first, second)) if first and second else None
    parts = re.split(
        rf"(?: ,)? (?:and|while|but|,) (?=(?:in )?(?:the )?(?:left|right)(?: hand)? {_IMAGE}\b|"
        rf"(?:in )?the {_IMAGE} on the (?:left|right)\b)",
        said,
    )
    found = [_single(part, inner, pictures) for part in parts]
    known = [one for one in found if one is not None]
    if len(known) != len(found) or not known:
        return None
    whole = known[-1]
    for one in reversed(known[:-1]):
        whole = Pictures(one.scope, one.inner, one.index, whole)
    return whole


def _compared(said: str) -> Pictures | None:
    """More, fewer, or as many of something in one picture as in the other."""
    same = re.fullmatch(
        r"(?:the left and right images|both images|the (?:two )?images|each image) "
        r"(?:contains?|shows?|has|have|features?) "
        r"(?:the same|an equal|the exact same) (?:number|amount) of (?P<what>.+?)(?: as the other(?: image)?)?",
        said,
    )
    if same:
        thing = noun_phrase(same["what"])
        return Pictures("same", (Presence((thing,)),)) if thing else None
    more = re.fullmatch(
        rf"(?:there (?:is|are) )?(?P<how>more|fewer|less) (?P<what>.+?) (?:(?:are )?(?:in|on) )?{_ONE_SIDE}"
        rf"(?: than .*)?|{_ONE_SIDE.replace('<a>', '<c>').replace('<b>', '<d>')} (?:contains?|shows?|has|features?) "
        rf"(?P<how2>more|fewer|less) (?P<what2>.+?)(?: than .*)?",
        said,
    )
    if more:
        groups = more.groupdict()
        thing = noun_phrase(re.sub(r" (?:in|on|are)$", "", groups["what"] or groups["what2"] or ""))
        side = next(groups[name] for name in "abcd" if groups[name])
        how = groups["how"] or groups["how2"]
        return Pictures("more" if how == "more" else "fewer", (Presence((thing,)),), _INDEX[side]) if thing else None
    return None


def _single(said: str, inner: Callable[[str], Program | None], pictures: int) -> Pictures | None:
    leads = (
        (_ONE_SIDE, "index"),
        (_EXACT, "exactly_one"),
        (_NONE, "none"),
        (_EACH, "every"),
        (_ANY, "any"),
    )
    for pattern, scope in leads:
        match = re.match(rf"(?:in )?(?:{pattern})(?: ,)? (?P<rest>.+)$", said)
        trailing = re.match(
            rf"^(?P<rest>.+?)(?: ,)? (?:(?:that|which) (?:is|are) )?(?:in|on|within) (?:{pattern})$", said
        )
        found = match or trailing
        if found:
            program = _program(found["rest"], inner)
            if program is None:
                return None
            index = 0
            if scope == "index":
                index = _INDEX[found["a"] or found["b"]]
            return Pictures(scope, (program,), index)  # type: ignore[arg-type]
    total = _total(said, explicit=pictures < 2)
    return Pictures("total", (Presence((total,)),)) if total else None


def _total(said: str, *, explicit: bool) -> Thing | None:
    """The things, with their number, of "there are exactly three dogs in total"."""
    number = "|".join(word for word in NUMBERS if word not in ("a", "an", "both"))
    match = re.fullmatch(
        rf"(?:there (?:is|are|should be) |the (?:combined )?images (?:show|contain) )?"
        r"(?:(?P<total>a total of|a combined total of) )?"
        rf"(?P<what>(?:(?:exactly|only|at least|at most|no more than|no fewer than|no less than|more than|"
        rf"fewer than|less than|just) )?(?:\d+|{number}) .+?)(?: (?P<tail>{_TOTAL}))?",
        said,
    )
    if not match or (explicit and not (match["total"] or match["tail"])):
        return None
    thing = noun_phrase(match["what"])
    return thing if thing is not None and thing.number is not None and (thing.classes or thing.shapes) else None


def _program(said: str, inner: Callable[[str], Program | None]) -> Program | None:
    """What is said of one picture: what it shows, or a statement."""
    said = said.strip(" ,")
    shown = re.match(rf"{_SHOWS} (?P<what>.+)$", said)
    what = shown["what"] if shown else said
    found = things(re.sub(r"^(?:just|also|a group of|a pair of) ", "", what))
    if found and any(one.classes or one.shapes for one in found[0]):
        return Presence(found[0], every=found[1])
    if not shown:
        return inner(said)
    return inner(f"there is {what}")
