# SPDX-License-Identifier: Apache-2.0
"""Network files (traces/networks/README.md): write them and read them.

Importers and training hand over a Network; what is written has passed the same checks as what is
read (network_check.py). Every mistake is a NetworkError; network_forward.py computes scores.
"""
import dataclasses
import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np

import whole_files
from network_check import (ARRAYS, CHANNEL_FIRST, CHANNEL_LAST, Network, NetworkError, check, fail)
from network_forward import forward

__all__ = ["CHANNEL_FIRST", "CHANNEL_LAST", "DTYPES", "Network", "NetworkError", "encoded",
           "fail", "forward", "network_files", "npy_bytes", "read_array", "read_network",
           "rows_of", "write_network"]

FORMAT = "aimc-network/1"
CODE_MAX = 127  # Choice: largest int8 code, so that the codes are symmetric
DTYPES = ("int8", "float16", "float32")  # that `encoded` makes
KEYS = ("format", "name", "origin", "float_top1", "input", "im2col", "nodes")


def rows_of(weight: np.ndarray, im2col: str = CHANNEL_FIRST) -> np.ndarray:
    """Rows x outputs of a conv weight [out, in, ky, kx] or a linear weight [out, in]."""
    if weight.ndim == 4 and im2col == CHANNEL_LAST:
        weight = weight.transpose(0, 2, 3, 1)
    return weight.reshape(len(weight), -1).T


def encoded(weights: np.ndarray, dtype: str) -> dict[str, np.ndarray]:
    """Weights [rows x outputs] in one of DTYPES; int8 has a scale per output, half rounds to even.

    Raises ValueError if the type cannot hold the largest of them."""
    weights = np.asarray(weights, dtype=np.float64)
    largest = np.abs(weights).max(axis=0, initial=0.0)
    if dtype == "int8":
        scale = np.where(largest > 0, largest / CODE_MAX, 1.0).astype(np.float32)
        if not (np.isfinite(scale).all() and (scale > 0).all()):
            raise ValueError("weights up to %g have no float32 scale" % largest.max())
        codes = np.rint(weights / scale.astype(np.float64))
        return {"weights": codes.clip(-CODE_MAX, CODE_MAX).astype(np.int8), "weight_scale": scale}
    limit = float(np.finfo(dtype).max)
    if largest.max(initial=0.0) > limit:
        raise ValueError("weights go to %g, %s holds at most %g" % (largest.max(), dtype, limit))
    return {"weights": weights.astype(dtype)}


def npy_bytes(array: np.ndarray) -> bytes:
    """A .npy file, version 1.0, C order, little endian."""
    out = io.BytesIO()
    array = np.ascontiguousarray(array)
    np.lib.format.write_array(out, array.astype(array.dtype.newbyteorder("<")), version=(1, 0),
                              allow_pickle=False)
    return out.getvalue()


def network_files(network: Network, stem: str) -> dict[str, bytes]:
    """Checks the network and gives relative file name -> bytes, STEM.json last.

    Raises NetworkError. What the nodes say of array files is replaced by what `arrays` holds."""
    files, nodes = {}, []
    for node in network.nodes:
        layer = {}
        for key, array in network.arrays.get(node["name"], {}).items():
            name = "%s/%s_%s.npy" % (stem, re.sub(r"[^\w.-]", "_", node["name"], flags=re.A), key)
            data = npy_bytes(array)
            if files.get(name, data) != data:
                fail(network.place, "two nodes would share the file " + name)
            layer[key], files[name] = name, data
        rest = {key: value for key, value in node.items() if key not in ARRAYS}
        head = {key: rest.pop(key) for key in ("name", "op", "input", "inputs") if key in rest}
        nodes.append({**head, **layer, **rest})
    check(dataclasses.replace(network, nodes=nodes))
    head = {"format": FORMAT, "name": network.name, "origin": network.origin,
            "float_top1": network.float_top1,
            "input": {"shape": list(network.input_shape), "scale": network.input_scale},
            "im2col": network.im2col}
    lines = ["  %s: %s," % (json.dumps(key), json.dumps(value, ensure_ascii=False))
             for key, value in head.items() if value not in ("", None)]
    rows = ",\n".join("    " + json.dumps(node, ensure_ascii=False) for node in nodes)
    text = "{\n%s\n  \"nodes\": [\n%s\n  ]\n}\n" % ("\n".join(lines), rows)
    return {**files, stem + ".json": text.encode("utf-8")}


