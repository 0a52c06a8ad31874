#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Cycle-by-cycle state machine of one tile's timing, to compare with the closed form and the engines.

    timing.py --cases N --seed S        timing.py --chains N --seed S        timing.py --self-test

One case a line:
    A= N= D= B= db=0|1 ready=<01 string> gaps=<list> R=<list> S=<list> C=<list> H=<list> Y=<list> O=<list>
    states=reading,input_starved,post_busy,output_blocked,drain
Lists are decimal with commas, one number a vector. A: cycles of a read; N: cycles of the post unit; D: output
slots; B: input slots; db: two banks of ADC counters instead of one; ready: the sink takes a vector in cycle t
if character t modulo its length is 1; gaps: vector k is offered gaps[k] cycles after in_(k-1) (gaps[0] is 0
and vector 0 is offered at edge 0), and taken at the first edge with a free input slot, one a cycle at most;
R: the edge at which the first column of vector k's residual words is at the tile's port (0: with x). Words
wait in a memory that is never full, and the post unit takes a vector when its words are there.
Cycle 0 is in_0. A bank is held from S to Y, an output slot from H to O, an input slot from in to C; what is
freed at an edge can be taken at that edge. The five states count the cycles from in_0 to the last O; a post
unit that waits for residual words is as busy as one that computes.

