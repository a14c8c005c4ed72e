#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "sterlet/report/column.h"
#include "sterlet/report/curves.h"

namespace sterlet::report {

/// The report document in columns, as the page's script reads it (`page/data.js`): one array a parameter axis, a
/// repeated parameter spread into `name[0]`, `name[1]`, choices as indices, times as milliseconds from the first,
/// texts and step lists that occur often stored once. Taken trial by trial, so that no tree of all of it is ever made.
class PageData final {
 public:
  /// The document without its trials.
  explicit PageData(const nlohmann::json& head);

  void add_trial(const nlohmann::json& trial);
  /// Of the trial that was added last.
  void add_report(std::string_view metric, double step, double value) { curves_.add(metric, step, value); }
  /// Ends it. JSON that can stand inside a script element.
  std::string text();

 private:
  struct Parameter {
    std::string name;
    bool is_repeated = false;
    nlohmann::json description;
    std::vector<Column> columns;  // One, or one an element.
  };
  // Texts that occur often, stored once.
  class Dictionary {
   public:
    std::uint32_t index_of(const std::string& text);
    void write(std::string& out) const;

   private:
    std::map<std::string, std::uint32_t> indices_;
    std::vector<std::string> texts_;
  };
  struct Row {
    std::int64_t number = 0;
    std::optional<std::int64_t> started_ms, ended_ms;
    std::uint32_t state = 0, origin = 0;
  };
  struct Best {
    std::int64_t number = 0;
    nlohmann::json values;  // As the study counts them: with repeats, their means.
    std::optional<std::size_t> row;
  };
  struct Copy {  // This row went on from the weights of another trial.
    std::size_t row = 0;
    std::int64_t parent = 0;
    std::int64_t step = 0;
  };

  void take_reports(const nlohmann::json& trial);
  void take_turns(const nlohmann::json& trial, std::size_t row);
  void write_axes(std::string& out, std::size_t& axis_count) const;
  void write_columns(std::string& out, bool is_exact) const;
  void write_cells(std::string& out, const Column& column, bool is_exact) const;
  void write_times(std::string& out) const;
  void write_best(std::string& out) const;
  void write_copies(std::string& out) const;
  bool is_best(std::size_t row) const;

  nlohmann::json study_;
  std::size_t objectives_ = 0;
  std::vector<Parameter> parameters_;
  std::vector<Row> rows_;
  Dictionary states_, origins_, reasons_;
  std::vector<std::pair<std::size_t, std::int64_t>> attempts_;  // Where it is not one.
  std::vector<std::pair<std::size_t, std::uint32_t>> reason_;   // Where there is one.
  std::vector<std::pair<std::size_t, std::string>> logs_;       // Where there is one.
  std::vector<std::size_t> infeasible_;                         // Rows.
  std::vector<Column> values_;
  std::vector<Best> best_;
  std::vector<Copy> copies_;
  std::vector<std::pair<std::size_t, nlohmann::json>> models_;  // Row, and what became of the model that was babysat.
  bool has_turns_ = false;
  Curves curves_;
};

}  // namespace sterlet::report
