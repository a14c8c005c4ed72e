#include "checkpoint.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

// The file: a line naming format and version, a line with the checksum of the rest, a line of JSON with all single
// values and the lengths of the blocks, then the blocks as the machine holds them.

namespace sterlet::trainer {
namespace {

using Json = nlohmann::json;

constexpr const char* kFirstLine = "sterlet-train checkpoint 1";

Json live_json(const LiveSettings& live) {
  Json json;
  for (const LiveField& field : live_fields()) json[field.name] = live.*field.member;
  return json;
}

LiveSettings live_of(const Json& json) {
  LiveSettings live;
  for (const LiveField& field : live_fields()) live.*field.member = json.at(field.name).get<double>();
  return live;
}

template <typename T>
void append_block(std::string& out, const std::vector<T>& block) {
  out.append(reinterpret_cast<const char*>(block.data()), block.size() * sizeof(T));
}

template <typename T>
bool take_block(std::string_view& rest, const Json& count, std::vector<T>& block) {
  const auto size = count.get<std::size_t>();
  if (size > rest.size() / sizeof(T)) return false;
  block.resize(size);
  std::memcpy(block.data(), rest.data(), size * sizeof(T));
  rest.remove_prefix(size * sizeof(T));
  return true;
}

std::string checksum(std::string_view text) {
  return fmt::format("{:08x}",
                     crc32_z(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<z_size_t>(text.size())));
}

std::string_view take_line(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line;
}

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file, bytes.data(), bytes.size());
    if (count < 0 && errno != EINTR) return false;
    if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

/// Makes a rename last: the folder's own entry must reach the disk too.
void sync_folder(const std::filesystem::path& folder) {
  const int file = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return;
  ::fsync(file);
  ::close(file);
}

}  // namespace

std::optional<Error> write_checkpoint(const std::string& path, const Checkpoint& checkpoint) {
  const Progress& progress = checkpoint.progress;
  const NetworkState& network = checkpoint.network;
  Json json = {{"structure", checkpoint.structure},
               {"step", progress.step},
               {"epoch", progress.epoch},
               {"skipped", progress.skipped},
               {"seed", progress.seed},
               {"loss_sum", progress.loss_sum},
               {"loss_count", progress.loss_count},
               {"reported_step", progress.reported_step},
               {"given", live_json(progress.given)},
               {"now", live_json(progress.now)},
               {"beta1_power", network.beta1_power},
               {"beta2_power", network.beta2_power},
               {"weights", network.weights.size()},
               {"average", network.average.size()},
               {"square", network.square.size()},
               {"chance", network.chance.size()}};
  if (progress.best_error) json["best_error"] = *progress.best_error;
  std::string body = json.dump() + "\n";
  append_block(body, network.weights);
  append_block(body, network.average);
  append_block(body, network.square);
  append_block(body, network.chance);
  const std::string text = fmt::format("{}\n{}\n", kFirstLine, checksum(body)) + body;

  const std::string temporary = fmt::format("{}.{}.part", path, ::getpid());
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  bool good = file >= 0 && write_all(file, text) && ::fsync(file) == 0;
  const int cause = errno;
  if (file >= 0) ::close(file);
  good = good && std::rename(temporary.c_str(), path.c_str()) == 0;
  if (!good) {
    std::remove(temporary.c_str());
    return Error{fmt::format("{}: the checkpoint could not be written ({}); check the folder and its free space", path,
                             std::strerror(cause))};
  }
  sync_folder(std::filesystem::path(path).parent_path());
  return std::nullopt;
}

Result<Checkpoint> read_checkpoint(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return Error{
        fmt::format("{}: the checkpoint cannot be opened ({}); name one that is there", path, std::strerror(errno))};
  std::ostringstream stream;
  stream << file.rdbuf();
  const std::string text = stream.str();
  const Error damaged{fmt::format("{}: not a whole checkpoint of this version of sterlet-train; name another", path)};
  std::string_view rest = text;
  if (take_line(rest) != kFirstLine) return damaged;
  if (const std::string_view sum = take_line(rest); sum != checksum(rest)) return damaged;
  try {
    const Json json = Json::parse(take_line(rest));
    Checkpoint checkpoint;
    checkpoint.structure = json.at("structure").get<std::string>();
    Progress& progress = checkpoint.progress;
    json.at("step").get_to(progress.step);
    json.at("epoch").get_to(progress.epoch);
    progress.skipped = json.value("skipped", std::int64_t{0});
    json.at("seed").get_to(progress.seed);
    json.at("loss_sum").get_to(progress.loss_sum);
    json.at("loss_count").get_to(progress.loss_count);
    json.at("reported_step").get_to(progress.reported_step);
    if (json.contains("best_error")) progress.best_error = json["best_error"].get<double>();
    progress.given = live_of(json.at("given"));
    progress.now = live_of(json.at("now"));
    NetworkState& network = checkpoint.network;
    json.at("beta1_power").get_to(network.beta1_power);
    json.at("beta2_power").get_to(network.beta2_power);
    const bool whole = take_block(rest, json.at("weights"), network.weights) &&
                       take_block(rest, json.at("average"), network.average) &&
                       take_block(rest, json.at("square"), network.square) &&
                       take_block(rest, json.at("chance"), network.chance);
    if (!whole || !rest.empty()) return damaged;
    return checkpoint;
  } catch (const Json::exception&) {
    return damaged;
  }
}

}  // namespace sterlet::trainer
