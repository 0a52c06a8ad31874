# SPDX-License-Identifier: Apache-2.0
"""How far a run of shards is, on one line of a terminal."""
import sys
import time

WIDTH = 30


class Progress:
    """Drawn on stderr when that is a terminal; notes are printed in any case unless quiet."""

    def __init__(self, items: int, what: str, quiet: bool):
        self.items, self.what, self.quiet = items, what, quiet
        self.drawn = not quiet and sys.stderr.isatty()
        self.done, self.started = 0, time.monotonic()

    def __enter__(self):
        self.draw()
        return self

    def __exit__(self, *_):
        self.clear()

    def add(self, items: int) -> None:
        self.done += items
        self.draw()

    def note(self, text: str) -> None:
        if not self.quiet:
            self.clear()
            print(text, file=sys.stderr, flush=True)
            self.draw()

    def clear(self) -> None:
        if self.drawn:
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def draw(self) -> None:
        if not self.drawn:
            return
        rate = self.done / max(time.monotonic() - self.started, 1e-9)
        left = f", {(self.items - self.done) / rate:.0f} s left" if self.done else ""
        full = WIDTH * self.done // max(self.items, 1)
        print(f"\r\033[K[{'#' * full}{' ' * (WIDTH - full)}] {self.done} of {self.items} {self.what}"
              f", {rate:.3g}/s{left}", end="", file=sys.stderr, flush=True)
