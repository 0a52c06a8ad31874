# SPDX-License-Identifier: Apache-2.0
"""The simulated tile against pure functions; networks that grow old."""
import numpy

from . import sim
from .network_zoo import DIGITAL, FOUR_PHASE, IDEAL, Builder, NetworkRun, every_op, many_tiles

MONTH = 2592000


class Engines(NetworkRun):
    """One image on the SystemC tile: the same maps, scores and cycles."""

    def compare(self, tile, *more, variants=("nmpu", "ldpu")):
        for variant in variants:
            with self.subTest(tile=tile, variant=variant, more=more):
                common = ["--variants", variant, "--images", "1", "--save", "layers,scores,words",
                          "--set", "calibration.count=128", *more]
                reports = {engine: self.run_network(*common, "--engine", engine, tile=tile, out=engine + variant)
                           for engine in ("function", "cycle")}
                files = {engine: self.results(engine + variant) for engine in reports}
                for name in files["function"]:
                    if name != "report":
                        self.assertEqual(files["cycle"][name], files["function"][name], name)
                results = {engine: report["results"][0] for engine, report in reports.items()}
                self.assertEqual(reports["cycle"]["engine"], "cycle")
                for key in ("top1", "images", "latency_cycles", "interval_cycles", "bottleneck"):
                    self.assertEqual(results["cycle"][key], results["function"][key], key)
                cycles = {engine: {layer["name"]: layer["cycles_per_image"] for layer in result["layers"]}
                          for engine, result in results.items()}
                self.assertEqual(cycles["cycle"], cycles["function"])
                for layer in results["cycle"]["layers"]:  # not measured is not zero
                    self.assertIsNone(layer["mvm_error"]["rel_l2"])
                self.assertTrue(all(cycles["cycle"].values()))

    def test_ideal_tiles(self):
        self.make(every_op())
        self.compare(IDEAL, variants=("nmpu",))  # binary16 ends below these counts

    def test_noisy_tiles(self):
        self.make(every_op())
        self.compare(FOUR_PHASE)

    def test_digital_tiles(self):
        self.make(every_op())
        self.compare(DIGITAL, "--set", "digital.signed_inputs=true", "--set", "digital.input_bits=8",
                     variants=("nmpu",))

    def test_pim_tiles_are_refused(self):
        self.make(every_op())
        run = self.sim(*self.command("--variants", "nmpu", "--images", "1", "--engine", "cycle",
                                     tile=sim.tile("network_pim_native")))
        self.assertEqual(run.returncode, 2)
        self.assertRegex(run.stderr, "--engine.*give function for tile_kind \"pim\"")

    def test_empty_phases_left_out(self):
        self.make(every_op())
        self.compare(FOUR_PHASE, "--set", "read.skip_empty_phases=true")

    def test_ideal_chains(self):
        """Without noise: values and cycles alone, whatever number a read has."""
        self.make(many_tiles())
        self.compare(IDEAL, variants=("nmpu",))
        self.compare(IDEAL, "--tiles", "least", variants=("nmpu",))

    def test_chains_of_tiles(self):
        self.make(many_tiles())
        self.compare(FOUR_PHASE)

    def test_shared_tiles(self):
        self.make(many_tiles())
        self.compare(FOUR_PHASE, "--tiles", "least", variants=("nmpu",))

    def test_rows_that_are_repeated(self):
        self.make(many_tiles())
        self.compare(FOUR_PHASE, "--replicate-rows", "--replicate-over", "2", variants=("nmpu",))

    def test_one_phase_chains(self):
        self.make(many_tiles())
        self.compare(FOUR_PHASE, "--set", "read.mode=one_phase", variants=("nmpu",))


