"""Nothing is asked of the model hub, nor told to it, but where a model is being fetched.

The hub's client reads these variables once, when it is first imported, which the page does long before any model is
loaded. So they are set when a command begins, and for a fetch the client itself is told otherwise. Whoever sets
HF_HUB_OFFLINE for the command keeps it offline for that, too.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
QUIET = ("HF_HUB_DISABLE_TELEMETRY", "HF_HUB_DISABLE_UPDATE_CHECK")
_asked_for = any(os.environ.get(name, "").lower() in ("1", "on", "yes", "true") for name in OFFLINE)  # by the reader


def go_offline() -> None:
    """For the rest of this process, and for those that it starts."""
    os.environ |= dict.fromkeys((*OFFLINE, *QUIET), "1")


@contextmanager
def hub_reachable() -> Iterator[None]:
    """As long as this lasts the hub may be asked, unless the reader has it offline."""
    from huggingface_hub import constants

    before = constants.HF_HUB_OFFLINE
    constants.HF_HUB_OFFLINE = _asked_for
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before
