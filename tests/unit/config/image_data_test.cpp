// SPDX-License-Identifier: Apache-2.0
#include "aimc/config/image_data.h"

#include "aimc/config/npy.h"

#include "input_files.h"

#include <filesystem>

namespace aimc::config {
namespace {

constexpr std::size_t pixels = 3072;

/// Records whose pixel p of image k is k + p, modulo 256.
std::string records(const std::vector<std::string>& labels)
{
    std::string out;
    for (std::size_t k = 0; k < labels.size(); ++k) {
        out += labels[k];
        for (std::size_t p = 0; p < pixels; ++p) { out += static_cast<char>(k + p); }
    }
    return out;
}
std::string label(int a) { return std::string(1, static_cast<char>(a)); }

class ImageFiles : public testing::InputFiles {
protected:
    DataSource source(const std::string& kind, const std::string& name) const
    {
        return parse_data_source(kind + ":" + path(name), "--data");
    }
    /// Exit code 3, naming the file.
    void expect_bad(const std::string& what, const DataSource& from,
                    const std::vector<std::string>& parts, std::size_t n_pixels = pixels) const
    {
        testing::expect_input_error(what, parts, [&] { load_test_images(from, n_pixels, 10, 0); });
    }
    void put_npy(std::size_t n, std::size_t width, const std::vector<std::int32_t>& labels) const
    {
        std::vector<std::uint8_t> bytes(n * width);
        for (std::size_t i = 0; i < bytes.size(); ++i) { bytes[i] = static_cast<std::uint8_t>(i); }
        put("images.npy", npy_bytes(bytes.data(), {n, width}));
        put("labels.npy", npy_bytes(labels.data(), {labels.size()}));
    }
};

TEST_F(ImageFiles, Cifar10IsReadFromAFileOrItsFolder)
{
    put("test_batch.bin", records({label(3), label(0), label(9)}));
    for (const std::string& where : {path("test_batch.bin"), path("")}) {
        const auto data =
            load_test_images(parse_data_source("cifar10:" + where, "--data"), pixels, 10, 0);
        EXPECT_EQ(data.labels, (std::vector<std::uint8_t>{3, 0, 9}));
        ASSERT_EQ(data.images.rows(), 3U);
        EXPECT_EQ(data.images.row(0)[0], 0);
        EXPECT_EQ(data.images.row(2)[0], 2);
        EXPECT_EQ(data.images.row(2)[pixels - 1], (2 + pixels - 1) % 256);
        EXPECT_NE(data.file.find("test_batch.bin"), std::string::npos);
    }
    EXPECT_EQ(load_test_images(source("cifar10", "test_batch.bin"), pixels, 10, 2).images.rows(),
              2U);
    EXPECT_EQ(load_test_images(source("cifar10", "test_batch.bin"), pixels, 10, 99).labels.size(),
              3U);
}

TEST_F(ImageFiles, TheFineLabelOfCifar100Counts)
{
    put("test.bin", records({label(1) + label(77), label(19) + label(99)}));
    const auto data = load_test_images(source("cifar100", ""), pixels, 100, 0);
    EXPECT_EQ(data.labels, (std::vector<std::uint8_t>{77, 99}));
    EXPECT_EQ(data.images.row(1)[0], 1);
}

TEST_F(ImageFiles, NpyFolderHoldsImagesAndLabels)
{
    put_npy(3, 5, {2, 0, 1});
    const auto data = load_test_images(source("npy", ""), 5, 3, 0);
    EXPECT_EQ(data.labels, (std::vector<std::uint8_t>{2, 0, 1}));
    EXPECT_EQ(data.images.row(1)[0], 5);
    EXPECT_EQ(load_test_images(source("npy", ""), 5, 3, 2).labels.size(), 2U);
    EXPECT_EQ(load_test_images(source("npy", ""), 5, 3, 2).images.rows(), 2U);
}

TEST_F(ImageFiles, RefusesFilesThatAreCut)
{
    const std::string good = records({label(3), label(0)});
    put("e.bin", "");
    expect_bad("empty", source("cifar10", "e.bin"), {path("e.bin"), "has 0 bytes", "3073-byte"});
    put("t.bin", good.substr(0, good.size() - 1));
    expect_bad("cut", source("cifar10", "t.bin"), {path("t.bin"), "6145 bytes", "cut short"});
    put("h.bin", good.substr(0, 100));
    expect_bad("less than one", source("cifar10", "h.bin"), {"has 100 bytes", "3073-byte records"});
    put("g.bin", good);
    expect_bad("of CIFAR-10 read as CIFAR-100", source("cifar100", "g.bin"),
               {path("g.bin"), "3074-byte records (2 label"});
    expect_bad("other network", source("cifar10", "g.bin"),
               {path("g.bin"), "images of 3072 bytes", "reads 784"}, 784);
}

TEST_F(ImageFiles, RefusesWhatIsNotThere)
{
    expect_bad("no file", source("cifar10", "no.bin"), {path("no.bin"), "No such file"});
    expect_bad("empty folder", source("cifar10", ""), {"test_batch.bin", "No such file"});
    expect_bad("empty folder", source("cifar100", ""), {"test.bin", "No such file"});
    expect_bad("no folder", source("npy", "no"), {"images.npy", "No such file"});
    put_npy(2, 5, {0, 1});
    std::filesystem::remove(path("labels.npy"));
    expect_bad("no labels", source("npy", ""), {"labels.npy", "No such file"}, 5);
}

TEST_F(ImageFiles, RefusesLabelsThatAreNoClass)
{
    put("b.bin", records({label(9), label(10)}));
    expect_bad("label", source("cifar10", "b.bin"),
               {path("b.bin"), "has label 10 at image 1", "10 classes", "0 to 9"});
    put_npy(2, 5, {0, -1});
    expect_bad("negative", source("npy", ""), {"labels.npy", "label -1 at 1"}, 5);
    put_npy(2, 5, {0, 300});
    expect_bad("large", source("npy", ""), {"labels.npy", "label 300 at 1"}, 5);
    put_npy(2, 5, {0});
    expect_bad("too few", source("npy", ""), {"labels.npy", "1 labels for 2 images"}, 5);
}

TEST_F(ImageFiles, RefusesArraysOfAnotherKind)
{
    const float numbers[] = {1.0F, 2.0F};
    put_npy(2, 1, {0, 1});
    put("images.npy", npy_bytes(numbers, {2, 1}));
    expect_bad("floats", source("npy", ""), {"images.npy", "float32", "uint8"}, 1);
    put_npy(2, 5, {0, 1});
    expect_bad("pixels", source("npy", ""), {"images.npy", "images of 5 bytes", "reads 4"}, 4);
}

TEST_F(ImageFiles, FindsTrainingImagesBesideTheTestImages)
{
    put("test_batch.bin", records({label(3)}));
    const DataSource folder = source("cifar10", "");
    const DataSource file = source("cifar10", "test_batch.bin");
    for (const DataSource& from : {folder, file}) {
        testing::expect_input_error("none there",
                                    {"calibration_512.bin or data_batch_1.bin", "--calibration"},
                                    [&] { (void)from.calibration_file(); });
    }
    put("data_batch_1.bin", records({label(4), label(200)}));
    for (const DataSource& from : {folder, file}) {
        EXPECT_TRUE(std::filesystem::equivalent(from.calibration_file(), path("data_batch_1.bin")));
    }
    put("calibration_512.bin", records({label(5)}));
    EXPECT_TRUE(
        std::filesystem::equivalent(folder.calibration_file(), path("calibration_512.bin")));
    testing::expect_input_error("CIFAR-100", {"calibration_512.bin or train.bin"}, [&] {
        std::filesystem::remove(path("calibration_512.bin"));
        (void)source("cifar100", "").calibration_file();
    });
    EXPECT_EQ(source("npy", "f").calibration_file(), path("f") + "/calibration.npy");
    const auto read = load_calibration_images(folder, path("data_batch_1.bin"), pixels, 0);
    EXPECT_EQ(read.images.rows(), 2U) << "labels of training images do not matter";
    EXPECT_EQ(load_calibration_images(folder, path("data_batch_1.bin"), pixels, 1).images.rows(),
              1U);
}

TEST_F(ImageFiles, CalibrationImagesMustFitTheNetwork)
{
    put_npy(2, 5, {0, 1});
    testing::expect_input_error("pixels", {"images.npy", "images of 5 bytes", "reads 6"}, [&] {
        load_calibration_images(source("npy", ""), path("images.npy"), 6, 0);
    });
    put("t.bin", records({label(1)}).substr(1));
    testing::expect_input_error("cut", {"t.bin", "3072 bytes"}, [&] {
        load_calibration_images(source("cifar10", ""), path("t.bin"), pixels, 0);
    });
}

TEST(DataSource, IsAKindAndAPath)
{
    EXPECT_EQ(parse_data_source("cifar10:a:b", "--data").path, "a:b");
    EXPECT_EQ(parse_data_source("cifar10:a:b", "--data").kind, "cifar10");
    for (const char* text :
         {"", "cifar10", "cifar10:", ":x", "mnist:x", "CIFAR10:x", "/data/cifar10"}) {
        try {
            parse_data_source(text, "--data");
            ADD_FAILURE() << text << " was accepted";
        } catch (const ConfigError& error) {
            EXPECT_EQ(std::string(error.what()), "--data: is " + std::string(text) +
                                                     ", must be cifar10:PATH, cifar100:PATH or "
                                                     "npy:FOLDER");
        }
    }
}

}  // namespace
}  // namespace aimc::config
