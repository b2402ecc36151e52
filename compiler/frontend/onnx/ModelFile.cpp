#include "compiler/frontend/onnx/ModelFile.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <google/protobuf/stubs/logging.h>

#include <cerrno>
#include <climits>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>

using namespace google::protobuf;

namespace cnnc::onnximport {

static std::string systemError() { return std::string("can not read it: ") + std::strerror(errno); }

/// Parses block by block: a tensor of hundreds of megabytes is then in memory once, and the file
/// not at all.
static bool parse(io::FileInputStream &file, onnx::ModelProto &model) {
  LogSilencer silencer; // what is wrong with the file is ours to say
  io::CodedInputStream stream(&file);
  stream.SetTotalBytesLimit(INT_MAX);
  return model.ParseFromCodedStream(&stream) && stream.ConsumedEntireMessage();
}

Result<ModelPointer> loadModel(const std::string &path) {
  constexpr int blockBytes = 1 << 20;
  int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0)
    return Error{systemError()};
  io::FileInputStream file(descriptor, blockBytes);
  file.SetCloseOnDelete(true);
  struct stat status;
  if (fstat(descriptor, &status) != 0)
    return Error{systemError()};
  if (!S_ISREG(status.st_mode))
    return Error{"can not read it: not a file"};
  if (status.st_size > INT_MAX)
    return Error{"the file has " + std::to_string(status.st_size) +
                 " bytes, but ONNX allows 2147483647: store the weights as external data"};
  auto model = std::make_shared<onnx::ModelProto>();
  if (!parse(file, *model))
    return Error{"this is no ONNX file, or it is damaged or cut short"};
  if (!model->has_graph())
    return Error{"this is no ONNX file: it holds no graph"};
  return ModelPointer(std::move(model));
}

bool isStandardDomain(const std::string &domain) { return domain.empty() || domain == "ai.onnx"; }

static Status checkTrainingOpset(const onnx::ModelProto &model) {
  for (const onnx::OperatorSetIdProto &opset : model.opset_import())
    if (opset.domain() == trainingDomain && opset.version() != trainingOpset)
      return Error{"the model uses version " + std::to_string(opset.version()) + " of " +
                   trainingDomain + ", but cnnc knows version " + std::to_string(trainingOpset)};
  return done();
}

static bool hasTrainingOpsAlone(const onnx::GraphProto &graph) {
  for (const onnx::NodeProto &node : graph.node())
    if (node.domain() != trainingDomain)
      return false;
  return graph.node_size() > 0;
}

Result<int64_t> opsetOf(const onnx::ModelProto &model) {
  if (Status status = checkTrainingOpset(model); !status)
    return Error{status.error()};
  for (const onnx::OperatorSetIdProto &opset : model.opset_import()) {
    if (!isStandardDomain(opset.domain()))
      continue;
    if (opset.version() < oldestOpset || opset.version() > newestOpset)
      return Error{"the model uses opset " + std::to_string(opset.version()) +
                   ", but cnnc knows opsets " + std::to_string(oldestOpset) + " to " +
                   std::to_string(newestOpset) + ": export it with one of these"};
    return opset.version();
  }
  if (hasTrainingOpsAlone(model.graph()))
    return newestOpset;
  return Error{"the model does not say which opset of ONNX it uses"};
}

} // namespace cnnc::onnximport
