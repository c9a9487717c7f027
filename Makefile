# Each target's line below is its help: `make` prints them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help deps build install dist deb run test lint format bench corpus fuzz sanitize attacks fixtures check clean

PREFIX ?= /usr/local
DESTDIR ?=
# The programs the tests, the checks and the benchmarks use are listed in scripts/deps.
SWIFT ?= swift
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
# Names of tests, or parts of them: only these.
FILTER ?=
# A crash in a test must end the test, not wait in the backtracer.
export SWIFT_BACKTRACE ?= enable=no
# What the builds have in common is compiled once.
export CC := $(CURDIR)/scripts/cc

# One set of flags for everything built in release, so that it is built once. The C++ runtime comes from its archive. Nobody
# looks up symbols in the program: without a table of them it takes 4 MB less of disk and 2 MB less of memory.
RELEASE = $(SWIFT) build -c release -j $(JOBS) --static-swift-stdlib -Xswiftc -Xclang-linker -Xswiftc -static-libgcc \
	-Xlinker -L$(shell scripts/static-runtime .build/static-runtime) -Xlinker --no-export-dynamic
SWIFT_SOURCES := $(wildcard Sources Tests Benchmarks Fuzzing Package.swift)

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## install what the build and the tests need and this machine lacks (Debian packages)
	@scripts/deps build test

build: ## build ./lc: one stripped file, only libpcap, zlib and the libc family shared
	@scripts/deps build
	@scripts/whole-modules
	$(RELEASE) --product lc
	@scripts/strip-binary "$$($(RELEASE) --show-bin-path)/lc" lc

install: ## copy lc to PREFIX/bin (default /usr/local; DESTDIR is respected)
	@test -x lc || { echo "make install: there is no ./lc yet, run 'make build' first" >&2; exit 1; }
	install -D -m 0755 lc "$(DESTDIR)$(PREFIX)/bin/lc"

dist: build ## leave dist/lc and dist/SHA256SUMS for a release
	@mkdir -p dist
	install -m 0755 lc dist/lc
	cd dist && sha256sum lc > SHA256SUMS && cat SHA256SUMS

deb: build ## make the Debian package dist/lippycat_VERSION_ARCHITECTURE.deb
	@scripts/deps packages
	@scripts/deb lc dist

run: build ## replay captures of testdata/ and show their calls and their files (in ./out)
	@scripts/demonstration ./lc out

test: ## run every test (FILTER=ArchiveTests: some)
	@scripts/deps build test
	@scripts/whole-modules
	@scripts/failures $(SWIFT) test -j $(JOBS) $(if $(FILTER),--filter '$(FILTER)')

lint: ## check format, scripts, and that nothing of one machine is committed
	@scripts/lint

format: ## format the Swift sources in place
	$(SWIFT) format format --in-place --parallel --recursive $(SWIFT_SOURCES)

bench: build ## measure against tcpdump and the committed thresholds
	@Benchmarks/run

corpus: build ## score ./lc on ../shared/captures, captures made by others with known truth
	@scripts/corpus

fuzz: ## run the fuzz targets for a short while
	@if [ -d Fuzzing ] && [ -x scripts/fuzz ]; then scripts/fuzz; else echo "make fuzz: there is no Fuzzing/ in this tree, nothing was fuzzed"; fi

sanitize: ## run the tests and lc under AddressSanitizer and ThreadSanitizer (a build of its own for each)
	@scripts/sanitize

attacks: build ## measure what floods cost, and that ordinary calls beside them stay exact
	@Benchmarks/attacks

fixtures: ## make the captures of testdata/ again (root, network namespaces, real VoIP programs)
	@scripts/fixtures

check: ## everything that continuous integration runs
	@.ci/run

clean: ## remove what was built
	rm -rf .build .build-address .build-thread lc dist out Benchmarks/.build Fuzzing/.build
