# The two commands: `make demo` and `make test`. Each makes what it needs first.
#   PORT=8001 make demo                  another port
#   make test ARGS="tests/referrals -x"  part of the tests
#   make test BROWSER=none               without a browser
#   make test WORKERS=2                  in so many processes, instead of two more than there are processors, at most six

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
PORT ?= 8000
# Two more than there are processors: a process of the tests waits for the database or the browser half of its time.
WORKERS ?= $(shell cores=$$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN); echo $$(( cores < 4 ? cores + 2 : 6 )))
PY := .venv/bin/python
export PORT
# Packages installed for the user or named in the environment play no part; what one process compiled serves the next.
unexport PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE
export PYTHONNOUSERSITE := 1

# Servers of one's own, when all three are named, else ours in a folder for as long as the command runs.
EXTERNAL := $(and $(DATABASE_URL),$(DATABASE_OWNER_URL),$(REDIS_URL))
with_servers = $(if $(EXTERNAL),,$(PY) -m lead_cms.embedded $(1) run --)

.PHONY: help demo test check checks bench seed shell manage lock clean

help: ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile | expand -t 10

demo: .venv/base.stamp ## the whole system with invented data, until Ctrl-C; the data stay
	@exec $(PY) -m lead_cms.embedded.demo

AT_ONCE = $(MAKE) --no-print-directory -j$(WORKERS) --output-sync=target

test: .venv/dev.stamp ## everything the build server runs
	@$(call with_servers,--folder .data/test --scratch) \
	  $(MAKE) --no-print-directory in_order

check: .venv/dev.stamp ## style, types, layers, templates, migrations
	@$(call with_servers,--folder .data/test --scratch) $(AT_ONCE) checks

.PHONY: checks-style checks-types checks-layers checks-templates checks-migrations
checks: checks-style checks-types checks-layers checks-templates checks-migrations

checks-style:
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

checks-types:
	$(PY) -m mypy

checks-layers:
	.venv/bin/lint-imports --no-cache

checks-templates:
	.venv/bin/djlint --lint --quiet templates lead_cms participants referrals services

# Before the roles are made, only the administrator can look.
checks-migrations:
	SECRET_KEY=check DATABASE_URL="$${DATABASE_ADMIN_URL:-$$DATABASE_URL}" $(PY) manage.py makemigrations --check --dry-run

.PHONY: pytest in_order compiled-tests
in_order:
	@$(AT_ONCE) checks & checking=$$!; failed=0; \
	{ $(MAKE) --no-print-directory compiled-tests && $(MAKE) --no-print-directory pytest; } || failed=$$?; \
	wait $$checking || { echo "A check failed: it stands above, and make check says it again."; exit 1; }; \
	exit $$failed

# Once: in a new clone each process of the tests would compile them all. What is wrong with one, the tests say.
compiled-tests:
	@$(PY) -m pytest --collect-only -qq $(ARGS) >/dev/null 2>&1 || true

pytest:
	@set --; \
	if [ "$${BROWSER:-}" = none ]; then \
	  set -- -m "not browser"; \
	else \
	  BROWSER_EXECUTABLE="$$($(PY) -m lead_cms.embedded.browser)" || exit 1; export BROWSER_EXECUTABLE; \
	fi; \
	exec $(PY) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder "$$@" $(ARGS)

bench: .venv/dev.stamp ## speed, as ratios to a floor measured in the same run
	@$(call with_servers,--folder .data/bench) $(PY) -m bench $(ARGS)

seed: .venv/base.stamp ## seed the demo data: make seed ARGS="--referrals 1000"
	@$(call with_servers,) $(PY) manage.py seed_demo $(ARGS)

shell: .venv/base.stamp ## a Python shell in the project
	@$(call with_servers,) $(PY) manage.py shell $(ARGS)

manage: .venv/base.stamp ## any command: make manage ARGS="access_matrix"
	@$(call with_servers,) $(PY) manage.py $(ARGS)

# The newest requirements pyproject.toml allows, by hash and without any index's address.
UV ?= uv
COMPILE := env -u UV_INDEX -u UV_INDEX_URL -u UV_DEFAULT_INDEX -u UV_EXTRA_INDEX_URL -u UV_FIND_LINKS \
  $(UV) pip compile --no-config --quiet --universal --python-version 3.11 --generate-hashes \
  --no-header --no-annotate --no-emit-index-url --no-emit-find-links
lock: ## renew requirements/ from pyproject.toml (needs uv; LOCK=--upgrade for newer versions)
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: install it, or name it in UV=."; exit 1; }
	$(COMPILE) $(LOCK) --output-file requirements/base.txt pyproject.toml
	$(COMPILE) $(LOCK) --extra dev --constraint requirements/base.txt --output-file requirements/dev.txt pyproject.toml

clean: ## remove what the commands made, except the demo's data
	rm -rf .venv .data/test .data/bench .mypy_cache .ruff_cache .import_linter_cache .hypothesis var
	find . -name __pycache__ -type d -not -path './.data/*' -prune -exec rm -rf {} +

# A requirement file that is newer than its stamp is installed again.
.venv/made.stamp:
	@for python in "$${PYTHON:-python3}" python3.14 python3.13 python3.12 python3.11; do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found="$$python"; break; fi; \
	done; \
	[ -n "$${found:-}" ] || { echo "LEAD needs Python 3.11 or newer: install it, or name it in PYTHON=."; exit 1; }; \
	"$$found" -m venv --clear .venv || { rm -rf .venv; \
	  echo "Python could not make .venv: on Debian and Ubuntu, install the package python3-venv."; exit 1; }
	@touch $@

.venv/base.stamp: requirements/base.txt | .venv/made.stamp
	@echo "Installing packages …"
	@$(PY) requirements/install.py $<
	@touch $@

# What runs stands in it, too.
.venv/dev.stamp: requirements/dev.txt requirements/base.txt | .venv/made.stamp
	@echo "Installing packages, and those for tests …"
	@$(PY) requirements/install.py $<
	@touch .venv/base.stamp $@
