#include "sterlet/storage/sqlite/file_system.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <utility>

#include <fmt/format.h>

namespace sterlet::storage {

namespace {

constexpr std::uint32_t kFuse = 0x65735546;

// linux/magic.h, and the sources of those that are not in the kernel.
constexpr auto kNetworks = std::to_array<std::pair<std::uint32_t, std::string_view>>({
    {0x6969, "NFS"},
    {0x517B, "SMB"},
    {0xFF534D42, "SMB"},
    {0xFE534D42, "SMB"},
    {0x0BD00BD0, "Lustre"},
    {0x19830326, "BeeGFS"},
    {0x47504653, "GPFS"},
    {0x00C36400, "Ceph"},
    {0x01021997, "9P"},
    {0x5346414F, "AFS"},
    {0x6B414653, "AFS"},
    {0x73757245, "Coda"},
    {0x7461636F, "OCFS2"},
    {0x01161970, "GFS2"},
    {0xAAD7AAEA, "PanFS"},
    {0x20030528, "OrangeFS"},
});

// Behind FUSE, but on disks of this machine.
constexpr auto kLocalOnFuse =
    std::to_array<std::string_view>({"fuseblk", "fuse.fuse-overlayfs", "fuse.mergerfs", "fuse.bindfs", "fuse.gocryptfs",
                                     "fuse.encfs", "fuse.cryfs", "fuse.ntfs-3g", "fuse.exfat"});

// The type of the file system with that device number: "36 35 98:0 /root /mnt options - ext4 /dev/x options".
std::string mounted_type(dev_t device) {
  std::ifstream mounts("/proc/self/mountinfo");
  const std::string number = fmt::format("{}:{}", major(device), minor(device));
  for (std::string line; std::getline(mounts, line);) {
    std::istringstream words(line);
    std::string word, id, parent, found;
    words >> id >> parent >> found;
    if (found != number) continue;
    while (words >> word && word != "-") {
    }
    words >> word;
    return word;
  }
  return {};
}

}  // namespace

std::string network_file_system(std::uint32_t magic, std::string_view type) {
  if (magic == kFuse) {
    if (std::find(kLocalOnFuse.begin(), kLocalOnFuse.end(), type) != kLocalOnFuse.end()) return {};
    constexpr std::string_view kPrefix = "fuse.";
    const std::string_view name = type.starts_with(kPrefix) ? type.substr(kPrefix.size()) : type;
    return name.empty() ? std::string("FUSE") : fmt::format("FUSE ({})", name);
  }
  const auto* found =
      std::find_if(kNetworks.begin(), kNetworks.end(), [&](const auto& row) { return row.first == magic; });
  return found == kNetworks.end() ? std::string() : std::string(found->second);
}

std::string network_file_system_of(const std::string& folder) {
  struct statfs info {};
  if (statfs(folder.c_str(), &info) != 0) return {};
  const auto magic = static_cast<std::uint32_t>(info.f_type);
  struct stat place {};
  const bool asks_type = magic == kFuse && stat(folder.c_str(), &place) == 0;
  return network_file_system(magic, asks_type ? mounted_type(place.st_dev) : std::string());
}

}  // namespace sterlet::storage
