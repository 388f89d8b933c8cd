"""Low-rank matrices beside the default model's projections (Hu et al., "LoRA", 2021), fitted in torch.

The model is read from its own GGUF, in bfloat16; texts that several examples share stand once in a sequence, with the
examples behind, each of which sees its own text and itself. Wants the package `gguf`, which nothing else here does.
Knows nothing of what is fitted.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from rag.errors import FootnoteError

RANK, ALPHA = 8, 16.0
# What a layer of llama.cpp calls what transformers calls by another name.
PROJECTIONS = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
OTHERS = {"ffn_gate": "mlp.gate_proj", "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm"}


@dataclass
class Pack:
    """Texts with the examples that ask about each, in one sequence: an example sees its own text and itself."""

    tokens: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)  # in the prompt that each token would stand in by itself
    text: list[int] = field(default_factory=list)  # which text a token belongs to
    tail: list[int] = field(default_factory=list)  # which example, and -1 in the text itself
    ends: list[tuple[int, dict[str, Any]]] = field(default_factory=list)  # the last token of each example

    def extend(self, tokens: Sequence[int], place: int, *, text: int, tail: int = -1) -> None:
        """Tokens behind what is there, the first of them at `place` of its prompt."""
        self.tokens += tokens
        self.places += range(place, place + len(tokens))
        self.text += [text] * len(tokens)
        self.tail += [tail] * len(tokens)

    def mask(self) -> Tensor:
        """What each token may look at, to be added to the scores; shape (1, 1, tokens, tokens)."""
        text, tail, order = torch.tensor(self.text), torch.tensor(self.tail), torch.arange(len(self.tokens))
        own = (text[:, None] == text) & ((tail == -1) | (tail[:, None] == tail)) & (order[:, None] >= order)
        return torch.zeros(own.shape, dtype=torch.bfloat16).masked_fill(~own, float("-inf"))[None, None]


class Adapted(nn.Module):
    """A projection with two low-rank matrices beside it, which change nothing at first; `beside` is 1 for the tokens
    that go through them and 0 for the others, of the shape (tokens, 1)."""

    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base
        self.beside = torch.ones(1, 1)
        self.down = nn.Parameter(torch.randn(RANK, base.in_features) / math.sqrt(base.in_features))
        self.up = nn.Parameter(torch.zeros(base.out_features, RANK))

    def forward(self, states: Tensor) -> Tensor:
        found = (states @ self.down.to(states.dtype).T) @ self.up.to(states.dtype).T
        whole: Tensor = self.base(states) + found * self.beside.to(states.dtype) * (ALPHA / RANK)
        return whole


class Reader:
    """The layers of the default model below `end`, in bfloat16, as its GGUF has them; those from `first` on can be
    adapted. Raises FootnoteError where that cannot be read."""

    def __init__(self, path: Path, first: int, end: int) -> None:
        try:
            from gguf import GGUFReader
            from gguf.quants import dequantize
        except ImportError:
            raise FootnoteError("the package gguf is not there; run: pip install gguf") from None
        from transformers import AutoTokenizer, Qwen2Config
        from transformers.models.qwen2.modeling_qwen2 import Qwen2Model, Qwen2RotaryEmbedding

        stored = GGUFReader(path)
        about = {name.removeprefix("qwen2."): entry.contents() for name, entry in stored.fields.items()}
        if about["general.architecture"] != "qwen2":
            raise FootnoteError(f"{path}: {about['general.architecture']} is an architecture that is not known here")
        self.first = first
        self.tokenizer = AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name)
        config = Qwen2Config(
            hidden_size=about["embedding_length"],
            intermediate_size=about["feed_forward_length"],
            num_hidden_layers=end,
            num_attention_heads=about["attention.head_count"],
            num_key_value_heads=about["attention.head_count_kv"],
            rms_norm_eps=about["attention.layer_norm_rms_epsilon"],
            rope_theta=about["rope.freq_base"],
            attn_implementation="sdpa",
        )
        weights = {}
        for tensor in stored.tensors:
            name = _name(tensor.name, end)
            if name:
                values = torch.from_numpy(dequantize(tensor.data, tensor.tensor_type).copy())
                weights[name] = values.reshape([int(size) for size in reversed(tensor.shape)]).to(torch.bfloat16)
        self.head = weights.pop("head")
        config.vocab_size = weights["embed_tokens.weight"].shape[0]
        with torch.device("meta"):
            self.model = Qwen2Model(config)
        self.model.load_state_dict(weights, assign=True)
        self.model.rotary_emb = Qwen2RotaryEmbedding(config)  # its frequencies are no weights
        self.model.requires_grad_(False)
        self.adapted: dict[str, Adapted] = {}

    def below(self, pack: Pack) -> Tensor:
        """The states of a pack where the adapter begins, shape (1, tokens, width)."""
        with torch.no_grad():
            return self._through(self.model.embed_tokens(torch.tensor([pack.tokens])), pack, 0, self.first)

    def above(self, below: Tensor, pack: Pack, beside: Tensor | None = None) -> Tensor:
        """The states of the last layer, shape (tokens, width); `beside` is that of `Adapted`, for all of them."""
        for one in self.adapted.values():
            one.beside = torch.ones(1, 1) if beside is None else beside
        return self._through(below, pack, self.first, len(self.model.layers))[0]

    def logits(self, states: Tensor) -> Tensor:
        """What the last layer's states make of the next token, shape (tokens, vocabulary)."""
        return nn.functional.linear(self.model.norm(states), self.head).float()

    def _through(self, states: Tensor, pack: Pack, first: int, end: int) -> Tensor:
        places = torch.tensor([pack.places])
        turned, mask = self.model.rotary_emb(states, places), pack.mask()
        for layer in self.model.layers[first:end]:
            found = layer(states, attention_mask=mask, position_ids=places, position_embeddings=turned)
            states = found[0] if isinstance(found, tuple) else found
        return states

    def adapt(self, end: int) -> list[nn.Parameter]:
        """Puts matrices beside the projections of the layers from `first` on and below `end`."""
        for number in range(self.first, end):
            for name, path in PROJECTIONS.items():
                place, _, last = path.rpartition(".")
                within = self.model.layers[number].get_submodule(place)
                one = self.adapted[f"blk.{number}.{name}"] = Adapted(getattr(within, last))
                setattr(within, last, one)
        return [weights for one in self.adapted.values() for weights in (one.down, one.up)]

    def write(self, path: Path) -> None:
        """The matrices as llama.cpp reads them."""
        from gguf import GGUFWriter

        writer = GGUFWriter(path, "qwen2")
        writer.add_type("adapter")
        writer.add_string("adapter.type", "lora")
        writer.add_float32("adapter.lora.alpha", ALPHA)
        for name, one in self.adapted.items():
            for letter, weights in (("a", one.down), ("b", one.up)):
                writer.add_tensor(f"{name}.weight.lora_{letter}", weights.detach().half().numpy())
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()


