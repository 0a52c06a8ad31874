# SPDX-License-Identifier: Apache-2.0
"""The command line that the oracles of random cases share: --cases N --seed S, or --self-test."""
import argparse
import random


def run(doc, self_test, random_line):
    """@param random_line  a generator of random numbers -> the line of one case"""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    if options.self_test:
        self_test()
        return
    rng = random.Random(options.seed)
    for _ in range(options.cases):
        print(random_line(rng))
