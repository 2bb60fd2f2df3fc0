"""Questions what is there, where, and what place it is, and those nobody here can answer. Not yes or no questions."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from assistant_reasoner.lexicon import COLORS
from assistant_reasoner.nouns import noun_phrase, region, relation
from assistant_reasoner.programs import Beyond, Describe, Locate, Place, Program, Related, Thing, WhatIs, When
from assistant_reasoner.rules import BE, HERE, SEEN_WORDS, Rules
from assistant_reasoner.words import Plain

SIGHT: Final = Rules()

_SCENES = (
    r"kitchen|bathroom|bedroom|living room|dining room|office|street|road|beach|park|zoo|airport|train "
    r"station|station|restaurant|"
    r"cafe|garden|forest|field|farm|sports field|stadium|ski slope|mountain|city|classroom|school|hotel room|hotel|"
    r"museum|shop|store|market|harbor|harbour|sea|ocean|lake|river|countryside|indoor scene|outdoor scene|"
    r"house|home|indoors?|outdoors?|inside|outside|"
    r"parking lot|skate park|tennis court|baseball field|gym|library|supermarket|desert|meadow|dog park|playground"
)


# ---- places -----------------------------------------------------------------------------------------------------


@SIGHT.on(
    rf"where (?:is|was|were|are|could|might|can) (?:it|this|that|@picture|the (?:scene|location|"
    rf"photographer)|this room|we|they|this place)(?: (?:be|taken|located|located at|at|made|shot|happening|"
    rf"taking place|set|photographed|filmed|recorded))*(?: (?:taken|located|at))?{HERE}",
    r"(?:what|which) (?:kind of |type of |sort of )?(?P<room>room|place|location|setting|scene|environment|"
    r"building|area|part of (?:the|a) house|spot)(?: of (?:the|a) house)? (?:is|was|are|does|do|could|"
    r"might) .*",
    r"(?:what|which) (?:is|was) (?:the |this |that )?(?:kind of |type of )?(?P<room>room|place|location|"
    r"setting|scene|environment|background|area)(?: .*)?",
    r"where (?:was|were) (?:it|this|that|@picture|the .+) (?:taken|shot|made|photographed)",
    r"(?:in )?(?:what|which) (?P<room>room|place|location|setting)(?: .*)?",
)
def _place(match: re.Match[str], sentence: Plain) -> Program | None:
    return Place(
        room=bool(re.match(r"room|part of", match.groupdict().get("room") or "")) or "this room" in sentence.text
    )


@SIGHT.on(
    rf"(?:{BE}) (?:it|this|that|@picture|the scene|we|they|the (?:photo|picture|image|room|place|"
    rf"setting))(?: (?:photo|picture|image|room|place))?(?: (?:be|taken|in|at|on|a|an|the|from|of|shot|made|"
    rf"probably|located|set|really))* (?P<scene>{_SCENES})(?: (?:scene|or .+|@here|photo|shot|picture))*",
    rf"(?:does|do) @picture (?:show|depict) (?:a|an|the) (?P<scene>{_SCENES})(?: or .+)?",
    r"(?:is|was) (?:this|it|@picture|the scene) (?:taken |shot |set )?(?P<scene>indoors?|outdoors?|inside|"
    r"outside)(?: or (?:indoors?|outdoors?|inside|outside))?",
)
def _is_place(match: re.Match[str], sentence: Plain) -> Program:
    scene = match["scene"]
    if " or " in sentence.text:
        return Place("indoors or outdoors" if re.search(r"indoor|outdoor|inside|outside", sentence.text) else "")
    return Place(
        {
            "indoor": "indoors",
            "indoor scene": "indoors",
            "outdoor": "outdoors",
            "outdoor scene": "outdoors",
            "inside": "indoors",
            "outside": "outdoors",
        }.get(scene, scene)
    )


# ---- describing -------------------------------------------------------------------------------------------------


@SIGHT.on(
    r"(?:please )?(?:describe|caption|summari[sz]e|explain|analy[sz]e|look at|interpret|comment on|inspect|"
    r"examine|check)(?: (?:it|this|that|them|these|those|@picture|@here|everything|what .+|the (?:scene|"
    r"contents?|situation|surroundings)(?: (?:of|in) .+)?|briefly|in detail|in one sentence|to me|for me|"
    r"both|all|for a blind person|what is there|please|me|content))*",
    rf"what (?:is|are|was|were|do|does|can|could|did|all is|else is|things are|objects are|items are|all do|"
    rf"all can|else do|else can)(?: (?:i|we|one|you|there|it|going on|happening|shown|in|be|seen|visible|"
    rf"depicted|@here|@picture|show|contain|to be seen|displayed|on|see|contents?|taking place|presented|all|"
    rf"the (?:main )?(?:contents?|subject|topic|theme)|of|about|actually|in it|look like|{SEEN_WORDS}|featured|"
    rf"portrayed|here|pictured|represent|of it|to see|have|include|depict))+",
    rf"(?:which|what) (?:objects?|things?|items?|elements?|stuff)(?: (?:are|is|can|do|does|were|there|"
    rf"visible|you|@here|@picture|be|seen|in|{SEEN_WORDS}|contain|shown|present|have|detected|i|show|appear|"
    rf"appears|did|found|we))*",
    r"what (?:have|do|did) (?:we|you|i) (?:got|have|get)(?: (?:got|@here|here|there|in it))*",
    r"what is (?:up|new|happening|going on|the (?:story|deal|matter|situation))(?: (?:@here|@picture|here|with this|"
    r"with it|in it))*",
    r"what (?:happens|happened|goes on|occurs|takes place|all happens|else happens)(?: (?:@here|@picture|here|there|in "
    r"it|exactly|then|next))*|what (?:can|could) (?:you|i|we) tell (?:me )?about (?:@picture|it|this)",
    r"(?:list|name|enumerate|identify|show|give|tell me about|detect|find|recognize|tell)(?: (?:me|all|the|"
    r"every|everything|of|visible|list|us|a))* (?:objects?|things?|items?|elements?|contents?|everything|"
    r"@picture|it|this|description|caption|summary)(?: (?:you|can|see|@here|visible|of|@picture|that|are|do|"
    r"in it|present|shown|for|here))*",
    r"(?:a |an |give me a |give a |provide a |write a |generate a |make a |i need a )?(?:short |brief |"
    r"detailed |one sentence )?(?:description|caption|summary)(?: (?:of|for) (?:@picture|it|this|that))?(?: "
    r"please)?",
    r"tell me (?:more |something |everything )?(?:about )?(?:@picture|it|this|that|what .+|what you see.*)|"
    r"(?:anything|something|what|who) else(?: .*)?|more(?: details?)?|tell me more|go on|and|what about it|"
    r"what do you think(?: .*)?|thoughts|@picture|@here|look at @picture|here is @picture|this is @picture|"
    r"what @here|what @picture|what am i (?:looking at|seeing)|what are we (?:looking at|seeing)",
)
def _describe(match: re.Match[str], sentence: Plain) -> Program | None:
    if sentence.text in (
        "what is it",
        "what is this",
        "what is that",
        "what are these",
        "what are they",
        "what are those",
        "what is here",
        "what is",
    ):
        return None
    return Describe()


# ---- time in videos ---------------------------------------------------------------------------------------------


@SIGHT.on(
    r"(?:at )?(?:when|what (?:time|second|moment)|which (?:second|moment))(?: @here)? (?:do|does|did|is|are|"
    r"can|was|were)(?: (?:i|we|you) see)? (?P<what>.+?)(?: first)?(?: (?:appear|appears|visible|seen|come|"
    r"comes|show up|in view|enter|be seen|show|there|shown|on screen|arrive|come into view|@here|first|"
    r"disappear|leave))+",
    r"(?:at )?when (?:can|do) (?:i|we|you) (?:first )?see (?P<what>.+)",
)
def _when(match: re.Match[str], sentence: Plain) -> Program | None:
    thing = noun_phrase(match["what"])
    if thing and thing.classes == {"clock"}:
        return Beyond("time")
    return When(thing) if thing else None


# ---- where and what ---------------------------------------------------------------------------------------------


@SIGHT.on(
    r"(?:where(?: exactly)?|on which side|in which (?:part|corner|area|region|position|place)|(?:in |at |on "
    r")?what (?:position|side|part|place)|which side|whereabouts)(?: @here)?(?: of (?:@picture|it))? (?:is|"
    r"are|was|were|can|do|does|could)(?: (?:i|you|we) (?:see|find|spot|locate))? (?P<what>.+?)(?: "
    r"(?:located|placed|positioned|situated|at|standing|sitting|lying|be|appear|found|be found|be seen|be "
    r"located|on))*",
    r"(?:please )?(?:locate|find|point (?:to|at|out)|show me where|mark|highlight|detect|show me|circle|"
    r"show|box|position of|location of|the (?:position|location) of|what is the (?:position|location) of|"
    r"search for|look for)(?: (?:all|me))* (?P<what>.+?)(?: (?:is|are)(?: located)?)?",
)
def _locate(match: re.Match[str], sentence: Plain) -> Program | None:
    what = re.sub(r"^(?:me )?(?:where )?", "", match["what"])
    thing = noun_phrase(what)
    return Locate(thing) if thing and not (thing.pronoun and thing.words == "this") else None


@SIGHT.on(r"(?:which|what) breed (?:is|are|of dog is|of cat is) (?:it|this|that|he|she|the (?P<kind>dog|cat|horse))")
def _breed(match: re.Match[str], sentence: Plain) -> Program | None:
    return WhatIs(noun_phrase(match["kind"] or ("cat" if "of cat" in sentence.text else "animal")))


@SIGHT.on(
    rf"(?:of )?(?:what|which) (?:kind|type|sort|breed|species|make|model|brand|variety) (?:is|are|was|were) "
    rf"(?P<kind>.+?){HERE}",
    r"what (?:does|do) (?P<kind>(?!it |this |@picture ).+?) look like",
)
def _kind_of(match: re.Match[str], sentence: Plain) -> Program | None:
    thing = noun_phrase(match["kind"])
    if thing and thing.pronoun:
        return WhatIs()
    return WhatIs(thing) if thing and not thing.relation else None


@SIGHT.on(
    r"(?:what|which|who)(?: (?P<kind>(?!is |are |was |were |do |does |can |has ).+?))? (?:is|are|was|were|"
    r"do you see|can you see|can be seen|stands?|sits?|lies|do i see|appears?|can i see)(?: there)?(?: "
    r"(?:that|the thing|the object|the things|located|something|standing|sitting|lying|placed|directly|"
    r"shown|visible|exactly))* (?P<rest>.+)",
)
def _what_there(match: re.Match[str], sentence: Plain) -> Program | None:
    rest = match["rest"]
    kind_text = match["kind"] or ("person" if sentence.text.startswith("who ") else "")
    kind_text = re.sub(r"^(?:kinds?|types?|sorts?|species|breed) of ", "", kind_text)
    kind = noun_phrase(kind_text) if kind_text else None
    if kind_text and not kind:
        return None
    where = region(rest)
    if where:
        return WhatIs(kind if kind and not kind.anything else None, where)
    clause = re.search(r" (?:that|which) (?:is|are) (?P<color>\S+)(?: in color)?$", rest)
    if clause and clause["color"] in COLORS and (kind is None or kind.anything):
        # "the object left of the laptop that is red": it is the object that is.
        kind, rest = Thing("thing", anything=True, colors=(COLORS[clause["color"]],)), rest[: clause.start()]
    found = relation(re.sub(r"^(?:there|visible|shown|(?:the |an? )?(?:object|thing|item)s?) ", "", rest))
    if found:
        anchor = noun_phrase(found[1])
        if anchor and not anchor.anything:
            return Related(found[0], anchor, kind if kind and (kind.colors or not kind.anything) else None)
    return None


@SIGHT.on(
    r"what (?:is|are|was|does|do|did) (?P<subject>(?:the|a|this|that|his|her|my)? ?.+?) (?P<verb>holding|"
    r"carrying|riding|wearing|eating|using|touching|hold|carry|ride|wear|eat|use|drinking|standing on|"
    r"sitting on|lying on|looking at|playing with|playing|sitting in|sitting at|standing next to|pulling|"
    r"throwing|catching|hitting)(?: with| @here| on| in)?",
)
def _held(match: re.Match[str], sentence: Plain) -> Program | None:
    subject = noun_phrase(match["subject"])
    if not subject:
        return None
    verb = match["verb"]
    if verb in ("wearing", "wear", "looking at", "playing"):
        return Beyond("wearing" if verb.startswith("wear") else "activity", subject)
    name = "on_inverse" if re.match(r"rid|standing on|sitting on|lying on", verb) else "touching"
    return Related(name, subject)


@SIGHT.on(
    r"(?:what|which) (?P<kind>.+?) (?:is|are) (?P<subject>(?:the|a|this|that|his|her) ?.+?|he|she|they) "
    r"(?:holding|carrying|eating|riding|using|wearing)"
)
def _kind_held(match: re.Match[str], sentence: Plain) -> Program | None:
    kind, subject = noun_phrase(match["kind"]), noun_phrase(match["subject"])
    if kind is None or subject is None or kind.words in ("color", "shade"):
        return None
    return Related("touching", subject, None if kind.anything else kind)


@SIGHT.on(r"(?:what|which) shape (?:is|are|has|have|does|do) (?P<what>.+?)(?: (?:have|has))?")
def _shape_of(match: re.Match[str], sentence: Plain) -> Program | None:
    thing = noun_phrase(match["what"])
    if not thing or thing.pronoun or not (thing.anything or thing.shapes):
        return None
    return WhatIs(replace(thing, words="shape", shapes=frozenset({"*"}), anything=False))


@SIGHT.on(
    r"(?:what|which)(?: (?:kind|type|sort|species|breed|make|model|brand|variety)s?)? ?(?:of "
    r")?(?P<kind>.+?) (?:is|are|was|were|does|do|can|did)(?: (?:it|this|that|these|those|they|he|she|there|"
    r"shown|present|visible|in|you|i|we|see|@here|@picture|be|seen|contain|show|have|depict|depicted|on|the|"
    r"here|pictured|displayed|drawn|find|recognize|identify|detect))*",
    r"(?:what|which) (?:is|are) (?:the |this |that |these )?(?:names? of |kind of |type of |species of |"
    r"breed of )?(?P<kind>.+?)(?: (?:@here|here|shown|in question))?(?: (?:called|named|a kind of))?",
    r"(?:identify|name|recognize|classify|guess) (?:the |this |that )?(?:kind of |type of |species of |"
    r"breed of )?(?P<kind>.+)",
    r"(?:which|what) (?:kinds?|types?|sorts?) of (?P<kind>.+)",
    r"(?:list|name|show|enumerate)(?: me)? (?:all )?(?:the )?(?P<kind>.+?)(?: (?:you (?:can )?see|@here|visible))*",
    r"what (?P<kind>shape|animal|fruit|vehicle|food|object|thing)",
)
def _what_kind(match: re.Match[str], sentence: Plain) -> Program | None:
    text = match["kind"].strip()
    if text in ("it", "this", "that", "these", "those", "they", "@picture", "here", "what", "", "there", "he", "she"):
        return WhatIs()
    if re.fullmatch(r"(?:main |biggest |largest |central )?(?:subject|object|thing|item|focus|element)s?", text):
        return WhatIs()
    thing = noun_phrase(re.sub(r"^(?:kinds?|types?|sorts?|species|breed)s? of ", "", text))
    if (
        not thing
        or thing.pronoun
        or thing.words in ("season", "time", "time of day", "weather", "year", "day", "month", "number")
    ):
        return None
    known = thing.classes or thing.shapes or thing.anything
    asks_kind = re.match(
        r"(?:what|which) (?:(?:kind|type|sort|species|breed|make|model|brand|variety)s? )?(?:of )?(?!is\b|are\b)",
        sentence.text,
    )
    if thing.relation and thing.anchor and thing.words in ("animal", "thing", "object", "item", "person", "shape"):
        plain = replace(thing, relation="", anchor=None)
        return Related(thing.relation, thing.anchor, None if thing.anything and not thing.colors else plain)
    if not known and not asks_kind:
        return None
    if not known and sentence.text.startswith(("list", "name", "show", "identify", "guess")):
        return None
    return WhatIs(thing)


@SIGHT.on(
    r"what (?:is|are|was) (?:it|this|that|these|those|they|here|he|she)(?: (?:thing|object|here|@here|there|"
    r"exactly|called|then|a picture of|of|supposed to be|doing here))?|what(?: is it| is that)|what"
)
def _what_is(match: re.Match[str], sentence: Plain) -> Program:
    return WhatIs()


@SIGHT.on(
    r"(?:is|are) (?:there )?(?:anything|something|any of (?:it|this|that)|it|this|that|the scene|@picture) "
    r"(?P<danger>dangerous|unsafe|risky|hazardous|harmful|threatening|safe)(?: @here| here| there)?",
    r"(?:anything|something) (?P<danger>dangerous|unsafe|risky|hazardous|harmful)(?: @here| here)?",
    r"(?:(?:is|are) there )?any (?P<danger>dangers?|hazards?|risks?)(?: @here| here)?",
)
def _danger(match: re.Match[str], sentence: Plain) -> Program:
    return Beyond("danger")


@SIGHT.on(r"(?:is|are|was) (?P<who>he|she|they|it|the .+|this .+|that .+) (?P<age>old|young|elderly|middle aged)")
def _old(match: re.Match[str], sentence: Plain) -> Program | None:
    thing = noun_phrase(match["who"])
    people = thing is not None and (thing.pronoun or "person" in thing.classes or "dog" in thing.classes)
    return Beyond("age", thing) if people else None


@SIGHT.on(r"what (?:is|are) (?:his|her|their|the .+ 's) (?:mood|feelings?|emotions?|expression|facial expression)")
def _mood(match: re.Match[str], sentence: Plain) -> Program:
    return Beyond("feeling")


@SIGHT.on(
    r"(?:is|are|was|were) (?:he|she|they|it|we|the (?:man|woman|person|people|boy|girl|child|kids|children|men|women|"
    r"dog|cat|animal|animals|dogs|cats)) (?:now |all )?(?P<where>indoors?|outdoors?|inside|outside)"
    r"(?P<or> or (?:indoors?|outdoors?|inside|outside))?",
)
def _he_is_outside(match: re.Match[str], sentence: Plain) -> Program:
    if match["or"]:
        return Place("indoors or outdoors")
    return Place("outdoors" if match["where"].startswith("out") else "indoors")


# ---- beyond what is perceived -----------------------------------------------------------------------------------


@SIGHT.on(
    r"(?P<who>who|whose(?: \S+){1,2}) (?:is|are|was|were|do you see|can you see)(?: .*)?|what is (?:his|her|their|the "
    r"(?:person|man|woman|boy|girl) 's) (?P<name>name)(?: .*)?",
    r"(?P<why>why|how come|for what reason|what is the reason|for what purpose) .+",
    r"(?P<activity>what) (?:is|are|was|were|does|do) (?:.+? )?(?:doing|do|up to|playing|happening to .+|trying "
    r"to do|about to do)(?: .*)?",
    r"(?P<age>how old) .+|what is (?:his|her|the .+ 's|the) (?P<age2>age)(?: .*)?",
    r"(?P<weather>(?:what is|how is|what was|what kind of|what) (?:the )?weather)(?: .*)?|is it "
    r"(?P<weather2>sunny|raining|rainy|cloudy|snowing|snowy|windy|foggy|hot|cold)(?: .*)?",
    r"(?P<time>what (?:time|season|year|day|month)|(?:is|was) (?:it|this|the picture|@picture) "
    r"(?:taken )?(?:at |during |in )?"
    r"(?:the )?(?:day|night|morning|evening|daytime|day time|night time|nighttime|afternoon|summer|winter)|"
    r"(?:day|night) or (?:day|night)(?: time)?)(?: .*)?|what time .*",
    r"(?P<price>how (?:much|expensive) (?:does|do|is|are|would)) .+",
    r"(?P<material>what (?:material|fabric|is .+ made of|are .+ made of))(?: .*)?",
    r"(?P<gender>is (?:it|this|he|she|the (?:person|baby|child|dog|cat))) (?:a )?(?:male|female)(?: or .+)?",
)
def _beyond(match: re.Match[str], sentence: Plain) -> Program | None:
    ask = next(name.rstrip("2") for name, value in match.groupdict().items() if value)
    return Beyond("who" if ask == "name" else ask)  # type: ignore[arg-type]
