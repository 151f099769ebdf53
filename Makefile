# Everything here sets itself up, under .cache/, and needs GNU make, git and Python 3.11 or newer.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
CORE ?=
SANITY_CORES ?=
MATRIX_CORES ?=
PYTEST_ARGS ?=
BENCH ?=
SANDBOX ?= started
SCENARIO ?=
# One more than there are processors: many tests wait for something.
PYTEST_WORKERS ?= $(shell echo $$(($$(nproc 2>/dev/null || echo 2) + 1)))
# make test collects coverage where this is set, as it is in CI; make coverage-report reads it.
COVERAGE ?= $(filter 1 true yes,$(CI))

# Nothing here may ever reach the real service, or depend on somebody's own Ansible settings: what is in the environment
# stays outside. CRDB_SPEC_DIR and CRDB_SEED_DIR only name the directories of the API descriptions that the contract tests read.
$(foreach name,$(filter-out CRDB_SPEC_DIR CRDB_SEED_DIR,$(filter COCKROACH_% CRDB_% ANSIBLE_% MOLECULE_%,$(.VARIABLES))),$(eval unexport $(name)))
unexport PYTHONPATH PYTHONHOME

export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/.cache/collections
export ANSIBLE_HOME := $(CURDIR)/.cache/ansible

LINK := .cache/collections/ansible_collections/crdb/cloud

# $(call in_venv,arguments of tools/envs.py,command): set the environment up if need be and run the command in it
in_venv = bin=$$('$(PYTHON)' tools/envs.py $(1)); PATH="$$bin:$$PATH"; export PATH; $(2)
test_venv = test --core '$(CORE)' -r tests/requirements-test.txt
# worksteal: a worker that has nothing left to do takes tests from one that has.
pytest_options = --numprocesses $(PYTEST_WORKERS) --maxprocesses 8 --dist worksteal $(PYTEST_ARGS)
pytest = $(call in_venv,$(test_venv),python -m pytest $(pytest_options) $(1))
tests = $(wildcard tests/unit tests/integration tests/contract)
measuring = export COVERAGE_FILE='$(CURDIR)/.cache/coverage/data'; \
	export COVERAGE_CORE=$$(python -c 'import sys; print("sysmon" if sys.hexversion >= 0x30c0000 else "ctrace")');
lint_venv = lint --core '' -r tests/requirements-lint.txt

.PHONY: help
help: ## Show this list
	@printf 'Targets:\n'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' Makefile | while IFS='|' read -r name text; do printf '%-14s %s\n' "$$name" "$$text"; done
	@printf '\nVariables: PYTHON=%s  CORE=2.19.*  SANITY_CORES="2.16.19 2.21.*"  MATRIX_CORES="2.16.19"  PYTEST_ARGS="-k sql_user"\n' '$(PYTHON)'

.PHONY: python
python:
	@command -v '$(PYTHON)' >/dev/null || { echo 'make: $(PYTHON) was not found; install Python 3.11 or newer, or name it with make PYTHON=/path/to/python3.' >&2; exit 1; }

# Ansible finds a collection by the path .../ansible_collections/crdb/cloud, so the checkout gets a second name.
.PHONY: link
link: python
	@mkdir -p $(dir $(LINK)) $(ANSIBLE_HOME)
	@ln -sfn ../../../.. $(LINK)

.PHONY: demo
demo: link ## Show the collection at work against a local emulator: no account, no bill
	@$(call in_venv,demo --core '' -r meta/ee-requirements.txt,python tools/demo.py)

.PHONY: sandbox
sandbox: link ## Start a sandbox that stays, or stop it with SANDBOX=stopped
	@$(call in_venv,demo --core '' -r meta/ee-requirements.txt,ansible-playbook crdb.cloud.sandbox -e sandbox_state=$(SANDBOX))

.PHONY: test
test: link ## Run every test: unit, integration and contract
	@$(if $(COVERAGE),rm -rf .cache/coverage; mkdir -p .cache/coverage)
	@$(if $(COVERAGE),$(call in_venv,$(test_venv),$(measuring) python -m coverage run -m pytest $(pytest_options) $(tests)),$(call pytest,$(tests)))

.PHONY: unit
unit: link ## Run the unit tests: fast, no network, no emulator
	@$(call pytest,tests/unit)

.PHONY: integration
integration: link ## Run real playbooks against the emulator
	@$(call pytest,tests/integration)

.PHONY: contract
contract: link ## Hold our requests and the emulator's answers against the official API descriptions
	@$(call pytest,tests/contract)

