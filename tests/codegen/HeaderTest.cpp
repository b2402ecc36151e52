// Names in the header, whatever the model calls its tensors. That headers compile is in PackTest.
#include "compiler/codegen/Header.h"
#include "compiler/codegen/CNames.h"

#include "TestPaths.h"
#include "tests/codegen/Shell.h"
#include "tests/codegen/TemporaryFolder.h"

#include <gtest/gtest.h>

#include <fstream>

namespace cnnc {

static BorderTensor tensor(const std::string &name, ElementType type, std::vector<SizeExpr> shape) {
  return {name, type, std::move(shape), false};
}

/// A network whose names are as unfortunate as an exporter can make them.
static NetworkPlan badlyNamed() {
  NetworkPlan plan;
  plan.name = "model";
  plan.target = *findTarget("x86-64");
  SizeExpr batch = SizeExpr::symbol(0), s = SizeExpr::symbol(1);
  plan.sizes = {"class", "X"};
  plan.typicalSizes = {1, 1};
  plan.inputs = {tensor("x", ElementType::U8, {batch, 3}),
                 tensor("workspace", ElementType::I64, {}),
                 tensor("new", ElementType::Bool, {max(s - 4, floorDiv(s, 2)), mod(batch, 3)})};
  plan.outputs = {tensor("model", ElementType::F64, {batch, min(s, 5) * 2, 7})};
  return plan;
}

TEST(CNames, AreNewAndNoKeywords) {
  const CNames names(badlyNamed());
  EXPECT_EQ(names.inputs[0].type + names.inputs[0].name, "const uint8_t *x");
  EXPECT_EQ(names.inputs[1].type + names.inputs[1].name, "const int64_t *workspace_");
  EXPECT_EQ(names.inputs[2].type + names.inputs[2].name, "const uint8_t *new_");
  EXPECT_EQ(names.outputs[0].type + names.outputs[0].name, "double *model_");
  EXPECT_EQ(names.sizes[0].name, "class_");
  EXPECT_EQ(names.sizes[1].name, "x_");
}

TEST(CNames, ExpressionsGiveTheirValue) {
  SizeExpr h = SizeExpr::symbol(0), w = SizeExpr::symbol(1);
  EXPECT_EQ(cExpression(floorDiv(h + 1, 2), {"h", "w"}), "(h + 1) / 2");
  EXPECT_EQ(cExpression(max(h, w), {"h", "w"}), "h > w ? h : w");
}

TEST(Header, TellsShapesAndOrder) {
  const std::string header = headerText(badlyNamed());
  EXPECT_NE(header.find(" *     x: uint8_t [class, 3]\n"), std::string::npos) << header;
  EXPECT_NE(header.find("int model_run(const uint8_t *x, const int64_t *workspace_, const uint8_t "
                        "*new_, double *model_,\n              int64_t class_, int64_t x_, void "
                        "*workspace, size_t workspace_bytes,\n              const cnnrt_exec "
                        "*exec);\n"),
            std::string::npos)
      << header;
}

TEST(Header, CompilesInCAndCpp) {
  TemporaryFolder folder;
  std::ofstream(folder / "model.h") << headerText(badlyNamed());
  std::ofstream(folder / "app.c") << "#include \"model.h\"\nint main(void) { return 0; }\n";
  const std::string options = " -Wall -Wextra -Werror -pedantic -fsyntax-only -I" + folder.path +
                              " -I" CNNC_TEST_RUNTIME_HEADERS " ";
  for (std::string compiler : {CNNC_TEST_CC " -std=c11", CNNC_TEST_CXX " -std=c++17 -x c++"}) {
    ShellResult result = shell(compiler + options + folder / "app.c");
    EXPECT_EQ(result.status, 0) << result.output << headerText(badlyNamed());
  }
}

} // namespace cnnc
