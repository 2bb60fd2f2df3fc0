"""Names of things that are cases of a kind people ask for: "what fruit is this". Data only; no detector's classes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_MEMBERS: Final = """
fruit: apple, banana, orange, lemon, lime, kiwi, pear, peach, plum, grape, strawberry, raspberry, blueberry, cherry,
    pineapple, mango, melon, watermelon, pomegranate, fig, grapefruit, avocado, coconut, papaya, tangerine, apricot
vegetable: broccoli, carrot, tomato, cucumber, lettuce, cabbage, cauliflower, onion, potato, pepper, corn, mushroom,
    zucchini, spinach, celery, eggplant, pea, bean, radish, garlic, pumpkin, artichoke, asparagus
drink: coffee, tea, milk, juice, water, beer, wine, soda, hot chocolate, cocktail, lemonade
dessert: cake, ice cream, donut, cookie, pie, pudding, chocolate, cupcake, waffle, pancake
food: pizza, sandwich, hot dog, hamburger, salad, soup, pasta, rice, bread, cheese, cake, donut, ice cream, steak,
    sushi,
    fries, noodles, omelette, fruit, vegetables, cookie, chicken, fish, taco, burrito, waffle
instrument: guitar, piano, violin, drum, trumpet, flute, cello, harp, saxophone, accordion, banjo
flower: rose, tulip, daisy, sunflower, lily, orchid, daffodil, poppy, carnation, lavender, hydrangea
tool: hammer, screwdriver, wrench, saw, drill, shovel, axe, knife, scissors, pliers, rake
"""
_ALSO: Final = {
    "beverage": "drink",
    "dish": "food",
    "meal": "food",
    "veggie": "vegetable",
    "sweet": "dessert",
    "snack": "food",
    "musical instrument": "instrument",
    "plant": "flower",
}


def _read() -> dict[str, tuple[str, ...]]:
    kinds = {}
    for entry in _MEMBERS.replace("\n    ", " ").strip().splitlines():
        name, _, members = entry.partition(":")
        kinds[name] = tuple(member.strip() for member in members.split(","))
    return kinds | {name: kinds[kind] for name, kind in _ALSO.items()}


MEMBERS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(_read())
"""Name of a kind -> everyday names of its cases."""
EDIBLE: Final = frozenset(("fruit", "vegetable", "drink", "dessert", "food"))
