// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/mvm/post.h"
#include "aimc/mvm/read_path.h"
#include "aimc/mvm/timing.h"
#include "aimc/sim/systemc.h"
#include "aimc/tile/backend.h"
#include "aimc/tile/token.h"

#include <functional>
#include <memory>
#include <vector>

namespace aimc::tile {

class DacBank;
class CrossbarArray;
class AdcBank;
class PostBank;
class ResidualPort;
class OutputBuffer;

/// What the tile is set to, and the pure objects that its stages use. The stages decide when; every
/// number comes from here, that is from the rooms above the SystemC line. Also what the front door
/// talks to (Backend).
///
/// Writes take effect for the next stage that starts: weights, curves and ADC test at the next S_k,
/// affine words, activation and scale exponent at the next H_k.
class Controller : public sc_core::sc_module, public Backend {
public:
    struct Stages {
        DacBank* dac_bank = nullptr;
        CrossbarArray* crossbar = nullptr;
        AdcBank* adc_bank = nullptr;
        PostBank* post_bank = nullptr;
        OutputBuffer* output_buffer = nullptr;
        ResidualPort* residual_port = nullptr;
        BackendListener* front_door = nullptr;
    };
    Controller(const sc_core::sc_module_name& name, const config::TileConfig& config,
               SimdLevel simd);
    void attach(const Stages& stages) { stages_ = stages; }

    // What the stages ask.
    const config::TileConfig& config() const { return config_; }
    int n_post(const MvmToken& token) const;  ///< N of this vector [cycles]
    int lanes() const;
    /// Bytes of one vector at the door: x, then with MODE.residual_in from the next multiple of 4
    /// on the residual words, int16 in the byte order of the bus; not with MODE.residual_port.
    std::size_t vector_bytes() const;
    /// Whether words at the residual port belong to somebody. @param stored  how many wait there
    bool expects_words(std::size_t stored) const;
    /// @param bytes  as many as were checked at the door: what came with residual words keeps them
    MvmToken& new_token(const unsigned char* vector, std::size_t bytes);
    MvmToken& new_token(const std::int8_t* x, const std::int16_t* residual);  ///< may be null
    void prepare_read(MvmToken& token);  ///< which phases, how long
    /// At S_k: what this read sees. Writes between S_k and C_k are for later reads.
    void start_read(MvmToken& token);
    void convert(MvmToken& token);  ///< at C_k: counts, of what was there at S_k
    void process(MvmToken& token, std::vector<mvm::LaneCounters>& per_lane);  ///< at H_k: y
    void on_handed_over(MvmToken& token);                                     ///< at O_k
    void give_back(MvmToken& token);
    void on_input_room();
    void on_output_waiting();

    // What the surroundings of the tile use.
    /// Called at O_k with every finished MVM. It may write to the token's record while it looks at
    /// it (edges relative to its own zero, say), but leaves it as it was.
    void set_observer(std::function<void(MvmToken&)> observer) { observer_ = std::move(observer); }
    /// Called at H_k with every MVM whose post-processing starts; its values are final by then,
    /// and the first column of its partial sum is ready n_first_column_cycles later.
    void set_post_observer(std::function<void(const MvmToken&)> observer)
    {
        post_observer_ = std::move(observer);
    }
    /// The number of the next vector's read, which its noise is a function of. Reads count on from
    /// there; a reset goes back to 0.
    void number_reads_from(std::uint64_t first_read) { next_read_ = first_read; }
    void set_has_residual_port(bool is_bound) { has_residual_port_ = is_bound; }
    /// Replaces array, curves and mirror ratio at once: a frozen chip.
    void adopt_chip(const mvm::Chip& chip);
    /// The chip as programmed so far.
    const mvm::Chip& chip();
    const converters::AdcEvents& adc_events() const { return scratch_.events; }
    std::vector<mvm::LaneCounters> lane_counters() const;
    /// Interrupted MVMs are gone; held while `in_reset`.
    void hold_reset(bool in_reset);
    bool in_reset() const { return in_reset_; }

    // Backend
    std::size_t rows() const override { return config_.rows; }
    std::size_t cols() const override { return config_.cols; }
    void write_weights(std::size_t first, const std::int16_t* codes, std::size_t n) override;
    void read_weights(std::size_t first, std::int16_t* codes, std::size_t n) const override;
    void set_weight_full_scale(std::int32_t code) override;
    std::int32_t weight_full_scale() const override { return targets_.full_scale; }
    void write_affine(std::size_t column, const nmpu::AffineWords& words) override;
    nmpu::AffineWords read_affine(std::size_t column) const override;
    bool holds(const nmpu::AffineWords& words) const override;
    void write_affine16(std::size_t column, const ldpu::AffineWords16& words) override;
    ldpu::AffineWords16 read_affine16(std::size_t column) const override;
    void set_mode(const Mode& mode) override;
    Mode mode() const override;
    bool has_residual_port() const override { return has_residual_port_; }
    void write_test_current(std::size_t column, std::int32_t current) override;
    std::int32_t read_test_current(std::size_t column) const override;
    bool input_has_room() const override;
    bool takes(const std::int8_t* x) const override;
    void offer_input(const std::int8_t* x, const std::int16_t* residual) override;
    void set_output_to_bank(bool on) override;
    bool output_waiting() const override;
    void copy_output(std::int32_t* y, std::int32_t* partial) const override;
    void take_output() override;
    bool busy() const override { return mvms_in_ != mvms_out_; }
    TileCounters counters() const override;
    void clear_counters() override;
    void reset() override;

private:
    const std::shared_ptr<const mvm::ReadPath>& path();
    void convert_test_currents(MvmToken& token);
    void test_wave(const MvmToken& token, crossbar::Phase phase);

    config::TileConfig config_;
    SimdLevel simd_;
    Stages stages_;
    TokenPool tokens_;
    std::vector<MvmToken*> inside_;  ///< taken in, not handed over; oldest first
    std::function<void(MvmToken&)> observer_;
    std::function<void(const MvmToken&)> post_observer_;

    device::CellTargets targets_;
    mvm::Chip chip_;
    bool chip_stale_ = true;                     ///< weights were written since it was made
    std::shared_ptr<const mvm::ReadPath> path_;  ///< null: to be made again
    std::vector<std::int32_t> test_currents_;    ///< [cols] current grid
    bool adc_test_ = false;
    bool nominal_curves_ = false;
    bool in_reset_ = false;
    bool residual_port_ = false;      ///< MODE.residual_port
    bool has_residual_port_ = false;  ///< somebody is bound to it
    mvm::PostWords words_;
    std::unique_ptr<const mvm::PostProcessor> post_;  ///< null: to be made again

    std::uint64_t next_mvm_ = 0;
    std::uint64_t next_read_ = 0;
    std::uint64_t mvms_in_ = 0, mvms_out_ = 0;
    mvm::ReadPath::Scratch scratch_;  ///< its events are the tile's
    mvm::StateAccount states_;
};

}  // namespace aimc::tile
