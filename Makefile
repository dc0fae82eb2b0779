# `make run` and `make test` set up all they need on a machine with Python 3.11+ and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

FUZZ_SECONDS ?= 600

.PHONY: run test check bench chaos fuzz setup clean

run: $(VENV)/.runtime
	@$(BIN)/flask --app wsgi welcome $(if $(filter-out 0,$(ONCE)),--once)

setup: $(VENV)/.dev tests/js/node_modules/.installed

test: setup
	$(BIN)/python -m pytest

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit -q -c pyproject.toml -r app config.py gunicorn.conf.py wsgi.py

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks.cleaning
	$(BIN)/python -m benchmarks.looking
	$(BIN)/python -m benchmarks.large_file

# Kills, stops and restarts a server under load: SECONDS for each runtime, SEED to repeat a run.
chaos: setup
	$(BIN)/python -m tests.chaos $(if $(SECONDS),--seconds $(SECONDS)) $(if $(SEED),--seed $(SEED))

# Reads files that nobody would think of: FUZZ_SECONDS in all, SEED to repeat a run.
fuzz: $(VENV)/.dev
	$(BIN)/python -m tests.fuzz --seconds $(FUZZ_SECONDS) $(if $(SEED),--seed $(SEED))

clean:
	rm -rf $(VENV) tests/js/node_modules .pytest_cache .mypy_cache .ruff_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
		"NeatData needs Python 3.11 or newer; name one with make PYTHON=python3.12")'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/.runtime: requirements.txt | $(VENV)/bin/python
	@echo "Installing what NeatData needs into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements.txt requirements-dev.txt | $(VENV)/bin/python
	@echo "Installing what the tests and checks need into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/.runtime

# Without npm the JavaScript tests say so: a skip on a desk, a failure where CI is set.
tests/js/node_modules/.installed: tests/js/package.json tests/js/package-lock.json
	@if command -v npm > /dev/null; then \
		cd tests/js && npm ci --silent --no-audit --no-fund && touch node_modules/.installed; \
	else \
		echo "npm is not installed: the JavaScript tests cannot run"; \
	fi
