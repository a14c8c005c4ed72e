#include "sterlet/api/line_buffer.h"

namespace sterlet::api {

void LineBuffer::add(std::string_view piece) {
  unread_.erase(0, begin_);
  scanned_ -= begin_;
  begin_ = 0;
  unread_.append(piece);
}

void LineBuffer::end() {
  const bool is_begun = begin_ < unread_.size() ? unread_.back() != '\n' : is_dropping_;
  if (is_begun) unread_ += '\n';
}

std::optional<LineBuffer::Line> LineBuffer::next() {
  const std::size_t end = unread_.find('\n', scanned_);
  if (end == std::string::npos) {
    scanned_ = unread_.size();
    if (scanned_ - begin_ > length_max_) is_dropping_ = true;
    if (is_dropping_) begin_ = scanned_;
    return std::nullopt;
  }
  Line line{.text = std::string_view(unread_).substr(begin_, end - begin_)};
  begin_ = scanned_ = end + 1;
  if (is_dropping_ || line.text.size() > length_max_) line = {.text = {}, .is_too_long = true};
  is_dropping_ = false;
  return line;
}

}  // namespace sterlet::api
