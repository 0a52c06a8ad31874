# SPDX-License-Identifier: Apache-2.0
"""What a Dask worker does with a shard: it runs the program and gives back the file.

Sent to the workers as it is, so it uses nothing but Python's own library and Dask.
"""
import ctypes
import os
import pathlib
import signal
import socket
import subprocess
import tempfile

USAGE = 2
PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """The program does not outlive its worker, which may be killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def run(command: list[str], cwd: str, shard: str) -> dict:
    """Runs one shard. Returns {"code", "text", "host", "name", "file"}: the file, or what the
    program said. A negative code is the signal that killed the program: worth another try."""
    import distributed  # here, for a client that lacks it is to say so by itself
    host = socket.gethostname()
    # Dask has its workers give memory back at once: a quarter of the program's time
    surroundings = {key: value for key, value in os.environ.items()
                    if key != "MALLOC_TRIM_THRESHOLD_"}
    # Dask cleans up in there, also after a worker that was killed
    scratch = distributed.get_worker().local_directory
    with tempfile.TemporaryDirectory(prefix="aimc-shard-", dir=scratch) as folder:
        words = [*command, "--quiet", "--shard", shard, "--out", folder]
        try:
            # a Ctrl-C is for the client, which decides what becomes of the shards
            done = subprocess.run(words, cwd=cwd, env=surroundings, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False,
                                  start_new_session=True, preexec_fn=die_with_parent)
        except OSError as error:
            return {"code": USAGE, "text": f"{error.filename}: {error.strerror}", "host": host}
        text = done.stderr.decode(errors="replace").strip()
        files = list(pathlib.Path(folder).glob("*.shard"))
        if done.returncode != 0 or len(files) != 1:
            return {"code": done.returncode or 1, "text": text, "host": host}
        return {"code": 0, "name": files[0].name, "file": files[0].read_bytes(), "host": host}
