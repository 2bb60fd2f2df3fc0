"""No English in answers to questions in another language: the tables of sentences are whole."""

from __future__ import annotations

import re
from typing import Any

import pytest

from assistant.types import Gap
from assistant_reasoner.languages import UNDERSTOOD
from assistant_reasoner.phrase import tongue_of
from assistant_reasoner.phrase_en import KINDS, RELATIONS, SENTENCES

ENGLISH_ONLY = {
    # built from English word order, and said only where the answer is English
    "where a video shows what": ("describe_at", "describe_during"),
    "a relation as a sentence; other languages list what stands there": ("related",),
    "questions are matched by meaning in English only": ("reworded",),
    "what it can do, kind by kind; other languages say it as a whole": (
        "can_image",
        "can_audio",
        "can_video",
        "can_text",
    ),
    "quotes the perceiver's own notes, which are English": ("warnings",),
    "what the mentioned things look like, beside a question that was not understood": ("look_up",),
    # said by nothing
    "a frame for other sentences, without words of its own": ("gap", "count"),
    "held for the answerer of a host": ("clues", "heard_you"),
}
"""Why sentences need no translation -> their keys."""


@pytest.mark.parametrize("code", UNDERSTOOD)
def test_every_sentence_is_translated(code: str) -> None:
    """A sentence that a question in another language can be answered with is there in that language."""
    tongue = tongue_of(code)
    assert tongue is not None
    excused = {key for keys in ENGLISH_ONLY.values() for key in keys}
    assert excused <= set(SENTENCES)
    assert sorted(set(SENTENCES) - set(tongue.sentences) - excused) == []
    assert sorted(set(tongue.sentences) & excused) == []


@pytest.mark.parametrize("code", UNDERSTOOD)
def test_every_kind_and_relation_has_words(code: str) -> None:
    """Why something was not perceived, and how things stand to each other, is said in the language."""
    tongue = tongue_of(code)
    assert tongue is not None
    assert sorted(set(KINDS) - set(tongue.kinds)) == []
    assert sorted(set(RELATIONS) - set(tongue.relations)) == []


@pytest.mark.parametrize("code", UNDERSTOOD)
def test_blanks_are_not_lost(code: str) -> None:
    """What an English sentence quotes or counts, the translation does too."""
    tongue = tongue_of(code)
    assert tongue is not None
    for key, sentence in tongue.sentences.items():
        wanted = set(re.findall(r"\{(text|list|short|option|count|what|seen)\b", SENTENCES[key]))
        assert wanted <= set(re.findall(r"\{(\w+)", sentence)) | ({"list"} if key == "feels_because" else set()), key


LEFT, RIGHT, TOP, LOW = (0.0, 0.4, 0.2, 0.6), (0.7, 0.2, 1.0, 0.9), (0.4, 0.1, 0.6, 0.3), (0.3, 0.5, 0.9, 0.95)
MENUS = {
    "fr": ("Menu", "Soupe", "Salade"),
    "es": ("Menú", "Sopa", "Ensalada"),
    "de": ("Speisekarte", "Suppe", "Salat"),
    "zh": ("菜单", "汤", "沙拉"),
}
ENGLISH = re.compile(r"\b(?:the|is|are|sure|see|not|there|with|and|what|nothing|which|yes|probably|false|true)\b", re.I)


def street(talk: Any) -> Any:
    """Two dogs, a car, a sofa, a cat, skis, scissors and a word."""
    talk.picture().thing("dog", LEFT, color="black").thing("dog", RIGHT, color="black")
    talk.thing("car", TOP, color="red").thing("couch", LOW, color="blue")
    talk.thing("cat", (0.05, 0.7, 0.2, 0.9), color="white").thing("skis", (0.0, 0.0, 0.2, 0.1), color="red")
    talk.add("caption", "two dogs and a car").thing("scissors", (0.8, 0.92, 0.95, 0.99), color="gray")
    return talk.line("EXIT", box=(0.6, 0.02, 0.7, 0.06))


def foreign_words(text: str) -> list[str]:
    """English words outside quotation marks."""
    return ENGLISH.findall(re.sub(r"“[^”]*”", "", text))


