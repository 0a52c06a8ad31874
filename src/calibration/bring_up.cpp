// SPDX-License-Identifier: Apache-2.0
#include "aimc/calibration/bring_up.h"

#include "aimc/calibration/chip_file.h"
#include "aimc/config/words.h"

#include <algorithm>

namespace aimc::calibration {

BringUp::BringUp(const config::TileConfig& config, const config::Workload& workload,
                 const device::CellTargets& targets, SimdLevel simd, const mvm::ReadMemory* memory)
    : config_(config), workload_(workload), targets_(targets), simd_(simd), memory_(memory)
{
}

void BringUp::start(mvm::Chip& chip)
{
    chip_ = chip;
    upkeep_.age_s = config_.device.age_s;
    const auto adopt = [&](AffineFile affine, const char* method) {
        layers_ = std::move(affine.layers);
        chip_.current_ratio = affine.current_ratio;
        method_ = method;
        const bool same_chip = affine.device_seed == config_.seed.device || !config_.chip.empty();
        if (!same_chip) { method_ += ", chip " + std::to_string(affine.device_seed); }
    };
    if (!config_.chip.empty()) {
        ChipFile frozen = load_chip(config_.chip, config_, workload_);
        chip_.array = std::move(frozen.array);
        chip_.curves = mvm::curves_for(config_, chip_.array);
        adopt(std::move(frozen.affine), "frozen chip");
    } else if (!config_.calibration.file.empty()) {
        adopt(load_affine(config_.calibration.file, config_, workload_), "file");
    } else if (config_.calibration.method == config::CalibrationMethod::fixed) {
        layers_ = fixed_words(config_, workload_);
        method_ = "fixed";
    } else {
        fit();
        method_ = config::word_of(config_.calibration.method);
    }
    remember_readout();
    upkeep_.current_ratio = chip_.current_ratio;
    chip = chip_;
}

void BringUp::fit()
{
    layers_ = calibrate(config_, chip_, workload_, simd_, reads_, memory_, stop_);
    for (const auto& layer : layers_) {
        upkeep_.vectors += layer.vectors;
        upkeep_.cycles += layer.cycles;
    }
    reads_ += upkeep_.vectors;
    upkeep_.calibrated = true;
}

Readout BringUp::readout()
{
    const auto path = memory_ != nullptr
                          ? memory_->path(config_, chip_, simd_)
                          : std::make_shared<const mvm::ReadPath>(config_, chip_, simd_);
    Readout now = read_probes(config_, *path, workload_, trimmed_, reads_);
    reads_ += now.vectors;
    upkeep_.vectors += now.vectors;
    upkeep_.cycles += now.cycles;
    return now;
}

void BringUp::remember_readout()
{
    trimmed_ = layers_;
    if (config_.ageing.compensation == config::Compensation::none) { return; }
    for (std::size_t l = 0; l < trimmed_.size(); ++l) {
        if (!trimmed_[l].probes.empty()) { continue; }
        // words that were not fitted here come without the vectors they were fitted on
        config::TileConfig probing = config_;
        probing.calibration.count = config_.ageing.probe_vectors;
        trimmed_[l].probes = random_vectors(probing, workload_.layers[l].rows.size(), l, memory_);
    }
    then_ = readout();
}

void BringUp::age_to(double age_s)
{
    config_.device.age_s = age_s;
    upkeep_ = {};
    upkeep_.age_s = age_s;
    const double ratio = chip_.current_ratio;
    chip_ =
        memory_ != nullptr ? *memory_->chip(config_, targets_) : mvm::make_chip(config_, targets_);
    chip_.current_ratio = ratio;
    const auto& when = config_.ageing.recalibrate_s;
    if (std::find(when.begin(), when.end(), age_s) != when.end()) {
        fit();
        remember_readout();
    } else if (config_.ageing.compensation != config::Compensation::none) {
        compensate();
    }
    upkeep_.current_ratio = chip_.current_ratio;
}

void BringUp::compensate()
{
    const auto factors = compensation_factors(config_.ageing.compensation, then_, readout());
    double sum = 0.0;
    double n = 0.0;
    upkeep_.compensated = true;
    upkeep_.least_factor = upkeep_.most_factor = factors[0][0];
    for (std::size_t l = 0; l < layers_.size(); ++l) {
        layers_[l].words = compensated(config_, workload_.layers[l], layers_[l].y_lsb,
                                       trimmed_[l].words, factors[l], upkeep_.clipped);
        for (const double a : factors[l]) {
            sum += a;
            n += 1.0;
            upkeep_.least_factor = std::min(upkeep_.least_factor, a);
            upkeep_.most_factor = std::max(upkeep_.most_factor, a);
        }
    }
    upkeep_.mean_factor = std::clamp(sum / n, upkeep_.least_factor, upkeep_.most_factor);
}

}  // namespace aimc::calibration
