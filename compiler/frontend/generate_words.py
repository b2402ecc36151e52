"""Makes the words of `.cnn`, and the layers of the C++ builder, from the records of CNNOps.td.

    generate_words.py table OPS.json OUTPUT    rows of Words.cpp
    generate_words.py layers OPS.json OUTPUT   classes of the builder's header
    generate_words.py page OPS.json OUTPUT     docs/words.md

OPS.json is what `llvm-tblgen --dump-json` says of CNNOps.td. The frontends have no list of ops beside
these.
"""
import json
import sys

RANK = {"CNN_Tensor": -1, "CNN_Float": -1, "CNN_Vector": 1}
IS_FLOAT = {"CNN_Tensor": False, "CNN_Float": True, "CNN_Vector": True}


class Operand:
    """A tensor that a word takes."""

    def __init__(self, name, constraint, optional, variadic, is_parameter):
        if constraint not in RANK:
            raise SystemExit(f"operand {name} is a {constraint}, which generate_words.py does not know")
        self.name, self.optional, self.variadic = name, optional, variadic
        self.is_parameter, self.rank, self.is_float = (
            is_parameter, RANK[constraint], IS_FLOAT[constraint])


class Argument:
    """One of the arguments behind the tensors: a CallArg of the record."""

    def __init__(self, record):
        self.name, self.kind = record["name"], record["kind"]
        self.fallback, self.attribute = record["fallback"], record["attribute"]


class Word:
    def __init__(self, record, records):
        self.name, self.summary = record["opName"], record["summary"]
        traits = [records[trait["def"]] for trait in record["traits"]]
        is_layer = any(trait.get("cppInterfaceName") == "Layer" for trait in traits)
        self.operands = []
        for value, name in record["arguments"]["args"]:
            constraint = records[value["def"]]
            if "TypeConstraint" not in constraint["!superclasses"]:
                continue
            optional = "Optional" in constraint["!superclasses"]
            variadic = "Variadic" in constraint["!superclasses"]
            base = constraint["baseType"]["def"] if optional or variadic else value["def"]
            self.operands.append(
                Operand(name, base, optional, variadic, is_layer and bool(self.operands)))
        self.arguments = [Argument(records[argument["def"]]) for argument in record["call"]]


def read_words(path):
    """The words, by name. What only stands for constants is no word, nor is what runs backward."""
    with open(path) as file:
        records = json.load(file)
    words = []
    for name in records["!instanceof"]["CNN_Op"]:
        record = records[name]
        if not {"ConstantLike", "CNN_Backward"} & {trait["def"] for trait in record["traits"]}:
            words.append(Word(record, records))
    return sorted(words, key=lambda word: word.name)


def quote(text):
    return json.dumps(text)


def flag(value):
    return "true" if value else "false"


def camel(text):
    return "".join(part.capitalize() for part in text.split("_"))


def write_table(words):
    """Two arrays for each word and a row of `words`."""
    lines = []
    for word in words:
        lines.append(f"static const WordOperand {word.name}Operands[] = {{")
        for o in word.operands:
            lines.append(f"    {{{quote(o.name)}, {flag(o.optional)}, {flag(o.variadic)}, "
                         f"{flag(o.is_parameter)}, {flag(o.is_float)}, {o.rank}}},")
        lines.append("};")
        # C++ has no empty arrays.
        array = "WordArgument {}[]" if word.arguments else "llvm::ArrayRef<WordArgument> {}"
        lines.append(f"static const {array.format(word.name + 'Arguments')} = {{")
        for a in word.arguments:
            lines.append(f"    {{{quote(a.name)}, ArgumentKind::{camel(a.kind)}, "
                         f"{quote(a.fallback)}, {quote(a.attribute)}}},")
        lines.append("};")
    lines.append("static const Word words[] = {")
    for word in words:
        lines.append(f"    {{{quote(word.name)}, {word.name}Operands, {word.name}Arguments,")
        lines.append(f"     {quote(word.summary)}}},")
    lines.append("};")
    return "\n".join(lines) + "\n"


def spell_argument(argument):
    return argument.name + (f" = {argument.fallback}" if argument.fallback else "")


def signature(word):
    """`conv(input, channels, kernel, stride = 1)`; what a layer makes itself is not shown."""
    tensors = [o.name + ("..." if o.variadic else "") for o in word.operands if not o.is_parameter]
    return f"{word.name}({', '.join(tensors + [spell_argument(a) for a in word.arguments])})"


