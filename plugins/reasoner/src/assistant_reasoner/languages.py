"""Which language a question is in, and the English question it stands for. Not for grammar: see grammar.py.

French, Spanish, German, Chinese and Vietnamese are read by their grammars and answered in the same language. In other
languages that are recognised, the answer says which ones are understood.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from assistant_reasoner.grammar import folded, normal
from assistant_reasoner.programs import Lookup, Parsed, Transcript

if TYPE_CHECKING:
    from assistant_reasoner.grammar import Grammar

UNDERSTOOD: Final = ("fr", "es", "de", "zh", "vi")
"""Languages with a grammar, beside English."""
LONGEST: Final = 300
"""Characters; what is longer is a text to work on, not a question."""
_ENGLISH: Final = frozenset(
    """the a an is are was were be do does did what which who whose where when how why there this that these those it he
    she they you we i in on at of to from with without and or not no any some many much more fewer than can could would
    will picture photo image say says said tell about color colour left right left behind under describe count read
    please hello hi thanks thank yes have has had see show me my your their his her its if how's what's let between
    compare did first second last one two three all every each next""".split()
)
_OTHERS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "it": (
            "il lo gli c è uno una di del della che è sono c'è ci quanti quante quale dove cosa chi come nella nel "
            "foto immagine questo questa colore ha hanno detto ciao grazie buongiorno dimmi si con per non anche",
            "Capisco domande in inglese, cinese, francese, spagnolo, tedesco e vietnamita.",
        ),
        "pt": (
            "o os um uma do da dos das que é são há quantos quantas qual onde quem como por na no nas nos foto imagem "
            "este esta isto cor tem têm disse olá obrigado obrigada bom dia não com para você está estão",
            "Entendo perguntas em inglês, chinês, francês, espanhol, alemão e vietnamita.",
        ),
        "nl": (
            "de het een is zijn wat wie waar wanneer hoe hoeveel welke er op in van niet geen en of deze dit dat foto "
            "afbeelding kleur heeft zie je staat hallo dank bedankt ik jij",
            "Ik begrijp vragen in het Engels, Chinees, Frans, Spaans, Duits en Vietnamees.",
        ),
        "pl": (
            "jest są co kto gdzie kiedy jak ile czy na w z nie ten ta to zdjęciu obrazku kolor dzień dobry cześć",
            "Rozumiem pytania po angielsku, chińsku, francusku, hiszpańsku, niemiecku i wietnamsku.",
        ),
        "tr": (
            "bu şu bir ne kim nerede nasıl kaç var yok mı mi mu mü resimde fotoğrafta renk merhaba teşekkürler ve",
            "İngilizce, Çince, Fransızca, İspanyolca, Almanca ve Vietnamca sorulan soruları anlıyorum.",
        ),
        "sv": (
            "är det en ett vad vem var när hur många på bilden och inte finns den detta färg hej tack",
            "Jag förstår frågor på engelska, kinesiska, franska, spanska, tyska och vietnamesiska.",
        ),
        "id": (
            "ada apa siapa di mana kapan bagaimana berapa yang dan tidak ini itu gambar foto warna halo terima kasih",
            "Saya mengerti pertanyaan dalam bahasa Inggris, Tionghoa, Prancis, Spanyol, Jerman, dan Vietnam.",
        ),
        "ja": ("", "英語、中国語、フランス語、スペイン語、ドイツ語、ベトナム語の質問がわかります。"),
        "ko": ("", "영어, 중국어, 프랑스어, 스페인어, 독일어, 베트남어로 된 질문을 이해합니다."),
        "ru": (
            "",
            "Я понимаю вопросы на английском, китайском, французском, испанском, немецком и вьетнамском языках.",
        ),
        "uk": ("", "Я розумію запитання англійською, китайською, французькою, іспанською, німецькою та в'єтнамською."),
        "ar": ("", "أفهم الأسئلة بالإنجليزية والصينية والفرنسية والإسبانية والألمانية والفيتنامية."),
        "el": ("", "Καταλαβαίνω ερωτήσεις στα αγγλικά, κινεζικά, γαλλικά, ισπανικά, γερμανικά και βιετναμικά."),
        "he": ("", "אני מבין שאלות באנגלית, סינית, צרפתית, ספרדית, גרמנית ווייטנאמית."),
        "hi": ("", "मैं अंग्रेज़ी, चीनी, फ़्रेंच, स्पेनिश, जर्मन और वियतनामी में पूछे गए सवाल समझता हूँ।"),
        "th": ("", "ฉันเข้าใจคำถามภาษาอังกฤษ จีน ฝรั่งเศส สเปน เยอรมัน และเวียดนาม"),
    }
)
"""Code -> words that tell the language, and what is said in it: which languages are understood."""
_SCRIPTS: Final = (
    ("ja", r"[\u3040-\u30ff]"),
    ("ko", r"[\uac00-\ud7af\u1100-\u11ff]"),
    ("zh", r"[\u4e00-\u9fff\u3400-\u4dbf]"),
    ("uk", r"[іїєґ]"),
    ("ru", r"[\u0400-\u04ff]"),
    ("ar", r"[\u0600-\u06ff]"),
    ("el", r"[\u0370-\u03ff]"),
    ("he", r"[\u0590-\u05ff]"),
    ("hi", r"[\u0900-\u097f]"),
    ("th", r"[\u0e00-\u0e7f]"),
)
_MARKS: Final = (
    ("vi", "ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ"),
    ("es", "¿¡ñ"),
    ("de", "äöüß"),
    ("fr", "çœèêëîïûù"),
)
"""Letters that few other languages here have; each counts as half a word."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """A question in another language."""

    english: str
    """The English question that it stands for."""
    language: str
    topics: tuple[tuple[str, str], ...] = ()
    """Topics as they were said, each with its English name, "" if unknown."""


@cache
def grammar_of(language: str) -> Grammar | None:
    """The grammar of a language; None if there is none."""
    if language == "fr":
        from assistant_reasoner import grammar_fr

        return grammar_fr.FRENCH
    if language == "es":
        from assistant_reasoner import grammar_es

        return grammar_es.SPANISH
    if language == "de":
        from assistant_reasoner import grammar_de

        return grammar_de.GERMAN
    if language == "zh":
        from assistant_reasoner import grammar_zh

        return grammar_zh.CHINESE
    if language == "vi":
        from assistant_reasoner import grammar_vi

        return grammar_vi.VIETNAMESE
    return None


@lru_cache(maxsize=1)
def _tellers() -> dict[str, frozenset[str]]:
    """Language -> the words that tell it."""
    found = {"en": _ENGLISH}
    for code in UNDERSTOOD:
        grammar = grammar_of(code)
        if grammar is not None and grammar.spaced:
            found[code] = grammar.words
    for code, (words, _) in _OTHERS.items():
        if words:
            found[code] = frozenset((*words.split(), *(folded(word) for word in words.split())))
    return found


@lru_cache(maxsize=256)
def scores(text: str) -> tuple[tuple[str, float], ...]:
    """Languages that the words of a text speak for, with how many of them do, likeliest first."""
    lower = text.casefold()
    for code, letters in _SCRIPTS:
        if re.search(letters, lower):
            return ((code, 9.0),)
    words = normal(text).split()
    found = {code: float(sum(word in tellers for word in words)) for code, tellers in _tellers().items()}
    for code, marks in _MARKS:
        found[code] = found.get(code, 0.0) + sum(letter in marks for letter in lower) / 2
    ranked = sorted(found.items(), key=lambda pair: (-pair[1], list(found).index(pair[0])))
    return tuple((code, score) for code, score in ranked if score > 0)


def translate(text: str) -> Foreign | None:
    """The English question that a text in another language stands for; None if it is English, or not understood."""
    if not text.strip() or len(text) > LONGEST:
        return None
    ranked = scores(text)
    english = next((score for code, score in ranked if code == "en"), 0.0)
    for code, score in ranked:
        grammar = grammar_of(code)
        if grammar is None or score < english or (score == english and english > 0):
            continue
        found = grammar.translate(text)
        if found is not None:
            question, topics = found
            return Foreign(question, code, tuple((topic, grammar.in_english(topic)) for topic in topics))
    return None


def clauses(text: str) -> tuple[str, ...]:
    """A question in another language cut where it asks two things; what is one question, or English, whole."""
    if not text.strip() or len(text) > LONGEST:
        return (text,)
    found = translate(text)
    ranked = scores(text)
    code = found.language if found is not None else ranked[0][0] if ranked else "en"
    grammar = grammar_of(code)
    return (text,) if grammar is None else grammar.clauses(text)


def language_of(text: str) -> str:
    """The language that a text is plainly in; "en" when in doubt."""
    ranked = [(code, score) for code, score in scores(text[:LONGEST])]
    if not ranked or ranked[0][0] == "en":
        return "en"
    code, score = ranked[0]
    english = next((value for other, value in ranked if other == "en"), 0.0)
    words = max(1, len(normal(text).split()))
    return code if score >= 2 and score > english and score / words >= 0.3 else "en"


def understands(language: str) -> str:
    """The sentence, in a language without a grammar, that says which languages are understood; "" for others."""
    return _OTHERS[language][1] if language in _OTHERS else ""


def answered(parsed: Parsed, foreign: Foreign) -> Parsed:
    """The programs of the English question, to be answered in the language of the one asked."""
    program = parsed.program
    if isinstance(program, Transcript) and foreign.topics and program.topic:
        program = replace(program, topic=foreign.topics[0][0], also=foreign.topics[0][1])
    if isinstance(program, Lookup) and foreign.topics and program.key:
        program = replace(program, key=foreign.topics[0][0], also=foreign.topics[0][1])
    return replace(parsed, program=program, language=foreign.language)
