// Reading `.cnn` text in tests.
#pragma once

#include "compiler/frontend/Diagnostics.h"
#include "compiler/frontend/Frontend.h"
#include "compiler/frontend/NetworkFunction.h"

#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/raw_ostream.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include <unistd.h>

namespace cnnc::testing {

/// A folder of this process, gone when it ends.
struct TestFolder {
  std::string path = ::testing::TempDir() + "cnn-" + std::to_string(getpid());
  TestFolder() { std::filesystem::create_directories(path); }
  ~TestFolder() { std::filesystem::remove_all(path); }
};

/// Writes a file into that folder.
inline std::string writeText(const std::string &name, const std::string &text) {
  static const TestFolder folder;
  std::string path = folder.path + "/" + name;
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

/// A network read from text, or the messages that say why not.
struct Reading {
  mlir::MLIRContext context;
  std::string messages;
  mlir::OwningOpRef<mlir::ModuleOp> module;

  explicit Reading(const std::string &text, const ReadOptions &options = {}) {
    readFile(writeText("network.cnn", text), options);
  }
  struct FromFile {
    std::string path;
  };
  explicit Reading(const FromFile &file, const ReadOptions &options = {}) {
    readFile(file.path, options);
  }

  bool succeeded() const { return static_cast<bool>(module); }

  /// The module as text, without the numbers of large tensors.
  std::string print() const {
    std::string text;
    llvm::raw_string_ostream stream(text);
    module.get()->print(stream, mlir::OpPrintingFlags().elideLargeResourceString(16));
    return text;
  }

  mlir::func::FuncOp network() const { return getNetwork(*module); }

  /// All ops of that name in order: "conv".
  std::vector<mlir::Operation *> ops(const std::string &word) const {
    std::vector<mlir::Operation *> found;
    module.get()->walk([&](mlir::Operation *op) {
      if (op->getName().getStringRef() == "cnn." + word)
        found.push_back(op);
    });
    return found;
  }

  /// The names of all parameters in order.
  std::vector<std::string> parameterNames() const {
    std::vector<std::string> names;
    for (mlir::Operation *op : ops("constant"))
      if (auto name = op->getAttrOfType<mlir::StringAttr>("name"))
        names.push_back(name.str());
    return names;
  }

private:
  void readFile(const std::string &path, const ReadOptions &options) {
    llvm::raw_string_ostream stream(messages);
    DiagnosticPrinter printer(&context, stream);
    module = readCnn(context, path, options);
  }
};

/// A network of one input f32[1, 3, 8, 8] called x, and this body.
inline std::string network(const std::string &body) {
  return "network f(x: f32[1, 3, 8, 8]) {\n" + body + "\n}\n";
}

} // namespace cnnc::testing
