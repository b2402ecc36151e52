#include "compiler/tool/Picture.h"

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include <stb/stb_image.h>
#pragma GCC diagnostic pop

#include <algorithm>
#include <memory>

namespace cnnc {

bool isPicture(const std::string &path) {
  std::string extension = path.substr(std::min(path.size(), path.find_last_of('.')));
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const char *known[] = {".png", ".jpg", ".jpeg", ".bmp", ".ppm", ".pgm"};
  return std::find(std::begin(known), std::end(known), extension) != std::end(known);
}

Result<HostTensor> readPicture(const std::string &path, const BorderTensor &input) {
  const SizeExpr &channels = input.channelsLast ? input.shape.back() : input.shape[1];
  if (input.shape.size() != 4 || !channels.isConstant() || channels.value() > 4)
    return Error{"input '" + input.name +
                 "' takes no picture: it must have four dims, and 1 to 4 "
                 "channels"};
  int width = 0, height = 0, inFile = 0, wanted = static_cast<int>(channels.value());
  std::unique_ptr<stbi_uc, void (*)(void *)> pixels(
      stbi_load(path.c_str(), &width, &height, &inFile, wanted), stbi_image_free);
  if (!pixels)
    return Error{path + ": can not be read as a picture: " + stbi_failure_reason()};
  LogicalTensor tensor({1, wanted, height, width});
  for (int c = 0; c < wanted; ++c)
    for (int i = 0; i < height * width; ++i)
      tensor.values[static_cast<size_t>(c * height * width + i)] = pixels.get()[i * wanted + c];
  return toMemory(tensor, input.elementType,
                  input.channelsLast ? Layout::ChannelsLast : Layout::RowMajor);
}

} // namespace cnnc
