# Every target sets up what it needs: a locked environment in .venv, made by uv (installed when it is missing).
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
# Python 3.13 is what Lambda runs. A pyenv installation counts; otherwise uv finds or downloads one.
PYTHON := $(or $(shell python3.13 -c 'import sys; print(sys.executable)' 2>/dev/null),$(lastword $(wildcard $(or $(PYENV_ROOT),$(HOME)/.pyenv)/versions/3.13*/bin/python3.13)),3.13)
export PATH := $(CURDIR)/$(BIN):$(PATH)
export SAM_CLI_TELEMETRY := 0
# Trust what this machine trusts: a company's own certificate authority, for instance.
export UV_SYSTEM_CERTS ?= 1
# The tests start hundreds of processes: each would compile all that it imports, where nothing compiled may be kept.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/installed: requirements.lock pyproject.toml
	@echo "Setting up .venv (first time, or the lock file changed) ..."
	@if ! command -v uv >/dev/null; then python3 -m venv .venv-uv && .venv-uv/bin/pip install --quiet --disable-pip-version-check uv; fi
	@uv="$$(command -v uv || echo .venv-uv/bin/uv)"; \
	  "$$uv" venv --quiet --allow-existing --python "$(PYTHON)" .venv && \
	  "$$uv" pip sync --quiet --require-hashes --python $(BIN)/python requirements.lock && \
	  "$$uv" pip install --quiet --no-deps --no-build-isolation --python $(BIN)/python --editable .
	@touch $@

# What the contract tests run besides the current SDKs: those of the major before, and frameworks built on SDKs.
.venv-%/installed: requirements-%.lock | .venv/installed
	@echo "Setting up .venv-$* ..."
	@uv="$$(command -v uv || echo .venv-uv/bin/uv)"; \
	  "$$uv" venv --quiet --allow-existing --python "$(PYTHON)" .venv-$* && \
	  "$$uv" pip sync --quiet --require-hashes --python .venv-$*/bin/python requirements-$*.lock
	@touch $@

.PHONY: setup
setup: .venv/installed .venv-previous/installed .venv-frameworks/installed ## Create the locked environments

.PHONY: run
run: .venv/installed ## Serve on http://127.0.0.1:8787; pass arguments as ARGS="--port 9000 --data DIR"
	@exec $(BIN)/sallyport up $(ARGS)

.PHONY: test
test: setup ## Run every test; narrow down with ARGS="-k cache"
ifdef ARGS
	@$(BIN)/pytest $(ARGS)
else
	@$(MAKE) --jobs=2 --keep-going --output-sync=target test-served test-others
endif

# At the same time: one mostly waits for the processes that it starts, the other mostly computes.
.PHONY: test-served test-others
test-served test-others: setup
test-served:
	@$(BIN)/pytest tests/e2e
test-others:
	@$(BIN)/pytest --ignore=tests/e2e

.PHONY: compatibility
compatibility: setup ## Run the matrix of dialects and providers, and write docs/compatibility.md from what passed
	@SALLYPORT_WRITE_COMPATIBILITY=1 $(BIN)/pytest tests/contract/matrix

.PHONY: format
format: setup ## Format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

.PHONY: lint
lint: setup ## Check format, lint and types
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy

.PHONY: templates
templates: setup ## Validate every template with sam and cfn-lint
	@$(BIN)/sam validate --lint --region eu-west-1
	@$(BIN)/cfn-lint

.PHONY: build
build: setup ## Build the deployment with sam, for the architecture that will run it (arm64)
	@$(BIN)/sam build --cached --parallel

.PHONY: inspect
inspect: lint templates build ## Every check that is not a test

.PHONY: check
check: inspect test ## Everything CI runs

.PHONY: lock
lock: ## Pin every requirements*.lock anew from pyproject.toml
	@compile="uv pip compile --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --upgrade \
	  --quiet --python $(PYTHON)"; \
	  $$compile pyproject.toml --group dev --output-file requirements.lock; \
	  for group in previous frameworks; do \
	    $$compile --group pyproject.toml:$$group --output-file requirements-$$group.lock; \
	  done

.PHONY: clean
clean: ## Remove what was built; keys and data in .sallyport stay
	@rm -rf .venv .venv-* .aws-sam .pytest_cache .mypy_cache .ruff_cache
