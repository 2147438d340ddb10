#pragma once

#include <absl/functional/function_ref.h>

#include <string>
#include <string_view>

#include "scheduler/base/status.h"

namespace muster::spark {

/// The value of an entry that a reference names, or why it is not known.
using LookUp = absl::FunctionRef<StatusOr<std::string_view>(std::string_view key)>;

/// The text with its references to other entries ("${spark.executor.memory}") replaced, and those
/// inside of them, as the driver does when it reads an entry that has a type.
/// Cost: bounded. Errors: those of `look_up`; NotFound, whose message is the end of a sentence
/// about the text: only the driver knows ${env:X} and ${system:X}, a circle stops it, and what
/// refers to too much is not followed.
/// Source: org.apache.spark.internal.config.ConfigReader (substitute), SparkConfigProvider.
StatusOr<std::string> ReplaceReferences(std::string_view text, LookUp look_up);

}  // namespace muster::spark
