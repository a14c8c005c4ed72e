#include "sterlet/context/difference.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/base/text.h"

namespace sterlet::context {

namespace {

using base::Json;

constexpr double kMemoryShare = 0.05;
constexpr std::size_t kShortHash = 8;

std::string text_of(const Json& value) {
  if (value.is_null()) return {};
  if (value.is_string()) return value.get<std::string>();
  if (value.is_array()) {
    std::vector<std::string> words;
    for (const Json& word : value) words.push_back(text_of(word));
    return fmt::format("{}", fmt::join(words, " "));
  }
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json part_of(const Json& json, const char* key) { return json.is_object() && json.contains(key) ? json[key] : Json(); }

std::optional<double> number_of(const Json& json, const char* key) {
  const Json value = part_of(json, key);
  return value.is_number() ? std::optional(value.get<double>()) : std::nullopt;
}

std::string bytes_text(double bytes) {
  constexpr const char* kUnits[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  for (; bytes >= 1024 && unit + 1 < std::size(kUnits); ++unit) bytes /= 1024;
  return fmt::format("{:.3g} {}", bytes, kUnits[unit]);
}

// "12% more rows (1000 -> 1120)".
std::string growth_text(double was, double is, const char* unit) {
  const double share = was > 0 ? std::abs(is - was) / was * 100 : 100;
  return fmt::format("{}% {} {} ({} -> {})", share < 10 ? fmt::format("{:.1f}", share) : fmt::format("{:.0f}", share),
                     is > was ? "more" : "fewer", unit, base::short_number_text(was), base::short_number_text(is));
}

class Finder final {
 public:
  Finder(const Json& was, const Json& is) : was_(was), is_(is) {}

  std::vector<Change> run() {
    files();
    git();
    for (const char* part : {"cpu", "cores", "gpus", "driver", "system", "container"}) machine(part);
    memory();
    map("packages", "packages");
    map("env", "env");
    program();
    whole("command", "command", 0.5);
    whole("output", "output", 0.3);
    whole("sterlet", "sterlet", 0.02);
    std::stable_sort(found_.begin(), found_.end(), [](const auto& a, const auto& b) { return a.weight > b.weight; });
    return std::move(found_);
  }

 private:
  void add(std::string part, std::string area, std::string was, std::string is, double weight, std::string text = {}) {
    if (text.empty()) {
      text = was.empty()  ? fmt::format("{}: now {}", part, is)
             : is.empty() ? fmt::format("{}: no longer there", part)
                          : fmt::format("{}: {} -> {}", part, was, is);
    }
    found_.push_back({.part = std::move(part),
                      .area = std::move(area),
                      .was = std::move(was),
                      .is = std::move(is),
                      .text = std::move(text),
                      .weight = weight});
  }

  void files() {
    const Json before = part_of(was_, "files"), now = part_of(is_, "files");
    for (const Json& is : now) {
      const std::string path = is.value("path", std::string());
      const auto was = std::find_if(before.begin(), before.end(),
                                    [&](const Json& one) { return one.value("path", std::string()) == path; });
      if (was != before.end()) file(path, *was, is);
    }
  }

  // A folder whose parts are known is told by its parts.
  void file(const std::string& path, const Json& was, const Json& is) {
    if (part_of(was, "hash") == part_of(is, "hash") && was.contains("missing") == is.contains("missing")) return;
    if (was.contains("unread") || is.contains("unread")) return;  // Nothing is known of it.
    const std::string area = is.value("area", std::string("data"));
    if (is.contains("missing")) return add(path, area, "there", "", 0.6, fmt::format("{}: no longer there", path));
    if (was.contains("missing")) return add(path, area, "", "there", 0.4, fmt::format("{}: was not there", path));
    const std::size_t before = found_.size();
    closed(path, area, was, is);
    if (was.contains("parts") && is.contains("parts")) parts(path, was, is);
    if (found_.size() > before) return;
    const std::string was_text = describe(was), is_text = describe(is);
    const auto [text, share] = content_change(was, is);
    const double weight = area == "code" ? 0.35 : std::min(0.9, 0.15 + 1.5 * share);
    add(path, area, was_text, is_text, weight, fmt::format("{}: {}", path, text));
  }

  static std::string prefix_of(const std::string& folder) { return folder.ends_with('/') ? folder : folder + "/"; }

  // Whether a part of a folder could not be read: by itself, or as all in its own folder.
  static bool is_closed(const Json& folder, const std::string& name) {
    const Json names = part_of(folder, "closed");
    return std::any_of(names.begin(), names.end(), [&](const Json& one) {
      const std::string shut = text_of(one);
      return name == shut || (shut.ends_with('/') && name.starts_with(shut));
    });
  }

  void closed(const std::string& folder, const std::string& area, const Json& was, const Json& is) {
    for (const Json& name : part_of(is, "closed")) {
      if (is_closed(was, text_of(name))) continue;
      const std::string part = prefix_of(folder) + text_of(name);
      add(part, area, "", "closed", 0.2, fmt::format("{}: cannot be read", part));
    }
    for (const Json& name : part_of(was, "closed")) {
      if (is_closed(is, text_of(name))) continue;
      const std::string part = prefix_of(folder) + text_of(name);
      add(part, area, "closed", "", 0.2, fmt::format("{}: could not be read then", part));
    }
  }

  void parts(const std::string& folder, const Json& before_folder, const Json& now_folder) {
    const std::string prefix = prefix_of(folder);
    const Json was = part_of(before_folder, "parts"), is = part_of(now_folder, "parts");
    const auto find = [](const Json& list, const Json& path) -> const Json* {
      const auto found =
          std::find_if(list.begin(), list.end(), [&](const Json& one) { return part_of(one, "path") == path; });
      return found == list.end() ? nullptr : &*found;
    };
    for (const Json& part : is) {
      const std::string name = prefix + text_of(part_of(part, "path"));
      Json now = part;
      now["area"] = part.contains("area") ? part_of(part, "area") : Json("data");
      if (const Json* before = find(was, part_of(part, "path"))) {
        file(name, *before, now);
      } else if (!is_closed(before_folder, text_of(part_of(part, "path")))) {
        add(name, "data", "", describe(part), 0.3, fmt::format("{}: new ({})", name, describe(part)));
      }
    }
    for (const Json& part : was) {
      if (find(is, part_of(part, "path")) != nullptr) continue;
      if (is_closed(now_folder, text_of(part_of(part, "path")))) continue;
      const std::string name = prefix + text_of(part_of(part, "path"));
      add(name, "data", describe(part), "", 0.5);
    }
  }

  // "1000 rows, 12 columns", "60000 items", "12 files, 3 MiB".
  static std::string describe(const Json& file) {
    const Json summary = part_of(file, "summary");
    std::vector<std::string> words;
    const auto take = [&](const Json& from, const char* key) {
      if (const auto number = number_of(from, key))
        words.push_back(fmt::format("{} {}", base::short_number_text(*number), key));
    };
    for (const char* key : {"rows", "columns", "items"}) take(summary, key);
    if (words.empty()) {
      for (const char* key : {"rows", "items", "files"}) take(file, key);
      words.push_back(bytes_text(number_of(file, "bytes").value_or(0)));
    }
    const std::string hash = text_of(part_of(file, "hash"));
    words.push_back("hash " + hash.substr(0, kShortHash));
    return fmt::format("{}", fmt::join(words, ", "));
  }

  // In words, and as a share of what was there.
  static std::pair<std::string, double> content_change(const Json& was, const Json& is) {
    const Json before = part_of(was, "summary"), now = part_of(is, "summary");
    for (const auto& [from, to] : {std::pair(before, now), std::pair(was, is)}) {
      for (const char* key : {"rows", "items", "files"}) {
        const auto old = number_of(from, key), fresh = number_of(to, key);
        if (old && fresh && *old != *fresh)
          return {growth_text(*old, *fresh, key), *old > 0 ? std::abs(*fresh - *old) / *old : 1};
      }
    }
    if (!before.is_null() && !now.is_null() && before != now) return {"its columns or shapes have changed", 0.5};
    const double old = number_of(was, "bytes").value_or(0), fresh = number_of(is, "bytes").value_or(0);
    if (old != fresh && old > 0) return {growth_text(old, fresh, "bytes"), std::min(1.0, std::abs(fresh - old) / old)};
    return {"same size, other content", 0.1};
  }

  void git() {
    const Json was = part_of(was_, "git"), is = part_of(is_, "git");
    if (was.is_null() || is.is_null() || was == is) return;
    const auto text = [](const Json& git) {
      return fmt::format("{}{}", text_of(part_of(git, "commit")).substr(0, kShortHash),
                         part_of(git, "dirty") == Json(true) ? " with changes" : "");
    };
    const std::string before = text(was), now = text(is);
    // Where the files that count are named, it tells less than they do.
    const bool has_code = has_area(is_, "code");
    add("git", "code", before, now, has_code ? 0.1 : 0.3,
        before == now ? fmt::format("git: {}, other ones", now) : std::string());
  }

  static bool has_area(const Json& context, const char* area) {
    const Json files = part_of(context, "files");
    return std::any_of(files.begin(), files.end(), [&](const Json& one) { return part_of(one, "area") == Json(area); });
  }

  void machine(const char* part) {
    const Json was = part_of(part_of(was_, "machine"), part), is = part_of(part_of(is_, "machine"), part);
    if (was == is || (was.is_null() && std::string_view(part) != "gpus") || is.is_null()) {
      if (std::string_view(part) != "gpus" || was == is) return;
    }
    double weight = 0.05;
    if (std::string_view(part) == "gpus" || std::string_view(part) == "container") weight = 0.15;
    add(part, "machine", text_of(was), text_of(is), weight);
  }

  void memory() {
    const auto was = number_of(part_of(was_, "machine"), "memory_bytes");
    const auto is = number_of(part_of(is_, "machine"), "memory_bytes");
    if (!was || !is || std::abs(*was - *is) <= kMemoryShare * *was) return;
    add("memory", "machine", bytes_text(*was), bytes_text(*is), 0.03);
  }

  void map(const char* key, const char* area) {
    const Json was = part_of(was_, key), is = part_of(is_, key);
    if (!was.is_object() || !is.is_object()) return;
    std::vector<std::string> names;
    for (const auto& [name, value] : was.items()) names.push_back(name);
    for (const auto& [name, value] : is.items()) {
      if (!was.contains(name)) names.push_back(name);
    }
    for (const std::string& name : names) {
      const std::string before = text_of(part_of(was, name.c_str())), now = text_of(part_of(is, name.c_str()));
      if (before == now) continue;
      // A new first number is a new major version.
      const bool is_major = before.substr(0, before.find('.')) != now.substr(0, now.find('.'));
      const bool is_package = std::string_view(area) == "packages";
      add(name, area, before, now, !is_package ? 0.2 : is_major ? 0.3 : 0.12);
    }
  }

  void program() {
    const Json was = part_of(was_, "program"), is = part_of(is_, "program");
    const Json before = part_of(was, "hash"), now = part_of(is, "hash");
    if (before.is_null() || now.is_null() || before == now) return;
    const auto text = [](const Json& program) {
      return fmt::format("{}, hash {}", text_of(part_of(program, "path")),
                         text_of(part_of(program, "hash")).substr(0, kShortHash));
    };
    add("program", "packages", text(was), text(is), 0.2);
  }

  void whole(const char* key, const char* area, double weight) {
    const Json was = part_of(was_, key), is = part_of(is_, key);
    if (was.is_null() || is.is_null() || was == is) return;
    add(key, area, text_of(was), text_of(is), weight);
  }

  const Json& was_;
  const Json& is_;
  std::vector<Change> found_;
};

}  // namespace

std::vector<Change> find_changes(const Json& was, const Json& is) { return Finder(was, is).run(); }

double risk_of(const std::vector<Change>& changes, double age_days) {
  constexpr double kHalfDays = 180;
  double same = 1 - 0.5 * (1 - std::exp2(-std::max(0.0, age_days) / kHalfDays));
  for (const Change& change : changes) same *= 1 - change.weight;
  return 1 - same;
}

Json json_of(const Change& change) {
  return {{"part", change.part}, {"area", change.area}, {"was", change.was}, {"is", change.is}, {"text", change.text}};
}

}  // namespace sterlet::context
