# SPDX-License-Identifier: Apache-2.0
"""CIFAR records of the "binary version": label bytes (CIFAR-100: coarse, fine), 3 x 32 x 32 bytes.

A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", technical report, 2009.
"""
from pathlib import Path

import numpy as np

from generated_files import ROOT
from network_check import fail

SHAPE = (3, 32, 32)  # Source: CIFAR, red, green and blue plane, row-major
PIXELS = 3072
SHARED = ROOT.parent / "shared" / "data"  # where the tests look for data that is not shipped
#: classes -> (label bytes of a record, folder and name of the test set)
SETS = {10: (1, "cifar10", "test_batch.bin"), 100: (2, "cifar100", "test.bin")}


def test_file(classes: int, data: Path = SHARED) -> Path:
    """Where the official test set lies in a data folder."""
    _, folder, name = SETS[classes]
    return data / folder / name


def read_records(paths: list[Path], classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Images uint8 [n x 3 x 32 x 32] and labels of the files, in order. Raises NetworkError."""
    label_bytes = SETS[classes][0]
    parts = []
    for path in paths:
        try:
            raw = np.fromfile(path, dtype=np.uint8)
        except OSError as error:
            fail(str(path), "cannot be read: %s" % error.strerror)
        if not raw.size or raw.size % (label_bytes + PIXELS):
            fail(str(path), "has %d bytes, must be a whole number of records of %d" % (
                raw.size, label_bytes + PIXELS))
        parts.append(raw.reshape(-1, label_bytes + PIXELS))
        worst = parts[-1][:, label_bytes - 1].max()
        if worst >= classes:
            fail(str(path), "has label %d, must be below %d" % (worst, classes))
    records = np.concatenate(parts)
    images = records[:, label_bytes:].reshape(-1, *SHAPE)
    return images, records[:, label_bytes - 1].astype(np.int64)
