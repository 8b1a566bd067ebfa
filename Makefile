# Only python3 (3.11 or newer, with venv) and make are asked of the machine; everything else goes into .venv.
# Another Python: make run PYTHON=python3.12. Another port: make run PORT=5001.
PYTHON ?= python3
PORT ?= 5000
export PORT

.DEFAULT_GOAL := help
.PHONY: run test setup lint bench help

run: setup ## Set everything up and serve the demonstration on http://127.0.0.1:5000 (PORT=… for another port)
	@exec .venv/bin/python -m tools.serve

test: setup ## Set everything up, run the gates and the whole suite, on SQLite and on PostgreSQL
	@exec .venv/bin/python -m tools.test

lint: setup ## Check style, formatting, types and the import contracts
	@exec .venv/bin/python -m tools.test --lint-only

bench: setup ## Measure how the cost of pages grows from 1,000 to 100,000 actions, on both databases
	@exec .venv/bin/python -m tools.bench

setup: ## Make .venv from requirements.lock and build the front-end assets; quick when that is done
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
	  echo "Python 3.11 or newer is needed, and there is no $(PYTHON) on this machine." >&2; exit 1; }
	@$(PYTHON) tools/check_python.py $(or $(firstword $(MAKECMDGOALS)),setup)
	@$(PYTHON) -m tools.setup

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 15
