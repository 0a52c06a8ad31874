#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A row of `sim sweep` is what a single run reports, whatever its neighbours left in memory: keys one at a time,
points at random, several layers, frozen chips, ages, and the cycle engine."""
import sys

sys.dont_write_bytecode = True

import json
import random
import unittest

from support import sim

HERMES, TINY, DIGITS = sim.tile("hermes_256_one_phase"), sim.tile("tiny_4x4"), sim.tile("digits_nmpu")
SMALL = {"tile.rows": 32, "tile.cols": 24, "calibration.count": 48, "workload.mvms": 12, "adc.few_curves": "repeat",
         "nmpu.scale_exponent": "calibrate", "nmpu.lanes": 8}
# Keys of other tiles than HERMES are swept on a tile of theirs: the start of their names, and the tile.
PIM, DIGITAL, AMS = sim.tile("pim_differential_7b"), sim.tile("digital_128"), sim.tile("ams_12b_8")
BASES = {"pim.": PIM, "digital.": DIGITAL, "energy.digital.": DIGITAL, "adc.ams.": AMS}
SMALL_PART = {key: SMALL[key] for key in ("tile.rows", "tile.cols", "calibration.count", "workload.mvms")}
SMALL_OF = {HERMES: SMALL, PIM: dict(SMALL_PART, **{"nmpu.scale_fraction": 13, "nmpu.cut": 5}), DIGITAL: SMALL_PART,
            AMS: SMALL_PART}
# What cannot be swept here: it names what a file is, or the tile's curves forbid it.
NOT_SWEPT = {"format", "adc.curves", "adc.curve_file", "chip", "calibration.file", "device.table", "workload.file",
             "workload.weights", "workload.inputs", "device.faults.file"}
# Values beside the default, where the schema alone does not give one that means something.
OTHER = {"name": ["other"], "read.n_window": [130, 200], "clock.t_clk_ps": [500], "device.g_max_uS": [10.0, 20.0],
         "device.t_read_ns": [100.0], "crossbar.v_read_mV": [150.0], "crossbar.g_lsb_nS": [2.0, 50.0],
         "crossbar.wire_ohm": [5.0], "adc.gain_MHz_per_uA": [10.0], "adc.full_scale_uA": [20.0],
         "adc.current_ratio": [0.5, 1.0, "calibrate"], "adc.count_bits": [6, 8], "adc.sigma_lsb": [0.0, 2.0],
         "tile.rows": [31, 64], "tile.cols": [16, 40], "calibration.count": [20, 100],
         "calibration.percentile": [70.0, 95.0], "calibration.fixed_scale": [0.5], "calibration.fixed_offset": [3.0],
         "ageing.schedule_s": [[1000.0], [1000.0, 100000.0]], "ageing.recalibrate_s": [[1000.0]],
         "ageing.probe_vectors": [5], "device.age_s": [1e4, 1e6], "nmpu.relu_clip": [40],
         "device.write_verify.n_verify": [5], "device.write_verify.n_pulse": [5], "workload.mvms": [5, 20],
         "nmpu.scale_exponent": [0, 2], "nmpu.fill": [0, 200], "ldpu.fill": [0, 500], "nmpu.out_bits": [4, 6],
         "nmpu.round_bits": [1, 2], "nmpu.scale_bits": [9, 12], "nmpu.scale_fraction": [5, 8],
         "controller.input_slots": [3], "controller.output_slots": [1, 4], "read.n_overhead": [0, 50],
         "pim.group_size": [5, 32], "pim.bits": [3, 12], "pim.n_convert": [1, 40], "pim.converters": [1, 2],
         "pim.slice_bits": [1, 3], "pim.range_share": [0.25], "pim.gain_sd": [0.0, 0.25],
         "digital.input_bits_per_cycle": [1, 2, 4], "digital.n_pipeline": [0, 7], "digital.input_bits": [4, 8],
         "energy.digital.power_mW": [50.0, 100.0], "adc.ams.n_total": [8, 64], "adc.ams.enob": [4.0, 12.5],
         "workload.batch_norm": ["random"], "workload.residual": ["random"], "nmpu.offsets": [2]}
GATES = {"energy.digital.model": "gates", "energy.digital.power_mW": None}
# What makes a key matter.
NEEDS = {"read.skip_empty_phases": {"read.mode": "four_phase", "nmpu.branch": "polarity"},
         "nmpu.relu_clip": {"nmpu.activation": "clipped_relu"}, "crossbar.wire_ohm": {"crossbar.ir_drop": "ladder"},
         "calibration.fixed_scale": {"calibration.method": "fixed"},
         "calibration.fixed_offset": {"calibration.method": "fixed"},
         "ageing.recalibrate_s": {"ageing.schedule_s": [1000.0, 2000.0]},
         "ageing.probe_vectors": {"ageing.schedule_s": [1000.0], "ageing.compensation": "global"},
         "ageing.compensation": {"ageing.schedule_s": [1000.0], "ageing.probe_vectors": 8},
         "nmpu.offsets": {"nmpu.offset_bits": 3, "workload.batch_norm": "random"},
         "nmpu.residual_fraction": {"workload.residual": "random"},
         "nmpu.partial_bits": {"workload.output": "partial", "workload.residual": "random"},
         "nmpu.partial_fraction": {"workload.output": "partial", "workload.residual": "random"},
         "nmpu.out_bits": {"workload.residual": "random", "workload.batch_norm": "random"},
         "energy.digital.gate_fJ": GATES, "energy.digital.full_adder_fJ": GATES,
         "energy.digital.register_fJ": GATES, "energy.digital.toggle_rate": GATES,
         "energy.digital.model": {"energy.digital.power_mW": None},
         "energy.digital.mac_8b_fJ": {"energy.digital.model": "per_mac", "energy.digital.power_mW": None},
         "ldpu.residual_passes": {"post": "ldpu", "workload.residual": "random"}}
FIXED = {"nmpu.scale_exponent": 0, "adc.current_ratio": 1.0}


def keys_of(schema, path=""):
    """(dotted name, schema of the value) of every key."""
    for name, part in schema["properties"].items():
        below = part if "properties" in part else next((p for p in part.get("oneOf", part.get("anyOf", []))
                                                        if "properties" in p), None)
        if below is not None:
            yield from keys_of(below, path + name + ".")
        else:
            yield path + name, part


def values_of(part):
    """Two or three values that a key may have."""
    kinds = part.get("oneOf", part.get("anyOf", [part]))
    values = []
    for kind in kinds:
        if "enum" in kind:
            values += kind["enum"]
        elif kind.get("type") == "boolean":
            values += [False, True]
        elif kind.get("type") in ("integer", "number"):
            low, high = kind["minimum"], kind["maximum"]
            values += [v for v in (0, 0.25, 1, 2, 3, 5, 7) if low <= v <= high and
                       (kind["type"] == "number" or v == int(v))][-3:]
    return values


class Reuse(sim.SimTest):
    def sweep(self, config, out="o", **parts):
        document = dict({"format": "aimc-sweep/1", "config": str(config), "invalid": "skip"}, **parts)
        (self.folder / "s.json").write_text(json.dumps(document), encoding="utf-8")
        self.sim_done("sweep", "s.json", "--out", out, "-q", "--workers", "2", timeout=600)
        results = sim.load_json(self.folder / out / "results.json")
        names = [column["name"] for column in results["columns"]]
        swept = [column["name"] for column in results["columns"] if column["kind"] == "swept"]
        return [dict(zip(names, row)) for row in results["rows"]], swept, results

    def report(self, config, sets, engine="function"):
        arguments = [part for key, value in sets.items() for part in ("--set", "%s=%s" % (key, json.dumps(value)))]
        self.sim_done("run", config, *arguments, "--engine", engine, "-q", "--out", "r")
        return sim.load_json(self.folder / "r/report.json")

    def assert_is_report(self, row, report, post="nmpu"):
        """Every figure, exactly."""
        mvm, states = report["accuracy"]["mvm"], report["throughput"]["states"]
        exact = report["accuracy"]["post"][post + "_vs_exact"]
        calibrations = [layer["calibration"] for layer in report["layers"]]
        expected = {"config_sha256": report["config"]["sha256"], "mvm_rel_l2": mvm["rel_l2"],
                    "mvm_rmse_lsb": mvm["rmse_lsb"], "mvm_max_abs_lsb": mvm["max_abs_lsb"], "sqnr_db": mvm["sqnr_db"],
                    "enob": mvm["enob"], "post_rel_l2": exact["rel_l2"], "post_rmse_lsb": exact["rmse_lsb"],
                    "post_max_abs_lsb": exact["max_abs_lsb"],
                    "top1": report["accuracy"].get("task", {}).get("top1"),
                    "scale_exponent": max(c["scale_exponent"] for c in calibrations),
                    "saturated": report[post]["saturated"], "relu_clipped": report[post]["relu_clipped"],
                    "latency_cycles": report["latency"]["mvm_cycles"]["mean"],
                    "initiation_interval_cycles": report["throughput"]["initiation_interval_cycles"] or None,
                    "post_cycles": report[post]["cycles_per_vector"], "tops": report["throughput"]["tops"]}
        expected.update(states)
        for name in ("columns_needing_exponent", "scales_clipped", "offsets_clipped"):
            expected[name] = sum(c[name] for c in calibrations)
        self.assertEqual({name: row[name] for name in expected}, expected)

    def assert_rows_are_runs(self, config, rows, swept, common, sample=None):
        for row in rows if sample is None else random.Random(5).sample(rows, sample):
            sets = dict(common, **{name: row[name] for name in swept})
            with self.subTest(sets=sets):
                self.assert_is_report(row, self.report(config, sets), sets.get("post", "nmpu"))

    def test_every_key_by_itself(self):
        """One sweep over all keys of the schema, one key changed in each point; then single runs."""
        silent = self.every_key(HERMES, lambda key: not key.startswith(tuple(BASES)), 80)
        # what is left has a rule against it on this tile
        self.assertLessEqual(silent, {"adc.full_scale_uA"})

    def test_every_key_of_the_other_kinds(self):
        for config, least in ((PIM, 12), (DIGITAL, 13), (AMS, 4)):
            own = tuple(start for start, base in BASES.items() if base == config)
            also = ("seed.", "nmpu.cut", "controller.", "calibration.method", "crossbar.g_map")
            silent = self.every_key(config, lambda key, own=own: key.startswith((*own, *also)), least)
            self.assertEqual(silent, set())

    def every_key(self, config, wanted, least):
        """Sweeps these keys one by one and compares rows with runs. Returns those that no row is about."""
        schema = json.loads(self.sim_done("schema"))
        common = SMALL_OF[config]
        points, keys = [{"seed.device": 1}], set()
        for key, part in keys_of(schema):
            if key in NOT_SWEPT or not wanted(key):
                continue
            values = OTHER.get(key) or values_of(part)
            self.assertTrue(values, key)
            for value in values:
                point = dict(NEEDS.get(key, {}), **{key: value})
                if point.get("calibration.method") == "fixed":
                    point.update(FIXED)
                points.append(point)
                keys.add(key)
        rows, _, results = self.sweep(config, set=common, points=points)
        self.assertGreater(len(keys), least)
        for row in rows:
            sets = dict(common, **points[row["index"]])
            with self.subTest(point=points[row["index"]]):
                self.assert_is_report(row, self.report(config, sets), sets.get("post", "nmpu"))
        print("%d keys, %d points, %d refused" % (len(keys), len(rows), len(results["refused"])))
        return keys - {key for row in rows for key in points[row["index"]]}

    def test_random_points_of_the_other_kinds(self):
        """Bits and cycles together, as in a study; what does not change the sums shares them."""
        for config, axes in (
                (PIM, {"pim.bits": [4, 7, 10], "pim.scheme": ["native", "differential", "bit_serial"],
                       "pim.n_evaluate": [0, 9], "calibration.method": ["nominal", "batch_norm", "least_squares"]}),
                (DIGITAL, {"digital.input_bits_per_cycle": [1, 2, 4], "digital.skip_zero_planes": [False, True],
                           "digital.n_pipeline": [0, 2, 5], "controller.double_buffered": [True, False]})):
            common = SMALL_OF[config]
            rows, swept, _ = self.sweep(config, set=common, axes=[{"key": key, "values": values}
                                                                  for key, values in axes.items()])
            self.assertGreaterEqual(len(rows), 36)
            self.assert_rows_are_runs(config, rows, swept, common, sample=10)

    def test_random_points(self):
        common = {"workload.mvms": 16, "calibration.count": 256, "nmpu.scale_exponent": "calibrate"}
        rows, swept, _ = self.sweep(HERMES, set=common, axes=[
            {"key": "nmpu.scale_fraction", "values": [4, 6, 7]}, {"key": "nmpu.cut", "values": [2, 4, 5]},
            {"key": "nmpu.branch", "values": ["polarity", "difference", "single"]},
            {"key": "read.mode", "values": ["one_phase", "four_phase"]}, {"key": "post", "values": ["nmpu", "ldpu"]},
            {"key": "controller.double_buffered", "values": [True, False]}])
        self.assertGreater(len(rows), 60)
        self.assert_rows_are_runs(HERMES, rows, swept, common, sample=12)

    def test_cycle_engine(self):
        rows, swept, _ = self.sweep(HERMES, set=SMALL, axes=[{"key": "nmpu.cut", "values": [3, 4]},
                                                             {"key": "nmpu.fill", "values": [3, 300]}])
        row = rows[3]
        self.assert_is_report(row, self.report(HERMES, dict(SMALL, **{name: row[name] for name in swept}), "cycle"))

    def test_several_layers(self):
        """What the second layer reads depends on what the first one's post unit made."""
        common = {"calibration.count": 128}
        rows, swept, _ = self.sweep(DIGITS, set=common, axes=[
            {"key": "nmpu.out_bits", "values": [6, 8]}, {"key": "nmpu.cut", "values": [3, 5]},
            {"key": "nmpu.final_round_mode", "values": ["SC_TRN", "SC_RND_CONV"]}])
        self.assertEqual(len(rows), 8)
        self.assertTrue(all(row["top1"] is not None for row in rows))
        self.assert_rows_are_runs(DIGITS, rows, swept, common)

    def test_ages(self):
        common = dict(SMALL, **{"ageing.schedule_s": [100.0, 1e5], "ageing.recalibrate_s": [1e5]})
        rows, swept, _ = self.sweep(HERMES, set=common, axes=[
            {"key": "ageing.compensation", "values": ["none", "global", "per_column"]},
            {"key": "nmpu.offset_bits", "values": [5, 8]}])
        self.assert_rows_are_runs(HERMES, rows, swept, common)

    def test_frozen_chips(self):
        frozen = sim.tile("frozen_256_one_phase")
        rows, swept, _ = self.sweep(frozen, axes=[{"key": "nmpu.overflow", "values": ["SC_SAT_SYM", "SC_WRAP"]},
                                                  {"key": "nmpu.lanes", "values": [4, 64]},
                                                  {"key": "seed.read", "values": [1, 2]}])
        self.assertEqual(len(rows), 8)
        self.assert_rows_are_runs(frozen, rows, swept, {})


if __name__ == "__main__":
    unittest.main()
