// SPDX-License-Identifier: Apache-2.0
#include "aimc/config/workload.h"

#include "aimc/config/npy.h"

#include "input_files.h"

#include <limits>

namespace aimc::config {
namespace {

using Bytes = std::vector<std::int8_t>;

/// Two layers on a tile of 8 x 8: 3 inputs -> 2 -> 4 outputs, two vectors.
class WorkloadFile : public testing::InputFiles {
protected:
    WorkloadFile()
    {
        put("x.npy", npy_bytes(Bytes{1, 2, 3, -127, 0, 127}.data(), {2, 3}));
        put("a.npy", npy_bytes(Bytes{1, 2, 3, 4, 5, 6}.data(), {3, 2}));
        put("b.npy", npy_bytes(Bytes{1, 2, 3, 4, 5, 6, 7, 8}.data(), {2, 4}));
        const std::vector<std::int32_t> labels{3, 0};
        put("l.npy", npy_bytes(labels.data(), {2}));
    }

    static constexpr const char* layer_a =
        R"({"name": "first", "weights": "a.npy", "rows": [0, 3], "cols": [0, 2],
            "activation": "relu", "out_shift": 2})";
    static constexpr const char* layer_b =
        R"({"weights": "b.npy", "rows": [2, 4], "cols": [4, 8]})";

    static std::string text(const std::string& layers, const std::string& more = "",
                            const std::string& inputs = "x.npy")
    {
        return R"({"format": "aimc-workload/1", "inputs": ")" + inputs + "\", " + more +
               R"("layers": [)" + layers + "]}";
    }
    static std::string both() { return std::string(layer_a) + ", " + layer_b; }
    static std::string layer(const std::string& members) { return "{" + members + "}"; }

    Workload load(const std::string& json) const
    {
        return load_workload(put("w.json", json), 8, 8);
    }
    void expect_error(const std::string& what, const std::string& json,
                      std::vector<std::string> parts) const
    {
        parts.push_back(path("w.json"));
        testing::expect_input_error(what, parts, [&] { load(json); });
    }
};

