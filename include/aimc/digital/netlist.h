// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace aimc::digital {

using Net = std::uint32_t;
using Word = std::vector<Net>;  ///< the lowest bit first

/// Gates of a netlist, counted as they are built.
struct GateCount {
    std::int64_t inverters = 0;
    std::int64_t products = 0;  ///< NOR and NAND
    std::int64_t xors = 0;
    std::int64_t full_adders = 0;
};

/// Combinational logic: gates that read nets built before them, so that one pass settles all.
/// Registers are outside; their outputs are inputs here.
class Netlist {
public:
    Netlist();

    Net zero() const { return 0; }
    Net input();
    Word inputs(int bits);
    Net inverter(Net a);
    Net nor_gate(Net a, Net b);
    Net nand_gate(Net a, Net b);
    Net xor_gate(Net a, Net b);
    /// a + b + carry, two words of one width: a full adder per bit, the carry from one to the
    /// next. @return the sum and, as one bit more, the last carry
    Word ripple_carry_adder(const Word& a, const Word& b, Net carry);

    void set(Net net, bool value) { values_[net] = value ? 1 : 0; }
    bool value(Net net) const { return values_[net] != 0; }
    void settle();

    const GateCount& count() const { return count_; }
    /// Sums of full adders that settle() changed so far. Gates have no delay here: what a real
    /// ripple-carry tree does on its way to the sums (glitches) comes on top.
    std::int64_t toggled_sums() const { return toggled_sums_; }

private:
    enum class Kind : std::uint8_t { inverter, nor_gate, nand_gate, xor_gate, full_adder };
    struct Gate {
        Kind kind;
        Net a, b, carry;
        Net out;  ///< of a full adder: the sum; the next net is its carry
    };
    Net add(Kind kind, Net a, Net b, Net carry = 0);
    void settle(const Gate& gate);

    std::vector<Gate> gates_;
    std::vector<std::uint8_t> values_;  ///< by net
    GateCount count_;
    std::int64_t toggled_sums_ = 0;
};

}  // namespace aimc::digital
