// Checkpoints: what is saved and read back, what is refused, and what a failure leaves behind.
#include "HandWrittenNetwork.h"
#include "cnnrt_io.h"
#include "compiler/support/TensorFile.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

namespace {

constexpr int64_t filterDims[] = {2, 3}, biasDims[] = {2};
constexpr cnnrt_tensor parameters[] = {{"conv.filter", CNNRT_F32, 2, filterDims, nullptr, 0},
                                       {"conv.bias", CNNRT_F32, 1, biasDims, nullptr, 16},
                                       {"scale", CNNRT_F32, 0, nullptr, nullptr, 10}};
constexpr cnnrt_tensor states[] = {{"momentum.conv.filter", CNNRT_F32, 2, filterDims, nullptr, 4}};
constexpr size_t parameterFloats = 20, stateFloats = 12;

/// A network of these tensors. Between them the blocks have floats that belong to none.
cnnrt_network trainedNetwork() {
  cnnrt_network network = *shrink_network();
  network.parameters = parameters;
  network.num_parameters = 3;
  network.parameter_floats = parameterFloats;
  network.states = states;
  network.num_states = 1;
  network.state_floats = stateFloats;
  return network;
}

/// All that training changes.
struct Training {
  std::vector<float> parameters = std::vector<float>(parameterFloats, 0);
  std::vector<float> state = std::vector<float>(stateFloats, 0);
  uint64_t step = 0;

  /// Numbers of every kind where there are tensors, 0 elsewhere.
  static Training some() {
    using Limits = std::numeric_limits<float>;
    Training result;
    const float filter[] = {1, -0.0f, Limits::denorm_min(), -Limits::infinity(), 0.1f, 3e38f};
    std::copy(std::begin(filter), std::end(filter), result.parameters.begin());
    const uint32_t notANumber = 0xffc12345; // with bits of its own
    std::memcpy(&result.parameters[10], &notANumber, sizeof notANumber);
    result.parameters[16] = 16;
    result.parameters[17] = -17;
    std::copy(std::begin(filter), std::end(filter), result.state.rbegin() + 2);
    result.step = std::numeric_limits<uint64_t>::max();
    return result;
  }
  /// No number is what `some` has.
  static Training other() {
    Training result;
    result.parameters.assign(parameterFloats, 77);
    result.state.assign(stateFloats, 78);
    result.step = 79;
    return result;
  }

  bool operator==(const Training &that) const { // bit by bit
    return std::memcmp(parameters.data(), that.parameters.data(), 4 * parameterFloats) == 0 &&
           std::memcmp(state.data(), that.state.data(), 4 * stateFloats) == 0 && step == that.step;
  }
};

/// The bytes of a safetensors file.
std::string fileOf(const std::string &header, const std::string &elements) {
  const uint64_t length = header.size();
  return std::string(reinterpret_cast<const char *>(&length), sizeof length) + header + elements;
}

std::string bytesOf(const std::vector<float> &values) {
  return std::string(reinterpret_cast<const char *>(values.data()), 4 * values.size());
}

/// A folder for a file, removed at the end with all that is in it.
class Checkpoint : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_TRUE(mkdtemp(folder));
    path = std::string(folder) + "/net.safetensors";
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  int save(const Training &from, bool withState = true) {
    errno = ERANGE;
    const int status = cnnrt_checkpoint_save(path.c_str(), &network, from.parameters.data(),
                                             withState ? from.state.data() : nullptr, from.step);
    EXPECT_EQ(errno, ERANGE);
    return status;
  }
  /// Loads into `loaded`, which stays as it is where the status is an error.
  int load() {
    loaded = Training::other();
    errno = ERANGE;
    const int status = cnnrt_checkpoint_load(path.c_str(), &network, loaded.parameters.data(),
                                             loaded.state.data(), &loaded.step);
    EXPECT_EQ(errno, ERANGE);
    EXPECT_EQ(status == CNNRT_OK, !(loaded == Training::other()));
    return status;
  }
  int loadParameters() {
    loaded = Training::other();
    return cnnrt_checkpoint_load(path.c_str(), &network, loaded.parameters.data(), nullptr,
                                 nullptr);
  }
  int load(const std::string &bytes) {
    unlink(
        path.c_str()); // File systems bring one that is overwritten to the disk, which takes long.
    std::ofstream(path, std::ios::binary) << bytes;
    return load();
  }

