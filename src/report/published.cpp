// SPDX-License-Identifier: Apache-2.0
#include "aimc/ldpu/timing.h"
#include "aimc/nmpu/lane.h"
#include "aimc/report/run_result.h"

#include "figures.h"

#include <fmt/format.h>

#include <cmath>

namespace aimc::report {

namespace {

constexpr const char* measured = "measured";
constexpr const char* derived = "derived";
constexpr const char* set_to_match = "set to match (consistency)";
constexpr const char* choice = "choice";

/// What the 64-core chip publishes for one read mode.
/// Source: LeGallo23 (peak throughput, efficiency). Derived: the times, 64 x 131,072 / TOPS, and
/// the energies (cost/energy.h).
struct ReadFigures {
    const char* mode;
    const char* tops;
    const char* t_mvm;
    double n_cycles;  ///< what the default overhead was chosen to give
    const char* energy;
    const char* tops_per_w;
};
constexpr ReadFigures one_phase{
    "one-phase",  "63.1 TOPS", "132.9 ns, from 63.1 TOPS", 133.0, "13.4 nJ, from 9.76 TOPS/W",
    "9.76 TOPS/W"};
constexpr ReadFigures four_phase{
    "four-phase", "16.1 TOPS", "521.0 ns, from 16.1 TOPS", 521.0, "52.8 nJ, from 3.38 uJ of 64",
    "2.48 TOPS/W"};

bool is_published_core(const RunResult& r)
{
    return r.config.kind == config::TileKind::analog && r.config.rows == 256 &&
           r.config.cols == 256;
}
bool is_one_phase(const RunResult& r) { return r.config.read.mode == config::ReadMode::one_phase; }
const ReadFigures& figures_of(const RunResult& r)
{
    return is_one_phase(r) ? one_phase : four_phase;
}

void add_read(const RunResult& r, std::vector<Comparison>& rows)
{
    const double n_read = r.read_cycles.mean;
    if (!is_published_core(r) || n_read <= 0.0) { return; }
    const bool one = is_one_phase(r);
    const ReadFigures& published = figures_of(r);
    // only the timing whose overhead was taken from these figures repeats them by construction
    const bool matched = n_read == published.n_cycles && r.t_clk_ps == 1000;
    const double peak = 64.0 * tops_at(r, n_read);
    std::string ours = fmt::format("{:.1f} TOPS", peak);
    const double run = 64.0 * tops(r).value_or(tops_at(r, n_read));
    if (std::abs(run - peak) > 0.005 * peak) { ours += fmt::format(" (this run {:.1f})", run); }
    rows.push_back({fmt::format("peak of 64 tiles, {}", published.mode), ours, published.tops,
                    "LeGallo23", matched ? set_to_match : derived});
    rows.push_back({fmt::format("time of one MVM, {}", published.mode),
                    fmt::format("{:g} cycles, {:.1f} ns", n_read, n_read / clock_ghz(r)),
                    published.t_mvm, "LeGallo23", matched ? set_to_match : derived});
    if (one) {
        rows.push_back({"peak of a single core", fmt::format("{:.3f} TOPS", tops_at(r, n_read)),
                        "1.008 TOPS", "Khaddam22", derived});
    }
}

void add_post(const RunResult& r, std::vector<Comparison>& rows)
{
    const config::TileConfig& c = r.config;
    const int n_nmpu = nmpu::n_nmpu_cycles(static_cast<int>(c.cols), c.nmpu.lanes, c.nmpu.n_fill);
    const auto n_ldpu =
        ldpu::n_ldpu_cycles(c.ldpu.passes, static_cast<std::int64_t>(c.cols), c.ldpu.lanes,
                            c.ldpu.n_initiation_interval, c.ldpu.n_fill);
    const bool is_nmpu = c.post == config::PostUnit::nmpu;
    rows.push_back({is_nmpu ? "NMPU time per vector" : "LDPU time per vector",
                    fmt::format("{} cycles", r.n_post), "not published", "-", choice});
    if (!is_published_core(r)) { return; }
    const bool matched = n_ldpu == 139 * std::int64_t{n_nmpu};
    rows.push_back(
        {"LDPU : NMPU time",
         fmt::format("{} : {} = {:.0f}x", n_ldpu, n_nmpu, static_cast<double>(n_ldpu) / n_nmpu),
         "139x", "Ferro24", matched ? set_to_match : derived});
}

/// ADC, input and array, as the published totals: a post unit's energy of your own is not in it.
void add_energy(const RunResult& r, std::vector<Comparison>& rows)
{
    if (!is_published_core(r) || !r.energy) { return; }
    const cost::EnergyReport& e = *r.energy;
    const ReadFigures& published = figures_of(r);
    const bool all_phases = e.phases_per_mvm == config::n_phases(r.config.read.mode);
    const char* const how = e.is_set_to_match && all_phases ? set_to_match : derived;
    const std::string ours = fmt::format("{:.2f} nJ", e.read_nJ);
    rows.push_back({fmt::format("energy of one MVM, {}, without post unit", published.mode), ours,
                    published.energy, "LeGallo23", how});
    rows.push_back({fmt::format("efficiency, {}, without post unit", published.mode),
                    fmt::format("{:.2f} TOPS/W", n_operations(r.config) / e.read_nJ * 1e-3),
                    published.tops_per_w, "LeGallo23", how});
    if (is_one_phase(r)) {
        const double single_core = n_operations(r.config) / 10.5 * 1e-3;  // [nJ]
        rows.push_back({"energy of one MVM, single core (another chip, another measurement)",
                        fmt::format("{}, {:+.1f} %", ours, 100.0 * (e.read_nJ / single_core - 1.0)),
                        fmt::format("{:.2f} nJ, from 10.5 TOPS/W", single_core), "Khaddam22",
                        derived});
    }
}

void add_area(const RunResult& r, std::vector<Comparison>& rows)
{
    if (!is_published_core(r)) { return; }
    const config::AreaConfig ours;
    const double ldpu = r.config.area.ldpu_in_nmpus;
    if (r.area.post_in_nmpus.value) {  // a unit other than the published one has no known ratio
        rows.push_back({"area of LDPU : 64 NMPUs : NMPU",
                        fmt::format("{:g} : 64 : 1, {:.1f}x of 64", ldpu, ldpu / 64.0),
                        "505x of one (machine summary), 7.8x of 64", "Ferro24",
                        ldpu == ours.ldpu_in_nmpus ? set_to_match : derived});
    }
    if (!r.area.tile_mm2.value) { return; }
    rows.push_back({"area of the tile", fmt::format("{:g} mm2", *r.area.tile_mm2.value),
                    "0.634 mm2, from TOPS and TOPS/mm2", "Khaddam22",
                    r.config.area.tile_mm2 == ours.tile_mm2 ? set_to_match : derived});
}

void add_accuracy(const RunResult& r, std::vector<Comparison>& rows)
{
    if (r.top1 && r.float_top1 && r.config.post == config::PostUnit::nmpu) {
        rows.push_back(
            {"top-1 drop (not comparable: other network, other reference)",
             fmt::format("{:.2f} points under float, {}", *r.float_top1 - *r.top1, r.workload_name),
             "0.12 points under FP16, ResNet-9", "Ferro24", measured});
    }
}

}  // namespace

std::vector<Comparison> compare_with_published(const RunResult& result)
{
    std::vector<Comparison> rows;
    add_read(result, rows);
    add_post(result, rows);
    add_energy(result, rows);
    add_area(result, rows);
    if (result.config.kind == config::TileKind::digital_cim) { add_digital(result, rows); }
    add_accuracy(result, rows);
    return rows;
}

}  // namespace aimc::report
