# SPDX-License-Identifier: Apache-2.0
"""ResNets with random weights, as arrays for import_npz.py and as the ONNX models that exporters write."""
import numpy
from onnx import TensorProto, helper, numpy_helper

from . import importer  # noqa: F401: finds the scripts

from network_topologies import TOPOLOGIES

WIDTHS = (16, 32, 64)  # Source: He et al. 2016, section 4.2
CLASSES, EPSILON = 10, 1e-5
NORM = ("gamma", "beta", "mean", "variance")
ALL = 2**63 - 1  # torch's word for "to the end"


def resnet_nodes(net):
    return TOPOLOGIES[net][0](WIDTHS)


def random_arrays(net, seed):
    """Arrays as torch keeps them: LAYER.weight, LAYER.gamma ..., fc.bias; sizes that keep values where they were."""
    rng, arrays, channels = numpy.random.default_rng(seed), {}, {"input": 3}
    for node in resnet_nodes(net):
        name, source = node["name"], node.get("input", node.get("inputs", [None])[0])
        n_in = channels[source]
        n_out = n_in
        if node["op"] == "conv":
            block = int(name.split(".")[1]) // 3 if "." in name else 0
            n_out, rows = WIDTHS[block], n_in * node["kernel"][0] ** 2
            arrays[name + ".weight"] = rng.normal(0, rows ** -0.5, (n_out, n_in, *node["kernel"]))
            for key, low, high in zip(NORM, (0.6, -0.2, -0.3, 0.5), (1.2, 0.2, 0.3, 1.5)):
                arrays["%s.%s" % (name, key)] = rng.uniform(low, high, n_out)
        elif node["op"] == "linear":
            arrays.update({name + ".weight": rng.normal(0, 1, (CLASSES, n_in)), name + ".bias": rng.normal(0, 1, CLASSES)})
        channels[name] = node.get("channels", n_out)
    return {name: array.astype(numpy.float32) for name, array in arrays.items()}


def folded(arrays):
    """The batch norms as factor and summand, for import_npz.py."""
    out = {name: array for name, array in arrays.items() if name.rpartition(".")[2] not in NORM}
    for name in [key[:-6] for key in arrays if key.endswith(".gamma")]:
        gamma, beta, mean, variance = (arrays["%s.%s" % (name, key)].astype(float) for key in NORM)
        factor = gamma / numpy.sqrt(variance + EPSILON)
        out[name + ".batch_norm"] = numpy.stack([factor, beta - mean * factor]).astype(numpy.float32)
    return out


class OnnxResnet:
    """A model with batch norms as nodes, slices and pads as shortcuts, a Softmax at the end."""

    def __init__(self, net, arrays, before=()):
        """before: (op, constant) applied to the input."""
        self.arrays, self.nodes = dict(arrays), []
        last = "x"
        for k, (op, constant) in enumerate(before):
            last = self.add(op, [last, self.constant("before%d" % k, constant)], "x%d" % k)
        self.made = {"input": last}
        for node in resnet_nodes(net):
            self.made[node["name"]] = self.tensor(node)
        self.add("Softmax", [self.made["fc"]], "out", axis=1)

    def add(self, op, inputs, output, **attributes):
        self.nodes.append(helper.make_node(op, inputs, [output], name="/" + output, **attributes))
        return output

    def constant(self, name, values):
        self.arrays[name] = numpy.asarray(values)
        return name

    def tensor(self, node):
        name = node["name"]
        if node["op"] == "add":
            out = self.add("Add", [self.made[name + ".b"], self.made[node["inputs"][0]]], name + ".sum")
        elif node["op"] == "conv":
            out = self.add("Conv", [self.made[node["input"]], name + ".weight"], name + ".conv",
                           kernel_shape=node["kernel"], strides=node["stride"], pads=node["padding"] * 2)
            out = self.add("BatchNormalization", [out] + ["%s.%s" % (name, key) for key in NORM], name + ".norm",
                           epsilon=EPSILON)
        elif node["op"] == "shortcut":
            return self.option_a(name, self.made[node["input"]], node)
        elif node["op"] == "global_average_pool":
            return self.add("Flatten", [self.add("GlobalAveragePool", [self.made[node["input"]]], "pool")], "flat", axis=1)
        else:
            return self.add("Gemm", ["flat", "fc.weight", "fc.bias"], "fc", transB=1)
        return self.add("Relu", [out], name + ".relu") if node.get("activation") == "relu" else out

    def option_a(self, name, source, node):
        """x[:, :, ::2, ::2] in two slices as torch writes them, then F.pad of the channels."""
        for axis, step in zip((2, 3), node["stride"]):
            numbers = [self.constant("%s.%s%d" % (name, key, axis), [value])
                       for key, value in zip(("from", "to", "axis", "step"), (0, ALL, axis, step))]
            source = self.add("Slice", [source, *numbers], "%s.slice%d" % (name, axis))
        more = node["channels"] // 4
        pads = self.constant(name + ".pads", [0, more, 0, 0, 0, more, 0, 0])
        return self.add("Pad", [source, pads], name + ".pad")

    def save(self, path):
        arrays = [numpy_helper.from_array(a if a.dtype.kind == "i" else a.astype(numpy.float32), name)
                  for name, a in self.arrays.items()]
        value = helper.make_tensor_value_info
        graph = helper.make_graph(self.nodes, "g", [value("x", TensorProto.FLOAT, ("n", 3, 32, 32))],
                                  [value("out", TensorProto.FLOAT, ("n", CLASSES))], arrays)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
        path.write_bytes(model.SerializeToString())
