# Futures Lab: `make run` opens it, `make test` tests it; each sets up all that it needs.

BIN := .venv/bin
ARGS ?=
# Where it runs: the types are right on each of them, whichever we are on.
SYSTEMS := linux win32 darwin

.DEFAULT_GOAL := help
.PHONY: help run test coverage check format bench screenshots venv clean
.PHONY: installer try-linux installer-windows try-windows installer-macos

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-18s %s\n", $$1, $$2 }' Makefile

run: .venv/.app ## open the window (ARGS="run pi-scaling" for the command line)
	$(BIN)/python main.py $(ARGS)

test: .venv/.dev ## run the tests (ARGS="-k bridge" for some of them)
	$(BIN)/python -m pytest $(ARGS)

coverage: .venv/.dev ## run the tests and tell which lines they leave out
	$(BIN)/python -m pytest --cov=core --cov=gui $(ARGS)

check: .venv/.dev ## lint, format, types and import contracts
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	for system in $(SYSTEMS); do $(BIN)/mypy --platform $$system --cache-dir .mypy_cache/$$system || exit; done
	$(BIN)/lint-imports

format: .venv/.dev ## format the code and mend what can be mended
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

bench: .venv/.bench ## measure, beside the peers' real packages
	$(BIN)/python -m benchmarks $(ARGS)

screenshots: .venv/.dev ## take the pictures of docs/screenshots in a real window under Xvfb
	$(BIN)/python -m tests.screenshots $(ARGS)

try-linux: ## try what `make installer` built in a minimal Debian (as root; see docs/release.md)
	build/venv/bin/python packaging/check.py

installer: build/venv/.package ## build the .deb and the .run into dist/
	build/venv/bin/python packaging/build.py

installer-windows: build/venv-windows/.windows ## build the Setup for Windows into dist/, on Debian
	build/venv-windows/bin/python packaging/windows_setup.py

try-windows: .venv/.dev ## install, use and uninstall the Setup for Windows under wine
	$(BIN)/python -m tests.packaging.wine

installer-macos: build/venv-macos/.macos ## build the disk image for macOS into dist/, on a Mac
	build/venv-macos/bin/python packaging/macos.py

venv: .venv/.dev ## only make the environment

clean: ## remove the environment and all caches
	rm -rf .venv .coverage .coverage.* htmlcov build dist
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# One mark for each set of packages; made again when what it was made from has changed.
.venv/.%: pyproject.toml constraints.txt .ci/setup
	@.ci/setup $*
	@touch $@

# An environment of its own: PyInstaller would take along what else it finds.
build/venv/.package: pyproject.toml constraints.txt .ci/setup
	@VENV=build/venv .ci/setup package
	@touch $@

build/venv-windows/.windows build/venv-macos/.macos: pyproject.toml constraints.txt .ci/setup
	@VENV=$(@D) .ci/setup $(subst .,,$(@F))
	@touch $@
