"""Questions in French, Spanish, German, Chinese and Vietnamese, answered in the same language."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant_reasoner.languages import UNDERSTOOD, grammar_of, language_of, translate
from assistant_reasoner.phrase import Phrases, tongue_of
from assistant_reasoner.phrase_en import SENTENCES
from assistant_reasoner.tongue import noun_rows

LEFT, RIGHT, TOP, LOW = (0.0, 0.4, 0.2, 0.6), (0.7, 0.2, 1.0, 0.9), (0.4, 0.1, 0.6, 0.3), (0.3, 0.5, 0.9, 0.95)


@pytest.mark.parametrize(
    ("question", "english"),
    [
        ("Y a-t-il un chien sur l'image ?", "is there a dog"),
        ("y a t il l'homme", "is there the man"),
        ("Combien d'hommes y a-t-il sur la deuxième image ?", "how many men are there in the second picture"),
        ("Quelle est la couleur du chien ?", "what color is the dog"),
        ("OU EST LE CHAT", "where is the cat"),
        ("Est-ce que le chat est sur le canapé ?", "is the cat on the couch"),
        ("Qu'est-ce qui est écrit sur le panneau ?", "what does the sign say"),
        ("Y a-t-il plus de chiens que de chats ?", "are there more dogs than cats"),
        ("¿Hay un perro en la imagen?", "is there a dog"),
        ("cuantos coches rojos hay", "how many red cars are there"),
        ("¿Está el perro a la izquierda del gato?", "is the dog left of the cat"),
        ("¿Es rojo el coche?", "is the car red"),
        ("¿Es un gato o un perro?", "is it a cat or a dog"),
        ("¿Qué habitación es esta?", "what room is this"),
        ("Gibt es einen Hund im Bild?", "is there a dog"),
        ("Was fuer eine Farbe hat das Fahrrad?", "what color is the bicycle"),
        ("Ist der Hund links von der Katze?", "is the dog left of the cat"),
        ("Was steht auf dem Schild?", "what does the sign say"),
        ("Wann sieht man den Hund?", "when does the dog appear"),
        ("Welches Tier ist das?", "what animal is this"),
        ("图片里有猫吗", "is there a cat"),
        ("圖片裡有狗嗎？", "is there a dog"),
        ("這輛車是什麼顏色？", "what color is the car"),
        ("第二张图里有几个人？", "how many people are there in the second picture"),
        ("狗在猫的左边吗？", "is the dog left of the cat"),
        ("桌子上有什么", "what is on the dining table"),
        ("狗比猫多吗？", "are there more dogs than cats"),
        ("Có bao nhiêu con chó?", "how many dogs are there"),
        ("co bao nhieu nguoi trong anh", "how many people are there"),
        ("Xe buýt màu gì?", "what color is the bus"),
        ("Đây là phòng nào?", "what room is this"),
    ],
)
def test_questions_become_english_ones(question: str, english: str) -> None:
    """Without accents, in capitals, with contractions, in either script: one English question."""
    found = translate(question)
    assert found is not None
    assert found.english == english


@pytest.mark.parametrize(
    "question",
    [
        "Is there a man in the image?",
        "describe",
        "no",
        "pizza?",
        "What is on the table?",
        "what color are the dogs",
        "hello",
        "is it a van or a bus?",
        "Hat",
        "",
        "   ",
        "???",
        "how many oranges are on the table",
    ],
)
def test_english_stays_english(question: str) -> None:
    """Words that other languages share do not turn an English question into one of theirs."""
    assert translate(question) is None
    assert language_of(question) == "en"


@pytest.fixture
def street(talk: Any) -> Any:
    """Two dogs, a car, a sofa and a word."""
    talk.picture().thing("dog", LEFT, color="black").thing("dog", RIGHT, color="black")
    talk.thing("car", TOP, color="red").thing("couch", LOW, color="blue")
    return talk.line("EXIT")


@pytest.mark.parametrize(
    ("question", "short", "piece"),
    [
        ("Combien de chiens y a-t-il ?", "2", "2 chiens"),
        ("De quelle couleur est la voiture ?", "rouge", "La voiture"),
        ("De quelle couleur est le canapé ?", "bleu", "Le canapé"),
        ("Y a-t-il un chat ?", "non", "aucun chat"),
        ("Y a-t-il une voiture rouge ?", "oui", "une voiture rouge"),
        ("Où est la voiture ?", "en haut", "La voiture est en haut"),
        ("¿Cuántos perros hay?", "2", "2 perros"),
        ("¿De qué color es el sofá?", "azul", "El sofá"),
        ("¿Hay un coche rojo?", "sí", "un coche rojo"),
        ("¿Hay más perros que gatos?", "sí", "0 gatos"),
        ("¿Qué pone?", "EXIT", "Pone: “EXIT”"),
        ("Wie viele Hunde sind da?", "2", "2 Hunde"),
        ("Gibt es ein rotes Auto?", "ja", "ein rotes Auto"),
        ("Gibt es eine Katze?", "nein", "keine Katze"),
        ("Ist der Hund links vom Sofa?", "ja", "links vom Sofa"),
        ("Welcher Raum ist das?", "Wohnzimmer", "ein Wohnzimmer"),
        ("图里有几只狗？", "2", "2 只狗"),
        ("沙发是什么颜色的？", "蓝色", "蓝色"),
        ("有没有红色的车？", "是", "一辆红色的汽车"),
        ("狗在沙发的左边吗？", "是", "在沙发的左边"),
        ("Có bao nhiêu con chó?", "2", "2 con chó"),
        ("Chiếc xe hơi màu gì?", "màu đỏ", "màu đỏ"),
        ("Có con mèo nào không?", "không", "con mèo nào"),
        ("Đây là phòng nào?", "phòng khách", "phòng khách"),
    ],
)
def test_answers_are_in_the_language_of_the_question(street: Any, question: str, short: str, piece: str) -> None:
    """Gender, plural, case and measure words are those of the language; the bare answer is in it too."""
    answer = street.ask(question)
    assert answer.short == short
    assert piece in answer.text
    assert answer.citations or short in ("non", "nein", "không")


def test_follow_ups_in_another_language(street: Any) -> None:
    """Pronouns and "and the ...?" lean on the question before, as in English."""
    street.next_turn("Y a-t-il une voiture ?", "Oui.")
    assert street.ask("Et de quelle couleur est-elle ?").short == "rouge"
    assert street.ask("et le chat ?").short == "non"


def test_the_topic_is_looked_for_in_the_language_spoken(talk: Any) -> None:
    """Asked in Spanish about an English recording, the topic's English name is looked for."""
    talk.recording().says("The budget was cut by ten percent.", 0.0, 3.0).says("Lunch is at noon.", 3.0, 5.0)
    assert talk.ask("¿Qué dijeron sobre el presupuesto?").short == "The budget was cut by ten percent."
    assert talk.ask("他们有没有提到午餐？").short == "是"
    assert talk.ask("Quand est-ce qu'ils ont parlé du déjeuner ?").short.startswith("3.")


