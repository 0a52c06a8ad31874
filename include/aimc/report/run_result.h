// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/calibration/bring_up.h"
#include "aimc/config/tile_config.h"
#include "aimc/converters/cco_adc.h"
#include "aimc/cost/area.h"
#include "aimc/cost/energy.h"
#include "aimc/cost/hardware.h"
#include "aimc/crossbar/grid_array.h"
#include "aimc/mvm/timing.h"
#include "aimc/report/histogram.h"
#include "aimc/report/repeatability.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace aimc::report {

using StateCycles = mvm::StateCycles;

/// Of all values at once.
IntegerSummary summarise(const std::vector<std::uint64_t>& values);

struct Summary {  ///< of real numbers
    double min = 0.0, mean = 0.0, max = 0.0;
};

/// Error of an MVM against Wx in output LSB, saturated, unrounded, before activation.
struct MvmError {
    double rel_l2 = 0.0;       ///< |y - ref| / |ref|                 [-]
    double rmse_lsb = 0.0;     ///<                                   [LSB]
    double max_abs_lsb = 0.0;  ///<                                   [LSB]
    double sqnr_db() const;    ///< -20 log10 rel_l2                  [dB]
    double enob() const;       ///< (sqnr_db - 1.76) / 6.02           [bit]
};

/// Accumulates MvmError over vectors; `ref` and `y` in output LSB.
class ErrorMeter {
public:
    /// Squares that were made elsewhere, many at a time: (y - ref)^2 and ref^2, in order.
    struct Squares {
        const double* error2;
        const double* ref2;
    };
    void add(double y, double ref);
    void widen(double largest) { max_ = std::max(max_, largest); }  ///< by a largest |y - ref|
    MvmError result() const;
    std::uint64_t count() const { return n_; }
    /// Adds n squares to each of two meters, one after the other, as add(y, ref) would: the same
    /// sums to the last bit. Two at a time, for a sum waits for the sum before it.
    friend void add_squares(ErrorMeter& a, const Squares& of_a, ErrorMeter& b, const Squares& of_b,
                            std::size_t n);

private:
    double error2_ = 0.0, ref2_ = 0.0, max_ = 0.0;
    std::uint64_t n_ = 0;
};

void add_squares(ErrorMeter& a, const ErrorMeter::Squares& of_a, ErrorMeter& b,
                 const ErrorMeter::Squares& of_b, std::size_t n);

struct AdcFacts {
    std::string curves = "ideal";  ///< measured | synthetic | ideal
    std::string file;              ///< as given, or empty
    double current_ratio = 1.0;    ///< [-]
    converters::AdcEvents events;  ///< of the whole run
    /// Best fit per column, [counts]; gain relative to nominal, of a file to the mean of its curves
    Summary gain, offset;
    Summary inl, dnl;       ///< [counts], best fit; largest magnitude per column
    Summary missing_codes;  ///< codes narrower than a tenth of their width, per column
    /// Slope and offset of the calibrated output on W x, device errors included, [-] and [LSB]
    Summary gain_after, offset_after;
};

struct CalibrationFacts {
    bool done = false;
    std::string method;         ///< least_squares | fixed | file | frozen chip
    std::uint64_t vectors = 0;  ///< played through the tile
    std::uint64_t cycles = 0;
    int scale_exponent = 0;
    std::uint64_t columns_needing_exponent = 0;
    std::uint64_t scales_clipped = 0, offsets_clipped = 0, rank_deficient = 0;  ///< columns
    std::vector<calibration::Misfit> misfits;  ///< every word that did not fit its format
    double residual_before_lsb = 0.0;          ///< rms over columns, nominal words  [LSB]
    double residual_after_lsb = 0.0;           ///< rms over columns, quantised words [LSB]
    /// Over columns, before (as the design says) and after: sd / sd of the exact output (rho), and
    /// mean error.  [-], [LSB]
    Summary rho_before{}, rho_after{}, mean_before{}, mean_after{};
};

struct LayerResult {
    std::string name;
    std::uint64_t mvms = 0;
    double y_lsb = 0.0;  ///< value of one output LSB in units of W x
    MvmError error;      ///< against exact W x
    MvmError post;       ///< post unit against the same affine map in exact arithmetic
    CalibrationFacts calibration;
    std::uint64_t saturated = 0, relu_clipped = 0;  ///< of what left the tile
    bool partial_out = false, residual_in = false, batch_norm = false;
    std::uint64_t columns_swapped = 0;  ///< G+ and G- exchanged for a negative factor
};

/// The programmed array, at the start of the run.
struct ArrayFacts {
    std::uint64_t clips = 0;  ///< cells that did not fit the grid
    crossbar::IrDropFacts ir_drop;
    device::ProgrammingFacts programming;
    device::FaultFacts faults;
};

/// A run with a schedule at one of its ages.
struct AgeResult {
    calibration::Upkeep upkeep;
    converters::AdcEvents events;
    std::vector<LayerResult> layers;
    std::optional<double> top1;  ///< [%]
};

struct Comparison {
    std::string quantity, ours, published, source;
    std::string how;  ///< "measured" | "set to match (consistency)" | "derived" | "choice"
};

struct HostFacts {
    double wall_s = 0.0;
    double mvm_per_s = 0.0;
    double cycles_per_s = 0.0;
    int threads = 1;
    std::string simd;
    double peak_rss_mb = 0.0;
    std::string date;
};

/// All that a run found. Plain numbers; report.json and report.txt are made from it.
struct RunResult {
    std::string config_name, config_sha256, workload_name, engine = "cycle";
    std::uint64_t device_seed = 0, read_seed = 0;
    bool complete = true;
    std::uint64_t mvms = 0;
    config::TileConfig config;
    std::int64_t t_clk_ps = 1000;

    IntegerSummary latency;                                    ///< O - in              [cycles]
    IntegerSummary read_cycles, post_cycles, out_wait_cycles;  ///< C-S, Y-H, O-Y
    std::uint64_t cycles_total = 0;
    double initiation_interval = 0.0;  ///< mean S_k - S_(k-1) of the later half  [cycles]
    StateCycles states;
    std::uint64_t phases = 0;  ///< of all reads together, as they ran

    std::vector<LayerResult> layers;         ///< at the first age
    std::optional<double> top1, float_top1;  ///< [%] at the first age
    std::uint64_t labelled = 0;
    std::optional<Repeatability> repeatability;  ///< at the first age; none: not measured
    AdcFacts adc;
    ArrayFacts array;
    std::vector<AgeResult> ages;                      ///< of a run with a schedule, else empty
    int n_post = 0;                                   ///< [cycles] per vector
    std::vector<std::array<std::uint64_t, 2>> lanes;  ///< per lane: saturated, relu_clipped
    std::optional<cost::EnergyReport> energy;         ///< none without a finished MVM
    cost::AreaReport area;
    cost::HardwareCost hardware;
    std::vector<Comparison> comparison;
    HostFacts host;
};

/// What the words of a layer could not hold, the first few by name: lines for a terminal, within
/// 100 columns. Empty when everything fits.
std::string misfit_note(const std::string& layer, const std::vector<calibration::Misfit>& misfits);

std::string report_json(const RunResult& result);
std::string report_text(const RunResult& result);  ///< a table within 100 columns
/// Published figures beside ours, with how each of ours came about.
std::vector<Comparison> compare_with_published(const RunResult& result);

}  // namespace aimc::report
