# SPDX-License-Identifier: Apache-2.0
"""Connections to Dask: to workers started on this machine, or to a scheduler that is there.

Used by dask_run.py.
"""
import contextlib
import json
import logging
import pathlib
import signal
import tempfile
import urllib.request
import warnings
from multiprocessing import resource_tracker

import readme_tables as tables

try:
    import dask
    import distributed
except ImportError:
    distributed = None  # dask_run.py says so

PATIENCE_S = 10  # Choice: for an answer of a scheduler, and for workers that are just starting


@contextlib.contextmanager
def ctrl_c_kept_back():
    """Threads and processes started meanwhile, and what they start later, never see the SIGINT of
    a terminal: the main thread, which gets it at the end, decides what becomes of workers."""
    resource_tracker.ensure_running()  # Python's helper of new processes: its start unblocks SIGINT
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def address_in(file: pathlib.Path) -> str:
    """Of the scheduler that wrote this file."""
    try:
        address = json.loads(file.read_text(encoding="utf-8"))["address"]
    except FileNotFoundError as error:
        raise tables.Stop(tables.BAD_INPUT, f"{file}: no such file; does the scheduler run, with "
                          "--scheduler-file?") from error
    except OSError as error:
        raise tables.Stop(tables.BAD_INPUT, f"{file}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError):
        address = None
    if not isinstance(address, str):
        raise tables.Stop(tables.BAD_INPUT, f"{file}: is no file that a Dask scheduler wrote: JSON "
                          'with an "address"')
    return address


@contextlib.contextmanager
def scheduler_at(address: str, named: str):
    try:
        distributed.comm.resolve_address(address)
        client = distributed.Client(address, timeout=PATIENCE_S, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise tables.Stop(tables.USAGE, f"{named}: no Dask scheduler answers there "
                          f"({str(error).splitlines()[0]})") from error
    with client:
        yield client


@contextlib.contextmanager
def workers_here(args):
    dask.config.set({"distributed.scheduler.allowed-failures": args.retries})
    # Dask takes another port by itself, and its link names that one
    warnings.filterwarnings("ignore", message="Port .* is already in use")
    with (tempfile.TemporaryDirectory(prefix="aimc-dask-") as scratch,
          contextlib.ExitStack() as stack):
        try:
            with ctrl_c_kept_back():
                # no limit of memory: Dask would measure its own process, not the program
                cluster = stack.enter_context(distributed.LocalCluster(
                    n_workers=args.workers, threads_per_worker=1, processes=True, memory_limit=0,
                    dashboard_address=args.dashboard, local_directory=scratch,
                    silence_logs=logging.CRITICAL))
        except (OSError, RuntimeError) as error:
            raise tables.Stop(tables.USAGE, "workers on this machine, --dashboard "
                              f"{args.dashboard}: {str(error).splitlines()[0]}") from error
        client = stack.enter_context(distributed.Client(cluster, set_as_default=False))
        try:
            yield client
        finally:
            # Dask's workers complain loudly when they are sent away while they start
            with contextlib.suppress(Exception):
                client.wait_for_workers(args.workers, timeout=PATIENCE_S)


def client_of(args):
    """A client of the scheduler that was named, or of workers on this machine."""
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    if args.scheduler:
        return scheduler_at(args.scheduler, args.scheduler)
    if args.scheduler_file:
        return scheduler_at(address_in(args.scheduler_file), str(args.scheduler_file))
    return workers_here(args)


def dashboard(client) -> str:
    """Words to be put behind others. None if there is no dashboard: Dask has a link even then."""
    try:
        link = client.dashboard_link
        # the scheduler is asked directly: a proxy would not find it
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(link, timeout=2) as page:
            there = b"needs bokeh" not in page.read(1000)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ""
    return f"; dashboard: {link}" if there else ""
