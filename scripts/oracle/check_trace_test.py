#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Test of check_trace.py on small hand-written traces, good and spoiled. Run by check_trace.py --self-test."""
from check_trace import check

NMPU = """# aimc-trace/1
# config tiny.json
# mvms 2
# seed device=1 read=2
# widths x=8 count=12 y=8 partial=16 residual=16
# nmpu branch=polarity scale_fraction=7 scale_exponent=0 offset_fraction=1 cut=5 round_bits=0 \
round_mode=SC_RND_CONV final_round_mode=SC_RND_CONV out_bits=8 overflow=SC_SAT_SYM activation=identity \
relu_clip=none residual_fraction=0 partial_fraction=2
# affine 0 128 64 7 0
# affine 1 128 128 -1 0
0 dac 0 x=017f81
133 adc 0 p=064001 n=01e004
133 dac 1 x=000000
140 nmpu 0 y=58fc
140 out 0 ok=1
266 adc 1 p=fff000 n=000fff
273 nmpu 1 y=7f81
280 out 1 ok=1
"""
LDPU = """# aimc-trace/1
# mvms 1
# widths x=8 count=12 y=8 partial=16 residual=16
# ldpu order=count,affine,batch_norm,residual,activation,quantise out_bits=8 activation=relu relu_clip=none \
residual_fraction=1 partial_fraction=2
# affine16 0 3c00 3800 0000 3c00 0000
# affine16 1 3c00 3800 0000 bc00 0000
0 dac 0 x=01
133 adc 0 p=064064 n=01e01e
1106 ldpu 0 y=5500
1106 out 0 ok=1
"""
def check_ldpu(code):
    """t is 85 and -85; half-LSB residuals of +21 (10.5) and +176 (88) make 95.5, a tie, and 3."""
    with_r = LDPU.replace("y=5500", "y=6003 r=001500b0")
    assert code(with_r)[1] == 0, code(with_r)
    assert code(with_r, "r=0015", "r=0018") == ("first difference: mvm 0 column 0 y: got 96, expected 97", 1)
    assert code(with_r, " r=001500b0", "") == ("first difference: mvm 0 column 0 y: got 96, expected 85", 1)
    partial = LDPU.replace("y=5500", "s=0154feac")  # before the ReLU
    assert code(partial)[1] == 0, code(partial)
    assert code(partial, "s=0154feac", "s=0154feab") == (
        "first difference: mvm 0 column 1 s: got -341, expected -340", 1)
    both = LDPU.replace("y=5500", "s=017e000c r=001500b0")
    assert code(both)[1] == 0, code(both)
    assert code(both, " r=001500b0", "") == ("first difference: mvm 0 column 0 s: got 382, expected 340", 1)
    clipped = LDPU.replace("activation=relu relu_clip=none", "activation=clipped_relu relu_clip=80")
    assert code(clipped) == ("first difference: mvm 0 column 0 y: got 85, expected 80", 1)
    assert code(clipped, "y=5500", "y=5000")[1] == 0
    assert code(LDPU, " partial_fraction=2", "")[1] == 3, "a key is missing"
    for change in (("residual,activation", "activation,residual"), ("r=001500b0", "r=00150"), ("r=", "q="),
                   ("r=001500b0", "r=0015"), ("y=6003", "y=6003 s=017e000c"), ("relu_clip=none", "relu_clip=6.0")):
        assert code(with_r, *change)[1] == 3, change


def self_test():
    def code(text, *change):
        assert not change or change[0] in text, change
        return check(text.replace(*change, 1) if change else text)

    assert code(NMPU) == ("2 vectors, 2 columns: all outputs recomputed", 0), code(NMPU)
    assert code(LDPU) == ("1 vectors, 2 columns: all outputs recomputed", 0), code(LDPU)
    assert code(NMPU, "y=58fc", "y=58fd") == ("first difference: mvm 0 column 1 y: got -3, expected -4", 1)
    assert code(LDPU, "y=5500", "y=5501")[1] == 1
    partial = NMPU.replace("y=58fc", "s=0162fff2").replace("y=7f81", "s=4003c002")
    assert code(partial) == ("first difference: mvm 1 column 0 s: got 16387, expected 16394", 1), code(partial)
    assert code(partial, "s=4003c002", "s=400ac002")[1] == 0
    with_r = NMPU.replace("y=58fc", "y=62f2 r=000afff6")  # residual +10, -10: 98.5 and -13.5, ties
    assert code(with_r)[1] == 0
    assert code(with_r, "r=000afff6", "r=000afff7") == ("first difference: mvm 0 column 1 y: got -14, expected -12", 1)
    assert code(with_r, " r=000afff6", "") == ("first difference: mvm 0 column 0 y: got 98, expected 88", 1)
    both = partial.replace("s=0162fff2", "s=018affca r=000afff6").replace("s=4003c002", "s=400ac002")
    assert code(both)[1] == 0, code(both)
    assert code(both, "s=018affca", "s=018bffca") == ("first difference: mvm 0 column 0 s: got 395, expected 394", 1)
    clipped = NMPU.replace("activation=identity relu_clip=none", "activation=clipped_relu relu_clip=9")
    assert code(clipped)[1] == 1 and code(clipped.replace("y=58fc", "y=0900").replace("y=7f81", "y=0900"))[1] == 0
    check_ldpu(code)
    single = NMPU.replace("polarity", "single").replace("p=064001 n=01e004", "p=064ffd")
    assert code(single.replace("p=fff000 n=000fff", "p=000001").replace("58fc", "68fc").replace("7f81", "0400"))[1] == 0
    for change in (("280 out", "272 out"), ("133 adc 0", "134 adc 0"), ("280 out 1 ok=1\n", ""),
                   ("# mvms 2", "# mvms 3"), ("140 out 0 ok=1", "139 out 0 ok=1"), ("273 nmpu 1", "266 nmpu 1")):
        assert code(NMPU, *change)[1] == 1, change
    for change in (("aimc-trace/1", "aimc-trace/2"), ("y=58fc", "y=58f"), ("y=58fc", "z=58fc"), ("y=58fc", "y=58FC"),
                   ("y=58fc", "y=58"), ("# affine 1", "# affine 2"), ("# widths", "# width"), ("140 out", "x out"),
                   ("280 out 1 ok=1\n", "280 out 1 ok=1"), ("cut=5", "cut=9"), ("280 out", "# incomplete\n280 out")):
        assert code(NMPU, *change)[1] == 3, change
    print("check_trace: self test passed")
    return 0


if __name__ == "__main__":
    self_test()
