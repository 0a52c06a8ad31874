// SPDX-License-Identifier: Apache-2.0
#include "aimc/tile/token.h"

namespace aimc::tile {

MvmToken& TokenPool::take()
{
    if (free_.empty()) {
        all_.push_back(std::make_unique<MvmToken>());
        free_.push_back(all_.back().get());
    }
    MvmToken& token = *free_.back();
    free_.pop_back();
    token.aborted = false;
    token.awaits_words = false;
    token.words_edge = 0;
    token.source = nullptr;
    token.path.reset();
    token.record.times = {};
    return token;
}

void TokenPool::give_back(MvmToken& token) { free_.push_back(&token); }

tlm::tlm_extension_base* MvmExtension::clone() const
{
    auto* copy = new MvmExtension;
    copy->token = token;
    return copy;
}

void MvmExtension::copy_from(const tlm::tlm_extension_base& other)
{
    token = static_cast<const MvmExtension&>(other).token;
}

PayloadPool::~PayloadPool()
{
    for (auto& trans : all_) { trans->free_all_extensions(); }
}

tlm::tlm_generic_payload& PayloadPool::allocate(MvmToken& token, unsigned char* data,
                                                std::size_t length)
{
    if (free_.empty()) {
        all_.push_back(std::make_unique<tlm::tlm_generic_payload>(this));
        all_.back()->set_extension(new MvmExtension);
        free_.push_back(all_.back().get());
    }
    tlm::tlm_generic_payload& trans = *free_.back();
    free_.pop_back();
    trans.get_extension<MvmExtension>()->token = &token;
    trans.set_command(tlm::TLM_WRITE_COMMAND);
    trans.set_address(0);
    trans.set_data_ptr(data);
    trans.set_data_length(static_cast<unsigned int>(length));
    trans.set_streaming_width(static_cast<unsigned int>(length));
    trans.set_byte_enable_ptr(nullptr);
    trans.set_dmi_allowed(false);
    trans.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    trans.acquire();
    return trans;
}

void PayloadPool::free(tlm::tlm_generic_payload* trans) { free_.push_back(trans); }

}  // namespace aimc::tile
