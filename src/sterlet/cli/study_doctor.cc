#include "sterlet/cli/study_doctor.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <unistd.h>

#include "sterlet/base/file.h"
#include "sterlet/doctor/file/rules.h"
#include "sterlet/doctor/trials/rules.h"

namespace sterlet::cli {

namespace fs = std::filesystem;

namespace {

std::int64_t machine_memory() {
  const long pages = sysconf(_SC_PHYS_PAGES), bytes = sysconf(_SC_PAGESIZE);
  return pages > 0 && bytes > 0 ? std::int64_t{pages} * bytes : 0;
}

}  // namespace

base::Result<std::string> read_study_text(const std::string& path) { return base::read_whole(path); }

std::string folder_of_study(const std::string& path) {
  std::error_code ignored;
  return fs::absolute(path, ignored).parent_path().string();
}

base::Result<std::vector<doctor::Finding>, std::vector<base::Error>> examine_study_file(const std::string& path,
                                                                                        const std::string& text) {
  return doctor::examine_file(text, path, folder_of_study(path), machine_memory());
}

void print_main_finding(const Context& context, const study::Study& study) {
  const std::vector<doctor::Finding> findings = doctor::examine_trials(study);
  const auto main =
      std::find_if(findings.begin(), findings.end(), [](const doctor::Finding& each) { return each.kind != "few"; });
  if (main == findings.end()) return;
  const std::size_t others = findings.size() - 1;
  context.err.line(fmt::format(
      "doctor: {}{}", main->says,
      others == 0 ? std::string() : fmt::format(" (and {} more: sterlet doctor {})", others, study.spec().name)));
}

}  // namespace sterlet::cli
