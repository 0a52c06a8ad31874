#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Whatever is wrong with what a user gives: the right exit code, a message that names the file, the place in
it and what is allowed, nothing on stdout, no crash, and not one file more than before. The cases are tables
in support/bad_*.py."""
import sys

sys.dont_write_bytecode = True

import shutil
import unittest

from support import bad_commands, bad_configs, bad_curves, bad_frozen, bad_networks, bad_traces, bad_workloads, sim

TABLES = {"command lines": bad_commands, "configs": bad_configs, "workloads and arrays": bad_workloads,
          "curve files": bad_curves, "golden traces": bad_traces, "chips and affine tables": bad_frozen,
          "networks": bad_networks}


class BadInput(sim.SimTest):
    def check_table(self, title):
        cases = TABLES[title].cases()
        self.assertEqual(len({case.name for case in cases}), len(cases), "two cases of one name")
        for case in cases:
            with self.subTest(case.name):
                self.check(case)
            for path in self.folder.iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        print("%s: %d broken cases refused" % (title, len(cases)))

    def check(self, case):
        case.make(self.folder)
        before = sim.files_in(self.folder)
        run = self.sim(*case.arguments)
        self.assertEqual(run.returncode, case.code, run.stderr)
        self.assertEqual(run.stdout, "")
        for words in case.says:
            self.assertIn(words, run.stderr)
        self.assertNotIn("SystemC", run.stderr)
        self.assertTrue(run.stderr.endswith("\n"), run.stderr)
        self.assertEqual(sim.files_in(self.folder), before)

    def test_command_lines(self):
        self.check_table("command lines")

    def test_configs(self):
        self.check_table("configs")

    def test_workloads_and_arrays(self):
        self.check_table("workloads and arrays")

    def test_curve_files(self):
        self.check_table("curve files")

    def test_golden_traces(self):
        self.check_table("golden traces")

    def test_chips_and_affine_tables(self):
        self.check_table("chips and affine tables")

    def test_networks(self):
        self.check_table("networks")

    def test_config_without_permission(self):
        program, options = self.as_nobody()
        (self.folder / "tiny.json").rename(self.folder / "locked.json")
        (self.folder / "locked.json").chmod(0)
        run = self.sim("locked.json", executable=program, **options)
        self.assertEqual((run.returncode, run.stdout), (sim.BAD_CONFIG, ""))
        self.assertEqual(run.stderr, "locked.json: cannot be read: Permission denied\n")


if __name__ == "__main__":
    unittest.main()
