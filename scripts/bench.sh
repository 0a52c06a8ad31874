#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Measures every row of tests/bench in one run and prints them beside the plain product, with the fits
# of growth and what must hold of the speed. About three minutes; --quick less than one.
#
#   scripts/bench.sh [BUILD_FOLDER] [--quick] [--strict] [--only REGEX] [--out FILE] [--memory-mvms N]
#
# BUILD_FOLDER: default build/bench, made when missing. --strict: exit 1 when a bar does not hold.
# The raw numbers stay in FILE, or BUILD_FOLDER/bench.json: scripts/bench_compare.py compares two.
set -eu
case " $* " in
    *' --help '* | *' -h '*) sed '1,2d; /^#/!q; s/^# \{0,1\}//' "$0" | sed '$d' && exit ;;
esac
source=$(cd "$(dirname "$0")/.." && pwd)
build=$source/build/bench
case ${1:-} in '' | -*) ;; *) build=$1 && shift ;; esac
out=$build/bench.json
strict=
previous=
for word in "$@"; do  # --strict is for the table; --out for both
    shift
    case $previous in --out) out=$word ;; esac
    previous=$word
    if [ "$word" = --strict ]; then strict=--strict; else set -- "$@" "$word"; fi
done
if [ ! -f "$build/CMakeCache.txt" ]; then
    cmake -S "$source" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DAIMC_BUILD_TESTS=OFF \
        -DAIMC_BUILD_BENCH=ON >&2
fi
cmake --build "$build" --target bench sim >&2
/usr/bin/python3 -B "$source/scripts/bench_run.py" --build "$build" --out "$out" "$@"
# shellcheck disable=SC2086
/usr/bin/python3 -B "$source/scripts/bench_table.py" "$out" $strict
