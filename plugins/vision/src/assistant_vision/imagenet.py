"""What kind of thing each ImageNet-1k class is, where that has an everyday name. Data and one look-up, no models."""

from __future__ import annotations

from typing import Final

_SPANS: Final[dict[str, tuple[tuple[int, int], ...]]] = {
    "fish": ((0, 6), (389, 397)),
    "bird": ((7, 24), (80, 100), (127, 146)),
    "salamander": ((25, 29),),
    "frog": ((30, 32),),
    "turtle": ((33, 37),),
    "lizard": ((38, 48),),
    "crocodile": ((49, 50),),
    "snake": ((52, 68),),
    "spider": ((72, 77),),
    "dog": ((151, 268),),
    "wolf": ((269, 272),),
    "fox": ((277, 280),),
    "cat": ((281, 285),),
    "wild cat": ((286, 293),),
    "bear": ((294, 297),),
    "insect": ((300, 320),),
    "butterfly": ((321, 326),),
    "rabbit": ((330, 332),),
    "zebra": ((340, 340),),
    "pig": ((341, 343),),
    "cow": ((345, 346),),
    "sheep": ((348, 349),),
    "ape": ((365, 369),),
    "monkey": ((370, 382),),
    "elephant": ((101, 101), (385, 386)),
    "fruit": ((948, 957),),
    "mushroom": ((991, 992), (994, 997)),
}
_SINGLE: Final[dict[str, tuple[int, ...]]] = {
    "boat": (472, 484, 510, 554, 576, 625, 780, 814, 871, 914),
    "car": (436, 468, 511, 609, 627, 656, 661, 751, 817),
    "truck": (555, 569, 675, 717, 864, 867),
    "backpack": (414,),
    "bed": (564,),
    "bench": (703,),
    "bottle": (440, 737, 898, 907),
    "bowl": (659, 809),
    "bus": (654, 779, 874),
    "cell phone": (487,),
    "chair": (423, 559, 765),
    "clock": (409, 530, 892),
    "couch": (831,),
    "cup": (504, 967, 968),
    "dining table": (532,),
    "handbag": (748,),
    "horse": (339,),
    "keyboard": (508,),
    "laptop": (620, 681),
    "microwave": (651,),
    "mouse": (673,),
    "oven": (766, 827),
    "parking meter": (704,),
    "refrigerator": (760,),
    "remote": (761,),
    "sandwich": (933,),
    "sink": (896,),
    "skis": (795,),
    "sports ball": (429, 430, 805, 852, 890),
    "teddy bear": (850,),
    "tie": (906,),
    "toaster": (859,),
    "toilet": (861,),
    "traffic light": (920,),
    "tv": (664, 782, 851),
    "umbrella": (879,),
    "vase": (883,),
    "wine glass": (572, 966),
    "train": (466, 547, 565, 705, 820, 829),
    "airplane": (404, 895),
    "bicycle": (444, 671),
    "motorcycle": (665, 670),
}
_OF: Final = {
    **{index: kind for kind, spans in _SPANS.items() for low, high in spans for index in range(low, high + 1)},
    **{index: kind for kind, indices in _SINGLE.items() for index in indices},
}


def broader(index: int) -> str | None:
    """The everyday kind of the class of this index (0-999), by COCO's name where it has one: "dog" of a beagle."""
    return _OF.get(index)


def members(kind: str) -> list[int]:
    """All class indices of a kind."""
    return [index for index, name in _OF.items() if name == kind]
