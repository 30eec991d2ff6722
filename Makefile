# Two commands set up everything on a fresh machine with Python 3.11 or newer: `make run` and `make test`.
# PORT, DATA_DIR, DATABASE_URL, CELERY_BROKER_URL, DEMO … are read from the environment (see crm/settings.py).

SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
export UV_PYTHON_DOWNLOADS := never
export PYTHONUNBUFFERED := 1
# What Python has compiled is kept: a process that finds nothing compiled takes twice as long to start.
unexport PYTHONDONTWRITEBYTECODE
# Behind a company's proxy the authorities of the machine count.
export UV_SYSTEM_CERTS := 1
export UV_NATIVE_TLS := 1

.PHONY: run test test-browser test-slow chaos lint requirements bench shots accept assets

run: $(VENV)/.installed assets
	@exec $(PY) manage.py start

test: $(VENV)/.installed-dev assets
	@$(PY) manage.py compile_locales
	$(PY) -m pytest -n 2

test-browser: $(VENV)/.installed-dev assets
	@command -v chromium >/dev/null || { echo "make test-browser needs chromium."; exit 1; }
	@$(PY) manage.py compile_locales
	$(PY) -m pytest -m browser

test-slow: $(VENV)/.installed-dev assets
	$(PY) -m pytest -m "slow or whole"
	WALK=whole $(PY) -m pytest tests/walk

chaos: $(VENV)/.installed-dev assets
	$(PY) -m pytest -m chaos

# Production settings are checked with invented values; no database is asked.
lint: export DATA_DIR := $(or $(TMPDIR),/tmp)/clientele-lint
lint: $(VENV)/.installed-dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/lint-imports
	$(PY) -m mypy
	$(PY) manage.py makemigrations --check --dry-run
	HTTPS=1 ALLOWED_HOSTS=crm.example.com SECRET_KEY="$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(60))')" \
	DATABASE_URL=postgresql://clientele@localhost/clientele CELERY_BROKER_URL=redis://localhost/0 \
	$(PY) manage.py check --deploy --fail-level WARNING

requirements:
	uv pip compile --quiet --universal --python-version 3.11 requirements.in --output-file requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 requirements-dev.in --output-file requirements-dev.txt

bench: $(VENV)/.installed-dev assets
	$(PY) manage.py bench

# Makes a demo company and a server of its own, unless SHOTS_URL names a running one.
shots: $(VENV)/.installed-dev assets
	@$(PY) manage.py compile_locales
	$(PY) tests/browser/shots.py $(if $(SHOTS_URL),--address "$(SHOTS_URL)")

accept: $(VENV)/.installed-dev assets
	@test -n "$(DATA)" || { echo "Say where the data is: make accept DATA=FOLDER"; exit 1; }
	$(PY) manage.py accept --data "$(DATA)"

assets: $(VENV)/.installed
	@$(PY) -m crm.assets

$(VENV)/.installed: requirements.txt | $(PY)
	@$(call install,requirements.txt)
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@$(call install,requirements-dev.txt)
	@touch $@

# uv installs in seconds what pip takes minutes for; a machine without it gets it inside the environment.
$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Clientele needs Python 3.11 or newer; say which one: make run PYTHON=/path/to/python3"; exit 1; }
	@if uv --version >/dev/null 2>&1; then uv venv --quiet --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" $(VENV); \
	else $(PYTHON) -m venv $(VENV) && $(PY) -m pip install --quiet --disable-pip-version-check uv; fi

define install
	uv="$(VENV)/bin/uv"; test -x "$$uv" || uv=uv; \
	"$$uv" --version >/dev/null 2>&1 || { $(PY) -m ensurepip >/dev/null && $(PY) -m pip install --quiet uv && uv="$(VENV)/bin/uv"; }; \
	echo "Installing $(1) …"; "$$uv" pip install --quiet --python $(PY) -r $(1)
endef
