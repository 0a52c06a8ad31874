// SPDX-License-Identifier: Apache-2.0
#include "aimc/tile/output_buffer.h"

#include "aimc/sim/fifo.h"

namespace aimc::tile {

OutputBuffer::OutputBuffer(const sc_core::sc_module_name& name, Controller& controller,
                           const sc_core::sc_time& t_clk)
    : Stage(name, t_clk), controller_(controller)
{
}

bool OutputBuffer::may_hand_over() const { return !any_yet_ || edges_.now() > last_out_; }

void OutputBuffer::handed_over(MvmToken& token)
{
    token.record.times.out = last_out_ = edges_.now();
    any_yet_ = true;
    results.release();
    controller_.on_handed_over(token);
}

void OutputBuffer::step()
{
    if (MvmToken* token = out.poll_taken()) { handed_over(*token); }
    if (fetched_ != nullptr && edges_.on_edge()) {
        MvmToken& token = *fetched_;
        fetched_ = nullptr;
        handed_over(token);
        controller_.give_back(token);
    }
    while (MvmToken* token = out.poll_freed()) { controller_.give_back(*token); }
    if (MvmToken* token = results.offered()) {
        waiting_.push_back(token);
        results.take();
    }
    if (waiting_.empty() || fetched_ != nullptr) { return; }
    if (!may_hand_over()) {
        wake_at(last_out_ + 1);
        return;
    }
    if (to_bank_) {
        // what stands at the socket since before cannot be overtaken
        if (!told_ && !out.handing_over()) {
            told_ = true;
            controller_.on_output_waiting();
        }
    } else if (!out.offering()) {
        MvmToken& token = *sim::pop_front(waiting_);
        auto& words = leaving(token);
        out.offer(token, words.data(), words.size() * sizeof words[0]);
    }
}

const MvmToken* OutputBuffer::for_bank() const
{
    const bool may_fetch =
        to_bank_ && fetched_ == nullptr && !out.handing_over() && may_hand_over();
    return may_fetch && !waiting_.empty() ? waiting_.front() : nullptr;
}

void OutputBuffer::take_for_bank()
{
    fetched_ = sim::pop_front(waiting_);
    told_ = false;
    wake_at(edges_.now());  // a register write may land between edges; the slot is freed on one
}

void OutputBuffer::set_to_bank(bool on)
{
    to_bank_ = on;
    told_ = false;
    wake();
}

void OutputBuffer::reset()
{
    waiting_.clear();
    fetched_ = nullptr;
    told_ = false;
    any_yet_ = false;
    to_bank_ = false;
    timer_.cancel();
    results.reset();
    out.reset_door();
}

}  // namespace aimc::tile
