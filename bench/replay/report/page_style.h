#pragma once

namespace muster::bench::replay {

/// The report's style sheet: light and dark, readable on paper too.
extern const char* const kPageStyle;

}  // namespace muster::bench::replay
