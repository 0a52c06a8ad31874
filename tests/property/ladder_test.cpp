// SPDX-License-Identifier: Apache-2.0
// IR drop against a dense nodal analysis: the whole conductance matrix of a bit line, a general
// solver, and the current that arrives. It shares no formula with crossbar/ir_drop.cpp.
#include "aimc/base/random.h"
#include "aimc/crossbar/grid_array.h"
#include "aimc/crossbar/ir_drop.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <iostream>
#include <utility>
#include <vector>

namespace aimc::crossbar {
namespace {

constexpr double v_read = 0.2;
constexpr double hermes_ohm = 0.15;  // facts/nmpu_hermes_pcm.md 3.6

/// Conductances of an array: a weight on one side, up to the SET state of a pair, and the little
/// that programming leaves on the other; a tenth of the unit cells is empty on both.
struct Cells {
    Matrix<double> pos, neg;
};
Cells random_cells(std::size_t n, double largest, std::uint64_t seed)
{
    Cells cells{Matrix<double>(n, n), Matrix<double>(n, n)};
    for (std::size_t r = 0; r < n; ++r) {
        for (std::uint32_t c = 0; c < n; ++c) {
            Place place{seed, Purpose::weights, 0, static_cast<std::uint16_t>(r), 0, 0};
            const double w = 2.0 * uniform(place, c) - 1.0;
            place.lane = 1;
            const double rest = 0.02 * uniform(place, c);
            if (std::fabs(w) < 0.1) { continue; }
            cells.pos.row(r)[c] = largest * std::max(w, rest);
            cells.neg.row(r)[c] = largest * std::max(-w, rest);
        }
    }
    return cells;
}

/// A bit line: (conductance, voltage of its line) of the cells at each node.
using Column = std::vector<std::vector<std::pair<double, double>>>;

/// Current into the converter of a bit line with these cells, each line held at its voltage: stamps
/// every resistor into the nodal matrix and solves for the voltages.
double converter_current(const Column& cells_of_row, double wire_ohm)
{
    const auto n = static_cast<Eigen::Index>(cells_of_row.size());
    const double wire = 1.0 / wire_ohm;
    Eigen::MatrixXd y = Eigen::MatrixXd::Zero(n, n);
    Eigen::VectorXd injected = Eigen::VectorXd::Zero(n);
    for (Eigen::Index r = 0; r < n; ++r) {
        for (const auto& [g, volt] : cells_of_row[static_cast<std::size_t>(r)]) {
            y(r, r) += g;
            injected(r) += g * volt;
        }
        y(r, r) += wire;  // to the next node, or to the converter at 0 V
        if (r + 1 < n) {
            y(r + 1, r + 1) += wire;
            y(r, r + 1) -= wire;
            y(r + 1, r) -= wire;
        }
    }
    const Eigen::VectorXd v = y.fullPivLu().solve(injected);
    return v(n - 1) * wire;
}

/// The cells of one column with all lines at V_cm. `polarity` 0, 1: four_phase; 2: one_phase, both.
Column column_at_rest(const Cells& cells, std::size_t c, int polarity)
{
    Column column(cells.pos.rows());
    for (std::size_t r = 0; r < column.size(); ++r) {
        if (polarity != 1) { column[r].emplace_back(cells.pos.row(r)[c], 0.0); }
        if (polarity != 0) { column[r].emplace_back(cells.neg.row(r)[c], 0.0); }
    }
    return column;
}

config::ReadMode mode_of(int polarity)
{
    return polarity == 2 ? config::ReadMode::one_phase : config::ReadMode::four_phase;
}

double relative_difference(double a, double b, double scale)
{
    return std::fabs(a - b) / std::max(std::fabs(b), scale);
}

TEST(Ladder, EqualsADenseNodalAnalysisForOneLineAndForAllTogether)
{
    constexpr std::size_t n = 16;
    double worst_one = 0.0;
    double worst_all = 0.0;
    double least = 1.0;
    long n_solves = 0;
    // from the published wire to one that takes most of the current
    for (const double ohm : {hermes_ohm, 100.0, 1e4}) {
        for (std::uint64_t seed = 1; seed <= 4; ++seed) {
            const Cells cells = random_cells(n, 40e-6, seed);
            for (const int polarity : {0, 1, 2}) {
                const auto u = transfer_factors(config::IrDrop::ladder, mode_of(polarity), ohm,
                                                cells.pos, cells.neg);
                for (std::size_t c = 0; c < n; ++c) {
                    Column all = column_at_rest(cells, c, polarity);
                    double sum = 0.0;
                    double magnitude = 0.0;
                    for (std::size_t r = 0; r < n; ++r) {
                        const double pos = u.pos.row(r)[c] * cells.pos.row(r)[c];
                        const double neg = u.neg.row(r)[c] * cells.neg.row(r)[c];
                        // the two cells of a one-phase read meet opposite voltages
                        const double expected =
                            v_read * (polarity == 0 ? pos : (polarity == 1 ? neg : pos - neg));
                        Column one = column_at_rest(cells, c, polarity);
                        const double sign = uniform({seed, Purpose::inputs, 0, 0, 0, 0},
                                                    static_cast<std::uint32_t>(r)) < 0.5
                                                ? -1.0
                                                : 1.0;
                        one[r][0].second = v_read;
                        all[r][0].second = sign * v_read;
                        if (polarity == 2) {
                            one[r][1].second = -v_read;
                            all[r][1].second = -sign * v_read;
                        }
                        const double current = converter_current(one, ohm);
                        worst_one = std::max(worst_one,
                                             relative_difference(expected, current, v_read * 1e-9));
                        sum += sign * expected;
                        magnitude += std::fabs(expected);
                        least = std::min(least, u.pos.row(r)[c]);
                        ++n_solves;
                    }
                    const double current = converter_current(all, ohm);
                    worst_all = std::max(worst_all, relative_difference(sum, current, magnitude));
                }
            }
        }
    }
    std::cout << "figure: ladder against dense nodal analysis, " << n_solves
              << " single lines: worst relative difference " << worst_one
              << "; all lines together: " << worst_all << "; least share met " << least << "\n";
    EXPECT_LT(worst_one, 1e-9);
    EXPECT_LT(worst_all, 1e-9);
    EXPECT_LT(least, 0.2) << "the cases must include a wire that matters";
}

TEST(Ladder, WireOfZeroOhmTakesExactlyNothing)
{
    const Cells cells = random_cells(16, 20e-6, 5);
    for (const auto model : {config::IrDrop::first_order, config::IrDrop::ladder}) {
        for (const int polarity : {0, 2}) {
            const auto u = transfer_factors(model, mode_of(polarity), 0.0, cells.pos, cells.neg);
            for (const double share : u.pos.data()) { ASSERT_EQ(share, 1.0); }
            for (const double share : u.neg.data()) { ASSERT_EQ(share, 1.0); }
        }
    }
}

TEST(Ladder, LoadsANodeWithBothCellsInOnePhaseAndWithOneInFour)
{
    const Cells cells = random_cells(16, 20e-6, 6);
    const auto one = transfer_factors(config::IrDrop::ladder, config::ReadMode::one_phase, 10.0,
                                      cells.pos, cells.neg);
    const auto four = transfer_factors(config::IrDrop::ladder, config::ReadMode::four_phase, 10.0,
                                       cells.pos, cells.neg);
    EXPECT_EQ(one.pos, one.neg);
    EXPECT_EQ(four.pos, ladder_factors(cells.pos, 10.0));
    EXPECT_EQ(four.neg, ladder_factors(cells.neg, 10.0));
    for (std::size_t i = 0; i < one.pos.data().size(); ++i) {
        ASSERT_LT(one.pos.data()[i], four.pos.data()[i]);
    }
}

/// Largest difference of the two models' shares.
double first_order_error(const Cells& cells, double ohm)
{
    const auto ladder = ladder_factors(cells.pos, ohm);
    const auto static_term = first_order_factors(cells.pos, ohm);
    double worst = 0.0;
    for (std::size_t i = 0; i < ladder.data().size(); ++i) {
        worst = std::max(worst, std::fabs(ladder.data()[i] - static_term.data()[i]));
    }
    return worst;
}

TEST(FirstOrder, TendsToTheLadderWithTheSquareOfTheWire)
{
    const Cells cells = random_cells(64, 20e-6, 7);
    double before = first_order_error(cells, 0.8);
    for (const double ohm : {0.4, 0.2, 0.1, 0.05}) {
        const double error = first_order_error(cells, ohm);
        std::cout << "figure: first_order against ladder at " << ohm << " ohm: " << error
                  << ", smaller than at twice the wire by " << before / error << "\n";
        EXPECT_NEAR(before / error, 4.0, 0.2);
        before = error;
    }
    const auto far_too_long = first_order_factors(cells.pos, 1e4);
    for (const double share : far_too_long.data()) {
        ASSERT_GE(share, 0.0) << "held at zero";
        ASSERT_LT(share, 1.0);
    }
}

TEST(FirstOrder, IsTheSumOverSharedWires)
{
    const Cells cells = random_cells(16, 20e-6, 8);
    const auto u = first_order_factors(cells.pos, 3.0);
    for (std::size_t r = 0; r < 16; ++r) {
        double loss = 0.0;
        for (std::size_t k = 0; k < 16; ++k) {
            loss += 3.0 * cells.pos.row(k)[2] * static_cast<double>(16 - std::max(r, k));
        }
        EXPECT_NEAR(u.row(r)[2], 1.0 - loss, 1e-14);
    }
}

/// A tile with the conductances of a network's weights: normal, largest at 20 uS.
Cells hermes_like(std::size_t n)
{
    Cells cells{Matrix<double>(n, n), Matrix<double>(n, n)};
    for (std::size_t r = 0; r < n; ++r) {
        const Place place{9, Purpose::weights, 0, static_cast<std::uint16_t>(r), 0, 0};
        for (std::uint32_t c = 0; c < n; ++c) {
            const double w = std::clamp(normal(place, c) / 4.0, -1.0, 1.0);
            cells.pos.row(r)[c] = 20e-6 * std::max(w, 0.0);
            cells.neg.row(r)[c] = 20e-6 * std::max(-w, 0.0);
        }
    }
    return cells;
}

TEST(IrDrop, FactsOfAFullArrayAtThePublishedWire)
{
    const Cells cells = hermes_like(256);
    for (const auto mode : {config::ReadMode::one_phase, config::ReadMode::four_phase}) {
        config::TileConfig config;
        config.read.mode = mode;
        config.crossbar.wire_ohm = hermes_ohm;
        config.crossbar.ir_drop = config::IrDrop::ladder;
        const auto solution = solve_ir_drop(config, cells.pos, cells.neg);
        const IrDropFacts& f = solution.facts;
        std::cout << "figure: 256 x 256, 0.15 ohm, "
                  << (mode == config::ReadMode::one_phase ? "one_phase" : "four_phase")
                  << ": least/mean share, ladder " << f.least_ladder << " / " << f.mean_ladder
                  << ", first_order " << f.least_first_order << " / " << f.mean_first_order << "\n";
        EXPECT_EQ(f.least, f.least_ladder);
        EXPECT_EQ(f.mean, f.mean_ladder);
        EXPECT_LT(f.least_first_order, f.least_ladder) << "the static term overstates the loss";
        EXPECT_LT(f.mean_first_order, f.mean_ladder);
        EXPECT_LT(f.least, f.mean);
        // by hand: a cell at the far end of a uniform column loses about R * G * n^2 / 2
        const double column = 256 * 20e-6 * 0.25 * std::sqrt(2.0 / M_PI) *
                              (mode == config::ReadMode::one_phase ? 1.0 : 0.5);
        EXPECT_NEAR(1.0 - f.least_first_order, hermes_ohm * column * 256 / 2, 0.006);
    }
}

TEST(IrDrop, ToGridPutsTheSharesIntoConductanceAndNoise)
{
    config::TileConfig config;
    config.crossbar.wire_ohm = 2.0;
    device::Conductances cells;
    const Cells hermes = hermes_like(64);
    cells.g_pos = hermes.pos;
    cells.g_neg = hermes.neg;
    cells.sigma_pos = cells.sigma_neg = Matrix<double>(64, 64, 1e-6);
    const GridArray none = to_grid(config, cells);
    EXPECT_EQ(none.ir_drop.least, 1.0);
    for (const auto model : {config::IrDrop::first_order, config::IrDrop::ladder}) {
        config.crossbar.ir_drop = model;
        const GridArray with = to_grid(config, cells);
        const auto u = transfer_factors(model, config.read.mode, 2.0, cells.g_pos, cells.g_neg);
        for (std::size_t i = 0; i < 64 * 64; ++i) {
            const double g = u.neg.data()[i] * cells.g_neg.data()[i] / 4e-9;
            ASSERT_NEAR(with.g_neg.data()[i].raw, g, 0.5 + 1e-9);
            const double sd = u.pos.data()[i] * 1e-6 / 4e-9;
            ASSERT_NEAR(with.noise_pos.data()[i] * with.noise_lsb, sd * sd, with.noise_lsb);
        }
        config.crossbar.wire_ohm = 0.0;
        EXPECT_EQ(to_grid(config, cells).g_pos, none.g_pos);
        EXPECT_EQ(to_grid(config, cells).noise_neg, none.noise_neg);
        config.crossbar.wire_ohm = 2.0;
    }
}

}  // namespace
}  // namespace aimc::crossbar