  std::string readFile() const {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }
  size_t filesInFolder() const {
    return std::distance(std::filesystem::directory_iterator(folder), {});
  }

  char folder[40] = "/tmp/cnnrt-checkpoint-XXXXXX";
  std::string path;
  cnnrt_network network = trainedNetwork();
  Training loaded;
};

} // namespace

//===-- Saved and loaded ----------------------------------------------------===//

TEST_F(Checkpoint, IsReadBackBitByBit) {
  ASSERT_EQ(save(Training::some()), CNNRT_OK);
  ASSERT_EQ(load(), CNNRT_OK);
  EXPECT_TRUE(loaded == Training::some());
  EXPECT_EQ(filesInFolder(), 1u);
}

TEST_F(Checkpoint, IsTheSameFileForTheSameNumbers) {
  ASSERT_EQ(save(Training::some()), CNNRT_OK);
  const std::string first = readFile();
  ASSERT_EQ(save(Training::some()), CNNRT_OK);
  EXPECT_EQ(readFile(), first);
}

TEST_F(Checkpoint, SaysWhatItIs) {
  Training training = Training::some();
  training.step = 1234;
  ASSERT_EQ(save(training), CNNRT_OK);
  const std::string file = readFile();
  uint64_t length;
  std::memcpy(&length, file.data(), sizeof length);
  EXPECT_EQ((8 + length) % 64, 0u);
  std::string header = file.substr(8, length);
  header.erase(header.find_last_not_of(' ') + 1);
  EXPECT_EQ(
      header,
      R"({"__metadata__":{"format":"cnnc","network":"shrink","step":"1234"},)"
      R"("conv.filter":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},)"
      R"("conv.bias":{"dtype":"F32","shape":[2],"data_offsets":[24,32]},)"
      R"("scale":{"dtype":"F32","shape":[],"data_offsets":[32,36]},)"
      R"("optimizer.momentum.conv.filter":{"dtype":"F32","shape":[2,3],"data_offsets":[36,60]}})");
  EXPECT_EQ(file.size(), 8 + length + 60);
}

TEST_F(Checkpoint, MayHoldTheParametersAlone) {
  ASSERT_EQ(save(Training::some(), /*withState=*/false), CNNRT_OK);
  EXPECT_EQ(readFile().find("optimizer"), std::string::npos);
  EXPECT_EQ(load(), CNNRT_OTHER_NETWORK);
  ASSERT_EQ(loadParameters(), CNNRT_OK);
  EXPECT_EQ(bytesOf(loaded.parameters), bytesOf(Training::some().parameters));
  EXPECT_EQ(loaded.state, Training::other().state);
}

TEST_F(Checkpoint, OfALibraryWithoutStatesHasNone) {
  network.struct_size = offsetof(cnnrt_network, num_states);
  ASSERT_EQ(save(Training::some()), CNNRT_OK);
  EXPECT_EQ(readFile().find("optimizer"), std::string::npos);
  ASSERT_EQ(load(), CNNRT_OK);
  EXPECT_EQ(loaded.state, std::vector<float>(stateFloats, 0));
}

