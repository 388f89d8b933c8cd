"""Documents made searchable: readers, passages, the store of record and hybrid search over it.

Knows nothing of questions, prompts or models that write; `rag` imports this package, never the reverse.
"""
