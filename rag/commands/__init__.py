"""The commands, one function each; `rag.cli` gives them their names and turns their faults into exit codes."""
