# Guanlan 观澜. Two commands matter: `make run` and `make test`.
#
# PYTHON names the interpreter that makes .venv (3.11 or later); by default the first one found.
# Package sources are the ones your pip and uv are set up for; no index is named in this repository.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

VENV := .venv
BIN := $(VENV)/bin
export UV_PYTHON_DOWNLOADS := never
export UV_PYTHON := $(CURDIR)/$(VENV)/bin/python
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
UV_INSTALL := $(BIN)/uv pip install --compile-bytecode --require-hashes --no-deps
TEST_WORKERS ?= 2

.PHONY: help run test check form types imports unit dev lock vendor bundle screenshots clean

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 14

$(BIN)/uv: requirements/bootstrap.txt
	@scripts/make_venv.sh $(VENV)

# The stamp is the last thing written: an install that was cut off starts again where it stopped.
$(VENV)/.complete: $(BIN)/uv requirements/runtime.txt pyproject.toml
	@echo "Installing the packages of requirements/runtime.txt (the first time about a minute)"
	@$(UV_INSTALL) -r requirements/runtime.txt
	@$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.complete requirements/dev.txt
	@echo "Installing the packages of requirements/dev.txt"
	@$(UV_INSTALL) -r requirements/dev.txt
	@touch $@

.venv: $(VENV)/.complete
.PHONY: .venv

dev: $(VENV)/.dev  ## install what the tests need as well

run: $(VENV)/.complete  ## install, then serve the demo province on http://127.0.0.1:8000
	@exec $(BIN)/soc up --demo

test: check unit  ## form, types, imports and every test

check: form types imports  ## form, types and imports only

form: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.dev
	@$(BIN)/mypy

imports: $(VENV)/.dev
	@$(BIN)/lint-imports --no-logo

unit: $(VENV)/.dev
	@$(BIN)/pytest -n $(TEST_WORKERS) --dist loadgroup $(PYTEST_FLAGS)

lock: $(BIN)/uv  ## resolve pyproject.toml into requirements/ again (UPGRADE=1 takes newer versions)
	@scripts/lock.sh

vendor:  ## fetch the front-end files named in soc/static/VENDOR.toml from npm
	@python3 scripts/vendor.py $(if $(UPDATE),--update)

bundle: $(VENV)/.complete  ## build the offline installer in dist/ (BUNDLE_PLATFORM=linux-aarch64 for 64-bit ARM)
	@$(BIN)/python scripts/bundle.py $(if $(BUNDLE_PLATFORM),--platform $(BUNDLE_PLATFORM))

screenshots: $(VENV)/.dev  ## take the pictures in docs/screenshots anew
	@eval "$$(scripts/services/chromium.sh start)"; SOC_TEST_SCREENSHOTS=$(CURDIR)/docs/screenshots $(BIN)/pytest -m browser tests/e2e

clean:  ## remove what make made; an installation's SOC_HOME is left alone
	@rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
