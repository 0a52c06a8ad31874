// SPDX-License-Identifier: Apache-2.0
#include "key_makers.h"

// Keys of the post units: the fixed-point NMPU and the FP16 LDPU.

namespace aimc::config::detail {
namespace {

// One sentence for what all LDPU cycles have in common.
constexpr const char* ldpu_source =
    "Choice: 3 x 64 x 5 + 13 = 973 cycles, set to match the published ratio of 139 to 7 NMPU "
    "cycles";

void add_nmpu_keys(std::vector<Key>& all)
{
    all.push_back(integer("nmpu.lanes", AIMC_FIELD(nmpu.lanes), {1, 1024}, "",
                          "Source: Ferro24, machine-made summary (64 units of 4 columns)",
                          "Lanes that work in parallel; each serves ceil(cols / lanes) columns."));
    all.push_back(
        choice("nmpu.branch", AIMC_FIELD(nmpu.branch),
               "Choice: our reading of \"two-branch\" (Ferro24, machine-made summary)",
               "polarity: s_p c+ + o_p - (s_n c- + o_n); difference: s_p (c+ - c-) + o_p; "
               "single: one signed count."));
    all.push_back(integer("nmpu.scale_bits", AIMC_FIELD(nmpu.scale_bits), {1, 16}, "bit",
                          "Source: Ferro24, machine-made summary ((1,7) unsigned)",
                          "Width of the unsigned scale s."));
    all.push_back(integer("nmpu.scale_fraction", AIMC_FIELD(nmpu.scale_fraction), {0, 32}, "bit",
                          "Source: Ferro24, machine-made summary ((1,7) unsigned)",
                          "Fraction bits of s."));
    all.push_back(or_word(
        "calibrate", integer("nmpu.scale_exponent", AIMC_FIELD(nmpu.scale_exponent), {0, 4}, "bit",
                             "Choice: 0 is the (1,7) format as it stands",
                             "Left shift e of all products of the tile; calibrate: the smallest "
                             "that holds 98 % of the columns.")));
    all.push_back(
        integer("nmpu.offset_bits", AIMC_FIELD(nmpu.offset_bits), {2, 16}, "bit",
                "Choice: (7,1) signed read as 8 bits in all; Ferro24 was not available in full",
                "Width of the signed offset o."));
    all.push_back(integer("nmpu.offset_fraction", AIMC_FIELD(nmpu.offset_fraction), {0, 15}, "bit",
                          "Source: Ferro24, machine-made summary ((7,1) signed)",
                          "Fraction bits of o; its unit is the output LSB."));
    all.push_back(integer("nmpu.offsets", AIMC_FIELD(nmpu.offsets), {1, 2}, "",
                          "Choice: one; the other branch's offset word is then 0",
                          "Offset words per column that a calibration uses: o_n takes what o_p "
                          "cannot hold, so that two reach twice as far (branch polarity)."));
    all.push_back(integer("nmpu.cut", AIMC_FIELD(nmpu.cut), {0, 32}, "bit",
                          "Choice: smallest error of the splits that we tried",
                          "Low bits of the product that are dropped without rounding."));
    all.push_back(integer("nmpu.round_bits", AIMC_FIELD(nmpu.round_bits), {0, 16}, "bit",
                          "Choice: smallest error of the splits that we tried",
                          "Further bits that are dropped with rounding (round_mode)."));
    all.push_back(
        choice("nmpu.round_mode", AIMC_FIELD(nmpu.round_mode), "Choice: no bias",
               "Rounding of products, and of offsets and residuals when they are loaded."));
    all.push_back(choice("nmpu.final_round_mode", AIMC_FIELD(nmpu.final_round_mode),
                         "Choice: no bias", "Rounding of the sum to a whole output."));
    all.push_back(integer("nmpu.out_bits", AIMC_FIELD(nmpu.out_bits), {2, 16}, "bit",
                          "Choice: the next tile takes 8-bit codes",
                          "Width of the signed output y."));
    all.push_back(choice("nmpu.overflow", AIMC_FIELD(nmpu.overflow),
                         "Choice: the next tile takes codes -127 .. 127",
                         "What happens to an output that does not fit out_bits."));
    all.push_back(choice("nmpu.activation", AIMC_FIELD(nmpu.activation), "Choice: none",
                         "Of either post unit; a workload file says it per layer."));
    all.push_back(integer("nmpu.relu_clip", AIMC_FIELD(nmpu.relu_clip), {1, 32767}, "LSB",
                          "Choice: none", "Upper end of clipped_relu; null: there is none."));
    all.push_back(integer("nmpu.residual_fraction", AIMC_FIELD(nmpu.residual_fraction), {0, 15},
                          "bit", "Choice: whole output LSBs",
                          "Fraction bits of the int16 residual input."));
    all.push_back(integer("nmpu.partial_bits", AIMC_FIELD(nmpu.partial_bits), {4, 32}, "bit",
                          "Choice: one 16-bit word per column",
                          "Width of a partial-sum output; it saturates."));
    all.push_back(integer("nmpu.partial_fraction", AIMC_FIELD(nmpu.partial_fraction), {0, 2}, "bit",
                          "Choice: the bits that the default cut keeps",
                          "Fraction bits of a partial sum."));
    all.push_back(
        integer("nmpu.fill", AIMC_FIELD(nmpu.n_fill), {0, 1000}, "cycles",
                "Choice: operand fetch, multiply and align, combine and round and activate",
                "Cycles per vector beside one for each column of a lane."));
}

}  // namespace

void add_post_keys(std::vector<Key>& all)
{
    add_nmpu_keys(all);
    all.push_back(integer("ldpu.passes", AIMC_FIELD(ldpu.passes), {1, 1000}, "", ldpu_source,
                          "Multiply-adds per column."));
    all.push_back(integer("ldpu.lanes", AIMC_FIELD(ldpu.lanes), {1, 1024}, "", ldpu_source,
                          "Units that work in parallel."));
    all.push_back(integer("ldpu.initiation_interval", AIMC_FIELD(ldpu.n_initiation_interval),
                          {1, 1000}, "cycles", ldpu_source,
                          "Cycles between two operations of a unit."));
    all.push_back(integer("ldpu.fill", AIMC_FIELD(ldpu.n_fill), {0, 10000}, "cycles", ldpu_source,
                          "Cycles until the first result; in all passes x ceil(cols / lanes) x "
                          "initiation_interval + fill."));
    all.push_back(integer("ldpu.residual_passes", AIMC_FIELD(ldpu.residual_passes), {0, 1000}, "",
                          "Choice: an addition takes a pass through the multiply-add units",
                          "Passes on top of the others when residuals are added."));
}

}  // namespace aimc::config::detail
