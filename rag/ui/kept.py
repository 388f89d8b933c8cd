"""What stands beside the talk about kept conversations, as HTML strings: saving one, and what is wrong or empty.

Pure, like `render`.
"""

from __future__ import annotations

from rag.conversations import Conversation
from rag.escaped import plain


def saving(conversation: Conversation | None) -> str:
    """What can be done with a kept conversation, and its id for the page's address; nothing for one not yet kept."""
    if conversation is None:
        return '<span class="fn-kept" data-conversation=""></span>'
    links = "".join(
        f'<a href="/export/{plain(conversation.id)}.{form}" download>{name}</a>'
        for form, name in (("md", "Markdown"), ("html", "HTML"), ("json", "JSON"))
    )
    return (
        f'<div class="fn-kept fn-note" data-conversation="{plain(conversation.id)}"><span>Save as</span>{links}</div>'
    )


def fault(message: str) -> str:
    """What is wrong with the keeping of conversations, if anything is."""
    return f'<p class="fn-fault" role="alert">{plain(message)}</p>' if message else ""


def note(found: int, search: str) -> str:
    """What is to be said below a list of conversations that is empty."""
    if found:
        return ""
    words = "No conversation holds these words." if search.strip() else "Your conversations will stand here."
    return f'<p class="fn-note" role="status">{words}</p>'