.PHONY: surface
surface: python ## Write the facts that the emulator answers by anew, from the official API descriptions
	@$(call in_venv,$(test_venv),python tools/surface.py)

.PHONY: matrix
matrix: link ## Run the integration tests on the oldest, a middle and the newest ansible-core
	@'$(PYTHON)' tools/matrix.py '$(MATRIX_CORES)' $(pytest_options) tests/integration

.PHONY: cores
cores: link ## Run on the other ansible-cores what depends on them: the tests marked smoke and every_core
	@'$(PYTHON)' tools/matrix.py '$(or $(MATRIX_CORES),2.16.19 2.21.*)' $(pytest_options) -m 'smoke or every_core' tests/integration
	@'$(PYTHON)' tools/matrix.py '2.17.* 2.18.* 2.19.*' $(pytest_options) -m every_core tests/integration

.PHONY: molecule
molecule: link ## Run each role as a user does, with molecule, or one with SCENARIO=health
	@$(call in_venv,molecule --core '$(CORE)' -r tests/requirements-molecule.txt,python tools/molecule.py $(SCENARIO))

.PHONY: units
units: link ## Run the unit tests of what runs in ansible-core on 2.16, 2.19, 2.20 and 2.21
	@'$(PYTHON)' tools/matrix.py '$(or $(MATRIX_CORES),2.16.19 2.19.* 2.20.* 2.21.*)' $(pytest_options) tests/unit/plugins

.PHONY: coverage
coverage: ## Run every test, and say how much of plugins/ they ran: 90 % or more
	@$(MAKE) test COVERAGE=yes
	@$(MAKE) coverage-report

# Newer versions of coverage have combined the data already; what is missing then is seen in the report.
.PHONY: coverage-report
coverage-report: python ## Say how much of plugins/ the last make test ran, where it collected coverage
	@$(call in_venv,$(test_venv),$(measuring) python -m coverage combine -q || :; python -m coverage report)

.PHONY: bench
bench: link ## Measure loops, fleets and inventories against the emulator, into .cache/bench.json; BENCH="loop inventory" chooses
	@$(call in_venv,test --core '$(CORE)' -r tests/requirements-test.txt,\
		PYTHONPATH=tests:tests/integration python -m bench $(BENCH))

.PHONY: check
check: lint unit ## Run the quick checks before a commit: lint and unit

.PHONY: lint
lint: link ## Run ruff, mypy, yamllint, ansible-lint and antsibull-changelog
	@$(call in_venv,$(lint_venv),tools/lint.sh)

.PHONY: format
format: link ## Let ruff sort the imports and lay out the Python code
	@$(call in_venv,$(lint_venv),ruff check --quiet --select I --fix .; ruff format .)

.PHONY: modules
modules: link ## Write what follows from the declarations of nouns: documentation, action plugins, lists; CHECK=1 compares
	@$(call in_venv,$(lint_venv),PYTHONPATH=.cache/collections python tools/modules.py $(if $(CHECK),--check))

.PHONY: sanity
sanity: python ## Run ansible-test sanity on a copy of the checkout
	@'$(PYTHON)' tools/sanity.py '$(SANITY_CORES)'

.PHONY: docs
docs: link ## Check the documentation and build its site into .cache/docs/html
	@$(call in_venv,docs --core '' -r docs/requirements.txt,python tools/docs.py)

.PHONY: ee
ee: link ## Check what the collection asks of an execution environment, and make the build context of the example
	@$(call in_venv,ee -r tests/requirements-ee.txt,python tools/ee.py)

.PHONY: changelog
changelog: link ## Write the changelog of the version in galaxy.yml anew, from its fragments and plugins
	@$(call in_venv,$(lint_venv),antsibull-changelog release --update-existing --reload-plugins --refresh-plugins)

.PHONY: build
build: link ## Build the tarball of the collection into dist/
	@$(call in_venv,demo --core '' -r meta/ee-requirements.txt,ansible-galaxy collection build --force --output-path dist)

.PHONY: importer
importer: link ## Check the tarball as Galaxy does on upload: a warning of galaxy-importer is a failure
	@$(call in_venv,importer --core '' -r tests/requirements-importer.txt,python tools/importer.py)

.PHONY: release-check
release-check: link ## Check that version, changelog, tag and tarball agree, and that the tarball works on its own
	@$(call in_venv,demo --core '' -r meta/ee-requirements.txt,python tools/release_check.py)

.PHONY: clean
clean: ## Delete everything these targets have made
	rm -rf .cache .ansible dist
	find plugins roles tests tools -name __pycache__ -prune -exec rm -rf {} +
