// SPDX-License-Identifier: Apache-2.0
#include "aimc/config/npy.h"

#include "input_files.h"

#include <cmath>
#include <limits>

namespace aimc::config {
namespace {

class Npy : public testing::InputFiles {};

/// A file with a header of our own making.
std::string file(const std::string& dict, const std::string& data, char major = 1)
{
    const auto length = dict.size() + 1;
    std::string out = std::string("\x93NUMPY") + major + '\0';
    out += static_cast<char>(length & 0xffU);
    out += static_cast<char>(length >> 8U);
    if (major == 2) { out += std::string(2, '\0'); }
    return out + dict + "\n" + data;
}

std::string dict(const std::string& descr, const std::string& shape, const char* fortran = "False")
{
    return "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }";
}

template <class T>
void expect_round_trip(const std::string& path, const std::vector<T>& values, const char* dtype)
{
    write_file(path, npy_bytes(values.data(), {2, values.size() / 2}));
    const auto back = load_npy<T>(path);
    EXPECT_EQ(back.rows(), 2U);
    EXPECT_EQ(back.data(), values) << dtype;
    const NpyInfo info = inspect_npy(path);
    EXPECT_EQ(info.dtype, dtype);
    EXPECT_EQ(info.shape, (std::vector<std::size_t>{2, values.size() / 2}));
    EXPECT_EQ(info.data_offset % 64, 0U) << "numpy maps elements at a multiple of 64";
}

TEST_F(Npy, RoundTripsEveryType)
{
    expect_round_trip<std::int8_t>(path("x"), {-128, -1, 0, 127}, "int8");
    expect_round_trip<std::uint8_t>(path("x"), {0, 1, 128, 255}, "uint8");
    expect_round_trip<std::int16_t>(path("x"), {-32768, -1, 1, 32767, 0, 256}, "int16");
    expect_round_trip<std::int32_t>(path("x"), {-2147483647 - 1, 2147483647}, "int32");
    expect_round_trip<float>(path("x"), {-0.5F, 1e30F, 3.0F, 0.0F}, "float32");
    expect_round_trip<double>(path("x"), {-0.1, 1e300, 1.0 / 3.0, 0.0}, "float64");
}

TEST_F(Npy, WritesTheBytesThatNumpyReads)
{
    const std::int16_t values[] = {1, -2};
    const std::string bytes = npy_bytes(values, {2});
    ASSERT_EQ(bytes.size(), 128U + 4U);
    EXPECT_EQ(bytes.substr(0, 10), std::string("\x93NUMPY\x01\x00\x76\x00", 10));
    EXPECT_EQ(bytes.substr(10, 59), "{'descr': '<i2', 'fortran_order': False, 'shape': (2,), }  ");
    EXPECT_EQ(bytes.substr(127), std::string("\n\x01\x00\xfe\xff", 5));
    const std::int8_t cube[8] = {};
    EXPECT_NE(npy_bytes(cube, {2, 2, 2}).find("'shape': (2, 2, 2), }"), std::string::npos);
}

TEST_F(Npy, ReadsOneAxisVersion2AndOtherSpellings)
{
    const auto one = load_npy<std::uint8_t>(put("one", file(dict("|u1", "(3,)"), "abc")));
    EXPECT_EQ(one.rows(), 1U);
    EXPECT_EQ(one.data(), (std::vector<std::uint8_t>{'a', 'b', 'c'}));
    const auto two = load_npy<std::int8_t>(put("two", file(dict("|i1", "(1, 2)"), "xy", 2)));
    EXPECT_EQ(two.cols(), 2U);
    const std::string other = "{\"shape\":(2,1),\"descr\":\"<i1\",\"fortran_order\":False}   ";
    EXPECT_EQ(load_npy<std::int8_t>(put("other", file(other, "xy"))).rows(), 2U);
}

TEST_F(Npy, RefusesBrokenFiles)
{
    struct Case {
        const char* what;
        std::string bytes;
        std::vector<std::string> parts;
    };
    const std::string good = file(dict("|i1", "(2, 3)"), "abcdef");
    const std::vector<Case> cases{
        {"empty file", "", {"is empty"}},
        {"bad magic", "PK\x03\x04 zip", {"does not start with"}},
        {"magic cut", good.substr(0, 7), {"truncated in its first 8 bytes"}},
        {"version 3", file(dict("|i1", "(1,)"), "a", 3), {"version 3.0", "1.0 or 2.0"}},
        {"length cut", good.substr(0, 9), {"truncated", "1 of 2 bytes"}},
        {"header cut", good.substr(0, 30), {"truncated", "20 of"}},
        {"header of 4 GB",
         std::string("\x93NUMPY\x02\x00\xff\xff\xff\xff", 12),
         {"4294967295 bytes"}},
        {"truncated",
         good.substr(0, good.size() - 2),
         {"is truncated", "has " + std::to_string(good.size() - 2) + " bytes", "[2, 3] need 6"}},
        {"trailing bytes", good + "z", {"trailing bytes", std::to_string(good.size() + 1)}},
        {"8e9 elements", file(dict("|i1", "(8000000000,)"), "a"), {"[8000000000]", "more than"}},
        {"8e9 elements of 2 axes", file(dict("<f8", "(80000, 100000)"), "a"), {"more than"}},
        {"product overflows to 0",
         file(dict("|i1", "(4294967296, 4294967296)"), ""),
         {"more than"}},
        {"axis overflows", file(dict("|i1", "(99999999999999999999,)"), "a"), {"axis above 2^64"}},
        {"negative axis", file(dict("|i1", "(-1,)"), "a"), {"not a tuple"}},
        {"no elements", file(dict("|i1", "(0, 4)"), ""), {"[0, 4]", "no elements"}},
        {"Fortran order",
         file(dict("|i1", "(2, 3)", "True"), "abcdef"),
         {"Fortran order", "np.ascontiguousarray"}},
        {"big endian", file(dict(">i2", "(1,)"), "ab"), {"big endian", "astype('<i2')"}},
        {"int64", file(dict("<i8", "(1,)"), "12345678"), {"'<i8'", "can be int8"}},
        {"bool", file(dict("|b1", "(1,)"), "a"), {"'|b1'"}},
        {"object", file(dict("|O", "(1,)"), "a"), {"'|O'"}},
        {"structured", file("{'descr': [('a', '<i2')], }", ""), {"structured dtype"}},
        {"no axes", file(dict("|i1", "()"), "a"), {"0 axes"}},
        {"three axes", file(dict("|i1", "(1, 1, 1)"), "a"), {"3 axes"}},
        {"shape is no tuple", file(dict("|i1", "(3)"), "abc"), {"not a tuple"}},
        {"shape has two commas", file(dict("|i1", "(3,,)"), "abc"), {"not a tuple"}},
        {"order is a number", file(dict("|i1", "(3,)", "0"), "abc"), {"neither True nor False"}},
        {"key missing", file("{'descr': '|i1', 'shape': (1,), }", "a"), {"fewer than the keys"}},
        {"key twice", file("{'descr': '|i1', 'descr': '|i1'}", "a"), {"'descr' twice"}},
        {"key unknown", file("{'dtype': '|i1', 'shape': (1,)}", "a"), {"unknown key 'dtype'"}},
        {"text behind", file(dict("|i1", "(1,)") + " x", "a"), {"text after"}},
        {"zero byte behind", file(dict("|i1", "(1,)") + '\0', "a"), {"text after"}},
        {"no dictionary", file("", ""), {"where '{' must be"}},
        {"quote open", file("{'descr", ""), {"no quoted text"}},
        {"dictionary open", file("{'descr': '|i1', ", ""), {"no quoted text"}},
    };
    for (const auto& c : cases) {
        const std::string name = put("broken.npy", c.bytes);
        auto parts = c.parts;
        parts.push_back(name);
        testing::expect_input_error(c.what, parts, [&] { inspect_npy(name); });
    }
}

TEST_F(Npy, SurvivesEveryTruncationAndEveryChangedByte)
{
    const std::string good = file(dict("|i1", "(2, 3)"), "abcdef");
    for (std::size_t n = 0; n < good.size(); ++n) {
        EXPECT_THROW(load_npy<std::int8_t>(put("cut", good.substr(0, n))), InputError) << n;
        for (const int flip : {1, 2, 16, 128}) {
            std::string changed = good;
            changed[n] = static_cast<char>(changed[n] ^ flip);
            try {
                EXPECT_LE(load_npy<std::int8_t>(put("changed", changed)).data().size(), 6U);
            } catch (const InputError&) {
            }
        }
    }
}

TEST_F(Npy, NamesTheTypeItFoundAndTheTypeItWants)
{
    const std::string name = put("x", file(dict("<f4", "(1,)"), "abcd"));
    testing::expect_input_error("wrong dtype", {name, "float32", "must be int8", "np.int8"},
                                [&] { load_npy<std::int8_t>(name); });
}

TEST_F(Npy, NamesWhatCannotBeOpened)
{
    testing::expect_input_error("missing", {path("none.npy"), "No such file"},
                                [&] { inspect_npy(path("none.npy")); });
    testing::expect_input_error("folder", {"is a folder"}, [&] { inspect_npy(path(".")); });
    testing::expect_input_error("device", {"not a regular file"}, [] { inspect_npy("/dev/zero"); });
}

}  // namespace
}  // namespace aimc::config
