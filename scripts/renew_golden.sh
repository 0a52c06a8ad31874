#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Writes golden traces again, on purpose: scripts/renew_golden.sh NAME... | --all
# Names are those of traces/golden/cases.txt. Say why in the commit message.
set -euo pipefail
. "$(dirname "$0")/common.sh"
SIM=${AIMC_SIM:-build/release/sim}
[ -x "$SIM" ] || die "$SIM is not there; build it with scripts/demo.sh or set AIMC_SIM"
[ $# -gt 0 ] || die "give the names of the traces to renew, or --all"

renewed=0
while read -r name config mvms more; do
    case "$name" in '' | '#'*) continue ;; esac
    case " $* " in *" $name "* | *" --all "*) ;; *) continue ;; esac
    scratch=$(mktemp -d)
    # shellcheck disable=SC2086  # words of the command line
    "$SIM" "$config" --mvms "$mvms" $more --trace "$scratch/new.trace" --out "$scratch" --quiet
    "$PYTHON" -B scripts/oracle/check_trace.py "$scratch/new.trace"
    mv "$scratch/new.trace" "traces/golden/$name.trace"
    rm -rf "$scratch"
    renewed=$((renewed + 1))
done <traces/golden/cases.txt
[ "$renewed" -gt 0 ] || die "no trace of that name in traces/golden/cases.txt"
say "$renewed renewed; put the reason into the commit message"
