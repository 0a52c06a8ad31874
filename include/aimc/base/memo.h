// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <future>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <typeinfo>
#include <unordered_map>

namespace aimc {

/// Results that several runs share: made once by whoever asks first, while others who need the same
/// wait for it, and kept as long as there is room; then the one not asked for longest goes. What
/// somebody still holds stays alive. The key must name everything that the result depends on.
/// All members may be called from any thread.
class Memo {
public:
    /// @param most_bytes  of all that is kept; one result larger than that is not kept at all
    explicit Memo(std::size_t most_bytes) : most_bytes_(most_bytes) {}

    /// The result of this key, from `make()` -> T if it is not there. An exception of `make`
    /// reaches all who wait, and nothing is kept. `make` may ask for other results.
    /// @param bytes_of  (const T&) -> size of a result [bytes]
    template <class T, class Make, class BytesOf>
    std::shared_ptr<const T> get(const std::string& key, Make&& make, BytesOf&& bytes_of)
    {
        const auto any = [&] {
            auto made = std::make_shared<const T>(make());
            return Made{made, bytes_of(*made)};
        };
        return std::static_pointer_cast<const T>(find(typeid(T).name() + (' ' + key), any));
    }

    std::size_t most_bytes() const { return most_bytes_; }
    std::size_t bytes() const;  ///< of all that is kept

private:
    struct Made {
        std::shared_ptr<const void> value;
        std::size_t bytes = 0;
    };
    struct Entry {
        std::shared_future<std::shared_ptr<const void>> value;
        std::size_t bytes = 0;
        bool is_ready = false;
        std::list<std::string>::iterator used;
    };
    std::shared_ptr<const void> find(const std::string& key, const std::function<Made()>& make);
    void keep(const std::string& key, std::size_t bytes);
    void drop(const std::string& key);

    mutable std::mutex mutex_;
    std::size_t most_bytes_, bytes_ = 0;
    std::unordered_map<std::string, Entry> entries_;
    std::list<std::string> used_;  ///< latest first
};

}  // namespace aimc
