#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`sim network` on small networks made here: every integer recomputed, both engines, ages, interrupts, outputs that
cannot be written. The tests stand in support/network_*.py; broken inputs are in support/bad_networks.py."""
import sys

sys.dont_write_bytecode = True

import unittest

from support.network_endings import BadOutputs, Interrupts
from support.network_engines import Ages, Engines, Noise
from support.network_exact import FloatAnswers, IntegerExact, WhatDoesNotMatter
from support.network_odd import Cifar, OddNetworks

TESTS = (IntegerExact, FloatAnswers, OddNetworks, Cifar, WhatDoesNotMatter, Engines, Noise, Ages, Interrupts, BadOutputs)

if __name__ == "__main__":
    unittest.main()
