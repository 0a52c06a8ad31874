// SPDX-License-Identifier: Apache-2.0
#include "aimc/digital/netlist.h"

#include <stdexcept>

namespace aimc::digital {

Netlist::Netlist() : values_(1, 0) {}

Net Netlist::input()
{
    values_.push_back(0);
    return static_cast<Net>(values_.size() - 1);
}

Word Netlist::inputs(int bits)
{
    Word word;
    for (int i = 0; i < bits; ++i) { word.push_back(input()); }
    return word;
}

Net Netlist::add(Kind kind, Net a, Net b, Net carry)
{
    const Net out = input();
    gates_.push_back({kind, a, b, carry, out});
    return out;
}

Net Netlist::inverter(Net a)
{
    ++count_.inverters;
    return add(Kind::inverter, a, a);
}

Net Netlist::nor_gate(Net a, Net b)
{
    ++count_.products;
    return add(Kind::nor_gate, a, b);
}

Net Netlist::nand_gate(Net a, Net b)
{
    ++count_.products;
    return add(Kind::nand_gate, a, b);
}

Net Netlist::xor_gate(Net a, Net b)
{
    ++count_.xors;
    return add(Kind::xor_gate, a, b);
}

Word Netlist::ripple_carry_adder(const Word& a, const Word& b, Net carry)
{
    if (a.size() != b.size()) { throw std::invalid_argument("Netlist: words of two widths"); }
    Word sum;
    for (std::size_t i = 0; i < a.size(); ++i) {
        ++count_.full_adders;
        sum.push_back(add(Kind::full_adder, a[i], b[i], carry));
        carry = input();
    }
    sum.push_back(carry);
    return sum;
}

void Netlist::settle()
{
    for (const Gate& gate : gates_) { settle(gate); }
}

void Netlist::settle(const Gate& gate)
{
    const unsigned a = values_[gate.a];
    const unsigned b = values_[gate.b];
    const unsigned carry = values_[gate.carry];
    unsigned out = 0;
    switch (gate.kind) {
        case Kind::inverter: out = a ^ 1U; break;
        case Kind::nor_gate: out = (a | b) ^ 1U; break;
        case Kind::nand_gate: out = (a & b) ^ 1U; break;
        case Kind::xor_gate: out = a ^ b; break;
        case Kind::full_adder:
            out = a ^ b ^ carry;
            toggled_sums_ += out != values_[gate.out] ? 1 : 0;
            values_[gate.out + 1] = static_cast<std::uint8_t>((a & b) | (carry & (a ^ b)));
            break;
    }
    values_[gate.out] = static_cast<std::uint8_t>(out);
}

}  // namespace aimc::digital
