# `make` lists the targets. Every target brings what it needs: Node 24 when the machine's is older, then the npm packages.

SHELL := /bin/bash
TOOLS := . scripts/tools.sh
READY := $(TOOLS) && install_packages

.DEFAULT_GOAL := help
.PHONY: help tools install demo test check build bench clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

tools: ## bring Node 24 into .tools/ when the machine's own is older
	@$(TOOLS) && echo "node $$(node -v) at $$(command -v node)"

install: ## install the npm packages that the lock file names
	@$(READY)

demo: ## the example project on a managed Postgres: up, a query over verify-full TLS, down
	@$(READY) && scripts/demo.sh

test: ## everything: formatting, lint, types, docs, build, all tests, nothing left running
	@$(READY) && node scripts/test.ts

check: ## formatting, lint, types and the generated docs; no tests
	@$(READY) && npm run --silent check

build: ## compile src/ to dist/
	@$(READY) && npm run --silent build

bench: ## measurements, each beside the raw tool
	@$(READY) && npm run --silent bench

clean: ## remove what was built and installed (keeps .howdah/, where the demo's databases live)
	rm -rf dist node_modules .tools
