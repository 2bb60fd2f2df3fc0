"""Layouts of COCO captions and instances, and of Flickr8k's captions."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from assistant_evaluation.formats.content import Content, Format, has
from assistant_evaluation.items import CaptionItem, CountsItem, Item

COCO_CLASSES = tuple(
    "person|bicycle|car|motorcycle|airplane|bus|train|truck|boat|traffic light|fire hydrant|stop sign|parking meter|"
    "bench|bird|cat|dog|horse|sheep|cow|elephant|bear|zebra|giraffe|backpack|umbrella|handbag|tie|suitcase|frisbee|"
    "skis|snowboard|sports ball|kite|baseball bat|baseball glove|skateboard|surfboard|tennis racket|bottle|wine glass|"
    "cup|fork|knife|spoon|bowl|banana|apple|sandwich|orange|broccoli|carrot|hot dog|pizza|donut|cake|chair|couch|"
    "potted plant|bed|dining table|toilet|tv|laptop|mouse|remote|keyboard|cell phone|microwave|oven|toaster|sink|"
    "refrigerator|book|clock|vase|scissors|teddy bear|hair drier|toothbrush".split("|")
)
"""The 80 classes of the COCO 2017 instances, in the order of their ids."""
TOKEN_LINE = re.compile(r"(?P<file>\S+\.(?:jpe?g|png)(?:\.\d+)?)#\d+\t(?P<caption>.+)", re.IGNORECASE)


def _pictures(document: Mapping[str, Any]) -> dict[Any, str]:
    return {image["id"]: str(image["file_name"]) for image in document["images"]}


def _captions(content: Content) -> Iterator[Item]:
    names = _pictures(content.document)
    found: dict[Any, list[str]] = defaultdict(list)
    for annotation in content.document["annotations"]:
        found[annotation["image_id"]].append(str(annotation["caption"]).strip())
    for image, captions in found.items():
        yield CaptionItem(id=str(image), files=(names[image],), captions=tuple(captions))


def _instances(content: Content) -> Iterator[Item]:
    names = _pictures(content.document)
    classes = {category["id"]: str(category["name"]) for category in content.document["categories"]}
    found: dict[Any, dict[str, int | None]] = {image: {} for image in names}
    for annotation in content.document["annotations"]:
        counts = found[annotation["image_id"]]
        name = classes[annotation["category_id"]]
        before = counts.get(name, 0)
        counts[name] = None if annotation.get("iscrowd") or before is None else before + 1
    for image, counts in found.items():
        yield CountsItem(id=str(image), files=(names[image],), counts=counts, classes=tuple(classes.values()))


def _tokens(content: Content) -> Iterator[Item]:
    found: dict[str, list[str]] = defaultdict(list)
    for number, line in enumerate(content.lines, 1):
        match = TOKEN_LINE.fullmatch(line.strip())
        if match is None:
            raise ValueError(f"line {number} is not FILE#NUMBER, a tab, and a caption")
        found[match["file"]].append(match["caption"].strip())
    for file, captions in found.items():
        yield CaptionItem(id=file, files=(file,), captions=tuple(captions))


def _annotated_with(content: Content, key: str) -> bool:
    document = content.document
    return has(document, "images", "annotations") and any(has(each, key) for each in document["annotations"][:1])


FORMATS = (
    Format(
        "coco-captions",
        "COCO captions JSON: images (id, file_name), annotations (image_id, caption)",
        lambda content: _annotated_with(content, "caption"),
        _captions,
    ),
    Format(
        "coco-instances",
        "COCO instances JSON: images, annotations (image_id, category_id, iscrowd), categories (id, name)",
        lambda content: _annotated_with(content, "category_id") and has(content.document, "categories"),
        _instances,
    ),
    Format(
        "flickr8k",
        "Flickr8k.token.txt (and Flickr30k's): FILE.jpg#NUMBER, a tab, a caption",
        lambda content: bool(content.lines) and TOKEN_LINE.fullmatch(content.lines[0].strip()) is not None,
        _tokens,
    ),
)
