#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs `sim network` on Dask workers, here or on a cluster: the same results to the byte.

  scripts/network_dask.py NETWORK.json [--workers N | --scheduler ADDRESS] -- --tile T --data D ...

What stands behind -- goes to `sim network`. The images of its chips are run in shards, which are kept in
OUT/shards: the same command goes on where an interrupted one stopped. Shards of workers that are
lost are run again. CLUSTER.md, beside this script, says more.

Exit codes: those of `sim`; 2 usage or no scheduler, 3 input, 4 a shard that no worker survives,
5 output, 130 interrupted.
"""
import sys

sys.dont_write_bytecode = True

import dask_run
import readme_tables as tables

if __name__ == "__main__":
    sys.exit(tables.main_of(lambda: dask_run.work("network", "--threads", __doc__)))
