// A photograph as the network expects it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// What EfficientNet-Lite0 was trained on: squares of this side.
constexpr int pictureSide = 224;

/// Loads a PNG or JPEG (or what else stb_image reads) as RGB, cuts out the largest square in the
/// middle and scales it to pictureSide x pictureSide. Row by row, 3 bytes a pixel.
///
/// Scaling is linear interpolation where the picture grows; where it shrinks, the triangle of
/// interpolation is widened so that every pixel of the photograph counts.
///
/// On an error the result is empty and `error` says why, with the file's name.
std::vector<uint8_t> loadPicture(const std::string &path, std::string &error);
