// Data sets: what is read, what is refused and how, in which order samples are seen.
#include "compiler/tool/train/Dataset.h"
#include "compiler/support/TensorFile.h"
#include "compiler/tool/train/Accuracy.h"
#include "compiler/tool/train/RateSchedule.h"
#include "compiler/tool/train/Shuffle.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <numeric>

#include <unistd.h>

namespace cnnc {

/// x: f32[N, 2, H], label: i64[N] of three classes.
static DataFormat smallFormat() {
  SizeExpr n = SizeExpr::symbol(0), h = SizeExpr::symbol(1);
  DataFormat format;
  format.inputs = {{"x", ElementType::F32, {n, 2, h}, false}};
  format.targets = {{"label", ElementType::I64, {n}, false}};
  format.labels = {{0, 3, -100}};
  format.sizes = {"N", "H"};
  format.typicalSizes = {1, 7};
  return format;
}

namespace {
class DatasetFile : public testing::Test {
protected:
  ~DatasetFile() override { std::filesystem::remove(path); }

  /// Writes the arrays and reads them as a data set.
  Result<Dataset> read(const std::vector<float> &x, std::vector<int64_t> shape,
                       const std::vector<int64_t> &labels) {
    auto written = writeTensorFile(
        path, {{"x", StorageType::F32, std::move(shape), x.data()},
               {"label", StorageType::I64, {static_cast<int64_t>(labels.size())}, labels.data()}});
    EXPECT_TRUE(written);
    return readDataset(path, format);
  }

  /// The error, without the path at its beginning.
  std::string errorOf(const Result<Dataset> &data) {
    if (data)
      return "none";
    EXPECT_EQ(data.error().rfind(path + ": ", 0), 0u) << data.error();
    return data.error().substr(path.size() + 2);
  }

