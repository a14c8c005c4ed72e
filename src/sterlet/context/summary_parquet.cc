// Summary of a parquet file. Its last eight bytes are the length of the footer and "PAR1"; the footer is Thrift's compact
// protocol: FileMetaData {2: list<SchemaElement>, 3: i64 num_rows}, SchemaElement {1: type, 4: name, 5: num_children}.
#include <array>
#include <optional>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/context/bytes.h"
#include "sterlet/context/summary.h"

namespace sterlet::context {

namespace {

using base::Json;

constexpr std::size_t kFooterMax = std::size_t{16} << 20;
constexpr std::size_t kColumnsMax = 1000;
constexpr int kDepthMax = 16;
constexpr std::array<const char*, 8> kTypes{"BOOLEAN", "INT32",  "INT64",      "INT96",
                                            "FLOAT",   "DOUBLE", "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"};

// Types of the compact protocol.
enum : int {
  kTrue = 1,
  kFalse = 2,
  kByte = 3,
  kDouble = 7,
  kBinary = 8,
  kList = 9,
  kSet = 10,
  kMap = 11,
  kStruct = 12
};

/// Reads the compact protocol. After anything that does not fit, is_good() is false and all that is read is 0.
class Thrift final {
 public:
  explicit Thrift(std::string_view bytes) : rest_(bytes) {}
  bool is_good() const { return is_good_; }

  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const int next = byte();
      value |= static_cast<std::uint64_t>(next & 0x7F) << shift;
      if ((next & 0x80) == 0) return value;
    }
    is_good_ = false;
    return 0;
  }
  std::int64_t integer() {  // Zigzag.
    const std::uint64_t value = varint();
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
  }
  std::string_view binary() {
    const std::uint64_t size = varint();
    if (size > rest_.size()) is_good_ = false;
    if (!is_good_) return {};
    const std::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return text;
  }
  struct Field {
    int id = 0;
    int type = 0;
  };
  /// The next field of a struct; nothing at its end.
  std::optional<Field> field(int last_id) {
    const int head = byte();
    if (head == 0 || !is_good_) return std::nullopt;
    const int delta = head >> 4;
    const std::int64_t id = delta > 0 ? last_id + delta : integer();
    if (id < 0 || id > 32767) is_good_ = false;
    if (!is_good_) return std::nullopt;
    return Field{.id = static_cast<int>(id), .type = head & 0x0F};
  }
  struct Elements {
    std::uint64_t count = 0;
    int type = 0;
  };
  Elements list() {
    const int head = byte();
    const std::uint64_t count = head >> 4 == 15 ? varint() : static_cast<std::uint64_t>(head >> 4);
    if (count > rest_.size()) is_good_ = false;  // Each takes a byte at least.
    return {.count = is_good_ ? count : 0, .type = head & 0x0F};
  }
  void skip(int type, int depth = 0) {
    if (depth > kDepthMax) is_good_ = false;
    if (!is_good_) return;
    if (type == kTrue || type == kFalse) return;
    if (type == kByte) {
      byte();
    } else if (type > kByte && type < kDouble) {
      varint();
    } else if (type == kDouble) {
      for (int i = 0; i < 8; ++i) byte();
    } else if (type == kBinary) {
      binary();
    } else if (type == kList || type == kSet) {
      const Elements elements = list();
      for (std::uint64_t i = 0; i < elements.count && is_good_; ++i) skip_element(elements.type, depth);
    } else if (type == kMap) {
      const std::uint64_t count = varint();
      const int types = count == 0 ? 0 : byte();
      for (std::uint64_t i = 0; i < count && is_good_; ++i) {
        skip_element(types >> 4, depth);
        skip_element(types & 0x0F, depth);
      }
    } else if (type == kStruct) {
      int last = 0;
      while (const auto next = field(last)) {
        skip(next->type, depth + 1);
        last = next->id;
      }
    } else {
      is_good_ = false;
    }
  }

 private:
  void skip_element(int type, int depth) {
    if (type == kTrue || type == kFalse) {
      byte();  // In a list a boolean has a byte of its own.
    } else {
      skip(type, depth + 1);
    }
  }
  int byte() {
    if (rest_.empty()) is_good_ = false;
    if (!is_good_) return 0;
    const int value = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    return value;
  }

  std::string_view rest_;
  bool is_good_ = true;
};

// "age INT64" of a column; empty for a group of columns.
std::string read_column(Thrift& thrift) {
  std::string name;
  std::int64_t type = -1, children = 0;
  int last = 0;
  while (const auto field = thrift.field(last)) {
    if (field->id == 1) {
      type = thrift.integer();
    } else if (field->id == 4) {
      name = base::printable(thrift.binary());
    } else if (field->id == 5) {
      children = thrift.integer();
    } else {
      thrift.skip(field->type);
    }
    last = field->id;
  }
  if (children > 0) return {};
  const bool is_known = type >= 0 && type < static_cast<std::int64_t>(kTypes.size());
  return fmt::format("{} {}", name, is_known ? kTypes[static_cast<std::size_t>(type)] : "?");
}

}  // namespace

Json parquet_summary(int fd, std::int64_t bytes) {
  constexpr std::int64_t kEndBytes = 8;
  if (bytes < kEndBytes) return nullptr;
  const std::string end = read_at(fd, bytes - kEndBytes, kEndBytes);
  if (end.size() != kEndBytes || end.substr(4) != "PAR1") return nullptr;
  const auto length = static_cast<std::int64_t>(little_endian(std::string_view(end).substr(0, 4)));
  if (length > bytes - kEndBytes || length > static_cast<std::int64_t>(kFooterMax)) return nullptr;
  const std::string footer = read_at(fd, bytes - kEndBytes - length, static_cast<std::size_t>(length));
  Thrift thrift(footer);
  Json columns = Json::array();
  std::optional<std::int64_t> rows;
  int last = 0;
  while (const auto field = thrift.field(last)) {
    if (field->id == 2 && field->type == kList) {
      const auto elements = thrift.list();
      for (std::uint64_t i = 0; i < elements.count && thrift.is_good(); ++i) {
        const std::string column = read_column(thrift);
        if (!column.empty() && columns.size() < kColumnsMax) columns.push_back(column);
      }
    } else if (field->id == 3) {
      rows = thrift.integer();
    } else {
      thrift.skip(field->type);
    }
    last = field->id;
  }
  if (!thrift.is_good() || !rows || *rows < 0) return nullptr;
  return {{"rows", *rows}, {"columns", columns}};
}

}  // namespace sterlet::context
