"""What happens on the page: arriving, asking, stopping, choosing a conversation. Not for layout: see app.py."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from markupsafe import Markup

from assistant.api.failures import outside
from assistant.api.identity import Caller
from assistant.api.limits import Turns
from assistant.api.outward import outward_conversation, outward_events, without_paths
from assistant.api.plugins import inventory
from assistant.app import Upload
from assistant.errors import AssistantError, Cancelled, NotFound
from assistant.options import option_value, options_facts
from assistant.types import Event, Part, PartAdded
from assistant_ui import history, preferences, thread
from assistant_ui.access import visitor
from assistant_ui.evidence import panel
from assistant_ui.files import EXAMPLES, Gallery
from assistant_ui.markup import join
from assistant_ui.pages import BuiltPage
from assistant_ui.rest import Rest
from assistant_ui.stopping import Stoppable
from assistant_ui.texts import LANGUAGES, Texts, choose
from assistant_ui.view import TurnView, gather, paced

logger = logging.getLogger(__name__)
LANGUAGE_COOKIE = "sensorium_language"


@dataclass
class Session:
    """One open page."""

    texts: Texts
    owner: str
    remembered: bool
    """Whether the browser will be known again: it keeps cookies, or someone logged in."""
    caller: Caller
    name: str = ""
    """Who is logged in."""
    conversation: str | None = None
    answerer: str = ""
    """Who is to answer; "" for the best that is ready."""
    turns: list[TurnView] = field(default_factory=list)
    options: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Perceiver -> option -> what the person chose for their questions."""
    wrong: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    """Perceiver and option -> what was typed there, and why it cannot be."""
    asking: Stoppable[Any] | None = None
    """The last question, while it is answered and afterwards."""
    rest: Rest | None = None
    """What goes on of the last turn after its answer."""

    @property
    def latest(self) -> TurnView | None:
        """The last turn of the conversation that is open."""
        return self.turns[-1] if self.turns else None

    @property
    def at_the_machine(self) -> bool:
        """Whether the person runs this server for themselves, and is told all of what goes wrong; others no insides."""
        return self.caller.kind not in ("user", "key")


@dataclass(frozen=True)
class Page:
    """New contents for parts of the page; None leaves one as it is."""

    side: Markup | None = None
    top: Markup | None = None
    past: Markup | None = None
    """Finished turns but the last."""
    live: Markup | None = None
    """The last turn, or the welcome."""
    evidence: Markup | None = None
    asking: bool | None = None
    """Whether a turn runs: the composer then offers to stop instead of to send."""
    clear: bool = False
    """Whether to empty the composer."""
    foot: Markup | None = None
    """The line under the composer."""
    rests: Markup | None = None
    """What rests after failures, below that line; asked for again and again while it is not empty."""
    preferences: Markup | None = None
    """The settings panel."""
    texts: Texts | None = None
    """Set when the language changed."""


