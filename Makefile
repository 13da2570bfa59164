# Everything runs in .venv, which is made on first use and follows pyproject.toml.
#
#   PYTHON=...    the interpreter to make environments from (otherwise .ci/find-python looks for a Python 3.12)
#   ARGS=...      more arguments for the program that the target runs: make test ARGS="-k llama -x"
#   FAMILY, ALL, SEED         what `make prove`, `make test` and `make docs` are about
#   TRANSFORMERS, MEGATRON    for drift and bump: a version or `newest`; for drift, also the path of a wheel or a checkout
#   CONFIG_CORPUS, BRIDGE_ANSWERS    folders that some tests read; without them those tests are skipped and say so

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# What a target says is what it was asked; `make -n` shows what it runs.
.SILENT:
MAKEFLAGS += --no-print-directory

VENV := .venv
CHECK_VENV := .venv-check
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

# The formatter and the linter look at what people write; generated code is checked against the generator instead.
WRITTEN := codegen docs/site examples runtime templates tests

# `make emit` and `make check` need no torch: they take the full environment where there is one, and a small one otherwise.
CHECK_IN := $(if $(wildcard $(INSTALLED)),$(VENV),$(CHECK_VENV))

# The pins of torch, and of what Megatron builds hybrid models with, for environments beside the usual one.
BESIDE = $(shell sed -n 's/^ *"\(\(torch\|einops\)==[^"]*\)",$$/\1/p' pyproject.toml)

# uv where it works (it is faster), else venv and pip. UV= turns it off.
UV := $(shell uv --version >/dev/null 2>&1 && echo uv)

# $(call environment,FOLDER,INTERPRETER): a virtual environment there, unless a working one is.
environment = $(1)/bin/python -c "$(if $(UV),,import pip)" 2>/dev/null || { \
    python=$$(.ci/find-python $(or $(2),$(PYTHON))) && echo "making $(1) from $$python" && \
    $(if $(UV),$(UV) venv --quiet --clear --python "$$python" $(1),"$$python" -m venv --clear $(1)); }

# $(call install,FOLDER,ARGUMENTS); pip reads dependency groups since 25.1
install = $(if $(UV),$(UV) pip install --quiet --python $(1)/bin/python $(2), \
    $(1)/bin/python -m pip install --quiet "pip>=25.1" && $(1)/bin/python -m pip install --quiet $(2))

.PHONY: help
help: ## list these targets
	awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

.PHONY: setup
setup: $(INSTALLED) ## make the environment that everything runs in
	:

.PHONY: regen
regen: $(INSTALLED) ## read upstream and the rules, rewrite generated/
	$(BIN)/python -m codegen regen $(ARGS)

.PHONY: emit
emit: $(CHECK_IN)/.installed ## the rules and the committed snapshot give the modules anew: seconds, without upstream
	$(CHECK_IN)/bin/python -m codegen emit $(ARGS)

.PHONY: check
check: $(CHECK_IN)/.installed ## is generated/ what the rules and the snapshot say? (needs no torch)
	$(CHECK_IN)/bin/python -m codegen check $(ARGS)

# TRANSFORMERS and MEGATRON as options of the generator; at least one of them is needed.
RELEASES = $(if $(TRANSFORMERS),--transformers $(TRANSFORMERS)) $(if $(MEGATRON),--megatron-core $(MEGATRON))

.PHONY: drift
drift: $(INSTALLED) ## TRANSFORMERS=5.x MEGATRON=0.y: what those releases would change; writes drift.md
	$(BIN)/python -m codegen drift $(RELEASES) --to drift.md $(ARGS)

# Statuses of its own has the command alone: 1 where anything is newer, 2 where the package index cannot be asked.
.PHONY: outdated
outdated: $(INSTALLED) ## are there newer releases than the pins, and what would they change? fails if there are
	$(BIN)/python -m codegen outdated $(ARGS)

.PHONY: bump
bump: $(INSTALLED) ## TRANSFORMERS=5.x MEGATRON=0.y: new pins, snapshot and recordings; bump.md lists what is left to decide
	$(BIN)/python -m codegen bump $(RELEASES) $(ARGS)
	$(MAKE) $(INSTALLED)

.PHONY: matrix
matrix: $(INSTALLED) ## map and compare configs with older releases, in environments of their own (minutes)
	$(BIN)/python -m tests.matrix record
	for end in $$($(BIN)/python -m tests.matrix ends); do \
	    $(MAKE) .matrix/$$end/.installed && \
	    PYTHONPATH=.:generated:runtime ATEN_CPU_CAPABILITY=default OMP_NUM_THREADS=1 \
	        .matrix/$$end/bin/python -W ignore -m tests.matrix compare || failed=1; \
	done; test -z "$$failed"
	$(BIN)/python -m tests.matrix page

