#include "scheduler/cli/event_log_file.h"

#include <lz4.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace muster::cli {
namespace {

namespace fs = std::filesystem;
using OnChunk = std::function<void(std::string_view)>;

constexpr std::size_t kLineBytesMax = std::size_t{64} << 20;
constexpr std::size_t kReadBytes = std::size_t{1} << 18;

/// Cuts chunks into lines.
class LineCutter {
 public:
  explicit LineCutter(const std::function<void(std::string_view)>& on_line) : on_line_(on_line) {}

  void Add(std::string_view chunk) {
    for (std::size_t end = chunk.find('\n'); end != chunk.npos; end = chunk.find('\n')) {
      const std::string_view rest = chunk.substr(0, end);
      if (line_.empty()) {
        on_line_(rest);
      } else {
        Append(rest);
        on_line_(line_);
        line_.clear();
      }
      chunk.remove_prefix(end + 1);
    }
    Append(chunk);
  }

 private:
  void Append(std::string_view text) {
    line_.append(text.substr(0, kLineBytesMax - std::min(kLineBytesMax, line_.size())));
  }

  const std::function<void(std::string_view)>& on_line_;
  std::string line_;
};

Status Unreadable(const std::string& path) {
  return NotFoundError(path + ": " + std::strerror(errno));
}

Status ReadPlain(std::istream& file, const OnChunk& on_chunk) {
  std::vector<char> buffer(kReadBytes);
  while (file) {
    file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    on_chunk({buffer.data(), static_cast<std::size_t>(file.gcount())});
  }
  return OkStatus();
}

Status ReadZstd(std::istream& file, const OnChunk& on_chunk) {
  const std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> stream(ZSTD_createDStream(),
                                                                          &ZSTD_freeDStream);
  ZSTD_initDStream(stream.get());
  std::vector<char> in(ZSTD_DStreamInSize());
  std::vector<char> out(ZSTD_DStreamOutSize());
  while (file) {
    file.read(in.data(), static_cast<std::streamsize>(in.size()));
    ZSTD_inBuffer input{in.data(), static_cast<std::size_t>(file.gcount()), 0};
    while (input.pos < input.size) {
      ZSTD_outBuffer output{out.data(), out.size(), 0};
      const std::size_t code = ZSTD_decompressStream(stream.get(), &output, &input);
      if (ZSTD_isError(code) != 0) {
        return InvalidArgumentError("not zstd: " + std::string(ZSTD_getErrorName(code)));
      }
      on_chunk({out.data(), output.pos});
    }
  }
  return OkStatus();
}

std::uint32_t LittleEndian(const char* bytes) {
  std::uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = value << 8U | static_cast<unsigned char>(bytes[i]);
  return value;
}

/// Blocks, each with a header: "LZ4Block", a token (method and level), the two sizes, a checksum.
/// Spark does not write lz4's own frames.
Status ReadLz4(std::istream& file, const OnChunk& on_chunk) {
  constexpr std::string_view kMagic = "LZ4Block";
  constexpr std::size_t kHeaderBytes = kMagic.size() + 13;
  constexpr std::uint32_t kBlockBytesMax = std::uint32_t{1} << 25;  // lz4-java's largest
  constexpr unsigned kStored = 0x10;
  std::array<char, kHeaderBytes> header{};
  std::vector<char> packed;
  std::vector<char> block;
  while (file.read(header.data(), header.size())) {
    const unsigned method = static_cast<unsigned char>(header[kMagic.size()]) & 0xF0U;
    const std::uint32_t packed_bytes = LittleEndian(&header[kMagic.size() + 1]);
    const std::uint32_t block_bytes = LittleEndian(&header[kMagic.size() + 5]);
    if (std::string_view(header.data(), kMagic.size()) != kMagic || packed_bytes > kBlockBytesMax ||
        block_bytes > kBlockBytesMax) {
      return InvalidArgumentError("not a block of lz4-java");
    }
    packed.resize(packed_bytes);
    if (!file.read(packed.data(), packed_bytes)) return OkStatus();
    if (method == kStored) {
      on_chunk({packed.data(), packed.size()});
      continue;
    }
    block.resize(block_bytes);
    const int written = LZ4_decompress_safe(
        packed.data(), block.data(), static_cast<int>(packed_bytes), static_cast<int>(block_bytes));
    if (packed_bytes > 0 && written != static_cast<int>(block_bytes)) {
      return InvalidArgumentError("a damaged block of lz4");
    }
    on_chunk({block.data(), block.size()});
  }
  return OkStatus();
}

Status ReadFile(const fs::path& path, const OnChunk& on_chunk) {
  fs::path name = path.filename();
  if (name.extension() == ".inprogress") name.replace_extension();
  const std::string extension = name.extension().string();
  std::ifstream file(path, std::ios::binary);
  if (!file) return Unreadable(path.string());
  Status status = OkStatus();
  if (extension == ".zstd" || extension == ".zst") {
    status = ReadZstd(file, on_chunk);
  } else if (extension == ".lz4") {
    status = ReadLz4(file, on_chunk);
  } else if (extension == ".lzf" || extension == ".snappy" || extension == ".gz") {
    status = InvalidArgumentError(
        extension + " is not read; spark.eventLog.compression.codec may be zstd or lz4");
  } else {
    status = ReadPlain(file, on_chunk);
  }
  return status.ok() ? status : Annotate(status, path.string());
}

/// The number in events_NUMBER_ID; absent for other files (appstatus_*).
std::optional<std::int64_t> PartNumber(const std::string& name) {
  constexpr std::string_view kBegin = "events_";
  if (!name.starts_with(kBegin)) return std::nullopt;
  std::int64_t number = 0;
  const char* begin = name.data() + kBegin.size();
  const auto [end, error] = std::from_chars(begin, name.data() + name.size(), number);
  if (error != std::errc() || end == begin || *end != '_') return std::nullopt;
  return number;
}

Status ReadRolling(const fs::path& directory, const OnChunk& on_chunk) {
  std::vector<std::pair<std::int64_t, fs::path>> parts;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, error)) {
    if (const auto number = PartNumber(entry.path().filename().string())) {
      parts.emplace_back(*number, entry.path());
    }
  }
  if (error) return NotFoundError(directory.string() + ": " + error.message());
  if (parts.empty()) {
    return NotFoundError(directory.string() + ": no events_*: not the directory of a rolling log");
  }
  std::sort(parts.begin(), parts.end());
  for (const auto& [number, path] : parts) {
    if (Status status = ReadFile(path, on_chunk); !status.ok()) return status;
  }
  return OkStatus();
}

}  // namespace

Status ForEachLine(const std::string& path, const std::function<void(std::string_view)>& on_line) {
  LineCutter cutter(on_line);
  const auto on_chunk = [&cutter](std::string_view chunk) { cutter.Add(chunk); };
  std::error_code error;
  return fs::is_directory(path, error) ? ReadRolling(path, on_chunk) : ReadFile(path, on_chunk);
}

}  // namespace muster::cli
