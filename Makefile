# Two commands for people: `make demo` and `make test`. The rest are their parts.
SHELL := /bin/bash
.DELETE_ON_ERROR:
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
MINUTES ?= 4
REPO ?=
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo test lint unit lsp model editors client lock vsix clean bench-hover bench-index

help: ## Show the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# ---- set-up: what is installed is exactly what the lock files say

$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is needed (Debian, Ubuntu: apt-get install python3.11 python3.11-venv)."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python's venv module is needed (Debian, Ubuntu: apt-get install python3.11-venv)."; exit 1; }

$(VENV)/.runtime: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing Sleeptime into $(VENV) …"
	@$(BIN)/python -m pip install --quiet -r requirements.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@echo "Installing what the tests need into $(VENV) …"
	@$(BIN)/python -m pip install --quiet -r requirements-dev.lock
	@touch $@

lock: ## Compute the lock files again from pyproject.toml
	$(BIN)/python -m pip install --quiet pip-tools
	echo "torch==2.13.0" > $(VENV)/pins.txt
	$(BIN)/pip-compile --quiet --upgrade --no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	  --strip-extras --allow-unsafe --annotation-style line -c $(VENV)/pins.txt --extra build -o requirements.lock pyproject.toml
	$(BIN)/pip-compile --quiet --upgrade --no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	  --strip-extras --allow-unsafe --annotation-style line -c requirements.lock --extra build --extra dev -o requirements-dev.lock pyproject.toml
	sed -i -E 's/^(torch==[0-9.]+)\+cpu/\1/; s/[[:space:]]+# via.*//' requirements.lock requirements-dev.lock

# ---- for people

demo: $(VENV)/.runtime ## Watch Sleeptime work on flask (REPO=path for another repository, MINUTES=4 of sleep)
	@$(BIN)/sleeptime demo $(if $(REPO),"$(REPO)") --minutes $(MINUTES)

test: lint unit lsp model client editors ## Every check there is

# ---- the parts of `make test`

lint: $(VENV)/.dev
	$(BIN)/ruff check server tests
	$(BIN)/ruff format --check server tests
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

unit: $(VENV)/.dev
	$(BIN)/pytest tests -n 2 --dist loadscope --ignore=tests/lsp --ignore=tests/model --ignore=tests/editors --ignore=tests/bench

lsp: $(VENV)/.dev
	$(BIN)/pytest tests/lsp

model: $(VENV)/.dev
	$(BIN)/pytest tests/model
