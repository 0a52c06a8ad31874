// SPDX-License-Identifier: Apache-2.0
#include "aimc/mvm/read_memory.h"

#include <cstring>

namespace aimc::mvm {
namespace {

std::size_t bytes_of_chip(const Chip& chip)
{
    const auto& a = chip.array;
    std::size_t bytes = bytes_of(a.g_pos) + bytes_of(a.g_neg) + bytes_of(a.noise_pos) +
                        bytes_of(a.noise_neg) + bytes_of(a.asymmetry) + bytes_of(chip.weights);
    for (const auto& column : chip.curves.columns) {
        bytes += bytes_of(column.pos) + bytes_of(column.neg) + sizeof column;
    }
    return bytes;
}

/// The planes of both polarities, and curve tables of about the curves' size.
std::size_t bytes_of_path(const Chip& chip) { return 3 * bytes_of_chip(chip); }

Counts read_all(const config::TileConfig& config, const ReadPath& path,
                const Matrix<std::int8_t>& lines, crossbar::ReadId first)
{
    Counts out;
    out.c_p = out.c_n = Matrix<std::int32_t>(lines.rows(), config.cols);
    out.phases.resize(lines.rows());
    ReadPath::Scratch scratch;
    path.read_batch(lines.data().data(), lines.cols(), lines.rows(), first, scratch,
                    out.c_p.data().data(), out.c_n.data().data(), out.phases.data());
    out.events = scratch.events;
    return out;
}

}  // namespace

std::string key_of(double value)
{
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    return std::to_string(bits);
}

std::string key_of(const Chip& chip)
{
    const std::string index = chip.index ? " tile " + std::to_string(*chip.index) : "";
    return "age " + key_of(chip.age_s) + " ratio " + key_of(chip.current_ratio) + index;
}

std::string key_of(crossbar::ReadId first)
{
    return (first.calibration ? "calibration " : "read ") + std::to_string(first.read);
}

std::shared_ptr<const Chip> ReadMemory::chip(const config::TileConfig& config,
                                             const device::CellTargets& targets) const
{
    return get<Chip>(
        "chip of age " + key_of(config.device.age_s), [&] { return make_chip(config, targets); },
        bytes_of_chip);
}

std::shared_ptr<const ReadPath> ReadMemory::path(const config::TileConfig& config, const Chip& chip,
                                                 SimdLevel simd) const
{
    return get<ReadPath>(
        "path " + key_of(chip), [&] { return ReadPath(config, chip, simd); },
        [&](const ReadPath&) { return bytes_of_path(chip); });
}

std::shared_ptr<const Counts> ReadMemory::counts(const config::TileConfig& config, const Chip& chip,
                                                 const Matrix<std::int8_t>& lines,
                                                 crossbar::ReadId first, SimdLevel simd) const
{
    return get<Counts>(
        key_of(chip) + ' ' + key_of(first) + ' ' + key_of(lines),
        [&] { return read_all(config, *path(config, chip, simd), lines, first); },
        [](const Counts& c) { return bytes_of(c.c_p) + bytes_of(c.c_n) + bytes_of(c.phases); });
}

bool ReadMemory::has_room_for(std::size_t n, std::size_t cols) const
{
    return 2 * n * cols * sizeof(std::int32_t) <= memo_.most_bytes() / 4;
}

}  // namespace aimc::mvm
