# make scorecard · make next-month · make test · make ui · make lint · make bench · make lock · make clean
PYTHON ?= python3
UV ?= uv
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
RUN_HOME ?= greencap_home
TEST_OPTIONS ?= -n 2

.DEFAULT_GOAL := scorecard
.PHONY: scorecard next-month test lint ui bench lock clean environment

scorecard: $(READY) ## run the main job on the committed samples and say where the scorecard is
	$(BIN)/greencap run --landing data/samples --home $(RUN_HOME)

next-month: $(READY) ## the samples' second night, a month later in the same home: why it moved, trend, movers
	@test -e $(RUN_HOME)/published/current || $(BIN)/greencap run --landing data/samples --home $(RUN_HOME)
	mkdir -p greencap_landing
	cp -R data/samples/. data/samples_next_month/. greencap_landing
	$(BIN)/greencap run --landing greencap_landing --home $(RUN_HOME)

test: $(READY) ## run the tests
	$(BIN)/python -m pytest $(TEST_OPTIONS)

lint: $(READY) ## style and types
	$(BIN)/ruff check pipelines tests bench
	$(BIN)/mypy

ui: $(READY) ## Dagster's pages: assets, checks, lineage, schedule
	mkdir -p .dagster
	@test -f .dagster/dagster.yaml || cp pipelines/defs/instance.yaml .dagster/dagster.yaml
	DAGSTER_HOME=$(abspath .dagster) $(BIN)/dagster dev -w workspace.yaml

bench: $(READY) ## speed and memory, as ratios
	$(BIN)/python -m bench.run
	$(BIN)/python -m bench.stack_year
	$(BIN)/python -m bench.ingest
	$(BIN)/python -m bench.fold_and_judge --parts scan fold query polars
	$(BIN)/python -m bench.fold_and_judge --readings 1e6 --parts scan pandas expectations
	$(BIN)/python -m bench.portfolio
	$(BIN)/python -m bench.matching

environment: $(READY) ## the virtual environment only

# Every pin comes with hashes; pip refuses anything else. Done again only when a pin changes.
$(READY): requirements.lock pyproject.toml
	@echo "Installing the pinned packages into $(VENV), once: some minutes without a word"
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q pipelines
	touch $@

lock: ## pin again after a change of pyproject.toml; wants uv (python3 -m pip install uv)
	$(UV) pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-header -o requirements.lock

clean: ## remove the environment and caches; runs stay
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
