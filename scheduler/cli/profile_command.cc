#include "scheduler/cli/profile_command.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <optional>
#include <ostream>
#include <sstream>

#include "scheduler/cli/event_log_file.h"
#include "scheduler/history/shuffle_profile.h"

namespace muster::cli {
namespace {

using history::ShuffleHistory;
using history::ShuffleProfile;

/// Adds the run that a log tells of. Lines that cannot be read are counted, and the first is named.
Status AddLog(const std::string& path, ShuffleProfile& profile, std::ostream& errors) {
  history::EventLogReader reader;
  std::int64_t line_number = 0;
  std::int64_t unreadable = 0;
  std::string first_problem;
  Status read = ForEachLine(path, [&](std::string_view line) {
    ++line_number;
    const Status status = reader.Add(line);
    if (status.ok() || ++unreadable > 1) return;
    first_problem = "line " + std::to_string(line_number) + ": " + std::string(MessageOf(status));
  });
  if (!read.ok()) return read;
  if (unreadable > 0) {
    errors << path << ": " << unreadable << " lines cannot be read; the first: " << first_problem
           << "\n";
  }
  if (reader.Run().application_id.empty() && reader.Run().tasks == 0) {
    return InvalidArgumentError(path + ": not a Spark event log");
  }
  profile.Add(reader.Run());
  return OkStatus();
}

StatusOr<ShuffleProfile> ReadProfile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    if (errno == ENOENT) return ShuffleProfile();
    return NotFoundError(path + ": " + std::strerror(errno));
  }
  std::ostringstream text;
  text << file.rdbuf();
  StatusOr<ShuffleProfile> profile = ShuffleProfile::Decode(text.str());
  if (!profile.ok()) return Annotate(profile.status(), path);
  return profile;
}

/// Beside it first, so that nobody reads half a profile.
Status WriteProfile(const ShuffleProfile& profile, const std::string& path) {
  const std::string partial = path + ".partial";
  std::ofstream file(partial, std::ios::binary | std::ios::trunc);
  file << profile.Encode();
  file.close();
  std::error_code error;
  if (file.good()) std::filesystem::rename(partial, path, error);
  if (file.good() && !error) return OkStatus();
  return NotFoundError(path + ": " + (error ? error.message() : std::strerror(errno)));
}

std::string Bytes(double bytes) {
  constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  std::size_t unit = 0;
  for (; bytes >= 1024 && unit + 1 < std::size(kUnits); ++unit) bytes /= 1024;
  std::ostringstream text;
  text << std::fixed << std::setprecision(unit == 0 ? 0 : 1) << bytes << " " << kUnits[unit];
  return text.str();
}

std::string Ratio(std::optional<double> ratio) {
  if (!ratio) return "-";
  std::ostringstream text;
  text << std::fixed << std::setprecision(3) << *ratio;
  return text.str();
}

void PrintTable(const ShuffleProfile& profile, std::ostream& out) {
  const auto row = [&out](const auto& name, const auto&... cells) {
    out << std::left << std::setw(40) << name << std::right;
    ((out << " " << std::setw(12) << cells), ...);
    out << "\n";
  };
  row("application", "runs", "input", "shuffled", "per input", "per second", "shuffle");
  for (const auto& [key, history] : profile.All()) {
    const std::optional<double> rate = history.ShuffledBytesPerExecutorSecond();
    row(key.first.empty() ? key.second : key.first + "/" + key.second, history.runs,
        Bytes(static_cast<double>(history.input_bytes)),
        Bytes(static_cast<double>(history.shuffle_bytes)), Ratio(history.ShuffledPerInputByte()),
        rate ? Bytes(*rate) : "-", history.IsLight() ? "light" : "heavy");
  }
}

}  // namespace

ExitCode RunProfile(const ProfileArguments& arguments, std::ostream& out, std::ostream& errors) {
  ExitCode code = ExitCode::kDone;
  const auto fail = [&](const Status& status) {
    errors << MessageOf(status) << "\n";
    code = ExitCode::kCouldNotDoIt;
  };
  ShuffleProfile profile;
  if (!arguments.profile_path.empty()) {
    StatusOr<ShuffleProfile> known = ReadProfile(arguments.profile_path);
    if (!known.ok()) {
      fail(known.status());
      return code;
    }
    profile = *std::move(known);
  }
  for (const std::string& path : arguments.log_paths) {
    if (const Status status = AddLog(path, profile, errors); !status.ok()) fail(status);
  }
  if (!arguments.profile_path.empty()) {
    const Status written = WriteProfile(profile, arguments.profile_path);
    if (!written.ok()) fail(written);
  }
  if (arguments.output == "json") {
    out << profile.Encode();
  } else {
    PrintTable(profile, out);
  }
  return code;
}

}  // namespace muster::cli