# An environment with other releases and the pinned torch: .matrix/megatron-core@0.19.0+python@3.13+transformers@5.12.1
.matrix/%/.installed: pyproject.toml
	$(call environment,$(@D),$(patsubst python@%,python%,$(filter python@%,$(subst +, ,$*))))
	$(call install,$(@D),$(subst @,==,$(filter-out python@%,$(subst +, ,$*))) $(BESIDE))
	touch $@

# Tests start two dozen interpreters. Where the environment says to write no bytecode, each would compile all of upstream.
test prove fuzz: export PYTHONDONTWRITEBYTECODE :=
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadscope

.PHONY: test
test: lint ## lint, then a slice of all tests, in two processes; SEED=...: that slice; ARGS="-n 0": in one process
	$(PYTEST) $(if $(SEED),--seed $(SEED)) $(ARGS)

.PHONY: prove
prove: $(INSTALLED) ## FAMILY=x: from the rules of a family to its proof, in half a minute; ALL=1: everything, of all families
	$(if $(FAMILY)$(ALL),,$(error say FAMILY=name, or ALL=1))
	$(if $(ALL),$(MAKE) emit lint ARGS=,$(BIN)/python -m tests.prove $(FAMILY) $(ARGS))
	$(if $(ALL),$(PYTEST) --whole $(ARGS))

.PHONY: fuzz
fuzz: $(INSTALLED) ## configs that differ in several fields at once, for 20 minutes; ARGS="--minutes 5 --seed 7 llama"
	$(BIN)/python -W ignore -m tests.fuzz $(ARGS)

.PHONY: lint
lint: $(INSTALLED) ## formatting and lint of what people write (types are checked by the tests)
	$(BIN)/black --quiet --check --diff $(WRITTEN)
	$(BIN)/ruff check --quiet --output-format concise $(WRITTEN)

.PHONY: install-test
install-test: $(INSTALLED) ## the wheel in an environment of its own: do the command and the examples of the README work?
	rm -rf .venv-wheel dist
	said=$$($(BIN)/python -m hatchling build --target wheel --directory dist 2>&1) || { echo "$$said" >&2; exit 1; }
	$(call environment,.venv-wheel)
	$(call install,.venv-wheel,dist/*.whl)
	$(BIN)/python -m tests.docs.examples .venv-wheel/bin

.PHONY: bench
bench: $(INSTALLED) ## time the generator and the mappers, and draw docs/bench/ (minutes)
	$(BIN)/python -W ignore -m tests.bench $(ARGS)

# Tests assume what Megatron does without Transformer Engine, which has an environment of its own on a machine without a GPU.
COMPARE_IN := $(if $(findstring cpu-te,$(ARGS)),.venv-te,$(VENV))

.PHONY: parity
parity: $(COMPARE_IN)/.installed ## compare every case by logits, write docs/ and .parity/; ARGS="--device cpu-te" or "--device cuda": with Transformer Engine; "--device cuda --layers": a few of them, on a GPU
	$(COMPARE_IN)/bin/python -W ignore -m tests.numerics.report --write $(ARGS)
	$(MAKE) families

.PHONY: families
families: $(INSTALLED) ## write docs/families.md from the rules, docs/checkpoints.tsv and the proofs in docs/, and docs/messages.md
	$(BIN)/python -m tests.docs.families
	$(BIN)/python -m tests.docs.messages

# What was read before is not trusted: pages are made of the whole table.
.PHONY: docs
docs: $(INSTALLED) ## build the site into build/site, to be opened there; FAMILY="llama qwen3": pages of these families alone
	rm -rf build/site build/doctrees
	$(BIN)/python -W ignore -m codegen.pages build/pages $(FAMILY)
	$(BIN)/python -W ignore -m sphinx -q -W --keep-going -c docs/site -d build/doctrees build/pages build/site
	echo build/site/index.html

.PHONY: mutants
mutants: $(INSTALLED) ## alter generated mappers and see that some test notices (minutes)
	$(BIN)/python -m tests.mutants $(ARGS)

.PHONY: clean
clean: ## remove environments and caches, never generated/
	rm -rf $(VENV) $(CHECK_VENV) .venv-te .venv-wheel .releases .matrix .parity drift.md bump.md .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
	find codegen examples generated runtime templates tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(INSTALLED): pyproject.toml
	$(call environment,$(VENV))
	$(call install,$(VENV),--editable . --group dev)
	touch $@

.venv-te/.installed: pyproject.toml
	$(call environment,.venv-te)
	$(call install,.venv-te,--editable . --group engine)
	touch $@

$(CHECK_VENV)/.installed: pyproject.toml
	$(call environment,$(CHECK_VENV))
	$(call install,$(CHECK_VENV),--group generator)
	touch $@
