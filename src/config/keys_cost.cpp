// SPDX-License-Identifier: Apache-2.0
#include "key_makers.h"

// Keys of energy and area. Two published totals fix two numbers: what grows with the phases and
// what does not. All finer splits are choices, and nothing absolute is published of the post units.

namespace aimc::config::detail {
namespace {

constexpr const char* not_published =
    "Choice: left out, because Ferro24 publishes no figure (power \"competitive\")";

void add_energy_keys(std::vector<Key>& all)
{
    all.push_back(number("energy.adc_conversion_pJ", AIMC_FIELD(energy.adc_conversion_pJ),
                         {0.0, 1e6}, "pJ",
                         "Choice: 65 % of 13.43 nJ over 256 columns; Singh25 (second-hand notes): "
                         "output conversion is 60 to 70 % of tile energy",
                         "One conversion: per column and phase, whatever the window."));
    all.push_back(number("energy.input_phase_pJ", AIMC_FIELD(energy.input_phase_pJ), {0.0, 1e6},
                         "pJ",
                         "Choice: what the ADCs leave of the 13.13 nJ per phase, over 256 lines",
                         "Pulse generation and line drivers: per word line and phase."));
    all.push_back(number("energy.array_mvm_fJ", AIMC_FIELD(energy.array_mvm_fJ), {0.0, 1e6}, "fJ",
                         "Derived: 0.30 nJ of 13.43 and 52.81 nJ per MVM (LeGallo23, in part "
                         "second-hand notes) do not grow with the phases, 4.3 to 5.1 fJ within "
                         "rounding; that they are the array's is our choice",
                         "One cell: per MVM, because it conducts once in either read mode."));
    all.push_back(number("energy.nmpu_column_pJ", AIMC_FIELD(energy.nmpu_column_pJ), {0.0, 1e6},
                         "pJ", not_published,
                         "NMPU: per column and MVM; null: not known and not in the totals."));
    all.push_back(number("energy.ldpu_column_pJ", AIMC_FIELD(energy.ldpu_column_pJ), {0.0, 1e6},
                         "pJ", not_published,
                         "LDPU: per column and MVM; null: not known and not in the totals."));
}

void add_bound_keys(std::vector<Key>& all)
{
    all.push_back(choice("energy.adc_bound.model", AIMC_FIELD(energy.adc_bound.model),
                         "Choice: none unless asked for",
                         "What a converter must take at least: ams (Rekhi19, recalled and "
                         "cross-checked), survey (envelope of the ADC survey), linear (linear and "
                         "thermal terms of zigzag-imc)."));
    all.push_back(number("energy.adc_bound.enob", AIMC_FIELD(energy.adc_bound.enob), {1.0, 24.0},
                         "bit", "Choice: the converter that the tile has",
                         "Effective bits; null: adc.ams.enob, pim.bits or adc.count_bits."));
    all.push_back(integer("energy.adc_bound.n_mult", AIMC_FIELD(energy.adc_bound.n_mult),
                          {1, 65536}, "products", "Choice: as the tile converts",
                          "Products per conversion; null: adc.ams.n_mult, the group size, or the "
                          "rows."));
    all.push_back(number("energy.adc_bound.derate", AIMC_FIELD(energy.adc_bound.derate), {1.0, 1e6},
                         "-", "Choice: the bound itself",
                         "How many times the bound a real converter takes."));
    all.push_back(choice("energy.adc_bound.survey", AIMC_FIELD(energy.adc_bound.survey),
                         "Choice: what was known when the bound was published",
                         "Last year of the survey's converters that the envelope covers."));
    all.push_back(number("energy.adc_bound.vdd_V", AIMC_FIELD(energy.adc_bound.vdd_V), {0.1, 5.0},
                         "V", "Source: zigzag-imc (0.9 V at 28 nm)",
                         "Supply of the linear model."));
}

void add_digital_energy_keys(std::vector<Key>& all)
{
    all.push_back(choice("energy.digital.model", AIMC_FIELD(energy.digital.model),
                         "Choice: counted gates",
                         "gates: gate, full adder and register energies; per_mac: one energy per "
                         "product; power: a measured power."));
    all.push_back(choice("energy.digital.node", AIMC_FIELD(energy.digital.node),
                         "Source: fritchman21 (28 nm)",
                         "CMOS node that energies which are null are of."));
    all.push_back(number("energy.digital.gate_fJ", AIMC_FIELD(energy.digital.gate_fJ), {0.0, 1e6},
                         "fJ", "Derived: zigzag-imc, 28 nm, 0.9 V: 0.28; x 0.40 at 14 nm",
                         "One-bit product; null: by node."));
    all.push_back(number("energy.digital.full_adder_fJ", AIMC_FIELD(energy.digital.full_adder_fJ),
                         {0.0, 1e6}, "fJ",
                         "Derived: zigzag-imc, 3 NAND + 2 XOR: 3.40; x 0.40 at 14 nm",
                         "One full adder; null: by node."));
    all.push_back(number("energy.digital.register_fJ", AIMC_FIELD(energy.digital.register_fJ),
                         {0.0, 1e6}, "fJ", "Derived: zigzag-imc: 1.70; x 0.40 at 14 nm",
                         "One register bit; null: by node."));
    all.push_back(number("energy.digital.toggle_rate", AIMC_FIELD(energy.digital.toggle_rate),
                         {0.0, 1.0}, "-",
                         "Choice: half; place-and-route figures of fritchman21 are then 11 % off",
                         "Share of the nodes that switch in a cycle."));
    all.push_back(number("energy.digital.mac_8b_fJ", AIMC_FIELD(energy.digital.mac_8b_fJ),
                         {0.0, 1e6}, "fJ",
                         "Choice: 60 at 14 nm (range 45 to 75), 133 at 28 nm (gate model)",
                         "Model per_mac: one product of 8 x 8 bit, scaled with the bits; null: by "
                         "node."));
    all.push_back(number("energy.digital.power_mW", AIMC_FIELD(energy.digital.power_mW), {0.0, 1e6},
                         "mW", "Choice: none; fritchman21: 98.2 for 128 x 128 x 8 bit",
                         "Model power: what the array takes while it reads."));
}

}  // namespace

void add_cost_keys(std::vector<Key>& all)
{
    add_energy_keys(all);
    add_bound_keys(all);
    add_digital_energy_keys(all);
    all.push_back(number("area.tile_mm2", AIMC_FIELD(area.tile_mm2), {0.0, 1e6}, "mm2",
                         "Derived: 1.008 TOPS / 1.59 TOPS/mm2 of Khaddam22 (in part second-hand "
                         "notes), a core of 256 x 256",
                         "Area of the tile; null: not known. The default stands for 256 x 256 "
                         "only."));
    all.push_back(number("area.adc_share", AIMC_FIELD(area.adc_share), {0.0, 1.0}, "-",
                         "Source: Singh25, second-hand notes (ADC and support take more than 40 % "
                         "of a 256 x 256 PCM tile)",
                         "Share of the tile's area that ADCs and their support take at least."));
    all.push_back(
        number("area.ldpu_in_nmpus", AIMC_FIELD(area.ldpu_in_nmpus), {0.001, 1e6}, "NMPU",
               "Source: Ferro24, machine-made summary (505x); its abstract says 7.8x, and "
               "505 / 64 = 7.9",
               "Area of the FP16 LDPU of 256 columns, in units of one NMPU of 4 columns."));
    all.push_back(
        number("area.nmpu_um2", AIMC_FIELD(area.nmpu_um2), {0.0, 1e9}, "um2",
               "Choice: none, because no absolute area is published",
               "Area of one NMPU lane as configured, if you know it; null: ratios only."));
}

}  // namespace aimc::config::detail
