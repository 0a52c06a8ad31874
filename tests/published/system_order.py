# SPDX-License-Identifier: Apache-2.0
"""The order of accuracies on a PIM chip with the published column spread:

  raw 7-bit chip < recalibrated <= ideal 7-bit converter + 2 standard errors

for batch-norm recalibration, the affine correction and both, on the digits, by the kept ResNet-9
results of scripts/other_systems.py, and on ResNet-9 run anew where the CIFAR-10 test images are.
The raw chip must be two standard errors under each cure, so that noise cannot make the order: a
cure that does nothing, a raw chip that is calibrated after all, or a chip without spread fails.
Bit-serial ResNet-9 is held to the plain order: every weight bit has a column, and a line, of its
own there, which one affine map per output does not undo; it stays near chance whatever the cure.
No accuracy per scheme is published: only the order can be held.

  system_order.py digits SIM | kept | resnet9 SIM
"""
import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
import other_systems as systems  # noqa: E402

SKIPPED = 77
DIGIT_CHIPS = 4
IMAGES = 200
DATA = ROOT.parent / "shared/data"


def of_scheme(scheme):
    return [systems.pim(scheme, state) for state in systems.STATES]


def hold_order(what, scheme, top1, images, margin=2):
    """@param top1  state -> top-1 in percent; margin: standard errors above the raw chip"""
    error = systems.standard_error(top1["ideal"], images)
    print(f"{what}, {scheme}, {images} images: " +
          ", ".join(f"{state} {value:.2f} %" for state, value in top1.items()) +
          f"; standard error {error:.2f}")
    wrong = []
    for cure in systems.CURES:
        of_cure = systems.standard_error(top1[cure], images)
        if top1["raw"] + margin * of_cure >= top1[cure]:
            wrong.append(f"{cure} is not {margin} standard errors over the raw chip")
        if top1[cure] > top1["ideal"] + 2 * error:
            wrong.append(f"{cure} is over the ideal converter")
    for text in wrong:
        print(f"{what}, {scheme}: {text}")
    return not wrong


def digits(sim):
    ok = True
    for scheme in systems.SCHEMES:
        found = systems.digits(sim, of_scheme(scheme), DIGIT_CHIPS)
        top1 = {state: found[f"{scheme}/{state}"]["top1"] for state in systems.STATES}
        ok = hold_order("digits", scheme, top1, found[f"{scheme}/ideal"]["images"]) and ok
    digital = systems.SYSTEMS[-1]
    runs = [systems.run_digits(sim, digital, seed) for seed in (1, 2)]
    print(f"digital: {runs[0]['top1']:.2f} %, {runs[0]['identical']:.0f} % the same every time")
    # no seed reaches its result: two chips are one
    return ok and runs[0] == runs[1] and runs[0]["identical"] == 100.0


def kept():
    found = systems.kept()
    ok = True
    for scheme in systems.SCHEMES:
        of = {state: found[f"{scheme}/{state}"] for state in systems.STATES}
        images = {r["images"] for r in of.values()}
        assert images == {systems.IMAGES}, f"{scheme}: kept runs of {images} images"
        top1 = {state: r["top1"] for state, r in of.items()}
        margin = 0 if scheme == "bit_serial" else 2
        ok = hold_order("ResNet-9", scheme, top1, systems.IMAGES, margin) and ok
    return ok


def resnet9(sim):
    """The scheme with the fewest conversions, whose runs are the shortest."""
    scheme = "differential"
    runs = {s.name.split("/")[1]: systems.resnet9(sim, s, IMAGES, DATA, os.cpu_count())
            for s in of_scheme(scheme)}
    return hold_order("ResNet-9", scheme, {k: r["top1"] for k, r in runs.items()}, IMAGES)


def main():
    if sys.argv[1] == "digits":
        return 0 if digits(sys.argv[2]) else 1
    if sys.argv[1] == "kept":
        return 0 if kept() else 1
    if not (DATA / "cifar10/test_batch.bin").is_file():
        print("skipped: shared/data/cifar10/test_batch.bin is not there; put the binary version of "
              "CIFAR-10 into shared/data/cifar10 beside the repository")
        return SKIPPED
    return 0 if resnet9(sys.argv[2]) else 1


if __name__ == "__main__":
    sys.exit(main())
