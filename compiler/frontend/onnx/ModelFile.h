// An ONNX file as the message of onnx.proto.
#pragma once

#include "compiler/support/Result.h"

#include <onnx.pb.h>

#include <memory>
#include <string>

namespace cnnc::onnximport {

using ModelPointer = std::shared_ptr<const onnx::ModelProto>;

/// The newest version of the standard ops whose changes the importer knows, and the oldest.
constexpr int64_t newestOpset = 28, oldestOpset = 7;

/// Reads the message at `path`. The error does not name the file.
Result<ModelPointer> loadModel(const std::string &path);

/// The version of the standard ops that the model is written for, which must be one of the above;
/// the newest for a model of training ops alone, which says none. Fails, too, for a version of the
/// training ops that is not known.
Result<int64_t> opsetOf(const onnx::ModelProto &model);

/// True for the domain of the standard ops, which has two spellings.
bool isStandardDomain(const std::string &domain);

/// The domain of ONNX's ops for training, and the only version of it.
constexpr const char *trainingDomain = "ai.onnx.preview.training";
constexpr int64_t trainingOpset = 1;

} // namespace cnnc::onnximport
