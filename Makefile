# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

PYTHON ?= python3
BIN := .venv/bin
COLLECTION := .build/collections/ansible_collections/qlikops/cloud
RELEASE_TOOLS := .build/venv-release/bin
UPGRADE := --upgrade
CODE := plugins extensions tests docs/site
# Whole messages of one step at a time, where this make can.
SYNC := $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)
# What is installed for the demo is part of what is installed for the tests, so that these satisfy the demo too.
DEMO := requirements-demo.txt
TOOLS := $(DEMO) requirements-dev.txt
# With the path of whoever called: what is to be made is on the other.
PYTHON_OF_CALLER := PATH="$(PATH)" $(PYTHON)
INSTALL := $(PYTHON_OF_CALLER) tests/install.py
JOBS ?= $(shell getconf _NPROCESSORS_ONLN)
PYTEST := $(BIN)/pytest -q -n $(JOBS) --dist worksteal
# Printed at the end, because other lines have scrolled by since.
REPORT := if [ -s "$$LEFT_OUT" ]; then echo "Everything passed but what was left out:"; sort -u "$$LEFT_OUT" | sed 's/^/- /'; \
	else echo "Everything passed, and nothing was left out."; fi

export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/.build/collections
export LC_ALL := C.UTF-8
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONPATH := $(CURDIR)/tests
export ANSIBLE_HOME := $(CURDIR)/.build/ansible

.DEFAULT_GOAL := help
.PHONY: help python tools setup generate release-tools benchmark-tools mutation-tools demo picture tenant test test-long static lint sanity oldest matrix pytest coverage mutation unit integration benchmark benchmark-tenants benchmark-fleet benchmark-spaces faults docs build certify audit-dependencies release locks lock clean

help: ## list the commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 22

python:
	@$(PYTHON_OF_CALLER) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Python 3.10 or later is needed: make PYTHON=python3.11")'

$(COLLECTION):
	@mkdir -p $(dir $@) && ln -sfn "$(CURDIR)" $@

tools: python $(COLLECTION)
	@$(INSTALL) .venv $(TOOLS)

setup: tools ## install everything that the tests need; after that, they need no network
	@tests/matrix.sh install oldest
	@$(BIN)/python tests/foreign.py
	@env -u PYTHONPATH tests/sanity.sh $(BIN) --prime-venvs

generate: tools ## generate modules, fragments, and argument specs from the tables and words of the kinds
	@PYTHONPATH="$(PYTHONPATH):.build/collections" $(BIN)/python -m generate

release-tools: tools
	@$(INSTALL) .build/venv-release requirements-release.txt

benchmark-tools: python $(COLLECTION)
	@$(INSTALL) .venv $(TOOLS) tests/benchmark/requirements.txt

mutation-tools: python $(COLLECTION)
	@$(INSTALL) .venv $(TOOLS) tests/mutation/requirements.txt

demo: python $(COLLECTION) ## seed a local tenant, change it by hand, and audit it
	@$(INSTALL) .venv $(DEMO)
	@$(BIN)/python -m demo

picture: tools ## update what README.md shows of the demo: its output, and the page of its audit; needs Chromium
	@$(BIN)/python -m picture

tenant: tools ## start a local tenant to run playbooks against
	@$(BIN)/python -m local_tenant

test test-long: export LEFT_OUT := $(CURDIR)/.build/left-out
test: setup ## everything that has to pass before a change is merged, in ten minutes on two cores
	@rm -f "$$LEFT_OUT"
	@$(MAKE) --no-print-directory -j$(JOBS) $(SYNC) static lint docs sanity
	@$(MAKE) --no-print-directory pytest
	@$(MAKE) --no-print-directory oldest
	@$(REPORT)

test-long: setup ## run all tests, with every ansible-core and Python on this machine, about an hour
	@rm -f "$$LEFT_OUT"
	@$(MAKE) --no-print-directory -j$(JOBS) $(SYNC) static lint docs
	@$(MAKE) --no-print-directory pytest LONG=--long
	@tests/matrix.sh pytest oldest --long tests/integration
	@tests/matrix.sh pytest all -m every_core
	@tests/matrix.sh sanity all
	@$(REPORT)

