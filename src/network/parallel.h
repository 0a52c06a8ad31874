// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include <cstddef>

namespace aimc::network {

/// each(0) .. each(n - 1) on so many threads; the first exception reaches the caller.
template <class Each>
void in_parallel(int threads, std::size_t n, Each&& each)
{
    // More threads than cores are a wish, too: without this TBB warns on stderr and ignores it.
    const oneapi::tbb::global_control limit(oneapi::tbb::global_control::max_allowed_parallelism,
                                            static_cast<std::size_t>(threads));
    oneapi::tbb::task_arena arena(threads);
    arena.execute([&] { oneapi::tbb::parallel_for(std::size_t{0}, n, each); });
}

}  // namespace aimc::network
