// SPDX-License-Identifier: Apache-2.0
// The register map as text: Markdown for people, a C header for drivers.
#include "aimc/tile/register_map.h"

#include <cctype>
#include <cstdio>

namespace aimc::tile {
namespace {

std::string hex(std::uint32_t value)
{
    char text[11];
    std::snprintf(text, sizeof text, "0x%08x", value);
    return text;
}

std::string upper(std::string text)
{
    for (char& c : text) { c = static_cast<char>(std::toupper(static_cast<unsigned char>(c))); }
    return text;
}

const char* to_string(Access access)
{
    switch (access) {
        case Access::ro: return "RO";
        case Access::rw: return "RW";
        case Access::wo: return "WO";
        case Access::w1c: return "W1C";
    }
    return "";
}

const char* yes(bool value) { return value ? "yes" : ""; }

std::string bit_range(const Field& field)
{
    const std::string low = std::to_string(field.low);
    return field.bits == 1 ? low : std::to_string(field.low + field.bits - 1) + ":" + low;
}

std::string field_rows(const std::string& word, const std::vector<Field>& fields)
{
    std::string out;
    for (const Field& field : fields) {
        out += "| " + word + " | " + bit_range(field) + " | " + field.name + " | " + field.meaning +
               " |\n";
    }
    return out;
}

std::string define(const std::string& name, std::uint32_t value)
{
    return "#define AIMC_" + upper(name) + " " + hex(value) + "u\n";
}

std::string field_defines(const std::string& word, const std::vector<Field>& fields)
{
    std::string out;
    for (const Field& field : fields) {
        const std::string name = word + "_" + field.name;
        out += define(name + "_LSB", static_cast<std::uint32_t>(field.low));
        out += define(name + "_MASK", mask(field));
    }
    return out;
}

}  // namespace

std::string register_map_markdown(std::size_t rows, std::size_t cols)
{
    const RegisterMap map(rows, cols);
    std::string out = "# Register map of a tile with " + std::to_string(rows) + " rows and " +
                      std::to_string(cols) +
                      " columns\n\n"
                      "Words are 32 bits; offsets and sizes are bytes. Volatile: the value changes "
                      "by itself, so a\nloosely-timed read of it waits. Read a counter's two words "
                      "in one burst: they are of one moment.\n\n## Registers\n\n"
                      "| offset | name | access | reset | volatile | meaning |\n"
                      "|---|---|---|---|---|---|\n";
    for (const RegisterInfo& r : map.registers()) {
        out += "| " + hex(r.offset) + " | " + upper(r.name) + " | " + to_string(r.access) + " | " +
               (r.reset ? hex(*r.reset) : "as configured") + " | " + yes(r.is_volatile) + " | " +
               r.meaning + " |\n";
    }
    out +=
        "\n## Regions\n\n"
        "| offset | size | name | access | volatile | DMI | item size | meaning |\n"
        "|---|---|---|---|---|---|---|---|\n";
    for (const RegionInfo& r : map.regions()) {
        out += "| " + hex(r.begin()) + " | " + hex(r.size) + " | " + upper(r.name) + " | " +
               to_string(r.access) + " | " + yes(r.is_volatile) + " | " + yes(r.has_dmi) + " | " +
               std::to_string(r.stride) + " | " + r.meaning + " |\n";
    }
    out += "\n## Fields\n\n| word | bits | name | meaning |\n|---|---|---|---|\n";
    for (const RegisterInfo& r : map.registers()) { out += field_rows(upper(r.name), r.fields); }
    for (const RegionInfo& r : map.regions()) {
        for (const RegionWord& w : r.words) {
            out += field_rows(upper(r.name + "." + w.name) + " (+" + std::to_string(w.offset) + ")",
                              w.fields);
        }
    }
    return out;
}

std::string register_map_c_header(std::size_t rows, std::size_t cols)
{
    const RegisterMap map(rows, cols);
    std::string out =
        "/* SPDX-License-Identifier: Apache-2.0 */\n"
        "/* Generated from the register map; offsets and sizes are bytes. */\n"
        "#ifndef AIMC_REGISTERS_H\n#define AIMC_REGISTERS_H\n\n";
    out += define("rows", static_cast<std::uint32_t>(rows));
    out += define("cols", static_cast<std::uint32_t>(cols));
    for (const RegisterInfo& r : map.registers()) {
        out += "\n/* " + r.meaning + " (" + to_string(r.access) + ") */\n";
        out += define(r.name + "_OFFSET", r.offset);
        if (r.reset) { out += define(r.name + "_RESET", *r.reset); }
        out += field_defines(r.name, r.fields);
    }
    for (const RegionInfo& r : map.regions()) {
        out += "\n/* " + r.meaning + " (" + to_string(r.access) + ") */\n";
        out += define(r.name + "_OFFSET", r.begin());
        out += define(r.name + "_SIZE", r.size);
        out += define(r.name + "_STRIDE", r.stride);
        for (const RegionWord& w : r.words) {
            const std::string name = r.name + "_" + w.name;
            out += define(name + "_OFFSET", w.offset);
            out += field_defines(name, w.fields);
        }
    }
    return out + "\n#endif\n";
}

}  // namespace aimc::tile
