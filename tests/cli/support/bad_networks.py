# SPDX-License-Identifier: Apache-2.0
"""Networks, image data and options of `sim network` that are wrong."""
import json

import numpy

from .bad_workloads import npy
from .case import Case
from .network_zoo import FOUR_PHASE, IDEAL, every_op, write_images
from .sim import BAD_CONFIG, BAD_INPUT

SET = "--set"
PIXELS = 3 * 9 * 8


def edited(change):
    """A maker of a good network with its images, then `change(folder, document)`."""
    def make(folder):
        network = every_op()
        network.write(folder)
        write_images(folder, int(numpy.prod(network.shape)))
        document = json.loads((folder / "net.json").read_text())
        if change is not None and change(folder, document) is None:
            (folder / "net.json").write_text(json.dumps(document))
    return make


def of_node(number, **members):
    """Changes members of one node; None takes one away."""
    def change(_, document):
        node = document["nodes"][number]
        node.update(members)
        for key in [key for key, value in members.items() if value is None]:
            del node[key]
    return change


def writes(name, raw):
    """Another file in place of one, or in addition."""
    def change(folder, _):
        (folder / name).write_bytes(raw)
    return change


def removes(name):
    def change(folder, _):
        (folder / name).unlink()
    return change


def images(name, array):
    return writes("data/%s.npy" % name, npy(array))


def without_the_last(_, document):
    document["nodes"].pop()


def words(text):
    """A network file of this text."""
    def change(folder, _):
        (folder / "net.json").write_text(text)
        return False
    return change


FLOATS = numpy.full((27, 8), 0.5, numpy.float32)
NAN = FLOATS.copy()
NAN[3, 1] = numpy.nan

#: name, change, words on stderr; exit code 3
FILES = [
    ("not JSON", words("{"), ["net.json: line 1"]),
    ("another format", words('{"format": "aimc-workload/1"}'), ["net.json: /format is", '"aimc-network/1"']),
    ("unknown key", lambda _, d: d.update(node=[]), ["net.json: /node is not a known key", "nodes"]),
    ("unknown op", of_node(0, op="convolution"), ["/nodes/0/op is", '"conv", "linear", "add"']),
    ("unknown member", of_node(0, dilation=[2, 2]), ["/nodes/0/dilation is not a known key"]),
    ("input named later", of_node(0, input="scores"), ["/nodes/0/input names scores", "before this one"]),
    ("duplicate name", of_node(1, name="stem"), ["/nodes/1/name", '"stem" is taken']),
    ("name with a slash", of_node(1, name="a/b"), ["/nodes/1/name", "'/'"]),
    ("weights are missing", of_node(0, weights=None), ["/nodes/0/weights is missing"]),
    ("file of weights is missing", removes("stem_weights.npy"), ["/nodes/0/weights names", "No such file"]),
    ("too few rows", writes("stem_weights.npy", npy(numpy.ones((26, 8), numpy.int8))),
     ["/nodes/0/weights", "26 rows", "3 channels x 9 pixels are 27"]),
    ("weights of one axis", writes("stem_weights.npy", npy(numpy.ones(27, numpy.int8))), ["/nodes/0/weights", "[fan-in x outputs]"]),
    ("weights are cut", writes("stem_weights.npy", npy(numpy.ones((27, 8), numpy.int8))[:-1]), ["/nodes/0/weights", "truncated"]),
    ("weights of whole numbers", writes("stem_weights.npy", npy(numpy.ones((27, 8), numpy.int64))), ["/nodes/0/weights", "dtype"]),
    ("a code of -128", writes("stem_weights.npy", npy(numpy.full((27, 8), -128, numpy.int8))), ["/nodes/0/weights", "-127 to 127"]),
    ("codes without a scale", of_node(0, weight_scale=None), ["/nodes/0/weight_scale is missing"]),
    ("numbers with a scale", writes("stem_weights.npy", npy(FLOATS)), ["/nodes/0/weight_scale goes with int8 weights only"]),
    ("NaN weights", writes("stem_weights.npy", npy(NAN)), ["/nodes/0/weights", "nan in row 3, column 1"]),
    ("infinite bias", writes("stem_bias.npy", npy(numpy.full(8, numpy.inf, numpy.float16))), ["/nodes/0/bias", "inf in row 0"]),
    ("too few biases", writes("stem_bias.npy", npy(numpy.ones(7, numpy.float32))), ["/nodes/0/bias", "has 7 numbers, must have 8"]),
    ("batch norm turned round", writes("stem_batch_norm.npy", npy(numpy.ones((8, 2), numpy.float32))), ["/nodes/0/batch_norm", "[2 x 8]"]),
    ("kernel too large", of_node(1, kernel=[12, 1]), ["/nodes/1/kernel of 12 x 1", "11 x 8"]),
    ("kernel of one number", of_node(1, kernel=3), ["/nodes/1/kernel is 3", "two whole numbers"]),
    ("shapes differ", of_node(2, inputs=["inner", "input"]), ["/nodes/2/inputs have shapes [8, 9, 8] and [3, 9, 8]"]),
    ("linear on a map", of_node(13, input="largest"), ["/nodes/13/input has shape [12, 4, 3]", "flatten"]),
    ("ends with a pool", without_the_last, ["/nodes end with", "linear or conv"]),
    ("no nodes", lambda _, d: d.update(nodes=[]), ["/nodes must be a list of at least one"]),
    ("images of another size", images("images", numpy.zeros((8, PIXELS + 1), numpy.uint8)),
     ["data/images.npy", "images of 217 bytes", "reads 216"]),
    ("images of another kind", images("images", numpy.zeros((8, PIXELS), numpy.float32)), ["data/images.npy", "float32", "uint8"]),
    ("images are missing", removes("data/images.npy"), ["data/images.npy", "No such file"]),
    ("labels are missing", removes("data/labels.npy"), ["data/labels.npy", "No such file"]),
    ("label out of range", images("labels", numpy.full(8, 10, numpy.int32)), ["label 10 at image 0", "0 to 9"]),
    ("too few labels", images("labels", numpy.zeros(7, numpy.int32)), ["data/labels.npy", "7 labels for 8 images"]),
    ("calibration is missing", removes("data/calibration.npy"), ["data/calibration.npy", "No such file"]),
    ("31 images to calibrate", images("calibration", numpy.zeros((31, PIXELS), numpy.uint8)),
     ["data/calibration.npy", "has 31 images, at least 32"]),
    ("calibration of another size", images("calibration", numpy.zeros((40, 7), numpy.uint8)), ["data/calibration.npy", "images of 7 bytes"]),
]

