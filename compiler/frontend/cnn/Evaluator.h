// Runs the text of a network once, at compile time: calls become ops, everything else is computed.
#pragma once

#include "compiler/frontend/OpCall.h"
#include "compiler/frontend/cnn/Scope.h"
#include "compiler/frontend/cnn/SourceFiles.h"

namespace cnnc {

/// Evaluates bodies and expressions of a `.cnn` file. Whatever fails has been reported to the
/// context, at the place in the text.
class Evaluator {
public:
  using Value = mlir::FailureOr<CallValue>;

  /// `sources` has the blocks that can be called; all must outlive the evaluator.
  Evaluator(mlir::OpBuilder &builder, Weights &weights, const SourceFiles &sources)
      : builder(builder), weights(weights), sources(sources) {}

  /// What the body returns: none where it does not return.
  mlir::FailureOr<std::optional<std::vector<CallValue>>> evaluateBody(const syntax::Body &body,
                                                                      Scope &scope);
  Value evaluate(const syntax::Expression &expression, Scope &scope);
  /// An assignment alone.
  mlir::LogicalResult runAssign(const syntax::Statement &statement, Scope &scope);

  /// For messages: what the sizes s0, s1, ... are called.
  std::vector<std::string> sizeNames;

private:
  using Returned = std::optional<std::vector<CallValue>>;

  // Statements.
  mlir::LogicalResult run(const syntax::Body &body, Scope &scope, Returned &returned);
  mlir::LogicalResult runStatement(const syntax::Statement &statement, Scope &scope,
                                   Returned &returned);
  mlir::LogicalResult runIf(const syntax::Statement &statement, Scope &scope, Returned &returned);
  mlir::LogicalResult runRepeat(const syntax::Statement &statement, Scope &scope,
                                Returned &returned);
  mlir::LogicalResult runReturn(const syntax::Statement &statement, Scope &scope,
                                Returned &returned);
  mlir::LogicalResult countStep(mlir::Location location);

  // Calls.
  Value evaluateCall(const syntax::Call &call, std::optional<CallArgument> piped, Scope &scope);
  Value callWord(const Word &word, const syntax::Call &call, std::vector<CallArgument> arguments,
                 Scope &scope);
  Value callBlock(const syntax::BlockDefinition &block, const syntax::Call &call,
                  std::vector<CallArgument> arguments, Scope &scope);
  mlir::LogicalResult bind(const syntax::BlockDefinition &block, const syntax::Call &call,
                           std::vector<CallArgument> arguments, Scope &scope, Scope &inner);
  Value callModel(const OnnxBlock &model, const syntax::Call &call,
                  std::vector<CallArgument> arguments, Scope &scope);
  mlir::InFlightDiagnostic unknownCallee(const syntax::Call &call, Scope &scope);

  // Expressions.
  Value evaluateList(const syntax::Expression &expression, Scope &scope);
  Value evaluatePipe(const syntax::Expression &expression, Scope &scope);
  Value evaluateUnary(const syntax::Expression &expression, Scope &scope);
  Value evaluateBinary(const syntax::Expression &expression, Scope &scope);
  Value evaluateLogic(const syntax::Expression &expression, Scope &scope);
  Value evaluateTensors(const syntax::Expression &expression, CallValue left, CallValue right,
                        Scope &scope);
  /// A value, which must not be a name without meaning.
  Value evaluateKnown(const syntax::Expression &expression, Scope &scope);
  mlir::FailureOr<bool> evaluateCondition(const syntax::Expression &expression, Scope &scope);
  CallValue lookUp(const std::string &name, const Scope &scope) const;

  mlir::OpBuilder &builder;
  Weights &weights;
  const SourceFiles &sources;
  int64_t steps = 0; ///< Statements and calls so far.
};

} // namespace cnnc
