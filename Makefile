# Two commands are enough: `make run` and `make test`. `make` alone lists them all.
PYTHON_SCRIPT = @sh scripts/with_python.sh

.PHONY: help run test lint messages lock bench bench-million services env-services stop-services clean

help:
	@echo "make run            install what is missing, fill the demo and serve (HOST=127.0.0.1 PORT=8000)"
	@echo "make test           every check and every test"
	@echo "make lint           the checks without the tests"
	@echo "make bench          measure speed (minutes; figures on the screen and in var/bench)"
	@echo "make bench-million  the search of a million solutions, on the engine of SEARCH_URL (SIZE=1000000)"
	@echo "make services       start PostgreSQL, Redis and Elasticsearch for development, where installed"
	@echo "make stop-services  stop them"
	@echo "make messages       collect texts to translate into locale/ (needs gettext)"
	@echo "make lock           pin requirements*.in into hashed requirements*.txt"
	@echo "make clean          remove .venv and caches; var/ (your data) stays"

run:
	$(PYTHON_SCRIPT) scripts/run.py

test:
	$(PYTHON_SCRIPT) scripts/check.py

lint:
	$(PYTHON_SCRIPT) scripts/check.py --no-tests

bench:
	$(PYTHON_SCRIPT) scripts/bench.py

SIZE ?= 1000000
bench-million:
	$(PYTHON_SCRIPT) scripts/bench.py search_catalogue $(SIZE)

services:
	$(PYTHON_SCRIPT) scripts/services.py start

env-services:
	$(PYTHON_SCRIPT) scripts/services.py env

stop-services:
	$(PYTHON_SCRIPT) scripts/services.py stop

messages:
	$(PYTHON_SCRIPT) scripts/messages.py

lock:
	$(PYTHON_SCRIPT) scripts/lock.py

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis htmlcov .coverage .coverage.*
