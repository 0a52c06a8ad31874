// SPDX-License-Identifier: Apache-2.0
#include "aimc/network/scales.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace aimc::network {
namespace {

using config::Network;
using config::NodeOp;

constexpr int most_bits = 30;
constexpr double share_of_constants = 0.9;

/// Sets of maps that belong together.
class Sets {
public:
    explicit Sets(std::size_t n) : parent_(n) { std::iota(parent_.begin(), parent_.end(), 0U); }
    std::size_t of(std::size_t i) const
    {
        while (parent_[i] != i) { i = parent_[i]; }
        return i;
    }
    void join(std::size_t a, std::size_t b) { parent_[of(b)] = of(a); }

private:
    std::vector<std::size_t> parent_;
};

bool is_average(NodeOp op)
{
    return op == NodeOp::average_pool || op == NodeOp::global_average_pool;
}

/// Power p with base * 2^p >= top, the smallest. @param base  > 0
int power_over(double base, double top)
{
    int p = 0;
    while (p > -most_bits && std::ldexp(base, p - 1) >= top) { --p; }
    while (p < most_bits && std::ldexp(base, p) < top) { ++p; }
    return p;
}

class Chooser {
public:
    Chooser(const Network& network, const Program& program, const Ranges& ranges,
            const std::vector<double>& least_top, double code_max)
        : network_(network),
          program_(program),
          same_(network.nodes.size() + 1),
          tied_(network.nodes.size() + 1),
          top_(network.nodes.size() + 1, 0.0),
          power_(network.nodes.size() + 1, 0),
          code_max_(code_max)
    {
        tie();
        for (std::size_t m = 0; m < top_.size(); ++m) {
            double& top = top_[same_.of(m)];
            top = std::max({top, ranges.top(m), least_top[m]});
        }
    }

    std::vector<double> lsb()
    {
        std::vector<double> out(top_.size(), 1.0);
        for (std::size_t group = 0; group < top_.size(); ++group) {
            if (tied_.of(group) != group) { continue; }
            const double base = best_base(group);
            set_powers(group, base);
            for (std::size_t m = 0; m < out.size(); ++m) {
                if (tied_.of(m) == group) {
                    out[m] = std::ldexp(base, power_[same_.of(m)]) / code_max_;
                }
            }
        }
        return out;
    }

private:
    void tie()
    {
        for (const Step& step : program_.steps) {
            const NodeOp op = network_.nodes[step.node].op;
            if (op == NodeOp::max_pool || op == NodeOp::shortcut || op == NodeOp::flatten ||
                op == NodeOp::relu) {
                same_.join(step.inputs[0], step.output);
            }
            const bool adds = op == NodeOp::add || is_average(op);
            for (const std::size_t m : step.inputs) {
                if (adds || same_.of(m) == same_.of(step.output)) { tied_.join(m, step.output); }
            }
            if (step.residual) { tied_.join(*step.residual, step.output); }
        }
    }

    /// Sums and additions outside shift to the right only, averages gain bits only.
    void set_powers(std::size_t group, double base)
    {
        for (std::size_t m = 0; m < top_.size(); ++m) {
            if (tied_.of(m) == group && same_.of(m) == m) {
                power_[m] = top_[m] > 0.0 ? power_over(base, top_[m]) : 0;
            }
        }
        for (bool moved = true; moved;) {
            moved = false;
            for (const Step& step : program_.steps) {
                const NodeOp op = network_.nodes[step.node].op;
                if (tied_.of(step.output) != group) { continue; }
                int& out = power_[same_.of(step.output)];
                for (const std::size_t m : step.inputs) {
                    int& in = power_[same_.of(m)];
                    if (op == NodeOp::add && out < in) {
                        out = in;
                        moved = true;
                    } else if (is_average(op) && out > in) {
                        in = out;
                        moved = true;
                    }
                }
            }
        }
    }

    double best_base(std::size_t group)
    {
        double best = 0.0;
        double least = 0.0;
        for (std::size_t candidate = 0; candidate < top_.size(); ++candidate) {
            const bool counts = tied_.of(candidate) == group && same_.of(candidate) == candidate;
            if (!counts || top_[candidate] <= 0.0) { continue; }
            const double base = top_[candidate];
            set_powers(group, base);
            double waste = 0.0;
            for (std::size_t m = 0; m < top_.size(); ++m) {
                if (tied_.of(m) != group || same_.of(m) != m || top_[m] <= 0.0) { continue; }
                waste += std::ldexp(base, power_[m]) / top_[m];
            }
            if (best == 0.0 || waste < least) {
                best = base;
                least = waste;
            }
        }
        return best > 0.0 ? best : code_max_;
    }