TEST_F(WorkloadFile, IsReadWhole)
{
    const Workload w = load(text(both(), R"("name": "two", "labels": "l.npy", "float_top1": 92.5,
        "calibration_inputs": "x.npy", "sink": {"ready": "1101"},   // a comment
        "arrival": {"kind": "gaps", "cycles": [0, 5, 1000000000]}, )"));
    EXPECT_EQ(w.name, "two");
    EXPECT_EQ(w.inputs.data(), (Bytes{1, 2, 3, -127, 0, 127}));
    EXPECT_EQ(w.calibration_inputs, w.inputs);
    EXPECT_EQ(w.labels, (std::vector<std::uint8_t>{3, 0}));
    EXPECT_EQ(w.float_top1, 92.5);
    EXPECT_EQ(w.sink.ready, (std::vector<bool>{true, true, false, true}));
    EXPECT_EQ(w.arrival.gap(4), 5U);
    EXPECT_EQ(w.arrival.gap(2), 1000000000U);
    ASSERT_EQ(w.layers.size(), 2U);
    EXPECT_EQ(w.layers[0].name, "first");
    EXPECT_EQ(w.layers[0].activation, Activation::relu);
    EXPECT_EQ(w.layers[0].out_shift, 2);
    EXPECT_EQ(w.layers[0].code_max, 127);
    EXPECT_EQ(w.layers[0].weights(WordLine{2}, BitLine{1}), 6);
    EXPECT_EQ(w.layers[1].name, "layer 1");
    EXPECT_EQ(w.layers[1].activation, Activation::identity);
    EXPECT_EQ(w.layers[1].rows.from, 2U);
    EXPECT_EQ(w.layers[1].cols.to, 8U);
}

TEST_F(WorkloadFile, HasDefaults)
{
    const Workload w = load(text(both()));
    EXPECT_EQ(w.name, "w");
    EXPECT_LT(w.float_top1, 0.0);
    EXPECT_TRUE(w.labels.empty());
    EXPECT_TRUE(w.calibration_inputs.empty());
    EXPECT_EQ(w.sink.ready, std::vector<bool>{true});
    EXPECT_EQ(w.arrival.gap(7), 0U);
    EXPECT_EQ(load(text(both(), R"("arrival": {"kind": "back_to_back"}, )")).arrival.gap(1), 0U);
    EXPECT_EQ(
        load(text(both(), R"("arrival": {"kind": "interval", "cycles": 9}, )")).arrival.gap(5), 9U);
}

TEST_F(WorkloadFile, LayersMayShareRowsOrColumnsButNotCells)
{
    // first: rows 0..2, cols 0..1; the second shares rows 1..2 with it, on columns of its own
    EXPECT_NO_THROW(load(
        text(std::string(layer_a) + R"(, {"weights": "b.npy", "rows": [1, 3], "cols": [2, 6]})")));
    EXPECT_NO_THROW(load(
        text(std::string(layer_a) + R"(, {"weights": "b.npy", "rows": [3, 5], "cols": [0, 4]})")));
    expect_error(
        "one cell",
        text(std::string(layer_a) + R"(, {"weights": "b.npy", "rows": [2, 4], "cols": [1, 5]})"),
        {"/layers/1 overlaps /layers/0 in rows [2, 3), cols [1, 2)"});
}

TEST_F(WorkloadFile, ScalesFloatWeightsHalfToEven)
{
    // max |w| = 32767, so that w is the code before rounding
    const std::vector<double> w{-32767.0, 0.5, 1.5, 2.5, -0.5, -1.5};
    put("f.npy", npy_bytes(w.data(), {3, 2}));
    const auto one = R"({"weights": "f.npy", "rows": [0, 3], "cols": [0, 2]})";
    const Workload a = load(text(one));
    EXPECT_EQ(a.layers[0].code_max, 32767);
    EXPECT_EQ(a.layers[0].weights.data(), (std::vector<std::int16_t>{-32767, 0, 2, 2, 0, -2}));

    const std::vector<float> half{0.25F, -0.5F, 0.125F, 0.0F, 0.5F, -0.25F};
    put("f.npy", npy_bytes(half.data(), {3, 2}));
    // 0.5 * 32767 = 16383.5 and 0.25 * 32767 = 8191.75
    EXPECT_EQ(load(text(one)).layers[0].weights.data(),
              (std::vector<std::int16_t>{16384, -32767, 8192, 0, 32767, -16384}));

    put("f.npy", npy_bytes(std::vector<float>(6, 0.0F).data(), {3, 2}));
    EXPECT_EQ(load(text(one)).layers[0].weights.data(), std::vector<std::int16_t>(6, 0));
}

TEST_F(WorkloadFile, RefusesBrokenJson)
{
    expect_error("syntax", "{\"format\": \"aimc-workload/1\",\n  \"inputs\" \"x.npy\"}",
                 {"line 2, column 12", "is not JSON"});
    expect_error("colon missing", "{\"format\" }", {"line 1, column 11", "is not JSON"});
    expect_error("empty", "", {"line 1, column 1", "is not JSON"});
    expect_error("cut", "{\"format\": ", {"is not JSON"});
    expect_error("two documents", text(both()) + "{}", {"is not JSON"});
    expect_error("zero byte", text(both()) + std::string(1, '\0') + "rest", {"a zero byte"});
    expect_error("binary", "\x93NUMPY\x01", {"line 1, column 1", "is not JSON"});
    expect_error("number too large", text(both(), R"("float_top1": 1e999, )"), {"is not JSON"});
    expect_error("NaN", text(both(), R"("float_top1": NaN, )"), {"is not JSON"});
    expect_error("deep", std::string(100000, '['), {"deeper than 64"});
    expect_error("a list", "[]", {"is [], must be an object"});
    expect_error("another format", R"({"format": "aimc-config/1", "rows": 3})",
                 {"/format is \"aimc-config/1\", must be \"aimc-workload/1\""});
    expect_error("no format", R"({"layers": []})", {"/format is missing"});
    expect_error("repeated key", text(both(), R"("inputs": {"inputs": 1, "inputs": 2}, )"),
                 {"/inputs is given twice", "/inputs/inputs is given twice"});
    expect_error("repeated key in a list", text(R"({"rows": 1, "rows": 2}, {"a/b": 1, "a/b": 1})"),
                 {"/layers/0/rows is given twice", "/layers/1/a~1b is given twice"});
}

TEST_F(WorkloadFile, SurvivesEveryTruncationAndEveryChangedByte)
{
    const std::string good = text(both(), R"("sink": {"ready": "1101"}, "float_top1": 92.5e0, )");
    for (std::size_t n = 0; n < good.size(); ++n) {
        EXPECT_THROW(load(good.substr(0, n)), InputError) << n;
        for (const int flip : {1, 2, 16, 128}) {
            std::string changed = good;
            changed[n] = static_cast<char>(changed[n] ^ flip);
            try {
                EXPECT_FALSE(load(changed).layers.empty());
            } catch (const InputError&) {
            }
        }
    }
}

TEST_F(WorkloadFile, RefusesWrongMembers)
{
    expect_error("unknown", text(both(), R"("label": "l.npy", )"),
                 {"/label is not a known key, did you mean \"labels\"?"});
    expect_error("unknown in layer", text(R"({"weights": "a.npy", "rows": [0, 3], "cols": [0, 2],
                 "wieghts": 1, "zzzzzzzzz": 1})"),
                 {"/layers/0/wieghts is not a known key, did you mean \"weights\"?",
                  "/layers/0/zzzzzzzzz is not a known key"});
    expect_error("no inputs", R"({"format": "aimc-workload/1", "layers": []})",
                 {"/inputs is missing", "/layers is [], must be a list of at least one layer"});
    expect_error("layers no list",
                 R"({"format": "aimc-workload/1", "inputs": "x.npy", "layers": 3})",
                 {"/layers is 3"});
    expect_error("layer no object", text("7"), {"/layers/0 is 7, must be an object"});
    expect_error("accuracy", text(both(), R"("float_top1": 101, )"),
                 {"/float_top1 is 101", "0 to 100"});
    expect_error("name", text(both(), R"("name": "", )"), {"/name is \"\""});
    expect_error("activation", text(layer(R"("weights": "a.npy", "rows": [0, 3], "cols": [0, 2],
                 "activation": "rellu", "out_shift": 32)")),
                 {"/layers/0/activation is \"rellu\"", "did you mean \"relu\"?",
                  "/layers/0/out_shift is 32, must be a whole number 0 to 31"});
    for (const char* range : {"[0, 9]", "[2, 2]", "[3, 0]", "[-1, 2]", "[0]", "[0, 3, 4]",
                              "[0, 2.5]", "3", "[0, 18446744073709551615]", "[\"0\", 3]"}) {
        expect_error(
            range,
            text(layer(R"("weights": "a.npy", "cols": [0, 2], "rows": )" + std::string(range))),
            {"/layers/0/rows is ", "0 <= from < to <= 8, the rows of the tile"});
    }
    for (const auto& [arrival, message] : std::vector<std::pair<std::string, std::string>>{
             {R"({"kind": "intervall", "cycles": 1})", "did you mean \"interval\"?"},
             {R"({"kind": "interval"})", "/arrival/cycles is missing"},
             {R"({"kind": "interval", "cycles": 1.5})", "/arrival/cycles is 1.5"},
             {R"({"kind": "interval", "cycles": 1000000001})", "0 to 1000000000"},
             {R"({"kind": "back_to_back", "cycles": 1})", "/arrival/cycles is not a known key"},
             {R"({"kind": "gaps", "cycles": []})", "/arrival/cycles must be a list of 1 to"},
             {R"({"kind": "gaps", "cycles": [1, -1]})", "/arrival/cycles/1 is -1"},
             {R"("interval")", "/arrival is \"interval\", must be an object"},
         }) {
        expect_error(arrival, text(both(), "\"arrival\": " + arrival + ", "), {message});
    }
    for (const auto& [ready, message] : std::vector<std::pair<std::string, std::string>>{
             {"0000", "has no 1"},
             {"10 1", "has ' ' at 2"},
             {"", "is \"\""},
             {std::string(1000001, '1'), "has 1000001 entries"},
         }) {
        expect_error("sink", text(both(), R"("sink": {"ready": ")" + ready + "\"}, "),
                     {"/sink/ready " + message});
    }
}