#: name, arguments, exit code, words on stderr; the network and its images are good
OPTIONS = [
    ("too few tiles", ["--tiles", "1", SET, "tile.rows=64", SET, "tile.cols=10", SET, "nmpu.lanes=10"], BAD_CONFIG,
     ["--tiles: is 1, too few", "need 5 tiles of 64 x 10"]),
    ("no tiles", ["--tiles", "0"], BAD_CONFIG, ["--tiles: is 0", "all, least or a number"]),
    ("tiles of another word", ["--tiles", "most"], BAD_CONFIG, ["--tiles: is most", "all, least or a number"]),
    ("tiles and a half", ["--tiles", "2.5"], BAD_CONFIG, ["--tiles: is 2.5"]),
    ("unknown kind of data", ["--data", "mnist:data"], BAD_CONFIG, ["--data: is mnist:data", "cifar10:PATH, cifar100:PATH or npy:FOLDER"]),
    ("no kind of data", ["--data", "data"], BAD_CONFIG, ["--data: is data"]),
    ("no such folder", ["--data", "npy:nowhere"], BAD_INPUT, ["nowhere/images.npy", "No such file"]),
    ("no such CIFAR file", ["--data", "cifar10:no.bin"], BAD_INPUT, ["no.bin", "No such file"]),
    ("CIFAR for another network", ["--data", "cifar10:c.bin"], BAD_INPUT, ["c.bin", "images of 3072 bytes", "reads 216"]),
    ("CIFAR file that is cut", ["--data", "cifar10:cut.bin"], BAD_INPUT, ["cut.bin", "6145 bytes", "3073-byte records", "cut short"]),
    ("CIFAR file that is empty", ["--data", "cifar100:empty.bin"], BAD_INPUT, ["empty.bin", "has 0 bytes"]),
    ("calibrated with the test images", ["--calibration", "data/images.npy"], BAD_CONFIG,
     ["--calibration: names the test images", "training images"]),
    ("the same by another name", ["--calibration", "data/../data/images.npy"], BAD_CONFIG, ["--calibration: names the test images"]),
    ("no such calibration", ["--calibration", "none.npy"], BAD_INPUT, ["none.npy", "No such file"]),
    ("few calibration images", ["--calibration-images", "31"], BAD_CONFIG, ["--calibration-images", "32"]),
    ("no images", ["--images", "0"], BAD_CONFIG, ["--images"]),
    ("no chips", ["--chips", "0"], BAD_CONFIG, ["--chips"]),
    ("fixed calibration", [SET, "calibration.method=fixed", SET, "nmpu.scale_exponent=0", SET, "calibration.fixed_scale=0.5"], BAD_CONFIG, ["/calibration/method", "must not be \"fixed\""]),
    ("words that are too narrow", [SET, "nmpu.out_bits=7"], BAD_CONFIG, ["/nmpu/out_bits", "at least 8"]),
    ("a frozen chip", [SET, 'tile.chip="chip.json"'], BAD_CONFIG, ["chip"]),
    ("unknown key of the tile", [SET, "nmpu.bits=7"], BAD_CONFIG, ["--set nmpu.bits is not a known key"]),
    ("unknown thing to save", ["--save", "scores,counts"], BAD_CONFIG, ["--save counts", "scores, layers or words"]),
    ("layers of all images", ["--save", "layers"], BAD_CONFIG, ["--save: layers", "--images 1 to 256"]),
    ("layers of too many images", ["--save", "layers", "--images", "257"], BAD_CONFIG, ["--images 1 to 256"]),
    ("unknown variant", ["--variants", "nmpu,x"], BAD_CONFIG, ["--variants", "float", "ldpu", "nmpu"]),
    ("both units on the cycle engine", ["--engine", "cycle", "--variants", "nmpu,ldpu"], BAD_CONFIG, ["--engine: cycle", "--variants nmpu or ldpu"]),
    ("chips on the cycle engine", ["--engine", "cycle", "--variants", "nmpu", "--chips", "2"], BAD_CONFIG, ["--engine: cycle", "one chip"]),
    ("ages on the cycle engine",
     ["--engine", "cycle", "--variants", "nmpu", SET, "ageing.schedule_s=[3600]", "--tile", FOUR_PHASE], BAD_CONFIG,
     ["--engine: cycle", "ageing.schedule_s"]),
    ("unknown engine", ["--engine", "fast"], BAD_CONFIG, ["--engine"]),
    ("unknown option", ["--image", "3"], BAD_CONFIG, ["--image"]),
]


