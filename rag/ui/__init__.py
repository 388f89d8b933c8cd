"""The chat page: layout and events of a question, the source beside the answer. Knows HTML; knows nothing of how
answers are made: it folds the events of `rag.records` into what is shown.
"""
