"""Contract tests: what every plugin of a sort must keep. Subclass, say what to make, and run pytest.

class TestMyPerceiver(PerceiverContract):
    perceiver = MyPerceiver
    part = text("hello")

Each test is a check of perceiving.py, answering.py, embedding.py, speaking.py or modules.py. A promise that cannot be
checked where the test runs, for want of weights or of a module that a fresh interpreter can import, is skipped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import pytest

from assistant.context import Snapshot
from assistant.plugin import Answerer, Embedder, Perceiver, Voice
from assistant.testing import answering, embedding, fresh, isolated, modules, perceiving, plugged, samples, speaking
from assistant.testing.cases import AnswererCase, Case, EmbedderCase, Input, PerceiverCase, VoiceCase
from assistant.testing.fakes import FakeServices
from assistant.testing.promises import NotApplicable
from assistant.types import Observation, Part

if TYPE_CHECKING:
    from assistant.media import Media

C = TypeVar("C")


def _keep(check: Callable[[C], None], case: C) -> None:
    try:
        check(case)
    except NotApplicable as reason:
        pytest.skip(str(reason))


class PluggedContract:
    """What everything plugged must keep. Not to be subclassed by itself: see the contracts below."""

    def test_declares_what_it_is(self, case: Case[Any]) -> None:
        """It declares what it is, and the host accepts that."""
        _keep(plugged.declares_what_it_is, case)

    def test_import_is_light(self, case: Case[Any]) -> None:
        """Importing its module imports no heavy library, prints nothing, starts no thread and opens no network."""
        _keep(plugged.import_is_light, case)

    def test_options_have_defaults(self, case: Case[Any]) -> None:
        """Every option has a default that its own type accepts, and options that a turn may set exist."""
        _keep(plugged.options_have_defaults, case)

    def test_declares_what_decides(self, case: Case[Any]) -> None:
        """The weights it asks for and whether it embeds are declared."""
        _keep(plugged.declares_what_decides, case)

    def test_works_in_a_process_of_its_own(self, case: Case[Any]) -> None:
        """With `isolation = "process"`, it says the same there as here."""
        _keep(isolated.works_in_a_process_of_its_own, case)

    def test_closes_cleanly(self, case: Case[Any]) -> None:
        """After close() its threads, files and child processes are gone, and it can be loaded again."""
        _keep(plugged.closes_cleanly, case)


class PerceiverContract(PluggedContract):
    """What every perceiver must keep. Subclass it, set `perceiver` and `part`, and run pytest."""

    perceiver: ClassVar[Callable[[], Perceiver]]
    """Makes the perceiver: usually its class."""
    part: ClassVar[Part]
    """A part it can perceive."""
    observation: ClassVar[Observation | None] = None
    """For a perceiver that consumes an observation kind: one of them, about `part`."""
    observations: ClassVar[tuple[Observation, ...]] = ()
    """For a perceiver that gathers: what it is given."""
    services: ClassVar[FakeServices] = FakeServices()
    """What it loads with: its own options, weights directories or embedder; the defaults of `Options` otherwise."""

    @pytest.fixture
    def case(self, media: Media) -> PerceiverCase:
        """What is checked."""
        given = type(self)
        return PerceiverCase(
            make=given.perceiver,
            services=replace(given.services),
            media=media,
            address=fresh.address_of(given.perceiver),
            inputs=(Input(given.part, given.observation, given.observations),),
        )

    def test_yields_what_it_declares(self, case: PerceiverCase) -> None:
        """Every item is of a declared kind, about what was given, in range, and survives the way through JSON."""
        _keep(perceiving.yields_what_it_declares, case)

    def test_survives_what_is_difficult(self, case: PerceiverCase) -> None:
        """Empty, huge, corrupt and wrongly labelled input makes it neither crash nor hang."""
        _keep(perceiving.survives_what_is_difficult, case)

    def test_ends_when_cancelled(self, case: PerceiverCase) -> None:
        """A call that is cancelled, before or in the middle, ends soon, with Cancelled or without a word."""
        _keep(perceiving.ends_when_cancelled, case)

    def test_says_the_same_twice(self, case: PerceiverCase) -> None:
        """The same input gives the same items, also after close and load: results are cached on that promise."""
        _keep(perceiving.says_the_same_twice, case)

    def test_says_the_same_elsewhere(self, case: PerceiverCase) -> None:
        """A fresh interpreter, in which strings hash differently, says the same."""
        _keep(perceiving.says_the_same_elsewhere, case)

    def test_leaves_out_the_name(self, case: PerceiverCase) -> None:
        """The name of the file decides nothing and occurs in no observation."""
        _keep(perceiving.leaves_out_the_name, case)

    def test_changes_nothing_it_is_given(self, case: PerceiverCase) -> None:
        """Pixels, facts and observations that it is given stay as they are."""
        _keep(perceiving.changes_nothing_it_is_given, case)

    def test_reads_options_from_the_call(self, case: PerceiverCase) -> None:
        """Options that a turn may set are read from `task.options`, and not remembered for the next call."""
        _keep(perceiving.reads_options_from_the_call, case)

    def test_is_as_thread_safe_as_declared(self, case: PerceiverCase) -> None:
        """With `concurrency` over 1, calls side by side say the same as calls one by one."""
        _keep(perceiving.is_as_thread_safe_as_declared, case)


class AnswererContract(PluggedContract):
    """What every answerer must keep. Subclass it, set `answerer`, and run pytest."""

    answerer: ClassVar[Callable[[], Answerer]]
    """Makes the answerer: usually its class."""
    context: ClassVar[Snapshot | None] = None
    """What is known; a photograph of two dogs and a ball if not given."""
    question: ClassVar[str] = "How many dogs are in the picture?"
    """What it can answer from that."""
    services: ClassVar[FakeServices] = FakeServices()
    """What it loads with; see `PerceiverContract.services`."""

    @pytest.fixture
    def case(self, media: Media) -> AnswererCase:
        """What is checked."""
        given = type(self)
        return AnswererCase(
            make=given.answerer,
            services=replace(given.services),
            media=media,
            address=fresh.address_of(given.answerer),
            context=samples.scene() if given.context is None else given.context,
            question=given.question,
        )

    def test_says_what_it_needs(self, case: AnswererCase) -> None:
        """needs() gives observation kinds or None, and leaves() a host or "", whatever is asked."""
        _keep(answering.says_what_it_needs, case)

    def test_streams_deltas(self, case: AnswererCase) -> None:
        """It answers in pieces that make sense: texts, confidences from 0 to 1, a finish that there is."""
        _keep(answering.streams_deltas, case)

    def test_cites_what_exists(self, case: AnswererCase) -> None:
        """Whatever it cites is the id of an observation in the context."""
        _keep(answering.cites_what_exists, case)

    def test_invents_nothing(self, case: AnswererCase) -> None:
        """Asked about a picture that nobody sent, it raises CannotAnswer, abstains or says that it is not sure."""
        _keep(answering.invents_nothing, case)

    def test_answers_what_is_difficult(self, case: AnswererCase) -> None:
        """Odd questions, and observations that are hostile, endless or bare, do not make it crash or hang."""
        _keep(answering.answers_what_is_difficult, case)

    def test_answer_ends_when_cancelled(self, case: AnswererCase) -> None:
        """An answer that is cancelled, before or after its first piece, ends soon."""
        _keep(answering.answer_ends_when_cancelled, case)

    def test_honours_what_it_says(self, case: AnswererCase) -> None:
        """What `honours` names holds: stop texts, the most tokens, temperature 0 and seeds."""
        _keep(answering.honours_what_it_says, case)

    def test_changes_no_context(self, case: AnswererCase) -> None:
        """The context that it is given stays as it is."""
        _keep(answering.changes_no_context, case)

    def test_checks_answers_of_others(self, case: AnswererCase) -> None:
        """With `checks`, it judges any answer of another one, and gives a Delta or None."""
        _keep(answering.checks_answers_of_others, case)

    def test_answers_as_thread_safely_as_declared(self, case: AnswererCase) -> None:
        """With `concurrency` over 1, questions side by side are answered as they are one by one."""
        _keep(answering.answers_as_thread_safely_as_declared, case)


class EmbedderContract(PluggedContract):
    """What every embedder must keep. Subclass it, set `embedder`, and run pytest."""

    embedder: ClassVar[Callable[[], Embedder]]
    """Makes the embedder: usually its class."""
    inputs: ClassVar[Sequence[Any] | None] = None
    """Three different inputs or more; sentences, or pictures, by its modality, if not given."""
    services: ClassVar[FakeServices] = FakeServices()
    """What it loads with; see `PerceiverContract.services`."""

    @pytest.fixture
    def case(self, media: Media) -> EmbedderCase:
        """What is checked."""
        given = type(self)
        inputs = samples.embeddable(given.embedder().modality) if given.inputs is None else tuple(given.inputs)
        return EmbedderCase(
            make=given.embedder,
            services=replace(given.services),
            media=media,
            address=fresh.address_of(given.embedder),
            inputs=inputs,
        )

    def test_gives_unit_rows(self, case: EmbedderCase) -> None:
        """Vectors are [n, dimensions] float32 in rows of length 1, and after load it says in which space they lie."""
        _keep(embedding.gives_unit_rows, case)

    def test_depends_on_each_input_alone(self, case: EmbedderCase) -> None:
        """Equal inputs give equal vectors, whatever stands beside them and in whatever order; others differ."""
        _keep(embedding.depends_on_each_input_alone, case)

    def test_embeds_what_is_difficult(self, case: EmbedderCase) -> None:
        """Empty, endless and odd texts get vectors of length 1 too, or are refused with a remedy."""
        _keep(embedding.embeds_what_is_difficult, case)

    def test_embeds_the_same_elsewhere(self, case: EmbedderCase) -> None:
        """A fresh interpreter gives the same vectors: they are stored and compared later."""
        _keep(embedding.embeds_the_same_elsewhere, case)


class VoiceContract(PluggedContract):
    """What every voice must keep. Subclass it, set `voice`, and run pytest."""

    voice: ClassVar[Callable[[], Voice]]
    """Makes the voice: usually its class."""
    text: ClassVar[str] = VoiceCase.text
    """What it says."""
    services: ClassVar[FakeServices] = FakeServices()
    """What it loads with; see `PerceiverContract.services`."""

    @pytest.fixture
    def case(self, media: Media) -> VoiceCase:
        """What is checked."""
        given = type(self)
        return VoiceCase(
            make=given.voice,
            services=replace(given.services),
            media=media,
            address=fresh.address_of(given.voice),
            text=given.text,
        )

    def test_gives_sound(self, case: VoiceCase) -> None:
        """It gives mono float32 samples from -1 to 1, and after load a sample rate, for every speaker that it names."""
        _keep(speaking.gives_sound, case)

    def test_speaks_what_is_difficult(self, case: VoiceCase) -> None:
        """Empty, odd and foreign texts, and speakers that it does not have, do not make it crash or hang."""
        _keep(speaking.speaks_what_is_difficult, case)

    def test_falls_silent_when_cancelled(self, case: VoiceCase) -> None:
        """A text that is cancelled, before or after its first piece, ends soon."""
        _keep(speaking.falls_silent_when_cancelled, case)

    def test_honours_the_speed(self, case: VoiceCase) -> None:
        """With "speed" in `honours`, twice the speed takes less time."""
        _keep(speaking.honours_the_speed, case)


class PluginContract:
    """What every plugin must keep as a whole. Subclass it, set `plugin` to its module, and run pytest."""

    plugin: ClassVar[object]
    """Its module, or an object with hooks."""

    @pytest.fixture
    def case(self) -> modules.PluginCase:
        """What is checked."""
        return modules.PluginCase(type(self).plugin)

    def test_module_is_light(self, case: modules.PluginCase) -> None:
        """Importing it imports no heavy library, prints nothing, starts no thread and opens no network."""
        _keep(modules.module_is_light, case)

    def test_declares_the_api(self, case: modules.PluginCase) -> None:
        """It says with which versions of the plugin API it works, and this one is among them."""
        _keep(modules.declares_the_api, case)

    def test_has_hooks(self, case: modules.PluginCase) -> None:
        """Its hooks exist, are marked with @hookimpl, and register something."""
        _keep(modules.has_hooks, case)

    def test_is_accepted(self, case: modules.PluginCase) -> None:
        """A host that has nothing else accepts it and all that it registers."""
        _keep(modules.is_accepted, case)

    def test_registers_the_same_again(self, case: modules.PluginCase) -> None:
        """Called a second time its hooks register the same: every host calls them."""
        _keep(modules.registers_the_same_again, case)

    def test_weights_are_data(self, case: modules.PluginCase) -> None:
        """Weights are described with hashes, in formats that cannot run code."""
        _keep(modules.weights_are_data, case)

    def test_commands_explain_themselves(self, case: modules.PluginCase) -> None:
        """Its commands have names of their own, and `--help` works."""
        _keep(modules.commands_explain_themselves, case)

    def test_routes_are_behind_the_gate(self, case: modules.PluginCase) -> None:
        """Its routes have addresses of their own, turn strangers away and answer those who are known."""
        _keep(modules.routes_are_behind_the_gate, case)

    def test_formats_are_recognised(self, case: modules.PluginCase) -> None:
        """Its sorts of files are told by their bytes, and are none that the assistant reads itself."""
        _keep(modules.formats_are_recognised, case)

    def test_panels_build(self, case: modules.PluginCase) -> None:
        """Its pages of the chat have titles and can be built."""
        _keep(modules.panels_build, case)
