#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The runs of the main job in one table: scripts/demo_table.py RESULT_FOLDER...

Every number is read from the report.json of a run; nothing is computed here but differences.
"""

import json
import pathlib
import sys


def row(name: str, values: list[str]) -> str:
    return f"{name:<34}" + "".join(f"{v:>21}" for v in values)


def main(folders: list[str]) -> int:
    reports = [json.loads((pathlib.Path(f) / "report.json").read_text()) for f in folders]
    if not all(r["complete"] for r in reports):
        print("a run was interrupted; its report says \"complete\": false", file=sys.stderr)
        return 1

    def line(name, value):
        print(row(name, [value(r) for r in reports]))

    print(row("", [r["config"]["name"] for r in reports]))
    line("ADC curves", lambda r: r["adc"]["curves"])
    line("MVMs, cycle engine", lambda r: f"{r['workload']['mvms']}")
    line("unloaded MVM latency [cycles]", lambda r: f"{r['latency']['mvm_cycles']['min']}")
    line("initiation interval [cycles]",
         lambda r: f"{r['throughput']['initiation_interval_cycles']:.1f}")
    line("throughput, one tile [TOPS]", lambda r: f"{r['throughput']['tops']:.3f}")
    line("all 720 MVMs [us simulated]",
         lambda r: f"{r['throughput']['cycles_total'] / r['latency']['clock_ghz'] / 1000:.1f}")
    for k, layer in enumerate(reports[0]["layers"]):
        line(f"MVM error, layer {layer['name']} [%]",
             lambda r, k=k: f"{100 * r['layers'][k]['error']['rel_l2']:.2f}")
        line("  of it, post unit alone [%]",
             lambda r, k=k: f"{100 * r['layers'][k]['post_vs_exact']['rel_l2']:.2f}")
    line("top-1 of 360 test images [%]", lambda r: f"{r['accuracy']['task']['top1']:.2f}")
    line("  minus the float network", lambda r: "{:+.2f}".format(
        r["accuracy"]["task"]["top1"] - r["accuracy"]["task"]["float_top1"]))
    line("simulated here [MVM/s]", lambda r: f"{r['host']['mvm_per_s']:,.0f}")

    print("\nBeside published figures (how each of ours came about)")
    seen = set()
    for r in reports:
        for c in r["comparison"]:
            if c["quantity"] in seen or c["quantity"].startswith("top-1"):
                continue
            seen.add(c["quantity"])
            print(f"  {c['quantity']:<34} ours {c['ours']:<26} published {c['published']:<26}"
                  f" {c['source']:<11} {c['how']}")
    top1 = {r["config"]["name"]: r["accuracy"]["task"]["top1"] for r in reports}
    if {"digits_nmpu", "digits_ldpu"} <= top1.keys():
        drop = top1["digits_ldpu"] - top1["digits_nmpu"]
        print(f"  top-1, NMPU under FP16: ours {drop:+.2f} points (digits, one chip, measured);"
              " published 0.12 points (ResNet-9 on CIFAR-10, Ferro24): another network, not comparable")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
