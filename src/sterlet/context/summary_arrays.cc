// Summaries of NumPy's files. A .npy file is a header in the words of a Python dict, then the data; a .npz file is a zip of
// .npy files, whose directory stands at its end.
#include <algorithm>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/context/bytes.h"
#include "sterlet/context/summary.h"

namespace sterlet::context {

namespace {

using base::Json;

constexpr std::size_t kDirectoryMax = std::size_t{1} << 20;
constexpr std::size_t kArraysMax = 1000;
constexpr std::size_t kHeaderMax = 1024;

// What stands behind 'key': in the header, up to one of `ends`.
std::string_view value_of(std::string_view header, std::string_view key, std::string_view ends) {
  const std::size_t found = header.find(key);
  if (found == std::string_view::npos) return {};
  std::string_view value = header.substr(found + key.size());
  const std::size_t colon = value.find(':');
  if (colon == std::string_view::npos) return {};
  value.remove_prefix(colon + 1);
  const std::size_t start = value.find_first_of("'(");
  if (start == std::string_view::npos) return {};
  value.remove_prefix(start + 1);
  return value.substr(0, value.find_first_of(ends));
}

// '<f4' is float32.
std::string type_text(std::string_view type) {
  if (type.size() < 3) return std::string(type);
  const auto bytes = base::parse_integer(type.substr(2));
  std::string_view name;
  if (type[1] == 'f') name = "float";
  if (type[1] == 'i') name = "int";
  if (type[1] == 'u') name = "uint";
  if (type[1] == 'b') return "bool";
  return name.empty() || !bytes || *bytes < 1 || *bytes > 64 ? std::string(type)
                                                             : fmt::format("{}{}", name, *bytes * 8);
}

}  // namespace

std::string npy_text(std::string_view head) {
  if (head.size() < 12 || head.substr(0, 6) != "\x93NUMPY") return {};
  const bool is_short = head[6] == 1;
  const std::size_t start = is_short ? 10 : 12;
  const std::size_t length = little_endian(head.substr(8, is_short ? 2 : 4));
  const std::string_view header = head.substr(start, length);
  const std::string_view type = value_of(header, "'descr'", "'");
  std::string_view shape = value_of(header, "'shape'", ")");
  if (type.empty()) return {};
  if (!shape.empty() && shape.back() == ',') shape.remove_suffix(1);
  return base::printable(fmt::format("{} [{}]", type_text(type), shape));
}

Json npz_summary(int fd, std::int64_t bytes) {
  // The end record: signature, ..., entries at 10, size of the directory at 12, its place at 16; a comment may follow.
  constexpr std::size_t kEndBytes = 22, kCommentMax = 1024, kEntryBytes = 46, kLocalBytes = 30;
  const auto tail_bytes =
      static_cast<std::size_t>(std::min<std::int64_t>(bytes, static_cast<std::int64_t>(kEndBytes + kCommentMax)));
  const std::string tail = read_at(fd, bytes - static_cast<std::int64_t>(tail_bytes), tail_bytes);
  const std::size_t end = tail.rfind("PK\x05\x06");
  if (end == std::string::npos || tail.size() - end < kEndBytes) return nullptr;
  const std::string_view record = std::string_view(tail).substr(end);
  const std::uint64_t size = little_endian(record.substr(12, 4)), place = little_endian(record.substr(16, 4));
  if (size > kDirectoryMax || place > static_cast<std::uint64_t>(bytes)) return nullptr;
  const std::string directory = read_at(fd, static_cast<std::int64_t>(place), size);
  std::string_view rest = directory;
  Json arrays = Json::object();
  while (rest.size() >= kEntryBytes && rest.substr(0, 4) == "PK\x01\x02" && arrays.size() < kArraysMax) {
    const std::uint64_t method = little_endian(rest.substr(10, 2)), whole = little_endian(rest.substr(24, 4));
    const std::size_t name_bytes = little_endian(rest.substr(28, 2));
    const std::size_t more = little_endian(rest.substr(30, 2)) + little_endian(rest.substr(32, 2));
    const auto local = static_cast<std::int64_t>(little_endian(rest.substr(42, 4)));
    if (rest.size() < kEntryBytes + name_bytes + more) break;
    std::string name = base::printable(rest.substr(kEntryBytes, name_bytes));
    if (name.size() > 4 && name.ends_with(".npy")) name.resize(name.size() - 4);
    rest.remove_prefix(kEntryBytes + name_bytes + more);
    std::string text;
    if (method == 0) {
      const std::string head = read_at(fd, local, kLocalBytes);
      if (head.size() == kLocalBytes) {
        const std::uint64_t skipped =
            little_endian(std::string_view(head).substr(26, 2)) + little_endian(std::string_view(head).substr(28, 2));
        text = npy_text(read_at(fd, local + static_cast<std::int64_t>(kLocalBytes + skipped), kHeaderMax));
      }
    }
    arrays[name] = text.empty() ? fmt::format("{} bytes", whole) : text;
  }
  return arrays.empty() ? Json() : Json{{"arrays", arrays}};
}

}  // namespace sterlet::context
