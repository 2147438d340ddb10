#include "scheduler/model/resource_vector.h"

#include <algorithm>

#include "scheduler/api/qualified_name.h"

namespace muster::model {
namespace {

constexpr std::int64_t kAmountMax = std::int64_t{1} << 50;

/// A pod that asks for the cap or more fits on no node, so nodes offer a little less.
constexpr std::int64_t kOfferMax = kAmountMax - 1;

auto FindExtended(const ResourceVector& amounts, ResourceId resource) {
  return std::lower_bound(
      amounts.extended.begin(), amounts.extended.end(), resource,
      [](const ExtendedAmount& entry, ResourceId id) { return entry.resource < id; });
}

void AddExtended(ResourceVector& total, ResourceId resource, std::int64_t amount) {
  if (amount == 0) return;
  const auto found = FindExtended(total, resource);
  const auto position = total.extended.begin() + (found - total.extended.begin());
  if (position != total.extended.end() && position->resource == resource) {
    position->amount += amount;
    if (position->amount == 0) total.extended.erase(position);
  } else {
    total.extended.insert(position, ExtendedAmount{resource, amount});
  }
}

ResourceVector FromList(const api::ResourceList& list, std::int64_t amount_max,
                        ResourceNames& names) {
  const auto capped = [amount_max](std::int64_t amount) {
    return std::clamp<std::int64_t>(amount, 0, amount_max);
  };
  ResourceVector amounts;
  for (const auto& [name, quantity] : list) {
    if (name == "cpu") {
      amounts.cpu = {capped(quantity.MilliValue())};
    } else if (name == "memory") {
      amounts.memory = {capped(quantity.Value())};
    } else if (name == "ephemeral-storage") {
      amounts.ephemeral_storage = {capped(quantity.Value())};
    } else if (name == "pods") {
      amounts.pods = capped(quantity.Value());
    } else if (api::IsScalarResourceName(name)) {
      AddExtended(amounts, names.Intern(name), capped(quantity.Value()));
    }
  }
  return amounts;
}

}  // namespace

ResourceId ResourceNames::Intern(std::string_view name) {
  const std::string key(name);
  if (const auto found = ids_.find(key); found != ids_.end()) return found->second;
  if (names_.size() + 1 >= kNamesMax) {
    if (names_.size() < kNamesMax) names_.push_back("(too many resource names)");
    return static_cast<ResourceId>(kNamesMax - 1);
  }
  const auto id = static_cast<ResourceId>(names_.size());
  names_.push_back(key);
  ids_.emplace(key, id);
  return id;
}

std::int64_t ResourceVector::Extended(ResourceId resource) const {
  const auto found = FindExtended(*this, resource);
  return found != extended.end() && found->resource == resource ? found->amount : 0;
}

void AddScaled(ResourceVector& total, const ResourceVector& other, std::int64_t count) {
  total.cpu.value += other.cpu.value * count;
  total.memory.value += other.memory.value * count;
  total.ephemeral_storage.value += other.ephemeral_storage.value * count;
  total.pods += other.pods * count;
  for (const ExtendedAmount& entry : other.extended) {
    AddExtended(total, entry.resource, entry.amount * count);
  }
}

ResourceVector Difference(const ResourceVector& a, const ResourceVector& b) {
  ResourceVector difference = a;
  AddScaled(difference, b, -1);
  return difference;
}

ResourceVector PodAmounts(const api::ResourceList& requests, ResourceNames& names) {
  ResourceVector amounts = FromList(requests, kAmountMax, names);
  amounts.pods = 1;
  return amounts;
}

NonZeroRequests NonZeroAmounts(const api::ResourceList& non_zero_requests) {
  const auto find = [&](const char* name) {
    const auto found = non_zero_requests.find(name);
    return found == non_zero_requests.end() ? Quantity{} : found->second;
  };
  const auto capped = [](std::int64_t amount) {
    return std::clamp<std::int64_t>(amount, 0, kAmountMax);
  };
  return {{capped(find("cpu").MilliValue())}, {capped(find("memory").Value())}};
}

ResourceVector NodeAmounts(const api::ResourceList& allocatable, ResourceNames& names) {
  return FromList(allocatable, kOfferMax, names);
}

std::int64_t CountThatFit(const ResourceVector& free, const ResourceVector& request,
                          std::int64_t limit) {
  std::int64_t count = limit;
  const auto lower = [&count](std::int64_t have, std::int64_t ask) {
    if (ask > 0) count = std::min(count, have < ask ? 0 : have / ask);
  };
  lower(free.pods, request.pods);
  lower(free.cpu.value, request.cpu.value);
  lower(free.memory.value, request.memory.value);
  lower(free.ephemeral_storage.value, request.ephemeral_storage.value);
  for (const ExtendedAmount& entry : request.extended) {
    lower(free.Extended(entry.resource), entry.amount);
  }
  return std::max<std::int64_t>(count, 0);
}

bool IsOverCommitted(const ResourceVector& free) {
  const auto negative = [](const ExtendedAmount& entry) { return entry.amount < 0; };
  return free.cpu.value < 0 || free.memory.value < 0 || free.ephemeral_storage.value < 0 ||
         free.pods < 0 || std::any_of(free.extended.begin(), free.extended.end(), negative);
}

}  // namespace muster::model