def with_cifar(folder, _):
    records = bytes(2 * 3073)
    for name, raw in (("c.bin", records), ("cut.bin", records[:-1]), ("empty.bin", b"")):
        (folder / name).write_bytes(raw)


def command(*more):
    """`sim network` with good options but for those that are given."""
    good = ["--tile", IDEAL, "--data", "npy:data", "--variants", "float,nmpu"]
    return ["network", "net.json", "--quiet", "--out", "o", *more,
            *(word for key in (0, 2, 4) for word in good[key:key + 2] if good[key] not in more)]


def cases():
    run = command()
    found = [Case(name, edited(change), run, BAD_INPUT, says) for name, change, says in FILES]
    found += [Case(name, edited(with_cifar), command(*more), code, says) for name, more, code, says in OPTIONS]
    return found + [
        Case("no network", edited(None), ["network", "no.json", *run[2:]], BAD_INPUT, ["no.json", "No such file"]),
        Case("network is a folder", edited(None), ["network", "data", *run[2:]], BAD_INPUT, ["data: is a folder"]),
        Case("no tile given", edited(None), ["network", "net.json", "--data", "npy:data"], BAD_CONFIG, ["--tile"]),
        Case("no such tile", edited(None), command("--tile", "no.json"), BAD_CONFIG, ["no.json"]),
        Case("no data given", edited(None), ["network", "net.json", "--quiet", "--tile", IDEAL], BAD_CONFIG,
             ["--data", "cifar10:PATH"]),
    ]
