// SPDX-License-Identifier: Apache-2.0
#include "key_makers.h"

// Keys of the array that the devices sit in.

namespace aimc::config::detail {

void add_crossbar_keys(std::vector<Key>& all)
{
    all.push_back(choice("crossbar.g_map", AIMC_FIELD(crossbar.g_map),
                         "Source: LeGallo23, second-hand notes (G = W G_max / W_max, per core)",
                         "What maps to g_max: the largest weight of the tile, that of each column, "
                         "or (as_given) the largest weight code."));
    all.push_back(number(
        "crossbar.g_lsb_nS", AIMC_FIELD(crossbar.g_lsb_nS), {0.001, 10000.0}, "nS",
        "Choice: far below the programming error (about 1 uS at g_max); int16 reaches 131 uS",
        "Step of the integer grid on which conductances live."));
    all.push_back(
        number("crossbar.v_read_mV", AIMC_FIELD(crossbar.v_read_mV), {1.0, 1000.0}, "mV",
               "Choice: not published for this chip; +-200 mV as in aihwkit's time-sliced tile",
               "Read voltage across a cell, either polarity."));
    all.push_back(
        choice("crossbar.ir_drop", AIMC_FIELD(crossbar.ir_drop), "Choice: none unless asked for",
               "Voltage lost along the bit-line wire: none, first_order (its static term), or "
               "ladder (the resistor network of each column, solved once per phase and age)."));
    all.push_back(number("crossbar.wire_ohm", AIMC_FIELD(crossbar.wire_ohm), {0.0, 1000.0}, "ohm",
                         "Source: aihwkit's time-sliced tile, 0.15 ohm per cell pitch (no figure "
                         "was published for this chip)",
                         "Bit-line wire between two neighbouring rows; the converter sits after "
                         "the last row."));
}

}  // namespace aimc::config::detail
