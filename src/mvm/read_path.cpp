// SPDX-License-Identifier: Apache-2.0
#include "aimc/mvm/read_path.h"

#include "aimc/digital/digital.h"
#include "aimc/schemes/scheme.h"

namespace aimc::mvm {

ReadPath::AnyPath ReadPath::make(const config::TileConfig& config, const Chip& chip, SimdLevel simd,
                                 Window window)
{
    switch (config.kind) {
        case config::TileKind::analog:
            return AnyPath(std::in_place_type<AnalogPath>, config, chip, simd, window);
        case config::TileKind::pim: {
            config::TileConfig of_chip = config;
            of_chip.index = chip.index.value_or(config.index);
            return AnyPath(std::in_place_type<schemes::SchemePath>, of_chip, chip.weights, simd,
                           window);
        }
        case config::TileKind::digital_cim: break;
    }
    return AnyPath(std::in_place_type<digital::DigitalPath>, config, chip.weights, simd, window);
}

ReadPath::ReadPath(const config::TileConfig& config, const Chip& chip, SimdLevel simd,
                   Window window)
    : path_(make(config, chip, simd, window))
{
    const config::Range rows = crossbar::range_or_all(window.rows, config.rows);
    first_row_ = rows.from;
    rows_ = rows.size();
}

void ReadPath::read(const std::int8_t* x, crossbar::ReadId id, Scratch& scratch, std::int32_t* c_p,
                    std::int32_t* c_n) const
{
    if (const auto* analog = std::get_if<AnalogPath>(&path_)) {
        analog->read(x, id, scratch, c_p, c_n);
    } else {
        read_batch(x + first_row_, rows_, 1, id, scratch, c_p, c_n);
    }
}

void ReadPath::read_batch(const std::int8_t* x, std::size_t x_stride, std::size_t n,
                          crossbar::ReadId first, Scratch& scratch, std::int32_t* c_p,
                          std::int32_t* c_n, int* steps) const
{
    if (const auto* analog = std::get_if<AnalogPath>(&path_)) {
        analog->read_batch(x, x_stride, n, first, scratch, c_p, c_n, steps);
    } else if (const auto* scheme = std::get_if<schemes::SchemePath>(&path_)) {
        scheme->read_batch(x, x_stride, n, first, scratch.scheme, c_p, c_n, steps, scratch.events);
    } else {
        std::get<digital::DigitalPath>(path_).read_batch(x, x_stride, n, c_p, c_n, steps);
    }
}

bool n_steps_vary(const config::TileConfig& config)
{
    switch (config.kind) {
        case config::TileKind::analog: return config.read.skip_empty_phases;
        case config::TileKind::pim: return true;
        case config::TileKind::digital_cim: break;
    }
    return config.digital.skip_zero_planes;
}

int n_steps(const config::TileConfig& config, const std::int8_t* x, std::size_t rows)
{
    switch (config.kind) {
        case config::TileKind::analog:
            return static_cast<int>(crossbar::phases_of(config.read, x, rows).size());
        case config::TileKind::pim: return schemes::n_steps(config.pim, x, rows);
        case config::TileKind::digital_cim: break;
    }
    return digital::n_steps(config.digital, x, rows);
}

}  // namespace aimc::mvm
