// SPDX-License-Identifier: Apache-2.0
#include "sweep_formula.h"

#include <fmt/format.h>

#include <charconv>

namespace aimc::config::detail {
namespace {

bool is_word_part(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.';
}

std::optional<SweepFormula::Term> term_of(const std::string& word, int sign)
{
    SweepFormula::Term term;
    term.sign = sign;
    if (word[0] < '0' || word[0] > '9') {
        term.name = word;
        return term;
    }
    const char* end = word.data() + word.size();
    const auto got = std::from_chars(word.data(), end, term.constant);
    const bool is_whole = got.ec == std::errc{} && got.ptr == end && term.constant <= 1'000'000'000;
    return is_whole ? std::optional(term) : std::nullopt;
}

}  // namespace

std::optional<std::vector<SweepFormula::Term>> parse_formula(const std::string& text,
                                                             std::string& why)
{
    std::vector<SweepFormula::Term> terms;
    int sign = 0;  // of the next term; 0: a sign has to come first
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        if (c == ' ') {
            ++at;
            continue;
        }
        if (c == '+' || c == '-') {
            if (sign != 0) {
                why = fmt::format("has two signs in a row at {}", at);
                return std::nullopt;
            }
            sign = c == '+' ? 1 : -1;
            ++at;
            continue;
        }
        std::size_t end = at;
        while (end < text.size() && is_word_part(text[end])) { ++end; }
        const std::string word = text.substr(at, end - at);
        const bool is_in_place = terms.empty() || sign != 0;
        const auto term =
            word.empty() || !is_in_place ? std::nullopt : term_of(word, sign < 0 ? -1 : 1);
        if (!term) {
            why = fmt::format(
                "is not understood from place {} on: names and whole numbers with + "
                "and - between them, nothing more",
                at);
            return std::nullopt;
        }
        terms.push_back(*term);
        sign = 0;
        at = end;
    }
    if (sign != 0 || terms.empty()) {
        why = "ends where a name or a whole number must come";
        return std::nullopt;
    }
    return terms;
}

}  // namespace aimc::config::detail
