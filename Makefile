# Needs make and a Python 3.12 or later, which it finds by itself. All else goes into .venv.
python := .venv/bin/python
LISTEN := 127.0.0.1

.DEFAULT_GOAL := help
# Some images forbid it. Then each worker of the tests, and each server that they start, compiles all that it imports.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help run test sqlite postgresql journeys audit lint fmt messages bench lock clean

help: ## list these verbs
	@echo "make …"
	@sed -n 's/^\([a-z]*\):.*## /  \1|/p' Makefile | awk -F'|' '{ printf "%-11s%s\n", $$1, $$2 }'

run: .venv/for-running ## start Pollstead on PORT (8000), with sample polls and a login at the first start
	@exec $(python) manage.py run --host $(LISTEN)

test: .venv/for-testing ## run all tests: on SQLite, on PostgreSQL, and in a browser where one is found
	@$(MAKE) --no-print-directory --keep-going --jobs=2 sqlite postgresql; ended=$$?; cat .venv/postgresql.log; exit $$ended

# Side by side, as each of them often waits; what the second one says is told when both have ended.
sqlite:
	@echo "On SQLite, and in a browser:"
	@TEST_DATABASE=sqlite $(pytest) -m "not wide"
postgresql:
	@echo "On PostgreSQL:" >.venv/postgresql.log
	@TEST_DATABASE=postgresql $(pytest) -m "not journey and not once and not wide" >>.venv/postgresql.log 2>&1
pytest := $(python) -m pytest -q -n logical --dist worksteal

journeys: .venv/for-testing ## run the tests that drive a real browser
	@echo "In a browser:"
	@$(pytest) -m journey

audit: .venv/for-testing ## walk through every state of every page with axe, at all widths, in light and dark; hold all elections
	@echo "Through every state in a browser:"
	@$(pytest) -m wide
	@[ -n "$$NU_CHECKER" ] || echo "The W3C's checker was not asked: NU_CHECKER names no vnu.jar (docs/accessibility.md)."

lint: .venv/for-linting ## check style, types, the direction of imports, migrations and deployment
	@$(python) -m ruff check .
	@$(python) -m ruff format --check .
	@$(python) -m mypy
	@.venv/bin/lint-imports
	@DATA_DIR=.venv/lint DATABASE_URL= $(python) manage.py makemigrations --check --dry-run
	@DATA_DIR=.venv/lint DATABASE_URL= PUBLIC_URL=https://polls.example EMAIL_URL=smtp://mail.example \
		$(python) manage.py check --deploy --fail-level WARNING

fmt: .venv/for-linting ## format the code and mend what can be mended by itself
	@$(python) -m ruff check --fix .
	@$(python) -m ruff format .

messages: .venv/for-running ## find the words of the interface and write its catalogues in ui/locale
	@DATA_DIR=.venv/lint DATABASE_URL= $(python) manage.py messages

bench: .venv/for-measuring ## measure votes and pages beside their references, all in one run (needs wrk and pgbench)
	@$(python) -m tests.bench $(if $(STORED),--stored $(STORED))

lock: ## renew the pinned packages in the requirements files (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv" >&2; exit 1; }
	@UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile $(pinning) pyproject.toml -o requirements.txt
	@for group in test lint; do UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile $(pinning) pyproject.toml \
		--group $$group -c requirements.txt $(beyond) -o requirements-$$group.txt || exit; done
	@UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile $(pinning) --group bench \
		-c requirements.txt -o requirements-bench.txt
pinning := --quiet --upgrade --universal --python-version 3.12 --generate-hashes --no-emit-index-url
beyond = $$(sed -n 's/^\([a-z0-9-]*\)==.*/--no-emit-package \1/p' requirements.txt)

clean: ## remove what can be made again: .venv, collected files, caches; never data/
	@rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- what the verbs stand on ---

# Twice quiet: what pip warns of concerns pip. Its faults are told. All that is needed is pinned, so that there is nothing
# to find out; what is imported is compiled when it is.
install := -m pip install --quiet --quiet --disable-pip-version-check --no-input --require-hashes --no-deps --no-compile

.venv/bin/python:
	@python=$$(.ci/find-python) && echo "Making .venv with $$python …" && "$$python" -m venv --clear .venv

.venv/for-running: requirements.txt | .venv/bin/python
	@echo "Installing what Pollstead runs on …"
	@$(python) $(install) -r $<
	@touch $@

.venv/with-tests: requirements-test.txt | .venv/bin/python
	@echo "Installing what the tests need …"
	@$(python) $(install) -r $<
	@touch $@

# Side by side. And compiled once, tests with the words for what fails: all who test start at one moment, and each would
# compile whatever it imports.
.venv/for-testing: requirements.txt requirements-test.txt | .venv/bin/python
	@$(MAKE) --no-print-directory --jobs=2 .venv/for-running .venv/with-tests
	@$(python) -m compileall -q -j 0 -x '/(pip|pygments|locale|gis|async_api|v1|extra)/' .venv/lib project polls ui
	@$(read) tests/polls tests/project & $(read) tests/ui tests/journeys; wait
	@touch $@
read := TEST_DATABASE=sqlite $(python) -m pytest -qq --collect-only >/dev/null

.venv/for-linting: requirements-lint.txt | .venv/for-running
	@echo "Installing what the checks need …"
	@$(python) $(install) -r $<
	@touch $@

.venv/for-measuring: requirements-bench.txt | .venv/for-testing
	@echo "Installing what the references run on …"
	@$(python) $(install) -r $<
	@touch $@
