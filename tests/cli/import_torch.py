#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A small network of torch, exported to ONNX in the ways users do it and imported: the network file computes what
torch computes."""
import sys

sys.dont_write_bytecode = True

import unittest

import numpy

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
#: Source: facts, channel means and standard deviations of CIFAR-10
MEANS, DEVIATIONS = (0.49140, 0.48216, 0.44653), (0.24703, 0.24349, 0.26159)
MEAN, DEVIATION = (torch.tensor(values).view(1, 3, 1, 1) for values in (MEANS, DEVIATIONS))


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


def padded(x, channels):
    """He et al. 2016, option A, as most write it for CIFAR."""
    more = (channels - x.size(1)) // 2
    return functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, more, more), "constant", 0)


def joined(x, channels):
    zeros = torch.zeros(x.size(0), (channels - x.size(1)) // 2, x.size(2) // 2, x.size(3) // 2)
    return torch.cat([zeros, x[:, :, ::2, ::2], zeros], 1)


def averaged(x, channels):
    more = (channels - x.size(1)) // 2
    return functional.pad(functional.avg_pool2d(x, 1, 2), (0, 0, 0, 0, more, more))


class Block(nn.Module):
    """Of a ResNet for CIFAR; shortcut: a function, or None for a convolution of 1 x 1 with a norm (option B)."""

    def __init__(self, n_in, n_out, shortcut):
        super().__init__()
        stride = 1 if n_in == n_out else 2
        self.a, self.a_norm = nn.Conv2d(n_in, n_out, 3, stride, 1, bias=False), nn.BatchNorm2d(n_out)
        self.b, self.b_norm = nn.Conv2d(n_out, n_out, 3, 1, 1, bias=False), nn.BatchNorm2d(n_out)
        self.option_a, self.option_b = None, nn.Sequential()
        if stride == 2 and shortcut:
            self.option_a = lambda x: shortcut(x, n_out)
        elif stride == 2:
            self.option_b = nn.Sequential(nn.Conv2d(n_in, n_out, 1, 2, bias=False), nn.BatchNorm2d(n_out))

    def forward(self, x):
        y = self.b_norm(self.b(functional.relu(self.a_norm(self.a(x)))))
        return functional.relu(y + (self.option_a or self.option_b)(x))


class Resnet20(nn.Module):
    """normalised: whether the mean is taken off inside the model."""

    def __init__(self, shortcut, to_scores, normalised):
        super().__init__()
        self.to_scores, self.normalised = to_scores, normalised
        self.first, self.first_norm = nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16)
        widths = [16] * 4 + [32] * 3 + [64] * 3
        self.blocks = nn.Sequential(*(Block(a, b, shortcut) for a, b in zip(widths, widths[1:])))
        self.last = nn.Linear(64, 10)

    def forward(self, x):
        x = (x - MEAN) / DEVIATION if self.normalised else x
        return self.to_scores(self.blocks(functional.relu(self.first_norm(self.first(x)))), self.last)


def made(net):
    """With batch norms that have seen something, and some negative factors."""
    torch.manual_seed(3)
    for norm in (part for part in net.modules() if isinstance(part, nn.BatchNorm2d)):
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
            torch.manual_seed(2)
            net = made(Net(to_vector))
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

    def export(self, net, **more):
        torch.onnx.export(net, torch.zeros(1, 3, 32, 32), str(self.folder / "m.onnx"), input_names=["x"], **more)

    def compare(self, net, images, expected, *more):
        network = self.imported("m.onnx", "--input-scale", "1/255", "--dtype", "float32", *more)
        scores = network_file.forward(network, images.numpy(), numpy.float64)
        self.assertLess(abs(scores - expected).max(), 1e-5 * abs(expected).max())
        return network

    def test_resnet20(self):
        """Shortcuts and endings as people write them; scores, so that a Softmax is not compared."""
        images = torch.randint(0, 256, (3, 3, 32, 32), dtype=torch.uint8)

        def mean(x):
            return functional.adaptive_avg_pool2d(x, 1)
        endings = (lambda x, last: functional.softmax(last(mean(x).flatten(1)), 1),
                   lambda x, last: functional.log_softmax(last(mean(x).squeeze(-1).squeeze(-1)), 1),
                   lambda x, last: last(functional.avg_pool2d(x, 8).view(x.size(0), -1)))
        for k, shortcut in enumerate((padded, joined, averaged, None)):
            torch.manual_seed(k)
            net = made(Resnet20(shortcut, endings[k % 3], False))
            with torch.no_grad():
                expected = net(images.float() / 255).numpy()
            for opset in (11, 16):
                self.export(net, opset_version=opset, dynamic_axes={"x": {0: "batch"}} if shortcut is not joined else {})
                network = self.imported("m.onnx", "--input-scale", "1/255", "--dtype", "float32")
                scores = torch.tensor(network_file.forward(network, images.numpy(), numpy.float64))
                scores = (functional.softmax(scores, 1), functional.log_softmax(scores, 1), scores)[k % 3].numpy()
                self.assertLess(abs(scores - expected).max(), 1e-5 * abs(expected).max(), (k, opset))
                ops = [node["op"] for node in network.nodes]
                self.assertEqual((ops.count("shortcut"), ops.count("conv")), (2, 19) if shortcut else (0, 21), k)

    def test_a_mean_taken_off(self):
        """Inside the model and before it; the zeros around the first convolution stay those of the normalised image."""
        images = torch.randint(0, 256, (3, 3, 32, 32), dtype=torch.uint8)
        torch.manual_seed(1)
        net = made(Resnet20(None, lambda x, last: last(x.mean((2, 3))), True))
        with torch.no_grad():
            expected = net(images.float() / 255).numpy()
        self.export(net)
        network = self.compare(net, images, expected)
        numpy.testing.assert_allclose(network.nodes[0]["padding_value"], MEANS, rtol=1e-6)
        net.normalised = False
        self.export(net)
        self.compare(net, images, expected, "--input-mean", ",".join(map(str, MEANS)), "--input-std",
                     ",".join(map(str, DEVIATIONS)))


if __name__ == "__main__":
    unittest.main()