A chain is a row of K tiles, each with its own slice of every vector. What a tile's post unit has taken
reaches the memory of the next tile F cycles later. Only the last tile hands over to the sink, the others to
that memory as soon as they are done. One chain a line, with a number a tile in A, N, F, D, B and db, and the
lists of tile j as S<j>= C<j>= H<j>= Y<j>= O<j>= states<j>=.
"""
import argparse
import random

STATES = ("reading", "input_starved", "post_busy", "output_blocked", "drain")


class Tile:
    """Resources are counted down and up by events, edge by edge; nothing looks ahead."""

    def __init__(self, a, n, d, b, db, ready, gaps, needs_words=False):
        self.read_cycles, self.post_cycles, self.ready, self.gaps = a, n, ready, gaps
        self.free_outputs, self.free_inputs, self.free_banks = d, b, 2 if db else 1
        self.waiting, self.converted, self.finished = [], [], []  # queues of vectors between the stages
        self.reading = self.posting = None  # (vector, cycles left)
        self.times = {name: [] for name in ("in", "S", "C", "H", "Y", "O")}
        self.states = dict.fromkeys(STATES, 0)
        self.since_input = 0
        self.needs_words, self.words = needs_words, set()  # vectors whose residual words are in the memory

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
        if self.converted and not self.posting and self.free_outputs and not self.lacks_words():
            self.words.discard(self.converted[0])
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

    def lacks_words(self):
        return self.needs_words and self.converted[0] not in self.words

    def is_done(self):
        return len(self.times["O"]) == len(self.gaps)

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
            state = "post_busy" if self.posting or self.lacks_words() else "output_blocked"
        self.states[state] += 1
        self.since_input += 1
        for unit in (self.reading, self.posting):
            if unit:
                unit[1] -= 1


def run(a, n, d, b, db, ready, gaps, words=None):
    """(event times by name, cycles per state)."""
    assert "1" in ready and gaps and min(a, n, d, b) > 0
    tile, t = Tile(a, n, d, b, db, ready, gaps, words is not None), 0
    while True:
        tile.words.update(k for k, edge in enumerate(words or []) if edge == t)
        tile.edge(t)
        if tile.is_done():
            break
        tile.cycle()
        t += 1
    assert sum(tile.states.values()) == t and tile.states["reading"] == a * len(gaps)
    return tile.times, tile.states


def run_chain(tiles, firsts, ready, gaps):
    """[(event times by name, cycles per state)] of the tiles (a, n, d, b, db), all in one clock."""
    last = len(tiles) - 1
    chain = [Tile(*tile, ready if j == last else "1", gaps, j > 0) for j, tile in enumerate(tiles)]
    under_way = [[] for _ in chain]  # (vector, cycles left) from tile j to tile j + 1
    t = 0
    while True:
        for j in range(last):
            arrived = [k for k, left in under_way[j] if left == 0]
            chain[j + 1].words.update(arrived)
            under_way[j] = [[k, left] for k, left in under_way[j] if left > 0]
        for j, tile in enumerate(chain):
            taken = len(tile.times["H"])
            if not tile.is_done():
                tile.edge(t)
            under_way[j] += [[k, firsts[j]] for k in range(taken, len(tile.times["H"]))]
        if all(tile.is_done() for tile in chain):
            return [(tile.times, tile.states) for tile in chain]
        for j, tile in enumerate(chain):
            if not tile.is_done():
                tile.cycle()
            for partial_sum in under_way[j]:
                partial_sum[1] -= 1
        t += 1


def random_ready(rng):
    return rng.choice(("1", "1", "10", "0001")) if rng.random() < 0.5 else "".join(
        rng.choice("0001" if rng.random() < 0.7 else "01") for _ in range(rng.randint(1, 40))) + "1"


def random_gaps(rng, a, n):
    spread = rng.choice((0, 2, a, a + n, 3 * (a + n)))
    return [0] + [rng.randint(0, spread) for _ in range(rng.randint(0, 11))]


def random_tile(rng):
    return rng.randint(3, 20), rng.randint(1, 30), rng.randint(1, 3), rng.randint(1, 2), rng.randint(0, 1)


def random_words(rng, a, n, vectors):
    """Edges that run ahead of the vectors, with them, behind them, or in no order at all; or no words."""
    kind, pace = rng.choice(("none", "ordered", "ordered", "any")), rng.randint(0, 2 * (a + n))
    if kind == "none":
        return None
    slack = rng.choice((0, a + n, 4 * (a + n)))
    edges = [pace * k + rng.randint(0, slack) for k in range(vectors)]
    return sorted(edges) if kind == "ordered" else rng.sample(edges, vectors)


def random_case(rng):
    a, n, d, b, db = random_tile(rng)
    ready, gaps = random_ready(rng), random_gaps(rng, a, n)
    return a, n, d, b, db, ready, gaps, random_words(rng, a, n, len(gaps))


def random_chain(rng):
    tiles = [random_tile(rng)] * rng.randint(1, 5)
    if rng.random() < 0.5:  # of different kinds
        tiles = [random_tile(rng) for _ in tiles]
    firsts = [rng.randint(1, n) for _, n, *_ in tiles]
    return tiles, firsts, random_ready(rng), random_gaps(rng, *tiles[0][:2])


def lists(named):
    return " ".join("%s=%s" % (name, ",".join(map(str, values))) for name, values in named)


def results(times, states, suffix=""):
    return [(name + suffix, times[name]) for name in "SCHYO"] + [("states" + suffix, [states[s] for s in STATES])]


def case_line(case):
    a, n, d, b, db, ready, gaps, words = case
    return "A=%d N=%d D=%d B=%d db=%d ready=%s " % (a, n, d, b, db, ready) + lists(
        [("gaps", gaps), ("R", words or [0] * len(gaps))] + results(*run(*case)))


def chain_line(chain):
    tiles, firsts, ready, gaps = chain
    a, n, d, b, db = zip(*tiles)
    given = [("A", a), ("N", n), ("F", firsts), ("D", d), ("B", b), ("db", db), ("gaps", gaps)]
    found = [pair for j, result in enumerate(run_chain(*chain)) for pair in results(*result, str(j))]
    return "ready=%s " % ready + lists(given + found)


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
    times, states = run(5, 2, 2, 1, 1, "1", [0, 0, 0], [0, 30, 20])  # words behind the vectors, one pair swapped
    assert times["S"] == [0, 5, 10] and times["H"] == [5, 30, 32], times
    assert [states[s] for s in STATES] == [15, 0, 0, 0, 19]
    times, states = run(5, 2, 2, 1, 0, "1", [0, 0], [9, 0])  # one bank: the array waits for the words
    assert times["S"] == [0, 11] and [states[s] for s in STATES] == [10, 0, 6, 0, 2]
    for d in (1, 2):  # two row tiles of the published timing: 4 cycles from one post unit to the next
        first, second = run_chain([(133, 7, d, 1, 1)] * 2, [4, 4], "1", [0] * 4)
        assert first[0]["O"] == [140 + 133 * k for k in range(4)]
        assert second[0]["H"] == [137 + 133 * k for k in range(4)] and second[1]["post_busy"] == 0
    first, second = run_chain([(10, 20, 1, 1, 1)] * 2, [1, 1], "0" * 99 + "1", [0, 0])
    assert first[0]["O"] == [30, 50] and second[0]["O"] == [99, 199], "the first tile does not wait for the sink"
    one, = run_chain([(5, 2, 1, 1, 1)], [1], "0001", [0, 3])
    assert one == run(5, 2, 1, 1, 1, "0001", [0, 3])
    rng, seen = random.Random(11), set()
    for _ in range(500):
        seen.update(name for name, count in run(*random_case(rng))[1].items() if count)
    assert seen == set(STATES)
    print("timing: self test passed")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=0)
    parser.add_argument("--chains", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    if options.self_test:
        return self_test()
    rng = random.Random(options.seed)
    for _ in range(options.cases):
        print(case_line(random_case(rng)))
    for _ in range(options.chains):
        print(chain_line(random_chain(rng)))


if __name__ == "__main__":
    main()
