#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// The little that the readers of this folder need to know about UTF-8. Pure functions, linear
/// time.
namespace muster::spark {

/// The offset of the first byte that is not part of well-formed UTF-8 (RFC 3629); nullopt when all
/// of the text is.
std::optional<std::size_t> FindInvalidUtf8(std::string_view text);

/// Appends a code point; one that UTF-8 cannot hold (a lone surrogate) becomes U+FFFD.
void AppendUtf8(std::string& text, char32_t code_point);

/// Foreign text made fit for an error message: cut between characters, control characters as '?'.
std::string Shown(std::string_view text, std::size_t bytes_max = 64);

}  // namespace muster::spark
