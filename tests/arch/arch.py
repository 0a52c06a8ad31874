#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the source tree to its own rules: who may include whom, where SystemC may be named, which
names of SystemC are too old, what no file contains.

    AIMC_SOURCE=. [AIMC_BUILD=build/dev] tests/arch/arch.py

Exit code 0: all files follow the rules. 1: prints one line per violation, `path:line: rule: what`.
Before it looks at the tree it breaks every rule on purpose (self_test.py); a rule that does not
notice fails the run. With AIMC_BUILD it also asks nm whether the libraries above the SystemC line are
free of the kernel's symbols.

The project was not built against SystemC 3.0: no such package exists for its platform. What stands
in for it is the list in systemc_names.py, and AIMC_HAS_PROCESS in include/aimc/sim/systemc.h.
"""
import os
import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True  # the source tree stays as it is

import rules  # noqa: E402
import self_test  # noqa: E402

NOT_OURS = {"build", "out", ".git", ".cache", "__pycache__"}


def files(source):
    """(path from the root, text) of every text file of the project."""
    for folder, names, leaves in os.walk(source):
        names[:] = sorted(n for n in names if n not in NOT_OURS and not n.startswith("cmake-build"))
        for leaf in sorted(leaves):
            path = pathlib.Path(folder, leaf)
            try:
                yield path.relative_to(source).as_posix(), path.read_text("utf-8")
            except UnicodeDecodeError:
                pass  # pictures and arrays


def kernel_symbols(build):
    """Symbols of SystemC or TLM in the libraries of the pure rooms."""
    found = []
    for room in rules.ROOMS[:rules.SYSTEMC_LINE]:
        library = pathlib.Path(build, "src", room, f"libaimc_{room}.a")
        if not library.exists():
            found.append(f"{library}: kernel-symbols: is not there")
            continue
        nm = subprocess.run(["nm", str(library)], capture_output=True, text=True, check=True)
        for line in nm.stdout.splitlines():
            if any(space in line for space in ("7sc_core", "5sc_dt", "3tlm", "9tlm_utils")):
                found.append(f"{library}: kernel-symbols: {line.split()[-1]}")
                break
    return found


def main():
    here = pathlib.Path(__file__).resolve().parents[2]
    source = pathlib.Path(os.environ.get("AIMC_SOURCE", here)).resolve()
    found = self_test.run()
    n = 0
    for path, text in files(source):
        n += 1
        for rule in rules.ALL:
            found += [f"{path}:{line}: {rule.__name__}: {what}" for line, what in rule(path, text)]
    if n < 100:
        found.append(f"{source}: only {n} files; is AIMC_SOURCE right?")
    build = os.environ.get("AIMC_BUILD")
    if build:
        found += kernel_symbols(build)
    print("\n".join(found) if found else f"{n} files, {len(rules.ALL)} rules: all hold")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
