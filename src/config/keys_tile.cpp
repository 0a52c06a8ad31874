// SPDX-License-Identifier: Apache-2.0
#include "key_makers.h"

// Keys of the tile as a whole: size, clock, read sequence.

namespace aimc::config::detail {
namespace {

Key format_key()
{
    Key key;
    key.path = "format";
    key.kind = Kind::choice;
    key.words = {config_format};
    key.get = [](const TileConfig&) { return Value{std::string(config_format)}; };
    key.set = [](TileConfig&, const Value&) {};
    key.source = "Choice: version 1 of this project's own format";
    key.meaning = "Says what the file is; files of another version are refused.";
    return key;
}

}  // namespace

void add_tile_keys(std::vector<Key>& all)
{
    all.push_back(format_key());
    all.push_back(any_key(Kind::text, "name", AIMC_FIELD(name),
                          "Choice: a label, no effect on results",
                          "Name in reports and of the output folder."));

    all.push_back(choice("tile_kind", AIMC_FIELD(kind), "Choice: the tile this project is about",
                         "analog: crossbar and oscillator ADCs; pim: groups of products, each "
                         "converted and recombined digitally; digital_cim: bit-serial inputs and "
                         "adder trees, exact."));
    all.push_back(integer("tile.rows", AIMC_FIELD(rows), {1, 1024}, "",
                          "Source: Khaddam22 (256 x 256 unit cells)",
                          "Word lines: inputs of one MVM."));
    all.push_back(integer("tile.cols", AIMC_FIELD(cols), {1, 1024}, "",
                          "Source: Khaddam22 (256 x 256 unit cells)",
                          "Bit lines: outputs of one MVM."));
    all.push_back(integer("tile.index", AIMC_FIELD(index), {0, 65535}, "", "Choice: the first tile",
                          "Which tile of a system this is; each has random numbers of its own."));

    Key clock = integer("clock.t_clk_ps", AIMC_FIELD(t_clk_ps), {1, 1000000}, "ps",
                        "Source: Khaddam22, second-hand notes (1 GHz main clock)",
                        "Clock period; a whole number of picoseconds.");
    clock.if_fraction = "a clock period that is not a whole number of picoseconds";
    all.push_back(clock);

    all.push_back(choice("post", AIMC_FIELD(post), "Choice: the unit this project is about",
                         "What turns counts into outputs: the fixed-point NMPU or the FP16 LDPU."));
    all.push_back(file("chip", AIMC_FIELD(chip), "Choice: no frozen chip",
                       "Frozen chip (aimc-chip/2): stored conductances and affine words; null: "
                       "program the weights, then calibrate."));

    all.push_back(choice("read.mode", AIMC_FIELD(read.mode),
                         "Choice: the faster of the two published modes",
                         "one_phase: all rows at once; four_phase: one combination of input and "
                         "weight sign at a time."));
    all.push_back(integer("read.n_window", AIMC_FIELD(read.n_window), {127, 65536}, "cycles",
                          "Source: Khaddam22, second-hand notes (8-bit PWM in a 128-ns window)",
                          "Integration window of one phase; at least 127, the longest pulse "
                          "(input code 127)."));
    all.push_back(integer("read.n_settle", AIMC_FIELD(read.n_settle), {0, 65536}, "cycles",
                          "Derived: 1.008 TOPS of Khaddam22 are 130.03 ns per MVM = 128 + 2",
                          "Reset and settling after each phase."));
    all.push_back(
        integer("read.n_overhead", AIMC_FIELD(read.n_overhead), {0, 65536}, "cycles",
                "Derived: 63.1 and 16.1 TOPS of LeGallo23 are 132.9 and 521.0 ns per MVM, "
                "3 and 1 more than the phases; that they follow the last phase is our choice",
                "Cycles after the last phase; null: 3 in one_phase, 1 in four_phase."));
    all.push_back(boolean("read.skip_empty_phases", AIMC_FIELD(read.skip_empty_phases),
                          "Choice: every read takes the same time",
                          "Leave out phases in which no row is active; four_phase only."));
}

}  // namespace aimc::config::detail