ANSWERS = {
    "fr": (
        ("Y a-t-il un chat ?", "oui", "Oui, je vois un chat"),
        ("Combien de chats et de chiens y a-t-il ?", "1", "Je compte 2 chiens"),
        ("Combien d'éléphants et de chiens vois-tu ?", "0", "aucun éléphant"),
        ("De quelle couleur est la voiture et où est le chat ?", "rouge", "Le chat est en bas à gauche"),
        ("La voiture est-elle bleue ?", "non", "la voiture est plutôt rouge que bleue"),
        ("Les chiens sont-ils noirs ?", "oui", "des 2\u00a0: noir"),
        ("De quelle couleur sont les skis ?", "rouge", "Les skis sont rouges"),
        ("Les skis sont-ils bleus ?", "non", "les skis sont plutôt rouges que bleus"),
        ("Le chien est-il plus grand que le chat ?", "oui", "plus grand que le chat"),
        ("Qu'est-ce qui est plus grand, la voiture ou le canapé ?", "canapé", "contre voiture"),
        ("Le chat et la voiture sont-ils de la même couleur ?", "non", "la voiture est rouge"),
        ("La voiture est-elle plus proche du chien ou du chat ?", "chien", "le plus près de la voiture"),
        ("Vrai ou faux : il y a trois chiens.", "faux", "Faux\u00a0: je compte 2 chiens"),
        ("Combien de lignes de texte y a-t-il ?", "1", "1 ligne"),
        ("Quel est le plus gros texte ?", "EXIT", "“EXIT”"),
        ("Que vois-tu ?", None, "1 paire de skis"),
        ("Y a-t-il une licorne ?", None, "“licorne”"),
        ("Est-ce un chien ou un chat ?", None, "“chien” et “chat”"),
        ("bla bla quoi donc ?", None, "Je n'ai pas compris"),
        ("Merci beaucoup !", None, "Avec plaisir"),
        ("Peux-tu décrire la scène en détail ?", None, "2 chiens"),
        ("Quelle heure est-il ?", None, "ni l'heure ni la saison"),
        ("La voiture est-elle rouge ou bleue ?", "rouge", "Rouge. La voiture est rouge"),
        ("Il n'y a pas de chat ?", "non", "Si, il y en a"),
    ),
    "es": (
        ("¿Hay un gato?", "sí", "Sí, veo un gato"),
        ("¿Cuántos gatos y perros hay?", "1", "Cuento 2 perros"),
        ("¿De qué color es el coche y dónde está el gato?", "rojo", "El gato está abajo"),
        ("¿Es azul el coche?", "no", "más bien rojo que azul"),
        ("¿Son negros los perros?", "sí", "el color de los 2: negro"),
        ("¿De qué color son los esquís?", "rojo", "Los esquís son rojos"),
        ("¿Dónde están las tijeras?", "abajo a la derecha", "Las tijeras están abajo"),
        ("¿Es el perro más grande que el gato?", "sí", "el perro es más grande"),
        ("¿Qué es más grande, el coche o el sofá?", "sofá", "frente a coche"),
        ("¿El gato y el coche son del mismo color?", "no", "el coche es rojo"),
        ("Verdadero o falso: hay tres perros.", "falso", "Falso: cuento 2 perros"),
        ("¿Cuántas líneas de texto hay?", "1", "1 línea"),
        ("¿Qué ves?", None, "1 par de tijeras"),
        ("¿Hay un unicornio?", None, "“unicornio”"),
        ("¿Es un perro o un gato?", None, "“perro” y “gato”"),
        ("Muchas gracias", None, "¡De nada!"),
        ("¿Hay algo rojo?", "sí", "1 par de esquís rojos"),
        ("¿El coche es rojo o azul?", "rojo", "Rojo. El coche es rojo"),
        ("¿No hay ningún gato?", "no", "Sí que hay"),
        ("blabla qué pues", None, "No lo he entendido"),
    ),
    "de": (
        ("Gibt es eine Katze?", "ja", "Ja, ich sehe eine Katze"),
        ("Wie viele Katzen und Hunde gibt es?", "1", "Ich zähle 2 Hunde"),
        ("Welche Farbe hat das Auto und wo ist die Katze?", "rot", "Die Katze ist unten links"),
        ("Sind die Hunde schwarz?", "ja", "alle 2 sind schwarz"),
        ("Welche Farbe haben die Skier?", "rot", "Die Ski sind rot"),
        ("Sind die Skier blau?", "nein", "die Ski sehen rot aus"),
        ("Ist der Hund größer als die Katze?", "ja", "größer als die Katze"),
        ("Was ist größer, das Auto oder das Sofa?", "Sofa", "gegenüber Auto"),
        ("Haben die Katze und das Auto dieselbe Farbe?", "nein", "die Katze ist weiß, das Auto rot"),
        ("Wahr oder falsch: es gibt drei Hunde.", "falsch", "Falsch: ich zähle 2 Hunde"),
        ("Wie viele Textzeilen gibt es?", "1", "1 Zeile"),
        ("Was siehst du?", None, "1 Paar Ski"),
        ("Gibt es ein Einhorn?", None, "“Einhorn”"),
        ("Ist das ein Hund oder eine Katze?", None, "“Hund” und “Katze”"),
        ("Vielen Dank!", None, "Gern geschehen"),
        ("Gibt es etwas Rotes?", "ja", "rote Ski"),
        ("Ist das Auto rot oder blau?", "rot", "Rot. Das Auto ist rot"),
        ("Gibt es keine Katze?", "nein", "Doch: ich sehe eine Katze"),
        ("bla bla was denn nun", None, "nicht als Frage"),
    ),
    "zh": (
        ("图里有猫吗？", "是", "一只猫"),
        ("有几只猫和狗？", "1", "我数到 2 只狗"),
        ("汽车是什么颜色，猫在哪里？", "红色", "猫在左下方"),
        ("汽车是蓝色的吗？", "不是", "不是蓝色"),
        ("狗比猫大吗？", "是", "狗比猫大"),
        ("汽车和沙发哪个更大？", "沙发", "占画面的 27 %"),
        ("猫和汽车颜色一样吗？", "不是", "猫是白色的，汽车是红色的"),
        ("对还是错：有三只狗。", "错", "错：我数到"),
        ("有几行字？", "1", "1 行文字"),
        ("你看到什么？", None, "1 副滑雪板"),
        ("非常感谢", None, "不客气"),
        ("车是红色的还是蓝色的？", "红色", "汽车是红色的"),
        ("没有猫吗？", "不是", "不，有"),
        ("这是狗还是猫？", None, "“狗”和“猫”"),
    ),
    "vi": (
        ("Có bao nhiêu con mèo và con chó?", "1", "2 con chó"),
        ("Chữ gì được viết?", "EXIT", "“EXIT”"),
        ("Trong ảnh có gì?", None, "2 con chó"),
    ),
}


