#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Accuracy of a network over the time since programming, with what can be done about drift.

  scripts/network_ageing.py [--images N] [--chips N]

One run each without compensation, with one factor per tile, with one per column, and calibrated
anew; all on the same chips. Leaves traces/networks/ageing.{json,png}. Needs the CIFAR-10 test set in
../shared/data (or --data) and matplotlib.

Exit codes: 0 done, 2 usage, 3 data missing, 5 output.
"""
import io
import json
import sys

import network_jobs as jobs
import readme_tables as tables

FOLDER = tables.ROOT / "traces/networks"
NETWORK = "resnet9_cifar10_noise_tuned"
AGES = [3600.0, 86400.0, 2592000.0, 31536000.0]
NAMES = ["t_0", "1 h", "1 day", "30 days", "1 year"]
SCHEDULE = f"ageing.schedule_s={json.dumps(AGES)}"
KINDS = {"none": ("nothing done", "#999999", ()),
         "global": ("one factor per tile", "#E69F00", ("ageing.compensation=global",)),
         "per_column": ("one factor per column", "#0072B2", ("ageing.compensation=per_column",)),
         "anew": ("calibrated anew", "#009E73", (f"ageing.recalibrate_s={json.dumps(AGES)}",))}


def draw(results: dict) -> bytes:
    import matplotlib  # pylint: disable=import-outside-toplevel
    matplotlib.use("Agg")
    from matplotlib import pyplot  # pylint: disable=import-outside-toplevel
    figure, axes = pyplot.subplots(figsize=(7, 4.2), layout="constrained")
    places = range(len(NAMES))
    for name, (label, colour, _) in KINDS.items():
        points = results["kinds"][name]
        axes.errorbar(places, [p["mean"] for p in points], [p["sd"] for p in points],
                      label=label, color=colour, marker="o", capsize=3)
    axes.axhline(results["float"], color="black", linewidth=1, linestyle=":")
    axes.annotate("float", (0, results["float"]), textcoords="offset points", xytext=(0, 3))
    axes.set_xticks(list(places), NAMES)
    axes.set_xlabel("time since programming")
    axes.set_ylabel("top-1 [%]")
    axes.set_title(f"{results['network']}, {results['images']:,} images, "
                   f"{results['chips']} chips, NMPU", fontsize=10)
    axes.grid(alpha=0.3)
    axes.legend(loc="lower left")
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=130, metadata={"Software": None})
    return picture.getvalue()


def work() -> int:
    parser = jobs.parser_for(__doc__)
    parser.add_argument("--images", type=int, default=2000)
    parser.add_argument("--chips", type=int, default=3)
    args = parser.parse_args()
    results = {"format": "aimc-network-ageing/1", "network": NETWORK, "images": args.images,
               "chips": args.chips, "ages_s": [0.0, *AGES], "commands": [], "kinds": {}}
    for name, (_, _, sets) in KINDS.items():
        variants = "float,nmpu" if name == "none" else "nmpu"
        job = jobs.Job(f"ageing_{name}", NETWORK, "network_four_phase", args.chips, args.images,
                       (SCHEDULE, *sets), variants)
        report = jobs.run(job, args.sim, args.data, args.out, args.threads)
        results["commands"].append(job.command())
        results["kinds"][name] = [jobs.variant(report, "nmpu", age) for age in [0.0, *AGES]]
        if report["float"]:
            results["float"] = report["float"]["top1"]
    text = json.dumps(results, indent=1) + "\n"
    tables.write_files(FOLDER, {"ageing.json": text.encode(), "ageing.png": draw(results)})
    for name, (label, _, _) in KINDS.items():
        print(f"{label:24}" + "".join(f"{p['mean']:8.2f}" for p in results["kinds"][name]))
    return 0


if __name__ == "__main__":
    sys.exit(tables.main_of(work))
