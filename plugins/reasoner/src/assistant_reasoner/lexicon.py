"""Names of things as people say them, and the names that detectors use. Not for grammar: see nouns.py and parse.py.

Detector names are the 80 classes of COCO (Lin et al. 2014). Shapes and colours are those of docs/observations.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final


def _names(text: str) -> tuple[str, ...]:
    """Names separated by commas."""
    return tuple(name.strip() for name in text.replace("\n", " ").split(",") if name.strip())


def _table(text: str) -> Mapping[str, tuple[str, ...]]:
    """Lines of `key: value, value`; a line without a colon continues the one before."""
    rows = (line.split(":", 1) for line in re.sub(r"\n(?![^:\n]*:)", " ", text.strip()).splitlines())
    return MappingProxyType({key.strip(): _names(values) for key, values in rows})


COCO: Final = frozenset(
    _names(
        """person, bicycle, car, motorcycle, airplane, bus, train, truck, boat, traffic light, fire hydrant, stop sign,
        parking meter, bench, bird, cat, dog, horse, sheep, cow, elephant, bear, zebra, giraffe, backpack, umbrella,
        handbag, tie, suitcase, frisbee, skis, snowboard, sports ball, kite, baseball bat, baseball glove, skateboard,
        surfboard, tennis racket, bottle, wine glass, cup, fork, knife, spoon, bowl, banana, apple, sandwich, orange,
        broccoli, carrot, hot dog, pizza, donut, cake, chair, couch, potted plant, bed, dining table, toilet, tv,
        laptop, mouse, remote, keyboard, cell phone, microwave, oven, toaster, sink, refrigerator, book, clock, vase,
        scissors, teddy bear, hair drier, toothbrush"""
    )
)

_SYNONYMS: Final = _table(
    """
    bicycle: bike, cycle, push bike, mountain bike, racing bike, pushbike
    car: automobile, auto, sedan, hatchback, suv, jeep, taxi, cab, police car, sports car, station wagon, motorcar
    motorcycle: motorbike, moped, scooter, motor cycle, motor bike, vespa
    airplane: plane, aeroplane, aircraft, jet, airliner, jumbo jet, jetliner
    bus: coach, minibus, double decker, school bus, double decker bus
    train: locomotive, subway, metro, tram, railway train
    truck: lorry, pickup, pickup truck, pick up truck, semi, fire truck, fire engine, van
    boat: ship, sailboat, canoe, kayak, yacht, rowboat, ferry, motorboat, vessel, gondola, row boat, sailing boat
    traffic light: traffic signal, stoplight, stop light, traffic lights
    fire hydrant: hydrant, fireplug
    parking meter: meter
    bench: park bench
    bird: duck, seagull, gull, pigeon, parrot, goose, chicken, swan, eagle, owl, crow, sparrow, hen, rooster
    cat: kitten, kitty, tomcat, feline, housecat
    dog: puppy, pup, doggy, doggie, hound, canine
    horse: pony, foal, mare, stallion
    sheep: lamb, ram, ewe
    cow: bull, cattle, calf, ox, steer
    backpack: rucksack, knapsack, school bag
    umbrella: parasol, sunshade
    handbag: purse, bag, tote bag, shoulder bag
    tie: necktie, bow tie, bowtie
    suitcase: luggage, baggage, trolley case
    frisbee: flying disc, flying disk
    skis: ski
    sports ball: ball, football, soccer ball, tennis ball, basketball, baseball, volleyball
    baseball glove: mitt, baseball mitt, catcher mitt, glove
    baseball bat: bat
    skateboard: skate board
    surfboard: surf board
    tennis racket: racket, tennis racquet, racquet
    bottle: wine bottle, water bottle, beer bottle, flask
    wine glass: wineglass, glass of wine, goblet
    cup: mug, coffee cup, teacup, tea cup, tumbler, beaker, coffee mug
    knife: butter knife
    spoon: teaspoon
    bowl: dish
    sandwich: burger, hamburger, sub, toast
    orange: oranges, tangerine, mandarin
    hot dog: hotdog, frankfurter
    donut: doughnut, bagel
    cake: cupcake, birthday cake, pastry
    chair: armchair, stool, seat, office chair
    couch: sofa, settee, loveseat
    potted plant: plant, houseplant, house plant, flower pot, flowerpot, pot plant
    bed: bunk, bunk bed
    dining table: table, desk, kitchen table, coffee table
    toilet: lavatory, loo, toilet bowl
    tv: television, tv set, television set, telly, monitor, computer monitor, tv screen, computer screen, screen
    laptop: notebook computer, laptop computer, macbook
    mouse: computer mouse
    remote: remote control, controller, remote controller, clicker
    keyboard: computer keyboard
    cell phone: phone, mobile, mobile phone, cellphone, smartphone, smart phone, telephone, iphone, handy,
        cellular phone
    microwave: microwave oven
    oven: stove, cooker, stove oven, stovetop
    sink: washbasin, basin, wash basin, washing basin
    refrigerator: fridge, freezer, icebox
    book: novel, textbook
    clock: wall clock, clock face, alarm clock
    scissors: shears, scissor, pair of scissors
    teddy bear: teddy, stuffed bear, plush bear, stuffed animal, plush toy
    hair drier: hairdryer, hair dryer, blow dryer, hairdrier, blow drier
    toothbrush: tooth brush
    """
)
PEOPLE: Final = frozenset(
    _names(
        """man, woman, boy, girl, child, kid, baby, toddler, guy, lady, gentleman, human, human being, adult,
        pedestrian,
        player, rider, skier, surfer, skateboarder, skater, cyclist, biker, driver, people, somebody, someone, anyone,
        anybody, passenger, teenager, crowd, chef, cook, waiter, waitress, worker, teacher, student, policeman,
        officer,
        soldier, tourist, customer, mother, father, mom, dad, couple, girlfriend, boyfriend, bride, groom, infant,
        youngster, fellow, dude, individual, astronaut, batter, umpire, referee, athlete, goalkeeper, goalie,
        musician, singer, nurse, doctor, farmer,
        cameraman, photographer, visitor, bystander, nobody, no one,
        he, she, him, her, folk, family, group of people"""
    )
)
"""Words for people; detectors know only "person", so sex, age and trade stay unjudged."""

DETECTOR_NAME: Final[Mapping[str, str]] = MappingProxyType(
    {name: name for name in COCO}
    | {word: name for name, words in _SYNONYMS.items() for word in words}
    | dict.fromkeys(PEOPLE, "person")
)
"""Singular word or phrase -> detector class."""

NARROWER: Final = frozenset(
    _names(
        """taxi, cab, police car, jeep, suv, sports car, fire truck, fire engine, van, kayak, canoe, sailboat, gondola,
        ferry,
        yacht, rowboat, duck, seagull, gull, pigeon, parrot, goose, chicken, swan, eagle, owl, crow, sparrow, hen,
        rooster,
        kitten, puppy, pony, foal, lamb, bull, calf, bow tie, bowtie, tennis ball, basketball, soccer ball, football,
        baseball, volleyball, desk, coffee table, kitchen table, stool, armchair, cupcake, birthday cake, bagel,
        burger,
        hamburger, toast, tram, subway, school bus, double decker, scooter, moped, wine bottle, beer bottle,
        water bottle,
        monitor, computer monitor, alarm clock, wall clock, office chair, park bench, plush toy, stuffed animal, dish,
        tangerine, mandarin, freezer, bunk, bunk bed, novel, textbook, purse, glove, flower pot, flowerpot, screen,
        ship, bat, meter, plant"""
    )
)
"""Words that name a special case of their detector class: a detected "boat" may or may not be a canoe."""

HYPERNYMS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        name: frozenset(members)
        for name, members in _table(
            """
            animal: bird, cat, dog, horse, sheep, cow, elephant, bear, zebra, giraffe
            pet: cat, dog
            wild animal: elephant, bear, zebra, giraffe
            farm animal: horse, sheep, cow
            living thing: person, bird, cat, dog, horse, sheep, cow, elephant, bear, zebra, giraffe, potted plant
            vehicle: bicycle, car, motorcycle, airplane, bus, train, truck, boat
            motor vehicle: car, motorcycle, bus, truck
            road vehicle: bicycle, car, motorcycle, bus, truck
            means of transport: bicycle, car, motorcycle, airplane, bus, train, truck, boat
            furniture: chair, couch, bed, dining table, bench
            food: banana, apple, sandwich, orange, broccoli, carrot, hot dog, pizza, donut, cake
            fruit: banana, apple, orange
            vegetable: broccoli, carrot
            dessert: donut, cake
            snack: sandwich, hot dog, pizza, donut, cake
            meal: sandwich, hot dog, pizza
            appliance: tv, microwave, oven, toaster, refrigerator, hair drier
            kitchen appliance: microwave, oven, toaster, refrigerator
            electronic device: tv, laptop, mouse, remote, keyboard, cell phone
            electronics: tv, laptop, mouse, remote, keyboard, cell phone
            device: tv, laptop, mouse, remote, keyboard, cell phone, microwave, hair drier
            gadget: tv, laptop, mouse, remote, keyboard, cell phone
            computer: laptop, tv, keyboard
            cutlery: fork, knife, spoon
            silverware: fork, knife, spoon
            utensil: fork, knife, spoon
            tableware: bottle, wine glass, cup, fork, knife, spoon, bowl
            dishware: wine glass, cup, bowl
            glass: wine glass, cup
            drink: bottle, wine glass, cup
            container: bottle, wine glass, cup, bowl, vase
            sign: stop sign
            street sign: stop sign
            road sign: stop sign
            traffic sign: stop sign
            sports equipment: frisbee, skis, snowboard, sports ball, kite, baseball bat, baseball glove,
                skateboard, surfboard, tennis racket
            sport equipment: frisbee, skis, snowboard, sports ball, kite, baseball bat, baseball glove, skateboard,
                surfboard, tennis racket
            toy: teddy bear, kite, frisbee
            """
        ).items()
    }
)
"""Kinds of things -> the detector classes that belong to them."""

ANYTHING: Final = frozenset(_names("thing, object, item, anything, something, stuff, element, everything"))

SHAPES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "circle": frozenset({"circle"}),
        "disc": frozenset({"circle"}),
        "disk": frozenset({"circle"}),
        "round shape": frozenset({"circle", "ellipse"}),
        "dot": frozenset({"circle"}),
        "ellipse": frozenset({"ellipse", "oval"}),
        "oval": frozenset({"ellipse", "oval"}),
        "triangle": frozenset({"triangle"}),
        "square": frozenset({"square"}),
        "block": frozenset({"square", "rectangle"}),
        "rectangle": frozenset({"rectangle", "square"}),
        "oblong": frozenset({"rectangle"}),
        "pentagon": frozenset({"pentagon"}),
        "hexagon": frozenset({"hexagon"}),
        "octagon": frozenset({"octagon"}),
        "star": frozenset({"star"}),
        "diamond": frozenset({"diamond", "rhombus"}),
        "rhombus": frozenset({"diamond", "rhombus"}),
        "cross": frozenset({"cross"}),
        "heart": frozenset({"heart"}),
        "polygon": frozenset({"triangle", "square", "rectangle", "pentagon", "hexagon", "octagon", "polygon"}),
    }
)
"""Words for drawn shapes -> the names a shape perceiver may use for them."""
ANY_SHAPE: Final = frozenset(_names("shape, figure, form, geometric shape, geometric figure"))

COLORS: Final[Mapping[str, str]] = MappingProxyType(
    {
        name: name
        for name in _names("red, orange, yellow, green, blue, purple, pink, brown, black, white, gray, teal, beige")
    }
    | {
        "grey": "gray",
        "silver": "gray",
        "violet": "purple",
        "lilac": "purple",
        "magenta": "pink",
        "cyan": "teal",
        "turquoise": "teal",
        "aqua": "teal",
        "golden": "yellow",
        "gold": "yellow",
        "navy": "blue",
        "azure": "blue",
        "maroon": "red",
        "crimson": "red",
        "scarlet": "red",
        "tan": "beige",
        "cream": "beige",
        "olive": "green",
        "lime": "green",
    }
)
"""Colour words -> one name for each colour."""
CLOSE_COLORS: Final = frozenset(
    frozenset(pair)
    for pair in (
        ("teal", "green"),
        ("teal", "blue"),
        ("orange", "red"),
        ("orange", "yellow"),
        ("orange", "brown"),
        ("beige", "brown"),
        ("beige", "white"),
        ("pink", "red"),
        ("pink", "purple"),
        ("purple", "blue"),
        ("gray", "white"),
        ("gray", "black"),
        ("red", "brown"),
    )
)
"""Neighbours that people and histograms often name differently (Berlin & Kay 1969, the borders of the basic terms)."""

NUMBERS: Final[Mapping[str, int]] = MappingProxyType(
    {
        word: value
        for value, word in enumerate(
            _names("zero, one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve")
        )
    }
    | {"none": 0, "a": 1, "an": 1, "single": 1, "pair": 2, "dozen": 12, "both": 2}
)
ORDINALS: Final[Mapping[str, int]] = MappingProxyType(
    {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
    | {"last": -1, "latest": -1, "final": -1}
)

SIZES: Final[Mapping[str, str]] = MappingProxyType(
    {"big": "big", "large": "big", "huge": "big", "small": "small", "little": "small", "tiny": "small"}
    | {"biggest": "biggest", "largest": "biggest", "smallest": "smallest", "tiniest": "smallest"}
)

SMALL_THINGS: Final = frozenset(
    _names(
        """fork, knife, spoon, book, cup, bottle, tie, handbag, remote, mouse, cell phone, sports ball, traffic light,
        toothbrush, scissors, frisbee, kite, baseball bat, baseball glove, backpack, wine glass, bird, apple,
        orange, carrot,
        clock, parking meter, hair drier, skis, spoon, banana, broccoli, sink, toaster, chair, potted plant, bench,
        car"""
    )
)
"""Classes that are often too small in a photograph for the detector; not finding them says less."""

_IRREGULAR: Final[Mapping[str, str]] = MappingProxyType(
    {
        "people": "person",
        "persons": "person",
        "men": "man",
        "women": "woman",
        "children": "child",
        "mice": "mouse",
        "geese": "goose",
        "knives": "knife",
        "calves": "calf",
        "oxen": "ox",
        "feet": "foot",
        "teeth": "tooth",
        "leaves": "leaf",
        "loaves": "loaf",
        "shelves": "shelf",
        "wolves": "wolf",
        "scissors": "scissors",
        "skis": "skis",
        "bus": "bus",
        "glass": "glass",
        "grass": "grass",
        "cactus": "cactus",
        "glasses": "glasses",
        "sunglasses": "sunglasses",
        "trousers": "trousers",
        "jeans": "jeans",
        "electronics": "electronics",
        "clothes": "clothes",
        "tennis": "tennis",
        "gas": "gas",
        "canvas": "canvas",
        "lens": "lens",
        "moss": "moss",
        "police": "police",
        "cookies": "cookie",
        "movies": "movie",
        "selfies": "selfie",
        "ties": "tie",
        "pies": "pie",
        "potatoes": "potato",
        "tomatoes": "tomato",
        "mangoes": "mango",
        "buffaloes": "buffalo",
        "policemen": "policeman",
        "doggies": "doggie",
        "sports": "sports",
        "this": "this",
        "its": "its",
        "buses": "bus",
        "gases": "gas",
        "lenses": "lens",
        "canvases": "canvas",
        "viruses": "virus",
        "axes": "axe",
        "shorts": "shorts",
        "pants": "pants",
        "leggings": "leggings",
        "tights": "tights",
        "pajamas": "pajamas",
        "goggles": "goggles",
        "headphones": "headphones",
        "binoculars": "binoculars",
        "pliers": "pliers",
        "news": "news",
    }
)


def singular(phrase: str) -> str:
    """The phrase with its last word in the singular: "fire trucks" -> "fire truck"."""
    head, _, word = phrase.rpartition(" ")
    if head and word == "glasses":  # alone they are spectacles
        return f"{head} glass"
    return f"{head} {_singular(word)}".strip()


def _singular(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and re.search(r"(?:ss|[^ou]us|zz|x|ch|sh)es$", word):
        return word[:-2]
    if len(word) > 2 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


_PLURALS: Final[Mapping[str, str]] = MappingProxyType(
    {value: key for key, value in _IRREGULAR.items() if key not in ("persons", "ties", "pies", "axes")}
    | {
        "person": "people",
        "sheep": "sheep",
        "skis": "skis",
        "broccoli": "broccoli",
        "furniture": "furniture",
        "food": "food",
    }
    | {
        "fruit": "fruit",
        "tie": "ties",
        "text": "text",
        "aircraft": "aircraft",
        "cattle": "cattle",
        "luggage": "luggage",
    }
)


def plural(phrase: str) -> str:
    """The phrase with its last word in the plural: "wine glass" -> "wine glasses"."""
    head, _, word = phrase.rpartition(" ")
    if word in _PLURALS and word != "glass":
        many = _PLURALS[word]
    elif re.search(r"[^aeiou]y$", word):
        many = word[:-1] + "ies"
    elif re.search(r"(?:s|x|z|ch|sh)$", word):
        many = word + "es"
    else:
        many = word + "s"
    return f"{head} {many}".strip()


def is_plural(word: str) -> bool:
    """Whether the word is a plural form: "dogs", "people"; not "sheep" or "glass"."""
    return _singular(word) != word or word in ("people", "scissors", "skis")


def detector_classes(name: str) -> frozenset[str]:
    """The detector classes that a singular word or phrase may mean; empty when no detector knows it."""
    if name in DETECTOR_NAME:
        return frozenset({DETECTOR_NAME[name]})
    return HYPERNYMS.get(name, frozenset())


VOCABULARY: Final = frozenset(DETECTOR_NAME) | frozenset(HYPERNYMS) | frozenset(SHAPES) | ANY_SHAPE
"""Every singular name of a thing that this module knows."""
