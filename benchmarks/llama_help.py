"""Does the small language model help or hurt? Rewordings that keep every fact; accuracy alone against the reasoner.

    python benchmarks/llama_help.py QA.jsonl [--questions N] [--model NAME_OR_FILE]

Draws questions, asks the reasoner, has the model reword what it said, and asks the model itself with what was perceived
as text. Drawing and scoring are those of `assistant eval`. Perception is cached: a second run is quick.
"""

from __future__ import annotations

import argparse
import statistics
import threading
import time
from pathlib import Path

from assistant.app import Assistant
from assistant.settings import load_settings
from assistant_evaluation.asking import Outcome
from assistant_evaluation.evaluate import Options, evaluate
from assistant_evaluation.scoring import Scored, judge
from assistant_llama.answerer import LONGEST_REWORDED
from assistant_llama.model import Model
from assistant_llama.options import STARTER, LlamaOptions, file_of
from assistant_llama.wording import ASK, preserves

NAMES = ("reasoner", "llama")


def reworded(model: Model, text: str) -> tuple[str, float]:
    began = time.perf_counter()
    messages = [{"role": "system", "content": ASK}, {"role": "user", "content": text}]
    worded = "".join(model.stream(messages, threading.Event(), max_tokens=80)).strip()
    return worded, time.perf_counter() - began


def print_answers(scored: dict[str, list[Scored]], model: str) -> None:
    count = len(scored["reasoner"])
    print(f"| {model}, {count} questions | reasoner | language model alone |\n|---|---|---|")
    right = [statistics.fmean(each.score for each in scored[name]) for name in NAMES]
    print(f"| right, of all, best guesses included | {right[0]:.0%} | {right[1]:.0%} |")
    covered = [[each.score for each in scored[name] if each.answered] for name in NAMES]
    print(f"| answered | {len(covered[0]) / count:.0%} | {len(covered[1]) / count:.0%} |")
    chosen = [statistics.fmean(scores) if scores else 0.0 for scores in covered]
    print(f"| right, of those answered | {chosen[0]:.0%} | {chosen[1]:.0%} |")
    seconds = [statistics.median(each.outcome.answering_seconds or 0.0 for each in scored[name]) for name in NAMES]
    print(f"| seconds to answer, median | {seconds[0]:.3f} | {seconds[1]:.3f} |\n")


def print_rewordings(pairs: list[tuple[str, str, float]]) -> None:
    kept = [(text, worded) for text, worded, _ in pairs if preserves(text, worded)]
    same = sum(text == worded for text, worded in kept)
    print(f"| rewordings of {len(pairs)} computed answers | |\n|---|---|")
    print(f"| keep every fact | {len(kept) / max(1, len(pairs)):.0%} |")
    print(f"| of all: the computed text itself, word for word | {same / max(1, len(pairs)):.0%} |")
    print(f"| of all: another wording that keeps every fact | {(len(kept) - same) / max(1, len(pairs)):.0%} |")
    print(f"| seconds, median | {statistics.median(seconds for *_, seconds in pairs) if pairs else 0:.2f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--questions", type=int, default=40)
    parser.add_argument("--model", default=STARTER)
    parser.add_argument("--show", action="store_true", help="print every answer and rewording")
    arguments = parser.parse_args()
    settings = load_settings(
        plugins={"llama": {"enabled": True, "answers": True, "model": arguments.model, "max_tokens": 80}}
    )
    scored: dict[str, list[Scored]] = {}
    with Assistant(settings) as assistant:
        for name in NAMES:
            wanted = Options(answerer=name, limit=arguments.questions, tasks=("answers",), jobs=1, resume=False)
            run = evaluate(assistant, arguments.file, wanted).run
            scored[name] = [judge(item, outcome) for item, outcome in zip(run.items, run.outcomes, strict=True)]
        path = file_of(LlamaOptions(model=arguments.model))
        path = path or next(assistant.weights.where(arguments.model).glob("*.gguf"))
    computed: list[Outcome] = [each.outcome for each in scored["reasoner"] if each.answered]
    model = Model(path, context=2048, threads=settings.engine.threads())
    pairs = [
        (outcome.text, *reworded(model, outcome.text)) for outcome in computed if len(outcome.text) <= LONGEST_REWORDED
    ]
    model.close()
    if arguments.show:
        for name in NAMES:
            for each in scored[name]:
                outcome = each.outcome
                print(f"{outcome.answerer} {each.score:.2f}: {each.item.question} -> {outcome.text!r} ({each.said})")
        for text, worded, _ in pairs:
            print(f"{'kept' if preserves(text, worded) else 'refused'}: {text!r} -> {worded!r}")
    print_answers(scored, arguments.model)
    print_rewordings(pairs)


if __name__ == "__main__":
    main()
