// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// The tile's register map: one table that the model, its documentation and a C header share.
///
///   const RegisterMap map(256, 256);
///   map.find_register(0x0c)->name;                       // "control"
///   const std::uint32_t control = put(fields::control_enable, 1);
///   write_file("aimc_registers.h", register_map_c_header(256, 256));
///
/// All words are 32 bits, in the byte order of the bus; offsets and sizes are bytes.
namespace aimc::tile {

enum class Access {
    ro,   ///< a write is refused
    rw,   ///< reads back what was written
    wo,   ///< a read is refused
    w1c,  ///< writing 1 to a bit clears it
};

/// Some bits of a word.
struct Field {
    const char* name;
    int low;   ///< lowest bit
    int bits;  ///< width
    const char* meaning;
};
constexpr std::uint32_t mask(Field f) { return (0xffffffffU >> (32 - f.bits)) << f.low; }
constexpr std::uint32_t get(Field f, std::uint32_t word) { return (word & mask(f)) >> f.low; }
constexpr std::uint32_t put(Field f, std::uint32_t value) { return (value << f.low) & mask(f); }

/// A register; its value is its byte offset.
/// Choice: offsets, spacing and bit places are ours; no source gives a register map.
enum class Register : std::uint32_t {
    id = 0x00,
    version = 0x04,
    geometry = 0x08,
    control = 0x0c,
    status = 0x10,
    irq_enable = 0x14,
    irq_status = 0x18,
    mode = 0x1c,
    curve_select = 0x20,
    weight_full_scale = 0x24,
    input_doorbell = 0x28,
    output_doorbell = 0x2c,
    counters = 0x80,  ///< the first of n_counters pairs: low word, high word
};
inline constexpr std::size_t n_counters = 10;

/// A block of equal words; its value is its byte offset. Spaced so that 1024 x 1024 fits.
enum class Region : std::uint32_t {
    input_bank = 0x1000,
    output_bank = 0x2000,
    partial_bank = 0x4000,
    test_currents = 0x6000,
    residual_bank = 0x7800,
    affine = 0x10000,
    weights = 0x01000000,
};

constexpr std::uint32_t offset(Register r) { return static_cast<std::uint32_t>(r); }
constexpr std::uint32_t offset(Region r) { return static_cast<std::uint32_t>(r); }

inline constexpr std::uint32_t id_value = 0x41494d43;       ///< "AIMC"
inline constexpr std::uint32_t version_value = 0x00010002;  ///< of this map: 1.2
inline constexpr std::uint32_t affine_stride = 32;          ///< [bytes] of one column

/// The fields by name, so that no bit number is written twice.
namespace fields {
inline constexpr Field version_minor{"minor", 0, 16, "grows when something is added"};
inline constexpr Field version_major{"major", 16, 16, "grows when something is changed"};
inline constexpr Field geometry_rows{"rows", 0, 16, "word lines"};
inline constexpr Field geometry_cols{"cols", 16, 16, "bit lines"};
inline constexpr Field control_enable{"enable", 0, 1, "1: the input doorbell works"};
inline constexpr Field control_soft_reset{
    "soft_reset", 1, 1, "1: reset; reads 0; the other bits of this write are ignored"};
inline constexpr Field control_output_to_bank{
    "output_to_bank", 2, 1, "1: vectors out wait for OUTPUT_DOORBELL instead of the socket"};
inline constexpr Field control_clear_counters{"clear_counters", 3, 1,
                                              "1: all counters become 0; reads 0"};
inline constexpr Field status_input_room{"input_room", 0, 1, "INPUT_DOORBELL would be accepted"};
inline constexpr Field status_output_valid{"output_valid", 1, 1, "a vector waits to be fetched"};
inline constexpr Field status_busy{"busy", 2, 1, "a vector is anywhere inside"};
inline constexpr Field irq_output_ready{"output_ready", 0, 1, "a vector waits to be fetched"};
inline constexpr Field irq_input_room{"input_room", 1, 1, "an input slot became free"};
inline constexpr Field irq_doorbell_error{"doorbell_error", 2, 1, "a doorbell was refused"};
inline constexpr Field mode_activation{"activation", 0, 2,
                                       "0 identity, 1 relu, 2 clipped_relu; 3 is refused"};
inline constexpr Field mode_scale_exponent{"scale_exponent", 4, 3,
                                           "e of the NMPU, 0 to 4; more is refused"};
inline constexpr Field mode_adc_test{"adc_test", 8, 1, "1: the test currents replace the array"};
inline constexpr Field mode_residual_in{
    "residual_in", 9, 1, "1: every vector brings residual words, added before the activation"};
inline constexpr Field mode_partial_out{"partial_out", 10, 1,
                                        "1: partial sums leave the tile, instead of y"};
inline constexpr Field mode_residual_port{
    "residual_port", 11, 1,
    "1: residual words come by the residual port, not with x; refused when nothing is bound to it"};
inline constexpr Field curve_nominal{"nominal", 0, 1, "0: curves as configured, 1: ideal line"};
inline constexpr Field full_scale_code{"code", 0, 15,
                                       "weight code that stands for G_max; 0 is refused"};
inline constexpr Field doorbell_ring{"ring", 0, 1, "1: ring; 0 does nothing"};
}  // namespace fields

struct RegisterInfo {
    std::uint32_t offset;  ///< [bytes]
    std::string name;
    Access access;
    std::optional<std::uint32_t> reset;  ///< none: as configured
    bool is_volatile;  ///< changes by itself, so that a read must happen at its own time
    std::vector<Field> fields;
    std::string meaning;
};

/// A word inside each item of a region.
struct RegionWord {
    const char* name;
    std::uint32_t offset;  ///< [bytes] from the start of the item
    std::vector<Field> fields;
};

struct RegionInfo {
    Region region;
    std::string name;
    std::uint32_t size;    ///< [bytes] a multiple of 4
    std::uint32_t stride;  ///< [bytes] of one item
    Access access;
    bool is_volatile;
    bool has_dmi;  ///< plain memory: a direct pointer may be granted
    std::vector<RegionWord> words;
    std::string meaning;