// Larger than the buffer that small pieces are gathered in.
TEST_F(Checkpoint, MayBeLarge) {
  const int64_t dims[] = {3, 5000};
  const cnnrt_tensor tensors[] = {{"a", CNNRT_F32, 2, dims, nullptr, 0},
                                  {"b", CNNRT_F32, 1, biasDims, nullptr, 15000},
                                  {"c", CNNRT_F32, 2, dims, nullptr, 15002}};
  network.parameters = tensors;
  network.parameter_floats = 30002;
  std::vector<float> values(30002), read(30002);
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(i);
  ASSERT_EQ(cnnrt_checkpoint_save(path.c_str(), &network, values.data(), nullptr, 0), CNNRT_OK);
  ASSERT_EQ(cnnrt_checkpoint_load(path.c_str(), &network, read.data(), nullptr, nullptr), CNNRT_OK);
  EXPECT_EQ(read, values);
}

TEST_F(Checkpoint, TakesEveryName) {
  const char *name = "a \"quoted\" \\ name,\n\t\x01\x1f / \xc3\xa9 \xf0\x9f\x98\x80";
  const cnnrt_tensor tensor = {name, CNNRT_F32, 1, biasDims, nullptr, 0};
  network.parameters = &tensor;
  network.num_parameters = 1;
  network.name = name;
  ASSERT_EQ(save(Training::some()), CNNRT_OK);
  EXPECT_EQ(load(), CNNRT_OK);

  cnnc::Result<cnnc::TensorFile> file = cnnc::TensorFile::open(path);
  ASSERT_TRUE(file) << file.error();
  EXPECT_TRUE(file->readFloats(name));
}

//===-- Other programs' files -----------------------------------------------===//

