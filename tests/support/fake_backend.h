// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/tile/backend.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace aimc::test {

/// A tile without an array: it remembers what it was told and gives back what a test put in.
class FakeBackend : public tile::Backend {
public:
    struct Output {
        std::vector<std::int32_t> y;
        std::vector<std::int32_t> partial;
    };

    FakeBackend(std::size_t rows, std::size_t cols)
        : weights(rows * cols), affine(cols), affine16(cols), test_currents(cols), rows_(rows)
    {
    }

    std::vector<std::int16_t> weights;
    std::vector<nmpu::AffineWords> affine;
    std::vector<ldpu::AffineWords16> affine16;
    std::vector<std::int32_t> test_currents;
    std::int32_t full_scale = 127;
    std::int32_t widest_scale = 0xffff;
    int mode_activation = 1;
    int mode_exponent = 2;
    bool mode_adc_test = false;
    bool mode_nominal = false;
    bool mode_residual_in = false, mode_partial_out = false, mode_residual_port = false;
    bool residual_port_is_bound = true;
    bool room = true;
    bool is_busy = false;
    bool output_to_bank = false;
    std::vector<std::vector<std::int8_t>> inputs;      ///< vectors offered
    std::vector<std::vector<std::int16_t>> residuals;  ///< that came with them
    std::deque<Output> outputs;                        ///< vectors waiting
    tile::TileCounters tile_counters;
    int n_changes = 0;            ///< calls that change something
    int n_programming_calls = 0;  ///< write_weights
    int n_resets = 0;

    std::size_t rows() const override { return rows_; }
    std::size_t cols() const override { return affine.size(); }
    void write_weights(std::size_t first, const std::int16_t* codes, std::size_t n) override
    {
        ++n_changes;
        ++n_programming_calls;
        for (std::size_t i = 0; i < n; ++i) { weights.at(first + i) = codes[i]; }
    }
    void read_weights(std::size_t first, std::int16_t* codes, std::size_t n) const override
    {
        for (std::size_t i = 0; i < n; ++i) { codes[i] = weights.at(first + i); }
    }
    void set_weight_full_scale(std::int32_t code) override { changed(full_scale, code); }
    std::int32_t weight_full_scale() const override { return full_scale; }
    void write_affine(std::size_t column, const nmpu::AffineWords& words) override
    {
        changed(affine.at(column), words);
    }
    nmpu::AffineWords read_affine(std::size_t column) const override { return affine.at(column); }
    bool holds(const nmpu::AffineWords& w) const override { return w.s_p <= widest_scale; }
    void write_affine16(std::size_t column, const ldpu::AffineWords16& words) override
    {
        changed(affine16.at(column), words);
    }
    ldpu::AffineWords16 read_affine16(std::size_t column) const override
    {
        return affine16.at(column);
    }
    void set_mode(const tile::Mode& mode) override
    {
        changed(mode_activation, mode.activation);
        mode_exponent = mode.scale_exponent;
        mode_adc_test = mode.adc_test;
        mode_nominal = mode.nominal_curves;
        mode_residual_in = mode.residual_in;
        mode_partial_out = mode.partial_out;
        mode_residual_port = mode.residual_port;
    }
    tile::Mode mode() const override
    {
        return {mode_activation,  mode_exponent, mode_adc_test,     mode_residual_in,
                mode_partial_out, mode_nominal,  mode_residual_port};
    }
    bool has_residual_port() const override { return residual_port_is_bound; }
    void write_test_current(std::size_t column, std::int32_t current) override
    {
        changed(test_currents.at(column), current);
    }
    std::int32_t read_test_current(std::size_t column) const override
    {
        return test_currents.at(column);
    }
    bool input_has_room() const override { return room; }
    bool takes(const std::int8_t* x) const override
    {
        return std::find(x, x + rows_, std::int8_t{-128}) == x + rows_;
    }
    void offer_input(const std::int8_t* x, const std::int16_t* residual) override
    {
        ++n_changes;
        residuals.emplace_back(residual, residual + cols());
        inputs.emplace_back(x, x + rows_);
    }
    void set_output_to_bank(bool on) override { changed(output_to_bank, on); }
    bool output_waiting() const override { return !outputs.empty(); }
    void copy_output(std::int32_t* y, std::int32_t* partial) const override
    {
        std::copy(outputs.at(0).y.begin(), outputs.at(0).y.end(), y);
        std::copy(outputs.at(0).partial.begin(), outputs.at(0).partial.end(), partial);
    }
    void take_output() override
    {
        ++n_changes;
        outputs.pop_front();
    }
    bool busy() const override { return is_busy; }
    tile::TileCounters counters() const override { return tile_counters; }
    void clear_counters() override { changed(tile_counters, {}); }
    void reset() override
    {
        ++n_resets;
        outputs.clear();
        changed(tile_counters, {});
    }

private:
    template <class T>
    void changed(T& what, const T& value)
    {
        ++n_changes;
        what = value;
    }
    std::size_t rows_;
};

}  // namespace aimc::test