@pytest.mark.parametrize(("question", "short", "piece"), [answer for answers in ANSWERS.values() for answer in answers])
def test_answers_read_as_the_language_does(talk: Any, question: str, short: str | None, piece: str) -> None:
    """Agreement, articles, measure words and word order are right, and no English stands outside quotation marks."""
    answer = street(talk).ask(question)
    assert piece in answer.text
    assert short is None or answer.short == short
    assert not foreign_words(answer.text), answer.text
    assert not foreign_words(answer.short or "")


@pytest.mark.parametrize(
    ("language", "question", "short"),
    [
        ("fr", "Combien coûte la soupe ?", "4.50"),
        ("fr", "Quel est le prix de la salade ?", "6.20"),
        ("es", "¿Cuánto cuesta la sopa?", "4.50"),
        ("es", "¿Cuál es el precio de la ensalada?", "6.20"),
        ("de", "Was kostet der Salat?", "6.20"),
        ("de", "Wie viel kostet die Suppe?", "4.50"),
        ("zh", "汤多少钱？", "4.50"),
        ("zh", "沙拉的价格是多少？", "6.20"),
    ],
)
def test_prices_are_looked_up_by_the_name_on_the_menu(talk: Any, language: str, question: str, short: str) -> None:
    """The name is taken as it was said, for the menu is in the same language."""
    title, soup, salad = MENUS[language]
    talk.picture().line(title, 0, (0.3, 0.05, 0.7, 0.12))
    for index, (name, price) in enumerate(((soup, "4.50"), (salad, "6.20"))):
        top = 0.2 + 0.1 * index
        talk.line(name, 2 * index + 1, (0.1, top, 0.4, top + 0.05))
        talk.line(price, 2 * index + 2, (0.7, top, 0.85, top + 0.05))
    answer = talk.ask(question)
    assert answer.short == short
    assert not foreign_words(answer.text)


@pytest.mark.parametrize(
    ("first", "why", "piece"),
    [
        ("Y a-t-il un chat ?", "Pourquoi ?", "“chat” (fake, 90 %)"),
        ("¿Hay un gato?", "¿Por qué?", "“gato” (fake, 90 %)"),
        ("Gibt es eine Katze?", "Warum?", "“Katze” (fake, 90 %)"),
        ("有猫吗？", "为什么？", "“猫”（fake, 90 %）"),
    ],
)
def test_reasons_name_what_was_perceived(talk: Any, first: str, why: str, piece: str) -> None:
    """Asked why, the evidence of the answer before is listed in the language."""
    answer = street(talk).next_turn(first, "...").ask(why)
    assert piece in answer.text
    assert not foreign_words(answer.text)


@pytest.mark.parametrize("question", ["Combien coûte le gâteau ?", "¿Cuánto cuesta el pastel?", "蛋糕多少钱？"])
def test_prices_of_an_english_menu(talk: Any, question: str) -> None:
    """Where the name as said stands nowhere, its English name is looked for."""
    talk.picture().line("Cake", 0, (0.1, 0.2, 0.4, 0.25)).line("4.50", 1, (0.7, 0.2, 0.85, 0.25))
    talk.line("Coffee", 2, (0.1, 0.3, 0.4, 0.35)).line("3.10", 3, (0.7, 0.3, 0.85, 0.35))
    assert talk.ask(question).short == "4.50"


@pytest.mark.parametrize(
    "question", ["Qu'est-ce qui est écrit ?", "¿Qué pone?", "Was steht da?", "上面写了什么？", "Trên đó viết gì?"]
)
def test_why_something_failed_is_quoted(talk: Any, question: str) -> None:
    """The reason that a perceiver gives is English: it is quoted, in a sentence of the language."""
    talk.picture()
    talk.gaps.append(
        Gap(cause="crashed", message="The weights are not there.", remedy="Get them.", kinds=frozenset({"text_line"}))
    )
    text = talk.ask(question).text
    assert "“The weights are not there. Get them.”" in text or "“The weights are not there. Get them”" in text
    assert not foreign_words(text)
