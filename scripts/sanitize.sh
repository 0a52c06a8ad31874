#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds preset asan and runs the test suite under address and undefined-behaviour sanitizers.
# Left out there: package, arch and data tests (nothing of ours runs in them), the statistics over 20
# chips (the same code as one chip), and cli.bad_output: it throws inside a SystemC process, and the
# address sanitizer mistakes the kernel's stack switches for overflows (google/sanitizers#189).
set -euo pipefail
. "$(dirname "$0")/common.sh"
build asan
export AIMC_SANITIZED=1  # tests of errors inside SystemC processes take the function engine
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 UBSAN_OPTIONS=print_stacktrace=1
ctest --preset asan --label-exclude '^(package|arch|data)$' --exclude-regex 'digits_over_chips|bad_output' "$@"
