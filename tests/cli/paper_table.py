#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/paper_table.py: README.md shows a fresh run, every row says how it came about, "set to match" is said
only of what does match; a changed README, a stale plot and mistakes are found. The same for the tile comparison."""
import sys

sys.dont_write_bytecode = True

import re
import shutil
import subprocess
import unittest

from support import sim

HOW = ("measured", "set to match (consistency)", "derived", "not yet")
KINDS = ("abstract", "second-hand notes", "abstract and second-hand notes", "machine-made summary")


class PaperTable(sim.SimTest):
    def script(self, name, *arguments, program=sim.SIM):
        command = ["/usr/bin/python3", "-B", sim.SOURCE / "scripts" / (name + ".py"), "--sim", program, *arguments]
        return subprocess.run([str(word) for word in command], cwd=self.folder, text=True, timeout=300,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def copy_of_readme(self, change=lambda text: text):
        path = self.folder / "README.md"
        path.write_text(change((sim.SOURCE / "README.md").read_text(encoding="utf-8")), encoding="utf-8")
        return path

    def test_fresh_run(self):
        run = self.script("paper_table", "--out", "o")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        text = (self.folder / "o/paper_table.md").read_text(encoding="utf-8")
        self.assertEqual(run.stdout, text)
        readme = (sim.SOURCE / "README.md").read_text(encoding="utf-8")
        self.assertIn("<!-- paper table: begin -->\n%s<!-- paper table: end -->\n" % text, readme,
                      "README.md differs from a fresh run: scripts/paper_table.py --update")
        self.check_rows(sim.load_json(self.folder / "o/paper_table.json")["rows"], text)

    def check_rows(self, rows, text):
        self.assertGreaterEqual(len(rows), 20)
        self.assertEqual(text.count("\n| ") - 1, len(rows))
        for row in rows:
            with self.subTest(row["quantity"]):
                self.assertIn("| %(quantity)s | %(ours)s | %(published)s | %(source)s | %(how)s |\n" % row, text)
                self.assertIn(row["how"].split(":")[0], HOW)
                if row["published"] == "-":  # nothing to stand beside
                    self.assertEqual((row["source"], row["published_value"]), ("-", None))
                else:
                    self.assertIn(row["source"].split(", ")[1], KINDS)
                self.assertEqual(row["value"] is None and not row["command"], row["how"].startswith("not yet"))
                if row["how"].startswith("set to match") and row["published_value"] is not None:
                    self.assertAlmostEqual(row["value"] / row["published_value"], 1.0, delta=0.02)
                if row["published_value"] is not None:  # what is printed is what is in the JSON
                    printed = float(re.search(r"\d+(\.\d+)?", row["published"]).group(0))
                    self.assertAlmostEqual(printed / row["published_value"], 1.0, delta=0.001)
        print("%d rows beside the paper" % len(rows))

    def test_check_finds_a_changed_figure(self):
        run = self.script("paper_table", "--check", "--readme",
                          self.copy_of_readme(lambda text: text.replace("| 7.8x |", "| 7.9x |")))
        self.assertEqual(run.returncode, sim.CHECK_FAILED)
        self.assertIn("differs from a fresh run", run.stderr)

    def test_update_puts_it_right(self):
        path = self.copy_of_readme(lambda text: re.sub(r"(?s)(<!-- paper table: begin -->\n).*(<!-- paper table: end)",
                                                       r"\1\2", text))
        self.assertEqual(self.script("paper_table", "--update", "--out", "o", "--readme", path).returncode, sim.DONE)
        self.assertEqual(path.read_bytes(), (sim.SOURCE / "README.md").read_bytes())

    def test_comparison_finds_a_stale_plot(self):
        """The plot carries a digest of its points: one without it, or of other points, is stale."""
        (self.folder / "traces").mkdir()
        shutil.copy(sim.SOURCE / "traces/mvm.png", self.folder / "traces/tile_comparison.png")
        run = self.script("tile_comparison", "--check", "--readme", self.copy_of_readme())
        self.assertEqual(run.returncode, sim.CHECK_FAILED)
        self.assertIn("tile_comparison.png", run.stderr)

    def test_messages(self):
        for name in ("paper_table", "tile_comparison"):
            run = self.script(name, "--check", program="./nosim")
            self.assertEqual(run.returncode, sim.BAD_CONFIG, run.stderr)
            self.assertEqual(run.stderr.count("\n"), 1, run.stderr)
            self.assertIn("./nosim", run.stderr)
        path = self.copy_of_readme(lambda text: text.replace("<!-- paper table: end -->", ""))
        run = self.script("paper_table", "--check", "--readme", path)
        self.assertEqual(run.returncode, sim.BAD_INPUT, run.stderr)


if __name__ == "__main__":
    unittest.main()
