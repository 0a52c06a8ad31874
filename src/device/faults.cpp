// SPDX-License-Identifier: Apache-2.0
#include "faults.h"

#include "aimc/base/random.h"
#include "aimc/config/fault_file.h"

#include <algorithm>

namespace aimc::device {
namespace {

Place place_of(const config::TileConfig& config, Purpose purpose)
{
    Place place;
    place.seed = config.seed.device;
    place.purpose = purpose;
    place.tile = config.index;
    return place;
}

std::vector<std::uint8_t> dead_lines(const config::TileConfig& config, bool word_lines, double rate,
                                     std::size_t n)
{
    std::vector<std::uint8_t> dead(n, 0);
    if (rate <= 0.0) { return dead; }
    Place place = place_of(config, Purpose::dead_line);
    place.lane = word_lines ? 1 : 0;
    for (std::size_t i = 0; i < n; ++i) {
        dead[i] = uniform(place, static_cast<std::uint32_t>(i)) < rate ? 1 : 0;
    }
    return dead;
}

}  // namespace

Faults::Faults(const config::TileConfig& config, std::size_t rows, std::size_t cols)
    : devices_per_polarity_(config.device.devices_per_polarity),
      dead_rows_(dead_lines(config, true, config.device.faults.dead_row_rate, rows)),
      dead_cols_(dead_lines(config, false, config.device.faults.dead_col_rate, cols))
{
    const auto& f = config.device.faults;
    const bool draws = f.stuck_reset_rate + f.stuck_set_rate > 0.0;
    if (!draws && f.file.empty()) { return; }
    for (auto& polarity : stuck_) { polarity.fill(Matrix<State>(rows, cols, State::works)); }
    if (draws) { draw_stuck(config); }
    if (!f.file.empty()) { read_list(config); }
}

Faults::State& Faults::state(int polarity, int device, std::size_t row, std::size_t col)
{
    auto& pair = stuck_[static_cast<std::size_t>(polarity)];
    return pair[static_cast<std::size_t>(device)](WordLine{row}, BitLine{col});
}

void Faults::draw_stuck(const config::TileConfig& config)
{
    const auto& f = config.device.faults;
    Place place = place_of(config, Purpose::stuck_device);
    for (std::size_t r = 0; r < dead_rows_.size(); ++r) {
        place.row = static_cast<std::uint16_t>(r);
        for (const int polarity : {0, 1}) {
            for (int device = 0; device < devices_per_polarity_; ++device) {
                place.lane = static_cast<std::uint16_t>(polarity << 2 | device);
                for (std::size_t c = 0; c < dead_cols_.size(); ++c) {
                    const double u = uniform(place, static_cast<std::uint32_t>(c));
                    if (u < f.stuck_reset_rate) {
                        state(polarity, device, r, c) = State::reset;
                    } else if (u < f.stuck_reset_rate + f.stuck_set_rate) {
                        state(polarity, device, r, c) = State::set;
                    }
                }
            }
        }
    }
}

void Faults::read_list(const config::TileConfig& config)
{
    const auto list = config::load_fault_file(
        config.device.faults.file, {dead_rows_.size(), dead_cols_.size(), devices_per_polarity_});
    for (const std::size_t r : list.dead_rows) { dead_rows_[r] = 1; }
    for (const std::size_t c : list.dead_cols) { dead_cols_[c] = 1; }
    for (const auto& s : list.stuck) {
        state(s.polarity, s.device, s.row, s.col) = s.is_set ? State::set : State::reset;
    }
}

Devices Faults::devices(int polarity, std::size_t row, std::size_t col) const
{
    Devices found{devices_per_polarity_, devices_per_polarity_, 0};
    for (const auto& device : stuck_[static_cast<std::size_t>(polarity)]) {
        if (device.empty()) { return found; }
        const State is = device(WordLine{row}, BitLine{col});
        if (is != State::works) { --found.working; }
        if (is == State::set) { ++found.set; }
    }
    return found;
}

FaultFacts Faults::facts() const
{
    FaultFacts facts;
    const auto count = [](const auto& list, auto what) {
        return static_cast<std::uint64_t>(std::count(list.begin(), list.end(), what));
    };
    for (const auto& polarity : stuck_) {
        for (const auto& device : polarity) {
            facts.stuck_reset += count(device.data(), State::reset);
            facts.stuck_set += count(device.data(), State::set);
        }
    }
    facts.dead_rows = count(dead_rows_, 1);
    facts.dead_cols = count(dead_cols_, 1);
    return facts;
}

}  // namespace aimc::device
