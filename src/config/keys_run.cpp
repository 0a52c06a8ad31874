// SPDX-License-Identifier: Apache-2.0
#include "key_makers.h"

#include <limits>

// Keys of a run: buffers, calibration, seeds, workload.

namespace aimc::config::detail {

void add_run_keys(std::vector<Key>& all)
{
    constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();

    all.push_back(
        boolean("controller.double_buffered", AIMC_FIELD(controller.double_buffered),
                "Choice: the post unit then hides behind the next read",
                "Two banks of counters: the next read starts while the post unit works."));
    all.push_back(integer("controller.input_slots", AIMC_FIELD(controller.input_slots), {1, 1024},
                          "vectors", "Choice: one vector waits", "Depth of the input buffer."));
    all.push_back(integer("controller.output_slots", AIMC_FIELD(controller.output_slots), {1, 1024},
                          "vectors", "Choice: one is handed over while the next is made",
                          "Depth of the output buffer."));

    all.push_back(choice(
        "calibration.method", AIMC_FIELD(calibration.method), "Choice: no procedure is published",
        "least_squares: per column, on the vectors below; fixed: the two numbers below; nominal: "
        "what the design says, no vector's answer is looked at; batch_norm: nominal, then each "
        "column's mean and variance are brought back; least_squares_batch_norm: both."));
    all.push_back(choice(
        "calibration.vectors", AIMC_FIELD(calibration.vectors), "Choice: right for a bare tile",
        "random_signed codes, or representative: calibration_inputs of workload.file."));
    all.push_back(integer("calibration.count", AIMC_FIELD(calibration.count), {4, 1000000},
                          "vectors", "Choice: no procedure is published",
                          "Vectors that are played."));
    all.push_back(
        number("calibration.percentile", AIMC_FIELD(calibration.percentile), {50.0, 100.0}, "%",
               "Choice: no procedure is published",
               "Percentile of |Wx| that becomes the largest output code; sets the output LSB."));
    all.push_back(number("calibration.fixed_scale", AIMC_FIELD(calibration.fixed_scale),
                         {1e-6, 65536.0}, "-", "Choice: one count is one output LSB",
                         "Method fixed: every scale."));
    all.push_back(number("calibration.fixed_offset", AIMC_FIELD(calibration.fixed_offset),
                         {-32768.0, 32768.0}, "LSB", "Choice: none",
                         "Method fixed: every offset."));
    all.push_back(file("calibration.file", AIMC_FIELD(calibration.file),
                       "Choice: calibrate at the start of a run",
                       "Affine tables of an earlier calibration; null: calibrate."));

    all.push_back(numbers("ageing.schedule_s", AIMC_FIELD(ageing.schedule_s), {0.0, 1e9}, "s",
                          "Choice: a run has one age",
                          "Ages after device.age_s at which the whole workload is read again."));
    all.push_back(choice("ageing.compensation", AIMC_FIELD(ageing.compensation),
                         "Choice: none unless asked for",
                         "Drift compensation at each later age: one factor for the tile (global) "
                         "or one per column, from probe reads, folded into scales and offsets."));
    all.push_back(integer("ageing.probe_vectors", AIMC_FIELD(ageing.probe_vectors), {1, 1000000},
                          "vectors", "Choice: dense probes; one-hot ones drown in the noise",
                          "Calibration vectors that a compensation plays."));
    all.push_back(numbers("ageing.recalibrate_s", AIMC_FIELD(ageing.recalibrate_s), {0.0, 1e9}, "s",
                          "Choice: never unless asked for",
                          "Ages of the schedule at which the tile is calibrated anew."));

    all.push_back(integer("repeatability.runs", AIMC_FIELD(repeatability.runs), {0, 1000}, "",
                          "Choice: enough to tell fixed errors from fresh ones",
                          "How often the first vectors of each layer are read for the report's "
                          "repeatability; below 2: not at all."));
    all.push_back(integer("repeatability.vectors", AIMC_FIELD(repeatability.vectors), {1, 1000000},
                          "vectors", "Choice: quick, and some thousand outputs",
                          "Vectors of each layer that are read again."));

    all.push_back(integer("seed.device", AIMC_FIELD(seed.device), {0, largest}, "",
                          "Choice: any number will do",
                          "The chip you got: programming, drift, ADC curves, generated weights."));
    all.push_back(integer("seed.read", AIMC_FIELD(seed.read), {0, largest}, "",
                          "Choice: any number will do",
                          "This read: read noise, thermal noise, generated inputs."));

    all.push_back(file("workload.file", AIMC_FIELD(workload.file), "Choice: generated",
                       "Workload (aimc-workload/1); null: generated from the keys below."));
    all.push_back(integer("workload.mvms", AIMC_FIELD(workload.mvms), {1, 100000000}, "vectors",
                          "Choice: enough to see the steady state",
                          "Vectors: generated, or the first of the inputs file."));
    all.push_back(word_or_file("workload.weights", AIMC_FIELD(workload.weights),
                               {"normal", "uniform"}, "Choice: as the reference simulations",
                               "Generated weights, or a .npy file."));
    all.push_back(word_or_file("workload.inputs", AIMC_FIELD(workload.inputs), {"random_signed"},
                               "Choice: exercises both signs",
                               "Generated inputs, or a .npy file."));
    all.push_back(word_or_file(
        "workload.batch_norm", AIMC_FIELD(workload.batch_norm), {"none", "random"}, "Choice: none",
        "Batch normalisation after W x: random, or a .npy file [2 x cols] of factor and summand, "
        "for W x with the weights of their file (int8 ones / 127) and input codes / 127. The LDPU "
        "computes it, for the NMPU it is "
        "folded into scales and offsets; a negative factor exchanges G+ and G-."));
    all.push_back(word_or_file(
        "workload.residual", AIMC_FIELD(workload.residual), {"none", "random"}, "Choice: none",
        "Residual words that are added before the activation: random int16, or a .npy file "
        "[vectors x cols] int16, with nmpu.residual_fraction bits below one output LSB."));
    all.push_back(choice("workload.output", AIMC_FIELD(workload.output),
                         "Choice: activated outputs",
                         "What leaves the tile: y, or partial sums (nmpu.partial_bits, "
                         "nmpu.partial_fraction) for the residual port of another row tile."));
}

}  // namespace aimc::config::detail