TEST_F(Checkpoint, IsReadByTheCompiler) {
  ASSERT_EQ(save(Training::some()), CNNRT_OK);
  cnnc::Result<cnnc::TensorFile> file = cnnc::TensorFile::open(path);
  ASSERT_TRUE(file) << file.error();
  EXPECT_EQ(file->names(), (std::vector<std::string>{"conv.filter", "conv.bias", "scale",
                                                     "optimizer.momentum.conv.filter"}));
  cnnc::Result<cnnc::FloatTensor> filter = file->readFloats("conv.filter");
  ASSERT_TRUE(filter) << filter.error();
  EXPECT_EQ(filter->shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(std::memcmp(filter->data, Training::some().parameters.data(), 24), 0);
  cnnc::Result<cnnc::FloatTensor> scale = file->readFloats("scale");
  ASSERT_TRUE(scale) << scale.error();
  EXPECT_TRUE(scale->shape.empty());
}

TEST_F(Checkpoint, MayBeAFileOfTheCompiler) {
  const std::vector<float> filter = {1, 2, 3, 4, 5, 6}, bias = {7, 8}, scale = {9};
  using cnnc::StorageType;
  ASSERT_TRUE(cnnc::writeTensorFile(path, {{"scale", StorageType::F32, {}, scale.data()},
                                           {"conv.filter", StorageType::F32, {2, 3}, filter.data()},
                                           {"conv.bias", StorageType::F32, {2}, bias.data()}}));
  ASSERT_EQ(loadParameters(), CNNRT_OK);
  std::vector<float> expected(parameterFloats, 0);
  std::copy(filter.begin(), filter.end(), expected.begin());
  std::copy(bias.begin(), bias.end(), expected.begin() + 16);
  expected[10] = 9;
  EXPECT_EQ(loaded.parameters, expected);
}

namespace {

const std::string filterEntry =
    R"("conv.filter":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]})";
const std::string restOfEntries =
    R"("conv.bias":{"dtype":"F32","shape":[2],"data_offsets":[24,32]},)"
    R"("scale":{"dtype":"F32","shape":[],"data_offsets":[32,36]},)"
    R"("optimizer.momentum.conv.filter":{"dtype":"F32","shape":[2,3],"data_offsets":[36,60]})";
const std::string entries = filterEntry + "," + restOfEntries;
const std::string elements = bytesOf({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15});

} // namespace

TEST_F(Checkpoint, NeedsNoMetadata) {
  ASSERT_EQ(load(fileOf("{" + entries + "}", elements)), CNNRT_OK);
  EXPECT_EQ(loaded.step, 0u);
  EXPECT_EQ(loaded.parameters[17], 8);
  EXPECT_EQ(loaded.parameters[18], 0);
  EXPECT_EQ(loaded.state[3], 0);
  EXPECT_EQ(loaded.state[4], 10);
}

// As Python's package writes it: the fields in its order, the header filled up to 8 bytes.
TEST_F(Checkpoint, MayHaveTensorsThatTheNetworkHasNot) {
  const std::string header =
      R"({"__metadata__":{"format":"pt"},)"
      R"("before":{"dtype":"BF16","shape":[3],"data_offsets":[0,6]},)"
      R"("conv.bias":{"dtype":"F32","shape":[2],"data_offsets":[6,14]},)"
      R"("conv.filter":{"dtype":"F32","shape":[2,3],"data_offsets":[14,38]},)"
      R"("scale":{"dtype":"F32","shape":[],"data_offsets":[38,42]},)"
      R"("scale_":{"dtype":"I64","shape":[0],"data_offsets":[42,42]},)"
      R"("steps":{"dtype":"NEW_TYPE","shape":[7,7],"data_offsets":[42,43]}}     )";
  std::ofstream(path, std::ios::binary)
      << fileOf(header, "6bytes" + bytesOf({1, 2, 3, 4, 5, 6, 7, 8, 9}) + "1");
  ASSERT_EQ(loadParameters(), CNNRT_OK);
  EXPECT_EQ(loaded.parameters[16], 1);
  EXPECT_EQ(loaded.parameters[0], 3);
  EXPECT_EQ(loaded.parameters[10], 9);
}

TEST_F(Checkpoint, MayBeSpacedAndEscaped) {
  const std::string header =
      " {\n\t\"__metadata__\" : { \"st\\u0065p\" : \"12\" } ,\r\n"
      R"( "conv\u002Efilter" : { "data_offsets" : [ 0 , 24 ] , "d\u0074ype" : "F3\u0032" , )"
      R"( "shape" : [ 2 , 3 ] } , )" +
      restOfEntries + " } ";
  ASSERT_EQ(load(fileOf(header, elements)), CNNRT_OK);
  EXPECT_EQ(loaded.step, 12u);
  EXPECT_EQ(loaded.parameters[5], 6);
}

TEST_F(Checkpoint, UnderstandsEveryEscape) {
  const cnnrt_tensor tensor = {
      "\"\\/\b\f\n\r\t \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", CNNRT_F32, 0, nullptr, nullptr, 0};
  network.parameters = &tensor;
  network.num_parameters = 1;
  network.num_states = 0;
  const std::string name = R"("\"\\\/\b\f\n\r\t \u00e9 \u20AC \uD83D\ude00")";
  const std::string entry = R"(:{"dtype":"F32","shape":[],"data_offsets":[0,4]})";
  EXPECT_EQ(load(fileOf("{" + name + entry + "}", bytesOf({5}))), CNNRT_OK);
  // A null in the file's name does not end it.
  const std::string longer = name.substr(0, name.size() - 1) + R"(\u0000")";
  EXPECT_EQ(load(fileOf("{" + longer + entry + "}", bytesOf({5}))), CNNRT_OTHER_NETWORK);
}

//===-- Refused -------------------------------------------------------------===//

TEST_F(Checkpoint, IsRefusedIfItIsCutShort) {
  ASSERT_EQ(save(Training::some()), CNNRT_OK);
  const std::string whole = readFile();
  for (size_t length = 0; length < whole.size(); ++length)
    EXPECT_EQ(load(whole.substr(0, length)), CNNRT_BAD_CHECKPOINT) << length << " bytes";
  EXPECT_EQ(load(whole + "x"), CNNRT_BAD_CHECKPOINT);
  EXPECT_EQ(load(whole), CNNRT_OK);
}

