// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/mvm/analog_path.h"
#include "aimc/mvm/job.h"

namespace aimc::mvm {

/// Runs jobs without the SystemC kernel: values from the pure rooms, times from the recurrence.
/// Batches of vectors are spread over threads; records leave in order and do not depend on the
/// number of threads, the batch size or the SIMD level.
void run_function_engine(const config::TileConfig& config, SimdLevel simd, int threads,
                         JobRunner& runner);

}  // namespace aimc::mvm
