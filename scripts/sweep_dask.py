#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs `sim sweep` on Dask workers, here or on a cluster: the same results to the byte.

  scripts/sweep_dask.py SWEEP.json [--workers N | --scheduler ADDRESS] [-- --set KEY=VALUE ...]

What stands behind -- goes to `sim sweep`. The points are run in shards, which are kept in
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
    sys.exit(tables.main_of(lambda: dask_run.work("sweep", "--workers", __doc__)))
