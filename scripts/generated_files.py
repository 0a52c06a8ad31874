# SPDX-License-Identifier: Apache-2.0
"""Write generated files, or check that those on disk are what the generator makes today.

Shared by the scripts that make data for this repository, so that all of them write whole files only
(temporary name, then rename) and answer `--check` in the same way.
"""
import hashlib
import json
import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent  # of the repository


def json_bytes(value):
    """Indented JSON, keys in the order given, lists of numbers on one line, LF at the end."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    text = re.sub(r"\[\s+([-\d.,\s]+?)\s+\]",
                  lambda m: "[" + re.sub(r"\s+", " ", m[1]) + "]", text)
    return (text + "\n").encode("utf-8")


def sha256(data):
    """Hexadecimal digest, as the curve descriptions carry it."""
    return hashlib.sha256(data).hexdigest()


def write_or_check(folder, files, check):
    """Write `files` (name -> bytes) into `folder`, or only compare; gives the exit code."""
    folder = Path(folder)
    if not check:
        folder.mkdir(parents=True, exist_ok=True)
    wrong = 0
    for name, data in files.items():
        path = folder / name
        if check:
            on_disk = path.read_bytes() if path.is_file() else None
            state = "missing" if on_disk is None else "same" if on_disk == data else "differs"
            wrong += state != "same"
        else:
            temporary = path.with_name(path.name + ".tmp")
            temporary.write_bytes(data)
            os.replace(temporary, path)
            state = "written"
        stream = sys.stderr if state in ("missing", "differs") else sys.stdout
        print("%s: %s (%d bytes)" % (path, state, len(data)), file=stream)
    return 1 if wrong else 0
