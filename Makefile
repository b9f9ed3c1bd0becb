# Two commands do it all: `make demo` and `make test`. Both set up first, and may be run again at any time.
SHELL := /bin/bash
.DELETE_ON_ERROR:
.PHONY: demo test test-flow setup runtime package workflows browser bench bench-sweden conformance conformance-editor conformance-forge conformance-graph contract-zentral schemas templates record-seed lock clean

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
	@$(MAKE) --no-print-directory workflows
	$(BIN)/pytest -q -n auto $(ALONG_THE_FLOW:%=--ignore=%)

# The whole way of a pull request, as processes against a stand-in for GitHub that takes one write a second, as GitHub asks: these
# tests mostly wait, so there are more of them at a time than processors.
ALONG_THE_FLOW := tests/acceptance/test_ci_flow.py tests/acceptance/test_ci_guard.py tests/acceptance/test_ci_kill.py \
	tests/acceptance/test_ci_faults.py tests/acceptance/test_ci_checks.py \
	tests/acceptance/test_ci_attacks.py tests/workflows/test_rerun.py tests/workflows/test_paths.py tests/workflows/test_untrusted.py

test-flow: setup
	$(BIN)/pytest -q -n 6 $(ALONG_THE_FLOW)

# GitHub's own schema of workflow files, and what is unsafe in them; each exception stands in the file, with its reason.
WORKFLOWS := .github/workflows/*.yml
workflows: setup
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows $(WORKFLOWS)
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.dependabot .github/dependabot.yml
	$(BIN)/zizmor --quiet --offline --strict-collection --persona=pedantic --no-progress .github

setup: $(STAMP)

$(STAMP): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or later is needed; this is " + sys.version.split()[0] + ". Name another one with: make PYTHON=python3.12 $(MAKECMDGOALS)")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@# Where the environment forbids Python to write bytecode, every start would compile everything again.
	$(BIN)/python -m compileall -q reconciler
	@touch $(STAMP)

# What a job with credentials has and no more: the packages of requirements.lock by their hashes, no sandbox, no test tools, no cache.
# Isolated (-I): nothing that lies where it is started can be imported.
runtime: .runtime/.installed

.runtime/.installed: requirements.lock
	$(PYTHON) -m venv .runtime
	.runtime/bin/python -m pip install --quiet --disable-pip-version-check --no-cache-dir --require-hashes --only-binary :all: -r requirements.lock
	@echo '$(CURDIR)' > "$$(.runtime/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/reconciler.pth"
	@printf '#!%s -I\nfrom reconciler.cli.main import main\n\nmain()\n' '$(CURDIR)/.runtime/bin/python' > .runtime/bin/reconciler
	@chmod +x .runtime/bin/reconciler
	@touch $@

# The released package: a wheel in dist/, which is what jobs install. Only the build backend is there while it is made, by its hash: none
# of the tests' packages can put anything into it. In a job for a tag the two have to name the same version.
package: .build/.installed
	@rm -rf dist
	@.build/bin/python -c 'import os, sys, reconciler; tag = os.environ.get("GITHUB_REF_NAME", ""); sys.exit(0 if os.environ.get("GITHUB_REF_TYPE") != "tag" or tag == "v" + reconciler.__version__ else f"The tag is {tag} and the package {reconciler.__version__}.")'
	.build/bin/python -m flit_core.wheel --outdir dist
	@cd dist && sha256sum *.whl

.build/.installed: requirements-build.lock
	$(PYTHON) -m venv .build
	.build/bin/python -m pip install --quiet --disable-pip-version-check --no-cache-dir --require-hashes --only-binary :all: -r requirements-build.lock
	@touch $@

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

# What `reconciler init` gives a new repository of this one's: the rules with their cases, the editor's settings, the lock.
INIT := reconciler/templates/init
FLOW := validate plan apply converge drift doctor site
templates:
	cp policies/guardrails/*.yaml $(INIT)/policies/guardrails/
	cp policies/tests/*.yaml $(INIT)/policies/tests/
	cp .vscode/settings.json $(INIT)/dot-vscode/settings.json
	cp requirements.lock reconciler/templates/requirements.lock
	cp $(foreach name,$(FLOW),.github/workflows/$(name).yml) $(INIT)/dot-github/workflows/
	cp .github/dependabot.yml $(INIT)/dot-github/

# The sample's tenant as it is once everything is in order; `make demo` starts from it, with some things gone astray.
record-seed: setup
	$(BIN)/python -m tests.acceptance.record_seed

# Checks against software that is not ours and too large, or of another world, for `make test`.
conformance: conformance-editor conformance-forge conformance-graph

# The language server behind YAML in editors; needs npm.
conformance-editor: setup
	npm install --no-audit --no-fund --silent --prefix build/node yaml-language-server@1.25.0
	$(BIN)/pytest -q -n0 tests/conformance/editor

# The forge that tests stand on is cut out of GitHub's own description again, and has to come out the same; needs npm.
conformance-forge: setup
	npm install --no-audit --no-fund --silent --prefix build/node @octokit/openapi@23.0.2 @octokit/webhooks-examples@7.6.1
	$(BIN)/pytest -q -n0 tests/forge/test_description.py

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

# The contract's table on a Zentral server that somebody runs: with ZENTRAL_URL, ZENTRAL_TOKEN and ZENTRAL_BLUEPRINT set; without,
# it says that it was skipped. Everything that it makes has a name beginning with reconciler-contract-, and is taken away again.
contract-zentral: setup
	@$(BIN)/python -m tests.contract.on_zentral_server

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
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 --group build -c requirements-dev.lock -o requirements-build.lock
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 --group bench -o requirements-bench.lock
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 pyproject.toml --extra sandbox --group test --group conformance -c requirements-dev.lock -o requirements-conformance.lock

clean:
	rm -rf .venv .runtime .build build dist
