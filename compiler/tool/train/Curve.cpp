#include "compiler/tool/train/Curve.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <cmath>

namespace cnnc {

std::vector<double> axisNumbers(double low, double high, int count) {
  double least = (high - low) / count, power = std::pow(10, std::floor(std::log10(least)));
  double step = 10 * power;
  for (double factor : {5, 2, 1})
    if (factor * power >= least * (1 - 1e-9))
      step = factor * power;
  std::vector<double> numbers;
  for (double k = std::ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; ++k)
    numbers.push_back(k * step + 0.0); // Not -0.
  return numbers;
}

/// Letters that mean something in XML, as it spells them.
static std::string escape(const std::string &text) {
  std::string result;
  for (char c : text)
    result += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
  return result;
}

namespace {

constexpr double width = 640, height = 400, left = 64, right = 24, top = 40, bottom = 48;
constexpr const char *trainingColor = "#1f5fa8", *validationColor = "#c8501e";

/// From losses to points of the picture.
struct Frame {
  explicit Frame(const std::vector<CurvePoint> &points)
      : firstEpoch(points.front().epoch), lastEpoch(points.back().epoch) {
    double least = points.front().training;
    for (const CurvePoint &point : points) {
      most = std::max({most, point.training, point.validation.value_or(point.training)});
      least = std::min({least, point.training, point.validation.value_or(point.training)});
    }
    low = std::min(0.0, least); // A loss may be negative, but rarely is.
    if (most <= low)
      most = low + 1;
    if (lastEpoch <= firstEpoch) { // One point, in the middle.
      firstEpoch -= 0.5;
      lastEpoch = firstEpoch + 1;
    }
  }

  double x(double epoch) const {
    return left + (epoch - firstEpoch) / (lastEpoch - firstEpoch) * (width - left - right);
  }
  double y(double loss) const {
    return height - bottom - (loss - low) / (most - low) * (height - top - bottom);
  }

  double firstEpoch, lastEpoch, low = 0, most = 0;
};

/// Writes the elements of the picture.
class Drawing {
public:
  Drawing(const Frame &frame, llvm::raw_ostream &os) : frame(frame), os(os) {}

  void text(double x, double y, const char *anchor, const std::string &content) {
    os << llvm::format("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor)
       << escape(content) << "</text>\n";
  }

  void line(double x1, double y1, double x2, double y2, const char *color) {
    os << llvm::format("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" ", x1, y1, x2, y2)
       << "stroke=\"" << color << "\"/>\n";
  }

  void axes() {
    for (double loss : axisNumbers(frame.low, frame.most, 6)) {
      line(left, frame.y(loss), width - right, frame.y(loss), "#ddd");
      text(left - 8, frame.y(loss) + 4, "end", number(loss));
    }
    for (double epoch : axisNumbers(frame.firstEpoch, frame.lastEpoch, 10)) {
      if (epoch != std::floor(epoch))
        continue;
      line(frame.x(epoch), height - bottom, frame.x(epoch), height - bottom + 5, "#444");
      text(frame.x(epoch), height - bottom + 20, "middle", number(epoch));
    }
    line(left, top, left, height - bottom, "#444");
    line(left, height - bottom, width - right, height - bottom, "#444");
    text((left + width - right) / 2, height - 10, "middle", "epoch");
    os << llvm::format("<text transform=\"translate(16 %.1f) rotate(-90)\" ",
                       (top + height - bottom) / 2)
       << "text-anchor=\"middle\">loss</text>\n";
  }

  /// A line through the points, each marked, and its row in the legend.
  void curve(const std::vector<std::pair<double, double>> &points, const char *color,
             const std::string &name, int row) {
    os << "<polyline fill=\"none\" stroke-width=\"2\" stroke=\"" << color << "\" points=\"";
    for (auto [epoch, loss] : points)
      os << llvm::format("%.1f,%.1f ", frame.x(epoch), frame.y(loss));
    os << "\"/>\n";
    if (points.size() <= 50)
      for (auto [epoch, loss] : points)
        os << llvm::format("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" ", frame.x(epoch),
                           frame.y(loss))
           << "fill=\"" << color << "\"/>\n";
    double y = top + 8 + 18 * row, x = width - right - 110;
    os << llvm::format("<rect x=\"%.1f\" y=\"%.1f\" width=\"18\" height=\"3\" ", x, y - 5)
       << "fill=\"" << color << "\"/>\n";
    text(x + 26, y, "start", name);
  }

private:
  static std::string number(double value) {
    std::string text;
    llvm::raw_string_ostream(text) << llvm::format("%.6g", value);
    return text;
  }

  const Frame &frame;
  llvm::raw_ostream &os;
};

} // namespace

std::string drawCurve(const std::string &title, const std::vector<CurvePoint> &points) {
  std::string svg;
  llvm::raw_string_ostream os(svg);
  os << llvm::format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" ", width,
                     height)
     << llvm::format("width=\"%.0f\" height=\"%.0f\" ", width, height)
     << "font-family=\"sans-serif\" font-size=\"12\" fill=\"#222\">\n"
     << "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n";
  Frame frame(points);
  Drawing drawing(frame, os);
  drawing.text(left, 24, "start", title);
  drawing.axes();
  std::vector<std::pair<double, double>> training, validation;
  for (const CurvePoint &point : points) {
    training.push_back({point.epoch, point.training});
    if (point.validation)
      validation.push_back({point.epoch, *point.validation});
  }
  drawing.curve(training, trainingColor, "training", 0);
  if (!validation.empty())
    drawing.curve(validation, validationColor, "validation", 1);
  os << "</svg>\n";
  return svg;
}

} // namespace cnnc
