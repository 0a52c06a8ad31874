// SPDX-License-Identifier: Apache-2.0
#include "network_file.h"

#include <limits>

namespace aimc::config {
namespace {

using testing::array;
using testing::codes;
using testing::floats;
using testing::NetworkFile;

TEST_F(NetworkFile, OneMistakeIsOneProblem)
{
    const std::string rest = R"("weight_scale": 1, "bias": "b.npy", "batch_norm": "bn.npy")";
    for (const std::string& mistake : {std::string(R"("kernel": [3, 3], "weights": "no.npy", )"),
                                       std::string(R"("kernel": [3, 2], "weights": "w.npy", )"),
                                       std::string(R"("kernel": [30, 3], "weights": "w.npy", )"),
                                       std::string(R"("kernel": 3, "weights": "w.npy", )")}) {
        try {
            load(text(conv_with(mistake + rest)));
            ADD_FAILURE() << mistake;
        } catch (const InputError& error) {
            EXPECT_EQ(error.problems().size(), 1U) << error.what();
        }
    }
}

struct Broken {
    const char* what;
    const char* node;  ///< behind the convolution "a" of 4 x 8 x 8
    std::vector<std::string> parts;
};

TEST_F(NetworkFile, RefusesBrokenNodes)
{
    const std::vector<Broken> cases{
        {"no object", "7", {"/nodes/1 is 7, must be an object"}},
        {"unknown op",
         R"({"name": "x", "op": "maxpool", "input": "a"})",
         {"/nodes/1/op is \"maxpool\"", "\"max_pool\"", "did you mean \"max_pool\"?"}},
        {"no op", R"({"name": "x", "input": "a"})", {"/nodes/1/op is missing"}},
        {"no name", R"({"op": "relu", "input": "a"})", {"/nodes/1/name is missing"}},
        {"empty name", R"({"name": "", "op": "relu", "input": "a"})", {"/nodes/1/name is \"\""}},
        {"duplicate name",
         R"({"name": "a", "op": "relu", "input": "a"})",
         {"/nodes/1/name \"a\" is taken"}},
        {"name of the image",
         R"({"name": "input", "op": "relu", "input": "a"})",
         {"/nodes/1/name \"input\" is taken"}},
        {"name with a slash",
         R"({"name": "x/y", "op": "relu", "input": "a"})",
         {"/nodes/1/name must be 1 to 100 characters without '/'"}},
        {"unknown key",
         R"({"name": "x", "op": "relu", "input": "a", "activation": "relu"})",
         {"/nodes/1/activation is not a known key"}},
        {"no input", R"({"name": "x", "op": "relu"})", {"/nodes/1/input is missing"}},
        {"named later",
         R"({"name": "x", "op": "relu", "input": "fc"})",
         {"/nodes/1/input names fc, which no node before this one is called"}},
        {"itself",
         R"({"name": "x", "op": "relu", "input": "x"})",
         {"/nodes/1/input names x, which no node before"}},
        {"nearly",
         R"({"name": "x", "op": "relu", "input": "inptu"})",
         {"/nodes/1/input names inptu", "did you mean \"input\"?"}},
        {"one summand",
         R"({"name": "x", "op": "add", "inputs": ["a"]})",
         {"/nodes/1/inputs must be a list of two node names"}},
        {"summand of another kind",
         R"({"name": "x", "op": "add", "inputs": ["a", 3]})",
         {"/nodes/1/inputs names 3"}},
        {"shapes differ",
         R"({"name": "x", "op": "add", "inputs": ["a", "input"]})",
         {"/nodes/1/inputs have shapes [4, 8, 8] and [3, 8, 8]"}},
        {"linear on a map",
         R"({"name": "x", "op": "linear", "input": "a", "weights": "fc.npy", "weight_scale": 1})",
         {"/nodes/1/input has shape [4, 8, 8]", "put a flatten before it"}},
        {"no kernel",
         R"({"name": "x", "op": "max_pool", "input": "a"})",
         {"/nodes/1/kernel is missing"}},
        {"kernel of one number",
         R"({"name": "x", "op": "max_pool", "input": "a", "kernel": 2})",
         {"/nodes/1/kernel is 2, must be two whole numbers 1 to 64, down and across"}},
        {"kernel of nothing",
         R"({"name": "x", "op": "max_pool", "input": "a", "kernel": [0, 2]})",
         {"/nodes/1/kernel is [0,2]", "1 to 64"}},
        {"stride of nothing",
         R"({"name": "x", "op": "max_pool", "input": "a", "kernel": [2, 2], "stride": [2, 0]})",
         {"/nodes/1/stride is [2,0]", "1 to 64"}},
        {"pool with padding",
         R"({"name": "x", "op": "max_pool", "input": "a", "kernel": [2, 2], "padding": [1, 0]})",
         {"/nodes/1/padding must be [0, 0] for a pool"}},
        {"pool larger than the map",
         R"({"name": "x", "op": "average_pool", "input": "a", "kernel": [9, 2]})",
         {"/nodes/1/kernel of 9 x 2 pixels is larger than the padded map of 8 x 8"}},
        {"conv larger than the padded map",
         R"({"name": "x", "op": "conv", "input": "a", "weights": "same.npy", "weight_scale": 1,
             "kernel": [3, 11], "padding": [0, 1]})",
         {"/nodes/1/kernel of 3 x 11 pixels", "8 x 10"}},
        {"padding value of a map",
         R"({"name": "x", "op": "conv", "input": "a", "weights": "w.npy", "kernel": [3, 3],
             "padding": [1, 1], "padding_value": [0.5]})",
         {"/nodes/1/padding_value"}},
        {"negative padding",
         R"({"name": "x", "op": "conv", "input": "a", "weights": "same.npy", "weight_scale": 1,
             "kernel": [3, 3], "padding": [-1, 1]})",
         {"/nodes/1/padding is [-1,1]", "0 to 64"}},
        {"shortcut without a stride",
         R"({"name": "x", "op": "shortcut", "input": "a", "channels": 8})",
         {"/nodes/1/stride is missing"}},
        {"shortcut of one number",
         R"({"name": "x", "op": "shortcut", "input": "a", "stride": 2, "channels": 8})",
         {"/nodes/1/stride is 2, must be two whole numbers"}},
        {"shortcut to fewer channels",
         R"({"name": "x", "op": "shortcut", "input": "a", "stride": [1, 1], "channels": 2})",
         {"/nodes/1/channels is 2, must be 4 or an even number more"}},
        {"shortcut to an odd number more",
         R"({"name": "x", "op": "shortcut", "input": "a", "stride": [1, 1], "channels": 7})",
         {"/nodes/1/channels is 7, must be 4 or an even number more"}},
        {"unknown activation",
         R"({"name": "x", "op": "add", "inputs": ["a", "a"], "activation": "rellu"})",
         {"/nodes/1/activation is \"rellu\"", "did you mean \"relu\"?"}},
    };
    for (const Broken& c : cases) { expect_error(c.what, text(then(c.node)), c.parts); }
}

