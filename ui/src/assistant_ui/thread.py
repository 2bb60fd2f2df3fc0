"""Draws the conversation: question, progress, answer. Not for the evidence panel: see evidence.py."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from markupsafe import Markup

from assistant.types import AUDIO, IMAGE, MODALITIES, VIDEO, Gap, Observation, Part, Status
from assistant_ui.evidence import filed, hue, readable
from assistant_ui.icons import LOGO, icon
from assistant_ui.markup import classes, clock, duration, join, percent, prose, tag
from assistant_ui.texts import Texts
from assistant_ui.view import TurnView

CHIPS_AT_MOST = 6
"""Citations shown under an answer before "n more"."""
LINES_AT_A_GLANCE = 12
"""With more status lines than this (a video's frames), those at work are moved to the top."""
_ENDED = ("done", "cached", "skipped", "failed")
_URGENCY = ("running", "loading", "failed", "queued", "skipped", "done", "cached")


def turn(view: TurnView, texts: Texts, *, last: bool = True) -> Markup:
    """One question and its answer; only the last can be asked again."""
    return tag("section", _question(view, texts), _reply(view, texts, last), class_="turn")


def welcome(texts: Texts) -> Markup:
    """The empty conversation: what this is, and three examples that can be tried at once."""
    cards = [
        tag(
            "button",
            tag("img", src=f"chat/example/{name}", alt="", width=96, height=72) if name != "voice" else _waves(),
            tag("span", tag("strong", title), tag("span", f"“{question}”")),
            type="button",
            class_="example",
            data_do="example",
            data_value=name,
        )
        for name, (title, question) in texts.examples.items()
    ]
    return tag(
        "section",
        LOGO,
        tag("h1", texts.welcome),
        tag("p", texts.welcome_hint),
        tag("h2", texts.try_one),
        tag("div", *cards, class_="examples"),
        class_="welcome",
    )


def hint(text: str) -> Markup:
    """A friendly remark in the conversation."""
    return tag("p", text, class_="hint", role="status")


def _waves() -> Markup:
    return tag("span", icon("audio"), class_="waves")


def _question(view: TurnView, texts: Texts) -> Markup:
    sent = [view.parts[digest] for digest in view.sent if digest in view.parts]
    known = {part.name for part in sent}
    pending = [name for name in view.files if name not in known]
    refused = {gap.name for gap in view.gaps}
    broken = {gap.part for gap in view.gaps if gap.cause == "unreadable"}
    attachments = [
        _pending(part.name, True) if part.modality == IMAGE and part.digest in broken else _attachment(part, texts)
        for part in sent
    ] + [_pending(name, name in refused) for name in pending]
    return tag(
        "div",
        tag("h3", texts.you, class_="sr-only"),
        tag("div", *attachments, class_="attachments") if attachments else None,
        tag("div", view.asked, class_="bubble", data_role="question") if view.asked else None,
        tag("div", tag("small", icon("audio"), texts.heard), view.heard, class_="bubble heard", data_role="heard")
        if view.heard
        else None,
        class_="question",
    )


def _attachment(part: Part, texts: Texts) -> Markup:
    if part.modality == IMAGE:
        return tag("img", src=f"chat/picture/{part.digest}?side=480", alt=part.name, title=part.name, loading="lazy")
    if part.modality == AUDIO:
        return tag(
            "audio", src=f"chat/recording/{part.digest}", controls=True, preload="metadata", aria_label=part.name
        )
    seconds = part.facts.get("seconds")
    length = clock(float(seconds)) if part.modality == VIDEO and isinstance(seconds, (int, float)) else None
    about = length if part.modality in MODALITIES else filed(part, texts)
    return tag("span", icon(part.modality), part.name, tag("small", about) if about else None, class_="file")


def _pending(name: str, refused: bool) -> Markup:
    return tag("span", icon("gap" if refused else "text"), name, class_="file pending")


def _reply(view: TurnView, texts: Texts, last: bool) -> Markup:
    return tag(
        "div",
        tag("div", LOGO, class_="avatar"),
        tag(
            "div",
            tag("h3", texts.assistant, class_="sr-only"),
            progress(view, texts),
            _notes(view, texts),
            _answer(view, texts),
            _footer(view, texts, last),
            class_="reply-body",
        ),
        class_=classes("reply", view.running and "running", view.settling and "settling"),
        data_phase=view.phase,
        data_cited=" ".join(view.answer.citations),
    )


def progress(view: TurnView, texts: Texts) -> Markup:
    """A line for each perceiver while the turn runs, folded into one sentence when it has ended."""
    statuses = list(view.statuses.values())
    ended = [status for status in statuses if status.state in _ENDED]
    if not statuses:
        return tag("p", _spinner(), texts.working + "…", class_="working") if view.running else Markup("")
    if len(statuses) > LINES_AT_A_GLANCE:
        statuses.sort(key=lambda status: _URGENCY.index(status.state))
    lines = [_status(status, texts, len({each.part for each in statuses}) > 1) for status in statuses]
    slowest = max((status.milliseconds or 0.0 for status in ended), default=0.0)
    if view.running or view.settling:
        title = {"perceiving": texts.looking, "answering": texts.writing}.get(view.phase, texts.settling)
        summary = join([_spinner(), title, tag("small", f"{len(ended)}/{len(statuses)}")])
    else:
        done = sum(status.state in ("done", "cached") for status in statuses)
        counted = texts.looked if any(status.state == "done" for status in statuses) else texts.known
        counted = counted.format(done=done, all=len(statuses), time=duration(slowest))
        summary = join([icon("mark"), counted])
    return tag(
        "details",
        tag("summary", summary),
        tag("ul", *lines),
        class_="progress",
        open=view.phase == "perceiving",
        aria_live="polite" if view.phase == "perceiving" else None,
    )


def _spinner() -> Markup:
    return tag("i", class_="turning", aria_hidden="true")


def _status(status: Status, texts: Texts, several: bool) -> Markup:
    time = duration(status.milliseconds) if status.milliseconds is not None else ""
    said = texts.states[status.state].format(time=time, reason=status.reason).strip(" ,，:：")
    return tag(
        "li",
        tag("i", class_="light"),
        tag("span", readable(status.perceiver), class_="name"),
        tag("small", status.name, class_="whose") if several else None,
        tag("span", said, class_="said"),
        class_=f"state-{status.state}",
    )


def _notes(view: TurnView, texts: Texts) -> Markup | None:
    """Files that were refused and answerers that could not, told in the conversation itself; the rest in the panel."""
    notes = [
        _note(texts.note_passed if _of_answerer(gap) else texts.note_missed, gap) for gap in view.gaps if _told(gap)
    ]
    return tag("ul", *notes, class_="notes", role="status") if notes else None


def _told(gap: Gap) -> bool:
    return gap.cause in ("unreadable", "refused") or _of_answerer(gap)


def _of_answerer(gap: Gap) -> bool:
    """Whether it was an answerer that failed: perceivers fail on a part, decoding on a file of a name."""
    return gap.part is None and not gap.name and gap.source not in ("", "media")


def _note(what: str, gap: Gap) -> Markup:
    return tag("li", icon("gap"), tag("span", tag("strong", what + ": "), gap.message, " ", tag("span", gap.remedy)))


def _answer(view: TurnView, texts: Texts) -> Markup:
    pieces: list[object] = []
    if view.answer.text:
        pieces.append(tag("div", prose(view.answer.text), class_="answer", data_role="answer"))
    if view.phase == "stopped":
        pieces.append(tag("p", texts.stopped, class_="stopped"))
    if view.phase == "failed":
        message, remedy = view.failure
        pieces.append(
            tag(
                "div",
                icon("gap"),
                tag("span", tag("strong", message or texts.failed), " ", remedy or texts.failed_remedy),
                class_="failure",
                role="alert",
            )
        )
    return tag("div", *pieces, class_="said-so-far", aria_live="off" if view.running else "polite")


def _footer(view: TurnView, texts: Texts, last: bool) -> Markup | None:
    if view.running:
        return None
    cited = [view.observations[key] for key in view.answer.citations if key in view.observations]
    chips = [_chip(seen) for seen in cited[:CHIPS_AT_MOST]]
    if len(cited) > CHIPS_AT_MOST:
        chips.append(tag("span", texts.more.format(count=len(cited) - CHIPS_AT_MOST), class_="chip"))
    actions = [
        _action("evidence", "evidence", texts.show_evidence) if view.answer.citations or view.observations else None,
        _action("copy", "copy", texts.copy) if view.answer.text else None,
        _action("retry", "retry", texts.retry) if last else None,
    ]
    name = texts.answered_by.format(name=readable(view.answerer)) if view.answerer else None
    return tag(
        "footer",
        _badge(view, texts),
        _verdict(view, texts),
        tag("span", tag("small", texts.rests_on), *chips, class_="chips") if chips else None,
        tag("span", *actions, tag("small", name) if name else None, class_="actions"),
    )


def _badge(view: TurnView, texts: Texts) -> Markup | None:
    if view.phase != "answered":
        return None
    if view.answer.abstained:
        return tag("span", texts.abstained, class_="badge abstained")
    if view.answer.confidence is None:
        return None
    text = texts.unsure if view.unsure else texts.confident
    return tag(
        "span",
        text.format(percent=percent(view.answer.confidence)),
        class_=classes("badge", "unsure" if view.unsure else "confident"),
    )


def _verdict(view: TurnView, texts: Texts) -> Markup | None:
    """What checking the answer against the observations showed."""
    if view.answer.checked is None:
        return None
    agrees = view.answer.checked == "agrees"
    return tag(
        "span",
        icon("mark" if agrees else "gap"),
        texts.agrees if agrees else texts.disagrees,
        class_=classes("badge", "checked", not agrees and "unsure"),
        data_checked=view.answer.checked,
    )


def _chip(seen: Observation) -> Markup:
    return tag(
        "button",
        tag("i", class_=f"dot hue-{hue(seen.kind)}"),
        tag("span", seen.text[:80]),
        type="button",
        class_="chip",
        data_do="point",
        data_seen=seen.id,
    )


def _action(what: str, drawing: str, label: str) -> Markup:
    return tag("button", icon(drawing), type="button", class_="action", data_do=what, aria_label=label, title=label)


def sidebar(
    conversations: Sequence[tuple[str, str]],
    current: str | None,
    texts: Texts,
    *,
    remembered: bool = True,
    name: str = "",
    pages: Sequence[str] = (),
) -> Markup:
    """Name, new conversation, pages of plugins, earlier conversations (id and title, latest first), language, theme."""
    items = [
        tag(
            "li",
            tag(
                "button",
                title or texts.untitled,
                type="button",
                class_="conversation",
                data_do="open",
                data_value=key,
                aria_current="true" if key == current else None,
            ),
            tag(
                "button",
                icon("trash"),
                type="button",
                class_="action",
                data_do="remove",
                data_value=key,
                data_confirm=texts.delete_confirm,
                aria_label=texts.delete_conversation.format(title=title or texts.untitled),
            ),
            class_=classes(key == current and "current"),
        )
        for key, title in conversations
    ]
    return tag(
        "nav",
        tag("div", LOGO, tag("strong", texts.title), _settings(texts), tag("small", texts.tagline), class_="brand"),
        tag("button", icon("plus"), texts.new_conversation, type="button", class_="fresh", data_do="fresh"),
        _pages(pages, texts) if pages else None,
        tag("h2", texts.conversations),
        tag("ul", *items, class_="conversations")
        if items
        else tag("p", texts.no_conversations if remembered else texts.no_cookie, class_="none"),
        tag(
            "div",
            tag("button", texts.switch_language, type="button", class_="small", data_do="language"),
            tag(
                "button",
                icon("theme"),
                type="button",
                class_="action",
                data_do="theme",
                aria_label=texts.switch_theme,
                title=texts.switch_theme,
            ),
            class_="switches",
        ),
        tag(
            "form",
            tag("span", name),
            tag("button", texts.log_out, type="submit", class_="small"),
            method="post",
            action="/logout",
            class_="who",
        )
        if name
        else "",
        aria_label=texts.menu,
        data_conversation=current or "",
        data_language=texts.code,
        data_attach=" · ".join([texts.attach, *dict.fromkeys(texts.formats.values())]),
        data_record=texts.record,
        data_send=texts.send,
        data_stop=texts.stop,
        data_busy=texts.busy,
    )


def _pages(titles: Sequence[str], texts: Texts) -> Markup:
    named = [("", texts.chat), *((str(number), title) for number, title in enumerate(titles, 1))]
    items = [tag("li", tag("button", title, type="button", data_do="page", data_value=key)) for key, title in named]
    return tag("ul", *items, class_="pages", aria_label=texts.panels)


def _settings(texts: Texts) -> Markup:
    return tag(
        "button",
        icon("settings"),
        type="button",
        class_="action",
        data_do="settings",
        aria_label=texts.settings,
        aria_haspopup="dialog",
        title=texts.settings,
    )


def topbar(texts: Texts) -> Markup:
    """The narrow screen's bar: menu, name, new conversation."""
    return tag(
        "div",
        tag("button", icon("menu"), type="button", class_="action", data_do="menu", aria_label=texts.menu),
        LOGO,
        tag("strong", texts.title),
        _settings(texts),
        tag(
            "button",
            icon("plus"),
            type="button",
            class_="action",
            data_do="fresh",
            aria_label=texts.new_conversation,
        ),
        class_="bar",
    )


def foot(
    answerers: Sequence[tuple[str, str]],
    chosen: str,
    texts: Texts,
    *,
    leaves: Sequence[str] = (),
) -> Markup:
    """The line under the composer: who is to answer, and a word on privacy.

    Args:
        answerers: name, and what stands in the way of using it, "" for nothing; best first.
        chosen: a name, or "" for the best that is ready.
        texts: of the page.
        leaves: hosts that those who may be asked send questions and files to; "" for none.
    """
    hosts = ", ".join(dict.fromkeys(filter(None, leaves)))
    privacy = texts.leaves.format(hosts=hosts) if hosts else texts.stays
    options = [tag("option", texts.auto, value="", selected=not chosen)]
    for name, obstacle in answerers:
        label = texts.unavailable.format(name=readable(name)) if obstacle else readable(name)
        options.append(
            tag(
                "option",
                label,
                value=name,
                selected=name == chosen,
                disabled=bool(obstacle),
                title=obstacle or None,
            )
        )
    select = tag("select", *options, data_choose="answerer", aria_label=texts.answerer)
    return join(
        [
            tag("label", tag("small", texts.answerer), select),
            tag("small", f"{privacy} {texts.privacy}", data_role="privacy"),
        ]
    )


def rests(resting: Sequence[tuple[str, float]], texts: Texts) -> Markup:
    """What is left alone after failures, with the seconds until it is tried again; leads to the settings panel."""
    if not resting:
        return Markup("")
    names = ", ".join(texts.rests_for.format(name=readable(name), seconds=ceil(seconds)) for name, seconds in resting)
    return tag(
        "button",
        icon("gap"),
        texts.resting.format(names=names),
        type="button",
        class_="resting",
        data_do="settings",
    )
