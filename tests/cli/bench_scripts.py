#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The scripts that read results of tests/bench, on results written by hand: ratios, fits, bars, comparison,
profile and their error messages. Nothing is timed here."""
import sys

sys.dont_write_bytecode = True

import json
import subprocess
import unittest

from support import sim

SCRIPTS = sim.SOURCE / "scripts"
CHARGE = "function_engine/charge/one_phase/avx2/1_thread"
TWO = "function_engine/charge/one_phase/avx2/2_threads"
SIZES = ((64, 64), (128, 128), (256, 256), (512, 512), (1024, 1024), (64, 1024), (1024, 64))


# Stands for the program: lists and measures four rows.
PROGRAM = """#!/usr/bin/python3 -B
import json, re, sys
options = dict(word.lstrip("-").partition("=")[::2] for word in sys.argv[1:])
names = ["plain_product/avx2/real_time", "post/a+b/real_time", "post/c/real_time",
         "cycle_engine/%s/%s/bare" % (options.get("cycle_tile", "analog"), options.get("cycle_simd", "avx2"))]
NOW = 0
if "benchmark_list_tests" in options:
    print("\\n".join(names))
elif NOW:
    sys.exit(print("bench: no noise", file=sys.stderr) or NOW)
else:
    rows = [{"name": name, "run_type": "iteration", "items_per_second": 1, "real_time": 1, "cpu_time": 1}
            for name in names if re.search(options["benchmark_filter"], name)]
    with open(options["benchmark_out"], "w") as file:
        json.dump({"context": {"best_simd": "avx512"}, "benchmarks": rows}, file)
