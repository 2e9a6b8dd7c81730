SHELL := /bin/bash
.DEFAULT_GOAL := help
export CGO_ENABLED ?= 0

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
TOOLS := .cache/bin
OPA := $(TOOLS)/opa
LINT := $(TOOLS)/golangci-lint

.PHONY: help
help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## build bin/diet
	go build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o bin/diet ./cmd/diet

.PHONY: demo
demo: build ## play the whole story on an in-process NetBox
	bin/diet demo

.PHONY: test
test: go-test opa-test ## all tests: Go, scripts through the real main, Rego

.PHONY: go-test
go-test: ## the Go tests and the scripts
	go test ./...

.PHONY: opa-test
opa-test: $(OPA) ## the Rego tests, by the stock opa
	$(OPA) test policies

.PHONY: race
race: ## the Go tests under the race detector
	CGO_ENABLED=1 go test -race ./...

.PHONY: rego
rego: $(OPA) ## check, format and test the policies
	$(OPA) check --strict policies
	$(OPA) fmt --list --fail policies
	$(OPA) test policies

.PHONY: lint
lint: $(LINT) ## golangci-lint, with the import arrows
	$(LINT) run ./...

.PHONY: bench
bench: ## all benchmarks, each beside its baseline
	go test -run '^$$' -bench . -benchmem ./...

.PHONY: test-netbox
test-netbox: build ## conformance suite and demo on the test server of NETBOX_URL and NETBOX_TOKEN
	@test -n "$(NETBOX_URL)" && test -n "$(NETBOX_TOKEN)" || { echo "set NETBOX_URL and NETBOX_TOKEN to a test server" >&2; exit 64; }
	DIET_TEST_NETBOX=1 go test -count=1 ./mirror/sandbox/conformance
	bin/diet demo --on-netbox

.PHONY: golden
golden: ## rewrite the golden files
	go test ./generate ./cmd/diet -update

.PHONY: tidy-check
tidy-check: ## go.mod, go.sum and formatting are as they should be
	go mod tidy -diff
	@test -z "$$(gofmt -l cmd engine generate mirror policies sql)" || { gofmt -l cmd engine generate mirror policies sql; exit 1; }

.PHONY: clean
clean: ## delete what was built
	rm -rf bin .cache

# The tools are modules of their own: they need other versions of the same libraries.
$(OPA): .ci/tools/opa/go.mod
	@mkdir -p $(TOOLS)
	cd .ci/tools/opa && go build -o ../../../$@ github.com/open-policy-agent/opa

$(LINT): .ci/tools/lint/go.mod
	@mkdir -p $(TOOLS)
	cd .ci/tools/lint && go build -o ../../../$@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint
