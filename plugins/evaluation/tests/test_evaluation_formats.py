"""Each layout is told apart by its content and read into items; what departs from it is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant_evaluation.formats import FORMATS, SetError, read_set
from assistant_evaluation.items import CaptionItem, CountsItem, PlaceItem, QuestionItem, RatedItem, TranscriptItem
from assistant_evaluation.places import Places


def saved(directory: Path, name: str, value: Any) -> Path:
    """A file holding text, a JSON value, or (from a tuple) JSON lines."""
    path = directory / name
    if isinstance(value, tuple):
        value = "\n".join(json.dumps(row) for row in value) + "\n"
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return path


POPE = (
    {
        "question_id": 1,
        "image": "COCO_val2014_000000310196.jpg",
        "text": "Is there a bird in the image?",
        "label": "yes",
    },
    {"question_id": 2, "image": "COCO_val2014_000000310196.jpg", "text": "Is there a car in the image?", "label": "no"},
)
VSR = (
    {"image": "000000085637.jpg", "caption": "The chair is above the cat.", "label": 1, "relation": "above"},
    {"image": "000000085637.jpg", "caption": "The cat is under the bus.", "label": 0, "relation": "under"},
)
NLVR2 = ({"sentence": "There are two dogs.", "label": "False", "identifier": "dev-850-0-0", "validation": {}},)
NLVR = (
    {"sentence": "There is a box.", "label": "true", "identifier": "171-0", "structured_rep": [], "directory": "3"},
)
VQA = {
    "data_subtype": "val2014",
    "questions": [{"image_id": 262148, "question": "Where is he looking?", "question_id": 262148000}],
}
VQA_ANSWERS = {
    "annotations": [
        {
            "question_id": 262148000,
            "image_id": 262148,
            "answer_type": "other",
            "answers": [{"answer": "down", "answer_id": n} for n in range(10)],
        }
    ]
}
GQA = {
    "02930152": {
        "imageId": "n289239",
        "question": "Is the sky dark?",
        "answer": "yes",
        "types": {"structural": "verify"},
    }
}
A_OKVQA = [
    {
        "image_id": 299207,
        "question_id": "22MexNkBPpdZGX6sxbxVBH",
        "question": "What is the man by the bags awaiting?",
        "choices": ["skateboarder", "train", "delivery", "cab"],
        "correct_choice_idx": 3,
        "direct_answers": ["ride", "ride", "bus", "taxi", "cab", "taxi", "taxi", "taxi", "travelling", "ride"],
    }
]
EASY_VQA = [["what color is the shape?", "red", 0], ["is there a circle?", "yes", 1]]
VGG_SOUND = '---g-f_I2yQ,1,"people marching",test\n--0PQM4-hqg,30,"waterfall burbling",train\n'
COCO_CAPTIONS = {
    "images": [{"id": 42, "file_name": "000000000042.jpg"}],
    "annotations": [{"image_id": 42, "caption": "A dog. "}, {"image_id": 42, "caption": "A brown dog."}],
}
COCO_INSTANCES = {
    "images": [{"id": 42, "file_name": "a.jpg"}, {"id": 43, "file_name": "b.jpg"}],
    "annotations": [
        {"image_id": 42, "category_id": 18, "iscrowd": 0},
        {"image_id": 42, "category_id": 18, "iscrowd": 0},
        {"image_id": 42, "category_id": 1, "iscrowd": 1},
    ],
    "categories": [{"id": 1, "name": "person"}, {"id": 18, "name": "dog"}, {"id": 3, "name": "car"}],
}
FLICKR = "10_a.jpg#0\tA child climbs stairs .\n10_a.jpg#1\tA girl .\n11_b.jpg.1#0\tTwo dogs .\n"
LIBRISPEECH = "84-121123-0000 GO DO YOU HEAR\n84-121123-0001 BUT IN LESS THAN FIVE MINUTES\n"
IEMOCAP = (
    "% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]\n\n"
    "[6.2901 - 8.2357]\tSes01F_impro01_F000\tneu\t[2.5000, 2.5000, 2.5000]\nC-E2:\tNeutral;\t()\n"
    "[10.0100 - 11.3925]\tSes01F_impro01_F001\tang\t[1.0000, 2.5000, 2.5000]\n"
    "[14.8872 - 18.0175]\tSes01F_impro01_F002\txxx\t[2.5000, 2.5000, 2.5000]\n"
)
HOWTO = {"abcdefghijk": {"start": [0.1, 2.0], "end": [2.0, 4.5], "text": ["take the", "flour"]}}
RATINGS = "1\t2.8\tWhat a lovely day\n2\t-3.2\tThis is awful, really\n"
LABELS = "sentence\tlabel\nit is a charming film\t1\nunflinchingly bleak\t0\n"
TRANSCRIPTS = "a.wav\thello there\ten\nb.wav\t你好\tzh-CN\n"
MANIFEST = ({"audio_filepath": "a.wav", "duration": 1.0, "text": "hello"},)


def test_pope(tmp_path: Path) -> None:
    """POPE's lines are yes/no questions; the file's name tells the part."""
    found = read_set(saved(tmp_path, "coco_pope_popular.json", POPE))
    assert found.format == "pope"
    first = found.items[0]
    assert isinstance(first, QuestionItem)
    assert (first.question, first.answers) == ("Is there a bird in the image?", ("yes",))
    assert (first.files, first.group) == (("COCO_val2014_000000310196.jpg",), "POPE popular")


def test_vsr(tmp_path: Path) -> None:
    """VSR's captions become statements with their relation as kind."""
    found = read_set(saved(tmp_path, "dev.jsonl", VSR))
    assert found.format == "vsr"
    assert [(item.question, item.answers, item.kind) for item in found.items if isinstance(item, QuestionItem)] == [
        ("True or false: The chair is above the cat.", ("true",), "above"),
        ("True or false: The cat is under the bus.", ("false",), "under"),
    ]


