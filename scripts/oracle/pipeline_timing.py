#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A tile whose sums pass a pipeline of F registers before they are in a bank, clock by clock.

    pipeline_timing.py --cases N --seed S        pipeline_timing.py --self-test

One case a line, lists with one number a vector, other keys and rules as in timing.py:
    A=<list> F= N= D= B= db= ready= gaps= R= in=<list> S= E= C= H= Y= O= states=<5 numbers>
A: cycles of each read; E: the array is free again and its input slot with it; C: the last sum is in the
bank, F cycles after E. In every cycle of a read the array sends a word into the pipeline, which never
stops, so words reach the bank from F cycles after S on. The array therefore starts up to F cycles before
the bank is empty, when the post unit is that near to the end of the vector in it; nobody knows that before
the post unit has begun with it. A word that meets a bank in use is an error of this program's.
States: reading is S to E, drain begins at the last E. The array that waits for a bank waits for an output
slot (output_blocked) only if the post unit has everything else for its next vector; otherwise the vectors
are in the pipeline, wait for residual words or are computed (post_busy).
"""
import random

import case_command
from timing import STATES, lists, random_ready, random_words
from timing import run as run_without_pipeline

EVENTS = ("in", "S", "E", "C", "H", "Y", "O")


class Array:
    """Sends a word a cycle while it reads."""

    def __init__(self):
        self.vector, self.left = None, 0

    def start(self, vector, cycles):
        self.vector, self.left = vector, cycles

    def word(self):
        """(vector, is it the last word) of this cycle, or None."""
        if self.vector is None:
            return None
        self.left -= 1
        return self.vector, self.left == 0


class Banks:
    """Vectors take turns; `promised` counts the banks that the array has not been given."""

    def __init__(self, count):
        self.held, self.promised = [None] * count, count

    def write(self, vector):
        place = vector % len(self.held)
        assert self.held[place] in (None, vector), "a bank is overwritten"
        self.held[place] = vector

    def clear(self, vector):
        self.held[vector % len(self.held)] = None


class PostUnit:
    """One vector at a time; tells the array once when its bank will be empty in `ahead` cycles."""

    def __init__(self, cycles, ahead):
        self.cycles, self.ahead, self.vector, self.left, self.told = cycles, ahead, None, 0, True

    def start(self, vector):
        self.vector, self.left, self.told = vector, self.cycles, False

    def tells(self):
        if self.told or self.left > self.ahead:
            return False
        self.told = True
        return True


class Tile:
    def __init__(self, reads, pipeline, n, d, b, db, ready, gaps, words=None):
        self.reads, self.ready, self.gaps, self.words = reads, ready, gaps, words
        self.array, self.registers = Array(), [None] * pipeline
        self.banks, self.post = Banks(2 if db else 1), PostUnit(n, pipeline)
        self.free_inputs, self.free_outputs, self.since_input = b, d, 0
        self.waiting, self.converted, self.finished, self.written = [], [], [], None
        self.times = {name: [] for name in EVENTS}
        self.states = dict.fromkeys(STATES, 0)

    def note(self, name, t):
        self.times[name].append(t)

    def can_post(self, t):
        """Whether the post unit could begin if it had an output slot."""
        if self.post.vector is not None or not self.converted:
            return False
        return self.words is None or self.words[self.converted[0]] <= t

    def release(self, t):
        self.banks.promised += self.post.tells()
        if self.written is not None:
            self.converted.append(self.written)
            self.written = None
            self.note("C", t)
        if self.array.vector is not None and self.array.left == 0:
            self.array.vector, self.free_inputs = None, self.free_inputs + 1
            self.note("E", t)
        if self.post.vector is not None and self.post.left == 0:
            self.banks.clear(self.post.vector)
            self.finished.append(self.post.vector)
            self.post.vector = None
            self.note("Y", t)
        if self.finished and self.ready[t % len(self.ready)] == "1":
            self.finished.pop(0)
            self.free_outputs += 1
            self.note("O", t)

    def take(self, t):
        if self.can_post(t) and self.free_outputs:
            self.post.start(self.converted.pop(0))
            self.free_outputs -= 1
            self.note("H", t)
            self.banks.promised += self.post.tells()
        k = len(self.times["in"])
        if k < len(self.gaps) and self.free_inputs and (k == 0 or self.since_input >= max(1, self.gaps[k])):
            self.waiting.append(k)
            self.free_inputs, self.since_input = self.free_inputs - 1, 0
            self.note("in", t)
        if self.waiting and self.array.vector is None and self.banks.promised:
            k = self.waiting.pop(0)
            self.array.start(k, self.reads[k])
            self.banks.promised -= 1
            self.note("S", t)

    def state(self, t):
        if self.array.vector is not None:
            return "reading"
        if len(self.times["E"]) == len(self.gaps):
            return "drain"
        if not self.waiting:
            return "input_starved"
        assert not self.banks.promised
        return "output_blocked" if self.can_post(t) else "post_busy"

    def cycle(self, t):
        """What happens between edge t and edge t + 1."""
        self.states[self.state(t)] += 1
        self.since_input += 1
        self.registers.append(self.array.word())
        word = self.registers.pop(0)
        if word:
            self.banks.write(word[0])
            self.written = word[0] if word[1] else None
        if self.post.vector is not None:
            self.post.left -= 1


def run(*case):
    """(event times by name, cycles per state)."""
    tile, t = Tile(*case), 0
    while True:
        tile.release(t)
        tile.take(t)
        if len(tile.times["O"]) == len(tile.gaps):
            assert sum(tile.states.values()) == t and tile.states["reading"] == sum(tile.reads)
            assert tile.banks.promised == len(tile.banks.held) and set(tile.banks.held) == {None}
            return tile.times, tile.states
        tile.cycle(t)
        t += 1


def random_case(rng):
    vectors, n = rng.randint(1, 14), rng.choice((rng.randint(1, 30), rng.randint(1, 6)))
    longest = rng.choice((3, 8, 20))
    reads = [130 if rng.random() < 0.02 else rng.randint(1, longest) for _ in range(vectors)]
    if rng.random() < 0.3:
        reads = reads[:1] * vectors
    spread = rng.choice((0, 2, longest, longest + n, 3 * (longest + n)))
    gaps = [0] + [rng.randint(0, spread) for _ in reads[1:]]
    return (reads, rng.randint(0, 4), n, rng.randint(1, 3), rng.randint(1, 2), rng.randint(0, 1),
            random_ready(rng), gaps, random_words(rng, longest, n, vectors))


def case_line(case):
    reads, pipeline, n, d, b, db, ready, gaps, words = case
    times, states = run(*case)
    return "F=%d N=%d D=%d B=%d db=%d ready=%s " % (pipeline, n, d, b, db, ready) + lists(
        [("A", reads), ("gaps", gaps), ("R", words or [0] * len(gaps))] +
        [(name, times[name]) for name in EVENTS] + [("states", [states[name] for name in STATES])])


def self_test():
    times, states = run([8] * 6, 2, 3, 2, 2, 1, "1", [0] * 6)  # 8 bits a vector: latency 8 + 2, then N
    assert times["C"] == [10 + 8 * k for k in range(6)] and times["O"] == [13 + 8 * k for k in range(6)]
    assert [states[name] for name in STATES] == [48, 0, 0, 0, 5]
    times, states = run([5, 5], 2, 7, 2, 2, 0, "1", [0, 0])  # one bank: the read starts 2 before Y = 14
    assert times["S"] == [0, 12] and times["H"] == [7, 19] and states["post_busy"] == 7
    times, states = run([5, 5], 4, 1, 2, 2, 0, "1", [0, 0])  # N below F: not before the post unit begins
    assert times["S"] == [0, 9] and times["Y"] == [10, 19] and states["post_busy"] == 4
    times, states = run([1] * 4, 4, 1, 2, 1, 1, "1", [0] * 4)  # two banks; four words could be on the way
    assert times["S"] == [0, 1, 5, 6] and times["O"] == [6, 7, 11, 12] and states["post_busy"] == 3
    times, states = run([2] * 4, 0, 1, 1, 2, 1, "1" + "0" * 19, [0] * 4)
    assert times["S"] == [0, 2, 4, 21] and (states["output_blocked"], states["post_busy"]) == (14, 1)
    rng, seen, early = random.Random(13), set(), 0
    for _ in range(2000):
        reads, pipeline, *rest = random_case(rng)
        times, states = run(reads, pipeline, *rest)
        seen.update((pipeline, name) for name, count in states.items() if count)
        early += any(s < y for s, y in zip(times["S"][2:], times["Y"]))
        if len(set(reads)) == 1:
            times, states = run(reads, 0, *rest)
            del times["E"]
            assert (times, states) == run_without_pipeline(reads[0], *rest)
    assert seen == {(pipeline, name) for pipeline in range(5) for name in STATES} and early > 100
    print("pipeline_timing: self test passed")


if __name__ == "__main__":
    case_command.run(__doc__, self_test, lambda rng: case_line(random_case(rng)))
