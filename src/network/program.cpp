// SPDX-License-Identifier: Apache-2.0
#include "aimc/network/program.h"

#include <algorithm>

namespace aimc::network {
namespace {

using config::Activation;
using config::Network;
using config::NetworkNode;
using config::NodeOp;

class Maker {
public:
    explicit Maker(const Network& network)
        : network_(network),
          readers_(network.nodes.size() + 1, 0),
          step_of_(network.nodes.size() + 1)
    {
        for (const NetworkNode& node : network.nodes) {
            for (const std::size_t map : node.inputs) { ++readers_[map]; }
        }
    }

    Program make()
    {
        for (std::size_t n = 0; n < network_.nodes.size(); ++n) {
            const NetworkNode& node = network_.nodes[n];
            const bool joined = (node.op == NodeOp::relu && join_relu(node, n + 1)) ||
                                (node.op == NodeOp::add && join_add(node, n + 1));
            if (joined) { continue; }
            step_of_[n + 1] = steps_.size();
            steps_.push_back({n, node.inputs, n + 1, node.activation, {}, false});
        }
        steps_.back().partial_out = true;
        Program out;
        out.last_use.assign(network_.nodes.size() + 1, 0);
        out.steps = std::move(steps_);
        for (std::size_t s = 0; s < out.steps.size(); ++s) {
            const Step& step = out.steps[s];
            for (const std::size_t map : step.inputs) { out.last_use[map] = s; }
            if (step.residual) { out.last_use[*step.residual] = s; }
            out.n_layers += is_layer(network_, step);
        }
        return out;
    }

private:
    /// The step that makes a map which nobody else reads and which is still as it was summed.
    Step* plain_maker(std::size_t map)
    {
        if (map == 0 || readers_[map] != 1 || !step_of_[map]) { return nullptr; }
        Step& step = steps_[*step_of_[map]];
        return step.activation == Activation::identity ? &step : nullptr;
    }

    bool join_relu(const NetworkNode& node, std::size_t made)
    {
        Step* const before = plain_maker(node.inputs[0]);
        const bool sums = before != nullptr && (is_layer(network_, *before) ||
                                                network_.nodes[before->node].op == NodeOp::add);
        if (!sums) { return false; }
        before->activation = Activation::relu;
        before->output = made;
        step_of_[made] = step_of_[node.inputs[0]];
        return true;
    }

    /// A layer that only this addition reads takes the other map through its port.
    bool join_add(const NetworkNode& node, std::size_t made)
    {
        const auto can_take = [&](std::size_t map) {
            const Step* const step = plain_maker(map);
            return step != nullptr && is_layer(network_, *step) && !step->residual;
        };
        const std::size_t a = node.inputs[0];
        const std::size_t b = node.inputs[1];
        const std::size_t layer = can_take(b) ? b : a;
        const std::size_t other = layer == b ? a : b;
        if (a == b || !can_take(layer)) { return false; }
        move_to_end(*step_of_[layer]);  // by then the other map is there
        Step& step = steps_.back();
        step.residual = other;
        step.activation = node.activation;
        step.output = made;
        step_of_[made] = steps_.size() - 1;
        return true;
    }

    void move_to_end(std::size_t s)
    {
        const auto at = steps_.begin() + static_cast<std::ptrdiff_t>(s);
        std::rotate(at, at + 1, steps_.end());
        for (auto& step : step_of_) {
            if (!step) { continue; }
            step = *step == s ? steps_.size() - 1 : *step - (*step > s ? 1 : 0);
        }
    }

    const Network& network_;
    std::vector<std::size_t> readers_;                 ///< [maps] how many nodes read it
    std::vector<std::optional<std::size_t>> step_of_;  ///< [maps] the step that makes it
    std::vector<Step> steps_;
};

}  // namespace

Program make_program(const Network& network) { return Maker(network).make(); }

}  // namespace aimc::network