@pytest.mark.parametrize(
    ("question", "piece"),
    [
        ("C'è un cane nella foto?", "Capisco domande in inglese"),
        ("Quantos cachorros há na foto?", "Entendo perguntas em inglês"),
        ("Что на картинке?", "Я понимаю вопросы"),
        ("写真に犬はいますか", "英語、中国語"),
        ("사진에 개가 있나요?", "영어, 중국어"),
        ("Hoeveel honden zie je op deze foto?", "Ik begrijp vragen"),
    ],
)
def test_other_languages_are_told_which_are_understood(street: Any, question: str, piece: str) -> None:
    """In their own language, and nothing is guessed."""
    answer = street.ask(question)
    assert piece in answer.text
    assert answer.abstained


@pytest.mark.parametrize(
    ("question", "piece"),
    [
        ("¿Cuál es el sentido de la vida?", "No lo he entendido"),
        ("Quel est le sens de la vie et pourquoi ?", "Je n'ai pas compris"),
        ("Was ist der Sinn des Lebens und wozu?", "nicht als Frage"),
    ],
)
def test_what_is_not_understood_is_said_so_in_the_language(street: Any, question: str, piece: str) -> None:
    """A question that no rule reads gets no English answer."""
    answer = street.ask(question)
    assert piece in answer.text
    assert answer.abstained


@pytest.mark.parametrize("code", UNDERSTOOD)
def test_tables_are_whole(code: str) -> None:
    """Every noun has a name, every sentence fits the blanks of the English one, every colour and place a word."""
    tongue, english = tongue_of(code), Phrases("en")
    assert tongue is not None
    assert english.language == "en"
    for name, *cells in noun_rows():
        assert len(cells) == len(UNDERSTOOD), name
        assert tongue.nouns[name][0].singular
    assert len(tongue.colors) == 13
    assert {"left", "right", "top", "bottom", "centre", "whole picture"} <= set(tongue.places)
    for key, sentence in tongue.sentences.items():
        assert key in SENTENCES, key
        import re

        blanks = set(re.findall(r"\{(\w+)", sentence))
        known = set(re.findall(r"\{(\w+)", SENTENCES[key]))
        assert blanks <= known, (key, blanks - known)


@pytest.mark.parametrize("code", UNDERSTOOD)
def test_every_rule_can_fit(code: str) -> None:
    """The rules of a grammar compile, and what they stand for uses only their own slots."""
    grammar = grammar_of(code)
    assert grammar is not None
    assert grammar.translate("zzz qqq") is None


_PIECES = st.sampled_from(
    "¿ ? qué hay un el la perro de color es y a t il combien chien l' d' est ce que le chat où was ist das Hund wie "
    "viele auf dem Bild 图 里 有 几 只 狗 吗 什么 颜色 có bao nhiêu con chó không màu gì « » “ ' ... \x00 😀 %s {x} "
    "<script> \\ ( \u202e".split()
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_PIECES, max_size=14).map(" ".join) | st.text(max_size=60))
def test_no_question_crashes(text: str) -> None:
    """Whatever is written, in whatever script, is read or left unread, never an error."""
    found = translate(text)
    assert found is None or found.english
    assert language_of(text)


def test_hostile_texts_are_harmless(street: Any) -> None:
    """Markup, format strings and very long texts in another language do not break the answer."""
    long = "Y a-t-il " + "un " * 3000 + "chien ?"
    for text in (
        "¿Hay {0} {x.__class__} %s <b>perro</b>?",
        "¿" * 5000 + "hay un perro",
        long,
    ):
        assert street.ask(text).text.strip()
