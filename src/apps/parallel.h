// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <optional>

namespace aimc::apps {

/// Runs jobs on threads until there are none. The first exception ends the work, after the jobs in
/// flight, and is thrown on.
/// @param take         (worker) -> the next job of that worker; none: no more work
/// @param one          does a job
/// @param on_progress  (jobs done) called ten times a second by the caller's own thread and at the
/// end;
///                     false: no further job is begun
/// @return whether all work was done
bool run_parallel(int workers, const std::function<std::optional<std::size_t>(std::size_t)>& take,
                  const std::function<void(std::size_t)>& one,
                  const std::function<bool(std::size_t)>& on_progress);

}  // namespace aimc::apps
