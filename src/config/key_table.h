// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"

#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

/// The one table of the configuration's keys. The reader, `sim explain`, the JSON Schema and
/// configs/README.md are all made from it, so that they cannot disagree.
namespace aimc::config::detail {

/// What a key can hold, whatever its C++ type. monostate: "no value" (Key::none says how that is
/// spelt).
using Value =
    std::variant<std::monostate, bool, std::int64_t, double, std::string, std::vector<double>>;

enum class Kind {
    integer,       ///< whole number
    number,        ///< any finite number
    numbers,       ///< a list of them, strictly increasing; may be empty
    boolean,       ///< true, false
    choice,        ///< one of Key::words
    text,          ///< a name: no '/', no control characters
    file,          ///< a file name, relative to the file that names it
    word_or_file,  ///< one of Key::words, or the name of a .npy file
};

struct Key {
    std::string path;  ///< sections and key joined by dots: "adc.parametric.gain_sd"
    Kind kind = Kind::integer;
    std::function<Value(const TileConfig&)> get;
    std::function<void(TileConfig&, const Value&)>
        set;                     ///< expects a checked value of the right kind
    std::int64_t whole_low = 0;  ///< range of an integer, both ends allowed
    std::int64_t whole_high = 0;
    double low = 0.0;  ///< range of a number, both ends allowed
    double high = 0.0;
    std::vector<std::string> words;
    std::string none;  ///< how "no value" is spelt: null, calibrate; empty: there must be a value
    std::string unit;  ///< empty: none
    std::string
        source;  ///< where the default comes from: "Source: ...", "Derived: ..." or "Choice: ..."
    std::string meaning;      ///< one line
    std::string if_fraction;  ///< said of 333.333 where a whole number is wanted; may be empty

    std::string section() const;  ///< "adc.parametric"; empty for a key at the top
    std::string leaf() const;     ///< "gain_sd"
    std::string tag() const;      ///< "Source", "Derived" or "Choice"
    bool is_file() const { return kind == Kind::file || kind == Kind::word_or_file; }
};

/// A JSON object of the configuration.
struct Section {
    std::string path;          ///< "" is the whole configuration
    bool may_be_file = false;  ///< a file name may stand for the object
    std::string meaning;
};

inline constexpr const char* config_format = "aimc-config/1";

const std::vector<Key>& keys();          ///< in the order in which they are written and explained
const std::vector<Section>& sections();  ///< the same; each section after the one it is in
const Key* find_key(const std::string& path);          ///< nullptr: there is none
const Section* find_section(const std::string& path);  ///< nullptr: there is none
std::vector<std::string> members_of(
    const std::string& section);  ///< names of its keys and sections

/// `a, b, c` (fmt::join trips over a false warning of g++ 12 at -O3).
std::string joined(const std::vector<std::string>& words);
/// "adc.count_bits" -> "/adc/count_bits", as places are given in messages; "" stays.
std::string pointer(const std::string& path);
/// What may be given: `a whole number 1 to 24`, `one of floor, nearest`, `a number 0 to 1 or null`.
std::string allowed(const Key& key);
/// The value as JSON text: 12, "floor", null.
std::string text_of(const Value& value, const Key& key);
/// The default as JSON text; in words where it depends on something else.
std::string default_text(const Key& key);

/// Parts of keys(), split by topic only to keep files short.
void add_tile_keys(std::vector<Key>& all);
void add_device_keys(std::vector<Key>& all);
void add_crossbar_keys(std::vector<Key>& all);
void add_adc_keys(std::vector<Key>& all);
void add_kind_keys(std::vector<Key>& all);
void add_post_keys(std::vector<Key>& all);
void add_run_keys(std::vector<Key>& all);
void add_cost_keys(std::vector<Key>& all);

}  // namespace aimc::config::detail
