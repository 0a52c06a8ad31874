#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Measures every row of tests/bench in one run and prints them beside the plain product.
#
#   scripts/bench.sh [BUILD_FOLDER [BENCHMARK_FLAGS...]]      default: build/bench, made when missing
#
# The raw numbers stay in BUILD_FOLDER/bench.json.
set -eu
source=$(cd "$(dirname "$0")/.." && pwd)
build=${1:-$source/build/bench}
[ $# -gt 0 ] && shift
if [ ! -f "$build/CMakeCache.txt" ]; then
    cmake -S "$source" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DAIMC_BUILD_TESTS=OFF \
        -DAIMC_BUILD_BENCH=ON >&2
fi
cmake --build "$build" --target bench >&2
# Rows in random order: whatever else the machine does hits all rows alike. The medians count.
SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1 "$build/bench" --benchmark_format=json \
    --benchmark_out="$build/bench.json" --benchmark_out_format=json --benchmark_repetitions=5 \
    --benchmark_enable_random_interleaving=true --benchmark_min_time=0.5 "$@" > /dev/null
/usr/bin/python3 "$source/scripts/bench_table.py" "$build/bench.json"
