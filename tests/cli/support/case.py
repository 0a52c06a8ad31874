# SPDX-License-Identifier: Apache-2.0
"""A broken case: files to make, a command line, and how `sim` must end."""
import collections

#: make(folder) writes the files; `says` are words that stderr must have
Case = collections.namedtuple("Case", "name make arguments code says")


def nothing(_folder):
    """For cases that need no file."""


def writes(**files):
    """Files by name: `c_json` is c.json. Text or bytes."""
    def make(folder):
        for name, contents in files.items():
            raw = contents if isinstance(contents, bytes) else contents.encode()
            (folder / name.replace("_", ".")).write_bytes(raw)
    return make
