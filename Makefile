# Two commands do it all: `make demo` and `make test`. Both set up first, and may be run again at any time.
SHELL := /bin/bash
.DELETE_ON_ERROR:
.PHONY: demo test setup browser bench bench-sweden conformance conformance-editor conformance-graph schemas record-seed lock clean

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

demo: setup
	@$(BIN)/python -m tests.acceptance.demo

test: setup browser
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest -q -n auto

setup: $(STAMP)

$(STAMP): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or later is needed; this is " + sys.version.split()[0] + ". Name another one with: make PYTHON=python3.12 $(MAKECMDGOALS)")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@# Where the environment forbids Python to write bytecode, every start would compile everything again.
	$(BIN)/python -m compileall -q reconciler
	@touch $(STAMP)

# A browser and an accessibility checker for the web site's tests. Where they can't be had, these tests say that they were
# skipped, and why; nothing else depends on them.
AXE := build/axe/node_modules/axe-core/axe.min.js

browser:
	@if ! command -v chromedriver >/dev/null && command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium chromium-driver >/dev/null \
			|| echo "Chromium could not be installed; the tests in a browser are skipped."; \
	fi
	@if [ ! -e $(AXE) ] && command -v npm >/dev/null; then \
		mkdir -p build/axe && cp tests/browser/axe/package*.json build/axe/ \
			&& npm ci --prefix build/axe --ignore-scripts --no-audit --no-fund --silent \
			|| echo "axe-core could not be installed; the tests of accessibility are skipped."; \
	fi

# What editors read, from the schemas and the settings table inside the package.
schemas: setup
	$(BIN)/python -m reconciler.schema.generate

# The sample's tenant as it is once everything is in order; `make demo` starts from it, with some things gone astray.
record-seed: setup
	$(BIN)/python -m tests.acceptance.record_seed

# Checks against software that is not ours and too large, or of another world, for `make test`.
conformance: conformance-editor conformance-graph

# The language server behind YAML in editors; needs npm.
conformance-editor: setup
	npm install --no-audit --no-fund --silent --prefix build/node yaml-language-server@1.25.0
	$(BIN)/pytest -q -n0 tests/conformance/editor

# Microsoft's own models read what our tests send to Graph, and its own client does our adapter's job on the sandbox.
CONFORMANCE := build/conformance-venv
RECORDING := build/graph-requests.jsonl

conformance-graph: setup $(CONFORMANCE)/.installed
	@rm -f $(RECORDING)
	RECORD_GRAPH_REQUESTS=$(RECORDING) $(BIN)/pytest -q -n auto tests/contract -k intune
	GRAPH_REQUESTS=$(RECORDING) $(CONFORMANCE)/bin/python -m pytest -q -n0 tests/conformance/graph_client

$(CONFORMANCE)/.installed: requirements-conformance.lock
	$(PYTHON) -m venv $(CONFORMANCE)
	@# Without bytecode half the disk and half the time: of 46,000 modules the tests import a few hundred.
	$(CONFORMANCE)/bin/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements-conformance.lock
	@touch $(CONFORMANCE)/.installed

# Ratios against peers and lower bounds; the peers live in an environment of their own.
BENCH := build/bench-venv

bench: setup $(BENCH)/.installed
	@$(BIN)/python -m tests.benchmarks.run

bench-sweden: setup
	@$(BIN)/python -m tests.benchmarks.scaling

$(BENCH)/.installed: requirements-bench.lock
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	@touch $(BENCH)/.installed

# The locks carry hashes and no address of an index, so that they work wherever pip gets its packages from.
lock:
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 pyproject.toml --extra sandbox --extra site --group test -o requirements-dev.lock
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 pyproject.toml --extra site -c requirements-dev.lock -o requirements-site.lock
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 --group bench -o requirements-bench.lock
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 pyproject.toml --extra sandbox --group test --group conformance -c requirements-dev.lock -o requirements-conformance.lock

clean:
	rm -rf .venv build
