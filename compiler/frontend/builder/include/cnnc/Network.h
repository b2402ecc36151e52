// Networks built in C++ and compiled in process: layers are objects, applied in turn.
//
//     using namespace cnnc;
//     nn::Network network("lines");
//     nn::Tensor x = network.input("x", nn::f32, {"N", 1, "H", "W"});
//     nn::conv conv1 = nn::conv(2, {9, 9}).pad(nn::same);
//     nn::Tensor z1 = conv1(x);
//
// How it is trained is said as in a `train` block of `.cnn`:
//
//     nn::Tensor label = network.target("label", nn::i64, {"N"});
//     network.train(nn::cross_entropy()(logits, label), nn::Optimizer("sgd", {{"momentum", 0.9}}));
//
// The layers themselves are in cnnc/Layers.h. What is wrong with a network is an nn::Error, thrown
// where the layer is applied, with the same sentences as for `.cnn` text. Nothing here is for
// several threads at once.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace cnnc::nn {

/// What is wrong: the text that `cnnc` would print, with file and line of the application.
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Element types of tensors.
enum ElementType { f32, f64, u8, i8, i32, i64, boolean };

/// How the caller's memory lies at the border; shapes are always written batch, channels, space.
enum class Layout { ChannelsFirst, ChannelsLast };

/// Where in the application's source a layer is applied. Made by the compiler, as a default
/// argument.
struct Place {
  const char *file;
  int line;
  static Place here(const char *file = __builtin_FILE(), int line = __builtin_LINE()) {
    return {file, line};
  }
};

//===-- Arguments of layers -------------------------------------------------===//

/// A size of a tensor: a number, or the name of one known only at run time.
struct Size {
  Size(int number) : number(number) {}
  Size(int64_t number) : number(number) {}
  Size(const char *name) : name(name) {}

  int64_t number = 0;
  std::string name; ///< "" for a number.
};

/// A number for all spatial dims, or one for each: 2, {3, 3}.
struct PerDim {
  PerDim(int64_t all) : all(all) {}
  PerDim(std::initializer_list<int64_t> each) : each(each) {}

  int64_t all = 0;
  std::vector<int64_t> each; ///< Empty: `all`.
};

/// A padding that is called by its name: see `same` and its kin below.
struct NamedPadding {
  const char *name;
};
inline constexpr NamedPadding same{"same"};             ///< Output as large as input over stride.
inline constexpr NamedPadding same_lower{"same_lower"}; ///< With the odd element at the beginning.
inline constexpr NamedPadding valid{"valid"};           ///< None.
inline constexpr NamedPadding full{"full"};             ///< Every overlap of kernel and input.

/// Padding by name, a number for every side, or numbers: all begins, then all ends.
struct Padding {
  Padding(NamedPadding named) : name(named.name) {}
  Padding(int64_t all) : numbers(all) {}
  Padding(std::initializer_list<int64_t> each) : numbers(each) {}

  std::string name; ///< "" for numbers.
  PerDim numbers = 0;
};

/// How a filter begins: an initializer by name ("glorot_uniform"), or a number for all elements.
struct Init {
  Init(const char *name) : name(name) {}
  Init(double number) : number(number) {}

  std::string name; ///< "" for a number.
  double number = 0;
};

/// What a layer is given under some name.
using Argument = std::variant<int64_t, double, bool, std::string, PerDim, Padding, Init,
                              std::vector<int64_t>, std::vector<Size>, ElementType>;

//===-- Tensors and networks ------------------------------------------------===//

struct NetworkState;
struct TensorState;
struct LayerState;

/// A value of a network. Copies are the same value.
class Tensor {
public:
  Tensor() = default; ///< None, where one may be left out.
  explicit operator bool() const { return static_cast<bool>(state); }

  /// Its type as `.cnn` writes it: "f32[N, 2, H, W]".
  std::string type() const;

private:
  friend struct NetworkState;
  friend class Layer;
  friend class Network;
  std::shared_ptr<TensorState> state;
};

/// A tensor, or a number that stands for one: add()(x, 1).
struct Operand {
  Operand(Tensor tensor, Place place = Place::here())
      : tensor(std::move(tensor)), place(place), isTensor(true) {}
  Operand(double number, Place place = Place::here()) : number(number), place(place) {}

  Tensor tensor;
  double number = 0;
  Place place; ///< Where it is written.
  bool isTensor = false;
};

Tensor operator+(Operand left, Operand right);
Tensor operator-(Operand left, Operand right);
Tensor operator*(Operand left, Operand right);
Tensor operator/(Operand left, Operand right);

