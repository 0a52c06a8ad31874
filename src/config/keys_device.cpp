// SPDX-License-Identifier: Apache-2.0
#include "key_makers.h"

// Keys of the memory devices.

namespace aimc::config::detail {

void add_device_keys(std::vector<Key>& all)
{
    all.push_back(choice("device.model", AIMC_FIELD(device.model),
                         "Choice: nothing random unless asked for",
                         "ideal: reads what was programmed; hermes: the fit to the 64-core chip in "
                         "aihwkit (HermesNoiseModel); pcm_like: the 25 uS fit there "
                         "(PCMLikeNoiseModel); table: your own points."));
    all.push_back(file("device.table", AIMC_FIELD(device.table), "Choice: none",
                       "Measured points of programming noise, drift and read noise "
                       "(aimc-device-table/1); needs `model: table`."));
    all.push_back(
        integer("device.devices_per_polarity", AIMC_FIELD(device.devices_per_polarity), {1, 2}, "",
                "Source: Khaddam22, second-hand notes (8T4R: two devices per polarity)",
                "Devices that share one weight's polarity; the hermes fit differs for 1 and 2."));
    all.push_back(
        number("device.g_max_uS", AIMC_FIELD(device.g_max_uS), {0.001, 1000.0}, "uS",
               "Source: aihwkit (HermesNoiseModel: 10.35 uS with one device, 20.7 uS with "
               "two); 25 uS of the ideal device is our choice",
               "Conductance of the largest weight; null: the largest of the model (ideal and "
               "pcm_like: 25). The hermes fit holds up to 10.35 (one device) or 20.7 (two)."));
    all.push_back(number("device.t_read_ns", AIMC_FIELD(device.t_read_ns), {0.001, 1e9}, "ns",
                         "Source: aihwkit: 512 ns (hermes, the four-phase read), 250 ns "
                         "(pcm_like); 128 ns for a one-phase read is our choice",
                         "Averaging time in the read-noise law; null: the model's own (hermes: the "
                         "length of the read)."));
    all.push_back(choice("device.programming", AIMC_FIELD(device.programming),
                         "Choice: the fits describe cells after verification",
                         "statistical: one draw of the model's programming error; write_verify: "
                         "pulses and verifying reads until the margin is met."));
    all.push_back(number("device.write_verify.margin_counts",
                         AIMC_FIELD(device.write_verify.margin_counts), {0.0, 10000.0}, "counts",
                         "Source: LeGallo23, second-hand notes (accept margin 5 ADC counts)",
                         "A cell that reads this close to its target is accepted. Reads are whole "
                         "counts; the last pulse stays where none was accepted, so that a margin "
                         "below 1 rather spoils cells."));
    all.push_back(integer(
        "device.write_verify.max_iterations", AIMC_FIELD(device.write_verify.max_iterations),
        {1, 1000}, "", "Source: LeGallo23, second-hand notes (at most 30 iterations)",
        "Pulses per cell at most; also the estimate of statistical programming."));
    all.push_back(number("device.write_verify.counts_at_g_max",
                         AIMC_FIELD(device.write_verify.counts_at_g_max), {0.1, 1e6}, "counts",
                         "Source: LeGallo23, machine-made description of a figure (about 80 counts "
                         "with one device per polarity)",
                         "What one device at the end of the model's range counts in the verifying "
                         "read."));
    all.push_back(number("device.write_verify.pulse_sd", AIMC_FIELD(device.write_verify.pulse_sd),
                         {0.0, 100.0}, "-", "Choice: no single-pulse statistics were found",
                         "Spread after one pulse, relative to the model's programming error."));
    all.push_back(integer("device.write_verify.n_verify", AIMC_FIELD(device.write_verify.n_verify),
                          {1, 1000000000}, "cycles",
                          "Choice: nine reads of 130 cycles; 80 counts at g_max are 8.6 of them",
                          "One verifying read of a word line."));
    all.push_back(integer("device.write_verify.n_pulse", AIMC_FIELD(device.write_verify.n_pulse),
                          {1, 1000000000}, "cycles", "Choice: 1 us; no figure was found",
                          "One programming pulse."));
    all.push_back(file("device.faults.file", AIMC_FIELD(device.faults.file), "Choice: none",
                       "Stuck devices, dead rows and columns, one by one (aimc-faults/1)."));
    all.push_back(number("device.faults.stuck_reset_rate",
                         AIMC_FIELD(device.faults.stuck_reset_rate), {0.0, 1.0}, "-",
                         "Choice: none; LeGallo23 (second-hand notes): above 99 % usable cells",
                         "Share of devices stuck at RESET, conductance 0."));
    all.push_back(number("device.faults.stuck_set_rate", AIMC_FIELD(device.faults.stuck_set_rate),
                         {0.0, 1.0}, "-", "Choice: none",
                         "Share of devices stuck at SET, the conductance below."));
    all.push_back(number("device.faults.set_ratio", AIMC_FIELD(device.faults.set_ratio),
                         {0.0, 100.0}, "-",
                         "Derived: 360 of 80 counts in LeGallo23 (machine-made description of a "
                         "figure)",
                         "SET conductance relative to g_max of one device."));
    all.push_back(number("device.faults.dead_row_rate", AIMC_FIELD(device.faults.dead_row_rate),
                         {0.0, 1.0}, "-", "Choice: none", "Share of word lines that never drive."));
    all.push_back(number("device.faults.dead_col_rate", AIMC_FIELD(device.faults.dead_col_rate),
                         {0.0, 1.0}, "-", "Choice: none", "Share of bit lines that are open."));
    all.push_back(boolean("device.programming_noise", AIMC_FIELD(device.programming_noise),
                          "Choice: on; the law itself is the published fit",
                          "Error of the programmed conductance."));
    all.push_back(boolean("device.drift", AIMC_FIELD(device.drift),
                          "Choice: on; the law itself is the published fit",
                          "Conductance falls with time, with an exponent per device."));
    all.push_back(choice("device.drift_exponent_at", AIMC_FIELD(device.drift_exponent_at),
                         "Source: aihwkit, which draws the exponent at the target",
                         "Which conductance the law of the drift exponent is taken at: target, or "
                         "programmed, what the cell really became."));
    all.push_back(choice("device.read_noise", AIMC_FIELD(device.read_noise),
                         "Choice: on, one draw per column; the law itself is the published fit",
                         "none; per_column: one Gaussian with the summed variance of the cells, "
                         "spread over the on-time; per_segment: one for each pulse length; "
                         "per_cell: one for each cell, never below zero conductance."));
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
}

}  // namespace aimc::config::detail
