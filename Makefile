# Development commands; `make` alone lists them.
# PYTHON makes the environment (3.11 or newer), VENV is where it lies.
PYTHON ?= python3
VENV ?= .venv

# How long `make fuzz` runs.
FUZZ_SECONDS ?= 60

BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PIP_INSTALL := $(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt
PYTEST := $(BIN)/python -m pytest -n auto --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help build generate test test-slow test-all fuzz fuzz-record lint format clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile

build: $(STAMP) ## compile FishNet-99 to build/fishnet99.py, run that file, print its path and table
	@mkdir -p build
	$(BIN)/fishcompile build specs/fishnet99.yaml -o build/fishnet99.py
	$(BIN)/python -I build/fishnet99.py
	@echo build/fishnet99.py
	@$(BIN)/fishcompile show specs/fishnet99.yaml

generate: $(STAMP) ## write what the files of ops and blocks declare into the schema and docs
	$(BIN)/python docs/generate_schema.py
	$(BIN)/python docs/generate_language.py
	$(BIN)/python docs/generate_gradients.py
	$(BIN)/python docs/generate_pictures.py

test: $(STAMP) ## the tests, without those marked slow
	$(PYTEST) -m "not slow"

test-slow: $(STAMP) ## only the tests marked slow
	$(PYTEST) -m slow

test-all: $(STAMP) ## every test
	$(PYTEST)

fuzz: $(STAMP) ## fuzz the checker with atheris for FUZZ_SECONDS (60), from fuzz/corpus
	@$(BIN)/python -c 'import atheris' 2>/dev/null || $(BIN)/python -m pip install --disable-pip-version-check atheris
	@mkdir -p build/fuzz/found
	$(BIN)/python fuzz/atheris_target.py build/fuzz/found fuzz/corpus -max_total_time=$(FUZZ_SECONDS) \
	  -max_len=8192 -timeout=30 -rss_limit_mb=2048 -artifact_prefix=build/fuzz/

fuzz-record: $(STAMP) ## 20,000 fuzzed inputs from a fixed seed; the figures go to docs/reliability.md
	$(BIN)/python -m fuzz.record

lint: $(STAMP) ## ruff's rules, its formatting, and mypy --strict
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(STAMP) ## let ruff mend and format the code
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

clean: ## remove what was built and cached, not the environment
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +

# torch comes first and exactly: resolved any looser it can download gigabytes.
$(STAMP): pyproject.toml constraints.txt | $(BIN)/pip
	$(PIP_INSTALL) torch==2.13.0
	$(PIP_INSTALL) -e '.[dev]'
	@touch $@

# Asks first, so that no half-made environment is left behind.
$(BIN)/pip:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "$(PYTHON) is not here. Install Python 3.11 or newer, or name it: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "fishcompile needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) -V 2>&1)." >&2; \
	  echo "Name a newer one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) cannot make virtual environments: its ensurepip is missing." >&2; \
	  echo "On Debian and Ubuntu: sudo apt install python3-venv (or python3.X-venv, for a python3.X)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
