#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A small network of torch, exported to ONNX in the ways users do it and imported: the network file computes what
torch computes."""
import sys

sys.dont_write_bytecode = True

import unittest

try:
    import onnx  # noqa: F401
    import torch
    from torch import nn
    from torch.nn import functional
except ImportError as error:
    print("skipped: %s (apt install python3-torch python3-onnx)" % error)
    sys.exit(77)

from support import importer
from support.importer import network_file

SCALE = 1 / 64


class Net(nn.Module):
    """conv, norm, ReLU, max pool, a residual block, a mean, a linear layer."""

    def __init__(self, to_vector):
        super().__init__()
        self.to_vector = to_vector
        self.first, self.first_norm = nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8)
        self.a, self.a_norm = nn.Conv2d(8, 8, 3, padding=1), nn.BatchNorm2d(8)
        self.b = nn.Conv2d(8, 8, (1, 3), padding=(0, 1))
        self.dropout, self.last = nn.Dropout(), nn.Linear(8, 5)

    def forward(self, x):
        x = functional.max_pool2d(functional.relu(self.first_norm(self.first(x))), 2)
        x = functional.relu(x + self.b(functional.relu(self.a_norm(self.a(x)))))
        return self.last(self.dropout(self.to_vector(x)))


def made(to_vector):
    """With batch norms that have seen something, and some negative factors."""
    torch.manual_seed(3)
    net = Net(to_vector)
    for norm in (net.first_norm, net.a_norm):
        norm.running_mean.normal_()
        norm.running_var.uniform_(0.5, 2)
        norm.weight.data.normal_()
        norm.bias.data.normal_()
    return net.eval()


class Torch(importer.ImporterTest):
    script = "import_onnx.py"

    def test_exports_compute_the_same(self):
        images = torch.randint(0, 256, (9, 3, 12, 10), dtype=torch.uint8)
        for name, to_vector in (
                ("view", lambda x: functional.adaptive_avg_pool2d(x, 1).view(x.size(0), -1)),
                ("flatten", lambda x: functional.adaptive_avg_pool2d(x, 1).flatten(1)),
                ("mean", lambda x: x.mean((2, 3)))):
            net = made(to_vector)
            with torch.no_grad():
                expected = net(images.float() * SCALE).numpy()
            for training in (torch.onnx.TrainingMode.PRESERVE, torch.onnx.TrainingMode.EVAL):
                for axes in ({}, {"x": {0: "batch"}}):
                    torch.onnx.export(net, torch.zeros(1, 3, 12, 10), str(self.folder / "m.onnx"), training=training,
                                      input_names=["x"], dynamic_axes=axes, opset_version=13)
                    network = self.imported("m.onnx", "--input-scale", "1/64", "--dtype", "float32")
                    scores = network_file.forward(network, images.numpy())
                    self.assertLess(abs(scores - expected).max(), 1e-5 * abs(expected).max(), (name, training, axes))
                    self.assertEqual([n["op"] + "+" * (n.get("activation") == "relu") for n in network.nodes],
                                     ["conv+", "max_pool", "conv+", "conv", "add+", "global_average_pool", "linear"])
                    # EVAL folds the norms into the weights, PRESERVE leaves them to the importer
                    normed = sum("batch_norm" in arrays for arrays in network.arrays.values())
                    self.assertEqual(normed, 0 if training == torch.onnx.TrainingMode.EVAL else 2)


if __name__ == "__main__":
    unittest.main()
