// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/workload.h"

#include "support/oracle_cases.h"

#include <cstdint>

namespace aimc::test {

/// The arrivals of a case: key gaps.
inline config::Arrival arrival_of(const OracleCase& c)
{
    config::Arrival arrival;
    arrival.n_gaps.clear();
    for (const std::uint64_t gap : c.list("gaps")) {
        arrival.n_gaps.push_back(static_cast<std::uint32_t>(gap));
    }
    return arrival;
}

/// The stalls of a case: key ready.
inline config::SinkPattern sink_of(const OracleCase& c)
{
    config::SinkPattern sink;
    sink.ready.clear();
    for (const char bit : c.text("ready")) { sink.ready.push_back(bit == '1'); }
    return sink;
}

}  // namespace aimc::test