/// A number of an optimizer, or yes and no as true and false.
struct OptimizerArgument {
  OptimizerArgument(const char *name, double value) : name(name), value(value) {}
  OptimizerArgument(const char *name, int value) : OptimizerArgument(name, double(value)) {}
  OptimizerArgument(const char *name, bool value) : name(name), value(value) {}

  std::string name;
  std::variant<double, bool> value;
};

/// An optimizer as a `train` block calls it: Optimizer("sgd", {{"momentum", 0.9}}).
struct Optimizer {
  Optimizer(std::string name, std::vector<OptimizerArgument> arguments = {})
      : name(std::move(name)), arguments(std::move(arguments)) {}

  std::string name;
  std::vector<OptimizerArgument> arguments;
};

/// How a network is compiled: what the options of `cnnc compile` say. For several CPUs, compile it
/// several times, into a folder for each.
struct CompileOptions {
  std::string target = "host"; ///< The CPU: a name that `cnnc compile --target` takes.
  bool shared = false;         ///< Write libNAME.so, the runtime inside, instead of the archives.
  bool embedWeights = true;    ///< If not, they are in NAME.weights, which the program is to map.
  bool train = false;          ///< Also gradients and the optimizer's step, as `cnnc --train`.
  int workers = 0;             ///< Processes that compile kernels; 0: one per core.
  std::string cacheFolder;     ///< Of compiled kernels; empty: the user's.
  /// What fast algorithms may add to the error of the outputs, relative to their largest number.
  double accuracy = 1e-4;
  /// Whose measured schedules to take: of this machine's CPU ("host"), of another, or "no".
  std::string tuning = "host";
  int tunedThreads = 1; ///< Take those measured on so many threads.
};

/// A network under construction: inputs, what layers made of them, outputs.
class Network {
public:
  /// `name` begins the names of the compiled functions.
  explicit Network(std::string name);
  Network(Network &&) noexcept;
  Network &operator=(Network &&) noexcept;
  ~Network();

  /// Parameters come from this file (safetensors or npz), by the names of layers; say so before
  /// layers are applied. Without it, they are initialised by the seed.
  void weights(const std::string &path);
  void seed(uint64_t seed);

  /// An input. Sizes with names are run-time arguments, in order of appearance.
  Tensor input(const std::string &name, ElementType type, const std::vector<Size> &shape,
               Layout layout = Layout::ChannelsFirst, Place place = Place::here());
  /// The size to plan for, where `name` stays open; 224, or 1 for a batch, where nothing is said.
  void typical(const std::string &name, int64_t size);
  /// A tensor of known numbers, row-major: a filter, for instance.
  Tensor constant(const std::vector<int64_t> &shape, const std::vector<float> &values,
                  Place place = Place::here());
  /// Adds an output, in this order.
  void output(const std::string &name, const Tensor &tensor, Layout layout = Layout::ChannelsFirst,
              Place place = Place::here());

  /// What an output should be, for the loss alone: an input whose named sizes are those of inputs
  /// that there are already.
  Tensor target(const std::string &name, ElementType type, const std::vector<Size> &shape,
                Layout layout = Layout::ChannelsFirst, Place place = Place::here());
  /// Says how the network is trained: `loss`, a single f32, is to become small. Once.
  void train(const Tensor &loss, const Optimizer &optimizer, Place place = Place::here());
  /// Parameters that are not trained, by their names, separated by commas; `*` stands for any
  /// letters.
  void freeze(const std::string &names, Place place = Place::here());

  /// The network as `cnnc show` prints it.
  std::string show() const;
  /// Writes libNAME.a, NAME.h and what else `cnnc compile` writes into `folder`, as often as one
  /// likes.
  void compile(const std::string &folder, const CompileOptions &options = {}) const;

private:
  friend struct NetworkState;
  std::shared_ptr<NetworkState> state;
};

//===-- Layers --------------------------------------------------------------===//

/// What the layers of cnnc/Layers.h share. A layer makes its parameters where it is first applied,
/// and keeps them: applied again, it computes with the same ones. Copies are the same layer.
class Layer {
protected:
  explicit Layer(const char *word);
  void setArgument(const char *name, Argument value);
  void setParameter(const char *name, const Tensor &value);
  void setName(const std::string &name);
  Tensor apply(const std::vector<Operand> &inputs, Place place) const;

private:
  std::shared_ptr<LayerState> state;
};

} // namespace cnnc::nn
