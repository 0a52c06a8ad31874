# SPDX-License-Identifier: Apache-2.0
"""The bars of networks, by the kept results of scripts/network_accuracy.py; with the CIFAR-10 test
images one of its jobs is run anew and must give the same answers.

Published: NMPU 0.12 (ResNet-9, CIFAR-10) and 0.40 points (ResNet-32, CIFAR-100) under FP16
post-processing, the latter at 65.06 %. Source: Ferro24, abstract. Their weights are not published:
ours are another training of networks of these names.
"""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
import network_accuracy  # noqa: E402

SKIPPED = 77
IMAGES = ROOT.parent / "shared/data/cifar10/test_batch.bin"


def result(job):
    found = [r for r in network_accuracy.read_file()["results"] if r["job"] == job]
    assert found, f"traces/networks/accuracy.json has no {job}: scripts/network_accuracy.py"
    return found[0]


def hold_bars(job, published_drop, most_loss=None, least_top1=0.0):
    r = result(job)
    drop = r["paired"]["drop_points"]
    allowed = published_drop + 2 * drop["standard_error"]
    loss = r["float"] - r["nmpu"]["mean"]
    print(f"{r['network']}: {r['images']} images, {drop['n']} chips: float {r['float']:.2f} %, "
          f"LDPU {r['ldpu']['mean']:.2f} %, NMPU {r['nmpu']['mean']:.2f} %, drop {drop['mean']:+.3f} "
          f"(at most {allowed:.3f}), loss to float {loss:.2f}, "
          f"{r['paired']['differing_percent']['mean']:.2f} % other answers")
    assert r["images"] == 10000 and drop["n"] >= 5
    assert drop["mean"] <= allowed, "the NMPU loses more than published"
    assert most_loss is None or loss <= most_loss, "the NMPU is too far from float"
    assert r["nmpu"]["mean"] >= least_top1


def main():
    if sys.argv[1] == "bars":
        hold_bars("resnet9", 0.12, most_loss=1.0, least_top1=86.65)
        hold_bars("resnet32", 0.40)
        wide = result("resnet32_over_two")
        print(f"ResNet-32 with rows repeated over two tiles: {wide['images']} images, "
              f"{wide['chips']} chips: NMPU {wide['nmpu']['mean']:.2f} % (published 65.06)")
        assert wide["images"] == 10000 and wide["nmpu"]["mean"] >= 65.06
        return 0
    if not IMAGES.is_file():
        print(f"skipped: {IMAGES.relative_to(ROOT.parent)} is not there; put the binary version of "
              "CIFAR-10 into shared/data/cifar10 beside the repository")
        return SKIPPED
    command = [sys.executable, "-B", str(ROOT / "scripts/network_accuracy.py"), "--sim", sys.argv[1],
               "--verify", "resnet9_charge_1000"]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
