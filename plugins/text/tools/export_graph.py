"""Writes src/assistant_text/data/minilm_l6_graph.onnx: the computation of all-MiniLM-L6-v2 without its weights.

Run by a developer when the model's shape or the opset changes; needs torch, transformers and onnx:

    python plugins/text/tools/export_graph.py DIRECTORY_OF_THE_MODEL

The initialisers keep the names of the tensors in model.safetensors and are marked external, so that ONNX Runtime
takes them from memory at load.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import onnx
import torch
from transformers.models.bert.modeling_bert import BertModel

TARGET = Path(__file__).parents[1] / "src/assistant_text/data/minilm_l6_graph.onnx"
OPSET = 17


class Embedding(torch.nn.Module):
    """BERT, the mean over the tokens, and the L2 norm: the three modules of the sentence-transformers model."""

    def __init__(self, bert: torch.nn.Module) -> None:
        super().__init__()
        self.bert = bert

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """[texts, 384] from two [texts, tokens] int64."""
        hidden = self.bert(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
        return torch.nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1).clamp(min=1e-9), dim=1)


def main() -> None:
    """Export, strip, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="directory with config.json and model.safetensors")
    model = parser.parse_args().model
    bert = BertModel.from_pretrained(model, attn_implementation="eager", add_pooling_layer=False).eval()
    example = torch.ones(2, 7, dtype=torch.long)
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        torch.onnx.export(
            Embedding(bert),
            (example, example),
            str(whole),
            input_names=["input_ids", "attention_mask"],
            output_names=["embedding"],
            dynamic_axes={
                "input_ids": {0: "texts", 1: "tokens"},
                "attention_mask": {0: "texts", 1: "tokens"},
                "embedding": {0: "texts"},
            },
            opset_version=OPSET,
            do_constant_folding=False,  # folded initialisers would lose the tensors' names
            dynamo=False,
        )
        graph = onnx.load(str(whole))
    names = {tensor.name: tensor.name.removeprefix("bert.") for tensor in graph.graph.initializer}
    for node in graph.graph.node:
        node.ClearField("doc_string")
        for index, name in enumerate(node.input):
            node.input[index] = names.get(name, name)
    for tensor in graph.graph.initializer:
        tensor.name = names[tensor.name]
        tensor.ClearField("raw_data")
        tensor.data_location = onnx.TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value="model.safetensors")
    TARGET.write_bytes(graph.SerializeToString())
    sys.stdout.write(f"{TARGET}: {TARGET.stat().st_size} bytes, {len(names)} external tensors\n")


if __name__ == "__main__":
    main()
