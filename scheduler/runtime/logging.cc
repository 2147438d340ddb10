#include "scheduler/runtime/logging.h"

#include <spdlog/formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <string_view>
#include <utility>

#include "scheduler/base/time.h"

namespace muster::runtime {
namespace {

std::string Escaped(std::string_view text, bool quotes) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string escaped;
  escaped.reserve(text.size());
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      escaped += "\\u00";
      escaped.push_back(kHex[byte >> 4]);
      escaped.push_back(kHex[byte & 0xf]);
    } else {
      if (quotes && (c == '"' || c == '\\')) escaped.push_back('\\');
      escaped.push_back(c);
    }
  }
  return escaped;
}

std::string_view View(spdlog::string_view_t text) { return {text.data(), text.size()}; }

class LineFormatter : public spdlog::formatter {
 public:
  explicit LineFormatter(LogFormat format) : format_(format) {}

  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    const Time time(std::chrono::duration_cast<Duration>(message.time.time_since_epoch()));
    const std::string line = FormatLogLine(
        FormatRfc3339Micro(time), std::string(View(spdlog::level::to_string_view(message.level))),
        std::string(View(message.payload)), format_);
    out.append(line.data(), line.data() + line.size());
  }

  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<LineFormatter>(format_);
  }

 private:
  const LogFormat format_;
};

}  // namespace

std::string FormatLogLine(const std::string& time, const std::string& level,
                          const std::string& message, LogFormat format) {
  if (format == LogFormat::kText) {
    return time + " " + level + " " + Escaped(message, false) + "\n";
  }
  return R"({"time":")" + time + R"(","level":")" + level + R"(","message":")" +
         Escaped(message, true) + "\"}\n";
}

void SetUpLogging(const std::string& level, LogFormat format) {
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  sink->set_formatter(std::make_unique<LineFormatter>(format));
  auto logger = std::make_shared<spdlog::logger>("muster", std::move(sink));
  logger->set_level(spdlog::level::from_str(level));
  logger->flush_on(spdlog::level::trace);
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace muster::runtime
