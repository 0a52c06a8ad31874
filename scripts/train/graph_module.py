# SPDX-License-Identifier: Apache-2.0
"""The nodes of a network file as a torch module, to train it and write it back.

Every convolution has a batch norm and no bias; linear layers have a bias.
"""
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from network_check import Network, fail, inputs_of
from network_file import encoded, rows_of


class GraphModule(torch.nn.Module):
    """`width_layers` begin a new width each; the layers after them keep it."""

    def __init__(self, nodes: list[dict], shape: tuple[int, ...], widths: tuple[int, ...],
                 width_layers: tuple[str, ...], classes: int):
        super().__init__()
        self.nodes, self.shape = nodes, shape
        self.layers, self.norms = torch.nn.ModuleDict(), torch.nn.ModuleDict()
        channels, now = {"input": shape[0]}, shape[0]
        width_of = dict(zip(width_layers, widths))
        for node in nodes:
            name, source = node["name"], inputs_of(node)[0]
            if node["op"] == "conv":
                now = width_of.get(name, now)
                self.layers[self.key(node)] = torch.nn.Conv2d(
                    channels[source], now, node["kernel"], node["stride"], node["padding"],
                    bias=False)
                self.norms[self.key(node)] = torch.nn.BatchNorm2d(now)
                channels[name] = now
            elif node["op"] == "linear":
                self.layers[self.key(node)] = torch.nn.Linear(channels[source], classes)
            else:
                channels[name] = node.get("channels", channels[source])

    @staticmethod
    def key(node: dict) -> str:
        """torch allows no dots in the names of modules."""
        return node["name"].replace(".", "_")

    def weights(self) -> list[torch.Tensor]:
        """The weights that lie on tiles."""
        return [layer.weight for layer in self.layers.values()]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        values = {"input": x}
        for node in self.nodes:
            out = self.compute(node, [values[name] for name in inputs_of(node)])
            out = functional.relu(out) if node.get("activation") == "relu" else out
            values[node["name"]] = out
        return out

    def compute(self, node: dict, sources: list[torch.Tensor]) -> torch.Tensor:
        op, x = node["op"], sources[0]
        if op == "conv":
            return self.norms[self.key(node)](self.layers[self.key(node)](x))
        if op == "linear":
            return self.layers[self.key(node)](x)
        if op == "add":
            return x + sources[1]
        if op == "max_pool":
            return functional.max_pool2d(x, node["kernel"], node["stride"])
        if op == "global_average_pool":
            return x.mean((2, 3))
        if op == "flatten":
            return x.flatten(1)
        if op != "shortcut":
            raise NotImplementedError(op)
        y, x_step = node["stride"]
        more = (node["channels"] - x.shape[1]) // 2
        return functional.pad(x[:, :, ::y, ::x_step], (0, 0, 0, 0, more, more))

    @torch.no_grad()
    def arrays(self, node: dict, place: str, dtype: str) -> dict[str, np.ndarray]:
        """Of one layer, in the words of a network file."""
        layer = self.layers[self.key(node)]
        weight = layer.weight.contiguous().numpy()
        if not np.isfinite(weight).all():
            fail(place, "%s: the training diverged, a weight is not finite" % node["name"])
        found = encoded(rows_of(weight), dtype)
        if node["op"] == "linear":
            return {**found, "bias": layer.bias.numpy()}
        norm = self.norms[self.key(node)]
        factor = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        found["batch_norm"] = torch.stack(
            [factor, norm.bias - norm.running_mean * factor]).numpy()
        return found

    def network(self, path: Path, scale: float, dtype: str, origin: str,
                float_top1: float) -> Network:
        """What the module computes in evaluation, not yet checked."""
        arrays = {node["name"]: self.arrays(node, str(path), dtype) for node in self.nodes
                  if node["op"] in ("conv", "linear")}
        return Network(place=str(path), name=path.stem, input_shape=self.shape, input_scale=scale,
                       nodes=self.nodes, arrays=arrays, origin=origin, float_top1=float_top1)
