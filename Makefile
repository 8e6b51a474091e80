# `make report` and `make test` set all up from nothing; each line below calls the tool that does the work.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The environment is made anew when what it is made from changes, told by content and not by time.
READY := $(VENV)/ready-$(shell cat requirements.lock pyproject.toml | cksum | tr ' ' '-')

# Installs a Debian package and says so; fails at once where it may not. `$(call apt,NAME,PACKAGES)`
apt = [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && echo "Installing $1 …" && \
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $2 >/dev/null

# Python may keep what it compiled: else each process of a build and of the tests compiles it again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: report test test-fast check lab app bench scale faults lighthouse clean lock setup browser driver help

report: setup browser driver ## Build build/report.html and all that goes with it
	$(BIN)/accords build

test: setup browser driver ## Run all tests
	$(BIN)/pytest -n auto --dist worksteal

test-fast: setup ## Run what is quick, and needs no browser
	$(BIN)/pytest -n auto --dist worksteal -m "not browser and not slow"

check: setup ## Check the data, the code's style and its types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/accords check
	$(BIN)/accords codebook --check

lab: setup ## Open the notebooks in JupyterLab
	$(BIN)/accords lab

app: setup ## Open the explorer as a page of its own
	$(BIN)/accords app

bench: report driver ## Measure loading, checking, building and charts that become live
	$(BIN)/python tests/bench/data.py
	$(BIN)/python tests/bench/build.py
	$(BIN)/python tests/bench/interrupt.py
	$(BIN)/python tests/bench/live.py

scale: setup driver ## Build and read a report of 13,000 agreements: memory and waiting
	$(BIN)/python tests/bench/scale.py

faults: setup ## Put 1,500 single faults into copies of the data, and count what the check says
	$(BIN)/python tests/bench/faults.py

lighthouse: report ## Ask Lighthouse (npm) what it says of the report
	$(BIN)/python tests/bench/lighthouse.py

lock: setup ## Pin the newest versions again
	printf 'hatchling\neditables\nuv\n' | $(BIN)/uv pip compile pyproject.toml - --all-extras --upgrade \
	  --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --quiet -o requirements.lock

help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' Makefile

clean: ## Take away what was built
	rm -rf .cache
	find build figures -mindepth 1 ! -name README.md -delete

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed.")'
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { $(call apt,Python's venv module,python3-venv); } || \
	  { echo "Install Python's venv module first (Debian: apt install python3-venv)." >&2; exit 1; }
	@echo "Setting up Python packages in $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@# uv installs ten times as fast as pip; where it has no build for the machine, pip does it all.
	@awk '/^uv==/ {p = 1} p {print} p && !/\\$$/ {exit}' requirements.lock > $(VENV)/uv.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r $(VENV)/uv.txt || true
	@if [ -x $(BIN)/uv ]; then \
	  $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock && \
	  $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .; \
	else \
	  awk '/^uv==/ {p = 1} !p {print} p && !/\\$$/ {p = 0}' requirements.lock > $(VENV)/all-but-uv.txt && \
	  $(BIN)/python -m pip install --quiet --require-hashes -r $(VENV)/all-but-uv.txt && \
	  $(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .; \
	fi
	@# What running a notebook gives stays in its file and out of the history: see .gitattributes.
	@git config filter.notebook.clean \
	  'if [ -x $(BIN)/python ]; then $(BIN)/python -m accords.publish.stored; else cat; fi' 2>/dev/null || true
	@rm -f $(VENV)/ready-*
	@touch $@

# Pictures, the PDF and the browser tests need a Chrome, Chromium or Edge. Where there is none, the
# report is still built, with charts that are interactive only, and the build says so.
browser: setup
	@$(BIN)/python -c 'import sys; from accords.publish import browser; sys.exit(browser.find() is None)' || \
	  { $(call apt,Chromium,chromium fonts-liberation); } || true

# What drives the browser in the tests brings a Node of its own, which needs one library more than
# the smallest Debian has.
driver: setup
	@$(BIN)/playwright --version >/dev/null 2>&1 || { $(call apt,libatomic1,libatomic1); } || \
	  echo "Playwright's Node does not start: see what '$(BIN)/playwright --version' says." >&2
