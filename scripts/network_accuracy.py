#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the trained networks on series of chips and keeps what came out: traces/networks/accuracy.json.

  scripts/network_accuracy.py [--only WORD] [--show | --check | --update | --verify JOB]

Float, FP16 LDPU and NMPU on the same chips with the same noise; the README's accuracy table and
paper_table.py take their figures from the file. All of it takes hours on two cores; finished jobs
are kept in out/networks and not run again. Needs the CIFAR test sets in ../shared/data (or --data).

Exit codes: 0 done, 1 README.md (--check) or a result (--verify) differs, 2 usage, 3 data missing, 5 output, 130 interrupted.
"""
import json
import sys
import tempfile

import network_jobs as jobs
import readme_tables as tables

FILE = tables.ROOT / "traces/networks/accuracy.json"
NAME = "network accuracy"
R9, R32 = "resnet9_cifar10_noise_tuned", "resnet32_cifar100_noise_tuned"
FOUR = "network_four_phase"
RESOLVED = ("adc.integration=time_resolved",)
ONE_DEVICE = ("device.devices_per_polarity=1",)
ONE_PHASE = ("read.mode=one_phase",)
JOBS = [
    jobs.Job("resnet9", R9, FOUR, 5, 0),
    jobs.Job("resnet9_charge_1000", R9, FOUR, 2, 1000),
    jobs.Job("resnet9_time_resolved", R9, FOUR, 2, 1000, RESOLVED),
    jobs.Job("resnet9_one_device", R9, FOUR, 5, 2000, ONE_DEVICE),
    jobs.Job("resnet9_one_phase", R9, FOUR, 2, 1000, ONE_PHASE),
    jobs.Job("resnet9_one_offset", R9, FOUR, 5, 2000, ("nmpu.offsets=1",)),
    jobs.Job("resnet9_plain", "resnet9_cifar10", FOUR, 5, 2000),
    jobs.Job("resnet9_no_copies", R9, FOUR, 5, 2000, options=()),
    jobs.Job("resnet32", R32, FOUR, 5, 0),
    jobs.Job("resnet32_over_two", R32, FOUR, 2, 0, variants="float,nmpu",
             options=("--replicate-rows", "--replicate-over", "2")),
    jobs.Job("resnet32_one_offset", R32, FOUR, 5, 1000, ("nmpu.offsets=1",)),
    jobs.Job("resnet32_charge_1000", R32, FOUR, 1, 1000),
    jobs.Job("resnet32_time_resolved", R32, FOUR, 1, 1000, RESOLVED),
    jobs.Job("resnet32_one_device", R32, FOUR, 2, 1000, ONE_DEVICE),
    jobs.Job("resnet32_one_phase", R32, FOUR, 1, 1000, ONE_PHASE),
    jobs.Job("resnet32_no_copies", R32, FOUR, 2, 1000, options=()),
]
SETTINGS = {
    "resnet9": "ResNet-9 on CIFAR-10: four-phase, two devices, charge",
    "resnet9_charge_1000": "- fewer images and chips",
    "resnet9_time_resolved": "- the same, time-resolved ADCs",
    "resnet9_one_device": "- one device per polarity",
    "resnet9_one_phase": "- one-phase reads",
    "resnet9_one_offset": "- one offset word per column, the published format",
    "resnet9_plain": "- trained without noise",
    "resnet9_no_copies": "- rows of small layers not repeated",
    "resnet32": "ResNet-32 on CIFAR-100: four-phase, two devices, charge",
    "resnet32_over_two": "- rows repeated over two tiles, NMPU alone",
    "resnet32_one_offset": "- one offset word per column, the published format",
    "resnet32_charge_1000": "- fewer images and chips",
    "resnet32_time_resolved": "- time-resolved ADCs",
    "resnet32_one_device": "- one device per polarity",
    "resnet32_one_phase": "- one-phase reads",
    "resnet32_no_copies": "- rows of small layers not repeated"}


def entry(job: jobs.Job, report: dict) -> dict:
    """What the tables need of a run."""
    paired = None
    if report["paired"]:
        paired = {key: report["paired"][0][key]
                  for key in ("drop_points", "differing_percent", "drop_by_chip")}
    return {"job": job.name, "network": report["network"]["name"], "command": job.command(),
            "config_sha256": report["config"]["sha256"], "date": report["host"]["date"],
            "images": report["data"]["images"], "chips": job.chips,
            "float": report["float"]["top1"], "ldpu": jobs.variant(report, "ldpu"),
            "nmpu": jobs.variant(report, "nmpu"), "paired": paired,
            "images_per_s": report["host"]["images_per_s"],
            "peak_rss_mb": report["host"]["peak_rss_mb"]}


def read_file() -> dict:
    try:
        return json.loads(FILE.read_text(encoding="utf-8"))
    except OSError:
        return {"format": "aimc-network-accuracy/1", "results": []}


def keep(results: dict, new: dict) -> None:
    """Puts an entry in the order of JOBS."""
    others = [r for r in results["results"] if r["job"] != new["job"]]
    order = [job.name for job in JOBS]
    results["results"] = sorted([*others, new], key=lambda r: order.index(r["job"]))
    text = json.dumps(results, indent=1) + "\n"
    tables.write_files(FILE.parent, {FILE.name: text.encode()})


def spread(top1: dict | None) -> str:
    if top1 is None:
        return "-"
    return f"{top1['mean']:.2f}" + (f" +- {top1['sd']:.2f}" if top1["n"] > 1 else "")


def markdown(results: dict) -> str:
    """The table in README.md: top-1 in %, mean and sd over chips."""
    rows = []
    for r in results["results"]:
        drop, differing = "-", "-"
        if r["paired"]:
            d = r["paired"]["drop_points"]
            drop = f"{d['mean']:+.3f}" + (f" +- {d['standard_error']:.3f}" if d["n"] > 1 else "")
            differing = f"{r['paired']['differing_percent']['mean']:.2f}"
        rows.append([SETTINGS[r["job"]], f"{r['images']:,}", r["chips"], f"{r['float']:.2f}",
                     spread(r["ldpu"]), spread(r["nmpu"]), drop, differing])
    return tables.table(["setting", "images", "chips", "float [%]", "FP16 LDPU [%]", "NMPU [%]",
                         "drop NMPU [points]", "other answer [%]"], rows)


def verify(name: str, args, results: dict) -> int:
    """Runs a job anew: deterministic, so every figure must be the kept one."""
    job = next((job for job in JOBS if job.name == name), None)
    kept = next((r for r in results["results"] if r["job"] == name), None)
    if job is None or kept is None:
        raise tables.Stop(tables.USAGE, f"--verify {name}: is no job with kept results")
    with tempfile.TemporaryDirectory() as folder:
        fresh = entry(job, jobs.run(job, args.sim, args.data, tables.pathlib.Path(folder),
                                    args.threads))
    wrong = [key for key in ("images", "chips", "float", "ldpu", "nmpu", "paired")
             if fresh[key] != kept[key]]
    for key in wrong:
        print(f"{name}: {key} is {fresh[key]}, kept is {kept[key]}", file=sys.stderr)
    if not wrong:
        print(f"{name}: float {fresh['float']:.2f} %, LDPU {spread(fresh['ldpu'])}, NMPU "
              f"{spread(fresh['nmpu'])}: as kept, to the last image")
    return tables.CHECK_FAILED if wrong else 0


def work() -> int:
    parser = jobs.parser_for(__doc__)
    parser.add_argument("--readme", type=tables.pathlib.Path, default=tables.ROOT / "README.md")
    parser.add_argument("--show", action="store_true", help="run nothing, print the table")
    parser.add_argument("--check", action="store_true", help="run nothing, compare README.md")
    parser.add_argument("--update", action="store_true", help="write the table into README.md")
    parser.add_argument("--verify", metavar="JOB", help="run this job anew and compare")
    args = parser.parse_args()
    results = read_file()
    if args.verify:
        return verify(args.verify, args, results)
    if not (args.show or args.check):
        for job in JOBS:
            if args.only in job.name:
                report = jobs.run(job, args.sim, args.data, args.out, args.threads)
                keep(results, entry(job, report))
    fresh = markdown(results)
    if args.check or args.update:
        return tables.hold_to(args.readme, NAME, fresh, args.update)
    print(fresh, end="")
    return 0


if __name__ == "__main__":
    sys.exit(tables.main_of(work))
