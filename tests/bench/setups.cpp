// SPDX-License-Identifier: Apache-2.0
#include "setups.h"

#include "aimc/calibration/calibrate.h"
#include "aimc/config/load.h"
#include "aimc/mvm/read_path.h"

#include <algorithm>
#include <map>
#include <memory>
#include <stdexcept>
#include <tuple>
#include <utility>
#include <vector>

namespace aimc::bench {
namespace {

constexpr const char* folder = AIMC_SOURCE_DIR "/configs/tile/";

/// The shipped file and the keys that make the case of it.
std::pair<std::string, std::vector<std::string>> recipe(Case which)
{
    switch (which) {
        case Case::ideal: return {"ideal_256.json", {}};
        case Case::charge: return {"hermes_256_one_phase.json", {"adc.integration=charge"}};
        case Case::time_resolved: return {"hermes_256_one_phase.json", {}};
        case Case::charge_ldpu: return {"hermes_256_ldpu.json", {"adc.integration=charge"}};
        case Case::time_resolved_ldpu: return {"hermes_256_ldpu.json", {}};
        case Case::ladder: return {"hermes_256_ir_drop.json", {}};
        case Case::per_segment:
            return {"hermes_256_one_phase.json", {"device.read_noise=per_segment"}};
        case Case::per_cell: return {"hermes_256_per_cell.json", {}};
        case Case::ams: return {"ams_12b_8.json", {}};
        case Case::pim_native: return {"pim_native_7b.json", {}};
        case Case::pim_differential: return {"pim_differential_7b.json", {}};
        case Case::pim_bit_serial: return {"pim_bit_serial_7b.json", {}};
        case Case::digital: return {"digital_128.json", {}};
    }
    throw std::logic_error("no such case");
}

config::TileConfig config_of(const Subject& s)
{
    auto [file, sets] = recipe(s.which);
    // fewer calibration vectors than shipped: the words are as good as any for measuring speed
    sets.insert(sets.end(),
                {"workload.mvms=512", "calibration.count=512",
                 "tile.rows=" + std::to_string(s.rows), "tile.cols=" + std::to_string(s.cols)});
    if (is_analog(s.which)) {
        sets.emplace_back(s.mode == config::ReadMode::one_phase ? "read.mode=one_phase"
                                                                : "read.mode=four_phase");
    }
    if (s.cols > 256) { sets.emplace_back("adc.few_curves=repeat"); }
    return config::load_config(folder + file, sets).tile;
}

void require(bool holds, const Subject& s, const char* what)
{
    if (!holds) { throw std::logic_error("row " + s.name() + " is measured " + what); }
}

/// Two reads of one vector differ.
bool reads_are_noisy(const Setup& s)
{
    const mvm::ReadPath path(s.config, s.chip);
    mvm::ReadPath::Scratch scratch;
    std::vector<std::int32_t> c_p[2], c_n[2];
    for (std::uint64_t read : {0U, 1U}) {
        c_p[read].resize(s.config.cols);
        c_n[read].resize(s.config.cols);
        path.read(s.workload.inputs.row(0), {read, false}, scratch, c_p[read].data(),
                  c_n[read].data());
    }
    return c_p[0] != c_p[1] || c_n[0] != c_n[1];
}

/// The bars are about a tile with everything on.
void require_physical_errors(const Setup& setup, const Subject& s)
{
    const config::TileConfig& c = setup.config;
    require(c.device.read_noise != config::ReadNoise::none && setup.chip.array.noise_lsb > 0.0, s,
            "without read noise");
    require(c.adc.sigma_lsb > 0.0, s, "without thermal noise");
    const auto& columns = setup.chip.curves.columns;
    require(setup.chip.curves.origin != "ideal" &&
                std::all_of(columns.begin(), columns.end(),
                            [](const auto& column) { return column.pos.size() > 2; }),
            s, "without recorded curves");
}

/// Nothing may be left out unseen.
void require_everything_on(const Setup& setup, const Subject& s)
{
    const config::TileConfig& c = setup.config;
    if (is_analog(s.which) && c.adc.model == config::AdcModel::oscillator) {
        require_physical_errors(setup, s);
    }
    if (c.kind == config::TileKind::pim) {
        require(c.pim.gain_sd > 0.0 && c.pim.offset_sd_lsb > 0.0, s, "without a chip's spread");
    }
    require(reads_are_noisy(setup) != (s.which == Case::digital), s,
            s.which == Case::digital ? "with noise" : "without noise");
    const auto& nmpu = setup.words.nmpu;
    require(!setup.words.ldpu.empty() ||
                std::any_of(nmpu.begin(), nmpu.end(),
                            [&](const auto& words) { return words.s_p != nmpu.front().s_p; }),
            s, "without calibration");
}

std::unique_ptr<Setup> make(const Subject& subject)
{
    auto s = std::make_unique<Setup>();
    s->config = config_of(subject);
    s->workload = config::workload_for(s->config);
    s->targets = calibration::cell_targets(s->config, s->workload);
    s->chip = mvm::make_chip(s->config, s->targets);
    const bool fixed = s->config.calibration.method == config::CalibrationMethod::fixed;
    auto layers = fixed
                      ? calibration::fixed_words(s->config, s->workload)
                      : calibration::calibrate(s->config, s->chip, s->workload, best_simd_level());
    s->words = std::move(layers.front().words);
    if (subject.which != Case::ideal) { require_everything_on(*s, subject); }
    return s;
}

}  // namespace

const char* to_string(Case which)
{
    switch (which) {
        case Case::ideal: return "ideal";
        case Case::charge: return "charge";
        case Case::time_resolved: return "time_resolved";
        case Case::charge_ldpu: return "charge+ldpu";
        case Case::time_resolved_ldpu: return "time_resolved+ldpu";
        case Case::ladder: return "time_resolved+ladder";
        case Case::per_segment: return "time_resolved+per_segment";
        case Case::per_cell: return "time_resolved+per_cell";
        case Case::ams: return "ams";
        case Case::pim_native: return "pim_native";
        case Case::pim_differential: return "pim_differential";
        case Case::pim_bit_serial: return "pim_bit_serial";
        case Case::digital: return "digital";
    }
    return "?";
}

std::string Subject::name() const
{
    const std::string start = std::string(to_string(which)) + "/";
    if (!is_analog(which)) { return start + std::to_string(rows) + "x" + std::to_string(cols); }
    return start + (mode == config::ReadMode::one_phase ? "one_phase" : "four_phase");
}

const Setup& setup(const Subject& subject)
{
    static std::map<std::tuple<Case, config::ReadMode, std::size_t, std::size_t>,
                    std::unique_ptr<Setup>>
        made;
    auto& slot = made[{subject.which, subject.mode, subject.rows, subject.cols}];
    if (!slot) { slot = make(subject); }
    return *slot;
}

}  // namespace aimc::bench
