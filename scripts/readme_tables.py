# SPDX-License-Identifier: Apache-2.0
"""Tables of README.md that scripts make out of runs of `sim`, held to a fresh run.

Shared by the scripts behind those tables. A table stands in README.md between two marks,
`<!-- NAME: begin -->` and `<!-- NAME: end -->`; whatever is between them must be what the script
makes today.
"""
import argparse
import json
import pathlib
import subprocess
import sys

import whole_files

ROOT = pathlib.Path(__file__).resolve().parents[1]
CHECK_FAILED, USAGE, BAD_INPUT, BAD_OUTPUT = 1, 2, 3, 5


class Stop(Exception):
    """Ends a script with a line on stderr and an exit code."""

    def __init__(self, code: int, text: str):
        super().__init__(text)
        self.code = code


def preset(name: str) -> str:
    """The path of a shipped configuration of a tile."""
    return str(ROOT / "configs/tile" / (name + ".json"))


def settings(pairs) -> list[str]:
    """["a=1", "b=2"] as words of a command line of `sim`."""
    return [word for pair in pairs for word in ("--set", pair)]


def run_sim(sim: str, arguments, folder, name: str = "report.json") -> dict:
    """Runs `sim` to its end and reads one of the files that it leaves in the folder."""
    command = [sim, *arguments, "--quiet", "--out", str(folder)]
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise Stop(USAGE, f"{sim}: {error.strerror}; build it, or name it with --sim") from error
    if run.returncode != 0:
        code = run.returncode if run.returncode > 0 else BAD_INPUT
        raise Stop(code, f"{' '.join(command)}: {run.stderr.strip()}")
    return json.loads((pathlib.Path(folder) / name).read_text(encoding="utf-8"))


def table(head, rows) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| %s |\n" % " | ".join(str(cell) for cell in line) for line in lines)


def parser_for(doc: str) -> argparse.ArgumentParser:
    """The options that all of these scripts have."""
    parser = argparse.ArgumentParser(description=doc.split("\n", maxsplit=1)[0])
    parser.add_argument("--sim", default=str(ROOT / "build/release/sim"), help="the program")
    parser.add_argument("--readme", type=pathlib.Path, default=ROOT / "README.md",
                        help="where the table is shown (default: README.md)")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true",
                      help="only compare with what README.md shows; exit 1 if it differs")
    what.add_argument("--update", action="store_true", help="write it into README.md as well")
    return parser


def hold_to(readme: pathlib.Path, name: str, fresh: str, update: bool) -> int:
    """Compares what README.md shows between the marks of `name` with `fresh`, or puts it there."""
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->\n"
    try:
        text = readme.read_text(encoding="utf-8")
    except OSError as error:
        raise Stop(BAD_INPUT, f"{readme}: {error.strerror}") from error
    if text.count(begin) != 1 or end not in text.split(begin)[1]:
        raise Stop(BAD_INPUT, f"{readme}: has not the marks {begin.strip()} and {end.strip()} once")
    before, rest = text.split(begin)
    shown, after = rest.split(end, maxsplit=1)
    if shown == fresh:
        print(f"{readme.name} shows the {name} of a fresh run")
        return 0
    if not update:
        print(f"{readme}: differs from a fresh run; put this between the marks of the {name} "
              f"(--update does):\n\n{fresh}", file=sys.stderr)
        return CHECK_FAILED
    write_files(readme.parent, {readme.name: (before + begin + fresh + end + after).encode()})
    return 0


def write_files(folder: pathlib.Path, files: dict) -> None:
    """Name -> bytes; what has its final name is whole."""
    try:
        whole_files.write(folder, files)
    except OSError as error:
        raise Stop(BAD_OUTPUT, f"{folder}: cannot be written: {error.strerror}") from error


def main_of(work) -> int:
    """Runs `work` and turns a Stop into its line and exit code."""
    try:
        return work()
    except Stop as stop:
        print(f"{pathlib.Path(sys.argv[0]).name}: {stop}", file=sys.stderr)
        return stop.code