TEST_F(WorkloadFile, RefusesWrongArrays)
{
    expect_error("missing array", text(both(), "", "none.npy"),
                 {"/inputs names " + path("none.npy") + ", which cannot be read: No such file"});
    put("bad.npy", npy_bytes(Bytes{1, 2, 3, 4, -128, -128}.data(), {2, 3}));
    expect_error("-128 input", text(both(), "", "bad.npy"),
                 {"/inputs names", "2 codes of -128, the first in vector 1, row 1"});
    put("bad.npy", npy_bytes(Bytes{1, 2, 3, -128, 5, 6}.data(), {3, 2}));
    const std::string bad = R"({"weights": "bad.npy", "rows": [0, 3], "cols": [0, 2]})";
    expect_error("-128 weight", text(bad), {"/layers/0/weights", "in row 1, column 1"});
    const std::vector<double> infinite{1, 2, 3, 4, 5, std::numeric_limits<double>::infinity()};
    put("bad.npy", npy_bytes(infinite.data(), {3, 2}));
    expect_error("infinite weight", text(bad), {"has inf in row 2, column 1"});
    const std::vector<float> nan{std::numeric_limits<float>::quiet_NaN(), 1, 2, 3, 4, 5};
    put("bad.npy", npy_bytes(nan.data(), {3, 2}));
    expect_error("NaN weight", text(bad), {"has nan in row 0, column 0"});
    const std::vector<std::int16_t> wide(6, 1);
    put("bad.npy", npy_bytes(wide.data(), {3, 2}));
    expect_error("int16 weight", text(bad), {"dtype int16, weights are int8, float32 or float64"});
    expect_error("int16 input", text(both(), "", "bad.npy"), {"dtype int16, must be int8"});
    put("bad.npy", npy_bytes(Bytes{1, 2, 3, 4, 5, 6}.data(), {6}));
    expect_error("flat weight", text(bad), {"has shape [6], must be [rows x cols]"});
    expect_error("other shape", text(R"({"weights": "a.npy", "rows": [0, 2], "cols": [0, 3]})"),
                 {"/layers/0/weights has shape 3 x 2, but rows and cols span 2 x 3"});
}

