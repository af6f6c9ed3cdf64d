# The two commands are `make demo` and `make test`; each installs what is missing first.

VENV    := .venv
BIN     := $(VENV)/bin
PYTHON  ?= python3
SERVER  := prosody lua5.4
LUA     := lua-busted lua-check
MEDIA   := ffmpeg
# Real peers of the store and the channels.
PEERS   := postgresql prometheus prometheus-alertmanager openssl
# Looks at the wall, as people do.
BROWSER := chromium

.PHONY: install dev demo test unit integration lint lint-lua bench prosody13 lock clean

install: $(VENV)/.runtime

dev: $(VENV)/.dev

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || tools/need python3
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || tools/need python3-venv
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements/runtime.lock requirements/build.lock pyproject.toml | $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@touch $@

demo: install
	@tools/need $(SERVER) $(MEDIA)
	@$(BIN)/jitsi-supervisor demo

prosody13: install
	@tools/prosody13

test: dev
	@tools/need $(SERVER) $(LUA) $(MEDIA) $(PEERS) $(BROWSER)
	@tools/prosody13
	cd deploy/prosody && busted
	$(BIN)/pytest -n 4 --dist worksteal

unit: dev
	@tools/need postgresql
	$(BIN)/pytest -n 2 tests/unit tests/contract

integration: dev
	@tools/need $(SERVER) $(MEDIA) $(PEERS)
	$(BIN)/pytest -n 4 --dist worksteal tests/integration

lint: dev lint-lua
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

lint-lua:
	@tools/need $(LUA)
	cd deploy/prosody && luacheck .

bench: dev
	@tools/need $(SERVER) $(MEDIA) valgrind
	$(BIN)/python -m bench

# Versions and hashes only: no address of a registry is written.
lock:
	uv pip compile -q --no-emit-index-url --generate-hashes --universal --python-version 3.11 --no-header --upgrade --extra dev pyproject.toml -o requirements/dev.lock
	uv pip compile -q --no-emit-index-url --generate-hashes --universal --python-version 3.11 --no-header -c requirements/dev.lock pyproject.toml -o requirements/runtime.lock
	echo 'setuptools>=77' | uv pip compile -q --no-emit-index-url --generate-hashes --universal --python-version 3.11 --no-header -c requirements/dev.lock - -o requirements/build.lock

clean:
	rm -rf $(VENV) .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info