  DataFormat format = smallFormat();
  std::string path = (std::filesystem::temp_directory_path() /
                      ("cnnc-dataset-" + std::to_string(getpid()) + ".npz"))
                         .string();
};

std::vector<float> count(size_t size) {
  std::vector<float> values(size);
  std::iota(values.begin(), values.end(), 0.f);
  return values;
}

std::vector<float> floatsOf(const HostTensor &tensor) {
  LogicalTensor values = toLogical(tensor, Layout::RowMajor);
  return {values.values.begin(), values.values.end()};
}
} // namespace

TEST_F(DatasetFile, BatchesAreSamplesSideBySide) {
  auto data = read(count(12), {2, 2, 3}, {0, 2});
  ASSERT_TRUE(data) << data.error();
  EXPECT_EQ(data->samples, 2);
  Batch batch = gather(*data, format, {1, 0, 1}, 1, 3);
  EXPECT_EQ(batch.sizes, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(batch.inputs[0].shape, (std::vector<int64_t>{2, 2, 3}));
  EXPECT_EQ(floatsOf(batch.inputs[0]), count(12));
  EXPECT_EQ(floatsOf(batch.targets[0]), (std::vector<float>{0, 2}));
}

TEST_F(DatasetFile, ErrorsNameTheArrayAndTheSample) {
  EXPECT_EQ(errorOf(read(count(12), {2, 2, 3}, {0, 3})),
            "array 'label' has the label 3 in sample 1 but there are 3 classes");
  EXPECT_EQ(errorOf(read(count(12), {2, 2, 3}, {-1, 0})),
            "array 'label' has the label -1 in sample 0 but there are 3 classes");
  EXPECT_TRUE(read(count(12), {2, 2, 3}, {-100, 0})) << "a label that is to be ignored";
  EXPECT_EQ(errorOf(read(count(12), {2, 2, 3}, {0, 1, 2})),
            "array 'label' has 3 samples but 'x' has 2");
  EXPECT_EQ(errorOf(read(count(12), {2, 3, 2}, {0, 1})),
            "array 'x' has shape [2, 3, 2] but the network takes [N, 2, H]");
  EXPECT_EQ(errorOf(read({}, {0, 2, 3}, {})), "array 'x' has no samples");
  std::vector<float> x = count(12);
  x[7] = NAN;
  EXPECT_EQ(errorOf(read(x, {2, 2, 3}, {0, 1})), "array 'x' has a NaN in sample 1");
}

TEST_F(DatasetFile, ArraysAgreeOnSizes) {
  format.targets[0].shape.push_back(format.inputs[0].shape[2]); // label: i64[N, H]
  EXPECT_NE(errorOf(read(count(12), {2, 2, 3}, {0, 1})).find("'label' has shape [2] but"),
            std::string::npos);
}

TEST(Shuffle, IsAPermutationThatTheSeedAndTheEpochDecide) {
  std::vector<int64_t> all(100);
  std::iota(all.begin(), all.end(), 0);
  std::vector<int64_t> order = shuffle(all, 1, 0), again = order;
  std::sort(again.begin(), again.end());
  EXPECT_EQ(again, all);
  EXPECT_EQ(order, shuffle(all, 1, 0));
  EXPECT_NE(order, shuffle(all, 1, 1));
  EXPECT_NE(order, shuffle(all, 2, 0));
}

TEST(Shuffle, SplitsWithoutOverlap) {
  Split split = splitSamples(10, 0.25, 1);
  EXPECT_EQ(split.validation.size(), 3u);
  std::vector<int64_t> both = split.training;
  both.insert(both.end(), split.validation.begin(), split.validation.end());
  std::sort(both.begin(), both.end());
  for (size_t i = 0; i < 10; ++i)
    EXPECT_EQ(both[i], static_cast<int64_t>(i));
  EXPECT_EQ(splitSamples(3, 0.01, 1).validation.size(), 1u);
  EXPECT_EQ(splitSamples(3, 0, 1).validation.size(), 0u);
}

TEST(RateSchedule, RisesThenFalls) {
  RateSchedule rate{RateSchedule::Cosine, 0.1, 4, 104};
  EXPECT_DOUBLE_EQ(rate.at(0), 0.025);
  EXPECT_DOUBLE_EQ(rate.at(3), 0.1);
  EXPECT_DOUBLE_EQ(rate.at(54), 0.05);
  EXPECT_LT(rate.at(103), 1e-4);
  rate.kind = RateSchedule::Step;
  EXPECT_DOUBLE_EQ(rate.at(53), 0.1);
  EXPECT_DOUBLE_EQ(rate.at(54), 0.01);
  EXPECT_DOUBLE_EQ(rate.at(79), 0.001);
  rate.kind = RateSchedule::Constant;
  EXPECT_DOUBLE_EQ(rate.at(103), 0.1);
}

TEST(Accuracy, CountsTheLargestAtEachPlace) {
  // Two samples of two places each, three classes.
  LogicalTensor output({2, 3, 2}, {1, 0, 2, 0, 3, 5, 9, 0, 0, 1, 0, 0});
  LogicalTensor labels({2, 2}, {2, 1, 0, -100});
  Hits hits = countHits(output, labels, -100);
  EXPECT_EQ(hits.right, 2);
  EXPECT_EQ(hits.all, 3);
}

TEST(Accuracy, IsOfTheOutputThatHasTheClasses) {
  DataFormat format = smallFormat();
  NetworkPlan plan;
  SizeExpr n = format.inputs[0].shape[0];
  plan.outputs = {{"features", ElementType::F32, {n, 5}, false},
                  {"y", ElementType::F32, {n, 3}, false},
                  {"loss", ElementType::F32, {}, false}};
  ASSERT_TRUE(findClassification(plan, format));
  EXPECT_EQ(findClassification(plan, format)->output, 1u);
  plan.outputs[0].shape[1] = 3;
  EXPECT_FALSE(findClassification(plan, format)) << "two could be meant";
}

} // namespace cnnc
