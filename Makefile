SHELL := /bin/bash
.DEFAULT_GOAL := help

# Nothing here needs a C compiler, but for the race detector.
export CGO_ENABLED := 0

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
TOOLS := .cache/bin
OPA := $(TOOLS)/opa
REGAL := $(TOOLS)/regal
LINT := $(TOOLS)/golangci-lint
VULN := $(TOOLS)/govulncheck

GO_FOLDERS := $(wildcard cmd engine generate mirror policies sql)
# The shipped policies, and the example of a team's.
REGO_FOLDERS := policies testdata/policy/example-team
# Whose lines end at 140 columns; golangci-lint holds those of Go.
NARROW := '*.rego' '*.sql'
BENCHTIME ?= 1s
FUZZTIME ?= 10s
PLAN ?= web-96

# The packages whose tests hold the pattern $(1).
packages = $(addprefix ./,$(sort $(patsubst %/,%,$(dir $(shell grep -rlE --include='*_test.go' '$(1)' $(GO_FOLDERS))))))

.PHONY: help
help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## build bin/diet
	go build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=$(VERSION)" -o bin/diet ./cmd/diet

.PHONY: demo
demo: build ## play the whole story on an in-process NetBox
	bin/diet demo

.PHONY: test
test: go-test opa-test ## all tests: Go, scripts through the real main, Rego

.PHONY: go-test
go-test: ## the Go tests and the scripts
	go test -ldflags '-s -w' -timeout 40m ./... # to link without debugging data takes a fifth of the CPU

.PHONY: opa-test
opa-test: $(OPA) ## the Rego tests, by the stock opa
	@set -ex; for folder in $(REGO_FOLDERS); do $(OPA) test --timeout 60s "$$folder"; done

.PHONY: soak
soak: ## the Go tests and scripts, 20 times beside a CPU burner, each time others of the large tables' cases
	.ci/soak

.PHONY: race
race: ## the Go tests under the race detector; needs a C compiler
	CGO_ENABLED=1 go test -race ./...

.PHONY: rego
rego: opa-test regal ## test the policies, check their types, format and style
	$(OPA) fmt --list --fail $(REGO_FOLDERS)
	$(OPA) check --strict --schema policies/schema $(REGO_FOLDERS)

.PHONY: regal
regal: $(REGAL) ## lint the policies
	$(REGAL) lint $(REGO_FOLDERS)

.PHONY: lint
lint: $(LINT) ## golangci-lint with the import arrows, gofmt, line length
	@unformatted="$$(gofmt -l $(GO_FOLDERS))"; test -z "$$unformatted" || { echo "gofmt: $$unformatted" >&2; exit 1; }
	@! LC_ALL=C.UTF-8 git --no-pager grep -nE '^.{141}' -- $(NARROW) || { echo "lint: lines over 140 columns" >&2; exit 1; }
	$(LINT) run ./...

.PHONY: vuln
vuln: $(VULN) ## known vulnerabilities in the code that diet calls
	@if said="$$($(VULN) -C policies -scan module 2>&1)" || [[ "$$said" != *"fetching vulnerabilities"* ]]; then set -x; $(VULN) ./...; \
	else echo "note: vulnerabilities not checked, the database does not answer: $${said#*: }" >&2; fi

.PHONY: fmt
fmt: $(LINT) $(OPA) ## format Go (gofumpt, gci) and Rego
	$(LINT) fmt ./...
	$(OPA) fmt --write $(REGO_FOLDERS)

.PHONY: bench
bench: ## all benchmarks, each next to its baseline (BENCHTIME=1s)
	go test -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) $(call packages,^func Benchmark)

.PHONY: fuzz
fuzz: ## run each fuzz target for a moment (FUZZTIME=10s)
	@set -e; grep -rnoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' $(GO_FOLDERS) | while IFS=: read -r file _ name; do \
		(set -x; go test -run '^$$' -fuzz "^$${name#func }$$" -fuzztime $(FUZZTIME) "./$$(dirname "$$file")"); \
	done

.PHONY: cover
cover: ## test coverage by function, in coverage.out
	go test -coverpkg=./... -coverprofile=coverage.out ./...
	go tool cover -func=coverage.out | tail -n 1

.PHONY: netbox
netbox: ## start a real NetBox on loopback, and print how to reach it
	@.ci/netbox/netbox start

.PHONY: netbox-stop
netbox-stop: ## stop it
	@.ci/netbox/netbox stop

.PHONY: netbox-reset
netbox-reset: ## give it a fresh database
	@.ci/netbox/netbox reset

.PHONY: test-netbox
test-netbox: build ## run the tests that can use a real NetBox: that of make netbox, or of NETBOX_URL and NETBOX_TOKEN
	@.ci/netbox/play

.PHONY: test-browser
test-browser: build ## play the pages of diet serve in Chromium, with axe-core (SHOTS=FOLDER keeps screenshots)
	@.ci/browser/play $(SHOTS)

.PHONY: bench-netbox
bench-netbox: ## measure diet on the real NetBox of make netbox, which it empties (PLAN=web-96, web-256 or web-1024)
	@.ci/netbox/play bench $(PLAN)

.PHONY: generate
generate: ## go generate
	go generate ./...

.PHONY: golden
golden: ## rewrite the golden files and the schema; then read the diff
	go test $(call packages,flag.Bool."update") -update

.PHONY: verify
verify: ## fail if go.mod, go.sum or anything generated is stale
	go mod tidy -diff
	@before="$$(git status --porcelain; git diff | git hash-object --stdin)"; \
	$(MAKE) --no-print-directory generate && \
	after="$$(git status --porcelain; git diff | git hash-object --stdin)" && \
	test "$$before" = "$$after" || { echo "verify: generated files are stale:" >&2; git status --short >&2; exit 1; }

.PHONY: tools
tools: $(OPA) $(REGAL) $(LINT) $(VULN) ## build the pinned tools into .cache/bin

.PHONY: clean
clean: ## delete what was built
	rm -rf bin .cache coverage.out

# The tools are modules of their own: they need other versions of the same libraries.
$(OPA): .ci/tools/opa/go.mod .ci/tools/opa/go.sum
$(REGAL): .ci/tools/regal/go.mod .ci/tools/regal/go.sum
$(LINT): .ci/tools/lint/go.mod .ci/tools/lint/go.sum
$(VULN): .ci/tools/vuln/go.mod .ci/tools/vuln/go.sum

$(OPA) $(REGAL) $(LINT) $(VULN):
	@mkdir -p $(TOOLS)
	cd $(<D) && go build -trimpath -buildvcs=false -o $(CURDIR)/$@ tool