// Whatever a byte of the header becomes, the file is taken whole or not at all (see load), and
// nothing outside of it is read.
TEST_F(Checkpoint, MayBeDamagedAnywhere) {
  ASSERT_EQ(save(Training::some()), CNNRT_OK);
  std::string file = readFile();
  const size_t header = file.rfind('}');
  int refused = 0;
  for (size_t i = 0; i <= header; ++i) {
    const char before = file[i];
    for (char wrong : {'\0', '"', '\\', '{', '}', '[', ',', '9', ' ', 'x', '\xff'}) {
      file[i] = wrong;
      refused += load(file) != CNNRT_OK;
    }
    file[i] = before;
  }
  EXPECT_GT(refused, static_cast<int>(header) * 8); // What is left: names and texts.
}

TEST_F(Checkpoint, IsRefusedWithAHeaderThatIsNone) {
  const std::string headers[] = {
      "x",                  // not even JSON
      "{" + entries,        // never closed
      "{" + entries + "}}", // closed twice
      "{" + entries + ",}", // a comma too many
      "{," + entries + "}",
      "{" + entries + " " + entries + "}",                            // none at all
      "[" + entries + "]",                                            // a list
      "{" + entries + R"(,"a":7})",                                   // a number as a tensor
      "{" + entries + R"(,"a":{}})",                                  // a tensor of nothing
      "{" + entries + R"(,"a":{"dtype":"U8","shape":[0]}})",          // without offsets
      "{" + entries + R"(,"a":{"dtype":"U8","data_offsets":[0,0]}})", // without shape
      "{" + entries + R"(,"a":{"shape":[0],"data_offsets":[0,0]}})",  // without type
      "{" + entries + R"(,"a":{"dtype":"U8","dtype":"U8","shape":[0],"data_offsets":[0,0]}})",
      "{" + entries + R"(,"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"b":1}})",
      "{" + entries + R"(,"a":{"dtype":8,"shape":[0],"data_offsets":[0,0]}})",
      "{" + entries + R"(,"a":{"dtype":"U8","shape":0,"data_offsets":[0,0]}})",
      "{" + entries + R"(,"a":{"dtype":"U8","shape":[00],"data_offsets":[0,0]}})",
      "{" + entries + R"(,"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,0]}})",
      "{" + entries + R"(,"a":{"dtype":"U8","shape":[1.0],"data_offsets":[0,0]}})",
      "{" + entries + R"(,"a":{"dtype":"U8","shape":[1,],"data_offsets":[0,0]}})",
      "{" + entries + R"(,"a":{"dtype":"U8","shape":[0],"data_offsets":[0]}})",
      "{" + entries + R"(,"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0,0]}})",
      "{" + entries + R"(,"a":{"dtype":"U8","shape":[0],"data_offsets":[4,0]}})",
      "{" + entries + R"(,"a":{"dtype":"U8","shape":[1],"data_offsets":[60,61]}})",
      "{" + entries + R"(,"a":{"dtype":"U8","shape":[18446744073709551616],"data_offsets":[0,0]}})",
      "{" + entries + R"(,"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})",
      "{" + entries + R"(,"a":{"dtype":"F32","shape":[],"data_offsets":[0,0]}})",
      "{" + entries + R"(,"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0]}})",
      "{" + entries +
          R"(,"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}})",
      "{" + entries + "," + filterEntry + "}", // a name twice
      "{" + entries + R"(,"__metadata__":7})",
      "{" + entries + R"(,"__metadata__":{"step":7}})",  // a number as a text
      "{" + entries + R"(,"__metadata__":{"step":"7"})", // never closed
      "{" + entries + R"(,"__metadata__":{"step":"7",}})",
      "{" + entries + R"(,"__metadata__":{"step":""}})", // no number
      "{" + entries + R"(,"__metadata__":{"step":"7x"}})",
      "{" + entries + R"(,"__metadata__":{"step":"-7"}})",
      "{" + entries + R"(,"__metadata__":{"step":"07"}})",
      "{" + entries + R"(,"__metadata__":{"step":"18446744073709551616"}})",
      "{" + entries + R"(,"__metadata__":{"step":"7","step":"7"}})",
      "{" + entries + R"(,"__metadata__":{"a":"\x"}})", // no escape
      "{" + entries + R"(,"__metadata__":{"a":"\u12g4"}})",
      "{" + entries + R"(,"__metadata__":{"a":"\ud83d"}})", // half a character
      "{" + entries + R"(,"__metadata__":{"a":"\ud83d\u0041"}})",
      "{" + entries + R"(,"__metadata__":{"a":"\ude00"}})",
      "{" + entries + ",\"__metadata__\":{\"a\":\"\n\"}}", // a control character
      "{" + entries + R"(,"__metadata__":{"a":"\)",        // the text ends in an escape
      "{" + entries + R"(,"__metadata__":{"a":"\u00)",
      "{" + entries + "}x", // more behind it
  };
  for (const std::string &header : headers)
    EXPECT_EQ(load(fileOf(header, elements)), CNNRT_BAD_CHECKPOINT) << header;
}

