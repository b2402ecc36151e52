// A picture file as the input of a network.
#pragma once

#include "compiler/tool/Tensors.h"

namespace cnnc {

/// True for the names of PNG, JPEG, BMP, PPM and PGM files.
bool isPicture(const std::string &path);

/// The picture as a batch of one, in the element type, layout and number of channels of `input`,
/// which must have four dims. Values are 0 to 255. An error for a file that is no picture.
Result<HostTensor> readPicture(const std::string &path, const BorderTensor &input);

} // namespace cnnc
