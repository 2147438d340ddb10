#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "scheduler/model/resource_vector.h"

namespace muster::framework {

/// What the judgement of pods depends on, as one text: pod sets with equal keys are judged alike,
/// so that the capacities of one serve the other. Every part is written with its length, so that no
/// two different lists of parts give one text.
class PodSetKey {
 public:
  void Add(std::int64_t number) {
    text_.append(reinterpret_cast<const char*>(&number), sizeof(number));
  }
  void Add(std::string_view text) {
    Add(static_cast<std::int64_t>(text.size()));
    text_.append(text);
  }
  void Add(const model::ResourceVector& amounts) {
    Add(amounts.cpu.value);
    Add(amounts.memory.value);
    Add(amounts.ephemeral_storage.value);
    Add(amounts.pods);
    Add(static_cast<std::int64_t>(amounts.extended.size()));
    for (const model::ExtendedAmount& entry : amounts.extended) {
      Add(std::int64_t{entry.resource});
      Add(entry.amount);
    }
  }
  const std::string& Text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace muster::framework
