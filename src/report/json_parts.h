// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/report/run_result.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <optional>

// What the files that make report.json share.
namespace aimc::report {

using Json = nlohmann::ordered_json;

/// JSON knows no infinity: what has no value is null.
inline Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }
inline Json number(const std::optional<double>& value)
{
    return value ? number(*value) : Json(nullptr);
}

Json energy_json(const RunResult& r);   ///< null without a finished MVM
Json scheme_json(const RunResult& r);   ///< of a tile of kind pim
Json digital_json(const RunResult& r);  ///< of a tile of kind digital_cim
Json area_json(const RunResult& r);
Json hardware_json(const RunResult& r);

}  // namespace aimc::report
