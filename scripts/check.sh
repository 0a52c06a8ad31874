#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The test command: from a fresh Debian 12, installs what is missing, builds and runs everything
# that must pass. `scripts/check.sh --more` also runs the sanitizers, clang-tidy and the benchmarks
# (some 15 minutes more).
set -euo pipefail
. "$(dirname "$0")/common.sh"

# shellcheck disable=SC2086
install $PACKAGES_BUILD $PACKAGES_TEST
export CCACHE_MAXSIZE=2G

build ci
say "tests (preset ci: optimised, warnings are errors)"
ctest --preset ci --output-junit "$ROOT/build/ci/junit.xml" || die "a test failed"

say "the same trace from other compilers, optimisation levels and module orders"
scripts/determinism.sh || die "a trace differs"

if [ "${1:-}" = --more ]; then
    say "the same tests under address and undefined-behaviour sanitizers"
    scripts/sanitize.sh || die "the sanitizers found something"
    say "clang-tidy"
    install clang-tidy
    build tidy
    say "benchmarks"
    scripts/bench.sh
fi
say "all good"
