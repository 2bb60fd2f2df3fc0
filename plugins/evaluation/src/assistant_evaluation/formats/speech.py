"""Layouts of transcripts and of rated sentences: tables, JSON lines, LibriSpeech, IEMOCAP, HowTo100M's captions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from assistant_evaluation.formats.content import Content, Format, has
from assistant_evaluation.items import Item, RatedItem, TranscriptItem

LIBRISPEECH_LINE = re.compile(r"(?P<id>\d+-\d+-\d{4}) (?P<text>[A-Z' ]+)")
IEMOCAP_LINE = re.compile(
    r"\[[\d.]+ - [\d.]+\]\t(?P<turn>Ses\d\d[FM]_\w+)\t(?P<emotion>\w+)\t\[(?P<valence>[\d.]+),.*\]"
)
IEMOCAP_LABELS = {
    "hap": "positive",
    "exc": "positive",
    "neu": "neutral",
    "ang": "negative",
    "sad": "negative",
    "fru": "negative",
    "dis": "negative",
    "fea": "negative",
}
"""Emotions with a clear sign; sur, oth and xxx have none and are left out."""
LABELS = {
    **dict.fromkeys(("positive", "pos", "1", "+1"), "positive"),
    **dict.fromkeys(("neutral", "neu"), "neutral"),
    **dict.fromkeys(("negative", "neg", "-1", "0"), "negative"),
}
"""A label as sets write it -> ours. 0 is negative as in SST-2 and IMDB, unless the set also has -1."""
TEXT_COLUMNS = ("text", "sentence", "review")
LABEL_COLUMNS = ("label", "sentiment", "polarity")
AUDIO_COLUMNS = ("file", "audio_filepath", "path")
TRANSCRIPT_COLUMNS = ("transcript", "sentence", "text")
SOUND_FILE = re.compile(r"\S.*\.(wav|flac|mp3|ogg|opus|m4a|aiff?|webm|mp4|jpe?g|png)", re.IGNORECASE)


# ---- values ---------------------------------------------------------------------------------------------------------


def spoken(row: Mapping[str, Any], identity: str, files: tuple[str, ...]) -> TranscriptItem:
    """The item of an object with `transcript`, and perhaps `language`, `prefix`, `characters`, `set`."""
    return TranscriptItem(
        id=identity,
        files=files,
        group=str(row.get("set") or ""),
        kind=str(row.get("kind") or ""),
        transcript=str(row["transcript"]),
        language=re.split("[-_]", str(row.get("language") or ""))[0].lower(),
        prefix=bool(row.get("prefix")),
        characters=bool(row.get("characters")),
    )


def rated(row: Mapping[str, Any], identity: str, files: tuple[str, ...] = ()) -> RatedItem:
    """The item of an object with `text` or a file, and `rating` (-1 to 1) or `label`."""
    rating = row.get("rating")
    label = str(row.get("label") if row.get("label") is not None else "").strip().lower()
    if label and label not in LABELS:
        raise ValueError(f"label {label!r} is none of {', '.join(LABELS)}")
    if rating is not None and not -1 <= float(rating) <= 1:
        raise ValueError(f"rating {rating} is not between -1 and 1")
    return RatedItem(
        id=identity,
        files=files,
        group=str(row.get("set") or ""),
        kind=str(row.get("kind") or ""),
        text="" if files else str(row["text"]),
        valence=None if rating is None else float(rating),
        label=LABELS.get(label, ""),
    )


def scale_of(ratings: list[float]) -> float:
    """The end of a scale around 0, by the ratings found on it: 1, 3, 4, 5 or 10."""
    most = max(abs(rating) for rating in ratings)
    return next((end for end in (1.0, 3.0, 4.0, 5.0, 10.0) if most <= end), most)


# ---- tables ---------------------------------------------------------------------------------------------------------


def _cells(content: Content) -> list[list[str]]:
    return [line.split("\t") for line in content.lines]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _is_rating_table(content: Content) -> bool:
    """Number the id has, tab, mean rating, tab, text: the layout of the VADER and many other ground truths."""
    rows = _cells(content)[:20]
    return bool(rows) and all(len(row) >= 3 and _number(row[1]) is not None for row in rows)


def _rating_table(content: Content) -> Iterator[Item]:
    rows = _cells(content)
    ratings = []
    for number, row in enumerate(rows, 1):
        rating = _number(row[1]) if len(row) >= 3 else None
        if rating is None:
            raise ValueError(f"line {number} is not an id, a rating and a text, with tabs between")
        ratings.append(rating)
    scale = scale_of(ratings)
    for row, rating in zip(rows, ratings, strict=True):
        yield RatedItem(id=row[0], text="\t".join(row[2:]), valence=rating / scale)


def _column(header: list[str], names: tuple[str, ...]) -> int | None:
    lowered = [cell.strip().lower() for cell in header]
    return next((lowered.index(name) for name in names if name in lowered), None)


def _is_label_table(content: Content) -> bool:
    header = content.lines[0].split("\t") if content.lines else []
    return _column(header, TEXT_COLUMNS) is not None and _column(header, LABEL_COLUMNS) is not None


def _label_table(content: Content) -> Iterator[Item]:
    header, *rows = _cells(content)
    text, label = _column(header, TEXT_COLUMNS), _column(header, LABEL_COLUMNS)
    assert text is not None
    assert label is not None
    signed = any(row[label].strip() == "-1" for row in rows)
    for number, row in enumerate(rows, 2):
        said = row[label].strip().lower()
        yield rated({"text": row[text], "label": "neutral" if signed and said == "0" else said}, str(number))


def _is_transcript_table(content: Content) -> bool:
    if not content.lines:
        return False
    first = content.lines[0].split("\t")
    if _column(first, AUDIO_COLUMNS) is not None and _column(first, TRANSCRIPT_COLUMNS) is not None:
        return True
    return len(first) in (2, 3) and SOUND_FILE.fullmatch(first[0]) is not None


def _transcript_table(content: Content) -> Iterator[Item]:
    rows = _cells(content)
    file, transcript = _column(rows[0], AUDIO_COLUMNS), _column(rows[0], TRANSCRIPT_COLUMNS)
    language = _column(rows[0], ("language", "locale"))
    if file is None or transcript is None:
        file, transcript, language = 0, 1, 2 if len(rows[0]) == 3 else None
    else:
        rows = rows[1:]
    for number, row in enumerate(rows, 1):
        values = {"transcript": row[transcript], "language": row[language] if language is not None else ""}
        yield spoken(values, str(number), (row[file],))


# ---- JSON lines and published corpora -------------------------------------------------------------------------------


def _manifest(content: Content) -> Iterator[Item]:
    for number, row in enumerate(content.rows, 1):
        yield spoken({"transcript": row["text"], **row}, str(number), (str(row["audio_filepath"]),))


def _librispeech(content: Content) -> Iterator[Item]:
    for number, line in enumerate(content.lines, 1):
        match = LIBRISPEECH_LINE.fullmatch(line.strip())
        if match is None:
            raise ValueError(f"line {number} is not SPEAKER-CHAPTER-UTTERANCE and its words in capitals")
        yield TranscriptItem(id=match["id"], files=(f"{match['id']}.flac",), transcript=match["text"], language="en")


def _iemocap(content: Content) -> Iterator[Item]:
    for line in content.lines:
        match = IEMOCAP_LINE.fullmatch(line.strip())
        if match is not None and match["emotion"] in IEMOCAP_LABELS:
            turn = match["turn"]
            yield RatedItem(
                id=turn,
                files=(f"{turn.rsplit('_', 1)[0]}/{turn}.wav",),
                kind=match["emotion"],
                valence=(float(match["valence"]) - 3) / 2,  # 1 to 5 in the corpus
                label=IEMOCAP_LABELS[match["emotion"]],
            )


def _howto100m(content: Content) -> Iterator[Item]:
    for video, captions in content.document.items():
        text = " ".join(str(piece) for piece in captions["text"])
        yield TranscriptItem(id=str(video), files=(f"{video}.mp4",), transcript=text, language="en")


def _is_howto100m(content: Content) -> bool:
    document = content.document
    return (
        isinstance(document, Mapping) and bool(document) and has(next(iter(document.values())), "start", "end", "text")
    )


FORMATS = (
    Format(
        "librispeech",
        "LibriSpeech *.trans.txt: SPEAKER-CHAPTER-UTTERANCE WORDS; recordings are .flac",
        lambda content: bool(content.lines) and LIBRISPEECH_LINE.fullmatch(content.lines[0].strip()) is not None,
        _librispeech,
    ),
    Format(
        "iemocap",
        "IEMOCAP EmoEvaluation text: [start - end], turn, emotion, [valence, activation, dominance]",
        lambda content: any(IEMOCAP_LINE.fullmatch(line.strip()) for line in content.lines[:20]),
        _iemocap,
    ),
    Format("howto100m", "HowTo100M captions JSON: video id -> start, end, text", _is_howto100m, _howto100m),
    Format(
        "ratings",
        "rated sentences, tab-separated: id, mean rating around 0, text",
        _is_rating_table,
        _rating_table,
    ),
    Format(
        "labels",
        "labelled sentences, tab-separated with a header: text or sentence, label or sentiment",
        _is_label_table,
        _label_table,
    ),
    Format(
        "transcripts",
        "transcripts, tab-separated: file, transcript and perhaps language, with or without a header",
        _is_transcript_table,
        _transcript_table,
    ),
    Format(
        "transcripts-jsonl",
        "transcripts as JSON lines: audio_filepath, text",
        lambda content: has(content.first, "audio_filepath", "text"),
        _manifest,
    ),
)
