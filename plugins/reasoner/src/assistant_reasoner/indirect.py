"""Turns polite and indirect questions into direct ones: "I'd like to know what it says". Not for meaning: see parse.py.

Works on the plain form of words.py: lower case, no punctuation but commas, "@picture" and "@here".
"""

from __future__ import annotations

import re
from typing import Final

_WH: Final = r"(?:what|which|how|where|who|whose|when|why)"
_PRETTY: Final = r"(?:please |kindly |maybe |perhaps |possibly |just |quickly )?"
_TELL: Final = (
    r"(?:tell|show|explain to|let) (?:me|us)(?: know)?|say(?: to me)?|find out(?: for me)?|check|verify|work out|"
    r"figure out|determine|find|see|answer"
)
_WISH: Final = (
    r"(?:(?:would|'d) (?:like|love)|want|wanna|need|am (?:trying|hoping|dying|curious|eager)|was (?:hoping|trying)|"
    r"hoped|wish|have|am interested)"
)
LEADS: Final = re.compile(
    rf"^(?:(?:(?:can|could|would|will|may|might) (?:you|i|we) {_PRETTY}(?:{_TELL}|know|ask(?: you)?)"
    rf"|(?:i|we) {_WISH} (?:to (?:know|find out|hear|see|ask(?: you)?|learn|understand)|you to (?:{_TELL})|you could "
    rf"(?:{_TELL})|in(?: knowing)?|knowing)"
    rf"|(?:i|we) (?:wonder|am wondering|was wondering|am curious|wondered|do not know|am not sure|ask|have no idea)"
    rf"|(?:i|my|the|another|one more|next) (?:have a |other )?question(?: is| would be| for you| then)?"
    rf"|(?:do|would) you (?:happen to )?(?:know|think|say|see|have any idea)"
    rf"|any (?:idea|clue)|(?:what|how) do you think|(?:{_TELL})|it would be (?:nice|good|great) to know)"
    rf"(?: (?:about|of|as to|please|exactly|that|,))* )(?={_WH}\b|if |whether )"
    r"|^(?:can|could|would|will) (?:you|we|i) (?:please |kindly )?(?=(?:verify|check|confirm)\b)"
    rf"|^(?:would|do) you (?:say|think|agree) (?:that )?(?=(?:it|this|that|there|the|they|these|those|@picture) )"
)
"""What may stand before an embedded question."""

_BARE_YES: Final = re.compile(r"^(?:if|whether)(?: or not)? ")
_STARTS: Final = r"(?:the|a|an|those|it|they|he|she|there|you|we|i|my|his|her|their|its|your|@picture|@q\d+|everyone)"
_BE: Final = r"(?:is|are|was|were|can|could|will|would)"
_NOT_A_NAME: Final = (
    r"(?:is|are|was|were|do|does|did|can|could|will|would|has|have|had|should|must|may|might|of|on|in|at|to|from|with|"
    r"by|near|next|behind|under|above|below|beside|between|or|and|than|that|who|which|see|else|about|,|the|a|an|"
    r"@here|\w+ing|there)"
)
_BE_LATE: Final = re.compile(
    rf"^(?P<wh>{_WH}(?: (?!{_NOT_A_NAME}\b)(?!{_STARTS}\b)\S+){{0,3}}) "
    rf"(?P<subject>{_STARTS}(?: (?!{_BE}\b)\S+){{0,8}}?) "
    rf"(?P<verb>{_BE})(?P<rest> (?!there\b).+)?$"
)
_THIS_LATE: Final = re.compile(
    rf"^(?P<wh>what|where|who|how|when|why) (?P<subject>(?:this|that|these|those)(?: (?!{_BE}\b)\S+){{0,4}}?) "
    rf"(?P<verb>{_BE})(?P<rest> .+)?$"
)
_VERBS: Final = (
    r"say|read|show|mean|mention|sound|feel|look|contain|have|cost|stand|sit|lie|appear|see|hear|talk|speak|last|want|"
    r"think|hold|wear|carry|happen|ask|weigh|begin|start|end|find|recogni[sz]e|detect|perceive|notice|know|need|do"
)
_VERB_LATE: Final = re.compile(
    rf"^(?P<wh>{_WH}(?: (?!{_NOT_A_NAME}\b)(?!{_STARTS}\b)(?!this\b|these\b)\S+){{0,3}}) "
    rf"(?P<subject>(?:{_STARTS}|this|that|these|those)(?: (?!{_BE}\b)\S+){{0,4}}?) "
    rf"(?P<verb>(?:{_VERBS})|(?:{_VERBS})s|has|carries|does|said|meant|felt|talked|mentioned)(?P<rest> .+)?$"
)
_PLURAL: Final = re.compile(r"^(?:they|these|those|you|we|i|people)\b|^(?:the|my|his|her|their|your) .*[^s]s$")
_PAST: Final = {"said": "say", "meant": "mean", "felt": "feel", "talked": "talk", "mentioned": "mention"}


_STATED: Final = re.compile(
    rf"^(?P<subject>(?:{_STARTS}|this|that|these|those|any|someone|somebody|anyone|anybody|all|both)"
    rf"(?: (?!{_BE}\b|that\b|which\b|who\b)\S+){{0,8}}?) (?:(?P<be>{_BE})|(?P<verb>(?:{_VERBS})s|has)) (?P<rest>.+)$"
)


def _asked(statement: str) -> str:
    """The question whether a statement holds: "the sign says stop" -> "does the sign say stop"."""
    match = _STATED.match(statement)
    if not match:
        return statement
    if match["be"]:
        return f"{match['be']} {match['subject']} {match['rest']}"
    base = "have" if match["verb"] == "has" else match["verb"][:-1]
    return f"does {match['subject']} {base} {match['rest']}"


def direct(text: str) -> str:
    """The direct question that an indirect one stands for; other texts unchanged.

    "could you count how many dogs there are" -> "how many dogs are there"; "what it says" -> "what does it say".
    """
    for _ in range(3):
        shorter = LEADS.sub("", text)
        shorter = re.sub(
            r"^(?:count|list|describe|name|identify|read|locate) (?=how many |what (?:the|it|you)\b)", "", shorter
        )
        shorter = re.sub(r"^(?:locate|find|point out|show) (?=where\b)", "", shorter)
        if shorter == text:
            break
        text = shorter
    whether = _BARE_YES.sub("", text)
    if whether != text:
        return _asked(whether)
    for pattern in (_THIS_LATE, _BE_LATE):
        match = pattern.match(text)
        if match:
            return f"{match['wh']} {match['verb']} {match['subject']}{match['rest'] or ''}"
    match = _VERB_LATE.match(text)
    if match:
        verb, subject = match["verb"], match["subject"]
        if verb in _PAST:
            helper, base = "did", _PAST[verb]
        else:
            base = {"has": "have", "carries": "carry", "does": "do"}.get(verb, verb)
            third = base != verb or verb.endswith("s")
            if base == verb and verb.endswith("s"):
                base = verb[:-1]
            helper = "does" if third else "do"
            if not third and not _PLURAL.match(subject):
                return text
        return f"{match['wh']} {helper} {subject} {base}{match['rest'] or ''}"
    return text
