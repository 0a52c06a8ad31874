# SPDX-License-Identifier: Apache-2.0
"""Node lists of the networks that are known by name; a layer's weights carry its node's name."""
from collections.abc import Callable

RESNET9_WIDTHS = (28, 56, 112, 112)  # Source: facts, 9 x 28 x 2^k rows fill 256-row tiles to 98.4 %
RESNET_WIDTHS = (16, 32, 64)         # Source: He et al. 2016, section 4.2
RESNET20_BLOCKS = 3                  # Source: He et al. 2016, 6n + 2 layers, per width
RESNET32_BLOCKS = 5                  # Source: the same


def conv(name: str, source: str, stride: int = 1, activation: str = "relu",
         size: int = 3) -> dict:
    """A convolution that keeps height and width at stride 1, if its size is odd."""
    return {"name": name, "op": "conv", "input": source, "kernel": [size, size],
            "stride": [stride, stride], "padding": [size // 2, size // 2],
            "activation": activation}


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


def resnet(blocks: int, widths: tuple[int, ...], option: str = "A") -> list[dict]:
    """The ResNets of He et al. 2016 for 32 x 32 images; their additions precede their ReLUs.

    @param option  how a shortcut gets more channels: "A", zeros; "B", a convolution of 1 x 1"""
    nodes, last = [conv("prep", "input")], "prep"
    for k in range(blocks * len(widths)):
        stage, block = divmod(k, blocks)
        name, stride = "blocks.%d" % k, 2 if stage and not block else 1
        nodes += [conv(name + ".a", last, stride), conv(name + ".b", name + ".a",
                                                        activation="identity")]
        if stride > 1:
            shortcut = name + ".shortcut"
            nodes.append(conv(shortcut, last, stride, "identity", 1) if option == "B" else
                         {"name": shortcut, "op": "shortcut", "input": last,
                          "stride": [stride, stride], "channels": widths[stage]})
            last = shortcut
        nodes.append({"name": name, "op": "add", "inputs": [last, name + ".b"],
                      "activation": "relu"})
        last = name
    return nodes + [{"name": "mean", "op": "global_average_pool", "input": last},
                    {"name": "fc", "op": "linear", "input": "mean"}]


def resnet20(widths: tuple[int, ...] = RESNET_WIDTHS) -> list[dict]:
    """20 layers, option-A (parameter-free) shortcuts."""
    return resnet(RESNET20_BLOCKS, widths)


def resnet20_b(widths: tuple[int, ...] = RESNET_WIDTHS) -> list[dict]:
    """20 layers and two convolutions in shortcuts (option B)."""
    return resnet(RESNET20_BLOCKS, widths, "B")


def resnet32(widths: tuple[int, ...] = RESNET_WIDTHS) -> list[dict]:
    """32 layers, option-A shortcuts."""
    return resnet(RESNET32_BLOCKS, widths)


#: net -> (nodes of widths, the layers whose outputs are the widths, input shape)
TOPOLOGIES: dict[str, tuple[Callable, tuple[str, ...], tuple[int, ...]]] = {
    "resnet9": (resnet9, ("prep", "l1", "l2", "l3"), (3, 32, 32)),
    "resnet20": (resnet20, ("prep", "blocks.3.a", "blocks.6.a"), (3, 32, 32)),
    "resnet20_b": (resnet20_b, ("prep", "blocks.3.a", "blocks.6.a"), (3, 32, 32)),
    "resnet32": (resnet32, ("prep", "blocks.5.a", "blocks.10.a"), (3, 32, 32)),
}
