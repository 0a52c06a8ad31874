// SPDX-License-Identifier: Apache-2.0
#include "aimc/config/words.h"

#include "enum_words.h"

#include <algorithm>

namespace aimc::config {
namespace {

template <class E>
std::string word(E value)
{
    const auto words = detail::word_list(E{});
    return std::find_if(words.begin(), words.end(), [&](const auto& w) { return w.first == value; })
        ->second;
}

}  // namespace

std::string word_of(RoundMode mode) { return word(mode); }
std::string word_of(OverflowMode mode) { return word(mode); }
std::string word_of(Branch branch) { return word(branch); }
std::string word_of(Activation activation) { return word(activation); }
std::string word_of(CalibrationMethod method) { return word(method); }
std::string word_of(TileKind kind) { return word(kind); }
std::string word_of(Scheme scheme) { return word(scheme); }
std::string word_of(BoundModel model) { return word(model); }

}  // namespace aimc::config
