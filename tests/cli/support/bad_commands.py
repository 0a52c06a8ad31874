# SPDX-License-Identifier: Apache-2.0
"""Command lines that cannot be meant."""
from .case import Case, nothing
from .sim import BAD_CONFIG, BAD_INPUT, SOURCE, tile

TINY = tile("tiny_4x4")

#: name, arguments, words on stderr
TABLE = [
    ("nothing", [], ["required", "--help"]),
    ("unknown option", [TINY, "--nonsense"], ["--nonsense", "--help"]),
    ("one word too many", [TINY, "extra"], ["extra", "--help"]),
    ("unknown command", ["frobnicate"], ["frobnicate", "run, check, validate"]),
    ("unknown command with a config", ["frobnicate", TINY], ["frobnicate", "run, check, validate"]),
    ("run without CONFIG", ["run"], ["CONFIG is required"]),
    ("validate without CONFIG", ["validate"], ["CONFIG is required"]),
    ("adc with arrays but no JSON", ["adc", "c.csv", "--full"], ["--full requires --json"]),
    ("adc with negative noise", ["adc", "c.csv", "--sigma-lsb", "-1"], ["--sigma-lsb", "-1"]),
    ("adc with noise that is no number", ["adc", "c.csv", "--sigma-lsb", "nan"], ["--sigma-lsb", "nan must be a finite number, zero or more"]),
    ("adc with no nominal gain", ["adc", "c.csv", "--nominal", "0"], ["--nominal", "0"]),
    ("adc with unknown rounding", ["adc", "c.csv", "--rounding", "up"], ["--rounding", "up", "floor,nearest"]),
    ("adc without CURVES", ["adc"], ["CURVES is required"]),
    ("compare one tile", ["compare", TINY], ["CONFIG", "At least 2 required"]),
    ("compare without CONFIG", ["compare"], ["CONFIG is required"]),
    ("compare with a wrong engine", ["compare", TINY, TINY, "--engine", "steam"], ["--engine", "steam", "cycle,function"]),
    ("compare with a missing file", ["compare", TINY, "nofile.json"], ["nofile.json: cannot be read: No such file"]),
    ("compare on images without a network", ["compare", TINY, TINY, "--images", "5"], ["--images", "--network"]),
    ("compare on a network without data", ["compare", TINY, TINY, "--network", "n.json"], ["--network requires --data"]),
    ("compare what is not fit for networks", ["compare", TINY, TINY, "--network", str(SOURCE / "traces/networks/digits_cnn.json"), "--data", "npy:x"],
     ["tiny_4x4.json: /calibration/method must not be"]),
    ("check without a trace", ["check", TINY], ["--golden is required"]),
    ("calibrate without an output", ["calibrate", TINY], ["--out is required"]),
    ("no thread", [TINY, "--threads", "0"], ["--threads", "0", "1 to 1024"]),
    ("threads in words", [TINY, "--threads", "two"], ["--threads", "two", "1 to 1024"]),
    ("unknown instructions", [TINY, "--simd", "nonsense"], ["--simd", "nonsense", "auto,scalar,sse4,avx2,avx512"]),
    ("unknown engine", [TINY, "--engine", "steam"], ["--engine", "steam", "cycle,function"]),
    ("window without an end", [TINY, "--vcd-window", "5", "--vcd", "v.vcd"], ["--vcd-window 5", "FROM:TO"]),
    ("window backwards", [TINY, "--vcd-window", "5:4", "--vcd", "v.vcd"], ["--vcd-window 5:4", "FROM below TO"]),
    ("unknown array", [TINY, "--save", "nonsense"], ["--save nonsense", "counts, partial or chip"]),
    ("option given twice", [TINY, "--mvms", "3", "--mvms", "4"], ["--mvms", "2"]),
    ("option without its value", [TINY, "--trace"], ["--trace", "--help"]),
    ("missing file", ["nofile.json"], ["nofile.json: cannot be read: No such file"]),
    ("validate a missing file", ["validate", "nofile.json"], ["nofile.json: cannot be read: No such file"]),
    ("CONFIG is a folder", ["folder"], ["folder: is a folder, not a file"]),
    ("explain a folder", ["explain", "folder"], ["folder: is a folder, not a file"]),
    ("CONFIG cannot be read", ["/proc/self/mem"], ["/proc/self/mem: cannot be read"]),
    ("CONFIG is a device", ["/dev/null"], ["/dev/null: is empty"]),
    ("replay without recorded curves", ["replay", TINY], ["/adc/curves must be \"file\""]),
]

#: inputs other than CONFIG
INPUTS = [
    ("missing workload", [TINY, "--workload", "no.json", "--out", "o"], ["no.json: cannot be read: No such file"]),
    ("compare with a missing workload", ["compare", TINY, TINY, "--workload", "no.json", "--out", "o"], ["no.json: cannot be read: No such file"]),
    ("missing trace", ["check", TINY, "--golden", "no.trace"], ["no.trace: cannot be read: No such file"]),
    ("trace is a folder", ["check", TINY, "--golden", "folder"], ["folder: is a folder, not a file"]),
    ("missing curves", ["adc", "no.csv"], ["no.csv: cannot be read: No such file"]),
    ("curves are a folder", ["adc", "folder"], ["folder: is a folder, not a file"]),
]


def make_folder(folder):
    (folder / "folder").mkdir()


def cases():
    found = [Case(name, make_folder if "folder" in arguments else nothing, arguments, BAD_CONFIG, says)
             for name, arguments, says in TABLE]
    return found + [Case(name, make_folder if "folder" in arguments else nothing, arguments, BAD_INPUT, says)
                    for name, arguments, says in INPUTS]
