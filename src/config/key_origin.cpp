// SPDX-License-Identifier: Apache-2.0
#include "aimc/config/key_origin.h"

#include "key_table.h"

#include <stdexcept>

namespace aimc::config {

KeyOrigin key_origin(const TileConfig& tile, const std::string& path)
{
    const detail::Key* const key = detail::find_key(path);
    if (key == nullptr) { throw std::invalid_argument("key_origin: no key " + path); }
    const bool is_default = key->get(tile) == key->get(TileConfig{});
    return {is_default, is_default ? key->source : "given"};
}

}  // namespace aimc::config