TEST_F(Checkpoint, IsRefusedWithALengthThatCannotBe) {
  std::string file = fileOf("{" + entries + "}", elements);
  for (uint64_t length :
       {uint64_t(0), uint64_t(file.size() - 7), uint64_t(1) << 40, ~uint64_t(0)}) {
    std::memcpy(file.data(), &length, sizeof length);
    EXPECT_EQ(load(file), CNNRT_BAD_CHECKPOINT) << length;
  }
}

TEST_F(Checkpoint, IsRefusedByAnotherNetwork) {
  ASSERT_EQ(save(Training::some()), CNNRT_OK);
  const int64_t others[][3] = {{3, 2, 1}, {2, 4, 1}, {6, 1, 1}, {2, 3, 1}};
  const int32_t ranks[] = {2, 2, 1, 3};
  for (int i = 0; i < 4; ++i) {
    cnnrt_tensor changed[] = {parameters[0], parameters[1], parameters[2]};
    changed[0].dims = others[i];
    changed[0].rank = ranks[i];
    network.parameters = changed;
    EXPECT_EQ(load(), CNNRT_OTHER_NETWORK) << i;
  }
  for (const char *name : {"conv.filte", "conv.filter2", "Conv.filter", "", "__metadata__"}) {
    cnnrt_tensor changed[] = {parameters[1], parameters[2], parameters[0]};
    changed[2].name = name;
    network.parameters = changed;
    EXPECT_EQ(load(), CNNRT_OTHER_NETWORK) << name;
  }
  network = trainedNetwork();
  cnnrt_tensor state = states[0];
  state.name = "velocity.conv.filter";
  network.states = &state;
  EXPECT_EQ(load(), CNNRT_OTHER_NETWORK);
  EXPECT_EQ(loadParameters(), CNNRT_OK);
}

TEST_F(Checkpoint, IsRefusedWithParametersOfAnotherType) {
  const std::string integers =
      R"("conv.filter":{"dtype":"I32","shape":[2,3],"data_offsets":[0,24]},)";
  EXPECT_EQ(load(fileOf("{" + integers + restOfEntries + "}", elements)), CNNRT_OTHER_NETWORK);
  EXPECT_EQ(load(fileOf("{}", "")), CNNRT_OTHER_NETWORK);
}

TEST_F(Checkpoint, IsRefusedWhereThereIsNone) {
  EXPECT_EQ(load(), CNNRT_UNREADABLE_FILE);
  path = folder;
  EXPECT_EQ(load(), CNNRT_UNREADABLE_FILE);
}