def _name(tensor: str, end: int) -> str | None:
    """The name by which transformers knows a tensor of the GGUF; None for those that are not read."""
    known = {"token_embd.weight": "embed_tokens.weight", "output_norm.weight": "norm.weight", "output.weight": "head"}
    if tensor in known:
        return known[tensor]
    block, _, rest = tensor.removeprefix("blk.").partition(".")
    name, _, kind = rest.partition(".")
    layer = (PROJECTIONS | OTHERS).get(name)
    return f"layers.{block}.{layer}.{kind}" if layer and int(block) < end else None


def told(title: str, things: Sequence[Any]) -> Iterator[Any]:
    """The things one by one, with a word now and then on how many are done."""
    for number, thing in enumerate(things):
        if number % 50 == 0:
            print(f"{title}: {number} of {len(things)}", file=sys.stderr, flush=True)
        yield thing


def stepped(
    matrices: Sequence[nn.Parameter], rate: float, steps: int, warm_up: int, others: Sequence[dict[str, Any]] = ()
) -> tuple[torch.optim.Optimizer, Any]:
    """What moves the matrices, and others at rates of their own: slowly at first, and ever more slowly to the end."""
    moved = torch.optim.AdamW([{"params": list(matrices), "lr": rate, "weight_decay": 0.01}, *others])
    schedule = torch.optim.lr_scheduler.LambdaLR(
        moved, lambda step: min(1, (step + 1) / warm_up) * (0.525 + 0.475 * math.cos(math.pi * min(1, step / steps)))
    )
    return moved, schedule
