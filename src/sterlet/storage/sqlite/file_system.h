#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sterlet::storage {

/// The name of a file system on which SQLite's locks and shared memory do not hold, empty for all others; see
/// sqlite.org/faq.html, question 5. `magic` is statfs's f_type, `type` the name in /proc/self/mountinfo, which tells
/// what is behind FUSE: a disk (ntfs-3g, fuse-overlayfs ...) is as good as any, all else is taken for a network.
std::string network_file_system(std::uint32_t magic, std::string_view type);

/// The same for the file system that `folder` is on.
std::string network_file_system_of(const std::string& folder);

}  // namespace sterlet::storage
