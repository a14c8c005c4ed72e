#pragma once

#include <optional>
#include <string_view>

#include "sterlet/space/parameter.h"
#include "sterlet/studyfile/presets.h"
#include "sterlet/studyfile/spec.h"
#include "sterlet/studyfile/values.h"

namespace sterlet::studyfile {

/// One parameter on its way from the file to the space.
struct Declaration {
  PresetParameter row;  ///< The parameter; its condition as data where it comes from a preset.
  bool from_preset = false;
  const YamlNode* node = nullptr;  ///< Its declaration in params, if there is one.
  Mark mark;                       ///< Where the file names it, or the preset.
  bool is_broken = false;          ///< A fault was found in its declaration; what Space says of it follows from that.
  bool is_constant = false;        ///< By `value`.
  std::optional<bool> tune;        ///< By its own `tune`.
  std::optional<Size> size;        ///< By `scale_of`.

  space::Parameter& parameter() { return row.parameter; }
  const space::Parameter& parameter() const { return row.parameter; }
};

/// Whether its declaration in the file has that key.
bool has_key(const Declaration& item, std::string_view key);
/// Whether a parameter has nothing below it, and the keys after it are those of a parameter that was to be indented; adds
/// that to the faults.
bool has_unindented_keys(const YamlNode& params, Faults& faults);
/// Leaves the parameter that value alone.
void fix(space::Parameter& parameter, const space::Scalar& value);
/// Where the file overrode a preset's range but not its default, the default moves to the nearest value that is
/// allowed.
void fit_default(space::Parameter& parameter);
/// Reads `item.node` over what the item holds already (a preset's row, or nothing); adds what is wrong to the faults.
void read_declaration(Declaration& item, const Values& values);

}  // namespace sterlet::studyfile
