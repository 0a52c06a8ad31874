// SPDX-License-Identifier: Apache-2.0
#include "aimc/cost/digital_energy.h"

#include "aimc/config/key_origin.h"
#include "aimc/digital/digital.h"

#include "energy_parts.h"

#include <stdexcept>

namespace aimc::cost {
namespace {

using config::DigitalEnergy;

constexpr double nano_of_femto = 1e-6;
constexpr double nano_of_pico = 1e-3;
constexpr double femto_of_nano = 1e6;
constexpr double scale_28_to_14 = 0.40;  // 0.5 x (0.8 V / 0.9 V)^2
constexpr double bits_8x8 = 64.0;
constexpr const char* scaled =
    "; at 14 nm half the capacitance is assumed, 0.9 -> 0.8 V is of NeuroSim";

double macs(const config::TileConfig& tile)
{
    return static_cast<double>(tile.rows) * static_cast<double>(tile.cols);
}

/// A part that takes so much per MVM; its tag says whose the energy per event is.
EnergyPart gate_part(const config::TileConfig& tile, const char* key, double femtojoules,
                     bool& is_default)
{
    EnergyPart part = detail::part(tile, key, femtojoules * nano_of_femto, is_default);
    const bool is_scaled = tile.energy.digital.node == config::Node::nm_14;
    if (is_scaled && config::key_origin(tile, key).is_default) { part.tag += scaled; }
    return part;
}

void add_gates(const config::TileConfig& tile, double cycles, DigitalArrayEnergy& array)
{
    const config::DigitalEnergyConfig& e = tile.energy.digital;
    const config::DigitalConfig& d = tile.digital;
    const GateEnergies node = gate_energies(e.node);
    const double gate = e.gate_fJ.value_or(node.gate_fJ);
    const double adder = e.full_adder_fJ.value_or(node.full_adder_fJ);
    const double bit = e.register_fJ.value_or(node.register_fJ);
    const double switching = cycles * e.toggle_rate * static_cast<double>(tile.cols);
    const auto tree = static_cast<double>(digital::tree_full_adders(tile.rows, d.weight_bits));
    const double width = digital::accumulator_bits(tile.rows, d);
    const double at_once = d.input_bits_per_cycle;
    const double products = static_cast<double>(tile.rows) * d.weight_bits * at_once;
    bool is_default = config::key_origin(tile, "energy.digital.toggle_rate").is_default;
    array.gates =
        gate_part(tile, "energy.digital.gate_fJ", switching * products * gate, is_default);
    array.trees = gate_part(tile, "energy.digital.full_adder_fJ",
                            switching * at_once * tree * adder, is_default);
    array.accumulators = gate_part(tile, "energy.digital.full_adder_fJ",
                                   switching * at_once * width * adder, is_default);
    array.registers =
        gate_part(tile, "energy.digital.register_fJ", switching * width * bit, is_default);
    for (const auto& [name, part] : array.parts()) { array.per_mvm_nJ += *part->per_mvm_nJ; }
    array.tag = is_default ? "Derived: gate energies of zigzag-imc; Choice: half of the nodes "
                             "switch"
                           : "given, at least in part";
    if (is_default && e.node == config::Node::nm_14) { array.tag += scaled; }
}

void add_products(const config::TileConfig& tile, double cycles, DigitalArrayEnergy& array)
{
    const config::DigitalEnergyConfig& e = tile.energy.digital;
    const config::DigitalConfig& d = tile.digital;
    const double mac = e.mac_8b_fJ.value_or(product_energy(e.node)) * d.weight_bits * d.input_bits /
                       bits_8x8;  // [fJ]
    const double share = cycles / digital::cycles_per_vector(d);
    array.per_mvm_nJ = macs(tile) * mac * share * nano_of_femto;
    array.tag = config::key_origin(tile, "energy.digital.mac_8b_fJ").tag;
}

void add_power(const config::TileConfig& tile, double cycles, DigitalArrayEnergy& array)
{
    const double t_ns = cycles * static_cast<double>(tile.t_clk_ps) * nano_of_pico;
    array.per_mvm_nJ = tile.energy.digital.power_mW.value_or(0.0) * t_ns * nano_of_pico;
    array.tag = config::key_origin(tile, "energy.digital.power_mW").tag;
}

EnergyPart absent(const char* why)
{
    EnergyPart part;
    part.tag = why;
    part.is_absent = true;
    return part;
}

}  // namespace

GateEnergies gate_energies(config::Node node)
{
    GateEnergies energies;
    if (node == config::Node::nm_14) {
        energies.gate_fJ *= scale_28_to_14;
        energies.full_adder_fJ *= scale_28_to_14;
        energies.register_fJ *= scale_28_to_14;
    }
    return energies;
}

double product_energy(config::Node node) { return node == config::Node::nm_14 ? 60.0 : 133.0; }

std::array<std::pair<const char*, const EnergyPart*>, 4> DigitalArrayEnergy::parts() const
{
    return {{{"gates", &gates},
             {"trees", &trees},
             {"accumulators", &accumulators},
             {"registers", &registers}}};
}

DigitalArrayEnergy digital_array_energy(const config::TileConfig& tile, double cycles_per_mvm)
{
    DigitalArrayEnergy array;
    for (EnergyPart* const part :
         {&array.gates, &array.trees, &array.accumulators, &array.registers}) {
        part->tag = "not told apart by this model";
    }
    switch (tile.energy.digital.model) {
        case DigitalEnergy::gates: add_gates(tile, cycles_per_mvm, array); break;
        case DigitalEnergy::per_mac: add_products(tile, cycles_per_mvm, array); break;
        case DigitalEnergy::power: add_power(tile, cycles_per_mvm, array); break;
    }
    array.per_mac_fJ = array.per_mvm_nJ * femto_of_nano / macs(tile);
    array.tops_per_w = 2.0 * macs(tile) / array.per_mvm_nJ * 1e-3;
    return array;
}

EnergyReport digital_energy_of(const config::TileConfig& tile, std::uint64_t mvms,
                               std::uint64_t steps)
{
    if (mvms == 0) { throw std::invalid_argument("digital_energy_of: no MVM"); }
    EnergyReport report;
    report.phases_per_mvm = static_cast<double>(steps) / static_cast<double>(mvms);
    const DigitalArrayEnergy array = digital_array_energy(tile, report.phases_per_mvm);
    report.adc = absent("none: sums are exact, nothing is converted");
    report.input = absent("none: bits are broadcast; their lines are not counted");
    report.array = {array.per_mvm_nJ, array.tag};
    bool is_default = true;
    report.digital = detail::post_part(tile, is_default);
    report.read_nJ = array.per_mvm_nJ;
    report.tag = array.tag;
    if (!is_default && array.tag != "given") { report.tag = "given, at least in part"; }
    report.left_out.emplace_back(tile.energy.digital.model == DigitalEnergy::gates
                                     ? "input lines, clock, leakage, writing weights"
                                     : "writing weights");
    detail::finish(tile, report);
    return report;
}

}  // namespace aimc::cost
