# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Two commands do everything on a fresh machine: make demo, make test. They need python3 (3.10 or newer), git and make.

# Tools, environments and copies of the collection live in .cache, or, where the name of this folder is one that tools stumble over
# (blanks, other alphabets, great length), in a folder of the user's cache.
CACHE := $(shell python3 tests/tooling/machine.py cache)
PYTHON := $(shell python3 tests/tooling/machine.py python)
NOX := $(CACHE)/tools/bin/python -m nox --noxfile noxfile.py

# What reads the system's certificates only when told so, and what must not fetch interpreters.
export UV_SYSTEM_CERTS := 1
export UV_PYTHON_DOWNLOADS := never
export LC_ALL := C.UTF-8
export PYTHONDONTWRITEBYTECODE := 1
unexport ANSIBLE_CONFIG ANSIBLE_COLLECTIONS_PATH PYTHONPATH

.PHONY: help demo test matrix rest lint format unit sanity integration build ee release release-check audit docs examples emulator awx bench chaos eda fuzz clean
.DEFAULT_GOAL := help

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 22
	@echo '  CORE=2.19 chooses the ansible-core of unit, sanity and integration; TARGET=waf_geoip_rule one integration target'

demo: $(CACHE)/tools/ready  ## a site comes to a local cloud, is looked at, and goes again
	@$(NOX) --session demo --no-error-on-external-run -- $(ARGS)

test: $(CACHE)/tools/ready  ## every check on the newest ansible-core that this machine can run
	@$(CACHE)/tools/bin/python tests/tooling/run.py test

matrix: $(CACHE)/tools/ready  ## unit, sanity and integration on the other versions that decide what lands
	@$(CACHE)/tools/bin/python tests/tooling/run.py matrix

rest: $(CACHE)/tools/ready  ## the same on the supported versions that the matrix leaves out; before a release
	@$(CACHE)/tools/bin/python tests/tooling/run.py rest

lint: $(CACHE)/tools/ready  ## style, types, insecure habits, documentation, licences, changelog
	@$(NOX) --session lint

format: $(CACHE)/tools/ready  ## write the Python files in the one format
	@$(NOX) --session format

unit: $(CACHE)/tools/ready  ## the laws and the parts; ARGS go to pytest
	@$(NOX) --session unit-$(or $(CORE),newest) -- $(ARGS)

sanity: $(CACHE)/tools/ready  ## ansible-test sanity, without an ignore file
	@$(NOX) --session sanity-$(or $(CORE),newest)

integration: $(CACHE)/tools/ready  ## the integration targets against the emulator
	@$(NOX) --session integration-$(or $(CORE),newest) -- $(TARGET)

build: $(CACHE)/tools/ready  ## the artifact, installed elsewhere and checked as Galaxy checks it
	@$(NOX) --session build importer

ee: $(CACHE)/tools/ready  ## the build context of an execution environment for AWX and AAP, and whether its needs resolve
	@$(NOX) --session ee

awx: $(CACHE)/tools/ready  ## the role for AWX against a stand-in of a controller, and the job templates with ansible-runner, in about five minutes
	@$(NOX) --session awx -- $(ARGS)

release: $(CACHE)/tools/ready  ## all of a release but publishing: VERSION=1.0.0
	@$(NOX) --session release -- $(VERSION)

release-check: $(CACHE)/tools/ready  ## what those who certify collections ask, as a list, with the checks of Galaxy and a bill of materials
	@$(CACHE)/tools/bin/python tests/tooling/run.py release

audit: $(CACHE)/tools/ready  ## known vulnerabilities of what is installed; asks an advisory service on the network
	@$(NOX) --session audit

docs: $(CACHE)/tools/ready  ## the site with guides and reference, its links checked
	@$(NOX) --session docs

examples: $(CACHE)/tools/ready  ## every example of every page, whole playbooks too, in some minutes; ARGS="-k drift" runs those of one page
	@$(NOX) --session examples -- $(ARGS)

emulator: $(CACHE)/tools/ready  ## the local cloud in the foreground; PORT=8642 SEED=file.yml
	@$(NOX) --session emulator -- --port $(or $(PORT),8642) $(if $(SEED),--seed "$(SEED)") $(if $(DNS),--dns-port $(DNS)) $(if $(WAF),--waf-port $(WAF))

bench: $(CACHE)/tools/ready  ## performance beside the peers, measured, in about half an hour; ARGS=sets measures a part, ARGS="sets --full" all of it
	@$(NOX) --session bench -- $(ARGS)

chaos: $(CACHE)/tools/ready  ## tasks and the role on bad days, with many seeds, in under 15 minutes; ARGS="--seed 17 --share 0.4 --only acl" repeats one
	@$(NOX) --session chaos -- $(ARGS)

eda: $(CACHE)/tools/ready  ## the event source and the rulebook in ansible-rulebook, in two minutes; needs Java 17 or newer
	@$(NOX) --session eda -- $(ARGS)

fuzz: $(CACHE)/tools/ready  ## thousands of inputs for every module and for the emulator, which takes an hour or two; ARGS=--hypothesis-seed=N repeats a run
	@$(NOX) --session fuzz -- $(ARGS)

clean:  ## remove tools, environments and copies
	rm -rf "$(CACHE)"

$(CACHE)/tools/ready: tests/requirements/tools.txt
	@$(PYTHON) tests/tooling/machine.py tools
