// SPDX-License-Identifier: Apache-2.0
#include "aimc/report/trace.h"

#include "aimc/base/error.h"

#include "support.h"

#include <gtest/gtest.h>

namespace aimc::report {
namespace {

const std::string golden_text =
    "# aimc-trace/1\n"
    "# config tiny.json\n"
    "# mvms 2\n"
    "# seed device=1 read=2\n"
    "# config_sha256 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
    "# widths x=8 count=12 y=8 partial=16 residual=16\n"
    "# nmpu branch=polarity scale_fraction=7 scale_exponent=0 offset_fraction=1 cut=5 round_bits=0 "
    "round_mode=SC_RND_CONV final_round_mode=SC_RND_CONV out_bits=8 overflow=SC_SAT_SYM "
    "activation=identity relu_clip=none residual_fraction=0 partial_fraction=2\n"
    "# affine 0 128 64 7 0\n"
    "# affine 1 128 128 -1 0\n"
    "0 dac 0 x=0181\n"
    "133 adc 0 p=064001 n=01e004\n"
    "133 dac 1 x=7f00\n"
    "138 nmpu 0 y=58fc\n"
    "138 out 0 ok=1\n"
    "266 adc 1 p=fff000 n=000fff\n"
    "271 nmpu 1 y=7f81\n"
    "280 out 1 ok=1\n";

std::string write(const TraceHeader& header, const config::TileConfig& config,
                  const mvm::PostWords& words, const std::vector<mvm::MvmRecord>& records)
{
    TraceWriter writer(header, config, words);
    for (const auto& record : records) { writer.add(record); }
    return writer.finish();
}

/// The golden text with one piece exchanged.
std::string with(const std::string& from, const std::string& to)
{
    std::string text = golden_text;
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

std::string difference(const std::string& actual, std::string* note = nullptr)
{
    std::string unused;
    return first_difference(parse_trace(golden_text, "golden"), parse_trace(actual, "actual"),
                            note != nullptr ? *note : unused)
        .value_or("none");
}

bool has(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

TEST(TraceWriter, WritesAHandWorkedTrace)
{
    EXPECT_EQ(write(two_by_two_header(), two_by_two(), two_by_two_words(), two_records()),
              golden_text);
}

TEST(TraceWriter, StreamsTheSameTextThatItWritesAtOnce)
{
    TraceWriter writer(two_by_two_header(), two_by_two(), two_by_two_words());
    std::string text = writer.take();
    EXPECT_EQ(text, golden_text.substr(0, golden_text.find("0 dac")));
    const auto records = two_records();
    writer.add(records[0]);
    EXPECT_EQ(writer.take(), "") << "an event of a later vector could still come first";
    writer.add(records[1]);
    const std::string second = writer.take();
    EXPECT_EQ(second, "0 dac 0 x=0181\n") << "all that is earlier than the second start";
    text += second + writer.take();
    EXPECT_EQ(text + writer.finish(), golden_text);
}

TEST(TraceWriter, SortsEventsOfOneCycleByStageThenMvm)
{
    auto records = two_records();
    records[0].times.out = records[1].times.counts;
    records[0].times.done = records[1].times.counts;
    const std::string text = write(two_by_two_header(), two_by_two(), two_by_two_words(), records);
    EXPECT_TRUE(has(text, "266 adc 1 p=fff000 n=000fff\n266 nmpu 0 y=58fc\n266 out 0 ok=1\n"));
}

TEST(TraceWriter, MarksACutTrace)
{
    TraceWriter writer(two_by_two_header(), two_by_two(), two_by_two_words());
    writer.add(two_records()[0]);
    const std::string text = writer.finish(false);
    EXPECT_TRUE(has(text, "138 out 0 ok=1\n# incomplete\n"));
    EXPECT_THROW(parse_trace(text, "cut"), InputError);
}

TEST(TraceWriter, NamesOverridesAndChipInTheHeader)
{
    auto header = two_by_two_header();
    header.sets = {"adc.curves=ideal", "name=a\nb"};
    header.chip = "chips/one.json";
    const std::string text = write(header, two_by_two(), two_by_two_words(), two_records());
    EXPECT_TRUE(has(text,
                    "read=2\n# set adc.curves=ideal\n# set name=a b\n# chip chips/one.json\n"
                    "# config_sha256 "));
    const ParsedTrace trace = parse_trace(text, "t");
    EXPECT_EQ(trace.header.sets, (std::vector<std::string>{"adc.curves=ideal", "name=a b"}));
    EXPECT_EQ(trace.header.chip, "chips/one.json");
}

TEST(TraceWriter, WritesPartialSumsWithTheirOwnWidth)
{
    auto header = two_by_two_header();
    header.partial_output = true;
    const std::string text = write(header, two_by_two(), two_by_two_words(), two_records());
    EXPECT_TRUE(has(text, "138 nmpu 0 s=0162fff2\n"));
    EXPECT_TRUE(has(text, "271 nmpu 1 s=400ac002\n"));
    EXPECT_TRUE(parse_trace(text, "t").header.partial_output);
}

TEST(TraceWriter, WritesOneSignedCountInTheSingleBranch)
{
    auto config = two_by_two();
    config.nmpu.branch = config::Branch::single;
    auto records = two_records();
    records[0].values.c_p = {100, -3};
    records[0].values.y = {104, -4};
    records[1].values.c_p = {1, 0};
    records[1].values.y = {4, 0};
    const std::string text = write(two_by_two_header(), config, two_by_two_words(), records);
    EXPECT_TRUE(has(text, "133 adc 0 p=064ffd\n"));
    EXPECT_EQ(parse_trace(text, "t").events.size(), 8U);
}

TEST(TraceWriter, WritesTheBinary16WordsOfTheLdpu)
{
    auto config = two_by_two();
    config.post = config::PostUnit::ldpu;
    mvm::PostWords words;
    words.activation = config::Activation::relu;
    words.ldpu = {{{0x3c00}, {0x3800}, {0x0000}, {0x3c00}, {0x0000}},
                  {{0x3c00}, {0x3800}, {0x0000}, {0xbc00}, {0x0000}}};
    auto records = two_records();
    records.pop_back();
    records[0].values = {{1, 2}, {100, 100}, {30, 30}, {85, 0}, {}};
    auto header = two_by_two_header();
    header.mvms = 1;
    const std::string text = write(header, config, words, records);
    EXPECT_TRUE(has(text,
                    "# ldpu order=count,affine,batch_norm,residual,activation,quantise out_bits=8 "
                    "activation=relu relu_clip=none residual_fraction=0 partial_fraction=2\n# "
                    "affine16 0 3c00 3800 0000 3c00 0000\n"
                    "# affine16 1 3c00 3800 0000 bc00 0000\n0 dac 0 x=0102\n"
                    "133 adc 0 p=064064 n=01e01e\n138 ldpu 0 y=5500\n138 out 0 ok=1\n"));
    EXPECT_EQ(parse_trace(text, "t").events.size(), 4U);
}

TEST(TraceWriter, WritesResidualsBehindWhatLeaves)
{
    auto records = two_records();
    records[0].values.residual = {-1, 300};
    records[1].values.residual = {0, 32767};
    const std::string text = write(two_by_two_header(), two_by_two(), two_by_two_words(), records);
    EXPECT_TRUE(has(text, "138 nmpu 0 y=58fc r=ffff012c\n"));
    EXPECT_TRUE(has(text, "271 nmpu 1 y=7f81 r=00007fff\n"));
    EXPECT_EQ(parse_trace(text, "t").events.size(), 8U);
    auto header = two_by_two_header();
    header.partial_output = true;
    EXPECT_TRUE(has(write(header, two_by_two(), two_by_two_words(), records), " r=ffff012c\n"));
}

TEST(ParseTrace, TakesTheHeaderApart)
{
    const ParsedTrace trace = parse_trace(golden_text, "t");
    EXPECT_EQ(trace.header.config, "tiny.json");
    EXPECT_EQ(trace.header.mvms, 2U);
    EXPECT_EQ(trace.header.device_seed, 1U);
    EXPECT_EQ(trace.header.read_seed, 2U);
    EXPECT_EQ(trace.header.config_sha256, std::string(64, 'a'));
    EXPECT_FALSE(trace.header.partial_output);
    EXPECT_EQ(trace.head_lines.size(), 7U);
    EXPECT_EQ(trace.first_event_line, 10U);
    ASSERT_EQ(trace.events.size(), 8U);
    EXPECT_EQ(trace.events.back(), "280 out 1 ok=1");
}

TEST(ParseTrace, RefusesMalformedFilesAndNamesTheLine)
{
    struct Case {
        const char *from, *to, *where;
    };
    const Case cases[] = {
        {"aimc-trace/1", "aimc-trace/2", "line 1"},
        {"# config tiny.json\n", "", "line 2"},
        {"# mvms 2", "# mvms two", "line 3"},
        {"# mvms 2\n# seed device=1 read=2\n", "# seed device=1 read=2\n# mvms 2\n", "line 3"},
        {"device=1", "device=01", "line 4"},
        {"device=1 read=2", "read=2 device=1", "line 4"},
        {"# config_sha256 a", "# config_sha256 A", "line 5"},
        {"# widths", "# width", "line 6"},
        {"count=12", "count=0", "line 6"},
        {"residual=16", "residual=16 z=1", "line 6"},
        {"cut=5", "cut=x", "line 7"},
        {"cut=5 ", "", "line 7"},
        {"branch=polarity", "branch=both", "line 7"},
        {"# affine 0 128 64 7 0\n", "", "line 8"},
        {"# affine 1 128", "# affine 2 128", "line 9"},
        {"-1 0\n", "-1\n", "line 9"},
        {"-1 0\n", "-0 0\n", "line 9"},
        {"0 dac 0", "0 dca 0", "line 10"},
        {"0 dac 0 x=0181", "0x0 dac 0 x=0181", "line 10"},
        {"0 dac 0 x=0181", "0  dac 0 x=0181", "line 10"},
        {"x=0181", "x=018", "line 10"},
        {"x=0181", "x=018G", "line 10"},
        {"p=064001 n=01e004", "p=064001", "line 11"},
        {"p=064001", "p=06400A", "line 11"},
        {"p=064001", "p=064", "line 11"},
        {"x=7f00", "x=7f0000", "line 12"},
        {"138 nmpu 0", "138 ldpu 0", "line 13"},
        {"y=58fc", "z=58fc", "line 13"},
        {"y=58fc", "y=58fc s=01600000", "line 13"},
        {"138 out 0 ok=1", "138 out 0 ok=0", "line 14"},
        {"138 out 0", "137 out 0", "line 14"},
        {"266 adc 1", "266 adc -1", "line 15"},
        {"266 adc 1", "99999999999999999999 adc 1", "line 15"},
        {"271 nmpu 1", "# note\n271 nmpu 1", "line 16"},
        {"280 out 1 ok=1\n", "280 out 1 ok=1", "line 17"},
        {"280 out 1 ok=1\n", "280 out 1 ok=1\r\n", "line 17"},
        {"280 out 1 ok=1\n", "# incomplete\n", "line 17"},
        {"280 out 1 ok=1\n", "280 out 1 ok=1\n\n", "line 18"},
    };
    for (const Case& c : cases) {
        try {
            parse_trace(with(c.from, c.to), "golden.trace");
            ADD_FAILURE() << "accepted: " << c.from << " -> " << c.to;
        } catch (const InputError& error) {
            EXPECT_EQ(error.code(), ExitCode::bad_input);
            EXPECT_EQ(error.problems().at(0).where, c.where) << error.what();
        }
    }
}

TEST(ParseTrace, RefusesAnEmptyFileAndACutHeader)
{
    EXPECT_THROW(parse_trace("", "t"), InputError);
    for (std::size_t at = golden_text.find("# affine 0"); at-- > 0;) {
        EXPECT_THROW(parse_trace(golden_text.substr(0, at), "t"), InputError) << at;
    }
}

TEST(ParseTrace, RefusesAValueThatDoesNotFitItsWidth)
{
    std::string text = with("count=12", "count=10");
    EXPECT_THROW(parse_trace(text, "t"), InputError) << "fff in a word of 10 bits";
}

TEST(FirstDifference, IsNothingForEqualTraces)
{
    std::string note;
    EXPECT_EQ(difference(golden_text, &note), "none");
    EXPECT_EQ(note, "");
}

TEST(FirstDifference, NotesAnotherConfigWhenAllEventsAgree)
{
    std::string note;
    EXPECT_EQ(difference(with("sha256 a", "sha256 b"), &note), "none");
    EXPECT_EQ(note, "config changed, all events agree");
}

TEST(FirstDifference, NamesTheValueThatChanged)
{
    const std::string text = difference(with("p=064001", "p=064002"));
    EXPECT_TRUE(has(text, "cycle 133, stage adc, MVM 0, column 1, c+: expected 001, got 002\n"))
        << text;
    EXPECT_TRUE(has(text, "1 of 2 columns differ in c+")) << text;
    EXPECT_TRUE(has(text, "upstream inputs equal")) << text;
    EXPECT_TRUE(has(difference(with("n=01e004", "n=01d004")),
                    "cycle 133, stage adc, MVM 0, column 0, c-: expected 01e, got 01d\n"));
    EXPECT_TRUE(has(difference(with("x=0181", "x=0182")),
                    "cycle 0, stage dac, MVM 0, row 1, x: expected 81, got 82\n"
                    "  as numbers: expected -127, got -126"));
}

TEST(FirstDifference, GivesCountsAndWordsOfAnOutputThatChanged)
{
    const std::string text = difference(with("y=58fc", "y=58fd"));
    EXPECT_TRUE(has(text, "cycle 138, stage nmpu, MVM 0, column 1, y: expected fc, got fd\n"))
        << text;
    EXPECT_TRUE(has(text, "as numbers: expected -4, got -3")) << text;
    EXPECT_TRUE(has(text, "golden column 1: c+ = 1, c- = 4, affine 1 128 128 -1 0")) << text;
    EXPECT_TRUE(has(text, "upstream counts equal")) << text;
}

TEST(FirstDifference, TellsAnEventThatMovedFromOneThatIsMissing)
{
    const std::string late = difference(with("271 nmpu 1", "272 nmpu 1"));
    EXPECT_TRUE(has(late,
                    "cycle 271, stage nmpu, MVM 1: expected at cycle 271, got at cycle 272 "
                    "(1 cycle late)\n  its values are equal"))
        << late;
    const std::string early = difference(with("280 out 1", "275 out 1"));
    EXPECT_TRUE(has(early,
                    "cycle 275, stage out, MVM 1: expected at cycle 280, got at cycle 275 "
                    "(5 cycles early)"))
        << early;
    const std::string missing = difference(with("138 out 0 ok=1\n", ""));
    EXPECT_TRUE(has(missing, "cycle 138, stage out, MVM 0: missing event")) << missing;
    const std::string cut = difference(with("280 out 1 ok=1\n", ""));
    EXPECT_TRUE(has(cut, "cycle 280, stage out, MVM 1: missing event")) << cut;
    EXPECT_TRUE(has(cut, "8 expected, 7 got in all")) << cut;
}

TEST(FirstDifference, NamesAnExtraEvent)
{
    const std::string end = difference(golden_text + "281 dac 2 x=0000\n");
    EXPECT_TRUE(has(end, "cycle 281, stage dac, MVM 2: extra event")) << end;
    const std::string twice = difference(with("266 adc 1", "139 out 0 ok=1\n266 adc 1"));
    EXPECT_TRUE(has(twice, "cycle 139, stage out, MVM 0: extra event")) << twice;
    const std::string before = difference(with("138 nmpu", "137 out 0 ok=1\n138 nmpu"));
    EXPECT_TRUE(has(before, "cycle 137, stage out, MVM 0: extra event")) << before;
}

TEST(FirstDifference, ComparesTheHeaderLinesThatMatter)
{
    const std::string word = difference(with("# affine 1 128 128", "# affine 1 128 127"));
    EXPECT_EQ(word,
              "header, affine words of column 1, s_n: expected 128, got 127\n"
              "  all events agree");
    EXPECT_TRUE(has(difference(with("cut=5", "cut=6")), "header, nmpu cut: expected 5, got 6"));
    EXPECT_TRUE(has(difference(with("partial=16", "partial=18")),
                    "header, widths partial: expected 16, got 18"));
    const std::string both = difference(with("0 dac 0 x=0181", "1 dac 0 x=0181"));
    EXPECT_FALSE(has(both, "header")) << both;
    EXPECT_EQ(difference(with("read=2", "read=3")), "none");
}

TEST(FirstDifference, ShowsADifferentFieldAsText)
{
    const std::string text = difference(with("y=58fc", "s=0162fff2"));
    EXPECT_TRUE(has(text, "cycle 138, stage nmpu, MVM 0: expected \"y=58fc\", got \"s=0162fff2\""))
        << text;
}

}  // namespace
}  // namespace aimc::report