def test_nlvr2_has_two_pictures(tmp_path: Path) -> None:
    """An NLVR2 sentence is about the two pictures of its pair."""
    found = read_set(saved(tmp_path, "dev.json", NLVR2))
    (item,) = found.items
    assert isinstance(item, QuestionItem)
    assert found.format == "nlvr2"
    assert (item.files, item.answers) == (("dev-850-0-img0.png", "dev-850-0-img1.png"), ("false",))


def test_nlvr_takes_its_split_from_the_name(tmp_path: Path) -> None:
    """An NLVR sentence is about the first drawing of its identifier."""
    found = read_set(saved(tmp_path, "dev.json", NLVR))
    assert found.format == "nlvr"
    assert found.items[0].files == ("3/dev-171-0-0.png",)


def test_vqa_finds_its_answers_beside_it(tmp_path: Path) -> None:
    """VQAv2's questions are joined with the annotations of the published name, or the ones that are named."""
    path = saved(tmp_path, "v2_OpenEnded_mscoco_val2014_questions.json", VQA)
    with pytest.raises(SetError, match=r"v2_mscoco_val2014_annotations\.json is not beside it.*--annotations"):
        read_set(path)
    answers = saved(tmp_path, "v2_mscoco_val2014_annotations.json", VQA_ANSWERS)
    found = read_set(path)
    (item,) = found.items
    assert isinstance(item, QuestionItem)
    assert found.format == "vqa"
    assert (item.files, item.kind, len(item.answers)) == (("COCO_val2014_000000262148.jpg",), "other", 10)
    assert read_set(path, companion=answers.rename(tmp_path / "other.json")).items == found.items


def test_gqa(tmp_path: Path) -> None:
    """GQA's questions have their structural type as kind."""
    found = read_set(saved(tmp_path, "testdev.json", GQA))
    assert found.format == "gqa"
    assert (found.items[0].id, found.items[0].files, found.items[0].kind) == ("02930152", ("n289239.jpg",), "verify")


def test_a_okvqa_with_and_without_choices(tmp_path: Path) -> None:
    """A-OKVQA is asked with its choices, and directly if that format is named."""
    path = saved(tmp_path, "aokvqa_v1p0_val.json", A_OKVQA)
    (chosen,), (direct,) = read_set(path).items, read_set(path, "a-okvqa-direct").items
    assert isinstance(chosen, QuestionItem)
    assert isinstance(direct, QuestionItem)
    assert (chosen.files, chosen.answer) == (("000000299207.jpg",), "cab")
    assert chosen.asked.endswith("awaiting? Choices: skateboarder, train, delivery, cab")
    assert (direct.choices, direct.asked) == ((), "What is the man by the bags awaiting?")


