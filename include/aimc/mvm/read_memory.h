// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/files.h"
#include "aimc/base/memo.h"
#include "aimc/mvm/read_path.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace aimc::mvm {

/// What a stretch of vectors read like: everything before the post unit.
struct Counts {
    Matrix<std::int32_t> c_p, c_n;  ///< [n x tile cols]
    converters::AdcEvents events;
    std::vector<int> phases;  ///< [n] of each read
};

/// What runs with the same analog half have in common: the programmed chip and what it reads like.
/// Noise is a function of the read's number, so a read that was made need not be made again.
class ReadMemory {
public:
    /// @param analog  names the analog half: all keys that anything before the post unit depends
    /// on,
    ///                and the contents of the files they name (config::analog_half)
    ReadMemory(Memo& memo, std::string analog) : memo_(memo), analog_(std::move(analog)) {}

    /// make_chip(). @param config  of this analog half; device.age_s may be another
    std::shared_ptr<const Chip> chip(const config::TileConfig& config,
                                     const device::CellTargets& targets) const;
    std::shared_ptr<const ReadPath> path(const config::TileConfig& config, const Chip& chip,
                                         SimdLevel simd) const;
    /// @param lines  [n x tile rows], of which all or none are calibration reads
    std::shared_ptr<const Counts> counts(const config::TileConfig& config, const Chip& chip,
                                         const Matrix<std::int8_t>& lines, crossbar::ReadId first,
                                         SimdLevel simd) const;
    /// Whether the counts of so many vectors may take the room that they need. Choice: a quarter.
    bool has_room_for(std::size_t n, std::size_t cols) const;

    /// Anything else that depends on the analog half and on what `key` adds to it.
    template <class T, class Make, class BytesOf>
    std::shared_ptr<const T> get(const std::string& key, Make&& make, BytesOf&& bytes_of) const
    {
        return memo_.get<T>(analog_ + ' ' + key, std::forward<Make>(make),
                            std::forward<BytesOf>(bytes_of));
    }

private:
    Memo& memo_;
    std::string analog_;
};

/// Parts of keys: what must be the same for a result to be the same.
std::string key_of(const Chip& chip);  ///< of those of one analog half
std::string key_of(crossbar::ReadId first);
std::string key_of(double value);  ///< its bits
template <class T>
std::string key_of(const Matrix<T>& values)
{
    const auto* const bytes = reinterpret_cast<const char*>(values.data().data());
    return std::to_string(values.rows()) + 'x' + std::to_string(values.cols()) + ' ' +
           sha256_hex(std::string(bytes, values.data().size() * sizeof(T)));
}

/// make() from memory if there is one, otherwise made now.
template <class T, class Make, class BytesOf>
std::shared_ptr<const T> recall(const ReadMemory* memory, const std::string& key, Make&& make,
                                BytesOf&& bytes_of)
{
    if (memory == nullptr) { return std::make_shared<const T>(make()); }
    return memory->get<T>(key, std::forward<Make>(make), std::forward<BytesOf>(bytes_of));
}

/// The size of plain lists of numbers. [bytes]
template <class T>
std::size_t bytes_of(const std::vector<T>& values)
{
    return values.size() * sizeof(T);
}
template <class T>
std::size_t bytes_of(const Matrix<T>& values)
{
    return bytes_of(values.data());
}

}  // namespace aimc::mvm