static: tools ## check format, lint, and types of the Python code
	@$(BIN)/ruff format --quiet --check $(CODE)
	@$(BIN)/ruff check --quiet $(CODE)
	@$(BIN)/mypy -p ansible_collections.qlikops.cloud.plugins
	@$(BIN)/mypy extensions tests docs/site

lint: tools ## run ansible-lint, and check spelling, changelog fragments, and documentation
	@cd $(COLLECTION) && "$(CURDIR)/$(BIN)/ansible-lint" --offline -q
	@$(BIN)/codespell
	@$(BIN)/antsibull-changelog lint
	@$(BIN)/antsibull-docs lint-collection-docs --plugin-docs --check-extra-docs-refs --validate-collection-refs all \
		--disallow-unknown-collection-refs .

sanity: tools ## run ansible-test sanity
	@tests/sanity.sh $(BIN)

oldest: setup ## run the tests that are marked every_core, with the oldest ansible-core for this Python
	@tests/matrix.sh pytest oldest -m every_core

matrix: setup ## run all tests that run Ansible, with each ansible-core and Python on this machine
	@tests/matrix.sh sanity all
	@tests/matrix.sh pytest all --long tests/integration tests/modules

pytest: setup ## run all tests in Python that are not long
	@$(PYTEST) $(LONG)

coverage: tools ## run all tests, and list the lines and branches of plugins/ that no test runs
	@$(PYTEST) --long --cov=plugins

mutation: mutation-tools ## measure what the short suite misses with 200 random changes of the code, over an hour; ARGS=--help
	@$(BIN)/python -m mutation $(ARGS)

unit: tools ## run the fast tests only
	@$(PYTEST) tests/unit

integration: tools ## run the tests that run ansible-playbook
	@$(PYTEST) tests/integration

benchmark: benchmark-tools ## compare ways to seed groups, about a quarter of an hour
	@$(BIN)/python -m benchmark

benchmark-tenants: benchmark-tools ## one play over up to 200 tenants, about a quarter of an hour
	@$(BIN)/python -m benchmark.tenants

benchmark-fleet: benchmark-tools ## audits of up to 1,000 tenants and merges of up to 10,000, about half an hour
	@$(BIN)/python -m benchmark.fleet

benchmark-spaces: benchmark-tools ## compare ways to check that 500 spaces are in sync, about six minutes
	@$(BIN)/python -m benchmark.spaces

faults: tools ## try every fault with every module; ARGS=--long for 10,000 of them, about ten minutes
	@PYTHONPATH="$(PYTHONPATH):.build/collections" $(BIN)/python -m fault_matrix $(ARGS)

docs: tools ## build the documentation as a site in .build/docs/html
	@rm -rf .build/docs && install -d -m 755 .build/docs/rst
	@$(BIN)/antsibull-docs collection --use-current --squash-hierarchy --fail-on-error --dest-dir .build/docs/rst qlikops.cloud
	@cp docs/docsite/rst/*.svg docs/docsite/rst/*.png .build/docs/rst/docsite
	@$(BIN)/sphinx-build -q -W --keep-going -b html -c docs/site .build/docs/rst .build/docs/html

build: tools ## build the tarball for Galaxy
	@$(BIN)/ansible-galaxy collection build --force

certify: lint sanity release-tools ## run the checks of Galaxy and Automation Hub
	@tests/certify.sh $(RELEASE_TOOLS)

audit-dependencies: release-tools ## look up the pinned packages in a database of vulnerabilities
	@tests/audit_dependencies.sh $(RELEASE_TOOLS)

release: release-tools ## make release VERSION=1.2.3: write changelog, tarball, and bills of materials, and commit
	@tests/release.sh "$(VERSION)" $(RELEASE_TOOLS)

locks: tools ## check that no newer release changes what is installed, with every Python and several versions of pip
	@EVERY_PYTHON=1 $(PYTEST) --long tests/locks

lock: setup ## pin everything that is installed; UPGRADE= keeps the versions that still fit
	@tests/lock.sh $(UPGRADE)

clean: ## remove everything that these commands made
	@rm -rf .build .venv .*_cache .hypothesis .coverage* tests/output *.tar.gz
