#pragma once

#include <cstdint>
#include <span>

/// The fields of Kubernetes' protobuf messages that Muster reads, under their JSON names; all else
/// is skipped unread. Source: k8s.io/api v0.36.3 core/v1/generated.proto, k8s.io/apimachinery
/// v0.36.3 meta/v1/generated.proto; numbers never change there.
namespace muster::kube {

struct WireField {
  enum class Kind {
    kText,         // string
    kInteger,      // int32, int64
    kBool,         // bool
    kTime,         // meta/v1 Time {1 seconds}: RFC 3339
    kQuantity,     // api/resource Quantity {1 text}: its text
    kTextMap,      // map<string, string>
    kQuantityMap,  // map<string, Quantity>
    kObject,       // a message
    kInline,       // a message whose fields JSON has in the object around it
  };

  std::uint32_t number = 0;
  const char* name = "";
  Kind kind = Kind::kText;
  std::span<const WireField> fields = {};  // of kObject and kInline
  bool repeated = false;
};

/// A pod: what api::DecodePod reads.
extern const std::span<const WireField> kPodFields;
/// An error (meta/v1 Status).
extern const std::span<const WireField> kStatusFields;

}  // namespace muster::kube