def write_network(path: Path, network: Network) -> None:
    """Writes NAME.json and the folder NAME beside it; the network file appears last.

    Raises NetworkError before anything is written, OSError if something cannot be."""
    files = network_files(network, path.stem)
    document = {path.name: files.pop(path.stem + ".json")}
    whole_files.write(path.parent / path.stem,
                      {name.partition("/")[2]: data for name, data in files.items()})
    whole_files.write(path.parent, document)


def read_json(path: Path) -> Any:
    """The value in a JSON file; a key twice and numbers that JSON does not have are errors."""
    def unique(pairs):
        found = dict(pairs)
        if len(found) != len(pairs):
            keys = [key for key, _ in pairs]
            fail(str(path), "%s is given twice" % next(k for k in keys if keys.count(k) > 1))
        return found

    def constant(text):
        fail(str(path), "%s is not a number of JSON" % text)

    try:
        return json.loads(path.read_bytes().decode("utf-8"), object_pairs_hook=unique,
                          parse_constant=constant)
    except OSError as error:
        fail(str(path), "cannot be read: %s" % error.strerror)
    except UnicodeDecodeError as error:
        fail(str(path), "byte %d is not UTF-8 text" % error.start)
    except json.JSONDecodeError as error:
        fail(str(path), "line %d, column %d: %s" % (error.lineno, error.colno, error.msg))
    except RecursionError:
        fail(str(path), "is nested too deep")


def read_array(path: Path) -> np.ndarray:
    """A .npy file; Python objects are refused."""
    try:
        with path.open("rb") as stream:
            return np.lib.format.read_array(stream, allow_pickle=False)
    except OSError as error:
        fail(str(path), "cannot be read: %s" % error.strerror)
    except (ValueError, TypeError, EOFError, MemoryError, OverflowError, SyntaxError) as error:
        fail(str(path), "is no whole .npy file of numbers: %s" % str(error).partition("\n")[0])


def _arrays_of(path: Path, place: str, node: dict) -> dict[str, np.ndarray]:
    found = {}
    for key in ARRAYS:
        value = node.get(key)
        if isinstance(value, str):
            found[key] = read_array(path.parent / value)
        elif key == "weight_scale" and isinstance(value, (int, float)) and value is not True:
            found[key] = np.array(value, dtype=np.float64)
        elif key in node:
            fail(place, "%s is %s, must be a file name" % (key, json.dumps(value)))
    return found


def network_of(path: Path, document: Any, arrays: dict[str, dict[str, np.ndarray]]) -> Network:
    """The Network, not yet checked, of what a JSON file says; `arrays` by node name."""
    if not isinstance(document, dict):
        fail(str(path), "must hold an object")
    for key in document:
        if key not in KEYS:
            fail(str(path), "/%s is not a known key, must be one of %s" % (key, ", ".join(KEYS)))
    given = document.get("input")
    if not isinstance(given, dict) or set(given) != {"shape", "scale"}:
        fail(str(path), "/input must be an object with shape and scale")
    if not isinstance(given["shape"], list):
        fail(str(path), "/input/shape must be [channels, height, width] or [n]")
    for key in ("name", "origin"):
        if not isinstance(document.get(key, ""), str):
            fail(str(path), "/%s must be a text" % key)
    return Network(place=str(path), name=document.get("name", path.stem),
                   input_shape=tuple(given["shape"]), input_scale=given["scale"],
                   nodes=document.get("nodes", []), arrays=arrays,
                   im2col=document.get("im2col", CHANNEL_FIRST),
                   origin=document.get("origin", ""), float_top1=document.get("float_top1"))


def read_network(path: Path) -> Network:
    """A network file and its arrays, checked. Raises NetworkError."""
    document = read_json(path)
    network = network_of(path, document, {})
    if document.get("format") != FORMAT:
        fail(str(path), "/format is %s, must be \"%s\"" % (
            json.dumps(document.get("format")), FORMAT))
    check_arrays = isinstance(network.nodes, list)
    for k, node in enumerate(network.nodes if check_arrays else []):
        if isinstance(node, dict) and isinstance(node.get("name"), str):
            place = "%s: /nodes/%d (%s)" % (path, k, node["name"])
            network.arrays[node["name"]] = _arrays_of(path, place, node)
    return check(network)