TEST_F(NetworkFile, RefusesBrokenArrays)
{
    put("minus.npy", array(std::vector<std::int8_t>(108, -128), {27, 4}));
    std::vector<float> nan(108, 1.0F);
    nan[9] = std::numeric_limits<float>::quiet_NaN();
    put("nan.npy", array(nan, {27, 4}));
    put("float.npy", array(std::vector<float>(108, 1.0F), {27, 4}));
    put("int.npy", array(std::vector<std::int32_t>(108, 1), {27, 4}));
    put("one.npy", array(std::vector<std::int8_t>(108, 1), {108}));
    put("three.npy", floats(3));
    put("neg.npy", array(std::vector<float>{1.0F, 2.0F, -0.5F, 1.0F}, {4}));
    put("turned.npy", array(std::vector<float>(8, 1.0F), {4, 2}));
    put("cut.npy", codes(27, 4).substr(0, 200));
    const std::vector<Broken> cases{
        {"no weights", R"("kernel": [3, 3])", {"/nodes/0/weights is missing"}},
        {"no file",
         R"("kernel": [3, 3], "weights": "no.npy", "weight_scale": 1)",
         {"/nodes/0/weights names", "no.npy", "No such file"}},
        {"cut",
         R"("kernel": [3, 3], "weights": "cut.npy", "weight_scale": 1)",
         {"/nodes/0/weights names", "cut.npy", "is truncated"}},
        {"shape",
         R"("kernel": [3, 2], "weights": "w.npy", "weight_scale": 1)",
         {"/nodes/0/weights names", "has 27 rows; 3 channels x 6 pixels are 18"}},
        {"one axis",
         R"("kernel": [3, 3], "weights": "one.npy", "weight_scale": 1)",
         {"/nodes/0/weights names", "[fan-in x outputs]"}},
        {"NaN",
         R"("kernel": [3, 3], "weights": "nan.npy")",
         {"/nodes/0/weights names", "nan in row 2, column 1"}},
        {"-128",
         R"("kernel": [3, 3], "weights": "minus.npy", "weight_scale": 1)",
         {"/nodes/0/weights names", "108 codes of -128", "-127 to 127"}},
        {"int32",
         R"("kernel": [3, 3], "weights": "int.npy", "weight_scale": 1)",
         {"/nodes/0/weights names", "has dtype int32", "int8, float16, float32 or float64"}},
        {"codes without a scale",
         R"("kernel": [3, 3], "weights": "w.npy")",
         {"/nodes/0/weight_scale is missing: int8 weights are codes"}},
        {"numbers with a scale",
         R"("kernel": [3, 3], "weights": "float.npy", "weight_scale": 1)",
         {"/nodes/0/weight_scale goes with int8 weights only"}},
        {"scale of nothing",
         R"("kernel": [3, 3], "weights": "w.npy", "weight_scale": 0)",
         {"/nodes/0/weight_scale is 0"}},
        {"negative scale",
         R"("kernel": [3, 3], "weights": "w.npy", "weight_scale": -1)",
         {"/nodes/0/weight_scale is -1"}},
        {"negative scale of an output",
         R"("kernel": [3, 3], "weights": "w.npy", "weight_scale": "neg.npy")",
         {"/nodes/0/weight_scale has -0.5 at 2, must not be negative"}},
        {"too few scales",
         R"("kernel": [3, 3], "weights": "w.npy", "weight_scale": "three.npy")",
         {"/nodes/0/weight_scale names", "has 3 numbers, must have 4"}},
        {"too few biases",
         R"("kernel": [3, 3], "weights": "w.npy", "weight_scale": 1, "bias": "three.npy")",
         {"/nodes/0/bias names", "has 3 numbers, must have 4"}},
        {"bias of codes",
         R"("kernel": [3, 3], "weights": "w.npy", "weight_scale": 1, "bias": "fc.npy")",
         {"/nodes/0/bias names", "has dtype int8, must be float16, float32 or float64"}},
        {"bias that is a number",
         R"("kernel": [3, 3], "weights": "w.npy", "weight_scale": 1, "bias": 3)",
         {"/nodes/0/bias is 3"}},
        {"batch norm of one row",
         R"("kernel": [3, 3], "weights": "w.npy", "weight_scale": 1, "batch_norm": "b.npy")",
         {"/nodes/0/batch_norm names", "[2 x 4]"}},
        {"batch norm the other way round",
         R"("kernel": [3, 3], "weights": "w.npy", "weight_scale": 1, "batch_norm": "turned.npy")",
         {"/nodes/0/batch_norm names", "[2 x 4]"}},
    };
    for (const Broken& c : cases) { expect_error(c.what, text(conv_with(c.node)), c.parts); }
}

