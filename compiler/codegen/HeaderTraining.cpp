#include "compiler/codegen/HeaderWriter.h"
#include "compiler/codegen/LowerTraining.h"

namespace cnnc {

namespace {
/// The arguments of the functions of training: as they are declared, and by name.
struct Arguments {
  Names declared, names;

  void add(const std::string &type, const std::string &name) {
    declared.push_back(type + name);
    names.push_back(name);
  }
  void add(const std::vector<CParameter> &parameters) {
    for (const CParameter &parameter : parameters)
      add(parameter.type, parameter.name);
  }
  Arguments &addCall() {
    add("void *", "workspace");
    add("size_t ", "workspace_bytes");
    add("const cnnrt_exec *", "exec");
    return *this;
  }
};
} // namespace

/// `writeSizes` adds the sizes, as the language has them.
template <typename WriteSizes>
static Arguments gradientArguments(const HeaderWriter &writer, WriteSizes writeSizes) {
  Arguments arguments;
  arguments.add("const float *", "parameters");
  arguments.add(writer.names.inputs);
  arguments.add(writer.names.targets);
  writeSizes(arguments);
  arguments.add("float *", "loss");
  arguments.add("float *", "parameter_gradients");
  for (size_t input : inputsWithGradient(writer.plan))
    arguments.add("float *", writer.names.inputs[input].name + "_gradient");
  arguments.add("uint64_t ", "step");
  return arguments.addCall();
}

template <typename WriteSizes>
static Arguments stepArguments(const HeaderWriter &writer, WriteSizes writeSizes) {
  Arguments arguments;
  arguments.add("float *", "parameters");
  arguments.add("float *", "state");
  arguments.add(writer.names.inputs);
  arguments.add(writer.names.targets);
  writeSizes(arguments);
  arguments.add("float ", "learning_rate");
  arguments.add("uint64_t ", "step");
  arguments.add("float *", "loss");
  return arguments.addCall();
}

std::string trainingText(const HeaderWriter &writer) {
  const std::string &name = writer.prefix;
  const TrainingPlan &training = *writer.plan.training;
  auto writeSizes = [&](Arguments &arguments) {
    for (const std::string &size : writer.sizes)
      arguments.add("int64_t ", size);
  };
  std::string text =
      "/* ---- Training: the parameters and the optimizer's state belong to the caller ---- */\n\n";
  text += "/* Floats of the two blocks. " + name +
          "_network() names the tensors in them; checkpoints are in\n"
          " * cnnrt_io.h. */\n";
  text += "#define " + upperCase(name) + "_PARAMETERS " + std::to_string(training.parameterFloats) +
          "\n#define " + upperCase(name) + "_STATE " + std::to_string(training.stateFloats) +
          "\n\n";
  text += "/* The workspace of the two functions below, as " + name + "_workspace_bytes. */\n";
  text += wrap("size_t " + name + "_training_workspace_bytes(",
               writer.sizeParameters() + Names{"int threads"}, ");") +
          "\n";
  text +=
      "/* Sets the parameters to what they are before training, random ones by `seed`, and the\n"
      " * state to zeros. */\n";
  text += "int " + name + "_init(float *parameters, float *state, uint64_t seed);\n\n";
  text +=
      "/* The loss and its gradients: of the parameters in a block that lies like theirs (in the\n"
      " * place of a running statistic: how far it is to move back from the batch's), and of the\n"
      " * inputs, where these are not all null. `step` is other in each call: dropout depends on\n"
      " * it. A loss that is no number gives CNNRT_NOT_FINITE. */\n";
  text +=
      wrap("int " + name + "_gradients(", gradientArguments(writer, writeSizes).declared, ");") +
      "\n";
  text +=
      "/* One step of the optimizer on this batch: moves parameters and state, and gives the loss\n"
      " * before it. Steps count from 0. A bad argument or a loss that is no number changes\n"
      " * neither. The numbers do not depend on the threads. */\n";
  text += wrap("int " + name + "_train_step(", stepArguments(writer, writeSizes).declared, ");");
  return text;
}

std::string trainingCppText(const HeaderWriter &writer) {
  const std::string &name = writer.prefix;
  const Names sizes = writer.cppSizes(), members = writer.sizeMembers();
  auto declare = [&](Arguments &arguments) {
    arguments.declared = arguments.declared + sizes;
    arguments.names = arguments.names + members;
  };
  auto function = [&](const std::string &cppName, const std::string &cName,
                      const Arguments &arguments) {
    return "\n/// See " + name + "_" + cName + ".\n" +
           wrap("[[nodiscard]] inline cnnrt_status " + cppName + "(", arguments.declared,
                ") noexcept {") +
           wrap("  return static_cast<cnnrt_status>(" + name + "_" + cName + "(", arguments.names,
                "));") +
           "}\n";
  };
  Arguments init;
  init.add("float *", "parameters");
  init.add("float *", "state");
  init.add("uint64_t ", "seed");
  std::string text =
      "\n/// See " + name + "_training_workspace_bytes.\n" +
      wrap("[[nodiscard]] inline std::size_t trainingWorkspaceBytes(",
           sizes + Names{"int threads = 1"}, ") noexcept {") +
      wrap("  return " + name + "_training_workspace_bytes(", members + Names{"threads"}, ");") +
      "}\n";
  text += function("init", "init", init);
  text += function("gradients", "gradients", gradientArguments(writer, declare));
  return text + function("trainStep", "train_step", stepArguments(writer, declare));
}

} // namespace cnnc
