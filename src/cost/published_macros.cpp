// SPDX-License-Identifier: Apache-2.0
#include "aimc/cost/published_macros.h"

namespace aimc::cost {
namespace {

constexpr const char* title_only = "title only";
constexpr const char* abstract = "abstract";
constexpr const char* zigzag = "zigzag-imc, validation file";
constexpr const char* fritchman = "place and route, array alone";
constexpr const char* not_known = "not known";

}  // namespace

const std::vector<DigitalMacro>& published_digital_macros()
{
    static const std::vector<DigitalMacro> macros{
        {"128 x 128 (fritchman21)", 28, "8 x 8 bit", 16.7, 3.34, false, fritchman},
        {"Gemmini, systolic 16 x 16 (fritchman21)", 28, "8 x 8 bit", 0.161, 0.99, false, fritchman},
        {"ISSCC'21 16.4", 22, "not known; 4 x 4 bit by recollection", 89.0, 16.3, false,
         title_only},
        {"VLSI'22", 12, not_known, 121.0, 41.6, false, title_only},
        {"VLSI'23, foundry 8T", 12, not_known, 137.0, {}, false, title_only},
        {"ISSCC'22 11.6", 5, not_known, 254.0, 221.0, false, title_only},
        {"ISSCC'23", 4, "per bit", 6163.0, 4790.0, true, title_only},
        {"Colonnade, JSSC'21, narrowest", 65, "1 bit", 117.3, {}, false, abstract},
        {"Colonnade, JSSC'21, widest", 65, "16 bit", 2.06, {}, false, abstract},
        {"ISSCC'22 15.5", 28, "8 bit", 36.6, {}, false, zigzag},
        {"ISSCC'23 7.2", 28, "8 bit", 19.5, {}, false, zigzag},
        {"DIMC, ISSCC'22: approximate adders, not exact",
         28,
         not_known,
         2219.0,
         {},
         false,
         title_only},
    };
    return macros;
}

std::optional<double> product_energy(const DigitalMacro& macro)
{
    constexpr double operations = 2.0;
    constexpr double femto_per_pico = 1000.0;  // 1 TOPS/W is one operation per pJ
    if (macro.is_per_bit || !macro.tops_per_w) { return {}; }
    return operations / *macro.tops_per_w * femto_per_pico;
}

}  // namespace aimc::cost
