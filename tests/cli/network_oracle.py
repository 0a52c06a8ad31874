#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/oracle/network.py and network_float.py on networks small enough to work out by hand,
against plain loops, and against exact fractions. The tests stand in support/network_*.py."""
import sys

sys.dont_write_bytecode = True

import unittest

from support.network_arrays import Arrays
from support.network_by_hand import ByHand
from support.network_by_loops import AgainstLoops
from support.network_in_float import Float
from support.network_program import Program

TESTS = (Arrays, ByHand, AgainstLoops, Program, Float)

if __name__ == "__main__":
    unittest.main()
