# SPDX-License-Identifier: Apache-2.0
"""Make the example of a device table: the PCM-like fit of aihwkit, sampled.

The model has that fit built in (device.model "pcm_like"); the table shows the format, and a test
shows that the two agree. `--check` makes it again and compares with the file on disk.

  python3 scripts/make_device_table.py [--check] [--intervals 200] [--out NAME]
"""
import argparse
import json
import math
import sys

from generated_files import ROOT, write_or_check

G_MAX_US = 25.0      # Source: aihwkit 4545f11, SinglePairConductanceConverter
T_0_S = 20.0         # Source: aihwkit 4545f11, PCMLikeNoiseModel, as all numbers of point()
T_READ_NS = 250.0
SMALLEST_G = 1e-7    # cuts the logarithm's argument, as the fit's authors do
DIGITS = 8           # Choice: far finer than the fit is known, coarser than any libm's last bit


def point(g):
    """Statistics at the relative conductance g."""
    ln_g = math.log(max(g, SMALLEST_G))
    values = {
        "g_uS": g * G_MAX_US,
        "sigma_prog_uS": 0.26348 + 1.9650 * g - 1.1731 * g * g,
        "nu_mean": min(max(-0.0155 * ln_g + 0.0244, 0.049), 0.1),
        "nu_sd": min(max(-0.0125 * ln_g - 0.0059, 0.008), 0.045),
        "read_noise": min(0.0088 / max(g**0.65, 1e-3), 0.2),
    }
    return {key: float("%.*g" % (DIGITS, value)) for key, value in values.items()}


def table_text(intervals):
    """The whole file, one point on a line."""
    head = {
        "format": "aimc-device-table/1",
        "name": "pcm_like_25uS",
        "kind": "synthetic",
        "source": "scripts/make_device_table.py --intervals %d: points of PCMLikeNoiseModel, "
                  "IBM/aihwkit 4545f11; no device was measured" % intervals,
        "licence": "Apache-2.0",
        "g_max_uS": G_MAX_US, "t_0_s": T_0_S, "t_read_ns": T_READ_NS,
    }
    # Choice: squares of a uniform grid, because everything bends most near zero
    points = [point((k / intervals) ** 2) for k in range(intervals + 1)]
    lines = ["  %s: %s," % (json.dumps(k), json.dumps(v)) for k, v in head.items()]
    rows = ",\n".join("    " + json.dumps(p) for p in points)
    return "{\n%s\n  \"points\": [\n%s\n  ]\n}\n" % ("\n".join(lines), rows)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--intervals", type=int, default=200, help="between the points")
    parser.add_argument("--out", default="configs/devices/pcm_like_25uS.json")
    parser.add_argument("--check", action="store_true",
                        help="compare with the file; exit 1 if it differs")
    args = parser.parse_args()
    if args.intervals < 1:
        parser.error("--intervals is %d, must be at least 1" % args.intervals)
    out = ROOT / args.out
    data = table_text(args.intervals).encode("ascii")
    try:
        return write_or_check(out.parent, {out.name: data}, args.check)
    except OSError as error:
        print("%s: %s" % (out, error.strerror), file=sys.stderr)
        return 5


if __name__ == "__main__":
    sys.exit(main())
