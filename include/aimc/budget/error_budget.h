// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/simd.h"
#include "aimc/budget/sources.h"
#include "aimc/config/workload.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace aimc::budget {

/// Error of one variant against W x in output LSB, saturated, unrounded, before the activation.
struct Error {
    double rel_l2 = 0.0;         ///< |y - ref| / |ref|  [-]
    double rmse_lsb = 0.0;       ///<                    [LSB]
    double max_abs_lsb = 0.0;    ///<                    [LSB]
    double current_ratio = 1.0;  ///< the input mirror that the variant's bring-up settled on [-]
    std::uint64_t misfits = 0;   ///< words of the post unit that did not fit their format
    friend bool operator==(const Error& a, const Error& b)
    {
        return a.rel_l2 == b.rel_l2 && a.rmse_lsb == b.rmse_lsb && a.max_abs_lsb == b.max_abs_lsb &&
               a.current_ratio == b.current_ratio && a.misfits == b.misfits;
    }
};

/// One source: what it makes by itself, and what is left when it alone is taken away.
struct Part {
    Source source = Source::programming;
    std::string absent;           ///< why the tile does not have it; empty: it has
    Error alone;                  ///< this source and no other
    Error without;                ///< every source but this
    std::optional<double> share;  ///< (all^2 - without^2) / all^2; none: nothing to share  [-]
};

struct LayerBudget {
    std::string name;
    double y_lsb = 1.0;                     ///< one output LSB in units of W x, in every variant
    std::uint64_t vectors = 0;              ///< evaluated
    std::uint64_t calibration_vectors = 0;  ///< played in every variant; method fixed: 0
    /// Every source on: what a run reports. Later layers of a workload with representative vectors
    /// differ a little: a run calibrates them on what the tile itself hands on.
    Error all;
    Error quantisation_only;
    Error none;                     ///< every source off: what no switch removes
    std::vector<Part> parts;        ///< all_sources() in order
    std::optional<double> residue;  ///< none^2 / all^2                                      [-]
    /// What the shares and the residue leave of 1. Errors that are independent add as squares and
    /// leave nothing. > 0: sources overlap (saturation, a floor within noise, a fit that meets
    /// both), with one away the others still do part of its damage. < 0: sources do more damage
    /// together than each by itself, and the joint part is counted with each of them.   [-]
    std::optional<double> interaction;
};

struct Budget {
    bool complete = true;  ///< false: stopped, and `layers` is empty
    std::vector<LayerBudget> layers;
};

struct Settings {
    SimdLevel simd = best_simd_level();
    int threads = 1;
    std::function<bool()> stop_requested;  ///< asked from every thread; may be empty
    std::function<void(std::size_t done, std::size_t all)> on_progress;  ///< one call at a time
};

/// Runs the same inputs through every variant. Each variant is a bring-up of its own, with the same
/// calibration vectors and the same read indices; each layer is looked at by itself, on the inputs
/// an exact network hands it. The numbers do not depend on threads or SIMD level.
///
/// Age is device.age_s; ageing.schedule_s plays no part.
/// Throws InputError when representative calibration vectors are asked for and there are none.
Budget error_budget(const config::TileConfig& config, const config::Workload& workload,
                    const Settings& settings);

/// Throws ConfigError when there is nothing to switch: a frozen chip, or a calibration from a file.
/// error_budget() asks for it, too. @param file  the configuration, for the message
void require_switchable(const config::TileConfig& config, const std::string& file);

/// How many variants that takes.
std::size_t n_variants(const config::TileConfig& config);

}  // namespace aimc::budget
