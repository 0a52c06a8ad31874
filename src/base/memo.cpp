// SPDX-License-Identifier: Apache-2.0
#include "aimc/base/memo.h"

namespace aimc {

std::shared_ptr<const void> Memo::find(const std::string& key, const std::function<Made()>& make)
{
    std::promise<std::shared_ptr<const void>> promise;
    {
        std::unique_lock<std::mutex> lock(mutex_);
        const auto found = entries_.find(key);
        if (found != entries_.end()) {
            used_.splice(used_.begin(), used_, found->second.used);
            const auto value = found->second.value;
            lock.unlock();
            return value.get();
        }
        used_.push_front(key);
        Entry entry;
        entry.value = promise.get_future().share();
        entry.used = used_.begin();
        entries_.emplace(key, std::move(entry));
    }
    try {
        const Made made = make();
        promise.set_value(made.value);
        keep(key, made.bytes);
        return made.value;
    } catch (...) {
        promise.set_exception(std::current_exception());
        const std::lock_guard<std::mutex> lock(mutex_);
        drop(key);
        throw;
    }
}

void Memo::keep(const std::string& key, std::size_t bytes)
{
    const std::lock_guard<std::mutex> lock(mutex_);
    Entry& entry = entries_.at(key);
    entry.bytes = bytes;
    entry.is_ready = true;
    bytes_ += bytes;
    auto at = used_.end();
    while (bytes_ > most_bytes_ && at != used_.begin()) {
        --at;
        if (!entries_.at(*at).is_ready) { continue; }  // somebody is making it
        const std::string leaving = *at;
        ++at;
        drop(leaving);
    }
}

void Memo::drop(const std::string& key)
{
    const auto entry = entries_.find(key);
    bytes_ -= entry->second.bytes;
    used_.erase(entry->second.used);
    entries_.erase(entry);
}

std::size_t Memo::bytes() const
{
    const std::lock_guard<std::mutex> lock(mutex_);
    return bytes_;
}

}  // namespace aimc
