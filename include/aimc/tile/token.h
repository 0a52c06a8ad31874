// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/crossbar/crossbar.h"
#include "aimc/mvm/read_path.h"
#include "aimc/mvm/record.h"
#include "aimc/sim/systemc.h"

#include <cstddef>
#include <memory>
#include <vector>

namespace aimc::tile {

/// One MVM on its way through the tile: its values and edges, filled in stage by stage.
/// Edges are absolute (edge 0 is the start of simulation).
struct MvmToken {
    mvm::MvmRecord record;
    crossbar::PhaseList phases;                 ///< of its read, in order
    std::shared_ptr<const mvm::ReadPath> path;  ///< array and curves as they were at S_k
    std::vector<std::int32_t> test_currents;    ///< as at S_k, in place of the array; else empty
    int n_read = 0;                             ///< A of this vector [cycles]
    std::uint64_t read_index = 0;
    bool awaits_words = false;     ///< its residual words come by the residual port
    std::uint64_t words_edge = 0;  ///< edge at which they were stored there; 0: not awaited
    bool partial_out = false;      ///< partial sums leave, instead of y
    bool aborted = false;          ///< a reset came while it was offered at the door
    tlm::tlm_generic_payload* source = nullptr;  ///< transaction that brought x; null: a doorbell
};

/// What leaves the tile: y, or the partial sums. [cols]
inline std::vector<std::int32_t>& leaving(MvmToken& token)
{
    return token.partial_out ? token.record.values.partial : token.record.values.y;
}

/// Where residual words follow x in a vector's bytes: at the next multiple of 4.
constexpr std::size_t residual_at(std::size_t rows) { return (rows + 3) / 4 * 4; }

/// Hands out tokens again and again, so that a run allocates nothing per MVM.
class TokenPool {
public:
    MvmToken& take();
    void give_back(MvmToken& token);

private:
    std::vector<std::unique_ptr<MvmToken>> all_;
    std::vector<MvmToken*> free_;
};

/// Carries a token with a transaction; ignorable for whoever only wants the bytes.
class MvmExtension : public tlm::tlm_extension<MvmExtension> {
public:
    MvmToken* token = nullptr;
    tlm::tlm_extension_base* clone() const override;
    void copy_from(const tlm::tlm_extension_base& other) override;
};

/// Memory manager of the transactions of one hop.
class PayloadPool : public tlm::tlm_mm_interface {
public:
    PayloadPool() = default;
    PayloadPool(const PayloadPool&) = delete;
    PayloadPool& operator=(const PayloadPool&) = delete;
    ~PayloadPool() override;
    /// A write of `length` bytes at `data` that carries `token`; already acquired once.
    tlm::tlm_generic_payload& allocate(MvmToken& token, unsigned char* data, std::size_t length);
    void free(tlm::tlm_generic_payload* trans) override;

private:
    std::vector<std::unique_ptr<tlm::tlm_generic_payload>> all_;
    std::vector<tlm::tlm_generic_payload*> free_;
};

}  // namespace aimc::tile
