# SPDX-License-Identifier: Apache-2.0
"""Writing files so that what has its final name is whole."""
import os
import pathlib


def write(folder: pathlib.Path, files: dict[str, bytes]) -> None:
    """Name -> bytes, each under a temporary name first. Raises OSError and leaves nothing half done."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        part = folder / f"{name}.part{os.getpid()}"
        try:
            part.write_bytes(data)
            part.replace(folder / name)
        except OSError:
            part.unlink(missing_ok=True)
            raise
