# Two commands matter: `make lab` (install, build, open) and `make test` (everything CI runs).
SHELL := /bin/sh
VENV := .venv
DEV := .venv-dev
BIN := $(DEV)/bin

.PHONY: lab test host venv dev lint types layers unit ui libvirt e2e bare bench chaos long fast lock schemas clean

lab: venv
	@$(VENV)/bin/pcapra-lab image build
	@if [ -t 0 ] && [ -t 1 ]; then exec $(VENV)/bin/pcapra-lab; \
	else exec $(VENV)/bin/pcapra-lab replay borgbackup --mutants 0 --keep; fi

test: fast e2e

fast: lint types layers unit ui libvirt

host:
	@sh setup/host.sh

venv: host
	@sh setup/python.sh $(VENV) requirements.lock

dev: host
	@sh setup/python.sh $(DEV) requirements-dev.lock

lint: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pcapra-lab lint

types: dev
	$(BIN)/mypy

layers: dev
	$(BIN)/lint-imports

unit: dev
	$(BIN)/pytest tests/unit

ui: dev
	$(BIN)/pytest tests/ui

libvirt: dev
	$(BIN)/pytest tests/libvirt

long: dev
	$(BIN)/pytest tests/e2e -m long -v -s

chaos: dev
	PCAPRA_CHAOS=$${PCAPRA_CHAOS:-30} $(BIN)/pytest tests/e2e/test_chaos.py -m e2e -v -s

bench: dev
	$(BIN)/python -m bench.terminal --write
	$(BIN)/python -m bench --write

bare: dev
	$(BIN)/pytest tests/e2e -m bare -v -s

e2e: dev
	$(BIN)/pytest tests/e2e -m e2e -v

lock: dev
	sh setup/lock.sh

schemas: dev
	$(BIN)/python -m pcapra_lab.content.schema

clean:
	rm -rf $(VENV) $(DEV) .bootstrap dist .mypy_cache .ruff_cache .pytest_cache
