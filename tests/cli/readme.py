#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Does what README.md says: runs the commands of its ```sh blocks, and looks for each script, link and path
that it names."""
import sys

sys.dont_write_bytecode = True

import os
import re
import shlex
import subprocess
import unittest

from support import sim

PROGRAM = "build/release/sim "
FOLDERS = "configs|include|scripts|src|tests|traces"
README = sim.SOURCE / "README.md"


def lines_of_blocks(text):
    """The command lines of ```sh blocks: without comments, lines that end in a backslash joined."""
    for block in re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        for line in block.replace("\\\n", " ").split("\n"):
            line = re.sub(r"^\$ |(^|\s)#.*$", "", line).strip()
            if line:
                yield line


def links(text):
    """Targets of relative links and images, without their anchor."""
    found = re.findall(r"\]\(([^)\s]+)\)", text)
    return {link.split("#")[0] for link in found if "://" not in link and not link.startswith(("#", "mailto:"))}


def paths(text):
    """Paths of the repository in backticks; `src/x/{a,b}.cpp` and `configs/tile/*.json` are patterns."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return set(re.findall(r"`((?:%s)/[^`\s]*)`" % FOLDERS, prose))


def exists(path):
    alternatives = re.search(r"\{([^}]*)\}", path)
    if alternatives:
        return all(exists(path.replace(alternatives.group(0), word, 1)) for word in alternatives.group(1).split(","))
    return any(sim.SOURCE.glob(path.rstrip("/")))


class Readme(sim.SimTest):
    def setUp(self):
        super().setUp()
        self.text = README.read_text(encoding="utf-8")

    def test_commands(self):
        for name in ("configs", "traces", "scripts"):
            os.symlink(sim.SOURCE / name, self.folder / name)
        commands = [line for line in lines_of_blocks(self.text) if line.startswith(PROGRAM)]
        self.assertTrue(commands, "README.md has no command of sim in a ```sh block")
        for command in commands:
            with self.subTest(command):
                run = subprocess.run(["bash", "-c", shlex.quote(sim.SIM) + command[len(PROGRAM) - 1:]], cwd=self.folder,
                                     stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
                self.assertEqual(run.returncode, 0, run.stderr)
        print("README.md: %d commands of sim run" % len(commands))

    def test_scripts(self):
        for line in lines_of_blocks(self.text):
            if line.startswith("scripts/"):
                script = sim.SOURCE / shlex.split(line)[0]
                self.assertTrue(script.is_file() and os.access(script, os.X_OK), line)

    def test_links_and_paths(self):
        wrong = [name for name in sorted(links(self.text) | paths(self.text)) if not exists(name)]
        self.assertEqual(wrong, [], "README.md names what is not there")


class Reading(unittest.TestCase):
    """The reading above, on a text that has all of it."""

    TEXT = ("A [map](docs/map.md#top), a [site](https://x.org), `src/base/error.h`, `two words`, `configs/tile/*.json`.\n"
            "```sh\n# comment\nbuild/release/sim a.json \\\n  --quiet   # why\nscripts/demo.sh\n```\n"
            "```\nbuild/release/sim not.json\n```\n")

    def test_reading(self):
        self.assertEqual([line.split() for line in lines_of_blocks(self.TEXT)],
                         [["build/release/sim", "a.json", "--quiet"], ["scripts/demo.sh"]])
        self.assertEqual(links(self.TEXT), {"docs/map.md"})
        self.assertEqual(paths(self.TEXT), {"src/base/error.h", "configs/tile/*.json"})


if __name__ == "__main__":
    unittest.main()
