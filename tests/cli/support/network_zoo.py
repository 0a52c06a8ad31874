# SPDX-License-Identifier: Apache-2.0
"""Small networks of every shape, their images, and `sim network` on them."""
import json

import numpy

from . import sim, tiny_networks

IDEAL, FOUR_PHASE = sim.tile("network_ideal"), sim.tile("network_four_phase")
DIGITAL = sim.tile("network_digital")
CLASSES = 10


class Builder:
    """Nodes of a network file, with random int8 weights that keep values where they were."""

    def __init__(self, seed, shape):
        self.rng = numpy.random.default_rng(seed)
        self.shape, self.nodes = list(shape), []

    def add(self, name, op, source, **more):
        """Any node; returns its name."""
        self.nodes.append({"name": name, "op": op, **({"inputs": source} if op == "add" else {"input": source}), **more})
        return name

    def layer(self, name, source, rows, outputs, **more):
        """A conv if it has a kernel, else linear: scales per output, a bias, factors of both signs."""
        rng = self.rng
        size = 1.0 / (73.0 * numpy.sqrt(rows))
        sign = rng.choice([-1.0, 1.0], outputs)
        norm = numpy.array([sign * rng.uniform(0.5, 1.5, outputs), rng.normal(0, 0.2, outputs)])
        return self.add(name, "conv" if "kernel" in more else "linear", source, batch_norm=norm.astype(numpy.float32),
                        weights=rng.integers(-127, 128, (rows, outputs)).astype(numpy.int8),
                        weight_scale=(size * rng.uniform(0.5, 2.0, outputs)).astype(numpy.float32),
                        bias=rng.normal(0, 0.3, outputs).astype(numpy.float16), **more)

    def conv(self, name, source, channels, outputs, kernel, **more):
        return self.layer(name, source, channels * kernel[0] * kernel[1], outputs, kernel=kernel, **more)

    def write(self, folder, **top):
        """net.json with its arrays."""
        tiny_networks.write_network(folder, self.shape, self.nodes,
                                    **{"input": {"shape": self.shape, "scale": 1 / 64}, **top})


def every_op(seed=1):
    """Padding, strides, additions before and after a ReLU, pools that leave pixels out, a shortcut."""
    net = Builder(seed, [3, 9, 8])
    net.conv("stem", "input", 3, 8, [3, 3], padding=[1, 1], activation="relu")
    net.conv("inner", "stem", 8, 8, [3, 1], padding=[1, 0])
    net.add("before", "add", ["inner", "stem"])
    net.add("rectified", "relu", "before")
    net.conv("wide", "rectified", 8, 8, [1, 3], padding=[0, 1], activation="relu")
    net.add("after", "add", ["rectified", "wide"])
    net.conv("down", "after", 8, 12, [3, 2], stride=[2, 2], padding=[1, 0])  # [12, 5, 4]
    net.add("option_a", "shortcut", "after", stride=[2, 2], channels=12)
    net.add("joined", "add", ["down", "option_a"], activation="relu")
    net.add("largest", "max_pool", "joined", kernel=[2, 2], stride=[1, 1])  # [12, 4, 3]
    net.add("mean", "average_pool", "largest", kernel=[3, 2])  # [12, 1, 1]: a row and a column left out
    net.add("spread", "average_pool", "largest", kernel=[2, 3], stride=[2, 1])
    net.add("flat", "flatten", "spread")
    net.layer("hidden", "flat", 24, 12, activation="relu")
    net.add("flat_mean", "flatten", "mean")
    net.add("both", "add", ["hidden", "flat_mean"])
    net.layer("scores", "both", 12, CLASSES)
    return net


def many_tiles(seed=2):
    """Rows over two to five tiles, columns over two, additions at the head of a chain."""
    net = Builder(seed, [32, 4, 4])
    net.conv("two", "input", 32, 60, [3, 3], padding=[1, 1], activation="relu")  # 288 rows
    net.conv("three", "two", 60, 60, [3, 3], padding=[1, 1])  # 540
    net.add("sum", "add", ["two", "three"], activation="relu")
    net.conv("four", "sum", 60, 90, [4, 4], stride=[1, 2], padding=[0, 1])  # 960 rows, [90, 1, 2]
    net.conv("columns", "four", 90, 300, [1, 1], activation="relu")
    net.conv("more", "columns", 300, 300, [1, 1])  # two tiles each way
    net.add("joined", "add", ["columns", "more"])
    net.add("pooled", "global_average_pool", "joined")
    net.layer("scores", "pooled", 300, CLASSES)
    return net


def write_images(folder, pixels, images=8, calibration=32, classes=CLASSES, seed=5):
    """data/images.npy, labels.npy and calibration.npy. Pictures are dark with bright spots."""
    rng = numpy.random.default_rng(seed)
    (folder / "data").mkdir(exist_ok=True)
    for name, n in (("images", images), ("calibration", calibration)):
        bright = rng.integers(0, 256, (n, pixels)) * (rng.random((n, pixels)) < 0.4)
        numpy.save(folder / f"data/{name}.npy", bright.astype(numpy.uint8))
    numpy.save(folder / "data/labels.npy", rng.integers(0, classes, images).astype(numpy.int32))


def write_cifar(path, images, labels):
    """The binary version of CIFAR-10."""
    columns = [numpy.asarray(labels, numpy.uint8)[:, None], numpy.asarray(images, numpy.uint8)]
    path.write_bytes(numpy.concatenate(columns, axis=1).tobytes())


class NetworkRun(sim.SimTest):
    """Writes a network with its images and runs them."""

    def make(self, net, images=8, calibration=32, **top):
        net.write(self.folder, **top)
        write_images(self.folder, int(numpy.prod(net.shape)), images, calibration)

    @staticmethod
    def command(*more, tile=IDEAL, out="o"):
        return ["network", "net.json", "--tile", tile, "--data", "npy:data", "--quiet", "--out", out, *more]

    def run_network(self, *more, tile=IDEAL, out="o", **options):
        """To its end, which must be a good one. Returns report.json."""
        self.sim_done(*self.command(*more, tile=tile, out=out), **options)
        return sim.load_json(self.folder / out / "report.json")

    def results(self, out="o"):
        """All files; of report.json, what does not tell of the machine. The texts name times, too."""
        files = sim.files_in(self.folder / out)
        report = json.loads(files.pop("report.json"))
        report.pop("host")
        files.pop("report.txt")
        return {**files, "report": report}

    def script(self, name, *arguments):
        return self.oracle(name + ".py", "net.json", *arguments)
