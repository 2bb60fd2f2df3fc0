"""Text on its way to a language model and back: harmless going in; coming out, the bare answer, whether it passes, and
which observations it names. Pure.

Cautious on purpose: where a reply leaves room for doubt the functions say None, False or nothing. Not for judging
whether it is true.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from assistant.types import Delta, Kind, Observation

COLORS: Final = frozenset(
    "black white gray grey red green blue yellow orange brown purple pink violet beige gold golden silver tan "
    "turquoise cyan magenta teal maroon navy cream".split()
)
NUMBERS: Final = {
    word: str(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty".split()
    )
}
LONGEST_SHORT: Final = 5
"""Words of a reply that is itself taken for the bare answer."""

_YES: Final = frozenset(("yes", "yeah", "yep", "oui", "sí", "si", "ja", "sim", "是", "是的", "有", "对", "有的"))
_NO: Final = frozenset(
    ("no", "nope", "non", "nein", "não", "否", "不", "不是", "没有", "不是的", "没有的", "不对", "không")
)
_POLAR: Final = re.compile(
    r"^(?:is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|should|isn't|aren't|doesn't|don't|"
    r"est-ce|y a-t-il|il y a|hay|es|está|están|gibt|ist|sind|hat|haben)\b"
    r"|[吗嗎]\s*[?？]?$|(?:是不是|有没有|是否)",
    re.I,
)
_VERIFY: Final = re.compile(r"\btrue or false\b", re.I)
_COUNT: Final = re.compile(
    r"^(?:how many|what (?:is the )?number|count\b|combien|cuánt[oa]s|wie ?viele)|\bhow many\b|多少|几[个只张条匹辆位]",
    re.I,
)
_COLOR: Final = re.compile(r"\bcolou?rs?\b", re.I)
_HEDGED: Final = re.compile(
    r"\b(?:may|might|could|would|should|maybe|perhaps|possibly|probably|likely|if|whether|but|or|asks?|questions?|"
    r"seems?|appears?|both|either)\b|\?",
    re.I,
)
_DENIES: Final = re.compile(r"\b(?:not|no|none|never|nothing|nobody|neither|nor|without|cannot)\b|n't\b", re.I)
_EMPTY: Final = frozenset(
    "is are was were am do does did has have had a an the any there it this that these those i we you see seen shown "
    "visible find found perceive detect".split()
)
"""Words that a statement may lack, or have in another place, and still restate the question."""
_PLACES: Final = frozenset(
    "in on at of to from under over above below behind between beside near by next inside outside with left "
    "right".split()
)
_SHOWN: Final = re.compile(r"\b(?:in|of|from) (?:the|this) (?:image|picture|photo|photograph|scene)\b", re.I)
_ENGLISH: Final = re.compile(r"(?:is|are|was|were|do|does|did|has|have|can)\b", re.I)
_OR: Final = re.compile(r"\bor\b", re.I)
_NONE: Final = re.compile(
    r"^(?:none|zero|no\b(?! idea)|there (?:is|are) (?:no\b|none|not any)|i (?:see|can see) (?:no\b|none))", re.I
)
_SUBJECT: Final = re.compile(
    r"^(?:it|this|that|they|these|those|the (?:answer|picture|image|photo|photograph)(?: (?:shows|is))?|"
    r"the [\w' -]{1,40}?)"
    r"(?: is| are| was| were|'s|'re|:) +(?:an? |the )?(?P<rest>[^,.;:!?\n]+)[.!]?$",
    re.I,
)
_LEAD: Final = re.compile(
    r"^(?:(?:based on|according to|from|looking at|in) (?:the|this|your|what)[^,.:]{0,60}, *)?"
    r"(?:(?:the )?(?:short |final |correct )?answer(?: to (?:the|this|your) question)?(?: is\b|:)[: ]*)?",
    re.I,
)
"""What leads up to an answer without being part of it."""
_LISTED: Final = re.compile(
    r"(?:^|\s)\(?(?:choices|options|answers|possible answers|choose (?:one )?(?:of|from)|pick one of)\s*:\s*"
    r"(?P<all>.+?)\)?\s*$",
    re.I | re.S,
)
_LETTERED: Final = re.compile(r"(?:^|\s)\(?([A-Ha-h])[).:]\s+")
_SENTENCE: Final = re.compile(r"(?<=[.!?。！？])\s+|(?<=[。！？])|\n+")
_MARK: Final = re.compile(
    r"<(?=[|\uff5c])|[|\uff5c](?=>)|<(?=/?(?:s|bos|eos|pad|unk|mask|image|img|audio|video|think|tool_call|"
    r"tool_response|fake_token_around_image|global-img|end_of_utterance|start_of_\w+|end_of_\w+|row_\d+_col_\d+|"
    r"__\w+__)\s*>)|\[(?=/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|IMG\w*)\])|<(?=<SYS>>|</SYS>>)",
    re.I,
)
"""Where the marks of the common model families begin: ChatML, Llama, Mistral, Gemma, DeepSeek, Idefics, llama.cpp."""
_QUOTED: Final = re.compile("\"[^\"]*\"|“[^”]*”|«[^»]*»|「[^」]*」|(?<!\\w)'[^'\n]*'(?!\\w)")
_WORD: Final = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_ABSTAINS: Final = re.compile(
    r"\bi(?: really| honestly| just)? (?:do not|don't|cannot|can't|could not|couldn't|am not able to|am unable to)"
    r"(?: (?:really|reliably|clearly|actually|quite|for sure|directly))* "
    r"(?:know|tell|say|see|determine|answer|identify|be sure|view|hear|make out|provide|find|access)\b"
    r"|\bi(?:'m| am) (?:not (?:sure|certain|able)|unsure|unable|afraid i)\b"
    r"|\bi have no (?:idea|way|information)\b|^no idea\b"
    r"|\b(?:it|this|that|the answer) (?:is|'s) (?:unclear|unknown|impossible to|not possible to|not clear|"
    r"hard to (?:tell|say)|difficult to (?:tell|say))"
    r"|\b(?:it|this|that) (?:cannot|can't|can not) be (?:determined|told|known|seen|answered)"
    r"|^(?:unknown|unclear|unsure|unanswerable|not sure|cannot tell|can't tell|cannot be determined|undetermined|n/a)\b"
    r"|\bnot enough information\b|\bno information (?:about|on|is given)\b"
    r"|^(?:unable|not possible) to (?:tell|say|determine|answer)"
    r"|不知道|无法(?:判断|确定|看出|回答|得知|辨认)|看不出|不清楚|不确定"
    r"|\bje ne (?:sais|peux|vois) pas\b|\bimpossible (?:de|à) (?:dire|déterminer)\b"
    r"|\bno (?:lo )?(?:sé|puedo (?:decir|saber|determinar|ver))\b"
    r"|\bich (?:weiß|weiss|kann)(?: es| das)? nicht\b|\bkann ich nicht (?:sagen|erkennen)\b|\bkeine ahnung\b",
    re.I,
)
_REFUSED: Final = re.compile(
    r"(?:\b(?:no|not|without|neither|nor|isn't|aren't|zero)\b|n't\b)(?: (?:an?|any|the))?$", re.I
)
_IRREGULAR: Final = {
    "person": ("people", "persons"),
    "man": ("men",),
    "woman": ("women",),
    "child": ("children",),
    "mouse": ("mice",),
    "sheep": ("sheep",),
    "knife": ("knives",),
}


def harmless(text: str) -> str:
    """The text with a space put into what chat templates and tokenizers take for their own marks: "<|im_end|>",
    "</s>", "<image>", "[INST]", "<start_of_turn>". To be applied to everything that people or media say.
    """
    return _MARK.sub(lambda found: f"{found[0][0]} {found[0][1:]}", text)


def concluded(question: str, text: str, observations: Sequence[Observation], confidence: float | None = None) -> Delta:
    """The closing delta of a model's whole reply, without text: bare answer, abstention, citations, confidence.

    Args:
        question: what was asked.
        text: the whole reply.
        observations: what the reply may name.
        confidence: probability that it is right, 0-1, if the model gives one.
    """
    passes = abstains(text)
    return Delta(
        citations=() if passes else cited(text, observations),
        confidence=None if confidence is None else round(min(1.0, max(0.0, confidence)), 4),
        abstained=passes,
        short=short_of(question, text),
    )


def options_in(question: str) -> tuple[str, ...]:
    """The options a question offers: "... Choices: a, b, c", "(A) x (B) y"; empty if it lists none."""
    listed = _LISTED.search(question)
    if listed is not None:
        pieces = re.split(r"\s*(?:[,;|\n]|\bor\b)\s*", listed["all"])
        found = tuple(re.sub(r"^\(?[a-hA-H1-9][).:]\s*", "", piece).strip(" .?\"'") for piece in pieces)
        found = tuple(option for option in found if option)
        return found if len(found) > 1 else ()
    marks = list(_LETTERED.finditer(question))
    if len(marks) < 2 or [mark[1].lower() for mark in marks] != list("abcdefgh")[: len(marks)]:
        return ()
    ends = [mark.start() for mark in marks[1:]] + [len(question)]
    return tuple(question[mark.end() : end].strip(" ,;.?\n") for mark, end in zip(marks, ends, strict=True))


def abstains(text: str) -> bool:
    """Whether the reply says, in its first sentence, that it cannot tell. Words in quotation marks do not count."""
    first = next(iter(_sentences(text)), "").replace("’", "'")
    return _ABSTAINS.search(_QUOTED.sub(" ", first)) is not None


def short_of(question: str, text: str) -> str | None:
    """The bare answer in a reply: "yes" or "no", "true" or "false", a number, colours, one of the options, or the few
    words that the reply consists of; None if it is not plain.

    Args:
        question: decides what sort of answer is looked for.
        text: the reply.
    """
    sentences = list(_sentences(text))
    if not sentences:
        return None
    first = sentences[0] = _LEAD.sub("", sentences[0]) or sentences[0]
    options = options_in(question)
    if options:
        return _option(options, sentences)
    if _VERIFY.search(question):
        return _truth(first)
    asked = _last_question(question)
    if _POLAR.search(asked) and not _OR.search(asked):
        return _polarity(first) or _restated(asked, first)
    if _COUNT.search(asked):
        return _number(first)
    if _COLOR.search(asked):
        return _colors(first)
    return _few_words(first) if len(sentences) == 1 else None


def cited(text: str, observations: Iterable[Observation]) -> tuple[str, ...]:
    """Ids of the observations that a reply names: things, drawn shapes and labels by name, what was read or said by
    the words, colours where nothing else is named. A thing that is denied ("no dog") is not named.

    Args:
        text: the reply.
        observations: what it may rest on.
    """
    plain = _plain(text)
    quotes = " ".join(_plain(quote[1:-1]) for quote in _QUOTED.findall(text))
    found: list[str] = []
    colors: list[str] = []
    for seen in observations:
        if seen.kind in (Kind.OBJECT, Kind.SHAPE, Kind.LABEL, Kind.FACE):
            if _names(plain, seen.text):
                found.append(seen.id)
        elif seen.kind == Kind.TEXT_LINE:
            if _repeats(plain, quotes, text, seen.text):
                found.append(seen.id)
        elif seen.kind == Kind.TRANSCRIPT_SEGMENT:
            if _repeats(plain, quotes, text, seen.text) or _overlaps(quotes, seen.text):
                found.append(seen.id)
        elif seen.kind == Kind.COLOR and _names(plain, seen.text):
            colors.append(seen.id)
    return tuple(dict.fromkeys(found or colors))


# ---- pieces ------------------------------------------------------------------------------------------------------


def _sentences(text: str) -> Iterator[str]:
    for sentence in _SENTENCE.split(re.sub(r"[*_`#]{1,3}", "", text).strip()):
        if sentence.strip():
            yield sentence.strip()


def _last_question(question: str) -> str:
    sentences = [sentence for sentence in _sentences(question) if sentence]
    asking = [sentence for sentence in sentences if sentence.endswith(("?", "？"))]
    return (asking or sentences or [""])[-1]


def _plain(text: str) -> str:
    """Lower-case words with one space between and around."""
    return f" {' '.join(_WORD.findall(text.casefold().replace('’', chr(39))))} "


def _polarity(sentence: str) -> str | None:
    words = _WORD.findall(sentence.casefold())
    if not words:
        return None
    if words[0] in _YES or re.match(r"是的|有的|对[,，。]", sentence):
        return "yes"
    if re.match(r"no (?:idea|one knows|way to)\b", sentence, re.I):
        return None
    if words[0] in _NO or re.match(r"没有|不是|不[,，。]", sentence):
        return "no"
    if re.match(r"there (?:is|are)(?: no\b|n't\b| not\b)|there (?:isn't|aren't)\b", sentence, re.I):
        return "no"
    if re.match(r"(?:correct|true|indeed|certainly|definitely|of course)\b", sentence, re.I):
        return "yes"
    return "no" if re.match(r"(?:incorrect|false)\b", sentence, re.I) else None


def _restated(question: str, sentence: str) -> str | None:
    """Yes or no where a statement repeats every word of the question in its order, with at most one denial."""
    question, sentence = (_SHOWN.sub(" ", text.replace("’", "'")) for text in (question, sentence))
    if _HEDGED.search(sentence) or _DENIES.search(question) or not _ENGLISH.match(question):
        return None
    asked = [word for word in _WORD.findall(question.casefold()) if word not in _EMPTY]
    said = [word for word in _WORD.findall(sentence.casefold()) if word not in _EMPTY]
    rest = iter(said)
    if not asked or not all(word in rest for word in asked) or _PLACES & (set(said) - set(asked)):
        return None
    denials = len(_DENIES.findall(sentence))
    return (None, "yes", "no")[1 + denials] if denials < 2 else None


def _truth(sentence: str) -> str | None:
    said = re.match(
        r"(?:the (?:statement|answer) is |it is |that is |this is )?(true|false|correct|wrong)\b", sentence, re.I
    )
    if said is not None:
        return "true" if said[1].casefold() in ("true", "correct") else "false"
    return {"yes": "true", "no": "false"}.get(_polarity(sentence) or "")


def _number(sentence: str) -> str | None:
    if _NONE.search(sentence):
        return "0"
    numbers = {NUMBERS.get(word, word) for word in re.findall(r"\d+(?:[.,]\d+)*|[a-zà-ÿ]+", sentence.casefold())}
    numbers = {number for number in numbers if number[0].isdigit()}
    if len(numbers) > 1 and re.search(r"\b(?:one|1) of\b", sentence, re.I):
        return None
    return numbers.pop() if len(numbers) == 1 else None


def _colors(sentence: str) -> str | None:
    words = _WORD.findall(sentence.casefold())
    named = list(dict.fromkeys(word for word in words if word in COLORS))
    if not named or _REFUSED.search(sentence.casefold().partition(named[0])[0].strip()):
        return None
    return " and ".join(named) if len(named) <= 3 else None


def _option(options: Sequence[str], sentences: Sequence[str]) -> str | None:
    first = sentences[0].strip()
    letter = re.match(r"(?:(?:the )?answer(?: is|:)? *)?\(?([A-Ha-h])(?:[).:]|\s*$)", first, re.I)
    if letter is not None:
        index = "abcdefgh".index(letter[1].casefold())
        return options[index] if index < len(options) else None
    for sentence in sentences[:2]:
        plain = _plain(sentence)
        named = [option for option in options if _plain(option).strip() and _plain(option) in plain]
        named = [one for one in named if not any(one != other and _plain(one) in _plain(other) for other in named)]
        if len(named) == 1:
            before = plain.partition(_plain(named[0]))[0].strip()
            return None if _REFUSED.search(before) else named[0]
        if named:
            return None
    return None


def _few_words(sentence: str) -> str | None:
    bare = sentence.strip(" .!\"“”'")
    told = _SUBJECT.match(sentence)
    if told is not None:
        bare = told["rest"].strip()
    if not bare or abstains(sentence) or len(bare.split()) > LONGEST_SHORT or len(bare) > 60:
        return None
    return re.sub(r"^(?:an?|the) ", "", bare, flags=re.I) or None


def _forms(name: str) -> tuple[str, ...]:
    """A name and its plurals."""
    head, _, last = name.casefold().rpartition(" ")
    lead = f"{head} " if head else ""
    plurals = _IRREGULAR.get(last, ())
    if not plurals:
        if last.endswith(("s", "x", "ch", "sh")):
            plurals = (f"{last}es",)
        elif last.endswith("y") and last[-2:-1] not in "aeiou":
            plurals = (f"{last[:-1]}ies",)
        else:
            plurals = (f"{last}s",)
    return (f"{lead}{last}", *(f"{lead}{plural}" for plural in plurals))


def _names(plain: str, name: str) -> bool:
    for form in _forms(name):
        start = -1
        needle = _plain(form)
        if needle == "  ":
            return False
        while (start := plain.find(needle, start + 1)) >= 0:
            if not _REFUSED.search(plain[:start].rstrip()):
                return True
    return False


def _repeats(plain: str, quotes: str, text: str, line: str) -> bool:
    """Whether the reply holds the line: of one word, in quotation marks or in the same letters."""
    needle = _plain(line)
    words = needle.split()
    if not words or needle not in plain:
        return False
    if len(words) > 1:
        return True
    return needle in f" {quotes} " or (len(words[0]) > 2 and not line.strip().islower() and line.strip() in text)


def _overlaps(quotes: str, said: str) -> bool:
    """Whether three words in a row that the reply quotes were said."""
    words = quotes.split()
    heard = _plain(said)
    return any(f" {' '.join(words[at : at + 3])} " in heard for at in range(len(words) - 2))
