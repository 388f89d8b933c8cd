# The few entry points, the same here and in CI. Everything they do is in scripts/ and works without make, too.

PYTHON ?= python3
BIN := .venv/bin
Q ?= Why did Russia close its mission to NATO in 2021?
PORT ?= 7860
# Reaches the shell as a variable and unexpanded, so that quotes and dollars in a question need no care.
export QUESTION = $(value Q)

# Open the page in a browser where there is a desktop to open it on.
OPEN := $(if $(or $(DISPLAY),$(WAYLAND_DISPLAY),$(filter Darwin,$(shell uname))),--open)

.DEFAULT_GOAL := help
.PHONY: help run ask test setup tools check slow lock readme clean

help:  ## show these lines
	@awk -F ':.*##' '/^[a-z]+:.*##/ { printf "make %-8s %s\n", $$1, $$2 }' Makefile

run: setup  ## set up what is missing and open the chat page on http://127.0.0.1:7860
	@$(BIN)/footnote serve --port $(PORT) $(OPEN)

ask: setup  ## answer one question in the terminal: make ask Q="..."
	@$(BIN)/footnote ask "$$QUESTION"

setup:  ## virtual environment, packages, models, sample dossier; seconds the second time
	@$(PYTHON) scripts/setup.py

tools:
	@$(PYTHON) scripts/setup.py --dev

test: tools  ## set up what is missing and run every check: style, types, quick suite, slow suite
	@$(MAKE) --no-print-directory check slow

check:  ## style, types and the quick suite alone: no model, no network
	@echo "==> Style"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@echo "==> Types"
	@$(BIN)/mypy
	@echo "==> Quick suite: no model, no network"
	@$(BIN)/python -m scripts.quick

slow:  ## the slow suite alone: real models, a real browser, a machine without a network
	@echo "==> Slow suite: real models, a real browser, no interface but loopback"
	@$(BIN)/pytest -m "slow or browser or network" --timeout 600

lock:  ## write constraints.txt anew from pyproject.toml
	@$(BIN)/python scripts/lock.py

readme:  ## write the help text of the commands into README.md
	@$(BIN)/python -m scripts.readme

clean:  ## remove what set-up made in this folder; models and your documents stay
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache dist
