#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Puts two trained networks on every kind of tile and makes the README's table of them.

  scripts/other_systems.py [--check | --update | --resnet9 [--only WORD] | --verify NAME]

The digits are run anew each time, which takes seconds. ResNet-9 takes its figures from
traces/networks/other_systems.json: --resnet9 runs it (minutes; needs the CIFAR-10 test images in
../shared/data or --data) and keeps what comes out, --verify runs one system anew and wants every
kept figure again.

Exit codes: 0 done, 1 README.md (--check) or a result (--verify) differs, 2 usage, 3 README.md
without marks or data missing, 5 output cannot be written.
"""
import concurrent.futures
import dataclasses
import json
import math
import os
import pathlib
import statistics
import tempfile

import network_jobs as jobs
import readme_tables as tables

NAME = "other systems"
FILE = tables.ROOT / "traces/networks/other_systems.json"
NETWORK = "resnet9_cifar10_noise_tuned"
IMAGES, CALIBRATION_IMAGES = 500, 64
CHIPS = 3  # of the digits; each has seeds one higher
NO_ERRORS = ("pim.gain_sd=0", "pim.offset_sd_lsb=0", "pim.sigma_lsb=0")
SCHEMES = {"native": "PIM native, N = 9", "differential": "PIM differential, N = 144",
           "bit_serial": "PIM bit-serial, N = 144"}
CURES = {"batch_norm": "batch norm", "least_squares": "affine",
         "least_squares_batch_norm": "both"}
STATES = {"ideal": ("ideal 7-bit converter", NO_ERRORS),
          "raw": ("raw chip", ("calibration.method=nominal",)),
          **{m: (text, (f"calibration.method={m}",)) for m, text in CURES.items()}}


@dataclasses.dataclass(frozen=True)
class System:
    """A kind of tile with its settings, and the presets of both networks."""
    name: str
    label: str
    state: str
    digits: str
    network: str
    sets: tuple = ()

    def network_words(self, images: int) -> list[str]:
        """What stands after `sim`, but for the data."""
        return ["network", f"traces/networks/{NETWORK}.json", "--tile",
                f"configs/tile/{self.network}.json", *tables.settings(self.sets), "--variants",
                "float,nmpu", "--images", str(images), "--calibration-images",
                str(CALIBRATION_IMAGES)]


def pim(scheme: str, state: str) -> System:
    text, sets = STATES[state]
    return System(f"{scheme}/{state}", SCHEMES[scheme], text, f"digits_pim_{scheme}",
                  f"network_pim_{scheme}", sets)


SYSTEMS = [System("analog", "analog PCM, HERMES-like", "affine", "digits_nmpu",
                  "network_four_phase"),
           System("ams", "AMS, 12 bits, 8 products", "affine", "digits_ams", "network_ams"),
           *(pim(scheme, state) for scheme in SCHEMES for state in STATES),
           System("digital", "digital, 8 x 7 bit", "exact", "digits_digital", "network_digital")]


def standard_error(top1: float, n: int) -> float:
    """Of a share in percent that n images gave: binomial, at least that of one wrong answer."""
    p = min(top1 / 100, 1 - 1 / n)
    return 100 * math.sqrt(p * (1 - p) / n)


def run_digits(sim: str, system: System, seed: int) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        report = tables.run_sim(sim, ["run", tables.preset(system.digits), *tables.settings(
            system.sets), "--engine", "function", "--seed", str(seed)], folder)
    return {"top1": report["accuracy"]["task"]["top1"], "images": report["accuracy"]["task"]["n"],
            "float": report["accuracy"]["task"]["float_top1"],
            "ns": report["latency"]["mvm_cycles"]["mean"] / report["latency"]["clock_ghz"],
            "identical": 100 * report["repeatability"]["identical_share"]}


def digits(sim: str, systems, chips: int = CHIPS) -> dict:
    """Name -> means over the chips."""
    work = [(system, 1 + chip) for system in systems for chip in range(chips)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = list(pool.map(lambda w: run_digits(sim, *w), work))
    of = {system.name: [r for (s, _), r in zip(work, runs) if s == system] for system in systems}
    return {name: {key: statistics.mean(r[key] for r in some) for key in some[0]}
            for name, some in of.items()}


def resnet9(sim: str, system: System, images: int, data: pathlib.Path, threads: int) -> dict:
    """Runs the network once and keeps what the table needs."""
    words = system.network_words(images)
    where = jobs.data_of("cifar10", data)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(tables.ROOT)  # the command is kept with relative paths
        report = tables.run_sim(sim, [*words, "--data", where, "--threads", str(threads)], folder)
        config = json.loads((pathlib.Path(folder) / "effective_config.json").read_text())
    result = report["results"][0]
    return {"system": system.name, "command": " ".join(
                ["build/release/sim", *words, "--data", "cifar10:../shared/data/cifar10"]),
            "config_sha256": report["config"]["sha256"], "images": report["data"]["images"],
            "float": report["float"]["top1"], "top1": result["top1"],
            "us": result["latency_cycles"] * config["clock"]["t_clk_ps"] * 1e-6}


def read_file() -> dict:
    try:
        return json.loads(FILE.read_text(encoding="utf-8"))
    except OSError:
        return {"format": "aimc-other-systems/1", "results": []}


def kept() -> dict:
    return {r["system"]: r for r in read_file()["results"]}


def keep(entry: dict) -> None:
    """Puts an entry in the order of SYSTEMS."""
    all_entries = {**kept(), entry["system"]: entry}
    ordered = [all_entries[s.name] for s in SYSTEMS if s.name in all_entries]
    text = json.dumps({"format": "aimc-other-systems/1", "results": ordered}, indent=1) + "\n"
    tables.write_files(FILE.parent, {FILE.name: text.encode()})


def markdown(of_digits: dict, of_resnet: dict) -> str:
    rows, last = [], ""
    for system in SYSTEMS:
        d, r = of_digits[system.name], of_resnet.get(system.name)
        accuracy, image_us = "-", "-"
        if r:
            error = standard_error(r["top1"], r["images"])
            accuracy, image_us = f"{r['top1']:.1f} +- {error:.1f}", f"{r['us']:,.1f}"
        rows.append([system.label if system.label != last else "", system.state,
                     f"{d['top1']:.2f}", accuracy, f"{d['ns']:,.0f}", image_us,
                     f"{d['identical']:.1f}"])
        last = system.label
    floats = {r["images"]: r["float"] for r in of_resnet.values()}
    rows.append(["float", "", f"{of_digits['digital']['float']:.2f}",
                 ", ".join(f"{f:.1f}" for f in floats.values()) or "-", "-", "-", "100.0"])
    counts = ", ".join(f"{n} images" for n in floats) or "not run"
    return tables.table(
        ["tile", "calibration", f"digits, mean of {CHIPS} chips [%]",
         f"ResNet-9, {counts} [% +- standard error]", "one MVM [ns]", "one ResNet-9 image [us]",
         "same outputs when read again [%]"], rows)


def verify(args) -> int:
    """Deterministic, so every figure must be the kept one."""
    system = next((s for s in SYSTEMS if s.name == args.verify), None)
    old = kept().get(args.verify)
    if system is None or old is None:
        raise tables.Stop(tables.USAGE, f"--verify {args.verify}: is no system with kept results")
    fresh = resnet9(args.sim, system, old["images"], args.data, args.threads)
    wrong = [key for key in fresh if fresh[key] != old[key]]
    for key in wrong:
        print(f"{args.verify}: {key} is {fresh[key]}, kept is {old[key]}")
    if not wrong:
        print(f"{args.verify}: {fresh['top1']:.2f} % of {fresh['images']} images, as kept")
    return tables.CHECK_FAILED if wrong else 0


def work() -> int:
    parser = tables.parser_for(__doc__)
    parser.add_argument("--resnet9", action="store_true", help="run ResNet-9 and keep the results")
    parser.add_argument("--only", default="", help="with --resnet9: of these names")
    parser.add_argument("--verify", metavar="NAME", help="run this system anew and compare")
    parser.add_argument("--data", type=pathlib.Path, default=tables.ROOT.parent / "shared/data",
                        help="folder with cifar10 (default: ../shared/data)")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    args = parser.parse_args()
    args.sim = str(pathlib.Path(args.sim).resolve())
    args.data = args.data.resolve()
    if args.verify:
        return verify(args)
    if args.resnet9:
        for system in SYSTEMS:
            if args.only in system.name:
                entry = resnet9(args.sim, system, IMAGES, args.data, args.threads)
                keep(entry)
                print(f"{system.name}: {entry['top1']:.2f} % (float {entry['float']:.2f})",
                      flush=True)
        return 0
    text = markdown(digits(args.sim, SYSTEMS), kept())
    if args.check or args.update:
        return tables.hold_to(args.readme, NAME, text, args.update)
    print(text, end="")
    return 0


if __name__ == "__main__":
    raise SystemExit(tables.main_of(work))
