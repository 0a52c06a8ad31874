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

}  // namespace

void add_cost_keys(std::vector<Key>& all)
{
    add_energy_keys(all);
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
