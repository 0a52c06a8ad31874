// SPDX-License-Identifier: Apache-2.0
#include "key_makers.h"

// Keys of the memory devices and of the array they sit in.

namespace aimc::config::detail {

void add_device_keys(std::vector<Key>& all)
{
    all.push_back(choice("device.model", AIMC_FIELD(device.model),
                         "Choice: nothing random unless asked for",
                         "ideal: reads what was programmed; hermes: the fit to the 64-core chip in "
                         "aihwkit (HermesNoiseModel)."));
    all.push_back(
        integer("device.devices_per_polarity", AIMC_FIELD(device.devices_per_polarity), {1, 2}, "",
                "Source: Khaddam22, second-hand notes (8T4R: two devices per polarity)",
                "Devices that share one weight's polarity; the hermes fit differs for 1 and 2."));
    all.push_back(
        number("device.g_max_uS", AIMC_FIELD(device.g_max_uS), {0.001, 1000.0}, "uS",
               "Source: aihwkit (HermesNoiseModel: 10.35 uS with one device, 20.7 uS with "
               "two); 25 uS of the ideal device is our choice",
               "Conductance of the largest weight; null: the largest of the model (ideal: "
               "25). The hermes fit holds up to 10.35 (one device) or 20.7 (two)."));
    all.push_back(boolean("device.programming_noise", AIMC_FIELD(device.programming_noise),
                          "Choice: on; the law itself is the published fit",
                          "Error of the programmed conductance (hermes)."));
    all.push_back(boolean("device.drift", AIMC_FIELD(device.drift),
                          "Choice: on; the law itself is the published fit",
                          "Conductance falls with time, with an exponent per device (hermes)."));
    all.push_back(choice("device.read_noise", AIMC_FIELD(device.read_noise),
                         "Choice: on, one draw per column; the law itself is the published fit",
                         "none, or per_column: one Gaussian with the summed variance of the cells "
                         "(hermes)."));
    all.push_back(number("device.read_noise_frozen_share", AIMC_FIELD(device.frozen_share),
                         {0.0, 1.0}, "-", "Choice: 0, as the published fits are used",
                         "Share of the read-noise variance that does not change between reads."));
    all.push_back(number("device.age_s", AIMC_FIELD(device.age_s), {0.0, 1e9}, "s",
                         "Choice: read as soon as programming is verified",
                         "Time since programming was verified (t_0 of the fit)."));
    all.push_back(number("device.polarity_asymmetry.mean",
                         AIMC_FIELD(device.polarity_asymmetry_mean), {-0.5, 0.5}, "-",
                         "Choice: none; no figure was found",
                         "Negative polarity reads as G- x (1 + asymmetry): mean."));
    all.push_back(number("device.polarity_asymmetry.sd", AIMC_FIELD(device.polarity_asymmetry_sd),
                         {0.0, 0.5}, "-", "Choice: none; no figure was found",
                         "The same: standard deviation from column to column."));

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
}

}  // namespace aimc::config::detail
