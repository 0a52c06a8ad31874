# SPDX-License-Identifier: Apache-2.0
"""Reads words.json (format aimc-network-words/1) and holds it against the network it is for.

words.json says which words the tiles use and which nodes were merged; the network file says what
is to be computed. same_network() makes sure that both mean the same graph, so that a wrong wire in
the one is not simply followed.
"""
import numpy

from fixed_arrays import kept_fraction
from fixed_point import OVERFLOW_MODES, ROUND_MODES
from network_file import BadInput, load_json

FORMAT = "aimc-network-words/1"
WIDTHS = ("scale_fraction offset_fraction cut round_bits out_bits residual_fraction partial_bits "
          "partial_fraction").split()
CHOICES = {"branch": ("polarity", "difference", "single"), "round_mode": ROUND_MODES,
           "final_round_mode": ROUND_MODES, "overflow": OVERFLOW_MODES}
OPS = {"tiles": ("conv", "linear"), "max_pool": ("max_pool",), "add": ("add",), "relu": ("relu",),
       "average_pool": ("average_pool", "global_average_pool"), "shortcut": ("shortcut",),
       "global_average_pool": ("global_average_pool",), "flatten": ("flatten",)}


def whole(value, place, low, high=None):
    """A whole number in a range, or BadInput."""
    if not isinstance(value, int) or isinstance(value, bool) or value < low \
            or (high is not None and value > high):
        raise BadInput(f"{place} is {value!r}, must be a whole number from {low}"
                       + ("" if high is None else f" to {high}"))
    return value


def read_format(f, place):
    """The `nmpu` object, checked."""
    if not isinstance(f, dict):
        raise BadInput(f"{place} must be an object")
    for key in WIDTHS:
        whole(f.get(key), f"{place}/{key}", key.endswith("_bits") and key != "round_bits", 256)
    for key, allowed in CHOICES.items():
        if f.get(key) not in allowed:
            raise BadInput(f"{place}/{key} is {f.get(key)!r}, must be one of {', '.join(allowed)}")
    if kept_fraction(f) < 0:
        raise BadInput(f"{place}: cut and round_bits leave {kept_fraction(f)} fraction bits")
    return f


def read_span(value, size, place):
    """[from, to) within size."""
    if not isinstance(value, list) or len(value) != 2:
        raise BadInput(f"{place} is {value!r}, must be [from, to)")
    start = whole(value[0], place + "/0", 0, size - 1)
    return start, whole(value[1], place + "/1", start + 1, size)


def read_block(block, weights_shape, branch, place):
    """rows, cols, swapped and the words of a block as a dict; words are arrays of Python ints."""
    if not isinstance(block, dict):
        raise BadInput(f"{place} must be an object")
    rows = read_span(block.get("rows"), weights_shape[0], place + "/rows")
    cols = read_span(block.get("cols"), weights_shape[1], place + "/cols")
    swapped = block.get("swapped", [])
    if not isinstance(swapped, list):
        raise BadInput(f"{place}/swapped must be a list")
    found = {"rows": rows, "cols": cols,
             "swapped": [whole(c, place + "/swapped", 0, weights_shape[1] - 1) for c in swapped]}
    needed = ("s_p", "s_n", "o_p", "o_n") if branch == "polarity" else ("s_p", "o_p")
    for key in needed:
        words = block.get(key)
        if not isinstance(words, list) or len(words) != cols[1] - cols[0]:
            raise BadInput(f"{place}/{key} must be {cols[1] - cols[0]} integers")
        least = 0 if key[0] == "s" else -(1 << 256)
        found[key] = numpy.array([whole(w, f"{place}/{key}", least) for w in words], dtype=object)
    return found


def read_chunks(node, weights_shape, branch, place):
    """Blocks by column chunk, each a chain over all rows; the chunks cover every column once."""
    if not isinstance(node.get("blocks"), list):
        raise BadInput(f"{place}/blocks must be a list")
    chunks = {}
    for index, item in enumerate(node["blocks"]):
        block = read_block(item, weights_shape, branch, f"{place}/blocks/{index}")
        chunks.setdefault(block["cols"], []).append(block)
    for cols, chain in chunks.items():
        edges = [0] + [block["rows"][1] for block in chain]
        if [block["rows"][0] for block in chain] != edges[:-1] or edges[-1] != weights_shape[0]:
            raise BadInput(f"{place}/blocks: columns {list(cols)} do not get rows 0 to "
                           f"{weights_shape[0]} in order")
    edges = [0] + [cols[1] for cols in sorted(chunks)]
    if [cols[0] for cols in sorted(chunks)] != edges[:-1] or edges[-1] != weights_shape[1]:
        raise BadInput(f"{place}/blocks do not cover {weights_shape[1]} columns once each")
    return list(chunks.values())


def check_tiles(node, of, branch, place):
    """The keys of a `tiles` node; replaces its blocks by chunks."""
    weights = of.arrays["weights"]
    if weights.dtype != numpy.int8 or (weights == -128).any():
        raise BadInput(f"{place}: {of.name} has weights other than int8 codes -127 .. 127")
    whole(node.get("scale_exponent"), place + "/scale_exponent", 0, 256)
    if node.get("output", "y") not in ("y", "partial"):
        raise BadInput(f"{place}/output is {node['output']!r}, must be y or partial")
    around = node.get("padding", [])
    if not isinstance(around, list) or len(around) != len(of.padding_value):
        raise BadInput(f"{place}/padding must be {len(of.padding_value)} codes")
    for code in around:
        whole(code, place + "/padding", -127, 127)
    residual = node.get("residual")
    if residual is not None:
        if not isinstance(residual, dict) or not isinstance(residual.get("from"), str):
            raise BadInput(f"{place}/residual must be null or have from and shift")
        whole(residual.get("shift"), place + "/residual/shift", -256, 256)
    node["chunks"] = read_chunks(node, weights.shape, branch, place)


