"""Which token comes next, by the model's logits: the likeliest, or one that is drawn among the likelier ones.

Drawing follows from a seed, so that an answer can be given again. Knows nothing of the model, its words or settings.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# From the logits of all tokens, shape (n,), the id of the next one. Where it draws it serves one text only.
Choice: TypeAlias = "Callable[[NDArray[np.float32]], int]"

# One of the likeliest tokens is drawn, of as few as are this probable together: the nucleus of Holtzman et al., "The
# Curious Case of Neural Text Degeneration" (ICLR 2020). Beyond it each is improbable, but there are very many.
NUCLEUS = 0.95


def likeliest(logits: NDArray[np.float32]) -> int:
    """The most probable token, the lower id where two are equal."""
    return int(logits.argmax())


def drawing(temperature: float, seed: int) -> Choice:
    """Draws from the nucleus of the softmax at this temperature; at 0 it is `likeliest`, and nothing is drawn."""
    if not temperature:
        return likeliest
    import numpy as np

    # By name, and not numpy's default, which another version may change: what was drawn is to be drawn again.
    chance = np.random.Generator(np.random.PCG64(seed))

    def drawn(logits: NDArray[np.float32]) -> int:
        weights = np.exp((logits - logits.max()).astype(np.float64) / temperature)
        total = weights.sum()
        # Those left out are less than what is beyond the nucleus even together, so they are beyond it: few are sorted.
        ids = np.flatnonzero(weights >= total * (1 - NUCLEUS) / len(weights))
        ids = ids[np.argsort(-weights[ids], kind="stable")]
        mass = weights[ids].cumsum()
        mass = mass[: np.searchsorted(mass, NUCLEUS * total) + 1]
        return int(ids[np.searchsorted(mass, chance.random() * mass[-1], side="right")])

    return drawn
