"""Low-rank matrices beside the default model's projections (Hu et al., "LoRA", 2021), fitted in torch.

The model is read from its own GGUF, in bfloat16; texts that several examples share stand once in a sequence, with the
examples behind, each of which sees its own text and itself. Wants the package `gguf`, which nothing else here does.
Knows nothing of what is fitted.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
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
    """A projection with two low-rank matrices beside it, which change nothing at first, nor where it is not `on`."""

    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base
        self.on = True
        self.down = nn.Parameter(torch.randn(RANK, base.in_features) / math.sqrt(base.in_features))
        self.up = nn.Parameter(torch.zeros(base.out_features, RANK))

    def forward(self, states: Tensor) -> Tensor:
        whole: Tensor = self.base(states)
        if self.on:
            whole = whole + (states @ self.down.to(states.dtype).T) @ self.up.to(states.dtype).T * (ALPHA / RANK)
        return whole


class Kept:
    """The keys and values of what was read, by layer; of transformers' caches as much as its layers ask for. What is
    read `behind` them is not kept."""

    def __init__(self) -> None:
        self.layers: dict[int, tuple[Tensor, Tensor]] = {}
        self.behind = False

    def update(self, keys: Tensor, values: Tensor, layer: int) -> tuple[Tensor, Tensor]:
        """Those of a layer with what stands before them, shapes (1, heads, tokens, width)."""
        if self.behind:
            before = self.layers[layer]
            return torch.cat([before[0], keys], 2), torch.cat([before[1], values], 2)
        self.layers[layer] = keys, values
        return keys, values


@dataclass(frozen=True, slots=True)
class Read:
    """A pack of one text that was read without the adapter: the states of its examples where the adapter begins, shape
    (1, tokens, width), and what of the text is looked at from there on."""

    pack: Pack
    states: Tensor
    kept: Kept

    @property
    def start(self) -> int:
        """The first token that is not the text's."""
        return len(self.pack.tokens) - self.states.shape[1]


class Reader:
    """Layers of a model of Qwen2's kind, of which those from `first` on can be adapted; `head` makes tokens of states,
    shape (vocabulary, width)."""

    def __init__(self, model: Any, head: Tensor, tokenizer: Any, first: int) -> None:  # noqa: ANN401  (no types)
        self.model, self.head, self.tokenizer, self.first = model, head, tokenizer, first
        self.model.requires_grad_(False)
        self.adapted: dict[str, Adapted] = {}

    def below(self, pack: Pack) -> Tensor:
        """The states of a pack where the adapter begins, shape (1, tokens, width)."""
        with torch.no_grad():
            return self._through(self._embedded(pack), pack, range(self.first))

    def above(self, below: Tensor, pack: Pack) -> Tensor:
        """The states of the last layer, shape (tokens, width), the text gone through the adapter like the examples."""
        return self._through(below, pack, range(self.first, len(self.model.layers)))[0]

    def read(self, pack: Pack) -> Read:
        """Reads a pack of one text, which stands first, so that the examples can be gone on with by themselves."""
        start, kept = pack.tail.index(0), Kept()
        with torch.no_grad(), self.as_it_was():
            states = self._through(self._embedded(pack), pack, range(self.first))
            self._through(states[:, :start], pack, range(self.first, len(self.model.layers)), kept=kept)
        kept.behind = True
        return Read(pack, states[:, start:].clone(), kept)

    def behind(self, read: Read) -> Tensor:
        """The states of the last layer for the examples, which alone go through the adapter; shape (tokens, width)."""
        layers = range(self.first, len(self.model.layers))
        return self._through(read.states, read.pack, layers, start=read.start, kept=read.kept)[0]

    @contextmanager
    def as_it_was(self) -> Iterator[None]:
        """As long as this lasts, nothing goes through the adapter."""
        for one in self.adapted.values():
            one.on = False
        try:
            yield
        finally:
            for one in self.adapted.values():
                one.on = True

    def logits(self, states: Tensor) -> Tensor:
        """What the last layer's states make of the next token, shape (tokens, vocabulary)."""
        return nn.functional.linear(self.model.norm(states), self.head).float()

    def _embedded(self, pack: Pack) -> Tensor:
        embedded: Tensor = self.model.embed_tokens(torch.tensor([pack.tokens]))
        return embedded

    def _through(
        self, states: Tensor, pack: Pack, layers: range, *, start: int = 0, kept: Kept | None = None
    ) -> Tensor:
        """The states of the tokens of a pack from `start` on, behind these layers."""
        end = start + states.shape[1]
        places, mask = torch.tensor([pack.places[start:end]]), pack.mask()[:, :, start:end, :end]
        turned = self.model.rotary_emb(states, places)
        for number in layers:
            found = self.model.layers[number](
                states, attention_mask=mask, position_ids=places, position_embeddings=turned, past_key_values=kept
            )
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


def opened(path: Path, first: int, end: int) -> Reader:
    """The layers of the default model below `end`, in bfloat16, as its GGUF has them. Raises FootnoteError where that
    cannot be read."""
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
    tokenizer = AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name)
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
    head = weights.pop("head")
    config.vocab_size = weights["embed_tokens.weight"].shape[0]
    with torch.device("meta"):
        model = Qwen2Model(config)
    model.load_state_dict(weights, assign=True)
    model.rotary_emb = Qwen2RotaryEmbedding(config)  # its frequencies are no weights
    return Reader(model, head, tokenizer, first)


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