    const Network& network_;
    const Program& program_;
    Sets same_, tied_;
    std::vector<double> top_;  ///< [sets of the same scale]
    std::vector<int> power_;   ///< [the same] above the base of the group
    double code_max_;
};

/// a / b = 2^n, for two values of a group.
int ratio_bits(double a, double b)
{
    int n = 0;
    while (std::ldexp(b, n) < a) { ++n; }
    while (std::ldexp(b, n) > a) { --n; }
    return n;
}

}  // namespace

Ranges::Ranges(const Network& network, double percentile, std::size_t n_images)
    : largest_(network.nodes.size() + 1)
{
    for (std::size_t m = 0; m < largest_.size(); ++m) {
        const auto n = static_cast<double>(network.shape_of(m).size() * n_images);
        const double above = std::floor(n - std::ceil(percentile / 100.0 * n));
        kept_.push_back(static_cast<std::size_t>(std::max(above, 0.0)) + 1);
    }
}

void Ranges::add(std::size_t map, const std::vector<float>& values)
{
    auto& heap = largest_[map];
    for (const float value : values) {
        const float size = std::fabs(value);
        if (heap.size() < kept_[map]) {
            heap.push_back(size);
            std::push_heap(heap.begin(), heap.end(), std::greater<>());
        } else if (size > heap.front()) {
            std::pop_heap(heap.begin(), heap.end(), std::greater<>());
            heap.back() = size;
            std::push_heap(heap.begin(), heap.end(), std::greater<>());
        }
    }
}

void Ranges::merge(const Ranges& other)
{
    for (std::size_t m = 0; m < largest_.size(); ++m) { add(m, other.largest_[m]); }
}

double Ranges::top(std::size_t map) const
{
    const auto& heap = largest_[map];
    return heap.size() < kept_[map] ? 0.0 : static_cast<double>(heap.front());
}

namespace {

/// What the largest code of each map must stand for at least, so that constants fit the offset
/// words.
std::vector<double> tops_of_constants(const Network& network, const Program& program,
                                      const Plan& plan, double offset_reach, double code_max)
{
    std::vector<double> tops(network.nodes.size() + 1, 0.0);
    for (const LayerPlan& layer : plan.layers) {
        const Step& step = program.steps[layer.step];
        const config::NetworkNode& node = network.nodes[step.node];
        const double held = share_of_constants * offset_reach * static_cast<double>(layer.links);
        for (std::size_t c = 0; c < node.bias.size(); ++c) {
            const double constant = std::fabs(node.factor[c] * node.bias[c] + node.summand[c]);
            tops[step.output] = std::max(tops[step.output], constant / held * code_max);
        }
    }
    return tops;
}

}  // namespace

Scales choose_scales(const Network& network, const Program& program, const Plan& plan,
                     const Ranges& ranges, double offset_reach, int largest_code)
{
    Scales out;
    out.largest_code = largest_code;
    const double code_max = largest_code;
    const auto least = tops_of_constants(network, program, plan, offset_reach, code_max);
    out.lsb = Chooser(network, program, ranges, least, code_max).lsb();
    for (std::size_t byte = 0; byte < out.input.size(); ++byte) {
        const double code = static_cast<double>(byte) * network.input_scale / out.lsb[0];
        out.input[byte] = static_cast<std::int8_t>(std::min(std::floor(code + 0.5), code_max));
    }
    for (const Step& step : program.steps) {
        const NodeOp op = network.nodes[step.node].op;
        const double lsb = out.lsb[step.output];
        out.residual_shift.push_back(step.residual ? ratio_bits(out.lsb[*step.residual], lsb) : 0);
        out.add_shift.push_back({0, 0});
        if (op == NodeOp::add) {
            for (const std::size_t i : {0U, 1U}) {
                out.add_shift.back()[i] = ratio_bits(lsb, out.lsb[step.inputs[i]]);
            }
        }
        out.average_up.push_back(is_average(op) ? ratio_bits(out.lsb[step.inputs[0]], lsb) : 0);
    }
    return out;
}

std::vector<std::int8_t> padding_codes(const Scales& scales, const config::NetworkNode& node)
{
    std::vector<std::int8_t> codes;
    const double largest = scales.largest_code;
    for (const double value : node.padding_value) {
        const double code = std::floor(value / scales.lsb[0] + 0.5);
        codes.push_back(static_cast<std::int8_t>(std::clamp(code, -largest, largest)));
    }
    return codes;
}

}  // namespace aimc::network
