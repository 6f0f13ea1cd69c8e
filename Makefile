# Two commands matter: `make lab` (install, build, open) and `make test` (everything CI runs).
SHELL := /bin/sh
VENV := .venv
DEV := .venv-dev
BIN := $(DEV)/bin
# A test that hangs is ended and says where it was; no test of these waits for so long.
SHORT := --timeout 120

.PHONY: lab test host venv dev lint spelling types layers unit ui libvirt e2e bare bench chaos long fast lock schemas messages pictures clean

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
	@sh setup/host.sh debian-dev-packages.txt
	@sh setup/python.sh $(DEV) requirements-dev.lock

lint: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pcapra-lab lint
	$(BIN)/python -m proofreading

spelling: dev
	$(BIN)/python -m proofreading

types: dev
	$(BIN)/mypy

layers: dev
	$(BIN)/lint-imports

unit: dev
	$(BIN)/pytest tests/unit $(SHORT)

ui: dev
	$(BIN)/pytest tests/ui $(SHORT)

libvirt: dev
	$(BIN)/pytest tests/libvirt $(SHORT)

long: dev
	$(BIN)/pytest tests/e2e -m long -v -s --timeout 10800

chaos: dev
	PCAPRA_CHAOS=$${PCAPRA_CHAOS:-30} $(BIN)/pytest tests/e2e/test_chaos.py -m e2e -v -s --timeout 5400

bench: dev
	$(BIN)/python -m bench.terminal --write
	$(BIN)/python -m bench.grading --write
	$(BIN)/python -m bench --write

bare: dev
	$(BIN)/pytest tests/e2e -m bare -v -s --timeout 4800

e2e: dev
	$(BIN)/pytest tests/e2e -m e2e -v --durations=0 --timeout 2700

lock: dev
	sh setup/lock.sh

schemas: dev
	$(BIN)/python -m pcapra_lab.content.schema

pictures: dev
	$(BIN)/python -m pictures

messages: dev
	$(BIN)/python -m translation

clean:
	rm -rf $(VENV) $(DEV) .bootstrap dist .mypy_cache .ruff_cache .pytest_cache
