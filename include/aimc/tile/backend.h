// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/ldpu/lane.h"
#include "aimc/nmpu/lane.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace aimc::tile {

/// What MODE and CURVE_SELECT hold.
struct Mode {
    int activation = 0;           ///< 0 identity, 1 relu, 2 clipped_relu
    int scale_exponent = 0;       ///< e of the NMPU
    bool adc_test = false;        ///< the test currents replace the array
    bool residual_in = false;     ///< every vector brings residual words with it
    bool partial_out = false;     ///< partial sums leave, instead of y
    bool nominal_curves = false;  ///< the ideal line instead of the curves as configured
    bool residual_port = false;   ///< residual words come by r_tsock instead of with x
};

/// What software may see of a running tile, at one point in time.
struct TileCounters {
    std::uint64_t mvms_in = 0, mvms_out = 0;
    std::uint64_t saturated = 0, relu_clipped = 0, over_range = 0;
    std::array<std::uint64_t, 5> state_cycles{};  ///< reading, input_starved, post_busy,
                                                  ///< output_blocked, drain
};

/// What the front door (the register file) may ask of the tile behind it. Calls are made at the
/// simulated time at which they take effect; none of them waits.
class Backend {
public:
    virtual ~Backend() = default;
    virtual std::size_t rows() const = 0;
    virtual std::size_t cols() const = 0;

    /// Cell targets, row-major [rows x cols]: G+ - G- = code / full_scale * G_max. A write
    /// programs.
    virtual void write_weights(std::size_t first_cell, const std::int16_t* codes,
                               std::size_t n) = 0;
    virtual void read_weights(std::size_t first_cell, std::int16_t* codes, std::size_t n) const = 0;
    virtual void set_weight_full_scale(std::int32_t code) = 0;
    virtual std::int32_t weight_full_scale() const = 0;

    virtual void write_affine(std::size_t column, const nmpu::AffineWords& words) = 0;
    virtual nmpu::AffineWords read_affine(std::size_t column) const = 0;
    /// Whether the lanes have bits for these values; others are refused.
    virtual bool holds(const nmpu::AffineWords& words) const = 0;
    virtual void write_affine16(std::size_t column, const ldpu::AffineWords16& words) = 0;
    virtual ldpu::AffineWords16 read_affine16(std::size_t column) const = 0;

    virtual void set_mode(const Mode& mode) = 0;
    virtual Mode mode() const = 0;
    virtual bool has_residual_port() const = 0;  ///< somebody is bound to r_tsock
    /// Test current of one column in steps of the current grid, signed.
    virtual void write_test_current(std::size_t column, std::int32_t current) = 0;
    virtual std::int32_t read_test_current(std::size_t column) const = 0;

    /// Doorbell path, feeding the same queues as the vector sockets.
    virtual bool input_has_room() const = 0;
    /// Whether the word lines have pulses for these codes. @param x  [rows]
    virtual bool takes(const std::int8_t* x) const = 0;
    /// Only when input_has_room(). @param residual  [cols] with MODE.residual_in, else ignored
    virtual void offer_input(const std::int8_t* x, const std::int16_t* residual) = 0;
    /// true: vectors out go to the output bank, one at a time, instead of the socket.
    virtual void set_output_to_bank(bool on) = 0;
    virtual bool output_waiting() const = 0;  ///< a vector for the bank is there
    virtual void copy_output(std::int32_t* y, std::int32_t* partial) const = 0;
    virtual void take_output() = 0;  ///< only when output_waiting()

    virtual bool busy() const = 0;  ///< a vector is anywhere inside
    virtual TileCounters counters() const = 0;
    virtual void clear_counters() = 0;
    /// Aborts the MVM in flight: counters and buffers as after power-up, weights kept.
    virtual void reset() = 0;
};

/// What the tile tells its front door, for the interrupt.
class BackendListener {
public:
    virtual ~BackendListener() = default;
    virtual void on_input_room() = 0;      ///< an input slot became free
    virtual void on_output_waiting() = 0;  ///< a vector waits for the output bank
};

}  // namespace aimc::tile
