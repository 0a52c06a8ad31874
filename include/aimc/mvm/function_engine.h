// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/mvm/job.h"
#include "aimc/mvm/read_memory.h"

namespace aimc::mvm {

/// Runs jobs without the SystemC kernel: values from the pure rooms, times from the recurrence.
/// Batches of vectors are spread over threads; records leave in order and do not depend on the
/// number of threads, the batch size or the SIMD level.
/// @param memory  what other runs may have read already, and will; nullptr: every read is made
void run_function_engine(const config::TileConfig& config, SimdLevel simd, int threads,
                         JobRunner& runner, const ReadMemory* memory = nullptr);

}  // namespace aimc::mvm
