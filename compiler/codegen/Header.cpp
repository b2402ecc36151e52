#include "compiler/codegen/Header.h"

#include "compiler/codegen/ExpressionTable.h"
#include "compiler/codegen/HeaderWriter.h"

namespace cnnc {

// ---- The comment at the top --------------------------------------------------------------------

/// " *     x: float [N, 3, H, W], channels second"
static std::string describe(const BorderTensor &tensor, const CParameter &parameter,
                            ExpressionTable &expressions) {
  Names dims;
  for (const SizeExpr &dim : tensor.shape)
    dims.push_back(expressions.text(expressions.add(dim)));
  std::string layout;
  if (tensor.shape.size() >= 3)
    layout = tensor.channelsLast ? ", channels last" : ", channels second";
  return " *     " + parameter.name + ": " + cType(tensor.elementType) + " [" + join(dims) + "]" +
         layout + "\n";
}

static std::string tensorsText(const HeaderWriter &writer) {
  ExpressionTable expressions(writer.plan);
  std::string text = " * Inputs:\n *\n";
  for (size_t index = 0; index < writer.plan.inputs.size(); ++index)
    text += describe(writer.plan.inputs[index], writer.names.inputs[index], expressions);
  text += " *\n * Outputs:\n *\n";
  for (size_t index = 0; index < writer.plan.outputs.size(); ++index)
    text += describe(writer.plan.outputs[index], writer.names.outputs[index], expressions);
  return text;
}

static std::string topComment(const HeaderWriter &writer) {
  const std::string &name = writer.prefix;
  std::string text = "/* The network " + name + ", compiled by cnnc for " +
                     writer.plan.target.name + ".\n *\n" + tensorsText(writer) + " *\n";
  text += " * Tensors are dense, the last dim the fastest.";
  if (writer.hasSizes())
    text += " The sizes " + join(writer.plan.sizes) + " are given with each call.";
  text += "\n * Link with lib" + name +
          ".a and libcnnrt.a. Memory and threads belong to the caller:"
          " see cnnrt.h.\n";
  if (writer.hasWeightsFile())
    text += " * The weights are in the file " + name +
            ".weights, which the program maps (cnnrt_io.h) or reads.\n";
  return text + " */\n";
}

// ---- C -----------------------------------------------------------------------------------------

/// `dim` as a factor of a product.
static std::string factorOf(const SizeExpr &dim, const Names &names) {
  const std::string text = cExpression(dim, names);
  return dim.isConstant() || dim.kind() == SizeExpr::Symbol ? text : "(" + text + ")";
}

/// True if the value of any of `dims` depends on size `symbol`.
static bool isUsed(int symbol, const std::vector<SizeExpr> &dims) {
  bool used = false;
  for (const SizeExpr &dim : dims)
    (void)dim.substitute([&](int k) {
      used |= k == symbol;
      return SizeExpr::symbol(k);
    });
  return used;
}

/// The elements of one tensor: a constant, or a function of the sizes.
static std::string elementsOf(const HeaderWriter &writer, const BorderTensor &tensor) {
  const std::string name = writer.prefix + "_" + tensor.name;
  const SizeExpr count = elementCount(tensor.shape);
  if (count.isConstant())
    return "#define " + upperCase(name) + "_ELEMENTS " + std::to_string(count.value()) + "\n";
  std::string text =
      wrap("static inline int64_t " + name + "_elements(", writer.sizeParameters(), ") {");
  for (size_t k = 0; k < writer.sizes.size(); ++k)
    if (!isUsed(static_cast<int>(k), tensor.shape))
      text += "  (void)" + writer.sizes[k] + ";\n";
  Names factors;
  for (const SizeExpr &dim : tensor.shape)
    factors.push_back(factorOf(dim, writer.sizes));
  return text + "  return " + join(factors, " * ") + ";\n}\n";
}

static std::string elementsText(const HeaderWriter &writer) {
  std::string text = "\n/* The elements of each tensor. */\n";
  for (const BorderTensor &tensor : writer.plan.inputs)
    text += elementsOf(writer, tensor);
  for (const BorderTensor &tensor : writer.plan.outputs)
    text += elementsOf(writer, tensor);
  return text;
}

/// A constant for those who have no heap, where nothing but the threads is left open.
static std::string workspaceMacro(const HeaderWriter &writer) {
  if (writer.hasSizes())
    return "";
  const NetworkPlan &plan = writer.plan;
  const SizeExpr fixed =
      max(roundUp(plan.run.arenaBytes, 64) + roundUp(plan.run.sharedScratch, 64), 64);
  const SizeExpr worker = roundUp(plan.run.workerScratch, 64);
  return "\n/* At least " + writer.prefix + "_workspace_bytes(threads), for static memory. */\n" +
         "#define " + upperCase(writer.prefix) + "_WORKSPACE_BYTES(threads) \\\n  ((size_t)" +
         std::to_string(fixed.value()) + " + (size_t)(threads) * (size_t)" +
         std::to_string(worker.value()) + ")\n";
}

static std::string weightsMacro(const HeaderWriter &writer) {
  if (!writer.hasWeightsFile())
    return "";
  return "\n/* The length of " + writer.prefix + ".weights. */\n#define " +
         upperCase(writer.prefix) + "_WEIGHTS_BYTES UINT64_C(" +
         std::to_string(writer.plan.weightsHeader->file_bytes) + ")\n";
}

static std::string functionsText(const HeaderWriter &writer) {
  const std::string &name = writer.prefix;
  Names run = writer.tensorParameters() + writer.sizeParameters() +
              Names{"void *workspace", "size_t workspace_bytes", "const cnnrt_exec *exec"};
  std::string text;
  text += "/* The bytes of workspace that a call needs with up to `threads` threads. 0 where the\n"
          " * network can not take the sizes, or threads is not in [1, 1024]. */\n";
  text += wrap("size_t " + name + "_workspace_bytes(",
               writer.sizeParameters() + Names{"int threads"}, ");") +
          "\n";
  text += "/* Computes the outputs. The workspace begins at a multiple of 64 bytes, needs no\n"
          " * initialisation and may be used for anything between calls. exec lends threads and\n"
          " * hooks; null is one thread. Calls may run at once, each with its own workspace.\n";
  if (writer.plan.training)
    text += " * `parameters` points to " + upperCase(name) +
            "_PARAMETERS floats, as NAME_init or a checkpoint left them, and is only read; batch\n"
            " * norms use their running statistics, and nothing is dropped.\n";
  if (writer.hasWeightsFile())
    text += " * `weights` points to the bytes of " + name +
            ".weights, its header included, at a multiple\n"
            " * of 64 bytes; other weights than those compiled with this library are refused.\n";
  text += " * Returns 0, or a cnnrt_status: see cnnrt_status_string. */\n";
  text += wrap("int " + name + "_run(", run, ");") + "\n";
  text += "/* The network described for programs that do not know it: static, never null. */\n";
  text += "const cnnrt_network *" + name + "_network(void);\n";
  return writer.plan.training ? text + "\n" + trainingText(writer) : text;
}

// ---- C++ ---------------------------------------------------------------------------------------

/// "std::array<std::int64_t, 4> xShape(const Sizes &sizes)"
static std::string shapeFunction(const HeaderWriter &writer, const BorderTensor &tensor) {
  const Names members = writer.sizeMembers();
  Names dims;
  for (const SizeExpr &dim : tensor.shape)
    dims.push_back(cExpression(dim, members));
  const std::string type = "std::array<std::int64_t, " + std::to_string(dims.size()) + ">";
  return "[[nodiscard]] constexpr " + type + " " + tensor.name + "Shape(\n    " +
         (writer.hasSizes() ? "[[maybe_unused]] const Sizes &sizes" : "") + ") noexcept {\n" +
         wrap("  return {", dims, "};") + "}\n";
}

static std::string sizesStruct(const HeaderWriter &writer) {
  if (!writer.hasSizes())
    return "";
  std::string text = "/// The sizes that are given with each call.\nstruct Sizes {\n";
  for (size_t k = 0; k < writer.sizes.size(); ++k)
    text += "  std::int64_t " + writer.sizes[k] + "; ///< " + writer.plan.sizes[k] + "\n";
  return text + "};\n\n";
}

static std::string cppText(const HeaderWriter &writer) {
  const std::string &name = writer.prefix;
  const Names sizes = writer.cppSizes(), members = writer.sizeMembers();
  std::string text = "namespace " + name + " {\n\n" + sizesStruct(writer);
  text += "/// The dims of each tensor.\n";
  for (const BorderTensor &tensor : writer.plan.inputs)
    text += shapeFunction(writer, tensor);
  for (const BorderTensor &tensor : writer.plan.outputs)
    text += shapeFunction(writer, tensor);
  text += "\n/// See " + name + "_workspace_bytes.\n" +
          wrap("[[nodiscard]] inline std::size_t workspaceBytes(", sizes + Names{"int threads = 1"},
               ") noexcept {") +
          wrap("  return " + name + "_workspace_bytes(", members + Names{"threads"}, ");") + "}\n";
  Names parameters =
      writer.tensorParameters() + sizes +
      Names{"void *workspace", "std::size_t workspace_bytes", "const cnnrt_exec *exec = nullptr"};
  Names arguments = writer.tensorNames() + members + Names{"workspace", "workspace_bytes", "exec"};
  text += "\n/// See " + name + "_run.\n" +
          wrap("[[nodiscard]] inline cnnrt_status run(", parameters, ") noexcept {") +
          wrap("  return static_cast<cnnrt_status>(" + name + "_run(", arguments, "));") + "}\n";
  if (writer.plan.training)
    text += trainingCppText(writer);
  return text + "\n} // namespace " + name + "\n";
}

std::string headerText(const NetworkPlan &plan) {
  const HeaderWriter writer(plan);
  const std::string guard = "CNNC_NETWORK_" + plan.name + "_H";
  std::string text = topComment(writer);
  text += "#ifndef " + guard + "\n#define " + guard + "\n\n#include \"cnnrt.h\"\n\n" +
          "#include <stddef.h>\n#include <stdint.h>\n\n";
  text += "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
  text +=
      functionsText(writer) + elementsText(writer) + workspaceMacro(writer) + weightsMacro(writer);
  text +=
      "\n#ifdef __cplusplus\n}\n\n#include <array>\n#include <cstddef>\n#include <cstdint>\n\n" +
      cppText(writer) + "#endif\n\n#endif\n";
  return text;
}

} // namespace cnnc