    std::uint32_t begin() const { return offset(region); }
    std::uint32_t end() const { return begin() + size; }  ///< one past the last byte
};

/// The table of one tile.
class RegisterMap {
public:
    static constexpr std::size_t max_lines = 1024;  ///< largest number of rows, and of columns

    /// @throws std::invalid_argument  rows or cols outside 1 .. max_lines
    RegisterMap(std::size_t rows, std::size_t cols);

    std::size_t rows() const { return rows_; }
    std::size_t cols() const { return cols_; }
    const std::vector<RegisterInfo>& registers() const { return registers_; }
    const std::vector<RegionInfo>& regions() const { return regions_; }

    /// The register whose first byte is at `address`, or nullptr.
    const RegisterInfo* find_register(std::uint64_t address) const;
    /// The region that holds `address`, or nullptr.
    const RegionInfo* find_region(std::uint64_t address) const;

    /// How far a burst from `address` may go: to the end of its region, or of its unbroken run of
    /// registers. 0 when nothing is there. [bytes]
    std::uint64_t bytes_from(std::uint64_t address) const;
    /// For mapped words from a multiple of 4 on: may all be read (written)? Is one volatile?
    bool can_read(std::uint64_t address, std::size_t words) const;
    bool can_write(std::uint64_t address, std::size_t words) const;
    bool any_volatile(std::uint64_t address, std::size_t words) const;

private:
    template <class Predicate>
    bool any_of(std::uint64_t address, std::size_t words, Predicate predicate) const;

    std::size_t rows_;
    std::size_t cols_;
    std::vector<RegisterInfo> registers_;  ///< ascending
    std::vector<RegionInfo> regions_;      ///< ascending
};

/// The map as Markdown tables.
std::string register_map_markdown(std::size_t rows, std::size_t cols);
/// The map as a C99 header: offsets, reset values, field positions and masks, AIMC_ prefixed.
std::string register_map_c_header(std::size_t rows, std::size_t cols);

}  // namespace aimc::tile
