#include "compiler/passes/TrainingTables.h"

#include "compiler/passes/BorderPlaces.h"

using namespace mlir;

namespace cnnc {

static constexpr StringLiteral tablesAttr = "kernel.training";

void TrainingTables::addParameters(const ParameterLayout &layout,
                                   const cnn::OptimizerSettings &optimizer) {
  for (const PlacedParameter &parameter : layout.parameters) {
    cnn::Constant constant = parameter.constant;
    parameters.push_back({{parameter.name, parameter.type.getShape().vec(), parameter.offset},
                          constant.getInitializerAttr(),
                          constant.getValue()});
  }
  states = layOutStates(layout, optimizer);
  parameterFloats = layout.floats();
  stateFloats = static_cast<int64_t>(optimizer.stateNames().size()) * layout.trainedFloats();
  for (StringRef beta : optimizer.optimizer().betas)
    corrections.push_back(optimizer[beta]);
}

std::vector<LabelCheck> findLabels(func::FuncOp loss) {
  std::vector<LabelCheck> labels;
  loss.walk([&](cnn::CrossEntropy op) {
    auto target = dyn_cast<BlockArgument>(op.getTarget());
    std::optional<BorderPlace> place = target ? getPlace(target) : std::nullopt;
    if (!place || isa<FloatType>(op.getTarget().getType().getElementType()))
      return;
    labels.push_back({static_cast<int>(place->number),
                      op.getLogits().getType().getDimSize(op.getAxis()),
                      static_cast<int64_t>(op.getIgnoreIndex())});
  });
  return labels;
}

// ---- As attributes -----------------------------------------------------------------------------

static SmallVector<NamedAttribute> describe(Builder &b, const BlockTensor &tensor) {
  return {b.getNamedAttr("name", b.getStringAttr(tensor.name)),
          b.getNamedAttr("shape", b.getDenseI64ArrayAttr(tensor.shape)),
          b.getNamedAttr("offset", b.getI64IntegerAttr(tensor.offset))};
}

static BlockTensor readTensor(DictionaryAttr row) {
  return {row.getAs<StringAttr>("name").str(),
          row.getAs<DenseI64ArrayAttr>("shape").asArrayRef().vec(),
          row.getAs<IntegerAttr>("offset").getInt()};
}

void TrainingTables::attachTo(func::FuncOp update) const {
  Builder b(update.getContext());
  SmallVector<mlir::Attribute> parameterRows, stateRows, labelRows;
  for (const Parameter &parameter : parameters) {
    SmallVector<NamedAttribute> row = describe(b, parameter.place);
    if (parameter.initializer)
      row.push_back(b.getNamedAttr("initializer", parameter.initializer));
    else
      row.push_back(b.getNamedAttr("values", parameter.values));
    parameterRows.push_back(b.getDictionaryAttr(row));
  }
  for (const BlockTensor &state : states)
    stateRows.push_back(b.getDictionaryAttr(describe(b, state)));
  for (const LabelCheck &label : labels) {
    SmallVector<NamedAttribute> row = {
        b.getNamedAttr("target", b.getI64IntegerAttr(label.target)),
        b.getNamedAttr("classes", b.getI64IntegerAttr(label.classes)),
        b.getNamedAttr("ignored", b.getI64IntegerAttr(label.ignored))};
    labelRows.push_back(b.getDictionaryAttr(row));
  }
  SmallVector<NamedAttribute> all = {
      b.getNamedAttr("parameters", b.getArrayAttr(parameterRows)),
      b.getNamedAttr("states", b.getArrayAttr(stateRows)),
      b.getNamedAttr("labels", b.getArrayAttr(labelRows)),
      b.getNamedAttr("parameter_floats", b.getI64IntegerAttr(parameterFloats)),
      b.getNamedAttr("state_floats", b.getI64IntegerAttr(stateFloats)),
      b.getNamedAttr("corrections", b.getDenseF64ArrayAttr(corrections))};
  update->setAttr(tablesAttr, b.getDictionaryAttr(all));
}

TrainingTables TrainingTables::readFrom(func::FuncOp update) {
  auto all = update->getAttrOfType<DictionaryAttr>(tablesAttr);
  TrainingTables tables;
  for (auto row : all.getAs<ArrayAttr>("parameters").getAsRange<DictionaryAttr>())
    tables.parameters.push_back({readTensor(row), row.getAs<DictionaryAttr>("initializer"),
                                 row.getAs<ElementsAttr>("values")});
  for (auto row : all.getAs<ArrayAttr>("states").getAsRange<DictionaryAttr>())
    tables.states.push_back(readTensor(row));
  for (auto row : all.getAs<ArrayAttr>("labels").getAsRange<DictionaryAttr>()) {
    auto number = [&](StringRef name) { return row.getAs<IntegerAttr>(name).getInt(); };
    tables.labels.push_back(
        {static_cast<int>(number("target")), number("classes"), number("ignored")});
  }
  tables.parameterFloats = all.getAs<IntegerAttr>("parameter_floats").getInt();
  tables.stateFloats = all.getAs<IntegerAttr>("state_floats").getInt();
  tables.corrections = all.getAs<DenseF64ArrayAttr>("corrections").asArrayRef().vec();
  return tables;
}

} // namespace cnnc
