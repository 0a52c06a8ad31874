#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`sim schema` is a draft-7 schema; it accepts every shipped config as `sim` understood it, and refuses what
`sim validate` refuses for the sake of one key. Needs python3-jsonschema."""
import sys

sys.dont_write_bytecode = True

import copy
import json
import unittest

import jsonschema

from support import sim

#: path, value that is not allowed there
BROKEN = [(["format"], "aimc-config/2"), (["post"], "gpu"), (["tile", "rows"], 0), (["tile", "rows"], 4.5),
          (["tile", "rows"], "4"), (["tile", "rowss"], 4), (["nonsense"], {}), (["read", "mode"], "three_phase"),
          (["read", "mode"], None), (["device", "g_max_uS"], -1), (["adc", "count_bits"], 99), (["adc"], []),
          (["nmpu", "round_mode"], "SC_UP"), (["nmpu", "lanes"], True), (["workload", "mvms"], 0), (["seed", "read"], -1)]


class Schema(sim.SimTest):
    def setUp(self):
        super().setUp()
        schema = json.loads(self.sim_done("schema"))
        jsonschema.Draft7Validator.check_schema(schema)
        self.assertEqual(schema["$schema"], "http://json-schema.org/draft-07/schema#")
        self.validator = jsonschema.Draft7Validator(schema)

    def effective(self, config):
        out = self.folder / config.stem
        self.sim_done(config, "--engine", "function", "--mvms", "1", "--out", out, "--quiet")
        return sim.load_json(out / "effective_config.json")

    def test_shipped_configs(self):
        # a network tile is calibrated with vectors that a network brings
        configs = sorted(c for c in sim.TILES.glob("*.json") if not c.stem.startswith("network_"))
        self.assertGreaterEqual(len(configs), 5)
        for config in configs:
            errors = [error.message for error in self.validator.iter_errors(self.effective(config))]
            self.assertEqual(errors, [], config)
        print("schema: %d shipped configs accepted" % len(configs))

    def test_broken_configs(self):
        good = self.effective(sim.TILES / "hermes_256_one_phase.json")
        self.assertTrue(self.validator.is_valid(good))
        for path, value in BROKEN:
            with self.subTest(path=path, value=value):
                bad = copy.deepcopy(good)
                part = bad
                for key in path[:-1]:
                    part = part[key]
                part[path[-1]] = value
                self.assertFalse(self.validator.is_valid(bad))
                (self.folder / "bad.json").write_text(json.dumps(bad))
                run = self.sim("validate", "bad.json")
                self.assertEqual(run.returncode, sim.BAD_CONFIG, run.stderr)
                self.assertIn("/" + "/".join(path), run.stderr)
        self.assertFalse(self.validator.is_valid({}))
        print("schema: %d broken configs refused, by sim as well" % len(BROKEN))


if __name__ == "__main__":
    unittest.main()
