# SPDX-License-Identifier: Apache-2.0
"""What report.json (format aimc-report/1) must have, written from the list of its keys, not from the code."""

import re

SPREAD = {"min", "mean", "p50", "p99", "max"}
SUMMARY = {"min", "mean", "max"}
ERROR = {"rel_l2", "rmse_lsb", "max_abs_lsb", "sqnr_db", "enob"}

#: path -> keys that must be there
KEYS = {
    "": {"format", "config", "seed", "engine", "complete", "workload", "latency", "throughput", "accuracy", "adc",
         "energy", "area", "hardware", "comparison", "host"},
    "config": {"name", "sha256"},
    "seed": {"device", "read"},
    "workload": {"name", "mvms"},
    "latency": {"clock_ghz", "mvm_cycles", "stage_cycles"},
    "latency/mvm_cycles": SPREAD,
    "latency/stage_cycles": {"read", "post", "out_wait"},
    "latency/stage_cycles/read": SPREAD,
    "throughput": {"cycles_total", "mvm_per_s", "tops", "initiation_interval_cycles", "states"},
    "throughput/states": {"reading", "input_starved", "post_busy", "output_blocked", "drain"},
    "accuracy": {"mvm", "post"},
    "accuracy/mvm": ERROR,
    "adc": {"curves", "over_range", "polarity_flips", "gain", "offset", "inl", "dnl"},
    "adc/gain": SUMMARY,
    "adc/offset": SUMMARY,
    "adc/inl": SUMMARY,
    "adc/dnl": SUMMARY,
    "energy": {"per_mvm_nj", "tops_per_w", "tag", "phases_per_mvm", "parts", "left_out"},
    "energy/parts": {"adc", "input", "array", "digital"},
    "area": {"tile_mm2", "adc_share", "post_in_nmpus", "post_mm2", "ldpu_in_nmpus"},
    "hardware": {"unit", "storage_bits", "multiplier_bit_products", "adder_bits", "bits", "tag"},
    "host": {"wall_s", "mvm_per_s", "cycles_per_s", "threads", "simd", "peak_rss_mb", "date"},
}
COMPARISON = {"quantity", "ours", "published", "source", "how"}
TAG = "(Source|Derived|Choice|unknown): |given"
HOW = ("measured", "set to match (consistency)", "derived", "choice")


def problems(report):
    """Sentences; none when the report is as it must be."""
    found = []
    for path, keys in KEYS.items():
        part = report
        for key in path.split("/") if path else ():
            part = part.get(key, {})
        found += ["%s lacks %s" % (path or "report", key) for key in sorted(keys - set(part))]
    if found:
        return found
    if report["format"] != "aimc-report/1" or report["complete"] is not True:
        found.append("wrong format, or not complete")
    unit = [name for name in ("nmpu", "ldpu") if name in report]
    if len(unit) != 1 or set(report["accuracy"]["post"]) != {unit[0] + "_vs_exact"}:
        found.append("not one post unit: %s" % unit)
    else:
        wanted = {"nmpu": {"lanes", "cycles_per_vector", "saturated", "relu_clipped"}, "ldpu": {"cycles_per_vector"}}
        if not wanted[unit[0]] <= set(report[unit[0]]):
            found.append(unit[0] + " lacks a key")
        if not ERROR <= set(report["accuracy"]["post"][unit[0] + "_vs_exact"]):
            found.append("post error lacks a key")
    if report["adc"]["curves"] not in ("measured", "synthetic", "ideal"):
        found.append("adc/curves is " + str(report["adc"]["curves"]))
    for name, entry in [*report["energy"]["parts"].items(), *report["area"].items()]:
        value = "per_mvm_nj" if name in report["energy"]["parts"] else "value"
        if set(entry) != {value, "tag"} or not re.match(TAG, entry["tag"]):
            found.append("%s has no value with a tag: %s" % (name, entry))
    for line in report["comparison"]:
        if set(line) != COMPARISON or not line["how"].startswith(HOW):
            found.append("comparison line %s" % line)
    return found