def test_easy_vqa(tmp_path: Path) -> None:
    """easy-VQA's lists name pictures by number."""
    found = read_set(saved(tmp_path, "questions.json", EASY_VQA))
    assert found.format == "easy-vqa"
    assert [(item.files, item.kind) for item in found.items] == [
        (("images/0.png",), "color"),
        (("images/1.png",), "yes/no"),
    ]


def test_vgg_sound(tmp_path: Path) -> None:
    """VGGSound's labels are what can be heard; clips carry the start in their name."""
    found = read_set(saved(tmp_path, "vggsound.csv", VGG_SOUND))
    assert found.format == "vggsound"
    assert [item.files for item in found.items] == [("---g-f_I2yQ_000001.mp4",), ("--0PQM4-hqg_000030.mp4",)]


def test_coco_captions_are_gathered_by_picture(tmp_path: Path) -> None:
    """All captions of a picture are one item."""
    (item,) = read_set(saved(tmp_path, "captions_val2017.json", COCO_CAPTIONS)).items
    assert isinstance(item, CaptionItem)
    assert item.captions == ("A dog.", "A brown dog.")


def test_coco_instances_are_counted(tmp_path: Path) -> None:
    """Objects are counted by class; a crowd is there, but not counted; a picture without objects counts too."""
    found = read_set(saved(tmp_path, "instances_val2017.json", COCO_INSTANCES)).items
    assert [item.counts for item in found if isinstance(item, CountsItem)] == [{"dog": 2, "person": None}, {}]


def test_flickr8k(tmp_path: Path) -> None:
    """Token files are gathered by picture."""
    found = read_set(saved(tmp_path, "Flickr8k.token.txt", FLICKR))
    assert found.format == "flickr8k"
    assert [len(item.captions) for item in found.items if isinstance(item, CaptionItem)] == [2, 1]


def test_librispeech(tmp_path: Path) -> None:
    """Transcripts of LibriSpeech name FLAC files."""
    found = read_set(saved(tmp_path, "84-121123.trans.txt", LIBRISPEECH))
    assert found.format == "librispeech"
    assert found.items[0].files == ("84-121123-0000.flac",)


def test_iemocap_leaves_out_what_has_no_sign(tmp_path: Path) -> None:
    """Emotions become positive, neutral or negative; undecided turns are left out."""
    found = read_set(saved(tmp_path, "Ses01F_impro01.txt", IEMOCAP))
    assert found.format == "iemocap"
    assert [(item.label, item.valence) for item in found.items if isinstance(item, RatedItem)] == [
        ("neutral", -0.25),
        ("negative", -1.0),
    ]


def test_howto100m(tmp_path: Path) -> None:
    """The captions of a video are its transcript."""
    (item,) = read_set(saved(tmp_path, "raw_caption.json", HOWTO)).items
    assert isinstance(item, TranscriptItem)
    assert (item.files, item.transcript) == (("abcdefghijk.mp4",), "take the flour")


def test_ratings_are_brought_to_one_scale(tmp_path: Path) -> None:
    """A scale from -4 to 4 is told from the ratings on it."""
    found = read_set(saved(tmp_path, "tweets.txt", RATINGS))
    assert found.format == "ratings"
    assert [item.valence for item in found.items if isinstance(item, RatedItem)] == pytest.approx([0.7, -0.8])


def test_labels(tmp_path: Path) -> None:
    """SST-2's table of sentences and labels."""
    found = read_set(saved(tmp_path, "dev.tsv", LABELS))
    assert [item.label for item in found.items if isinstance(item, RatedItem)] == ["positive", "negative"]


@pytest.mark.parametrize("header", ["", "file\ttranscript\tlanguage\n"])
def test_transcript_tables(tmp_path: Path, header: str) -> None:
    """Tables of recordings and transcripts, with and without a header."""
    found = read_set(saved(tmp_path, "set.tsv", header + TRANSCRIPTS))
    assert [
        (item.files, item.transcript, item.language) for item in found.items if isinstance(item, TranscriptItem)
    ] == [
        (("a.wav",), "hello there", "en"),
        (("b.wav",), "你好", "zh"),
    ]


def test_manifest(tmp_path: Path) -> None:
    """The manifests of speech toolkits."""
    assert read_set(saved(tmp_path, "m.json", MANIFEST)).items[0].files == ("a.wav",)


