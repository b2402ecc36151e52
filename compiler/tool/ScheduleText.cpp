#include "compiler/tool/ScheduleText.h"

namespace cnnc {

std::string shortText(const Schedule &schedule) {
  std::string text = schedule.algorithm;
  for (const auto &[name, value] : schedule.parameters) {
    if (value == 0)
      continue;
    text += ' ';
    for (size_t i = 0; i < name.size(); ++i)
      if (i == 0 || name[i - 1] == '_')
        text += name[i];
    text += std::to_string(value);
  }
  return text;
}

} // namespace cnnc
