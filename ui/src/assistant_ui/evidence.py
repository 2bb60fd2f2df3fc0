"""Draws the evidence panel: boxes, transcript, who said what, gaps. Not for collecting it: see view.py."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from assistant.types import AUDIO, IMAGE, MODALITIES, TEXT, VIDEO, Gap, Kind, Observation, Part
from assistant_ui.icons import icon
from assistant_ui.markup import classes, clock, join, measure, percent, tag
from assistant_ui.texts import Texts
from assistant_ui.view import Evidence

LABELS_AT_MOST = 12
"""With more boxes than this, only those the answer rests on carry their label; the others show it when pointed at."""
ROWS_AT_MOST = 40
"""Rows shown of one plugin; a long recording has thousands of keywords."""
TAKEN_AT_MOST = 12
"""Pictures, and passages of text, shown of a document; a book has hundreds."""
EXCERPT = 600
"""Characters shown of a text."""
_HUES = {Kind.OBJECT: "teal", Kind.TEXT_LINE: "amber", Kind.FACE: "rose", Kind.SHAPE: "violet"}
_SPOKEN = (Kind.TRANSCRIPT_SEGMENT,)


def panel(evidence: Evidence, texts: Texts, *, waiting: bool = False) -> Markup:
    """The whole panel; `waiting` while a turn runs that has not perceived anything yet."""
    broken = {gap.part for gap in evidence.gaps if gap.cause == "unreadable"}  # the gap says so: there is no picture
    roots = [
        part
        for part in evidence.parts
        if part.digest in evidence.sent and not (part.modality == IMAGE and part.digest in broken)
    ]
    recent = [part for part in roots if part.digest in evidence.recent] or roots
    earlier = [part for part in roots if part not in recent]
    body: list[object] = [_card(part, evidence, texts) for part in recent]
    if evidence.gaps:
        body.insert(0 if not recent else len(body), gaps(evidence.gaps, texts))
    if evidence.observations:
        body.append(_who_says_what(evidence, texts))
    if earlier:
        cards = [_card(part, evidence, texts) for part in earlier]
        body.append(tag("details", tag("summary", texts.earlier), *cards, class_="earlier"))
    if not body:
        text = texts.evidence_waiting + "…" if waiting else texts.evidence_empty
        body.append(tag("p", text, class_="evidence-empty"))
    return tag(
        "section",
        tag("h2", icon("evidence"), texts.evidence, id="evidence-title"),
        *body,
        class_="evidence",
        aria_labelledby="evidence-title",
    )


def _card(part: Part, evidence: Evidence, texts: Texts) -> Markup:
    content: Sequence[Markup | None]
    if part.modality == IMAGE:
        content = [picture(part, evidence, texts), _caption(part, evidence)]
    elif part.modality in (AUDIO, VIDEO):
        content = [_recording(part, evidence, texts)]
    elif part.modality == TEXT:
        content = [tag("blockquote", part.text[:EXCERPT])]
    else:
        content = _opened(part, evidence, texts)
    return tag("article", _card_title(part, texts), *content, class_="card", data_part=part.digest)


def _card_title(part: Part, texts: Texts) -> Markup:
    facts = []
    if part.modality in (AUDIO, VIDEO) and isinstance(part.facts.get("seconds"), (int, float)):
        facts.append(clock(float(str(part.facts["seconds"]))))
    if part.modality in (IMAGE, VIDEO) and part.facts.get("width"):
        facts.append(f"{part.facts['width']} × {part.facts['height']}")
    if part.modality not in MODALITIES:
        facts.append(filed(part, texts))
    return tag(
        "header",
        icon(part.modality),
        tag("span", part.name, class_="name", title=part.name),
        tag("small", " · ".join(facts)),
    )


def filed(part: Part, texts: Texts) -> str:
    """What sort of file a plugin's part is, and how large: "PDF document · 1.2 MB"."""
    what = texts.formats.get(part.media_type, part.media_type)
    try:
        size = len(part.content) if isinstance(part.content, bytes) else part.content.stat().st_size
    except OSError:  # deleted meanwhile
        return what
    return f"{what} · {measure(size)}"


def _opened(part: Part, evidence: Evidence, texts: Texts) -> list[Markup]:
    """What a plugin took out of a file of its own sort: the first pictures and passages of text, and how many more."""
    taken = evidence.taken_from(part.digest)
    pictures = [each for each in taken if each.modality == IMAGE]
    passages = [each for each in taken if each.modality == TEXT]
    shown = [_frames(pictures[:TAKEN_AT_MOST], part, evidence, texts)] if pictures else []
    for passage in passages[:TAKEN_AT_MOST]:
        shown.append(tag("blockquote", tag("small", _where(passage, texts)), passage.text[:EXCERPT]))
    left = max(0, len(pictures) - TAKEN_AT_MOST) + max(0, len(passages) - TAKEN_AT_MOST)
    if left:
        shown.append(tag("p", texts.more.format(count=left), class_="caption"))
    return shown


