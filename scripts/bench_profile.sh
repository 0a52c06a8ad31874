#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Where the time of the function engine goes: profiles rows of tests/bench with perf, or with callgrind
# where there is no perf, and prints their hottest functions as the tables of tests/bench/README.md.
#
#   scripts/bench_profile.sh [--update] [ROW...]
#
# ROW: default the two rows of the bars, charge and time_resolved. --update: into the README as well.
# Needs linux-perf or valgrind (apt-get install). Builds build/bench.
set -eu
case " $* " in
    *' --help '* | *' -h '*) sed '1,2d; /^#/!q; s/^# \{0,1\}//' "$0" | sed '$d' && exit ;;
esac
source=$(cd "$(dirname "$0")/.." && pwd)
build=$source/build/bench
update=
[ "${1:-}" = --update ] && update=--update && shift
[ $# -gt 0 ] || set -- function_engine/charge/one_phase/avx2/1_thread \
    function_engine/time_resolved/one_phase/avx2/1_thread
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if perf record -o "$folder/try" true > "$folder/log" 2>&1; then
    tool=perf
elif command -v valgrind > /dev/null; then
    tool=callgrind
else
    echo "bench_profile.sh: neither perf nor valgrind works; apt-get install linux-perf or valgrind" >&2
    exit 2
fi
if [ ! -f "$build/CMakeCache.txt" ]; then
    cmake -S "$source" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DAIMC_BUILD_TESTS=OFF \
        -DAIMC_BUILD_BENCH=ON >&2
fi
cmake --build "$build" --target bench >&2
export SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1

# profile ROW OUT: OUT holds what the tool says of the functions.
profile() {
    filter="--benchmark_filter=^$(printf %s "$1" | sed 's/[+.]/\\&/g')/"
    "$build/bench" --benchmark_list_tests=true "$filter" 2>&1 | grep -q "^$1/" || {
        echo "bench_profile.sh: no row $1" >&2
        exit 2
    }
    if [ $tool = perf ]; then
        perf record -q -e cpu-clock -F 2000 -o "$folder/data" "$build/bench" "$filter" \
            --benchmark_repetitions=10 > "$folder/log" 2>&1
        perf report -q -i "$folder/data" --stdio --no-children -F overhead,symbol > "$2" 2> "$folder/log"
    else
        valgrind --tool=callgrind --callgrind-out-file="$folder/data" "$build/bench" "$filter" \
            > "$folder/log" 2>&1
        callgrind_annotate "$folder/data" > "$2"
    fi
}

number=0
for row in "$@"; do
    number=$((number + 1))
    profile "$row" "$folder/$number.txt"
    words="${words:-} $row=$folder/$number.txt"
done
# shellcheck disable=SC2086
/usr/bin/python3 -B "$source/scripts/bench_profile.py" --tool $tool $update $words
