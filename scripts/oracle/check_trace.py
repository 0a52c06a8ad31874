#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks a golden trace (format aimc-trace/1) without the simulator.

    check_trace.py TRACE          check_trace.py --self-test

Recomputes every output from the header (nmpu and affine lines, or ldpu and affine16 lines), the counts of
the adc events and the residuals (r) of the post events, whether it is y or a partial sum (s), and checks
that events are sorted by (cycle, stage name, mvm), that every mvm has one
event of each stage, that S < C < Y <= O, that no stage overtakes itself, and that the header's `mvms` is
the number of vectors. Prints `N vectors, M columns: all outputs recomputed` and exits with 0; at the first
difference prints it (mvm, column, got, expected) and exits with 1; a malformed or cut file exits with 3.
"""
import sys

import ldpu
import nmpu

TEXT_KEYS = ("branch", "round_mode", "final_round_mode", "overflow", "activation")
LDPU_KEYS = ("out_bits", "activation", "relu_clip", "residual_fraction", "partial_fraction")


class Malformed(Exception):
    pass


class Difference(Exception):
    pass


def pairs(words):
    return dict(word.split("=", 1) for word in words)


def read_header(lines):
    """Widths, the post unit (`nmpu` or `ldpu`), its format, and the words of every column."""
    h = {"affine": {}, "unit": None, "mvms": None, "widths": None}
    for words in (line[1:].split() for line in lines):
        if words[:1] in (["affine"], ["affine16"]):
            base = 16 if words[0] == "affine16" else 10
            if len(words) != (7 if base == 16 else 6) or int(words[1]) in h["affine"]:
                raise Malformed("bad or repeated line: " + " ".join(words))
            h["affine"][int(words[1])] = [int(word, base) for word in words[2:]]
        elif words[:1] == ["widths"]:
            h["widths"] = {key: int(value) for key, value in pairs(words[1:]).items()}
        elif words[:1] == ["mvms"]:
            h["mvms"] = int(words[1])
        elif words[:1] in (["nmpu"], ["ldpu"]):
            h["unit"], f = words[0], pairs(words[1:])
            f["relu_clip"] = 0 if f.get("relu_clip", "none") == "none" else int(f["relu_clip"])
            h["format"] = {key: value if key in TEXT_KEYS + ("order",) else int(value) for key, value in f.items()}
    if not h["unit"] or h["widths"] is None or h["mvms"] is None:
        raise Malformed("the header lacks its unit, widths or mvms line")
    if sorted(h["affine"]) != list(range(len(h["affine"]))) or not h["affine"]:
        raise Malformed("affine lines are not columns 0 .. n-1")
    if h["unit"] == "ldpu":
        if h["format"]["order"] != ldpu.ORDER:
            raise Malformed("unknown order " + h["format"]["order"])
        missing = set(LDPU_KEYS) - set(h["format"])
        if missing:
            raise Malformed("the ldpu line lacks " + ", ".join(sorted(missing)))
    h["format"]["partial_bits"] = h["widths"]["partial"]
    return h


def numbers(digits, bits, signed):
    """The values of a payload field: fixed-width digits one after the other."""
    width = (bits + 3) // 4
    if len(digits) % width or set(digits) - set("0123456789abcdef"):
        raise Malformed("bad digits: " + digits[:40])
    values = [int(digits[i:i + width], 16) for i in range(0, len(digits), width)]
    half = 1 << (bits - 1)
    values = [v - (1 << 4 * width) if signed and v >> (4 * width - 1) else v for v in values]
    if any(not (-half <= v < half if signed else v < 2 * half) for v in values):
        raise Malformed("a value does not fit %d bits: %s" % (bits, digits[:40]))
    return values


def read_events(lines, h):
    """{stage: {mvm: (cycle, {field: values})}}, after checking the order of the lines."""
    w, single = h["widths"], h["unit"] == "nmpu" and h["format"]["branch"] == "single"
    adc = {"p": ("count", single)} if single else {"p": ("count", False), "n": ("count", False)}
    post = {"y": ("y", True), "r": ("residual", True), "s": ("partial", True)}
    fields = {"dac": {"x": ("x", True)}, "adc": adc, h["unit"]: post}
    events, last = {"dac": {}, "adc": {}, h["unit"]: {}, "out": {}}, None
    for line in lines:
        words = line.split(" ")
        if len(words) < 4 or words[1] not in events:
            raise Malformed("not an event: " + line[:60])
        place, payload = (int(words[0]), words[1], int(words[2])), pairs(words[3:])
        if last is not None and place <= last:
            raise Difference("event out of order: %d %s %d after %d %s %d" % (place + last))
        last = place
        if place[2] in events[place[1]]:
            raise Difference("mvm %d has two %s events" % (place[2], place[1]))
        if place[1] == "out":
            if payload != {"ok": "1"}:
                raise Difference("mvm %d: out event without ok=1" % place[2])
        else:
            known = fields[place[1]]
            payload = {key: numbers(digits, w[known[key][0]], known[key][1]) for key, digits in payload.items()}
            needed = set(known) - {"r", "s", "y"}
            if not needed <= set(payload) or place[1] == h["unit"] and ("y" in payload) == ("s" in payload):
                raise Malformed("fields missing: " + line[:60])
        events[place[1]][place[2]] = (place[0], payload)
    return events


def check_times(events, mvms, unit):
    for stage, found in events.items():
        if sorted(found) != list(range(mvms)):
            raise Difference("%s has %d events, expected mvm 0 .. %d" % (stage, len(found), mvms - 1))
    order = ["dac", "adc", unit, "out"]
    for k in range(mvms):
        s, c, y, o = (events[stage][k][0] for stage in order)
        if not 0 <= s < c < y <= o:
            raise Difference("mvm %d: S=%d C=%d Y=%d O=%d are not S < C < Y <= O" % (k, s, c, y, o))
        for stage in order if k else ():
            if events[stage][k][0] <= events[stage][k - 1][0]:
                raise Difference("mvm %d overtakes mvm %d in %s" % (k, k - 1, stage))


def check_outputs(events, mvms, h):
    unit, columns = h["unit"], len(h["affine"])
    compute = nmpu.lane if unit == "nmpu" else ldpu.column
    for k in range(mvms):
        adc, post = events["adc"][k][1], events[unit][k][1]
        name = "y" if "y" in post else "s"
        if any(len(values) != columns for values in list(adc.values()) + list(post.values())):
            raise Malformed("mvm %d: a field does not have %d columns" % (k, columns))
        for j in range(columns):
            c_p, c_n = adc["p"][j], adc["n"][j] if "n" in adc else 0
            residual = post["r"][j] if "r" in post else None
            y, partial = compute(h["format"], c_p, c_n, *h["affine"][j], residual)
            expected = y if name == "y" else partial
            if post[name][j] != expected:
                raise Difference("first difference: mvm %d column %d %s: got %d, expected %d"
                                 % (k, j, name, post[name][j], expected))


def check(text):
    """(summary or message, exit code) for the text of a trace."""
    try:
        lines = text.split("\n")
        if lines[0] != "# aimc-trace/1" or lines.pop() != "":
            raise Malformed("not an aimc-trace/1 file, or the last line is cut")
        if "# incomplete" in lines:
            raise Malformed("the trace is marked incomplete")
        h = read_header([line for line in lines if line.startswith("#")])
        events = read_events([line for line in lines if not line.startswith("#")], h)
        check_times(events, h["mvms"], h["unit"])
        check_outputs(events, h["mvms"], h)
    except Difference as error:
        return str(error), 1
    except (Malformed, KeyError, ValueError, IndexError, TypeError) as error:
        return "malformed trace: %s %s" % (type(error).__name__, error), 3
    return "%d vectors, %d columns: all outputs recomputed" % (h["mvms"], len(h["affine"])), 0


def main():
    if sys.argv[1:] == ["--self-test"]:
        import check_trace_test
        return check_trace_test.self_test()
    if len(sys.argv) != 2 or sys.argv[1] in ("-h", "--help"):
        print(__doc__)
        return 0 if len(sys.argv) == 2 else 2
    try:
        with open(sys.argv[1], encoding="utf-8", newline="") as trace:
            message, code = check(trace.read())
    except (OSError, UnicodeDecodeError) as error:
        message, code = "cannot read %s: %s" % (sys.argv[1], error), 3
    print(message)
    return code


if __name__ == "__main__":
    sys.exit(main())
