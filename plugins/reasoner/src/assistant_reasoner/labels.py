"""Groups of ImageNet class names (Russakovsky et al. 2015): what a `label` such as "tabby" is a case of. Data only."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_GROUPS: Final = """
fish: tench, goldfish, great white shark, tiger shark, hammerhead, electric ray, stingray, barracouta, eel, coho,
    rock beauty, anemone fish, sturgeon, gar, lionfish, puffer
bird: cock, hen, ostrich, brambling, goldfinch, house finch, junco, indigo bunting, robin, bulbul, jay, magpie,
    chickadee, water ouzel, kite, bald eagle, vulture, great grey owl, black grouse, ptarmigan, ruffed grouse,
    prairie chicken, peacock, quail, partridge, african grey, macaw, sulphur-crested cockatoo, lorikeet, coucal, bee
    eater, hornbill, hummingbird, jacamar, toucan, drake, red-breasted merganser, goose, black swan, white stork,
    black stork, spoonbill, flamingo, little blue heron, american egret, bittern, crane, limpkin, european
    gallinule, american coot, bustard, ruddy turnstone, red-backed sandpiper, redshank, dowitcher, oystercatcher,
    pelican, king penguin, albatross
salamander: european fire salamander, common newt, eft, spotted salamander, axolotl
frog: bullfrog, tree frog, tailed frog
turtle: loggerhead, leatherback turtle, mud turtle, terrapin, box turtle
lizard: banded gecko, common iguana, american chameleon, whiptail, agama, frilled lizard, alligator lizard, gila
    monster, green lizard, african chameleon, komodo dragon
crocodile: african crocodile, american alligator
snake: thunder snake, ringneck snake, hognose snake, green snake, king snake, garter snake, water snake, vine snake,
    night snake, boa constrictor, rock python, indian cobra, green mamba, sea snake, horned viper, diamondback,
    sidewinder
spider: black and gold garden spider, barn spider, garden spider, black widow, tarantula, wolf spider
dog: chihuahua, japanese spaniel, maltese dog, pekinese, shih-tzu, blenheim spaniel, papillon, toy terrier,
    rhodesian ridgeback, afghan hound, basset, beagle, bloodhound, bluetick, black-and-tan coonhound, walker hound,
    english foxhound, redbone, borzoi, irish wolfhound, italian greyhound, whippet, ibizan hound, norwegian
    elkhound, otterhound, saluki, scottish deerhound, weimaraner, staffordshire bullterrier, american staffordshire
    terrier, bedlington terrier, border terrier, kerry blue terrier, irish terrier, norfolk terrier, norwich
    terrier, yorkshire terrier, wire-haired fox terrier, lakeland terrier, sealyham terrier, airedale, cairn,
    australian terrier, dandie dinmont, boston bull, miniature schnauzer, giant schnauzer, standard schnauzer,
    scotch terrier, tibetan terrier, silky terrier, soft-coated wheaten terrier, west highland white terrier, lhasa,
    flat-coated retriever, curly-coated retriever, golden retriever, labrador retriever, chesapeake bay retriever,
    german short-haired pointer, vizsla, english setter, irish setter, gordon setter, brittany spaniel, clumber,
    english springer, welsh springer spaniel, cocker spaniel, sussex spaniel, irish water spaniel, kuvasz,
    schipperke, groenendael, malinois, briard, kelpie, komondor, old english sheepdog, shetland sheepdog, collie,
    border collie, bouvier des flandres, rottweiler, german shepherd, doberman, miniature pinscher, greater swiss
    mountain dog, bernese mountain dog, appenzeller, entlebucher, boxer, bull mastiff, tibetan mastiff, french
    bulldog, great dane, saint bernard, eskimo dog, malamute, siberian husky, dalmatian, affenpinscher, basenji,
    pug, leonberg, newfoundland, great pyrenees, samoyed, pomeranian, chow, keeshond, brabancon griffon, pembroke,
    cardigan, toy poodle, miniature poodle, standard poodle, mexican hairless
wolf: timber wolf, white wolf, red wolf, coyote
fox: red fox, kit fox, arctic fox, grey fox
cat: tabby, tiger cat, persian cat, siamese cat, egyptian cat
big cat: cougar, lynx, leopard, snow leopard, jaguar, lion, tiger, cheetah
bear: brown bear, american black bear, ice bear, sloth bear
beetle: tiger beetle, ladybug, ground beetle, long-horned beetle, leaf beetle, dung beetle, rhinoceros beetle,
    weevil
butterfly: admiral, ringlet, monarch, cabbage butterfly, sulphur butterfly, lycaenid
insect: fly, bee, ant, grasshopper, cricket, walking stick, cockroach, mantis, cicada, leafhopper, lacewing,
    dragonfly, damselfly
rabbit: wood rabbit, hare, angora
squirrel: fox squirrel
horse: sorrel
zebra: zebra
pig: hog, wild boar, warthog
hippopotamus: hippopotamus
cow: ox, water buffalo, bison
sheep: ram, bighorn
camel: arabian camel
monkey: orangutan, gorilla, chimpanzee, gibbon, siamang, guenon, patas, baboon, macaque, langur, colobus, proboscis
    monkey, marmoset, capuchin, howler monkey, titi, spider monkey, squirrel monkey, madagascar cat, indri
