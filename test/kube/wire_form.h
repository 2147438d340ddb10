#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Kubernetes' protobuf form, as a server writes it.
namespace muster::kube {

inline std::string VarintOf(std::size_t number) {
  std::string text;
  for (; number >= 0x80; number >>= 7) text += static_cast<char>((number & 0x7F) | 0x80);
  return text += static_cast<char>(number);
}
inline std::string FieldOf(std::size_t number, std::string_view bytes) {
  return (VarintOf(number << 3 | 2) + VarintOf(bytes.size())).append(bytes);
}

/// An object with its kind: "k8s\0" and runtime.Unknown.
inline std::string BodyOf(std::string_view kind, std::string_view object) {
  return std::string("k8s\0", 4) + FieldOf(1, FieldOf(1, "v1") + FieldOf(2, kind)) +
         FieldOf(2, object);
}

/// An event of a watch, without and with the length before it.
inline std::string EventOf(std::string_view type, std::string_view body) {
  return FieldOf(1, type) + FieldOf(2, FieldOf(1, body));
}
inline std::string WithLength(std::string_view frame) {
  std::string framed(4, '\0');
  for (std::size_t i = 0; i < 4; ++i) framed[3 - i] = static_cast<char>(frame.size() >> (8 * i));
  return framed.append(frame);
}

}  // namespace muster::kube
