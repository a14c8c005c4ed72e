#include "sterlet/babysit/record/tree.h"

#include <algorithm>

#include <fmt/format.h>

#include "sterlet/base/clock.h"

namespace sterlet::babysit {

using base::Json;
using base::Result;
using storage::BranchReport;
using storage::ChangeKind;
using storage::ChangeState;
using storage::CheckpointRecord;
using storage::CheckpointState;
using storage::InterventionRecord;

Json stored_json(const std::string& text) {
  auto json = base::parse_json(text);
  return json && json->is_object() ? std::move(*json) : Json::object();
}

namespace {

bool is_whole_json(const std::string& text) {
  const auto json = base::parse_json(text);
  return json && json->is_object();
}

}  // namespace

Result<Tree> load_tree(storage::Storage& storage, std::int64_t study, const storage::ModelRecord& model) {
  Tree tree{.model = model};
  storage::LiveStorage& live = storage.live();
  STERLET_TRY(tree.branches, live.load_branches(study, model.trial));
  STERLET_TRY(tree.interventions, live.load_interventions(study, model.trial));
  STERLET_TRY(tree.checkpoints, live.load_checkpoints(study, model.trial));
  const auto known = [&](int branch) { return branch >= 0 && branch < static_cast<int>(tree.branches.size()); };
  bool whole = known(model.active);
  for (std::size_t i = 0; i < tree.branches.size(); ++i) {
    const storage::BranchRecord& branch = tree.branches[i];
    whole = whole && branch.number == static_cast<int>(i) && (!branch.parent || *branch.parent < branch.number);
    whole = whole && (branch.parent.has_value() || i == 0);
  }
  for (const InterventionRecord& intervention : tree.interventions) {
    whole = whole && known(intervention.branch) && known(intervention.started) && known(intervention.came_from);
  }
  if (!whole) {
    return base::fail(base::ErrorCode::kDisk, "the tree of a model in this storage is missing a branch",
                      "restore it from a copy, or name another file with --storage");
  }
  const bool is_readable =
      std::all_of(tree.branches.begin(), tree.branches.end(),
                  [](const storage::BranchRecord& branch) { return is_whole_json(branch.params); }) &&
      std::all_of(tree.interventions.begin(), tree.interventions.end(),
                  [](const InterventionRecord& made) { return is_whole_json(made.set) && is_whole_json(made.was); });
  if (!is_readable) {
    return base::fail(base::ErrorCode::kDisk,
                      "the tree of a model in this storage is damaged: hyperparameters of a "
                      "branch or a change cannot be read",
                      "restore it from a copy, or name another file with --storage");
  }
  return tree;
}

std::string branch_name(int number) {
  std::string name;
  for (int rest = number + 1; rest > 0; rest = (rest - 1) / 26) {
    name.insert(name.begin(), static_cast<char>('a' + (rest - 1) % 26));
  }
  return name;
}

std::optional<int> branch_number(std::string_view name) {
  if (name.empty() || name.size() > 5) return std::nullopt;
  int number = 0;
  for (const char letter : name) {
    if (letter < 'a' || letter > 'z') return std::nullopt;
    number = number * 26 + (letter - 'a' + 1);
  }
  return number - 1;
}

Json params_of(const Tree& tree, int branch) {
  return stored_json(tree.branches[static_cast<std::size_t>(branch)].params);
}

std::vector<int> line_of(const Tree& tree, int branch) {
  std::vector<int> line;
  for (std::optional<int> at = branch; at; at = tree.branches[static_cast<std::size_t>(*at)].parent) {
    line.push_back(*at);
  }
  std::reverse(line.begin(), line.end());
  return line;
}

const InterventionRecord* start_of(const Tree& tree, int branch) {
  for (const InterventionRecord& intervention : tree.interventions) {
    if (intervention.started == branch) return &intervention;
  }
  return nullptr;
}

const InterventionRecord* running_try(const Tree& tree) {
  const InterventionRecord* made = start_of(tree, tree.model.active);
  const bool is_running = made != nullptr && made->kind == ChangeKind::kTry && made->state == ChangeState::kWatching;
  return is_running ? made : nullptr;
}

const InterventionRecord* controlled(const Tree& tree) {
  for (const InterventionRecord& made : tree.interventions) {
    const bool is_watched = made.state == ChangeState::kWatching && made.kind != ChangeKind::kTry;
    if (is_watched && made.came_from == tree.model.active) return &made;
  }
  return nullptr;
}

int base_branch(const Tree& tree) {
  const InterventionRecord* made = running_try(tree);
  return made == nullptr ? tree.model.active : made->came_from;
}

std::optional<std::int64_t> range_mark(const Tree& tree) {
  for (const InterventionRecord& made : tree.interventions) {
    const auto& branch = tree.branches[static_cast<std::size_t>(made.started)];
    if (made.kind == ChangeKind::kTry && branch.checkpoint) return branch.checkpoint;
  }
  return std::nullopt;
}

bool is_start_mark(const Tree& tree, std::int64_t checkpoint) {
  const CheckpointRecord* mark = find_checkpoint(tree, checkpoint);
  if (mark == nullptr || tree.branches[static_cast<std::size_t>(mark->branch)].checkpoint) return false;
  return std::none_of(tree.checkpoints.begin(), tree.checkpoints.end(), [&](const CheckpointRecord& other) {
    return other.branch == mark->branch && other.id < mark->id;
  });
}

const CheckpointRecord* find_checkpoint(const Tree& tree, std::int64_t id) {
  for (const CheckpointRecord& checkpoint : tree.checkpoints) {
    if (checkpoint.id == id) return &checkpoint;
  }
  return nullptr;
}

std::vector<const CheckpointRecord*> restore_points(const Tree& tree, int branch) {
  std::vector<const CheckpointRecord*> points;
  for (auto checkpoint = tree.checkpoints.rbegin(); checkpoint != tree.checkpoints.rend(); ++checkpoint) {
    if (checkpoint->branch == branch && checkpoint->state == CheckpointState::kKept) points.push_back(&*checkpoint);
  }
  if (const auto start = tree.branches[static_cast<std::size_t>(branch)].checkpoint) {
    const CheckpointRecord* base = find_checkpoint(tree, *start);
    if (base != nullptr && base->state == CheckpointState::kKept) points.push_back(base);
  }
  return points;
}

std::vector<const CheckpointRecord*> restore_points_on_line(const Tree& tree, int branch) {
  std::vector<const CheckpointRecord*> line;
  std::int64_t end = INT64_MAX;
  for (std::optional<int> at = branch; at;) {
    for (const CheckpointRecord* point : restore_points(tree, *at)) {
      if (point->step <= end) line.push_back(point);
    }
    const storage::BranchRecord& record = tree.branches[static_cast<std::size_t>(*at)];
    end = record.from_step;
    at = record.parent;
  }
  return line;
}

Result<const CheckpointRecord*> checkpoint_at(const Tree& tree, int branch, std::int64_t step) {
  const std::vector<int> line = line_of(tree, branch);
  const auto on_line = [&](int number) { return std::find(line.begin(), line.end(), number) != line.end(); };
  const CheckpointRecord *found = nullptr, *below = nullptr, *above = nullptr;
  for (const CheckpointRecord& checkpoint : tree.checkpoints) {
    if (checkpoint.state != CheckpointState::kKept) continue;
    if (checkpoint.step == step) {
      if (found == nullptr || on_line(checkpoint.branch) || !on_line(found->branch)) found = &checkpoint;
    } else if (checkpoint.step < step) {
      if (below == nullptr || checkpoint.step > below->step) below = &checkpoint;
    } else if (above == nullptr || checkpoint.step < above->step) {
      above = &checkpoint;
    }
  }
  if (found != nullptr) return found;
  std::string next = "none has been kept yet";
  if (below != nullptr && above != nullptr) {
    next = fmt::format("the nearest are of steps {} and {}", below->step, above->step);
  } else if (below != nullptr || above != nullptr) {
    next = fmt::format("the nearest is of step {}", (below != nullptr ? below : above)->step);
  }
  return base::fail(base::ErrorCode::kNotFound, fmt::format("there is no checkpoint of step {}", step), next);
}

Json touched_params(const Tree& tree, int branch) {
  const Json params = params_of(tree, branch);
  Json touched = Json::object();
  for (const InterventionRecord& intervention : tree.interventions) {
    const Json set = stored_json(intervention.set);
    for (const auto& [name, value] : set.items()) {
      if (params.contains(name)) touched[name] = params[name];
    }
  }
  return touched;
}

Result<std::vector<BranchReport>> line_reports(storage::Storage& storage, std::int64_t study, const Tree& tree,
                                               int branch) {
  std::vector<BranchReport> reports;
  const std::vector<int> line = line_of(tree, branch);
  for (std::size_t i = 0; i < line.size(); ++i) {
    STERLET_TRY(auto own, storage.live().load_branch_reports(study, tree.model.trial, line[i]));
    for (BranchReport& report : own) {
      const bool is_left =
          i + 1 < line.size() && report.step > tree.branches[static_cast<std::size_t>(line[i + 1])].from_step;
      if (!is_left) reports.push_back(std::move(report));
    }
  }
  return reports;
}

Curve curve_of(const std::vector<BranchReport>& reports, std::string_view metric) {
  Curve curve;
  for (const BranchReport& report : reports) {
    if (report.metric == metric) curve.emplace_back(report.step, report.value);
  }
  return curve;
}

Result<Json> tree_json(storage::Storage& storage, std::int64_t study, const std::string& name, const Tree& tree) {
  Json branches = Json::array();
  for (const storage::BranchRecord& branch : tree.branches) {
    Json json;
    json["id"] = branch_name(branch.number);
    json["parent"] = branch.parent ? Json(branch_name(*branch.parent)) : Json(nullptr);
    json["from_step"] = branch.from_step;
    json["params"] = params_of(tree, branch.number);
    json["reports"] = Json::array();
    STERLET_TRY(const auto reports, storage.live().load_branch_reports(study, tree.model.trial, branch.number));
    for (const BranchReport& report : reports) {
      if (json["reports"].empty() || json["reports"].back()["step"] != report.step) {
        json["reports"].push_back({{"step", report.step}, {"metrics", Json::object()}});
      }
      json["reports"].back()["metrics"][report.metric] = base::json_number(report.value);
    }
    json["interventions"] = Json::array();
    for (const InterventionRecord& made : tree.interventions) {
      if (made.branch != branch.number) continue;
      Json entry;
      entry["step"] = made.step;
      entry["set"] = stored_json(made.set);
      entry["was"] = stored_json(made.was);
      entry["by"] = storage::text_of(made.by);
      entry["note"] = made.note;
      entry["state"] = storage::text_of(made.state);
      entry["helped"] = made.helped ? base::json_number(*made.helped) : Json(nullptr);
      entry["kind"] = storage::text_of(made.kind);
      entry["branch"] = branch_name(made.started);
      entry["who"] = made.who;
      entry["outcome"] = made.outcome;
      entry["undoable"] = made.checkpoint.has_value();
      entry["at"] = base::timestamp_text(made.created_ms);
      json["interventions"].push_back(std::move(entry));
    }
    json["checkpoints"] = Json::array();
    for (const CheckpointRecord& checkpoint : tree.checkpoints) {
      if (checkpoint.branch == branch.number && checkpoint.state == CheckpointState::kKept) {
        json["checkpoints"].push_back({{"step", checkpoint.step}, {"path", checkpoint.path}});
      }
    }
    branches.push_back(std::move(json));
  }
  Json json;
  json["version"] = 1;
  json["study"] = name;
  json["trial"] = tree.model.trial;
  json["active"] = branch_name(tree.model.active);
  json["paused"] = tree.model.paused;
  json["branches"] = std::move(branches);
  return json;
}

}  // namespace sterlet::babysit
