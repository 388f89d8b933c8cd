"""The edges for programs: the HTTP interface in OpenAI's form, and the tools of the Model Context Protocol.

Both put their questions into the same queue as the page does, and speak in the forms of `rag.forms`.
"""