def check_geometry(node, of, place):
    """What both files say of a window must agree."""
    own = {"max_pool": ("kernel", "stride"), "average_pool": ("kernel", "stride"),
           "global_average_pool": ("kernel",), "shortcut": ("stride", "channels")}
    for key in own.get(of.op, ()):
        wanted = of.shape[0] if key == "channels" else list(getattr(of, key))
        given = node.get(key, wanted)
        if key == "stride" and isinstance(given, int):
            given = [given, given]
        if given != wanted:
            raise BadInput(f"{place}/{key} is {given}, the network says {wanted}")


def check_node(node, network, branch, place):
    """Keys and geometry of a node against the node of the same name in the network file."""
    of = network.nodes.get(str(node.get("name"))) if isinstance(node, dict) else None
    if of is None or of.op not in OPS.get(str(node.get("op")), ()):
        raise BadInput(f"{place}: no node of the network has this name and computes this op")
    if node.get("activation", "identity") not in ("identity", "relu"):
        raise BadInput(f"{place}/activation is {node['activation']!r}, must be identity or relu")
    check_geometry(node, of, place)
    if node["op"] == "tiles":
        check_tiles(node, of, branch, place)
    elif node["op"] == "add":
        shifts = node.get("shifts")
        if not isinstance(shifts, list) or len(shifts) != 2:
            raise BadInput(f"{place}/shifts must be two numbers")
        for shift in shifts:
            whole(shift, place + "/shifts", 0, 256)
    elif OPS[node["op"]][0] == "average_pool" or node["op"] == "global_average_pool":
        whole(node.get("up"), place + "/up", -32, 32)


class Meanings:
    """Numbers for what nodes compute from the input: equal numbers, equal computation.

    Merged activations and additions are written out, and flatten is nothing.
    """

    def __init__(self):
        self.numbers, self.rectified = {}, set()

    def of(self, *what):
        return self.numbers.setdefault(what, len(self.numbers))

    def added(self, inputs):
        return self.of("add", *sorted(inputs))

    def activated(self, number, activation):
        if activation != "relu" or number in self.rectified:  # relu of relu is relu
            return number
        self.rectified.add(self.of("relu", number))
        return self.of("relu", number)

    def plain(self, name, op, inputs):
        """Of a node without its activation."""
        if op == "flatten":
            return inputs[0]
        if op == "relu":
            return self.activated(inputs[0], "relu")
        return self.added(inputs) if op == "add" else self.of(name, *inputs)


def same_network(words, network, path):
    """Raises BadInput unless every node of words.json computes what some node of the network does.

    Adds `inputs` to every node of words.json; names of nodes that were merged into an earlier one
    are replaced by that one's.
    """
    meanings = Meanings()
    wanted = {"input": meanings.of("input")}
    for node in network.nodes.values():
        number = meanings.plain(node.name, node.op, [wanted[name] for name in node.inputs])
        wanted[node.name] = meanings.activated(number, node.activation)
    found, first = {"input": wanted["input"]}, {wanted["input"]: "input"}

    def known(name, place):
        if name not in found and wanted.get(name) in first:
            return first[wanted[name]]
        if name not in found:
            raise BadInput(f"{place}: {name!r} is not the name of an earlier node")
        return name

    for index, node in enumerate(words["nodes"]):
        name, place = node["name"], f"{path}: /nodes/{index} ({node['name']})"
        names = node.get("inputs") if node["op"] == "add" else [node.get("input")]
        if name in found or not isinstance(names, list) or len(names) != 1 + (node["op"] == "add") \
                or not all(isinstance(n, str) for n in names):
            raise BadInput(f"{place}: its name is taken, or its inputs are not names: {names!r}")
        node["inputs"] = [known(name, place) for name in names]
        number = meanings.plain(name, node["op"], [found[n] for n in node["inputs"]])
        if node.get("residual"):
            node["residual"]["from"] = known(node["residual"]["from"], place)
            number = meanings.added((number, found[node["residual"]["from"]]))
        number = meanings.activated(number, node.get("activation", "identity"))
        if number not in wanted.values():
            raise BadInput(f"{place}: the network has no node that computes this from the input")
        found[name] = number
        first.setdefault(number, name)
    last = next(reversed(wanted))
    if number != wanted[last]:
        raise BadInput(f"{path}: the last node is not the network's last, {last}")


def read_words(path, network):
    """words.json as a dict, ready to run: `chunks` in place of blocks, `inputs` for every node."""
    top = load_json(path)
    if top.get("format") != FORMAT:
        raise BadInput(f"{path}: /format is {top.get('format')!r}, must be {FORMAT!r}")
    branch = read_format(top.get("nmpu"), f"{path}: /nmpu")["branch"]
    codes = top["input"].get("codes") if isinstance(top.get("input"), dict) else None
    if not isinstance(codes, list) or len(codes) != 256:
        raise BadInput(f"{path}: /input/codes must be 256 codes")
    for index, code in enumerate(codes):
        whole(code, f"{path}: /input/codes/{index}", -127, 127)
    if not isinstance(top.get("nodes"), list) or not top["nodes"]:
        raise BadInput(f"{path}: /nodes must be a list of nodes")
    for index, node in enumerate(top["nodes"]):
        check_node(node, network, branch, f"{path}: /nodes/{index}")
    same_network(top, network, path)
    return top