# How an argument of each kind is written in C++.
CPP_TYPES = {
    "int": "int64_t", "float": "double", "flag": "bool", "name": "std::string",
    "ints": "std::vector<int64_t>", "per_dim": "PerDim", "padding": "Padding", "dim": "int64_t",
    "dims": "std::vector<int64_t>", "init": "Init", "type": "ElementType", "shape": "std::vector<Size>"}


def constructors(word):
    """Of what must be given; of a layer, also of its parameters as tensors."""
    required = [a for a in word.arguments if not a.fallback]
    parameters = ", ".join(f"{CPP_TYPES[a.kind]} {a.name}" for a in required)
    lines = [f"  {'explicit ' if len(required) == 1 else ''}{word.name}({parameters})"
             f" : Layer({quote(word.name)}) {{"]
    lines += [f"    setArgument({quote(a.name)}, std::move({a.name}));" for a in required]
    if required:
        lines.append("  }")
    else:
        lines[-1] += "}"
    given = [o for o in word.operands if o.is_parameter]
    if given:
        parameters = ", ".join(
            f"const Tensor &{o.name}{' = {}' if o.optional else ''}" for o in given)
        lines += ["  /// With parameters that are given.",
                  f"  explicit {word.name}({parameters}) : Layer({quote(word.name)}) {{"]
        lines += [f"    setParameter({quote(o.name)}, {o.name});" for o in given]
        lines.append("  }")
    return lines


def setters(word):
    """One for each argument that may be left out, and the layer's name."""
    lines = []
    for argument in word.arguments:
        if argument.fallback:
            lines += [f"  {word.name} &{argument.name}({CPP_TYPES[argument.kind]} value) {{",
                      f"    setArgument({quote(argument.name)}, std::move(value));",
                      "    return *this;", "  }"]
    if any(operand.is_parameter for operand in word.operands):
        lines += ["  /// What its parameters are called after.",
                  f"  {word.name} &named(const std::string &name) {{",
                  "    setName(name);", "    return *this;", "  }"]
    return lines


def application(word):
    tensors = [o for o in word.operands if not o.is_parameter]
    if tensors[0].variadic:
        return ["  Tensor operator()(const std::vector<Tensor> &inputs, Place place = Place::here())"
                " const {",
                "    return apply({inputs.begin(), inputs.end()}, place);", "  }"]
    kind = "const Operand &" if len(tensors) > 1 else "const Tensor &"
    parameters = ", ".join(f"{kind}{o.name}" for o in tensors)
    return [f"  Tensor operator()({parameters}, Place place = Place::here()) const {{",
            f"    return apply({{{', '.join(o.name for o in tensors)}}}, place);", "  }"]


def write_layers(words):
    """cnnc/Layers.h."""
    lines = ["// The layers of the C++ builder, one per op: made from dialects/cnn/CNNOps.td.",
             "#pragma once", "", '#include "cnnc/Network.h"', "", "namespace cnnc::nn {"]
    for word in words:
        lines += ["", f"/// {word.summary}: `{signature(word)}` of `.cnn`.",
                  f"class {word.name} : public Layer {{", "public:"]
        lines += constructors(word) + setters(word) + application(word) + ["};"]
    return "\n".join(lines + ["", "} // namespace cnnc::nn", ""])


def write_page(words):
    """docs/words.md."""
    lines = [
        "# The words of `.cnn`", "",
        "Made by `compiler/frontend/generate_words.py` from `dialects/cnn/CNNOps.td`; what each op",
        "computes, and its attributes, is told there. [language.md](language.md) tells how words are",
        "put together. `x -> word(...)` gives a word its first tensor. Layers make their parameters",
        "themselves, or take them as tensors behind the first.", "",
        "| word | what it computes | parameters |", "|---|---|---|"]
    for word in words:
        parameters = [f"`{o.name}`" for o in word.operands if o.is_parameter]
        summary = word.summary.replace("|", "\\|")
        lines.append(f"| `{signature(word)}` | {summary} | {', '.join(parameters)} |")
    return "\n".join(lines) + "\n"


def main():
    what, source, target = sys.argv[1:]
    words = read_words(source)
    text = {"table": write_table, "layers": write_layers, "page": write_page}[what](words)
    with open(target, "w") as file:
        file.write(text)


if __name__ == "__main__":
    main()