def _where(part: Part, texts: Texts) -> str:
    """The page that a part was taken from, or its name."""
    page = part.facts.get("page")
    return texts.page_number.format(number=page) if isinstance(page, int) else part.name


def _caption(part: Part, evidence: Evidence) -> Markup | None:
    captions = [seen for seen in evidence.about(part.digest) if seen.kind == Kind.CAPTION]
    return tag("p", captions[-1].text, class_="caption") if captions else None


def picture(part: Part, evidence: Evidence, texts: Texts) -> Markup:
    """A photograph with a labelled box for every observation that has one; those cited stand out."""
    boxed = [seen for seen in evidence.about(part.digest) if seen.box is not None]
    boxed.sort(key=_area, reverse=True)  # small boxes come last, so that they lie on top and can be pointed at
    labelled = len(boxed) <= LABELS_AT_MOST
    figure = tag(
        "div",
        tag("img", src=f"chat/picture/{part.digest}", alt=part.name, loading="lazy", decoding="async"),
        *[_box(seen, seen.id in evidence.cited, labelled) for seen in boxed],
        tag("button", icon("enlarge"), type="button", class_="enlarge", data_do="enlarge", aria_label=texts.enlarge),
        class_=classes("picture", bool(set(evidence.cited) & {seen.id for seen in boxed}) and "has-cited"),
    )
    kinds = list(dict.fromkeys(seen.kind for seen in boxed))
    legend = [_layer(kind, sum(seen.kind == kind for seen in boxed), texts) for kind in kinds]
    layers = tag("div", *legend, class_="layers", role="group", aria_label=texts.shown_boxes) if legend else None
    return tag("figure", figure, layers)


def _area(seen: Observation) -> float:
    x0, y0, x1, y1 = seen.box or (0.0, 0.0, 0.0, 0.0)
    return (x1 - x0) * (y1 - y0)


def _box(seen: Observation, cited: bool, labelled: bool) -> Markup:
    x0, y0, x1, y1 = (min(1.0, max(0.0, edge)) for edge in seen.box or (0.0, 0.0, 0.0, 0.0))
    label = f"{seen.text} {percent(seen.confidence)}"
    legible = seen.kind == Kind.TEXT_LINE  # a label would only cover what can be read anyway
    return tag(
        "div",
        tag("span", label),
        class_=classes(
            "box",
            f"hue-{hue(seen.kind)}",
            cited and "cited",
            (labelled or cited) and not legible and "labelled",
            y0 < 0.06 and "below",
        ),
        style=f"left:{100 * x0:.2f}%;top:{100 * y0:.2f}%;width:{100 * (x1 - x0):.2f}%;height:{100 * (y1 - y0):.2f}%",
        data_layer=seen.kind,
        data_seen=seen.id,
        title=f"{label} · {seen.source}",
    )


def hue(kind: str) -> str:
    """The colour name of a kind's boxes and marks."""
    return _HUES.get(kind, "slate")


def _layer(kind: str, count: int, texts: Texts) -> Markup:
    return tag(
        "label",
        tag("input", type="checkbox", checked=True, data_do="layer", data_kind=kind),
        tag("i", class_=f"dot hue-{hue(kind)}"),
        f"{texts.kinds.get(kind, readable(kind))} {count}",
    )


def _recording(part: Part, evidence: Evidence, texts: Texts) -> Markup:
    player = tag(
        "video" if part.modality == VIDEO else "audio",
        src=f"chat/recording/{part.digest}",
        controls=True,
        preload="metadata",
        playsinline=part.modality == VIDEO,
        data_player=part.digest,
        aria_label=part.name,
    )
    sources = [part, *(taken for taken in evidence.taken_from(part.digest) if taken.modality == AUDIO)]
    heard = [seen for source in sources for seen in evidence.about(source.digest)]
    segments = sorted((seen for seen in heard if seen.kind in _SPOKEN and seen.span), key=lambda seen: seen.span or ())
    silent = any(seen.kind == Kind.NO_SPEECH for seen in heard) and not segments
    frames = [taken for taken in evidence.taken_from(part.digest) if taken.modality == IMAGE]
    return join(
        [
            player,
            _transcript(segments, part, evidence, texts) if segments else None,
            tag("p", texts.no_speech, class_="caption") if silent else None,
            _frames(frames, part, evidence, texts) if frames else None,
        ]
    )


def _transcript(segments: Sequence[Observation], player: Part, evidence: Evidence, texts: Texts) -> Markup:
    moods = {
        source: seen
        for seen in evidence.observations
        if seen.kind == Kind.SENTIMENT and seen.text != "neutral"
        for source in seen.derived_from
    }
    rows = []
    for seen in segments:
        start = seen.span[0] if seen.span else 0.0
        mood = moods.get(seen.id)
        rows.append(
            tag(
                "li",
                _seek(start, player, texts),
                tag("span", seen.text.strip(), class_="said"),
                tag("em", mood.text, class_=f"mood {mood.text}") if mood else None,
                class_=classes(seen.id in evidence.cited and "cited"),
                data_seen=seen.id,
                title=percent(seen.confidence),
            )
        )
    return tag("ol", *rows, class_="transcript", aria_label=texts.transcript)