TEST_F(NetworkFile, RefusesAnEndWithoutScores)
{
    const auto ends_with = [&](const std::string& nodes) {
        return R"({"format": "aimc-network/1", "input": {"shape": [3, 8, 8], "scale": 1},
                   "nodes": [)" +
               nodes + "]}";
    };
    expect_error("a map", ends_with(conv),
                 {"/nodes end with \"a\" of shape [4, 8, 8]", "one score per class"});
    expect_error("a pool",
                 ends_with(then(R"({"name": "g", "op": "global_average_pool", "input": "a"})")),
                 {"/nodes end with \"g\"; the last node must be a linear or conv"});
    put("one.npy", codes(192, 1));
    put("many.npy", codes(192, 257));
    for (const auto& [file, n] : {std::pair{"one", "1"}, {"many", "257"}}) {
        expect_error(n,
                     ends_with(conv_with(std::string(R"("kernel": [8, 8], "weight_scale": 1,
                         "weights": ")") +
                                         file + ".npy\"")),
                     {std::string("/nodes end with ") + n + " scores, can have 2 to 256 classes"});
    }
    put("most.npy", codes(192, 256));
    EXPECT_EQ(
        load(ends_with(conv_with(R"("kernel": [8, 8], "weight_scale": 1, "weights": "most.npy")")))
            .n_classes(),
        256U);
}

}  // namespace
}  // namespace aimc::config