TEST_F(Checkpoint, TakesNoNullPointers) {
  Training training;
  float *values = training.parameters.data();
  EXPECT_EQ(cnnrt_checkpoint_save(nullptr, &network, values, nullptr, 0), CNNRT_NULL_POINTER);
  EXPECT_EQ(cnnrt_checkpoint_save(path.c_str(), nullptr, values, nullptr, 0), CNNRT_NULL_POINTER);
  EXPECT_EQ(cnnrt_checkpoint_save(path.c_str(), &network, nullptr, nullptr, 0), CNNRT_NULL_POINTER);
  EXPECT_EQ(cnnrt_checkpoint_load(nullptr, &network, values, nullptr, nullptr), CNNRT_NULL_POINTER);
  EXPECT_EQ(cnnrt_checkpoint_load(path.c_str(), nullptr, values, nullptr, nullptr),
            CNNRT_NULL_POINTER);
  EXPECT_EQ(cnnrt_checkpoint_load(path.c_str(), &network, nullptr, nullptr, nullptr),
            CNNRT_NULL_POINTER);
  network.abi_version++;
  EXPECT_EQ(cnnrt_checkpoint_save(path.c_str(), &network, values, nullptr, 0), CNNRT_ABI_MISMATCH);
  EXPECT_EQ(cnnrt_checkpoint_load(path.c_str(), &network, values, nullptr, nullptr),
            CNNRT_ABI_MISMATCH);
  EXPECT_EQ(filesInFolder(), 0u);
}

//===-- Not written ---------------------------------------------------------===//

namespace {

/// As long as it lives a file cannot grow beyond `bytes`: as on a full disk, writing fails.
class FullDisk {
public:
  explicit FullDisk(size_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before);
    rlimit limit = before;
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
  }

private:
  rlimit before = {};
  void (*handler)(int) = std::signal(SIGXFSZ, SIG_IGN);
};

} // namespace

TEST_F(Checkpoint, OfBeforeIsWholeAfterAFullDisk) {
  Training before = Training::some();
  before.step = 5;
  ASSERT_EQ(save(before), CNNRT_OK);
  const size_t bytes = readFile().size();
  for (size_t limit : {size_t(0), size_t(1), bytes / 2, bytes - 1}) {
    int status;
    {
      FullDisk disk(limit);
      status = save(Training::other());
    }
    EXPECT_EQ(status, CNNRT_WRITE_FAILED) << limit;
    EXPECT_EQ(filesInFolder(), 1u);
    ASSERT_EQ(load(), CNNRT_OK);
    EXPECT_TRUE(loaded == before);
  }
  FullDisk disk(bytes);
  EXPECT_EQ(save(Training::other()), CNNRT_OK);
}

TEST_F(Checkpoint, IsNotWrittenWhereItCannotBe) {
  const std::string inFolder = path;
  path = std::string(folder) + "/none/net.safetensors";
  EXPECT_EQ(save(Training::some()), CNNRT_WRITE_FAILED);
  path = std::string(folder) + "/" + std::string(5000, 'a');
  EXPECT_EQ(save(Training::some()), CNNRT_WRITE_FAILED);
  EXPECT_EQ(filesInFolder(), 0u);

  path = inFolder;
  std::filesystem::create_directory(path); // What is written cannot be renamed to it.
  EXPECT_EQ(save(Training::some()), CNNRT_WRITE_FAILED);
  EXPECT_EQ(filesInFolder(), 1u);
}

// What a process of the same number left when it was killed.
TEST_F(Checkpoint, IsWrittenOverWhatWasLeftBeside) {
  std::ofstream(path + ".tmp-" + std::to_string(getpid())) << std::string(10000, 'x');
  ASSERT_EQ(save(Training::some()), CNNRT_OK);
  ASSERT_EQ(load(), CNNRT_OK);
  EXPECT_EQ(filesInFolder(), 1u);
}
