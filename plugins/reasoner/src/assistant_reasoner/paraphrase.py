"""Known questions in other words: what a question that no rule reads is nearest to in meaning. Data and matching.

The things that a question mentions are put aside ("X", "Y"), the rest is compared, as sentence embeddings, with the
wordings below; the plain question of the nearest is then read by the rules. scripts/measure_paraphrases.py measures
how often the nearest wording means the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from assistant_reasoner.lexicon import plural

NEAR: Final = 0.72
"""Cosine similarity from which a wording counts as meaning the same: leaving each wording out in turn, 89 % of those at
least this near to another belong to the same question (all-MiniLM-L6-v2)."""
TRUST: Final = 0.8
"""Factor on the confidence of what was understood by likeness only."""
STANDS_FOR: Final = ("thing", "object")
"""What stands in a wording for the first and second thing spoken of."""

_WORDINGS: Final = """
how many X are there: give me a tally of the X; work out the X count; put a number on the X; how large is the group
    of X; the quantity of X shown; what is the X headcount; could you total up the X; to what number do the X add
    up; how numerous are the X; number of visible X please; what would be the count of all X; what amount of X can
    you make out; sum up the X; report the number of X; the X in this picture number how many
is there a X: has an X been captured here; might there be an X around; am I looking at any X; does an X turn up
    somewhere; would I find an X in this; any sign of an X; was an X photographed; can an X be made out; is an X
    part of this scene; do we have an X in this shot; does anything here resemble an X; I wonder whether an X shows
    up; spot an X anywhere; was there an X in front of the camera; could that be an X somewhere; does this include
    an X; the image has an X in it right
where is the X: in what spot is the X; point me to the X; whereabouts would I find the X; which area holds the X; at
    which place in the image does the X appear; in which corner is the X; tell me the location of the X; how is the
    X placed in the frame; at what point in the picture can the X be found; on which side do you find the X; give me
    the position of the X
what color is the X: which shade does the X have; what tint is the X; in which hue is the X painted; the X comes in
    what colour; describe the colouring of the X; what paint was used on the X; which tone does the X show; give me
    the shade of the X; the X is of which colour
what is in the picture: what is going on here; give me an overview; what does this depict; walk me through the
    image; what should I know about this photo; paint me a picture in words; what has been photographed; what stuff
    is around; summarise what is visible; what are we looking at; fill me in on the image; break down the scene for
    me; what do you make of this image; tell me what is happening; give a rundown of the contents; what have I sent
    you
what does it say: which words appear; decipher the lettering; what is the inscription; make out the writing for me;
    what text can be recognised; spell out what is printed; what message is written; can you decode the text; what
    has been written here; tell me the wording; give me the printed words; what are the letters; the sign reads what
what room is this: in which part of the home was this taken; which kind of room do we see; what sort of interior is
    this; where in the house are we
where was this taken: in what sort of surroundings are we; what place does this look like; at what kind of location
    is this; which setting do we see; what environment is shown; what kind of area is it
is it indoors or outdoors: was this shot in the open air; are we inside a building or outside; is this an interior
    or an exterior; in the open or under a roof
what is next to the X: what accompanies the X; what is adjoining the X; which object neighbours the X; what can be
    found beside the X; what stands close by the X; what does the X have alongside it; what surrounds the X; name
    the neighbour of the X; what keeps the X company
what is on the X: what rests upon the X; which object lies atop the X; what has been put on the X; what does the X
    carry on its surface; what was placed on the X
what is under the X: what lies beneath the X; what can be found underneath the X; what does the X cover
is the X next to the Y: are the X and the Y close together; does the X stand beside the Y; is the X adjacent to the
    Y; are the X and the Y neighbours; is the X anywhere near the Y
is the X on the Y: does the X rest upon the Y; has the X been put on the Y; is the X lying atop the Y
is the X bigger than the Y: does the X exceed the Y in size; is the X larger in size than the Y; does the X outsize
    the Y; is the Y smaller than the X
