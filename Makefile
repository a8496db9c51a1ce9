# make run   opens the window on the spiral, already playing; with no screen it trains it in the terminal
# make test  checks style, types and layers, then runs the tests
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: run test packages-for-run packages-for-test
.NOTPARALLEL:

run: packages-for-run $(STAMP)
	@$(BIN)/gradboard gallery:spiral-mlp --play || { test $$? -eq 2 && $(BIN)/gradboard train gallery:spiral-mlp; }

test: export QT_QPA_PLATFORM := offscreen
test: export OMP_NUM_THREADS := 1
test: packages-for-test $(STAMP)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m pytest -n 2 --dist loadfile

packages-for-run packages-for-test:
	@PYTHON="$(PYTHON)" sh .ci/debian.sh $(@:packages-for-%=%)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Gradboard needs Python 3.11 or newer: make PYTHON=python3.11 ...'; exit 2; }
	test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[dev]"
	touch $@