TEST_F(WorkloadFile, RefusesCodesThatTheTileDoesNotTake)
{
    put("bad.npy", npy_bytes(Bytes{1, 2, 3, 4, 5, 16}.data(), {2, 3}));
    const auto load_for = [&](InputCodes taken) {
        return load_workload(
            put("w.json", text(both(), R"("calibration_inputs": "bad.npy", )", "bad.npy")), 8, 8,
            taken);
    };
    EXPECT_EQ(load_for({0, 16}).inputs.rows(), 2U);
    testing::expect_input_error("narrow inputs",
                                {path("w.json"), "/inputs has code 16 in vector 1, row 2",
                                 "/calibration_inputs has code 16", "the tile takes -15 to 15"},
                                [&] {
                                    load_for({-15, 15});
                                });
    put("bad.npy", npy_bytes(Bytes{1, 2, 3, 4, -1, 16}.data(), {2, 3}));
    testing::expect_input_error("inputs without sign",
                                {"has code -1 in vector 1, row 1", "0 to 15"}, [&] {
                                    load_for({0, 15});
                                });
}

TEST_F(WorkloadFile, RefusesPartsThatDoNotFitTogether)
{
    expect_error("inputs", text(layer_b),
                 {"/inputs has vectors of 3, but the first layer has 2 rows"});
    expect_error("calibration", text(both(), R"("calibration_inputs": "b.npy", )"),
                 {"/calibration_inputs has vectors of 4, but the first layer has 3 rows"});
    expect_error(
        "chain",
        text(std::string(layer_a) + R"(, {"weights": "a.npy", "rows": [3, 6], "cols": [2, 4]})"),
        {"/layers/1/rows spans 3 rows, but the layer before has 2 columns"});
    const auto labels = [&](const std::vector<std::int16_t>& values) {
        put("bad.npy", npy_bytes(values.data(), {values.size()}));
        return text(both(), R"("labels": "bad.npy", )");
    };
    expect_error("label count", labels({1, 2, 3}), {"/labels has 3 labels for 2 vectors"});
    expect_error("label too high", labels({1, 4}), {"/labels has label 4 at 1", "has 4 columns"});
    expect_error("label negative", labels({-1, 0}), {"label -1 at 0; labels are 0 to 255"});
    expect_error("label wide", labels({1, 256}), {"label 256 at 1"});
    expect_error("labels of two axes", text(both(), R"("labels": "x.npy", )"), {"one axis"});
    put("bad.npy", npy_bytes(std::vector<float>{1, 2}.data(), {2}));
    expect_error("labels as floats", text(both(), R"("labels": "bad.npy", )"),
                 {"dtype float32, labels are whole numbers"});
}