"""


def run_of(name, per_s, seconds=1.0, **counters):
    """One repetition of a row: so many MVM/s, over so long a time."""
    return {"name": name, "run_type": "iteration", "items_per_second": per_s, "real_time": seconds * 1e9,
            "cpu_time": seconds * 1e9, **counters}


def plain(*per_s):
    return [run_of("plain_product/avx2/real_time", rate) for rate in per_s]


def job(name, per_s, plain_per_s, **counters):
    """A row that times whole jobs."""
    return run_of(name + "/iterations:1/manual_time", per_s, mvms_per_cpu_s=per_s, plain_per_cpu_s=plain_per_s,
                  **counters)


def growth(law):
    """The size rows of a tile that takes law(rows, cols) microseconds."""
    return [job(f"size/{case}/{r}x{c}", 1e6 / law(r, c), 1e6) for case in ("charge", "time_resolved") for r, c in SIZES]


class BenchScripts(sim.SimTest):
    def write(self, name, runs, context=None):
        report = {"context": context or {"num_cpus": 2, "compiler": "12"}, "benchmarks": runs}
        (self.folder / name).write_text(json.dumps(report))
        return name

    def script(self, name, *arguments):
        command = ["/usr/bin/python3", "-B", SCRIPTS / name, *arguments]
        return subprocess.run([str(word) for word in command], cwd=self.folder, text=True, timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def done(self, name, *arguments):
        run = self.script(name, *arguments)
        self.assertEqual((run.returncode, run.stderr), (0, ""), arguments)
        return run.stdout

    def line(self, text, start):
        found = [line for line in text.split("\n") if line.startswith(start)]
        self.assertEqual(len(found), 1, start + ": " + text)
        return found[0]

    def assert_stops(self, run, code, *words):
        self.assertEqual(run.returncode, code, run.stderr)
        self.assertEqual(len(run.stderr.strip().split("\n")), 1, "one line: " + run.stderr)
        for word in words:
            self.assertIn(word, run.stderr)

    def test_ratios(self):
        """Medians; against the plain product beside each job where there is one, or that of the run."""
        runs = plain(900.0, 1000.0, 5000.0) + [run_of("post/nmpu/batch_1/avx2/real_time", 250.0)]
        runs += [job(CHARGE, rate, beside) for rate, beside in ((400.0, 1000.0), (90.0, 200.0), (50.0, 100.0))]
        text = self.done("bench_table.py", self.write("a.json", runs))
        self.assertEqual(self.line(text, "plain_product/avx2").split()[1:], ["1,000", "1,000", "1.000", "456%"])
        self.assertEqual(self.line(text, "post/nmpu/").split()[3], "0.250")
        self.assertEqual(self.line(text, CHARGE).split()[1:], ["90", "90", "0.450", "25%"])
        text = self.done("bench_table.py", self.write("a.json", plain(1.0)))
        self.assertNotIn("must hold", text, "nothing of it was measured")

    def test_several_threads(self):
        """By the wall: processor time says nothing about how long several threads take."""
        runs = [job(TWO, 800.0, 1000.0, x_1_thread=1.9)]
        runs[0]["mvms_per_cpu_s"] = 100.0
        self.assertEqual(self.line(self.done("bench_table.py", self.write("a.json", runs)), TWO).split()[3:6],
                         ["0.800", "0%", "1.90"])

    def test_short_jobs_are_marked(self):
        runs = plain(1000.0) + [job(CHARGE, 90.0, 200.0)]
        runs[-1]["real_time"] = 0.049e9
        self.assertIn("!", self.line(self.done("bench_table.py", self.write("a.json", runs)), CHARGE))

    def test_fit(self):
        """A tile that follows the law is fitted exactly; one that grows faster is not, and the bar says so."""
        text = self.done("bench_table.py", self.write("a.json", growth(lambda r, c: 2 + 0.05 * c + 3e-4 * r * c)))
        self.assertIn("= 2.000 us + 50.000 ns cols + 300.00 ps rows cols", self.line(text, "growth, charge"))
        self.assertRegex(self.line(text, "growth from 64 to 1024, charge"), r" yes +within 0\.0%")
        text = self.done("bench_table.py", self.write("a.json", growth(lambda r, c: 1e-6 * (r * c) ** 1.5)))
        self.assertRegex(self.line(text, "growth from 64 to 1024, charge"), r" NO +within \d+")

    def test_fit_minds_no_slow_minute(self):
        """A job and the plain product beside it both at half speed: the same fit."""
        runs = growth(lambda r, c: 2 + 0.05 * c + 3e-4 * r * c)
        for key in ("items_per_second", "mvms_per_cpu_s", "plain_per_cpu_s"):
            runs[3][key] /= 2
        text = self.done("bench_table.py", self.write("a.json", runs))
        self.assertIn("= 2.000 us + 50.000 ns cols + 300.00 ps rows cols", self.line(text, "growth, charge"))

    def test_bars(self):
        """Just met and just missed; what was not measured is neither."""
        for ratio, word, code in ((0.401, "yes", 0), (0.399, "NO", 1)):
            name = self.write("a.json", [job(CHARGE, 1000 * ratio, 1000.0)])
            run = self.script("bench_table.py", name, "--strict")
            self.assertEqual(run.returncode, code, run.stderr)
            self.assertRegex(self.line(run.stdout, "function engine, charge, all noise"),
                             rf"product +{word} +{ratio:.3f}")
            self.assertRegex(self.line(run.stdout, "read noise per cell"), r" - +not measured")
            self.assertEqual(self.script("bench_table.py", name).returncode, 0, "only --strict fails")

    def test_threads_need_free_cores(self):
        what = "function engine, charge: 2 threads to 1"
        for gain, free, word in ((1.9, 1.9, "yes"), (1.7, 1.99, "NO"), (1.7, 1.8, "-")):
            runs = [job(CHARGE, 400.0, 1000.0), job(TWO, 100.0, 1000.0, x_1_thread=gain),
                    job("plain_product/avx2/2_threads", 2000.0, 1000.0, x_1_thread=free)]
            text = self.done("bench_table.py", self.write("a.json", runs))
            self.assertRegex(self.line(text, what), rf"times +{word} +{gain:.2f}")

    def test_memory(self):
        what = "memory of sim, one tile, function engine"
        for few, many, word in ((30.0, 31.0, "yes"), (30.0, 49.0, "NO"), (51.0, 51.0, "NO")):
            runs = [run_of(f"memory/sim/function/{n}_mvms", 1.0, mvms=n, peak_rss_mb=mb)
                    for n, mb in ((10, few), (10000, many))]
            self.assertRegex(self.line(self.done("bench_table.py", self.write("a.json", runs)), what),
                             rf"flat +{word} ")

    def test_compare(self):
        """Over the plain product of each run, so that a faster machine is no faster code."""
        a = self.write("a.json", plain(1000.0) + [job(CHARGE, 100.0, 1000.0), run_of("post/a", 8.0)])
        b = self.write("b.json", plain(2000.0) + [job(CHARGE, 400.0, 2000.0), run_of("post/b", 8.0)])
        text = self.done("bench_compare.py", a, b)
        self.assertEqual(self.line(text, CHARGE).split()[1:], ["0.100", "0.200", "2.000"])
        self.assertEqual(self.line(text, "geometric mean of 2 rows").split()[-1], "1.414")
        self.assertIn("only in A: post/a\nonly in B: post/b\n", text)
        self.assertEqual(self.line(self.done("bench_compare.py", a, b, "--absolute"), CHARGE).split()[-1], "4.000")
        self.assertNotIn("plain", self.done("bench_compare.py", a, b, "--only", "^function"))
        text = self.done("bench_compare.py", a, b, "--against", CHARGE)
        self.assertEqual(self.line(text, "plain_product/avx2").split()[1:], ["10.000", "5.000", "0.500"])

    def test_compare_without_plain_product(self):
        """One file has ratios, the other has none: rates of both, never a rate with a ratio."""
        a = self.write("a.json", plain(1000.0) + [run_of("post/a", 100.0)])
        b = self.write("b.json", [run_of("post/a", 200.0)])
        self.assertEqual(self.line(self.done("bench_compare.py", a, b), "post/a").split()[1:], ["100", "200", "2.000"])

    def test_messages(self):
        good = self.write("good.json", plain(1.0))
        cases = {"text.json": ("{", "not JSON"), "list.json": ("[]", "context"),
                 "rows.json": ('{"context": {}}', "benchmarks"),
                 "empty.json": ('{"context": {}, "benchmarks": []}', "no row was measured"),
                 "name.json": ('{"context": {}, "benchmarks": [{}]}', "benchmarks[0] has no name")}
        for name, (text, words) in cases.items():
            (self.folder / name).write_text(text)
            self.assert_stops(self.script("bench_table.py", name), sim.BAD_INPUT, name, words)
            self.assert_stops(self.script("bench_compare.py", good, name), sim.BAD_INPUT, name, words)
        self.assert_stops(self.script("bench_compare.py", good, "no.json"), sim.BAD_INPUT, "no.json: cannot be read")
        for key, value, words in (("items_per_second", 0, "not above 0"), ("real_time", "1", "not a number")):
            self.write("bad.json", [{**plain(1.0)[0], key: value}])
            self.assert_stops(self.script("bench_compare.py", good, "bad.json"), sim.BAD_INPUT, "bad.json", key, words)
        self.assert_stops(self.script("bench_compare.py", good, good, "--against", "plain"), sim.BAD_INPUT,
                          "no row plain", "did you mean plain_product/avx2?")
        self.assert_stops(self.script("bench_compare.py", good, good, "--only", "("), 2, "--only (")
        self.assert_stops(self.script("bench_compare.py", good, good, "--only", "nothing"), sim.BAD_INPUT,
                          "no row fits")

    def test_run(self):
        """Rows of all processes in one file; a program that fails, and one that is not there."""
        (self.folder / "bench").write_text(PROGRAM)
        (self.folder / "bench").chmod(0o755)
        run = self.script("bench_run.py", "--build", ".", "--only", "^cycle|^post/a", "--out", "out/r.json")
        self.assertEqual(run.returncode, 0, run.stderr)
        rows = [row["name"] for row in sim.load_json(self.folder / "out/r.json")["benchmarks"]]
        self.assertEqual(rows, ["plain_product/avx2/real_time", "post/a+b/real_time", "cycle_engine/analog/avx2/bare",
                                "cycle_engine/analog/avx512/bare", "cycle_engine/pim_native/avx2/bare",
                                "cycle_engine/digital/avx2/bare"])
        fails = (self.folder / "bench").read_text().replace("NOW = 0", "NOW = 4")
        (self.folder / "bench").write_text(fails)
        run = self.script("bench_run.py", "--build", ".", "--only", "^cycle")
        self.assertEqual(run.returncode, 4)
        self.assertIn("bench: exit 4: bench: no noise", run.stderr.strip().split("\n")[-1])
        self.assert_stops(self.script("bench_run.py", "--build", "no", "--only", "^post"), 2, "no/bench")
        self.assert_stops(self.script("bench_run.py", "--build", ".", "--only", "("), 2, "--only (")

    def test_profile(self):
        """The benchmark's own functions are out, and the rest is shared anew."""
        (self.folder / "perf.txt").write_text(
            "    60.00%  [.] aimc::crossbar::(anonymous namespace)::add_avx2(int*, unsigned long)\n"
            "    20.00%  [.] aimc::bench::plain::(anonymous namespace)::product_avx2(short const*)\n"
            "    19.60%  [k] clear_page\n     0.40%  [.] malloc\n")
        text = self.done("bench_profile.py", "--tool", "perf", "row=perf.txt")
        self.assertIn("| 75.0 % | `crossbar::add_avx2` |\n| 24.5 % | `(kernel)` |\n| 0.5 % | others", text)
        (self.folder / "grind.txt").write_text(
            "1,000 (100.0%)  PROGRAM TOTALS\n  750 (75.00%)  ???:aimc::mvm::read(int) [bench]\n"
            "  250 (25.00%)  file.c:memcpy [libc.so]\n")
        text = self.done("bench_profile.py", "--tool", "callgrind", "row=grind.txt")
        self.assertIn("| 75.0 % | `mvm::read` |\n| 25.0 % | `memcpy` |\n", text)
        (self.folder / "none.txt").write_text("\n")
        self.assert_stops(self.script("bench_profile.py", "--tool", "perf", "row=none.txt"), sim.BAD_INPUT,
                          "row: perf found no function")


if __name__ == "__main__":
    unittest.main()