def _seek(start: float, player: Part, texts: Texts) -> Markup:
    time = clock(start)
    return tag(
        "button",
        time,
        type="button",
        class_="seek",
        data_do="seek",
        data_player=player.digest,
        data_seconds=f"{start:.2f}",
        aria_label=texts.play_from.format(time=time),
    )


def _frames(frames: Sequence[Part], player: Part, evidence: Evidence, texts: Texts) -> Markup:
    items = []
    for frame in frames:
        start = frame.span[0] if frame.span else 0.0
        boxed = [seen for seen in evidence.about(frame.digest) if seen.box is not None]
        items.append(
            tag(
                "li",
                tag(
                    "div",
                    tag("img", src=f"chat/picture/{frame.digest}?side=480", alt=frame.name, loading="lazy"),
                    *[_box(seen, seen.id in evidence.cited, labelled=False) for seen in boxed],
                    class_="picture",
                ),
                _seek(start, player, texts) if player.modality == VIDEO else tag("small", _where(frame, texts)),
            )
        )
    return tag("ul", *items, class_="frames", aria_label=texts.frames)


def _who_says_what(evidence: Evidence, texts: Texts) -> Markup:
    speakers: dict[str, list[Observation]] = {}
    for seen in evidence.observations:
        speakers.setdefault(seen.source, []).append(seen)
    several = len(evidence.sent) > 1
    relied = {seen.source for seen in evidence.observations if seen.id in evidence.cited}
    ordered = sorted(speakers.items(), key=lambda speaker: speaker[0] not in relied)
    groups = [_speaker(name, said, evidence, texts, several) for name, said in ordered]
    return tag("section", tag("h3", texts.who_said), *groups, class_="speakers")


def _speaker(name: str, said: Sequence[Observation], evidence: Evidence, texts: Texts, several: bool) -> Markup:
    ordered = sorted(said, key=lambda seen: (seen.id not in evidence.cited, seen.kind, -seen.confidence))
    rows = [_row(seen, evidence, texts, several) for seen in ordered[:ROWS_AT_MOST]]
    head = tag("tr", tag("th", texts.what, scope="col"), tag("th", texts.confidence, scope="col"))
    rest = len(said) - ROWS_AT_MOST
    return tag(
        "details",
        tag("summary", tag("span", readable(name), class_="name"), tag("small", str(len(said)))),
        tag("table", tag("thead", head), tag("tbody", *rows)),
        tag("p", texts.more.format(count=rest), class_="caption") if rest > 0 else None,
        open=any(seen.id in evidence.cited for seen in said),
        aria_label=texts.perceived_by.format(name=readable(name), count=len(said)),
    )


def _row(seen: Observation, evidence: Evidence, texts: Texts, several: bool) -> Markup:
    cited = seen.id in evidence.cited
    part = evidence.part(seen.part)
    page = seen.data.get("page", part.facts.get("page") if part is not None else None)
    paged = texts.page_number.format(number=page) if isinstance(page, int) else ""
    about = part.name if several and part is not None and part.modality != TEXT else ""
    return tag(
        "tr",
        tag(
            "td",
            tag("i", class_=f"dot hue-{hue(seen.kind)}"),
            tag("span", texts.kinds.get(seen.kind, readable(seen.kind)), class_="kind"),
            tag("span", seen.text[:300], class_="said"),
            tag("small", " · ".join(filter(None, (about, paged)))) if about or paged else None,
        ),
        tag("td", bar(seen.confidence)),
        class_=classes(cited and "cited"),
        data_seen=seen.id,
        title=texts.cited if cited else None,
    )


def bar(confidence: float) -> Markup:
    """A probability as a bar and a number."""
    filled = tag("i", style=f"width:{percent(confidence)}")
    return tag("span", tag("span", filled, class_="bar"), percent(confidence), class_="sure")


def gaps(missed: Sequence[Gap], texts: Texts) -> Markup:
    """What could not be perceived, why, and what would mend it; equal remedies for several files are said once."""
    cards: dict[tuple[str, str, str], Markup] = {}
    for gap in missed:
        cards.setdefault(
            (gap.cause, gap.message, gap.remedy),
            tag(
                "li",
                tag("strong", texts.causes.get(gap.cause, gap.cause)),
                tag("span", " · ".join(filter(None, (gap.name, readable(gap.source)))), class_="whose"),
                tag("p", gap.message),
                tag("p", tag("b", texts.remedy + ": "), gap.remedy, class_="remedy") if gap.remedy else None,
            ),
        )
    return tag(
        "section", tag("h3", icon("gap"), texts.missing), tag("ul", *cards.values(), class_="gaps"), class_="missing"
    )


def readable(name: str) -> str:
    """A plugin's or kind's name for people: "vision_objects" as "vision objects"."""
    return name.replace("_", " ")