def test_own_lines_mix_tasks(tmp_path: Path) -> None:
    """One file of ours may hold questions, places, captions, counts, transcripts and ratings."""
    rows = (
        {"file": "a.jpg", "question": "How many dogs?", "answers": ["2"], "set": "mine"},
        {"file": "a.jpg", "question": "Which?", "choices": ["x", "y"], "answer": "y", "answers": ["y"]},
        {"file": "a.jpg", "question": "Locate: dog", "bbox": [10, 20, 60, 70], "wh": [100, 200], "answers": []},
        {"files": ["a.jpg", "b.jpg"], "question": "Are they alike?", "answer": "no"},
        {"file": "a.jpg", "captions": ["a dog"]},
        {"file": "a.jpg", "captions": ['{"dog": 2}'], "source": "COCO 2017 instance counts"},
        {"file": "a.wav", "transcript": "hello", "language": "en"},
        {"text": "I like it", "rating": 0.5},
    )
    number, choice, place, two, *others = read_set(saved(tmp_path, "own.jsonl", rows)).items
    assert (number.kind, number.group) == ("number", "mine")
    assert isinstance(choice, QuestionItem)
    assert choice.answer == "y"
    assert isinstance(place, PlaceItem)
    assert place.box == pytest.approx((0.1, 0.1, 0.6, 0.35))
    assert two.files == ("a.jpg", "b.jpg")
    assert [type(item) for item in others] == [CaptionItem, CountsItem, TranscriptItem, RatedItem]


def test_one_line_is_a_set(tmp_path: Path) -> None:
    """A file of a single object is JSON lines too."""
    assert len(read_set(saved(tmp_path, "one.jsonl", ({"file": "a", "question": "?", "answers": ["b"]},))).items) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("just some prose\nand more", "format of .* is not known; expected is one of pope,"),
        ('{"file": "a.jpg", "question": "q", "answers": ["x"]}\n{"file": ', "Line 2 of .* is not JSON"),
        ('{"file": "a.jpg", "question": "q", "answers": ["x"]}\n{"file": "b.jpg"}', "line 2: KeyError 'question'"),
        ('{"file": "a", "question": "q", "choices": ["x"], "answer": "z"}', "none of the `choices`"),
        ('{"file": "a", "question": "q", "bbox": [5, 5, 5, 9], "wh": [10, 10]}', "is no box"),
    ],
)
def test_errors_name_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    """A file that cannot be read says where and why, and what was expected."""
    with pytest.raises(SetError, match=said):
        read_set(saved(tmp_path, "set.jsonl", text))


def test_a_wrong_format_by_name_says_what_was_expected(tmp_path: Path) -> None:
    """A format that is forced upon another file names its layout."""
    with pytest.raises(SetError, match=r"not in the format pope.*Expected: POPE JSON lines"):
        read_set(saved(tmp_path, "set.jsonl", VSR), "pope")
    with pytest.raises(SetError, match="no format quiz"):
        read_set(saved(tmp_path, "set.jsonl", VSR), "quiz")


def test_repeated_ids_are_told_apart(tmp_path: Path) -> None:
    """Two items of one id stay two items."""
    assert [item.id for item in read_set(saved(tmp_path, "p.json", (POPE[0], POPE[0]))).items] == ["1", "1#2"]


def test_every_format_has_a_name_of_its_own() -> None:
    """`--format` is unambiguous."""
    names = [each.name for each in FORMATS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("stored", "named"),
    [
        ("images/val2014/COCO_val2014_000000000042.jpg", "COCO_val2014_000000000042.jpg"),
        ("images/000000000042.jpg", "COCO_val2014_000000000042.jpg"),
        ("images/COCO_val2014_000000000042.jpg", "000000000042.jpg"),
        ("images/deep/below/x.png", "train/x.png"),
        ("set/a/b.jpg", "a/b.jpg"),
    ],
)
def test_media_are_found_by_their_other_names(tmp_path: Path, stored: str, named: str) -> None:
    """COCO's names of both releases, folders below --images, and the set's own folder are looked through."""
    for folder in ("images", "set"):
        (tmp_path / folder).mkdir()
    (tmp_path / stored).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / stored).write_bytes(b"x")
    places = Places(tmp_path / "set" / "set.json", tmp_path / "images")
    assert places.find(named) == tmp_path / stored
    assert places.find("not-there.jpg") is None
