// SPDX-License-Identifier: Apache-2.0
// The one table of registers and regions.
#include "aimc/tile/register_map.h"

#include <array>
#include <stdexcept>

namespace aimc::tile {
namespace {

namespace f = fields;

constexpr std::nullopt_t as_configured = std::nullopt;
constexpr bool stable = false;      // read it early or late, it is the same
constexpr bool is_volatile = true;  // it changes by itself
constexpr bool memory = true;       // a direct pointer may be granted
constexpr bool calls = false;       // each access is an act of the tile

std::vector<RegisterInfo> register_table(std::uint32_t rows, std::uint32_t cols)
{
    using R = Register;
    const std::uint32_t size = put(f::geometry_rows, rows) | put(f::geometry_cols, cols);
    const std::vector<Field> irqs{f::irq_output_ready, f::irq_input_room, f::irq_doorbell_error};
    // clang-format off
    std::vector<RegisterInfo> all{
        {offset(R::id), "id", Access::ro, id_value, stable, {},
            "\"AIMC\""},
        {offset(R::version), "version", Access::ro, version_value, stable,
            {f::version_minor, f::version_major},
            "version of this map"},
        {offset(R::geometry), "geometry", Access::ro, size, stable,
            {f::geometry_rows, f::geometry_cols},
            "size of the array"},
        {offset(R::control), "control", Access::rw, 0, stable,
            {f::control_enable, f::control_soft_reset, f::control_output_to_bank,
             f::control_clear_counters},
            "what the tile may do"},
        {offset(R::status), "status", Access::ro, 0, is_volatile,
            {f::status_input_room, f::status_output_valid, f::status_busy},
            "what the tile does"},
        {offset(R::irq_enable), "irq_enable", Access::rw, 0, stable, irqs,
            "which bits of IRQ_STATUS drive the interrupt"},
        {offset(R::irq_status), "irq_status", Access::w1c, 0, is_volatile, irqs,
            "what happened; write 1 to clear, then look at STATUS"},
        {offset(R::mode), "mode", Access::rw, as_configured, stable,
            {f::mode_activation, f::mode_scale_exponent, f::mode_adc_test, f::mode_residual_in,
             f::mode_partial_out, f::mode_residual_port},
            "how a vector is processed; a reset keeps scale_exponent"},
        {offset(R::curve_select), "curve_select", Access::rw, as_configured, stable,
            {f::curve_nominal},
            "transfer curves of the ADCs"},
        {offset(R::weight_full_scale), "weight_full_scale", Access::rw, as_configured, stable,
            {f::full_scale_code},
            "scale of the weights written after it; a reset keeps it"},
        {offset(R::input_doorbell), "input_doorbell", Access::wo, 0, stable, {f::doorbell_ring},
            "gives the input bank to the tile; refused without room, disabled, or for x = -128"},
        {offset(R::output_doorbell), "output_doorbell", Access::wo, 0, stable, {f::doorbell_ring},
            "fetches the waiting vector into the output and partial banks; refused without one"},
    };
    // clang-format on

    struct Counter {
        const char* name;
        const char* meaning;
    };
    const std::array<Counter, n_counters> counters{{
        {"mvms_in", "vectors taken in"},
        {"mvms_out", "vectors handed over"},
        {"cycles_reading", "cycles the array read"},
        {"cycles_input_starved", "cycles without a vector to read"},
        {"cycles_post_busy",
         "cycles without a free bank, post unit computing or waiting for residual words"},
        {"cycles_output_blocked", "cycles without a free bank, post unit without an output slot"},
        {"cycles_drain", "cycles after the last vector was read"},
        {"saturated", "columns whose output did not fit"},
        {"relu_clipped", "columns that the activation changed"},
        {"over_range", "watched conversions beyond the end of the transfer curve"},
    }};
    std::uint32_t at = offset(R::counters);
    for (const Counter& c : counters) {
        for (const char* half : {"_lo", "_hi"}) {
            all.push_back({at, std::string(c.name) + half, Access::ro, 0, true, {}, c.meaning});
            at += 4;
        }
    }
    return all;
}

std::vector<RegionInfo> region_table(std::uint32_t rows, std::uint32_t cols)
{
    const std::uint32_t x_size = (rows + 3) / 4 * 4;
    const std::uint32_t y_size = 4 * cols;
    const std::uint32_t w_size = (2 * rows * cols + 3) / 4 * 4;
    // clang-format off
    const std::vector<RegionWord> affine_words{
        {"nmpu_scale", 0, {{"s_p", 0, 16, "scale of c+, unsigned"},
                           {"s_n", 16, 16, "scale of c-, unsigned"}}},
        {"nmpu_offset", 4, {{"o_p", 0, 16, "offset of c+, signed"},
                            {"o_n", 16, 16, "offset of c-, signed"}}},
        {"ldpu_scale", 16, {{"scale_p", 0, 16, "scale of c+, binary16"},
                            {"scale_n", 16, 16, "scale of c-, binary16"}}},
        {"ldpu_offset", 20, {{"offset", 0, 16, "offset, binary16"},
                             {"gamma", 16, 16, "batch-norm factor, binary16"}}},
        {"ldpu_beta", 24, {{"beta", 0, 16, "batch-norm summand, binary16"}}},
    };
    return {
        {Region::input_bank, "input_bank", x_size, 1, Access::rw, stable, memory, {},
            "x, int8 per row, four to a word, lowest row in bits 7..0"},
        {Region::output_bank, "output_bank", y_size, 4, Access::ro, is_volatile, memory, {},
            "y, int32 per column, as the last OUTPUT_DOORBELL fetched it"},
        {Region::partial_bank, "partial_bank", y_size, 4, Access::ro, is_volatile, memory, {},
            "partial sums, int32 per column, fetched together with y, whatever MODE.partial_out"},
        {Region::test_currents, "test_currents", y_size, 4, Access::rw, stable, calls, {},
            "int32 per column, in steps of the current grid, used while MODE.adc_test is 1"},
        {Region::residual_bank, "residual_bank", (2 * cols + 3) / 4 * 4, 2, Access::rw, stable, memory,
            {}, "residual words, int16 per column, two to a word, even column in bits 15..0; taken "
            "with x while MODE.residual_in is 1 and MODE.residual_port is 0"},
        {Region::affine, "affine", affine_stride * cols, affine_stride, Access::rw, stable, calls,
            affine_words,
            "scale and offset words, 8 words per column; unnamed words read 0; NMPU words wider than "
            "their formats are refused"},
        {Region::weights, "weights", w_size, 2, Access::rw, stable, calls, {},
            "int16 codes, row-major, two to a word, even cell in bits 15..0; a write programs; codes "
            "beyond WEIGHT_FULL_SCALE are refused"},
    };
    // clang-format on
}

}  // namespace

RegisterMap::RegisterMap(std::size_t rows, std::size_t cols) : rows_(rows), cols_(cols)
{
    if (rows < 1 || rows > max_lines || cols < 1 || cols > max_lines) {
        throw std::invalid_argument("register map: rows and cols must be 1 to 1024");
    }
    registers_ = register_table(static_cast<std::uint32_t>(rows), static_cast<std::uint32_t>(cols));
    regions_ = region_table(static_cast<std::uint32_t>(rows), static_cast<std::uint32_t>(cols));
}

}  // namespace aimc::tile
