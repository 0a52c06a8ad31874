// SPDX-License-Identifier: Apache-2.0
#include "npy_header.h"

#include "aimc/base/error.h"

#include "messages.h"

#include <fmt/format.h>

#include <charconv>
#include <cstring>
#include <set>
#include <system_error>

namespace aimc::config::detail {
namespace {

class HeaderParser {
public:
    HeaderParser(const std::string& path, const std::string& text) : path_(path), text_(text) {}

    NpyHeader parse()
    {
        NpyHeader header;
        expect('{');
        std::set<std::string> seen;
        while (!accept('}')) {
            const std::string key = quoted();
            if (!seen.insert(key).second) { fail(fmt::format("the key '{}' twice", key)); }
            expect(':');
            if (key == "descr") {
                if (peek() == '[') { fail("a structured dtype; only plain numbers are read"); }
                header.descr = quoted();
            } else if (key == "fortran_order") {
                header.fortran_order = boolean();
            } else if (key == "shape") {
                header.shape = tuple();
            } else {
                fail(fmt::format("the unknown key '{}'", printable(key)));
            }
            if (!accept(',') && peek() != '}') { fail("no ',' or '}' after a value"); }
        }
        if (peek() != '\0' || at_ < text_.size()) { fail("text after its dictionary"); }
        if (seen.size() != 3) { fail("fewer than the keys 'descr', 'fortran_order', 'shape'"); }
        return header;
    }

private:
    [[noreturn]] void fail(const std::string& what) const
    {
        throw InputError(path_,
                         fmt::format("is not a .npy file we can read: its header has {}", what));
    }
    char peek()
    {
        while (at_ < text_.size() && std::strchr(" \t\n", text_[at_]) != nullptr &&
               text_[at_] != '\0') {
            ++at_;
        }
        return at_ < text_.size() ? text_[at_] : '\0';
    }
    bool accept(char c)
    {
        if (peek() != c || at_ >= text_.size()) { return false; }
        ++at_;
        return true;
    }
    void expect(char c)
    {
        if (!accept(c)) {
            fail(fmt::format("'{}' where '{}' must be", printable(text_.substr(at_, 1)), c));
        }
    }
    std::string quoted()
    {
        const char quote = peek();
        const auto end = text_.find(quote, at_ + 1);
        if ((quote != '\'' && quote != '"') || end == std::string::npos) {
            fail("no quoted text where one must be");
        }
        const std::string inside = text_.substr(at_ + 1, end - at_ - 1);
        at_ = end + 1;
        return inside;
    }
    bool boolean()
    {
        peek();
        for (const char* const word : {"True", "False"}) {
            if (text_.compare(at_, std::strlen(word), word) == 0) {
                at_ += std::strlen(word);
                return *word == 'T';
            }
        }
        fail("a fortran_order that is neither True nor False");
    }
    std::vector<std::uint64_t> tuple()
    {
        std::vector<std::uint64_t> out;
        bool comma = true;
        expect('(');
        while (!accept(')')) {
            if (!comma || out.size() == 32) { fail("a shape that is not a tuple of numbers"); }
            peek();
            std::uint64_t length = 0;
            const char* const begin = text_.data() + at_;
            const auto result = std::from_chars(begin, text_.data() + text_.size(), length);
            if (result.ec == std::errc::result_out_of_range) { fail("an axis above 2^64"); }
            if (result.ec != std::errc{}) { fail("a shape that is not a tuple of numbers"); }
            at_ += static_cast<std::size_t>(result.ptr - begin);
            out.push_back(length);
            comma = accept(',');
        }
        if (out.size() == 1 && !comma) { fail("a shape that is not a tuple of numbers"); }
        return out;
    }

    const std::string& path_;
    const std::string& text_;
    std::size_t at_ = 0;
};

}  // namespace

NpyHeader parse_npy_header(const std::string& path, const std::string& text)
{
    return HeaderParser(path, text).parse();
}

}  // namespace aimc::config::detail
