// SPDX-License-Identifier: Apache-2.0
#include "aimc/crossbar/ir_drop.h"

#include <algorithm>
#include <cassert>
#include <functional>
#include <tuple>
#include <utility>
#include <vector>

namespace aimc::crossbar {
namespace {

// All columns of a row at a time: the same operations in the same order for each column, so that
// vector registers change no bit.

Matrix<double> sum_of(const Matrix<double>& a, const Matrix<double>& b)
{
    Matrix<double> sum(a.rows(), a.cols());
    std::transform(a.data().begin(), a.data().end(), b.data().begin(), sum.data().begin(),
                   std::plus<>());
    return sum;
}

/// Least and mean share over the cells that conduct.
std::pair<double, double> least_and_mean(const TransferFactors& u, const Matrix<double>& g_pos,
                                         const Matrix<double>& g_neg)
{
    double least = 1.0;
    double sum = 0.0;
    std::size_t n = 0;
    const auto add = [&](const Matrix<double>& share, const Matrix<double>& g) {
        for (std::size_t i = 0; i < g.data().size(); ++i) {
            if (g.data()[i] > 0.0) {
                least = std::min(least, share.data()[i]);
                sum += share.data()[i];
                ++n;
            }
        }
    };
    add(u.pos, g_pos);
    add(u.neg, g_neg);
    return {least, n == 0 ? 1.0 : sum / static_cast<double>(n)};
}

}  // namespace

Matrix<double> ladder_factors(const Matrix<double>& g, double wire_ohm)
{
    const std::size_t cols = g.cols();
    Matrix<double> u(g.rows(), cols);
    if (g.empty()) { return u; }
    // Towards the converter: y, what a node conducts together with all that lies behind it. Only
    // sums and quotients of positive numbers, so nothing cancels.
    std::vector<double> y(g.row(0), g.row(0) + cols);
    for (std::size_t r = 0;; ++r) {
        double* divider = u.row(r);  // voltage of node r over that of the next one
        for (std::size_t c = 0; c < cols; ++c) { divider[c] = 1.0 / (1.0 + wire_ohm * y[c]); }
        if (r + 1 == g.rows()) { break; }
        const double* next = g.row(r + 1);
        for (std::size_t c = 0; c < cols; ++c) { y[c] = next[c] + y[c] * divider[c]; }
    }
    for (std::size_t r = g.rows() - 1; r-- > 0;) {  // and back: the product of the dividers
        const double* nearer = u.row(r + 1);
        double* here = u.row(r);
        for (std::size_t c = 0; c < cols; ++c) { here[c] *= nearer[c]; }
    }
    return u;
}

Matrix<double> first_order_factors(const Matrix<double>& g, double wire_ohm)
{
    const std::size_t cols = g.cols();
    const std::size_t rows = g.rows();
    Matrix<double> u(rows, cols);
    // Paths of r and k share rows - max(r, k) wires: those in front of the nearer of the two.
    std::vector<double> behind(cols, 0.0);  // sum of g_k, k <= r
    for (std::size_t r = 0; r < rows; ++r) {
        const auto wires = static_cast<double>(rows - r);
        for (std::size_t c = 0; c < cols; ++c) {
            behind[c] += g.row(r)[c];
            u.row(r)[c] = wires * behind[c];
        }
    }
    std::vector<double> before(cols, 0.0);  // sum of g_k * wires_k, k > r
    for (std::size_t r = rows; r-- > 0;) {
        const auto wires = static_cast<double>(rows - r);
        for (std::size_t c = 0; c < cols; ++c) {
            u.row(r)[c] = std::max(1.0 - wire_ohm * (u.row(r)[c] + before[c]), 0.0);
            before[c] += wires * g.row(r)[c];
        }
    }
    return u;
}

TransferFactors transfer_factors(config::IrDrop model, config::ReadMode mode, double wire_ohm,
                                 const Matrix<double>& g_pos, const Matrix<double>& g_neg)
{
    assert(g_pos.rows() == g_neg.rows() && g_pos.cols() == g_neg.cols());
    const auto solve = [&](const Matrix<double>& g) {
        switch (model) {
            case config::IrDrop::ladder: return ladder_factors(g, wire_ohm);
            case config::IrDrop::first_order: return first_order_factors(g, wire_ohm);
            case config::IrDrop::none: break;
        }
        return Matrix<double>(g.rows(), g.cols(), 1.0);
    };
    if (mode == config::ReadMode::four_phase) { return {solve(g_pos), solve(g_neg)}; }
    TransferFactors u;
    u.pos = solve(sum_of(g_pos, g_neg));
    u.neg = u.pos;
    return u;
}

IrDropSolution solve_ir_drop(const config::TileConfig& config, const Matrix<double>& g_pos,
                             const Matrix<double>& g_neg)
{
    const auto& crossbar = config.crossbar;
    const auto of = [&](config::IrDrop model) {
        return transfer_factors(model, config.read.mode, crossbar.wire_ohm, g_pos, g_neg);
    };
    IrDropSolution out;
    TransferFactors first_order = of(config::IrDrop::first_order);
    TransferFactors ladder = of(config::IrDrop::ladder);
    auto& f = out.facts;
    std::tie(f.least_first_order, f.mean_first_order) = least_and_mean(first_order, g_pos, g_neg);
    std::tie(f.least_ladder, f.mean_ladder) = least_and_mean(ladder, g_pos, g_neg);
    switch (crossbar.ir_drop) {
        case config::IrDrop::none: break;
        case config::IrDrop::first_order:
            std::tie(f.least, f.mean) = std::tie(f.least_first_order, f.mean_first_order);
            out.factors = std::move(first_order);
            break;
        case config::IrDrop::ladder:
            std::tie(f.least, f.mean) = std::tie(f.least_ladder, f.mean_ladder);
            out.factors = std::move(ladder);
            break;
    }
    return out;
}

}  // namespace aimc::crossbar
