// Folders of pictures as a data set.
#include "compiler/tool/Picture.h"
#include "compiler/tool/train/Dataset.h"

#include <algorithm>
#include <cstring>
#include <filesystem>

namespace cnnc {

namespace fs = std::filesystem;

/// The entries of a folder that `isWanted`, by name.
template <typename Predicate>
static std::vector<fs::path> list(const fs::path &folder, Predicate isWanted) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    if (it->path().filename().string().front() != '.' && isWanted(it->path()))
      found.push_back(it->path());
  std::sort(found.begin(), found.end());
  return found;
}

/// Whether a network takes one picture and is told one label.
static Status checkFormat(const DataFormat &format) {
  bool hasPicture = format.inputs.size() == 1 && format.inputs.front().shape.size() == 4;
  bool hasLabel = format.targets.size() == 1 && format.targets.front().shape.size() == 1 &&
                  format.labels.size() == 1;
  if (hasPicture && hasLabel)
    return done();
  return Error{"folders of pictures are for a network with one picture as its input and one label "
               "as its target; others take an .npz"};
}

static std::string sizeText(const BorderTensor &border, const std::vector<int64_t> &shape) {
  size_t height = border.channelsLast ? 1 : 2;
  return std::to_string(shape[height + 1]) + "x" + std::to_string(shape[height]);
}

/// What a network of floats sees is within [0, 1].
static void scale(HostTensor &picture) {
  if (picture.elementType != ElementType::F32)
    return;
  for (size_t at = 0; at < picture.bytes.size(); at += sizeof(float)) {
    float value;
    std::memcpy(&value, picture.bytes.data() + at, sizeof value);
    value /= 255;
    std::memcpy(picture.bytes.data() + at, &value, sizeof value);
  }
}

namespace {
/// Appends pictures to a data set, which must all have one size.
class PictureReader {
public:
  PictureReader(const DataFormat &format, Dataset &data)
      : format(format), border(format.inputs.front()), data(data) {}

  Status add(const std::string &path) {
    Result<HostTensor> picture = readPicture(path, border);
    if (!picture)
      return Error{picture.error()};
    if (first.empty()) {
      if (Status fits = matchSamples(border, format.sizes, picture->shape, data.sizes); !fits)
        return Error{path + ": the picture has " + sizeText(border, picture->shape) +
                     " pixels: " + fits.error()};
      first = path;
      shape = picture->shape;
    }
    if (picture->shape != shape)
      return Error{path + ": the picture has " + sizeText(border, picture->shape) + " pixels but " +
                   first + " has " + sizeText(border, shape)};
    scale(*picture);
    bytes.insert(bytes.end(), picture->bytes.begin(), picture->bytes.end());
    return done();
  }

  /// All pictures, side by side.
  HostTensor finish(int64_t samples) {
    shape.front() = samples;
    HostTensor all;
    all.elementType = border.elementType;
    all.shape = shape;
    all.bytes = std::move(bytes);
    return all;
  }

private:
  const DataFormat &format;
  const BorderTensor &border;
  Dataset &data;
  std::string first;
  std::vector<int64_t> shape;
  std::vector<char> bytes;
};
} // namespace

Result<Dataset> readPictureFolders(const std::string &path, const DataFormat &format) {
  if (Status status = checkFormat(format); !status)
    return Error{status.error()};
  std::vector<fs::path> folders = list(path, [](const fs::path &p) { return fs::is_directory(p); });
  const int64_t classes = format.labels.front().classes;
  if (static_cast<int64_t>(folders.size()) != classes)
    return Error{path + ": there are " + std::to_string(folders.size()) +
                 " folders of classes but the network has " + std::to_string(classes) + " classes"};
  Dataset data;
  data.sizes = format.typicalSizes;
  PictureReader reader(format, data);
  std::vector<double> labels;
  for (const fs::path &folder : folders) {
    std::vector<fs::path> pictures =
        list(folder, [](const fs::path &p) { return isPicture(p.string()); });
    if (pictures.empty())
      return Error{folder.string() + ": there is no picture of this class"};
    for (const fs::path &picture : pictures) {
      if (Status added = reader.add(picture.string()); !added)
        return Error{added.error()};
      labels.push_back(static_cast<double>(data.classes.size()));
    }
    data.classes.push_back(folder.filename().string());
  }
  data.samples = static_cast<int64_t>(labels.size());
  data.inputs.push_back(reader.finish(data.samples));
  data.targets.push_back(toMemory({{data.samples}, std::move(labels)},
                                  format.targets.front().elementType, Layout::RowMajor));
  return data;
}

} // namespace cnnc
