// SPDX-License-Identifier: Apache-2.0
#include "key_makers.h"

// Keys of the other kinds of tile: partial sums converted group by group (pim), and sums without
// any converter (digital_cim). The PIM-QAT paper was available as an abstract and a machine-made
// list of its figures only; what is reconstructed from that says so.

namespace aimc::config::detail {
namespace {

constexpr const char* widths_unknown =
    "Choice: the bit widths of the published experiments were not found";
constexpr const char* cycles_unknown = "Choice: no cycle count was found";

void add_pim_keys(std::vector<Key>& all)
{
    all.push_back(choice(
        "pim.scheme", AIMC_FIELD(pim.scheme),
        "Choice: the first of the three of PIM-QAT (arXiv 2209.08617); their equations are "
        "reconstructed, not read there",
        "native: one conversion of the signed sum; differential: one for the positive and one for "
        "the negative weights; bit_serial: one per weight bit."));
    all.push_back(integer("pim.weight_bits", AIMC_FIELD(pim.weight_bits), {2, 9}, "bit",
                          widths_unknown, "Width b_w of a signed weight, used symmetrically."));
    all.push_back(integer("pim.input_bits", AIMC_FIELD(pim.input_bits), {1, 7}, "bit",
                          widths_unknown,
                          "Width b_i of an input's magnitude; negative inputs are read in a pass "
                          "of their own."));
    all.push_back(integer("pim.slice_bits", AIMC_FIELD(pim.slice_bits), {1, 7}, "bit",
                          widths_unknown, "Input bits m that the DAC drives at a time."));
    all.push_back(integer(
        "pim.group_size", AIMC_FIELD(pim.group_size), {1, 1024}, "rows",
        "Source: PIM-QAT, machine-made list of its figures (9 native, 144 differential and "
        "bit-serial)",
        "Products N that are summed before one conversion; null: 9 native, 144 otherwise."));
    all.push_back(integer("pim.bits", AIMC_FIELD(pim.bits), {1, 16}, "bit",
                          "Source: PIM-QAT, machine-made list of its figures (7-bit prototype)",
                          "Resolution b_PIM of the converter."));
    all.push_back(number("pim.range_share", AIMC_FIELD(pim.range_share), {0.001, 1.0}, "-",
                         "Choice: the converter spans every possible partial sum",
                         "Largest partial sum that the converter spans / largest possible one; "
                         "what is beyond it clips."));
    all.push_back(number("pim.gain_sd", AIMC_FIELD(pim.gain_sd), {0.0, 0.5}, "-",
                         "Choice: none unless asked for; PIM-QAT, machine-made list of its "
                         "figures: 0.024",
                         "Standard deviation of a physical column's gain about 1."));
    all.push_back(number("pim.offset_sd_lsb", AIMC_FIELD(pim.offset_sd_lsb), {0.0, 1000.0}, "LSB",
                         "Choice: none unless asked for; PIM-QAT, machine-made list of its "
                         "figures: 2.04, whose unit we take to be the converter's LSB",
                         "Standard deviation of a physical column's offset."));
    all.push_back(number("pim.sigma_lsb", AIMC_FIELD(pim.sigma_lsb), {0.0, 1000.0}, "LSB",
                         "Choice: none unless asked for; 0.35 is recalled and no text confirms it",
                         "Thermal noise (standard deviation), fresh for each conversion."));
    all.push_back(integer("pim.n_evaluate", AIMC_FIELD(pim.n_evaluate), {0, 65536}, "cycles",
                          cycles_unknown, "Driving and settling of one group and slice."));
    all.push_back(integer("pim.n_convert", AIMC_FIELD(pim.n_convert), {1, 65536}, "cycles",
                          "Choice: successive approximation, a bit per cycle and one to sample",
                          "One conversion; null: pim.bits + 1."));
    all.push_back(integer("pim.converters", AIMC_FIELD(pim.converters), {1, 16}, "",
                          "Choice: one, whose conversions follow each other",
                          "Converters per output; they share its 1, 2 or b_w physical columns."));
}

void add_digital_keys(std::vector<Key>& all)
{
    all.push_back(integer("digital.weight_bits", AIMC_FIELD(digital.weight_bits), {2, 9}, "bit",
                          "Source: fritchman21 (8-bit weights)",
                          "Width w of a weight in two's complement, used symmetrically."));
    all.push_back(integer("digital.input_bits", AIMC_FIELD(digital.input_bits), {1, 8}, "bit",
                          "Source: fritchman21 (8-bit inputs)",
                          "Width b_i of an input; two's complement with signed_inputs."));
    all.push_back(
        integer("digital.input_bits_per_cycle", AIMC_FIELD(digital.input_bits_per_cycle), {1, 4},
                "bit", "Source: fritchman21 (one bit per cycle)",
                "Input bits that are broadcast per cycle: 1, 2 or 4, each with a tree of its "
                "own."));
    all.push_back(boolean("digital.signed_inputs", AIMC_FIELD(digital.signed_inputs),
                          "Choice: the tile's input codes have a sign; the published RTL has none",
                          "The top input bit subtracts; false: negative inputs are refused."));
    all.push_back(boolean("digital.skip_zero_planes", AIMC_FIELD(digital.skip_zero_planes),
                          "Choice: every vector takes the same time",
                          "Leave out cycles in which no input has a bit set."));
    all.push_back(integer("digital.n_pipeline", AIMC_FIELD(digital.n_pipeline), {0, 64}, "cycles",
                          "Derived: input register, tree register and accumulator of "
                          "fritchman21's column (first sum after b_i + 2 clocks)",
                          "Cycles from the last bit on the input lines to the finished sum."));
}

}  // namespace

void add_kind_keys(std::vector<Key>& all)
{
    add_pim_keys(all);
    add_digital_keys(all);
}

}  // namespace aimc::config::detail
