# SPDX-License-Identifier: Apache-2.0
"""Node lists of the networks that are known by name; a layer's weights carry its node's name."""
from collections.abc import Callable

RESNET9_WIDTHS = (28, 56, 112, 112)  # Source: facts, 9 x 28 x 2^k rows fill 256-row tiles to 98.4 %
RESNET32_WIDTHS = (16, 32, 64)       # Source: He et al. 2016, section 4.2
RESNET32_BLOCKS = 5                  # Source: He et al. 2016, 6n + 2 layers, per width


def conv(name: str, source: str, stride: int = 1, activation: str = "relu") -> dict:
    """A 3 x 3 convolution that keeps height and width at stride 1."""
    return {"name": name, "op": "conv", "input": source, "kernel": [3, 3],
            "stride": [stride, stride], "padding": [1, 1], "activation": activation}


def max_pool(name: str, source: str, size: int) -> dict:
    return {"name": name, "op": "max_pool", "input": source, "kernel": [size, size],
            "stride": [size, size]}


def resnet9(_widths: tuple[int, ...] = RESNET9_WIDTHS) -> list[dict]:
    """ResNet-9 for 32 x 32 images; its additions follow their ReLUs. The weights say the widths."""
    return [
        conv("prep", "input"),
        conv("l1", "prep"), max_pool("l1.pool", "l1", 2),
        conv("r1a", "l1.pool"), conv("r1b", "r1a"),
        {"name": "r1", "op": "add", "inputs": ["l1.pool", "r1b"]},
        conv("l2", "r1"), max_pool("l2.pool", "l2", 2),
        conv("l3", "l2.pool"), max_pool("l3.pool", "l3", 2),
        conv("r3a", "l3.pool"), conv("r3b", "r3a"),
        {"name": "r3", "op": "add", "inputs": ["l3.pool", "r3b"]},
        max_pool("pool", "r3", 4),
        {"name": "flat", "op": "flatten", "input": "pool"},
        {"name": "fc", "op": "linear", "input": "flat"},
    ]


def resnet32(widths: tuple[int, ...] = RESNET32_WIDTHS) -> list[dict]:
    """ResNet-32 for 32 x 32 images, option-A shortcuts; its additions precede their ReLUs."""
    nodes, last = [conv("prep", "input")], "prep"
    for k in range(RESNET32_BLOCKS * len(widths)):
        stage, block = divmod(k, RESNET32_BLOCKS)
        name, stride = "blocks.%d" % k, 2 if stage and not block else 1
        nodes += [conv(name + ".a", last, stride), conv(name + ".b", name + ".a",
                                                        activation="identity")]
        if stride > 1:
            nodes.append({"name": name + ".shortcut", "op": "shortcut", "input": last,
                          "stride": [stride, stride], "channels": widths[stage]})
            last = name + ".shortcut"
        nodes.append({"name": name, "op": "add", "inputs": [last, name + ".b"],
                      "activation": "relu"})
        last = name
    return nodes + [{"name": "mean", "op": "global_average_pool", "input": last},
                    {"name": "fc", "op": "linear", "input": "mean"}]


#: net -> (nodes of widths, the layers whose outputs are the widths, input shape)
TOPOLOGIES: dict[str, tuple[Callable, tuple[str, ...], tuple[int, ...]]] = {
    "resnet9": (resnet9, ("prep", "l1", "l2", "l3"), (3, 32, 32)),
    "resnet32": (resnet32, ("prep", "blocks.5.a", "blocks.10.a"), (3, 32, 32)),
}
