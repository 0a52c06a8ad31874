// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/tile/backend.h"
#include "aimc/tile/register_map.h"

#include <cstddef>
#include <cstdint>
#include <vector>

/// What the words of the register map mean, without time: the module RegisterFile adds when.
namespace aimc::tile {

/// Holds the vector banks and the interrupt and control bits; everything else lives in the Backend.
/// Reading never changes anything, so that the debug transport reads the same way.
///
/// Addresses are multiples of 4, and bursts stay inside what RegisterMap::bytes_from() allows.
class RegisterState {
public:
    /// @param backend  complete: it is asked for its size and its configured mode
    explicit RegisterState(Backend& backend);

    const RegisterMap& map() const { return map_; }

    void read(std::uint64_t address, std::uint32_t* words, std::size_t n) const;
    /// Whether every word holds a value that exists: MODE.activation 3 does not, nor a residual
    /// port that nothing is bound to, a scale wider than its format or a weight code beyond
    /// WEIGHT_FULL_SCALE.
    bool accepts(std::uint64_t address, const std::uint32_t* words, std::size_t n) const;
    void write(std::uint64_t address, const std::uint32_t* words, std::size_t n);

    /// Plain memory of a region with has_dmi, else nullptr. The pointer stays valid.
    std::uint32_t* memory(Region region);

    /// Sets a bit of IRQ_STATUS. @param what  fields::irq_...
    void raise(Field what) { irq_status_ |= mask(what); }
    bool irq() const { return (irq_status_ & irq_enable_) != 0; }  ///< the level of the pin

    /// Registers and banks as after power-up.
    /// Choice: what programming and calibration wrote stays (weights and their full scale, scale
    /// and offset words with the exponent they were fitted for, test currents); a mode set by
    /// software goes back to the configured one.
    void power_on();

private:
    std::uint32_t read_register(Register reg) const;
    void read_region(const RegionInfo& region, std::size_t first, std::uint32_t* words,
                     std::size_t n) const;
    void read_weights(std::size_t first_word, std::uint32_t* words, std::size_t n) const;
    std::uint32_t read_affine(std::size_t word) const;

    bool accepts_region(const RegionInfo& region, std::size_t first, const std::uint32_t* words,
                        std::size_t n) const;

    void write_register(Register reg, std::uint32_t word);
    void write_control(std::uint32_t word);
    void write_region(const RegionInfo& region, std::size_t first, const std::uint32_t* words,
                      std::size_t n);
    void write_weights(std::size_t first_word, const std::uint32_t* words, std::size_t n);
    void write_affine(std::size_t word, std::uint32_t value);
    void ring_input();
    void ring_output();

    Backend& backend_;
    RegisterMap map_;
    Mode configured_;            ///< after a reset, but for the scale exponent
    std::uint32_t control_ = 0;  ///< CONTROL, without its self-clearing bits
    std::uint32_t irq_enable_ = 0;
    std::uint32_t irq_status_ = 0;
    std::vector<std::uint32_t> input_bank_;     ///< x, four rows to a word
    std::vector<std::uint32_t> output_bank_;    ///< y [cols]
    std::vector<std::uint32_t> partial_bank_;   ///< partial sums [cols]
    std::vector<std::uint32_t> residual_bank_;  ///< residual words, two columns to a word
};

}  // namespace aimc::tile