class Chat:
    """The handlers behind the page's buttons. One serves all pages; each page has its `Session`."""

    def __init__(self, assistant: Any, gallery: Gallery, turns: Turns, pages: Sequence[BuiltPage] = ()) -> None:
        self._pages = pages
        self._assistant = assistant
        self._gallery = gallery
        self._turns = turns

    # ---- arriving and choosing ---------------------------------------------------------------------------------

    def arrive(self, conversation: str | None, request: Any) -> tuple[Session, Page]:
        """A page was opened, perhaps at a conversation."""
        cookies = dict(request.cookies or {})
        texts = self._with_formats(
            choose(cookies.get(LANGUAGE_COOKIE), dict(request.headers or {}).get("accept-language", ""))
        )
        who = visitor(request)
        session = Session(texts, who.owner, who.remembered, who.caller, who.name)
        if conversation:
            self._load(session, conversation)
        return session, self._everything(session)

    def open(self, session: Session, conversation: str) -> Page:
        """A conversation was chosen from the list."""
        self._leave(session)
        self._load(session, conversation)
        return self._everything(session)

    def fresh(self, session: Session) -> Page:
        """A new conversation; it is stored with its first question."""
        self._leave(session)
        session.conversation, session.turns = None, []
        return self._everything(session)

    @staticmethod
    def _leave(session: Session) -> None:
        """What goes on in the conversation that was open ends: nobody looks any more."""
        if session.asking is not None:
            session.asking.stop()
        if session.rest is not None:
            session.rest.leave()

    def remove(self, session: Session, conversation: str) -> Page:
        """Delete a conversation with its files."""
        try:
            self._assistant.delete_conversation(conversation, session.owner)
        except NotFound:
            logger.info("a conversation to be deleted was gone already")
        self._gallery.forget()
        if conversation == session.conversation:
            return self.fresh(session)
        return Page(side=self._side(session))

    def language(self, session: Session) -> Page:
        """Switch to the other language."""
        codes = list(LANGUAGES)
        session.texts = self._with_formats(LANGUAGES[codes[(codes.index(session.texts.code) + 1) % len(codes)]])
        return self._everything(session)

    def _with_formats(self, texts: Texts) -> Texts:
        return replace(texts, formats={each.media_type: each.label for each in self._assistant.host.formats})

    def choose(self, session: Session, answerer: str) -> Page:
        """Who answers from now on; the name of none that is installed means the best that is ready."""
        known = {runner.name for runner in self._assistant.host.answerers()}
        session.answerer = answerer if answerer in known else ""
        return Page(foot=self._foot(session))

    def preferences(self, session: Session) -> Page:
        """The settings panel was opened."""
        session.wrong = {}
        return self._preferences(session)

    def option(self, session: Session, told: str) -> Page:
        """An option is to have another value for this person's questions, or (without one) the usual one again."""
        given = json.loads(told)
        name, option = str(given["of"]), str(given["option"])
        facts = [
            fact
            for runner in self._assistant.host.perceivers()
            if runner.name == name
            for fact in options_facts(runner.plugged, runner.services.options)
            if fact.name == option and fact.per_turn
        ]
        if not facts:
            return self._preferences(session)
        chosen = {key: value for key, value in session.options.get(name, {}).items() if key != option}
        session.wrong.pop((name, option), None)
        if "value" in given:
            value = given["value"]
            value = value if isinstance(value, bool) else option_value(facts[0], str(value))
            if value != facts[0].value:
                try:
                    self._assistant.host.options_for_turn({name: {**chosen, option: value}})
                except AssistantError as error:
                    said = error.message if session.at_the_machine else without_paths(error.message)
                    said = (
                        said.replace("Value error, ", "")
                        .removeprefix(f"options of {name}: ")
                        .removeprefix(f"{option}: ")
                    )
                    session.wrong[name, option] = (str(given["value"]), said)
                else:
                    chosen[option] = value
            elif option in session.options.get(name, {}):
                chosen.pop(option, None)
        if (name, option) not in session.wrong:
            session.options[name] = chosen
        return self._preferences(session)

    def _preferences(self, session: Session) -> Page:
        state = inventory(self._assistant.host, insides=session.at_the_machine)
        state["problems"] += [
            {
                "plugin": page.title,
                "message": session.texts.plugin_failed.format(error=page.failure),
                "remedy": "",
                "level": "error",
            }
            for page in self._pages
            if page.failure
        ]
        return Page(preferences=preferences.panel(state, session.options, session.wrong, session.texts))

    def _load(self, session: Session, conversation: str) -> None:
        try:
            stored = self._assistant.store.load_conversation(conversation, session.owner)
        except NotFound:  # deleted, or a link that someone else was sent
            session.conversation, session.turns = None, []
            return
        session.conversation = conversation
        session.turns = history.turns(stored if session.at_the_machine else outward_conversation(stored))

    # ---- asking ------------------------------------------------------------------------------------------------

    def send(self, session: Session, text: str, paths: Sequence[str]) -> AsyncGenerator[Page, None]:
        """Ask what was typed about the files that were uploaded."""
        return self._ask(session, text.strip(), [Upload(Path(path).name, Path(path)) for path in paths])

    async def example(self, session: Session, name: str) -> AsyncGenerator[Page, None]:
        """Ask an example's question about its file."""
        files = {path.stem: path for path in EXAMPLES.iterdir()}
        if name in files and name in session.texts.examples:
            uploads = [Upload(files[name].name, files[name])]
            async with aclosing(self._ask(session, session.texts.examples[name][1], uploads)) as pages:
                async for page in pages:
                    yield page

    async def retry(self, session: Session) -> AsyncGenerator[Page, None]:
        """Ask the last question once more, about the same files; in its place if it was cut off."""
        if not session.turns or session.turns[-1].running:
            yield Page()  # nothing at all would empty what is drawn
            return
        last = session.turns[-1]
        parts = [last.parts[digest] for digest in last.sent if digest in last.parts]
        if last.again:
            session.turns.pop()
        async with aclosing(self._ask(session, last.asked, parts, again=last.again)) as pages:
            async for page in pages:
                yield page

    async def _ask(
        self, session: Session, text: str, uploads: Sequence[Upload | Part], *, again: str = ""
    ) -> AsyncGenerator[Page, None]:
        texts = session.texts
        before = session.asking
        if session.turns and session.turns[-1].running:
            yield Page(live=join([self._live(session), thread.hint(texts.busy)]))
            return
        if not text and not uploads:
            yield Page(live=join([self._live(session), thread.hint(texts.hint_empty)]))
            return
        view = TurnView(asked=text, files=tuple(upload.name for upload in uploads))
        known = {part.name: part for part in gather(session.turns).parts if part.parent is None}
        asking = session.asking = Stoppable(self._answering(session, view, uploads, known, again))
        session.turns.append(view)
        try:
            if session.rest is not None:
                await session.rest.end()
            past = join(thread.turn(turn, texts, last=False) for turn in session.turns[:-1])
            yield Page(past=past, live=self._live(session), asking=True, clear=True)
            if before is not None:
                await before.closed()  # the question before was stopped just now: its turn gives its place back
            async with aclosing(asking.passed()) as pages:
                async for page in pages:
                    yield page
            view.stop()
            if asking.stopped and session.latest is view:
                yield Page(live=self._live(session), evidence=self._evidence(session), asking=False)
        finally:
            view.stop()
            await asking.close()
        side = await asyncio.to_thread(self._side, session)
        if session.latest is view:
            foot, rests = await asyncio.to_thread(self._under, session)  # someone may rest by now
            yield Page(
                side=side,
                live=self._live(session),
                evidence=self._evidence(session),
                asking=False,
                foot=foot,
                rests=rests,
            )
        else:  # another conversation was opened meanwhile, or the next question asked
            yield Page(side=side)

    async def _answering(
        self,
        session: Session,
        view: TurnView,
        uploads: Sequence[Upload | Part],
        known: dict[str, Part],
        again: str,
    ) -> AsyncGenerator[Page, None]:
        """The turn from its place in the queue to its answer, or to what went wrong."""
        place = AsyncExitStack()
        try:
            place.callback(self._gallery.settle, session.owner, view.parts)
            await place.enter_async_context(self._turns.slot(session.caller, stores=True))
            if session.conversation is None:
                await asyncio.to_thread(self._create, session, view)
                yield Page(side=await asyncio.to_thread(self._side, session))
            seen = 0
            asking = {
                "owner": session.owner,
                "answerer": session.answerer or None,
                "options": {name: dict(chosen) for name, chosen in session.options.items() if chosen},
            }
            if again:
                events = self._assistant.retry(session.conversation, again, **asking)
            else:
                events = self._assistant.turn(view.asked, uploads, conversation=session.conversation, **asking)
            batches = paced(events if session.at_the_machine else outward_events(events))
            await place.enter_async_context(aclosing(batches))

            def take(batch: Sequence[Event]) -> None:
                for event in batch:
                    view.apply(event)
                    if isinstance(event, PartAdded):
                        self._gallery.show(session.owner, event.part)
                _recognise(view, known)

            async for batch in batches:
                take(batch)
                changed = len(view.parts) + len(view.observations) + len(view.gaps) + len(view.answer.citations)
                if view.phase == "answered":
                    session.rest = Rest(view, batches, take, place.pop_all())
                    break
                yield Page(live=self._live(session), evidence=self._evidence(session) if changed != seen else None)
                seen = changed
        except Cancelled:  # over the API
            view.stop()
        except AssistantError as error:
            view.fail(*self._told(error, session))
        except Exception:  # whatever it was, the page must say so and go on
            logger.exception("a turn failed")
            view.fail(session.texts.failed, session.texts.failed_remedy)
        finally:
            await place.aclose()

    async def follow(self, session: Session) -> AsyncGenerator[Page, None]:
        """What is still perceived after the answer; yields at least once, or Gradio would empty what is drawn."""
        yield Page()
        rest = session.rest
        if rest is None:
            return
        async with aclosing(rest.follow()) as news:
            async for _ in news:
                if session.rest is not rest:
                    return
                yield Page(live=self._live(session), evidence=self._evidence(session))
        foot, rests = await asyncio.to_thread(self._under, session)
        if session.rest is rest:  # drawn once more, for it may have ended before anyone followed it
            yield Page(live=self._live(session), evidence=self._evidence(session), foot=foot, rests=rests)

    def resting(self, session: Session) -> Page:
        """How long something still rests was asked; once nothing does, all of what is under the composer."""
        rests = self._rests(session)
        return Page(rests=rests) if rests else Page(foot=self._foot(session), rests=rests)

    def _told(self, error: AssistantError, session: Session) -> tuple[str, str]:
        """What is said about an error."""
        return (error.message, error.remedy) if session.at_the_machine else outside(error)

    def stopped(self, session: Session) -> Page:
        """The running turn was stopped; what it has shown so far stays, and is drawn by the event that asked."""
        if session.turns:
            session.turns[-1].stop()
        if session.asking is not None and not session.asking.over:
            session.asking.stop()
            return Page()
        return Page(live=self._live(session), evidence=self._evidence(session), asking=False)

    def _create(self, session: Session, view: TurnView) -> None:
        made = self._assistant.store.create_conversation(session.owner, title=view.asked)
        if session.latest is view:  # else another conversation was opened meanwhile
            session.conversation = made

    # ---- drawing -----------------------------------------------------------------------------------------------

    def _everything(self, session: Session) -> Page:
        texts = session.texts
        return Page(
            side=self._side(session),
            top=thread.topbar(texts),
            past=join(thread.turn(turn, texts, last=False) for turn in session.turns[:-1]),
            live=self._live(session),
            evidence=self._evidence(session),
            asking=bool(session.turns) and session.turns[-1].running,
            foot=self._foot(session),
            rests=self._rests(session),
            preferences=Markup(""),
            texts=texts,
        )

    def _live(self, session: Session) -> Markup:
        return thread.turn(session.turns[-1], session.texts) if session.turns else thread.welcome(session.texts)

    def _evidence(self, session: Session) -> Markup:
        running = bool(session.turns) and session.turns[-1].running
        return panel(gather(session.turns), session.texts, waiting=running)

    def _foot(self, session: Session) -> Markup:
        runners = self._assistant.host.answerers()
        found = [(runner.name, runner.obstacle()) for runner in runners]
        listed = [(name, f"{obstacle.message} {obstacle.remedy}" if obstacle else "") for name, obstacle in found]
        leaves = [
            runner.plugged.leaves(runner.services.options)
            for runner, (name, obstacle) in zip(runners, found, strict=True)
            if session.answerer in ("", name) and (obstacle is None or obstacle.cause == "paused")
        ]
        return thread.foot(listed, session.answerer, session.texts, leaves=leaves)

    def _rests(self, session: Session) -> Markup:
        host = self._assistant.host
        resting = [(each.name, each.rests_for) for each in (*host.perceivers(), *host.answerers()) if each.rests_for]
        return thread.rests(resting, session.texts)

    def _under(self, session: Session) -> tuple[Markup, Markup]:
        return self._foot(session), self._rests(session)

    def _side(self, session: Session) -> Markup:
        listed = history.listed(self._assistant.store, session.owner)
        return thread.sidebar(
            listed,
            session.conversation,
            session.texts,
            remembered=session.remembered,
            name=session.name,
            pages=[page.title for page in self._pages],
        )


def _recognise(view: TurnView, known: dict[str, Part]) -> None:
    """A file sent once more is not added again: show the part it already is."""
    named = {part.name for part in view.parts.values()} | {gap.name for gap in view.gaps}
    for name in view.files:
        if name in known and name not in named and view.question is not None:
            view.parts[known[name].digest] = known[name]
            view.sent.append(known[name].digest)
