"""What is read once, and what is gone on with behind it, as the adapters for questions and answers are fitted."""

from __future__ import annotations

import pytest
import torch

from benchmarks.lowrank import Pack, Reader

pytestmark = pytest.mark.slow  # imports torch


@pytest.fixture
def reader() -> Reader:
    """Four layers of a model that knows nothing, of which the upper two can be adapted."""
    from transformers import Qwen2Config
    from transformers.models.qwen2.modeling_qwen2 import Qwen2Model

    torch.manual_seed(0)
    size = {"hidden_size": 32, "intermediate_size": 48, "num_attention_heads": 4, "num_key_value_heads": 2}
    config = Qwen2Config(vocab_size=50, num_hidden_layers=4, attn_implementation="sdpa", **size)
    return Reader(Qwen2Model(config).to(torch.bfloat16), torch.zeros(50, 32), None, first=2)


def pack() -> Pack:
    """A text of six tokens with two examples behind it."""
    one = Pack()
    one.extend([1, 2, 3, 4, 5, 6], 0, text=0)
    one.extend([7, 8, 9], 6, text=0, tail=0)
    one.extend([10, 11], 6, text=0, tail=1)
    return one


def test_examples_behind_a_text_are_what_they_are_where_all_is_read_at_once(reader: Reader) -> None:
    reader.adapt(4)
    one = pack()
    read = reader.read(one)
    assert read.start == 6
    behind, whole = reader.behind(read), reader.above(reader.below(one), one)
    assert torch.allclose(behind.float(), whole[6:].float(), atol=0.02)
    assert torch.equal(reader.behind(read), behind)  # an example read is not kept


def test_only_examples_go_through_the_adapter(reader: Reader) -> None:
    reader.adapt(4)
    one = pack()
    before = reader.behind(reader.read(one))
    with torch.no_grad():
        for adapted in reader.adapted.values():
            adapted.up.add_(0.5)
    read = reader.read(one)
    now, through = reader.behind(read), reader.above(reader.below(one), one)
    assert not torch.allclose(now.float(), before.float(), atol=0.1)
    assert not torch.allclose(now.float(), through[6:].float(), atol=0.1)  # the text's tokens went through, too
    with reader.as_it_was():
        assert torch.allclose(reader.behind(read).float(), before.float(), atol=0.02)
    torch.autograd.backward(now.sum())
    assert all(adapted.up.grad is not None for adapted in reader.adapted.values())