are there more X than Y: do the X outnumber the Y; is the number of X greater than that of Y; are X more numerous
    than Y
what animal is this: which species is it; what creature do we see; name the beast; what sort of critter is it; which
    kind of animal has been photographed; what living creature is shown; tell me the species
what vehicle is this: which means of transport is it; what kind of machine do people ride here; name the type of
    vehicle
what food is this: which dish is it; what is being served; what can one eat here; which kind of meal is it
is there any food: is there anything to eat; is something edible shown; could I have a bite of something here
are there any people: is anybody there; is somebody around; do any humans appear; can you see a human being; anyone
    about
is it blurry: is the image out of focus; is the shot unsharp; does the photo lack sharpness; is the focus off; how
    come it looks smeared
is the picture dark: is the image underexposed; was there too little light; is the scene gloomy
how big is the picture: which resolution does it have; how many pixels wide; what are the dimensions of the image
what did they say: what was the recording about; give me the content of the speech; which words were spoken; what do
    I hear in the audio; what was being talked about; put the speech in writing; transcribe what was spoken; tell me
    what the voice says
how does the speaker feel: which mood does the voice have; what emotion comes across; is the talker cheerful or
    gloomy; what is the sentiment
what language is it: in which tongue do they talk; which language do I hear
what are the main colors: which palette dominates; what shades prevail in the image; describe the colour scheme
"""


@dataclass(frozen=True, slots=True)
class Wording:
    """One wording, with the plain question that it stands for."""

    text: str
    question: str
    """With "X", and "Y", for the things it speaks of."""

    @property
    def slots(self) -> int:
        """How many things it speaks of."""
        return ("X" in self.question) + ("Y" in self.question)


@lru_cache(maxsize=1)
def wordings() -> tuple[Wording, ...]:
    """Every known wording; the plain questions are among them."""
    found = []
    for line in re.sub(r"\n    ", " ", _WORDINGS.strip()).splitlines():
        question, _, others = line.partition(":")
        for text in (question, *others.split(";")):
            said = " ".join(text.split())
            for slot, word in zip("XY", STANDS_FOR, strict=True):
                many = re.search(rf"\b(?:many|more|the|all|than|that of|of) {slot}(?: (?:are|add)|$)", question)
                said = re.sub(rf"\b{slot}\b", plural(word) if many and "how many" in question else word, said)
            found.append(Wording(said.casefold(), question.strip()))
    return tuple(found)


def put_aside(text: str, names: Sequence[str]) -> str:
    """The text with the names of things, singular or plural, replaced by what stands for them in wordings."""
    for name, word in zip(names, STANDS_FOR, strict=False):
        if plural(name) != name:
            text = re.sub(rf"\b{re.escape(plural(name))}\b", plural(word), text)
        text = re.sub(rf"\b{re.escape(name)}\b", word, text)
    return text


def nearest(
    text: str, names: Sequence[str], embed: Callable[[Sequence[str]], Any], near: float = NEAR
) -> tuple[str, float] | None:
    """The plain question that means the same, its things filled in, and the similarity; None if none is near enough.

    Args:
        text: the question in its plain form.
        names: the things it mentions, as they stand in it, in order; two at most count.
        embed: sentence embeddings.
        near: least cosine similarity.
    """
    fitting = [one for one in wordings() if one.slots == min(2, len(names))]
    asked = put_aside(text, names)
    if not fitting or len(asked.split()) < 2:
        return None
    vectors = embed([asked, *(one.text for one in fitting)])
    if vectors is None:
        return None
    alike = vectors[1:] @ vectors[0]
    best = int(alike.argmax())
    if float(alike[best]) < near:
        return None
    question = fitting[best].question
    for slot, name in zip("XY", names, strict=False):
        question = re.sub(
            rf"\b{slot}\b", plural(name) if re.search(rf"(?:many|more|than) {slot}", question) else name, question
        )
    return question, float(alike[best])
