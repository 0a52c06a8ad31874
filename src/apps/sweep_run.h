// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/simd.h"

#include "sweep_points.h"

#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

namespace aimc::apps {

/// The points that are still to be run, handed out so that workers share what they can and do not
/// wait for each other: one analog half after the other, each worker on another one while there are
/// several. From any thread.
class WorkList {
public:
    /// @param points  indices of points  @param checked  by index
    WorkList(const std::vector<std::size_t>& points, const CheckedPoints& checked, int workers);
    std::optional<std::size_t> next(std::size_t worker);

private:
    struct Group {
        std::vector<std::size_t> points;
        std::size_t taken = 0;
        std::size_t left() const { return points.size() - taken; }
    };
    std::size_t group_for_next() const;

    std::mutex mutex_;
    std::vector<Group> groups_;
    std::vector<std::size_t> at_;  ///< [workers] the group each is at
};

using KeepRow = std::function<void(const std::string& key, const std::vector<double>& row)>;

/// Runs points.
/// @param keep  takes (key, row) of each finished point, from any thread
/// @param on_progress  as of run_parallel()
/// @return whether all were run
bool run_points(const SweepPoints& sweep, const CheckedPoints& checked,
                const std::vector<std::size_t>& todo, int workers, SimdLevel simd,
                const KeepRow& keep, const std::function<bool(std::size_t)>& on_progress);

}  // namespace aimc::apps
