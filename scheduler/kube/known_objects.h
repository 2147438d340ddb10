#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "scheduler/core/events.h"

namespace muster::kube {

/// "Newer" among the resource versions of one resource: digits without leading zeros order by
/// length, then by text. Versions of another form are not ordered: a different one counts as newer.
/// Source: KEP-5504.
bool IsNewerVersion(std::string_view candidate, std::string_view known);

/// One object as the server showed it.
struct SeenObject {
  api::NamespacedName name;
  std::string uid;
  std::string resource_version;
  core::Event observed;  // PodObserved, NodeObserved or ObjectObserved
};

/// Which objects of one resource the core knows, by name, with UID and version: turns what a list
/// or watch shows into events for the core, so that it sees each change once and in order.
/// Memory: about 150 bytes per object. Threading: one thread.
class KnownObjects {
 public:
  using Emit = std::function<void(core::Event)>;

  KnownObjects(core::ResourceKind kind, Emit emit);

  /// ADDED or MODIFIED. What is not newer than the known version of the same UID is dropped; a new
  /// UID under a known name is the end of the old object first.
  void Observe(SeenObject seen);
  /// DELETED. Ignored if a newer object has the name already.
  void Remove(const api::NamespacedName& name, const std::string& uid,
              const std::string& resource_version);

  /// A complete list follows: ObserveListed for each object, then FinishReplace, which reports what
  /// was not listed as gone. Objects are passed on as they come and not staged: each is a state
  /// that the object really had, and a core that holds a vanished pod a moment longer only sees
  /// less room. A list that broke off is simply begun again.
  void BeginReplace();
  void ObserveListed(SeenObject seen);
  /// The object was listed, but could not be decoded: it is not gone.
  void KeepListed(const api::NamespacedName& name);
  void FinishReplace();

  std::size_t size() const { return objects_.size(); }

 private:
  struct Known {
    std::string uid;
    std::string resource_version;
    std::uint64_t listed_in = 0;  // number of the last replace that listed it
  };

  void Accept(Known& known, SeenObject seen);
  void EmitGone(const api::NamespacedName& name, const std::string& uid);

  const core::ResourceKind kind_;
  const Emit emit_;
  std::map<api::NamespacedName, Known> objects_;  // ordered, so that Gone events are too
  std::uint64_t replace_number_ = 0;
};

}  // namespace muster::kube