class Noise(NetworkRun):
    """Reads that share bit lines draw noise of their own."""

    def test_pieces_of_a_layer_on_the_same_bit_lines(self):
        net = Builder(5, [16])
        net.layer("wide", "input", 16, 400)
        net.layer("scores", "wide", 400, 10)
        self.make(net, images=64)
        images = numpy.load(self.folder / "data/images.npy")
        numpy.save(self.folder / "data/images.npy", numpy.repeat(images[:1], 64, axis=0))
        self.run_network("--variants", "nmpu", "--tiles", "least", "--images", "64", "--save", "layers", tile=FOUR_PHASE)
        blocks = sim.load_json(self.folder / "o/plan.json")["layers"][0]["blocks"]
        self.assertEqual(blocks[0]["tile"], blocks[1]["tile"])
        outputs = numpy.load(self.folder / "o/layers_nmpu/wide.npy").astype(float)
        lines = [{at: column for at, column in zip(range(*b["at_cols"]), range(*b["cols"]))} for b in blocks]
        pairs = [(lines[0][at], lines[1][at]) for at in lines[0].keys() & lines[1].keys()]
        moving = [(a, b) for a, b in pairs if outputs[:, a].std() > 0 and outputs[:, b].std() > 0]
        self.assertGreater(len(moving), 50)
        mean = numpy.mean([numpy.corrcoef(outputs[:, a], outputs[:, b])[0, 1] for a, b in moving])
        self.assertLess(abs(mean), 0.1, "two pieces draw the same noise")


class Ages(NetworkRun):
    """ageing.schedule_s gives one result per age."""

    COMMON = ["--set", "calibration.count=128", "--set", "ageing.probe_vectors=64", "--save", "scores"]
    SCHEDULE = ["--set", "ageing.schedule_s=[3600,%d]" % MONTH]

    def aged(self, *more, out):
        report = self.run_network(*self.COMMON, *self.SCHEDULE, *more, tile=FOUR_PHASE, out=out)
        found = {(result["variant"], result["age_s"]): result for result in report["results"]}
        self.assertEqual(len(found), 6)
        self.assertEqual({age for _, age in found}, {0, 3600, MONTH})
        return report, found

    def test_one_result_per_age_and_the_first_is_what_it_was(self):
        self.make(every_op(), images=16)
        alone = self.run_network(*self.COMMON, tile=FOUR_PHASE, out="alone")
        first = {result["variant"]: result for result in alone["results"]}
        scores = [(self.folder / "alone" / name).read_bytes() for name in ("scores_nmpu.npy", "scores_ldpu.npy")]
        errors = {}
        for kind in ("none", "global", "per_column"):
            with self.subTest(kind):
                report, found = self.aged("--set", "ageing.compensation=" + kind, out=kind)
                for (variant, age), result in found.items():
                    self.assertEqual(result["upkeep"], "calibrated" if age == 0 else kind)
                    errors[kind, variant, age] = result["layers"][0]["mvm_error"]["rel_l2"]
                    if age == 0:
                        self.assertEqual(result, first[variant])
                self.assertEqual([pair["age_s"] for pair in report["paired"]], [0, 3600, MONTH])
                self.assertEqual([(self.folder / kind / name).read_bytes()
                                  for name in ("scores_nmpu.npy", "scores_ldpu.npy")], scores)
                print("figure: %-10s error of the first layer %s" % (kind, ", ".join(
                    "%.4f" % errors[kind, "nmpu", age] for age in (0, 3600, MONTH))))
        for variant in ("nmpu", "ldpu"):
            for kind in ("global", "per_column"):
                self.assertLess(errors[kind, variant, MONTH], errors["none", variant, MONTH])

    def test_calibrated_anew(self):
        self.make(every_op())
        _, found = self.aged("--set", "ageing.recalibrate_s=[%d]" % MONTH, "--set", "ageing.compensation=global", out="o")
        self.assertEqual([found["nmpu", age]["upkeep"] for age in (0, 3600, MONTH)],
                         ["calibrated", "global", "calibrated"])

    def test_an_age_of_its_own(self):
        """device.age_s is the first age, and older tiles are other tiles."""
        self.make(every_op())
        self.run_network(*self.COMMON, tile=FOUR_PHASE, out="young")
        old = self.run_network(*self.COMMON, "--set", "device.age_s=%d" % MONTH, tile=FOUR_PHASE, out="old")
        self.assertEqual({result["age_s"] for result in old["results"]}, {MONTH})
        young, aged = (numpy.load(self.folder / out / "scores_nmpu.npy") for out in ("young", "old"))
        self.assertFalse(numpy.array_equal(young, aged))
