// What a `.cnn` file says, as a tree: the parser makes it, the evaluator walks it.
#pragma once

#include "mlir/IR/Location.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cnnc::syntax {

struct Expression;
using ExpressionPointer = std::unique_ptr<Expression>;

/// `label: word(arguments)`, or a word alone behind ->.
struct Argument {
  std::string name;        ///< "" by position.
  mlir::Location location; ///< With the name.
  ExpressionPointer value;
};

struct Call {
  std::string label; ///< "" without one.
  std::string callee;
  mlir::Location location;
  std::vector<Argument> arguments;
};

struct Expression {
  enum class Kind {
    Integer, ///< integer
    Float,   ///< fraction
    Flag,    ///< flag
    Name,    ///< text
    List,    ///< operands
    Unary,   ///< text is the operator, operands[0]
    Binary,  ///< text is the operator, operands[0] and [1]
    Call,    ///< calls[0]
    Pipe,    ///< operands[0], then calls one after the other
  };
  Kind kind;
  mlir::Location location;
  std::string text;
  int64_t integer = 0;
  double fraction = 0;
  bool flag = false;
  std::vector<ExpressionPointer> operands;
  std::vector<Call> calls;
};

struct Statement;
using Body = std::vector<Statement>;

struct Statement {
  enum class Kind {
    Assign, ///< names = values[0] (several names: a block with several results)
    If,     ///< values[0] is the condition
    Repeat, ///< values[0] is how often
    Return, ///< values
  };
  Kind kind;
  mlir::Location location;
  std::vector<std::string> names;
  std::vector<ExpressionPointer> values;
  Body body;
  Body otherwise;
};

/// A dim of a tensor type: `N`, `3`, `C = 3`, `H ~ 224`, `H // 2`, `_`.
struct Dim {
  std::string name;       ///< "" where there is none.
  ExpressionPointer size; ///< Null for a name alone, and for `_`, whose name it is.
  std::optional<int64_t> typical;
  mlir::Location location;
};

/// `f32[N, 3, H, W]`.
struct DeclaredType {
  std::string elementType;
  mlir::Location elementLocation;
  std::vector<Dim> dims;
  mlir::Location location;
};

/// An input (with a type) or an output (a name, a type, or both) of a network.
struct Border {
  std::string name;
  std::optional<DeclaredType> type;
  mlir::Location location;
};

/// A parameter of a block, and what it is if the call does not say.
struct BlockParameter {
  std::string name;
  ExpressionPointer fallback;
  mlir::Location location;
};

struct BlockDefinition {
  std::string name;
  mlir::Location location;
  std::vector<BlockParameter> parameters;
  Body body;
};

struct Network {
  std::string name;
  mlir::Location location;
  std::vector<Border> inputs;
  std::vector<Border> outputs;
  Body body;
  mlir::Location end; ///< Where its body closes.
};

/// Text in quotes.
struct Text {
  std::string text;
  mlir::Location location;
};

/// `train NAME(targets) { ... }`: how the network NAME is trained.
struct Train {
  std::string name;
  mlir::Location location;
  std::vector<Border> targets;
  Body body; ///< Assignments only.
  std::optional<Text> freeze;
  mlir::Location end; ///< Where its body closes.
};

/// `weights "file"`, and the file of an import.
struct FileName {
  std::string path;
  mlir::Location location;
};

/// `import "blocks.cnn"`, or `import "model.onnx" as block -> "value", ...`.
struct Import {
  FileName file;
  std::string name;            ///< The block that a model becomes; "" for a `.cnn` file.
  mlir::Location nameLocation; ///< As that of the file where there is none.
  std::vector<Text> outputs;   ///< What the block returns; none: the model's outputs.
};

struct File {
  std::vector<Import> imports;
  std::optional<FileName> weights;
  std::vector<BlockDefinition> blocks;
  std::vector<Network> networks;
  std::vector<Train> trains;
};

} // namespace cnnc::syntax