TEST_F(WorkloadFile, SaysAllProblemsAtOnce)
{
    expect_error(
        "many",
        text(R"({"weights": "none.npy", "rows": [0, 9], "cols": [0, 2], "gain": 1})",
             R"("labels": "gone.npy", "sink": {"ready": "0"}, )"),
        {"none.npy", "/layers/0/rows", "/layers/0/gain", "gone.npy", "/sink/ready has no 1"});
}

TEST_F(WorkloadFile, MissingIsNamed)
{
    testing::expect_input_error("missing", {path("gone.json"), "No such file"},
                                [&] { load_workload(path("gone.json"), 8, 8); });
}

TEST_F(WorkloadFile, LayersMayHaveABatchNormAndResiduals)
{
    const std::vector<float> norm{2.0F, -0.5F, 0.25F, 0.0F};
    put("n.npy", npy_bytes(norm.data(), {2, 2}));
    const std::vector<std::int16_t> words{1, -2, 300, -32768};
    put("r.npy", npy_bytes(words.data(), {2, 2}));
    const std::string a = R"("weights": "a.npy", "rows": [0, 3], "cols": [0, 2],
        "batch_norm": "n.npy", "residual": "r.npy", "output": "partial")";
    const Workload w = load(text(layer(a)));
    const Layer& l = w.layers[0];
    EXPECT_EQ(l.batch_norm.factor, (std::vector<double>{2.0, 0.5}));
    EXPECT_EQ(l.batch_norm.n_swapped, 1U);
    EXPECT_EQ(l.weights.row(0)[0], 1);
    EXPECT_EQ(l.weights.row(0)[1], -2) << "a negative factor turns the column round";
    EXPECT_EQ(l.batch_norm.summand, (std::vector<double>{0.25 * 127 * 127, 0.0}))
        << "in units of weight code x input code";
    EXPECT_EQ(l.target(0, 10), 20.0 + 0.25 * 127 * 127);
    EXPECT_EQ(l.residuals.data(), words);
    EXPECT_EQ(l.output, TileOutput::partial);

    // float weights are scaled to their largest; the summand means the weights of the file
    const std::vector<float> small{0.25F, 0.125F, 0.0F, 0.0F, -0.5F, 0.25F};
    put("f.npy", npy_bytes(small.data(), {3, 2}));
    const Workload f = load(text(layer(R"("weights": "f.npy", "rows": [0, 3], "cols": [0, 2],
        "batch_norm": "n.npy")")));
    EXPECT_EQ(f.layers[0].weight_unit, 0.5);
    // W x = 0.25 with w = 0.5 and x = 1/2: 32767 * 127 / 2 in codes; 2 * 0.25 + 0.25 = 3 * 0.25
    EXPECT_DOUBLE_EQ(f.layers[0].target(0, 32767 * 127) / (32767.0 * 127.0), 2.0 + 0.25 / 0.5);

    const auto with = [&](const std::string& more) {
        return text(layer(R"("weights": "a.npy", "rows": [0, 3], "cols": [0, 2], )" + more));
    };
    expect_error("columns", with(R"("batch_norm": "b.npy")"), {"/layers/0/batch_norm", "int8"});
    put("wide.npy", npy_bytes(norm.data(), {2, 1}));
    expect_error("too few", with(R"("batch_norm": "wide.npy")"),
                 {"/layers/0/batch_norm has 1 columns, the weights have 2"});
    put("one.npy", npy_bytes(norm.data(), {1, 2}));
    expect_error("one row", with(R"("batch_norm": "one.npy")"), {"factor and summand"});
    const std::vector<float> bad{1.0F, std::numeric_limits<float>::quiet_NaN(), 0.0F, 0.0F};
    put("nan.npy", npy_bytes(bad.data(), {2, 2}));
    expect_error("nan", with(R"("batch_norm": "nan.npy")"), {"nan", "row 0, column 1"});
    put("few.npy", npy_bytes(words.data(), {1, 2}));
    expect_error("residuals", with(R"("residual": "few.npy")"),
                 {"/layers/0/residual has shape 1 x 2, but there are 2 vectors and 2 columns"});
    expect_error("output", with(R"("output": "sum")"), {"/layers/0/output", "partial"});
    expect_error("partial inside", text(layer(a) + ", " + layer_b), {"/layers/0/output"});
}

}  // namespace
}  // namespace aimc::config
