#include "data.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

namespace sterlet::trainer {
namespace {

constexpr std::size_t kTrainRows = 50'000;
constexpr std::size_t kValidationRows = 10'000;
constexpr std::size_t kTestRows = 10'000;
constexpr std::size_t kSide = 28;

struct CloseGzip {
  void operator()(gzFile_s* file) const { gzclose(file); }
};

/// A gzipped idx file, read from front to back.
class IdxFile final {
 public:
  static Result<IdxFile> open(const std::string& path, std::uint32_t magic, std::size_t item_bytes) {
    IdxFile file;
    file.path_ = path;
    file.item_bytes_ = item_bytes;
    file.file_.reset(gzopen(path.c_str(), "rb"));
    if (!file.file_)
      return Error{
          fmt::format("{}: there is no such file, so the images cannot be read; install the package "
                      "dataset-fashion-mnist, or name its folder with --data-dir",
                      path)};
    gzbuffer(file.file_.get(), 256 * 1024);
    std::vector<std::uint8_t> head(item_bytes == 1 ? 8 : 16);
    const bool complete = file.read_bytes(head.data(), head.size());
    if (!complete || (std::uint32_t{head[2]} << 8 | head[3]) != magic) return file.damaged();
    return file;
  }

  /// The next `count` items.
  Result<std::vector<std::uint8_t>> read(std::size_t count) {
    std::vector<std::uint8_t> bytes(count * item_bytes_);
    if (!read_bytes(bytes.data(), bytes.size())) return damaged();
    return bytes;
  }
  void skip(std::size_t count) { gzseek(file_.get(), static_cast<z_off_t>(count * item_bytes_), SEEK_CUR); }

 private:
  bool read_bytes(std::uint8_t* out, std::size_t count) {
    return gzread(file_.get(), out, static_cast<unsigned>(count)) == static_cast<int>(count);
  }
  Error damaged() const {
    return Error{
        fmt::format("{}: not the Fashion-MNIST file it should be (too short, or another format); install the "
                    "package dataset-fashion-mnist again",
                    path_)};
  }

  std::unique_ptr<gzFile_s, CloseGzip> file_;
  std::string path_;
  std::size_t item_bytes_ = 1;
};

/// Reads `count` rows after skipping some, from both files at once.
Result<Rows> read_rows(IdxFile& images, IdxFile& labels, std::size_t skip, std::size_t count) {
  if (skip > 0) {
    images.skip(skip);
    labels.skip(skip);
  }
  auto pixels = images.read(count);
  if (!pixels) return pixels.error();
  auto classes = labels.read(count);
  if (!classes) return classes.error();
  Rows rows;
  rows.count = count;
  rows.pixels = std::move(*pixels);
  rows.classes.assign(classes->begin(), classes->end());
  return rows;
}

}  // namespace

Result<Dataset> load_fashion_mnist(const std::string& folder, int train_rows, bool with_test) {
  constexpr std::uint32_t kImageMagic = 0x0803, kLabelMagic = 0x0801;
  auto images = IdxFile::open(folder + "/train-images-idx3-ubyte.gz", kImageMagic, kSide * kSide);
  if (!images) return images.error();
  auto labels = IdxFile::open(folder + "/train-labels-idx1-ubyte.gz", kLabelMagic, 1);
  if (!labels) return labels.error();

  Dataset dataset;
  dataset.columns = kSide * kSide;
  dataset.image_side = kSide;
  dataset.class_count = 10;
  const std::size_t count = train_rows > 0 ? std::min(kTrainRows, static_cast<std::size_t>(train_rows)) : kTrainRows;
  auto train = read_rows(*images, *labels, 0, count);
  if (!train) return train.error();
  dataset.train = std::move(*train);
  auto validation = read_rows(*images, *labels, kTrainRows - count, kValidationRows);
  if (!validation) return validation.error();
  dataset.validation = std::move(*validation);
  if (with_test) {
    auto test_images = IdxFile::open(folder + "/t10k-images-idx3-ubyte.gz", kImageMagic, kSide * kSide);
    if (!test_images) return test_images.error();
    auto test_labels = IdxFile::open(folder + "/t10k-labels-idx1-ubyte.gz", kLabelMagic, 1);
    if (!test_labels) return test_labels.error();
    auto test = read_rows(*test_images, *test_labels, 0, kTestRows);
    if (!test) return test.error();
    dataset.test = std::move(*test);
  }

  // Mean and deviation of the training pixels, from how often each of the 256 values occurs: exact and fast.
  std::uint64_t occurs[256] = {};
  for (const std::uint8_t pixel : dataset.train.pixels) ++occurs[pixel];
  double sum = 0, square_sum = 0;
  for (int value = 0; value < 256; ++value) {
    const double share = static_cast<double>(occurs[value]) / static_cast<double>(dataset.train.pixels.size());
    sum += share * value / 255;
    square_sum += share * value / 255 * value / 255;
  }
  dataset.pixel_mean = static_cast<float>(sum);
  dataset.pixel_scale = static_cast<float>(std::sqrt(std::max(square_sum - sum * sum, 1e-12)));
  return dataset;
}

void gather_inputs(const Dataset& dataset, const Rows& rows, std::span<const std::uint32_t> indices, float* out) {
  const std::size_t columns = dataset.columns;
  const float factor = 1 / (255 * dataset.pixel_scale);
  const float shift = -dataset.pixel_mean / dataset.pixel_scale;
  for (const std::uint32_t index : indices) {
    if (dataset.image_side > 0) {
      const std::uint8_t* row = rows.pixels.data() + index * columns;
      for (std::size_t column = 0; column < columns; ++column)
        out[column] = static_cast<float>(row[column]) * factor + shift;
    } else {
      std::memcpy(out, rows.features.data() + index * columns, columns * sizeof(float));
    }
    out += columns;
  }
}

}  // namespace sterlet::trainer
