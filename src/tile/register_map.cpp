// SPDX-License-Identifier: Apache-2.0
// Finding things in the register map; the table itself is in register_table.cpp.
#include "aimc/tile/register_map.h"

#include <algorithm>

namespace aimc::tile {

const RegisterInfo* RegisterMap::find_register(std::uint64_t address) const
{
    const auto found =
        std::lower_bound(registers_.begin(), registers_.end(), address,
                         [](const RegisterInfo& r, std::uint64_t a) { return r.offset < a; });
    return found != registers_.end() && found->offset == address ? &*found : nullptr;
}

const RegionInfo* RegisterMap::find_region(std::uint64_t address) const
{
    for (const RegionInfo& r : regions_) {
        if (address >= r.begin() && address < r.end()) { return &r; }
    }
    return nullptr;
}

std::uint64_t RegisterMap::bytes_from(std::uint64_t address) const
{
    if (const RegionInfo* region = find_region(address)) { return region->end() - address; }
    std::uint64_t end = address / 4 * 4;
    while (find_register(end) != nullptr) { end += 4; }
    return end > address ? end - address : 0;
}

template <class Predicate>
bool RegisterMap::any_of(std::uint64_t address, std::size_t words, Predicate predicate) const
{
    if (const RegionInfo* region = find_region(address)) { return predicate(*region); }
    for (std::size_t i = 0; i < words; ++i) {
        const RegisterInfo* reg = find_register(address + 4 * i);
        if (reg != nullptr && predicate(*reg)) { return true; }
    }
    return false;
}

bool RegisterMap::can_read(std::uint64_t address, std::size_t words) const
{
    return !any_of(address, words, [](const auto& at) { return at.access == Access::wo; });
}

bool RegisterMap::can_write(std::uint64_t address, std::size_t words) const
{
    return !any_of(address, words, [](const auto& at) { return at.access == Access::ro; });
}

bool RegisterMap::any_volatile(std::uint64_t address, std::size_t words) const
{
    return any_of(address, words, [](const auto& at) { return at.is_volatile; });
}

}  // namespace aimc::tile
