#include "scheduler/kube/known_objects.h"

#include <algorithm>
#include <utility>

namespace muster::kube {
namespace {

bool IsOrdered(std::string_view version) {
  return !version.empty() && version.front() != '0' &&
         std::all_of(version.begin(), version.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

bool IsNewerVersion(std::string_view candidate, std::string_view known) {
  if (!IsOrdered(candidate) || !IsOrdered(known)) return candidate != known;
  if (candidate.size() != known.size()) return candidate.size() > known.size();
  return candidate > known;
}

KnownObjects::KnownObjects(core::ResourceKind kind, Emit emit)
    : kind_(kind), emit_(std::move(emit)) {}

void KnownObjects::EmitGone(const api::NamespacedName& name, const std::string& uid) {
  if (kind_ == core::ResourceKind::kPod) {
    emit_(core::PodGone{name, uid});
  } else if (kind_ == core::ResourceKind::kNode) {
    emit_(core::NodeGone{name.name});
  } else {
    emit_(core::ObjectGone{kind_, name});
  }
}

void KnownObjects::Accept(Known& known, SeenObject seen) {
  if (!known.uid.empty() && known.uid != seen.uid) EmitGone(seen.name, known.uid);
  known.uid = std::move(seen.uid);
  known.resource_version = std::move(seen.resource_version);
  emit_(std::move(seen.observed));
}

void KnownObjects::Observe(SeenObject seen) {
  Known& known = objects_[seen.name];
  // Versions are of the resource, not of the object: they order a successor under the same name
  // too.
  if (!known.uid.empty() && !IsNewerVersion(seen.resource_version, known.resource_version)) return;
  Accept(known, std::move(seen));
}

void KnownObjects::Remove(const api::NamespacedName& name, const std::string& uid,
                          const std::string& resource_version) {
  auto entry = objects_.find(name);
  if (entry == objects_.end()) return;
  if (!uid.empty() && entry->second.uid != uid) return;
  // The DELETED event carries the version of the deletion.
  if (!IsNewerVersion(resource_version, entry->second.resource_version) &&
      resource_version != entry->second.resource_version) {
    return;
  }
  EmitGone(name, entry->second.uid);
  objects_.erase(entry);
}

void KnownObjects::BeginReplace() { ++replace_number_; }

void KnownObjects::ObserveListed(SeenObject seen) {
  Known& known = objects_[seen.name];
  known.listed_in = replace_number_;
  // A complete list is the truth: an older version than the known one means that the server's store
  // was set back (a restored backup), and is taken.
  if (known.uid == seen.uid && known.resource_version == seen.resource_version) return;
  Accept(known, std::move(seen));
}

void KnownObjects::KeepListed(const api::NamespacedName& name) {
  auto entry = objects_.find(name);
  if (entry != objects_.end()) entry->second.listed_in = replace_number_;
}

void KnownObjects::FinishReplace() {
  for (auto entry = objects_.begin(); entry != objects_.end();) {
    if (entry->second.listed_in == replace_number_) {
      ++entry;
      continue;
    }
    EmitGone(entry->first, entry->second.uid);
    entry = objects_.erase(entry);
  }
}

}  // namespace muster::kube
