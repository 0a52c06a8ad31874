#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Cycle-by-cycle state machine of one tile's timing, to compare with the closed form and the engines.

    timing.py --cases N --seed S        timing.py --self-test

One case a line:
    A= N= D= B= db=0|1 ready=<01 string> gaps=<list> S=<list> C=<list> H=<list> Y=<list> O=<list>
    states=reading,input_starved,post_busy,output_blocked,drain
Lists are decimal with commas, one number a vector. A: cycles of a read; N: cycles of the post unit; D: output
slots; B: input slots; db: two banks of ADC counters instead of one; ready: the sink takes a vector in cycle t
if character t modulo its length is 1; gaps: vector k is offered gaps[k] cycles after in_(k-1) (gaps[0] is 0
and vector 0 is offered at edge 0), and taken at the first edge with a free input slot, one a cycle at most.
Cycle 0 is in_0. A bank is held from S to Y, an output slot from H to O, an input slot from in to C; what is
freed at an edge can be taken at that edge. The five states count the cycles from in_0 to the last O.
"""
import argparse
import random

STATES = ("reading", "input_starved", "post_busy", "output_blocked", "drain")


class Tile:
    """Resources are counted down and up by events, edge by edge; nothing looks ahead."""

    def __init__(self, a, n, d, b, db, ready, gaps):
        self.read_cycles, self.post_cycles, self.ready, self.gaps = a, n, ready, gaps
        self.free_outputs, self.free_inputs, self.free_banks = d, b, 2 if db else 1
        self.waiting, self.converted, self.finished = [], [], []  # queues of vectors between the stages
        self.reading = self.posting = None  # (vector, cycles left)
        self.times = {name: [] for name in ("in", "S", "C", "H", "Y", "O")}
        self.states = dict.fromkeys(STATES, 0)
        self.since_input = 0

    def note(self, name, t):
        self.times[name].append(t)

    def edge(self, t):
        """Everything that happens at one clock edge: what is released first, then what is taken."""
        if self.reading and self.reading[1] == 0:
            self.converted.append(self.reading[0])
            self.reading, self.free_inputs = None, self.free_inputs + 1
            self.note("C", t)
        if self.posting and self.posting[1] == 0:
            self.finished.append(self.posting[0])
            self.posting, self.free_banks = None, self.free_banks + 1
            self.note("Y", t)
        if self.finished and self.ready[t % len(self.ready)] == "1":
            self.finished.pop(0)
            self.free_outputs += 1
            self.note("O", t)
        if self.converted and not self.posting and self.free_outputs:
            self.posting, self.free_outputs = [self.converted.pop(0), self.post_cycles], self.free_outputs - 1
            self.note("H", t)
        k = len(self.times["in"])
        if k < len(self.gaps) and self.free_inputs and (k == 0 or self.since_input >= max(1, self.gaps[k])):
            self.waiting.append(k)
            self.free_inputs, self.since_input = self.free_inputs - 1, 0
            self.note("in", t)
        if self.waiting and not self.reading and self.free_banks:
            self.reading, self.free_banks = [self.waiting.pop(0), self.read_cycles], self.free_banks - 1
            self.note("S", t)

    def cycle(self):
        """The cycle that follows an edge: book its state, let the counters run."""
        if self.reading:
            state = "reading"
        elif len(self.times["C"]) == len(self.gaps):
            state = "drain"
        elif not self.waiting:
            state = "input_starved"
        else:
            assert self.free_banks == 0
            state = "post_busy" if self.posting else "output_blocked"
        self.states[state] += 1
        self.since_input += 1
        for unit in (self.reading, self.posting):
            if unit:
                unit[1] -= 1


def run(a, n, d, b, db, ready, gaps):
    """(event times by name, cycles per state)."""
    assert "1" in ready and gaps and min(a, n, d, b) > 0
    tile, t = Tile(a, n, d, b, db, ready, gaps), 0
    tile.edge(0)
    while len(tile.times["O"]) < len(gaps):
        tile.cycle()
        t += 1
        tile.edge(t)
    assert sum(tile.states.values()) == t and tile.states["reading"] == a * len(gaps)
    return tile.times, tile.states


def random_case(rng):
    a, n = rng.randint(3, 20), rng.randint(1, 30)
    ready = rng.choice(("1", "1", "10", "0001")) if rng.random() < 0.5 else "".join(
        rng.choice("0001" if rng.random() < 0.7 else "01") for _ in range(rng.randint(1, 40))) + "1"
    spread = rng.choice((0, 2, a, a + n, 3 * (a + n)))
    gaps = [0] + [rng.randint(0, spread) for _ in range(rng.randint(0, 11))]
    return a, n, rng.randint(1, 3), rng.randint(1, 2), rng.randint(0, 1), ready, gaps


def case_line(case):
    times, states = run(*case)
    a, n, d, b, db, ready, gaps = case
    lists = [("gaps", gaps)] + [(name, times[name]) for name in "SCHYO"] + [("states", [states[s] for s in STATES])]
    return "A=%d N=%d D=%d B=%d db=%d ready=%s " % (a, n, d, b, db, ready) + " ".join(
        "%s=%s" % (name, ",".join(map(str, values))) for name, values in lists)


def self_test():
    for a, n, read in ((133, 7, 140), (521, 7, 528), (133, 973, 1106), (521, 973, 1494)):
        for db, interval in ((1, max(a, n)), (0, a + n)):
            times, states = run(a, n, 2, 2, db, "1", [0] * 8)
            assert times["O"] == [read + k * interval for k in range(8)], times["O"]
            assert states["drain"] == times["O"][-1] - times["C"][-1] and not states["input_starved"]
    times, states = run(5, 2, 1, 1, 1, "1" + "0" * 49, [0, 0, 0, 0])  # the sink takes one in 50 cycles
    assert times["O"] == [50, 100, 150, 200] and times["S"] == [0, 5, 10, 52], times
    assert [states[s] for s in STATES] == [20, 0, 2, 35, 143]
    times, states = run(4, 1, 1, 1, 1, "1", [0, 10])
    assert times["S"] == [0, 10] and [states[s] for s in STATES] == [8, 6, 0, 0, 1]
    times, states = run(3, 30, 2, 2, 1, "1", [0, 0, 0])  # both banks held, the post unit computing
    assert times["S"] == [0, 3, 33] and [states[s] for s in STATES] == [9, 0, 27, 0, 57]
    rng, seen = random.Random(11), set()
    for _ in range(500):
        seen.update(name for name, count in run(*random_case(rng))[1].items() if count)
    assert seen == set(STATES)
    print("timing: self test passed")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    if options.self_test:
        return self_test()
    rng = random.Random(options.seed)
    for _ in range(options.cases):
        print(case_line(random_case(rng)))


if __name__ == "__main__":
    main()
