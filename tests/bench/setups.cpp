// SPDX-License-Identifier: Apache-2.0
#include "setups.h"

#include "aimc/calibration/calibrate.h"
#include "aimc/config/load.h"

#include <map>
#include <memory>
#include <string>
#include <utility>

namespace aimc::bench {
namespace {

constexpr const char* folder = AIMC_SOURCE_DIR "/configs/tile/";

std::unique_ptr<Setup> make(Case which, config::ReadMode mode)
{
    // fewer calibration vectors than shipped: the words are as good as any for measuring speed
    std::vector<std::string> sets{"workload.mvms=2048", "calibration.count=512"};
    sets.emplace_back(mode == config::ReadMode::one_phase ? "read.mode=one_phase"
                                                          : "read.mode=four_phase");
    std::string name = "hermes_256_one_phase.json";
    if (which == Case::ideal) { name = "ideal_256.json"; }
    if (which == Case::ldpu || which == Case::charge_curves_ldpu) { name = "hermes_256_ldpu.json"; }
    if (which == Case::charge_curves || which == Case::charge_curves_ldpu) {
        sets.emplace_back("adc.integration=charge");
    }
    if (which == Case::charge_noise) {
        sets.insert(sets.end(),
                    {"adc.integration=charge", "adc.curves=ideal", "adc.curve_file=null"});
    }
    auto s = std::make_unique<Setup>();
    s->config = config::load_config(folder + name, sets).tile;
    s->workload = config::workload_for(s->config);
    s->targets = calibration::cell_targets(s->config, s->workload);
    s->chip = mvm::make_chip(s->config, s->targets);
    const bool fixed = s->config.calibration.method == config::CalibrationMethod::fixed;
    auto layers = fixed
                      ? calibration::fixed_words(s->config, s->workload)
                      : calibration::calibrate(s->config, s->chip, s->workload, best_simd_level());
    s->words = std::move(layers.front().words);
    return s;
}

}  // namespace

const char* to_string(Case which)
{
    switch (which) {
        case Case::ideal: return "ideal";
        case Case::charge_noise: return "charge+noise";
        case Case::curves_noise: return "time_resolved+noise+curves";
        case Case::ldpu: return "ldpu";
        case Case::charge_curves: return "charge+noise+curves";
        case Case::charge_curves_ldpu: return "charge+ldpu";
    }
    return "?";
}

const Setup& setup(Case which, config::ReadMode mode)
{
    static std::map<std::pair<Case, config::ReadMode>, std::unique_ptr<Setup>> made;
    auto& slot = made[{which, mode}];
    if (!slot) { slot = make(which, mode); }
    return *slot;
}

}  // namespace aimc::bench
