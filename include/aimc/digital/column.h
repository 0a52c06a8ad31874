// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"
#include "aimc/digital/netlist.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace aimc::digital {

/// What is on the input lines of a tile in one cycle, and what the columns do with it.
struct Beat {
    std::vector<std::uint8_t> bits;  ///< [rows] input_bits_per_cycle bits of each input
    bool is_first = false;           ///< of a vector: the accumulator starts from 0
    bool has_sign = false;           ///< the sign bit of signed inputs is among the bits
    int shift = 0;                   ///< places that the accumulator moves up after these bits
};

/// The beats of one vector, its top bits first.
/// Choice: top bits first. The sign is then the first thing that an empty accumulator takes, every
/// cycle adds at the same place, and the adder is as wide as the accumulator, as the energy model
/// counts it (zigzag-imc). Low bits first could do with an adder of the tree's width.
/// @param x  codes of input_bits bits, in two's complement with signed_inputs
std::vector<Beat> beats_of(const config::DigitalConfig& digital, const std::int8_t* x,
                           std::size_t rows);

/// One column gate by gate: input register -> a gate per weight bit -> adder tree -> tree register
/// -> shift-accumulate, one clock() per cycle. The readable form of DigitalPath.
///
/// Source: fritchman21 (dataflow, ripple-carry tree, registers). Its RTL is a vehicle for area and
/// timing; the following makes sums of signed numbers of it.
/// Choice: signs cost no full adder. The one-bit product is the NOR of the inverted input and
/// weight bits; only the top weight bit, which counts negative, has a NAND of the plain ones, so
/// that each product p comes as p + 2^(w-1). An unsigned adder keeps such an offset of half its
/// range, and inverting the top bit of the last sum takes it off. Choice: input_bits_per_cycle 2
/// and 4 repeat gates, tree and accumulator adder for each bit of the cycle; one register takes the
/// last of their sums.
class Column {
public:
    /// @param weights  [rows] of weight_bits bits, two's complement; at least one
    Column(const config::DigitalConfig& digital, const std::vector<std::int16_t>& weights);

    /// One rising edge; `beat` is what the input register takes. A vector's sum is in the
    /// accumulator two clocks after its last beat was taken, whatever follows it.
    void clock(const Beat& beat);
    /// What the accumulator holds, in two's complement.
    std::int64_t accumulator() const;
    /// The sum of one vector: its beats and two more clocks.
    std::int64_t read(const std::int8_t* x);

    const GateCount& gates() const { return logic_.count(); }
    std::int64_t toggled_sums() const { return logic_.toggled_sums(); }
    std::size_t tree_register_bits() const;
    std::size_t accumulator_bits() const { return accumulator_.size(); }

private:
    struct Tree {
        std::vector<Net> plain, inverted;  ///< [rows] input bits: both outputs of their register
        Word sum;                          ///< two's complement
        Word held;                         ///< the same in the tree register
    };
    struct Control {
        bool is_first = true;
        bool has_sign = false;
        int shift = 0;
    };
    struct Cells {
        Word plain, inverted;  ///< a weight's bits: both sides of their cells
    };
    Cells store(std::int16_t weight);
    Tree build_tree(const std::vector<Cells>& weights);
    Word build_accumulator_adders();
    void capture_sums();

    config::DigitalConfig digital_;
    std::size_t rows_;
    Netlist logic_;
    std::vector<Tree> trees_;  ///< [input_bits_per_cycle]
    Net is_sign_ = 0;
    Word accumulator_in_;                    ///< the accumulator, or 0 in a vector's first beat
    Word next_;                              ///< before the shift
    std::vector<std::uint8_t> accumulator_;  ///< the register
    Control in_input_register_, in_tree_register_;
};

}  // namespace aimc::digital
