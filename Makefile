# Thin on purpose: the work is in scripts/.
.DEFAULT_GOAL := help
.PHONY: help run test chaos bench build format lint schema clean

help: ## List the tasks
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Install what is missing, build, and run everything on port 8080 until Ctrl-C
	@scripts/run

test: ## Everything that CI checks: format, scripts, build, schema, all tests
	@scripts/test

chaos: ## The long form of faults, storms and fuzzing; one part of it with PART=name
	@scripts/chaos $(PART)

bench: ## Measure every bar beside its limit and its peer; PART=panel for one of them
	@scripts/bench $(PART)

build: ## Build the release binaries
	@scripts/build

format: ## Format the Swift sources in place
	@swift format --in-place --recursive --parallel Sources Tests Package.swift

lint: ## Check the format of the Swift sources and the scripts
	@scripts/lint

schema: ## Regenerate sql/schema.sql from the migrations
	@scripts/schema

clean: ## Remove the build and all of .local, the demo's database included
	@scripts/clean
