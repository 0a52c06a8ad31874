// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/load.h"
#include "aimc/sweep/points.h"

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace aimc::apps {

/// SHA-256 of files, each read once. From any thread.
class FileDigests {
public:
    /// Of all files that a configuration reads. Throws InputError (exit 3).
    std::string of(const config::TileConfig& config);

private:
    std::mutex mutex_;
    std::map<std::string, std::string> known_;
};

/// What rows depend on beside configurations: program and columns.
const std::string& what_makes_rows();

/// A point as a configuration, checked but not yet run.
struct CheckedPoint {
    std::string key;            ///< names the result; empty: refused
    std::string config_sha256;  ///< as in a report
    config::PostUnit post = config::PostUnit::nmpu;
    std::size_t analog = 0;  ///< number of its analog half in CheckedPoints::analog
    std::string why;         ///< it is refused
};

struct CheckedPoints {
    std::vector<CheckedPoint> points;
    std::vector<std::string> analog;  ///< names of the analog halves that occur
};

/// The points of a sweep over one configuration.
class SweepPoints {
public:
    explicit SweepPoints(const config::SweepFile& file);

    const sweep::Points& points() const { return points_; }
    const config::LoadedConfig& base() const { return base_; }
    /// A point as `sim run CONFIG --set ...` would read it.
    config::LoadedConfig load(std::size_t index) const;
    /// Those from `from` up to `to`; the others stay empty. Throws ConfigError (exit 2) that names
    /// the refused ones, unless the sweep skips them; InputError (exit 3) for a file that cannot be
    /// read.
    /// @param on_progress  (done); false: stop, and nothing is returned
    CheckedPoints check(std::size_t from, std::size_t to, int workers,
                        const std::function<bool(std::size_t)>& on_progress) const;

private:
    CheckedPoint checked(std::size_t index, FileDigests& digests, std::string& analog) const;
    [[noreturn]] void refuse(const CheckedPoints& all) const;

    const config::SweepFile& file_;
    std::string text_;  ///< of the configuration
    config::LoadedConfig base_;
    sweep::Points points_;
};

/// "nmpu.cut 5, ...": a point in a message.
std::string name_of(const sweep::Points& points, std::size_t index);

}  // namespace aimc::apps
