"""Zero-shot labels: which of a list of names fits a picture, by the likeness of picture and sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, ClassVar, Final

from pydantic import Field

from assistant.plugin import Perceiver, Services, Task
from assistant.types import IMAGE, Kind, Observation
from assistant_clip import specs

if TYPE_CHECKING:
    import numpy as np

    from assistant_clip.model import Contrastive

COMMON: Final = tuple(
    name.strip()
    for name in """
    person, child, crowd, cat, dog, horse, cow, sheep, goat, pig, rabbit, mouse, bear, lion, tiger, elephant,
    giraffe, zebra, monkey, fox, wolf, deer, squirrel, bird, parrot, owl, eagle, duck, chicken, penguin, fish,
    shark, whale, dolphin, turtle, snake, lizard, frog, butterfly, bee, spider, tree, flower, grass, forest,
    mountain, desert, beach, sea, lake, river, waterfall, snow, sky, sunset, night, street, city, building, house,
    church, castle, bridge, tower, kitchen, bathroom, bedroom, living room, office, classroom, restaurant, shop,
    market, stadium, airport, train station, farm, garden, park, car, bus, truck, train, tram, bicycle, motorcycle,
    boat, ship, airplane, helicopter, rocket, traffic light, sign, map, book, newspaper, page of text, drawing,
    painting, diagram, chart, screenshot, logo, computer, laptop, telephone, television, camera, clock, lamp,
    chair, table, sofa, bed, cupboard, window, door, mirror, bottle, glass, cup, plate, bowl, knife, fork, spoon,
    bread, cake, pizza, soup, salad, meat, rice, pasta, egg, cheese, fruit, apple, banana, orange, lemon, kiwi,
    grape, strawberry, watermelon, pineapple, mango, vegetable, carrot, tomato, potato, coffee, tea, wine, beer,
    ice cream, chocolate, ball, guitar, piano, violin, drum, toy, doll, kite, skateboard, skis, surfboard,
    umbrella, bag, suitcase, hat, shoe, shirt, dress, jewellery, coin, tool, hammer, scissors, key, gun
    """.split(",")
)
"""Names to choose among where the settings give none: what people often photograph and ask about."""
NOTHING: Final = "a photo"
"""Stands for none of the names, so that a softmax need not choose one of them."""


@dataclass(frozen=True, slots=True)
class ClipLabelsOptions:
    """Options of `[plugins.clip_labels]`."""

    model: str = field(
        default="",
        metadata={"description": 'Weights by name ("siglip2-base", "clip-vit-b32"), or a directory; "" leaves it out.'},
    )
    labels: tuple[str, ...] = field(
        default=(),
        metadata={"description": "Names to choose among; none for a list of common ones."},
    )
    template: str = field(
        default="a photo of a {}.",
        metadata={"description": "The sentence that a name is put into at {}."},
    )
    least: Annotated[float, Field(ge=0, le=1)] = field(
        default=0.1,
        metadata={"description": "Probability below which a name is not reported."},
    )
    most: Annotated[int, Field(ge=1)] = field(
        default=5, metadata={"description": "Names reported of one picture at most."}
    )


class ClipLabels(Perceiver):
    """Names that fit a picture as a whole, most probable first."""

    name = "clip_labels"
    consumes = (IMAGE,)
    produces = (Kind.LABEL,)
    requires = ("torch", "transformers", "PIL")
    Options: ClassVar[type[ClipLabelsOptions]] = ClipLabelsOptions
    memory_mb = 700

    def __init__(self) -> None:
        self._model: Contrastive | None = None
        self._vectors: np.ndarray | None = None

    def unready(self, options: ClipLabelsOptions) -> str:
        """Which setting is missing."""
        if options.model and "{}" not in options.template:
            return "Put {} into plugins.clip_labels.template, where the name is to stand."
        return specs.unready(self.name, options.model)

    def weights(self, options: ClipLabelsOptions) -> tuple[str, ...]:
        """The weights named."""
        return specs.named(options.model)

    def load(self, services: Services) -> None:
        """Load the model and embed the names once."""
        from assistant_clip.model import shared

        self._options: ClipLabelsOptions = services.options
        self._names = tuple(dict.fromkeys(self._options.labels or COMMON))
        self._model = shared(specs.directory(self._options.model, services, self.name), services.device)
        sentences = [self._options.template.replace("{}", name) for name in self._names]
        self._vectors = self._model.texts([*sentences, NOTHING])

    def close(self) -> None:
        """Let go of the model."""
        self._model = self._vectors = None

    def perceive(self, task: Task) -> Iterable[Observation]:
        """At most `most` labels."""
        assert self._model is not None
        assert self._vectors is not None
        task.check()
        (picture,) = self._model.pictures([task.image().rgb])
        chances = self._model.probabilities(picture, self._vectors)[:-1]
        best = sorted(range(len(self._names)), key=lambda index: -chances[index])[: self._options.most]
        for rank, index in enumerate(best):
            if chances[index] < self._options.least:
                return
            yield task.observe(
                Kind.LABEL,
                self._names[index],
                float(chances[index]),
                rank=rank,
                synonyms=[],
                broader=None,
                broader_confidence=0.0,
            )
