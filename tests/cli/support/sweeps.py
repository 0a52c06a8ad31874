# SPDX-License-Identifier: Apache-2.0
"""Sweeps to run, to watch and to disturb."""
import json
import subprocess
import time

from support import sim

TINY, HERMES = sim.tile("tiny_4x4"), sim.tile("hermes_256_one_phase")
RESULTS = ["results.csv", "results.json"]


class Sweep(sim.SimTest):
    def write(self, name="s.json", config=TINY, **parts):
        """A sweep file in the scratch folder."""
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        document = dict({"format": "aimc-sweep/1", "config": str(config)}, **parts)
        (self.folder / name).write_text(json.dumps(document), encoding="utf-8")
        return name

    def formats(self, name="s.json", **more):
        """Sixty points of a noisy tile, two of each five analog halves apart."""
        return self.write(name, HERMES, **dict({
            "set": {"tile.rows": 64, "tile.cols": 64, "calibration.count": 512, "workload.mvms": 256, "nmpu.scale_exponent": "calibrate",
                    "adc.few_curves": "repeat"},
            "axes": [{"key": "seed.device", "values": [1, 2, 3, 4, 5]}, {"key": "nmpu.scale_fraction", "values": [5, 7]},
                     {"name": "kept", "values": [0, 1, 2]}, {"key": "nmpu.offset_bits", "values": [6, 8]}],
            "derive": {"nmpu.cut": "nmpu.scale_fraction - kept"}}, **more))

    def results(self, out):
        return {name: (self.folder / out / name).read_bytes() for name in RESULTS}

    def table(self, out="o"):
        """results.json with rows as dictionaries."""
        results = sim.load_json(self.folder / out / "results.json")
        names = [column["name"] for column in results["columns"]]
        results["rows"] = [dict(zip(names, row)) for row in results["rows"]]
        return results

    def start(self, *arguments):
        run = subprocess.Popen([sim.SIM, "sweep"] + [str(a) for a in arguments], cwd=self.folder,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(lambda: run.poll() is None and (run.kill(), run.communicate()))
        return run

    def lines(self, out="o"):
        path = self.folder / out / "points.jsonl"
        return path.read_text().count("\n") if path.exists() else 0

    def wait_for_lines(self, run, lines, out="o"):
        give_up = time.monotonic() + 30
        while self.lines(out) < lines and run.poll() is None:
            self.assertLess(time.monotonic(), give_up, "nothing in the journal")
            time.sleep(0.001)

    def long_sweep(self):
        """About half a minute."""
        return self.formats(set={"calibration.count": 1024, "workload.mvms": 256},
                            axes=[{"key": "seed.device", "values": list(range(50))},
                                  {"key": "nmpu.offset_bits", "values": [5, 6, 7, 8]},
                                  {"name": "kept", "values": [0, 1, 2]}])
