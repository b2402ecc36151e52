// Compiled gradients held to differences, as cnnc gradcheck does it; and that a wrong one is found.
#include "compiler/frontend/Frontend.h"
#include "compiler/support/WriteFile.h"
#include "compiler/tool/train/CheckedGradients.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include <unistd.h>

using namespace mlir;

namespace cnnc {

static const char text[] = R"(
network small(x: f32[N, H, W, 3]) -> f32[N, 4] {
  features = x -> conv(5, 3x3, pad: 1) -> batch_norm -> relu -> max_pool(2x2, stride: 2)
  return features -> conv(6, 3x3) -> relu -> global_avg_pool -> linear(4)
}
train small(label: i64[N]) {
  loss = cross_entropy(y, label)
  optimizer = sgd()
}
)";

namespace {
/// The network's gradients at its small sizes.
class Gradcheck : public testing::Test {
protected:
  void SetUp() override {
    loadDialects(context);
    std::string path = (std::filesystem::temp_directory_path() /
                        ("cnnc-gradcheck-" + std::to_string(getpid()) + ".cnn"))
                           .string();
    ASSERT_TRUE(writeFile(path, {text}));
    OwningOpRef<ModuleOp> module = readModel(context, path, {});
    std::filesystem::remove(path);
    ASSERT_TRUE(module);
    OwningOpRef<ModuleOp> differentiated(cast<ModuleOp>(module.get()->clone()));
    PipelineOptions options;
    options.train = true;
    ASSERT_TRUE(succeeded(runStages(*differentiated, Stage::Differentiate, options)));
    auto compiled = TrainingNetwork::compile(*module, options, /*seed=*/3, /*threads=*/1);
    ASSERT_TRUE(compiled);
    network = std::move(*compiled);
    auto computed = computeGradients(*differentiated, *network,
                                     randomBatch(*network, sizesForCheck(*network), /*seed=*/4));
    ASSERT_TRUE(computed) << computed.error();
    gradients = std::move(*computed);
  }

  /// The errors of all gradients; all entries are looked at.
  std::vector<double> errors() {
    std::vector<double> errors;
    for (const InputGradientCheck &check :
         checkGradients(gradients.loss, gradients.gradients, optionsForFloats(1e-3, -1, 5)))
      errors.push_back(check.worstError);
    return errors;
  }

  double errorOf(const std::string &name) { return errors()[indexOf(name)]; }

  size_t indexOf(const std::string &name) {
    auto found = std::find(gradients.names.begin(), gradients.names.end(), name);
    EXPECT_NE(found, gradients.names.end()) << name;
    return static_cast<size_t>(found - gradients.names.begin());
  }

  std::vector<double> &valuesOf(const std::string &name) {
    return gradients.gradients[indexOf(name)].values.values;
  }

  MLIRContext context;
  std::unique_ptr<TrainingNetwork> network;
  CheckedGradients gradients;
};
} // namespace

TEST_F(Gradcheck, AllButStatisticsAreChecked) {
  std::vector<std::string> names = gradients.names;
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (std::vector<std::string>{"batch_norm.bias", "batch_norm.scale", "conv.bias",
                                             "conv.filter", "conv_2.bias", "conv_2.filter",
                                             "linear.bias", "linear.weight", "x"}));
  for (double error : errors())
    EXPECT_LT(error, 1e-4);
}

TEST_F(Gradcheck, SizesAreSmall) {
  EXPECT_EQ(sizesForCheck(*network), (std::vector<int64_t>{2, 8, 8}));
}

TEST_F(Gradcheck, FindsAWrongEntry) {
  std::vector<double> &filter = valuesOf("conv_2.filter");
  double largest = 0;
  for (double value : filter)
    largest = std::max(largest, std::abs(value));
  filter[filter.size() / 2] += 0.01 * largest;
  std::vector<double> found = errors();
  EXPECT_NEAR(found[indexOf("conv_2.filter")], 0.01, 1e-3);
  EXPECT_LT(found[indexOf("conv.filter")], 1e-4) << "others are as they were";
}

TEST_F(Gradcheck, FindsAWrongSign) {
  for (double &value : valuesOf("x"))
    value = -value;
  EXPECT_NEAR(errorOf("x"), 2, 0.1);
}

TEST_F(Gradcheck, FindsWhatIsNoNumber) {
  valuesOf("linear.weight")[7] = NAN;
  EXPECT_TRUE(std::isnan(errorOf("linear.weight")));
}

// The bias before a batch norm has the gradient 0, of which rounding is left; a missing gradient is
// found all the same.
TEST_F(Gradcheck, TellsNoiseFromAGradientThatIsMissing) {
  for (double value : valuesOf("conv.bias"))
    EXPECT_LT(std::abs(value), 1e-6);
  EXPECT_LT(errorOf("conv.bias"), 1e-4);
  for (double &value : valuesOf("batch_norm.bias"))
    value = 0;
  EXPECT_GT(errorOf("batch_norm.bias"), 1);
}

} // namespace cnnc
