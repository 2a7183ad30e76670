# Everything a developer does here. `make demo` and `make test` work on a machine with Python 3.11 and make.

PYTHON ?= python3.11
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
OUT    := build

PYTEST := $(BIN)/pytest
# Three workers keep two cores busy, since tests wait for servers now and then; `make test WORKERS=8` uses a bigger machine.
WORKERS ?= 3
# Files stay whole and go out in the order of tests/conftest.py: the long ones first, so that no worker ends alone.
PARALLEL := -n $(WORKERS) --dist loadfile --no-loadscope-reorder
# A test that hangs shows where and ends its worker after five minutes.
NO_HANGING := -o faulthandler_timeout=300 -o faulthandler_exit_on_timeout=true
TESTS := $(PYTEST) $(PARALLEL) $(NO_HANGING) --ignore=tests/benchmarks

.DEFAULT_GOAL := help
.PHONY: help install demo playground check lint format test bench eval eval-retrieval render lock clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

install: $(STAMP) ## build .venv with the `coach` command; does nothing while lock and pyproject are unchanged

$(STAMP): requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -qq --no-compile --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: install ## the main job on sample data: no key, no account, no network
	$(BIN)/coach demo

playground: install ## the whole product in your browser, over a local Slack (needs Node)
	$(BIN)/coach playground

check: lint ## linters, types, arrows and the fast tests
	$(TESTS) -m "not slow"

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install ## put every file into the house's shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

test: lint ## linters, types, arrows and all tests, in one go
	$(TESTS)

bench: install ## how long things take, printed (one worker, so that nothing disturbs the clock)
	$(PYTEST) tests/benchmarks -s

eval: install ## answer and score this repository's own scenarios
	COACH_HOME=$(OUT)/eval $(BIN)/coach handbook index
	COACH_HOME=$(OUT)/eval $(BIN)/coach eval tests/scenarios/all.jsonl --out $(OUT)/eval/replies.jsonl

eval-retrieval: install ## what handbook search finds and refuses, printed
	$(BIN)/python -m tests.retrieval.evaluate

render: install ## pictures of what Slack would show, in build/render (needs Node and Chromium)
	@if ! command -v node >/dev/null; then echo "Node is not installed; no pictures were made."; exit 0; fi; set -ex; \
	test -d tools/render/node_modules || npm --prefix tools/render ci --no-audit --no-fund; \
	$(BIN)/python tools/render/payloads.py $(OUT)/render; \
	node tools/render/render.mjs $(OUT)/render/*.json

lock: install ## resolve pyproject.toml into requirements.lock; UPGRADE=--upgrade takes the newest of everything
	$(BIN)/pip-compile --quiet --extra dev --extra postgres --extra google --extra hubspot --extra salesforce $(UPGRADE) --allow-unsafe --strip-extras --annotation-style=line \
		--no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
		--output-file=requirements.lock pyproject.toml

clean: ## remove everything that can be rebuilt; leaves .coach alone
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