elephant: indian elephant, african elephant, tusker
panda: lesser panda, giant panda
seal: sea lion
whale: grey whale, killer whale
crab: dungeness crab, rock crab, fiddler crab, king crab
lobster: american lobster, spiny lobster, crayfish
jellyfish: jellyfish
koala: koala
kangaroo: wallaby
weasel: weasel, mink, polecat, black-footed ferret
car: ambulance, beach wagon, cab, convertible, jeep, limousine, minivan, model t, racer, sports car, police van
bus: minibus, school bus, trolleybus
truck: fire engine, garbage truck, moving van, pickup, tow truck, trailer truck
airplane: airliner, warplane, wing
boat: canoe, container ship, fireboat, gondola, lifeboat, liner, pirate, schooner, speedboat, trimaran, yawl
bicycle: bicycle-built-for-two, mountain bike
motorcycle: moped, motor scooter
train: bullet train, electric locomotive, passenger car, steam locomotive
cup: coffee mug, cup
bottle: beer bottle, pill bottle, pop bottle, water bottle, wine bottle
wine glass: goblet
couch: studio couch
chair: barber chair, folding chair, rocking chair, throne
dining table: dining table
bed: four-poster, crib, bassinet
tv: television, monitor, screen
laptop: laptop, notebook
mouse: mouse
remote: remote control
keyboard: computer keyboard, typewriter keyboard
cell phone: cellular telephone
microwave: microwave
oven: stove
toaster: toaster
sink: washbasin
toilet: toilet seat
refrigerator: refrigerator
clock: analog clock, digital clock, wall clock
vase: vase
teddy bear: teddy
umbrella: umbrella
backpack: backpack
handbag: mailbag, purse
tie: windsor tie, bow tie
traffic light: traffic light
sign: street sign
bench: park bench
parking meter: parking meter
potted plant: pot
sports ball: basketball, croquet ball, golf ball, ping-pong ball, rugby ball, soccer ball, tennis ball, volleyball
skis: ski
book: book jacket, comic book
bowl: mixing bowl, soup bowl
spoon: wooden spoon, ladle
hair drier: hand blower
fruit: granny smith, strawberry, orange, lemon, fig, pineapple, banana, jackfruit, custard apple, pomegranate
banana: banana
apple: granny smith
orange: orange
vegetable: head cabbage, broccoli, cauliflower, zucchini, spaghetti squash, acorn squash, butternut squash,
    cucumber, artichoke, bell pepper, cardoon, mushroom
broccoli: broccoli
food: guacamole, consomme, hot pot, trifle, ice cream, ice lolly, french loaf, bagel, pretzel, cheeseburger, hotdog,
    mashed potato, head cabbage, broccoli, cauliflower, zucchini, spaghetti squash, acorn squash, butternut squash,
    cucumber, artichoke, bell pepper, cardoon, mushroom, granny smith, strawberry, orange, lemon, fig, pineapple,
    banana, jackfruit, custard apple, pomegranate, hay, carbonara, chocolate sauce, dough, meat loaf, pizza, potpie,
    burrito, red wine, espresso, cup, eggnog
pizza: pizza
hot dog: hotdog
sandwich: cheeseburger
drink: red wine, espresso, eggnog
dessert: trifle, ice cream, ice lolly, chocolate sauce
flower: daisy, yellow lady's slipper
mushroom: coral fungus, agaric, gyromitra, stinkhorn, earthstar, hen-of-the-woods, bolete
instrument: accordion, acoustic guitar, banjo, bassoon, cello, chime, cornet, drum, electric guitar, flute, french
    horn, gong, grand piano, harmonica, harp, marimba, oboe, ocarina, organ, panpipe, sax, steel drum, trombone,
    upright, violin
building: barn, boathouse, castle, church, cinema, greenhouse, library, monastery, mosque, palace, planetarium,
    restaurant, stupa, water tower
bridge: pier, steel arch bridge, suspension bridge
mountain: alp, valley, volcano
sea: seashore, sandbar, coral reef
lake: lakeside
hat: cowboy hat, bearskin, shower cap, sombrero
glasses: sunglass, sunglasses
shoe: cowboy boot, loafer, running shoe, sandal, shoe shop, clog
shirt: jersey, sweatshirt
computer: desktop computer, hand-held computer, laptop, notebook
camera: polaroid camera, reflex camera
rocket: missile, space shuttle
ball: basketball, croquet ball, golf ball, ping-pong ball, rugby ball, soccer ball, tennis ball, volleyball
"""


def _read() -> dict[str, frozenset[str]]:
    groups: dict[str, frozenset[str]] = {}
    for entry in _GROUPS.replace("\n    ", " ").strip().splitlines():
        name, _, members = entry.partition(":")
        groups[name] = frozenset(member.strip() for member in members.split(","))
    animals = """fish bird salamander frog turtle lizard crocodile snake spider dog wolf fox cat bear beetle butterfly
    insect rabbit squirrel horse zebra pig hippopotamus cow sheep camel monkey elephant panda seal whale crab lobster
    jellyfish koala kangaroo weasel""".split()
    vehicles = "car bus truck airplane boat bicycle motorcycle train".split()
    groups["animal"] = frozenset().union(*(groups[name] for name in [*animals, "big cat"]))
    groups["vehicle"] = frozenset().union(*(groups[name] for name in vehicles))
    groups["reptile"] = frozenset().union(*(groups[name] for name in ("turtle", "lizard", "crocodile", "snake")))
    return groups


GROUPS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(_read())
"""Name of a kind -> ImageNet class names (the first synonym, lower case) that are examples of it."""


def kinds(label: str) -> tuple[str, ...]:
    """The groups that a label belongs to, narrow ones first: "tabby" -> ("cat", "animal")."""
    name = label.casefold()
    return tuple(
        sorted((group for group, members in GROUPS.items() if name in members), key=lambda one: len(GROUPS[one]))
    )
