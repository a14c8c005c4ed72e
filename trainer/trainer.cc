#include "trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <span>

#include "checkpoint.h"
#include "network.h"
#include "order.h"

namespace sterlet::trainer {
namespace {

constexpr int kExitTerminated = 143;
constexpr int kNameTriesMax = 10'000;

volatile std::sig_atomic_t terminated = 0;
void note_termination(int) { terminated = 1; }

enum class End { kNone, kPruned, kStopped, kTerminated };

class Training final {
 public:
  Training(const Settings& settings, const Dataset& dataset, Trial& trial)
      : settings_(settings), dataset_(dataset), trial_(trial), network_(settings, dataset) {
    progress_.seed = settings.seed;
    progress_.given = progress_.now = settings.live;
    const std::size_t batch = static_cast<std::size_t>(settings.batch_size);
    steps_per_epoch_ = static_cast<std::int64_t>((dataset.train.count + batch - 1) / batch);
    trial.announce_steps(settings.report_every > 0 ? settings.epochs * steps_per_epoch_ : settings.epochs);
  }

  int run() {
    if (const std::string path = trial_.resume_path(); !path.empty())
      if (const auto error = resume(path)) return fail(error->sentence);
    while (progress_.epoch < settings_.epochs) {
      const End end = obey();
      if (end == End::kPruned) return 0;
      if (end != End::kNone) {
        // An end that is not the trial's own fault keeps what was learned, so that it can go on from here.
        if (!is_saved_) checkpoint();
        return end == End::kTerminated ? kExitTerminated : 0;
      }
      if (const auto fault = step()) {
        trial_.failed(*fault);
        return fail(*fault);
      }
    }
    // The last requests may have come during the last step; a checkpoint of the end is the one most worth having.
    obey();
    return 0;
  }

 private:
  int fail(const std::string& sentence) {
    say(sentence);
    return 1;
  }

  /// The step of the last report: what all messages count in.
  std::int64_t told_step() const { return settings_.report_every > 0 ? progress_.step : progress_.epoch; }

  double learning_rate() const {
    const auto steps = static_cast<double>(steps_per_epoch_ * settings_.epochs);
    return progress_.now.learning_rate * decay_factor(settings_, static_cast<double>(progress_.step) / steps);
  }

  /// The place of the next step in the data. Where data was skipped, it runs ahead of the steps done.
  std::int64_t place() const { return progress_.step + progress_.skipped; }

  std::span<const std::uint32_t> next_rows() {
    const std::int64_t at = place();
    const std::int64_t epoch = at / steps_per_epoch_;
    if (order_.empty() || order_epoch_ != epoch) {
      order_ = epoch_order(static_cast<std::uint64_t>(progress_.seed), static_cast<std::uint64_t>(epoch),
                           dataset_.train.count);
      order_epoch_ = epoch;
    }
    const auto batch = static_cast<std::size_t>(settings_.batch_size);
    const std::size_t position = static_cast<std::size_t>(at % steps_per_epoch_) * batch;
    return {order_.data() + position, std::min(batch, order_.size() - position)};
  }

  /// The rows that `rows` have their labels from: themselves, but where they were asked to be bad.
  std::span<const std::uint32_t> labels_of(std::span<const std::uint32_t> rows) {
    if (!settings_.bad_steps.contains(place() + 1)) return rows;
    bad_labels_ = random_rows(static_cast<std::uint64_t>(progress_.seed), static_cast<std::uint64_t>(place()),
                              rows.size(), dataset_.train.count);
    return bad_labels_;
  }

  /// One step of the optimizer, with what falls due after it. The reason where training cannot go on.
  std::optional<std::string> step() {
    const double rate = learning_rate();
    const std::span<const std::uint32_t> rows = next_rows();
    const double loss = network_.step(rows, labels_of(rows), progress_.now, rate);
    ++progress_.step;
    is_saved_ = false;
    if (!std::isfinite(loss))
      return fmt::format("the loss became {} at step {} (learning_rate {})", std::isnan(loss) ? "NaN" : "infinite",
                         progress_.step, progress_.now.learning_rate);
    progress_.loss_sum += loss;
    ++progress_.loss_count;

    const bool epoch_ends = progress_.step % steps_per_epoch_ == 0;
    if (epoch_ends) ++progress_.epoch;
    const bool training_ends = progress_.epoch == settings_.epochs;
    const bool due =
        settings_.report_every > 0 ? progress_.step % settings_.report_every == 0 || training_ends : epoch_ends;
    if (due) report(rate, training_ends);
    if (epoch_ends && !training_ends && settings_.checkpoint_every > 0 &&
        progress_.epoch % settings_.checkpoint_every == 0)
      checkpoint();
    return std::nullopt;
  }

  void report(double rate, bool training_ends) {
    const Evaluation validation = network_.evaluate(dataset_.validation);
    const double loss = progress_.loss_sum / static_cast<double>(progress_.loss_count);
    progress_.loss_sum = 0;
    progress_.loss_count = 0;
    progress_.reported_step = told_step();
    // NaN compares as false, so it never becomes the best.
    if (!progress_.best_error || validation.error < *progress_.best_error) progress_.best_error = validation.error;
    std::map<std::string, double> metrics = {
        {"val_error", validation.error}, {"val_loss", validation.loss}, {"loss", loss}, {"learning_rate", rate}};
    std::string line =
        fmt::format("{} {} loss={:.4f} val_error={:.4f} val_loss={:.4f}", settings_.report_every > 0 ? "step" : "epoch",
                    told_step(), loss, validation.error, validation.loss);
    if (settings_.test && training_ends) {
      metrics["test_error"] = network_.evaluate(dataset_.test).error;
      line += fmt::format(" test_error={:.4f}", metrics["test_error"]);
    }
    trial_.report(told_step(), metrics);
    std::puts(line.c_str());
    std::fflush(stdout);
  }

  /// Does what Sterlet asked for since the last step.
  End obey() {
    End end = terminated ? End::kTerminated : End::kNone;
    bool checkpoint_failed = false;
    for (const Message& message : trial_.poll()) {
      switch (message.kind) {
        case Message::Kind::kSet:
          is_saved_ = false;
          // Asked for in one breath, the change must not be made without the checkpoint that lets it be taken back.
          if (checkpoint_failed)
            trial_.refused(message.values, "the checkpoint before it could not be written");
          else
            set(message.values);
          break;
        case Message::Kind::kCheckpoint:
          if (const auto error = checkpoint()) {
            checkpoint_failed = true;
            trial_.refused_checkpoint(error->sentence);
          }
          break;
        case Message::Kind::kRestore:
          if (const auto error = restore(message.path)) {
            trial_.refused_restore(message.path, error->sentence);
          } else {
            skip(message.skip_steps);
            trial_.restored(told_step(), message.path, message.skip_steps);
            if (!message.values.empty()) set(message.values);
          }
          break;
        case Message::Kind::kPrune:
          end = End::kPruned;
          break;
        case Message::Kind::kStop:
          end = End::kStopped;
          break;
      }
    }
    return end;
  }

  /// A set is done whole or not at all: half a change would be a change nobody asked for.
  void set(const Values& values) {
    LiveSettings wanted = progress_.now;
    for (const auto& [name, value] : values) {
      const auto field = std::find_if(live_fields().begin(), live_fields().end(),
                                      [&name = name](const LiveField& candidate) { return candidate.name == name; });
      if (field == live_fields().end())
        return trial_.refused(values, name + " cannot be changed while the training runs");
      const auto number = value.number();
      if (!number) return trial_.refused(values, fmt::format("{} must be a number (found {})", name, value.json()));
      wanted.*(field->member) = *number;
      if (const auto fault = live_fault(*field, wanted)) return trial_.refused(values, *fault);
    }
    progress_.now = wanted;
    trial_.applied(told_step(), values);
  }

  // A fault is told here; whoever can do something else about it looks at the answer.
  std::optional<Error> checkpoint() {
    const std::filesystem::path folder = trial_.checkpoint_dir();
    if (folder.empty()) return std::nullopt;
    // A name is never used twice: after a restore, the same step comes again on another branch.
    std::string name = fmt::format("step-{}.ckpt", progress_.step);
    for (int i = 2; i < kNameTriesMax && std::filesystem::exists(folder / name); ++i)
      name = fmt::format("step-{}-{}.ckpt", progress_.step, i);
    const auto error = write_checkpoint((folder / name).string(), {structure(), progress_, network_.state()});
    if (error)
      say(error->sentence);
    else
      trial_.checkpointed(told_step(), name);
    is_saved_ = !error;
    return error;
  }

  std::string structure() const {
    return trainer::structure(settings_) +
           fmt::format(" rows={} columns={} classes={}", dataset_.train.count, dataset_.columns, dataset_.class_count);
  }

  [[nodiscard]] std::optional<Error> restore(const std::string& name) {
    // An absolute path stays as it is.
    const std::string path = (std::filesystem::path(trial_.checkpoint_dir()) / name).string();
    auto checkpoint = read_checkpoint(path);
    if (!checkpoint) return checkpoint.error();
    const bool fits = checkpoint->structure == structure() && network_.restore(checkpoint->network);
    if (!fits)
      return Error{
          fmt::format("{}: written by another training ({}), which this one ({}) cannot go on from; name a "
                      "checkpoint of the same network and data",
                      path, checkpoint->structure, structure())};
    progress_ = checkpoint->progress;
    is_saved_ = false;
    return std::nullopt;
  }

  /// Leaves out the data of so many steps, counted as the reports are.
  void skip(std::int64_t steps) {
    if (steps > 0) progress_.skipped += settings_.report_every > 0 ? steps : steps * steps_per_epoch_;
  }

  /// Goes on from an earlier attempt. A hyperparameter that was changed live keeps its changed value, unless this
  /// attempt was given another start value than the earlier one: then the newer wish counts; and so do all values where
  /// Sterlet says that they are exact.
  [[nodiscard]] std::optional<Error> resume(const std::string& path) {
    if (const auto error = restore(path)) return error;
    for (const LiveField& field : live_fields())
      if (trial_.params_exact() || settings_.live.*field.member != progress_.given.*field.member)
        progress_.now.*field.member = settings_.live.*field.member;
    progress_.given = settings_.live;
    skip(trial_.resume_skip());
    if (trial_.resume_skip() > 0) trial_.restored(told_step(), trial_.resume_path(), trial_.resume_skip());
    say(fmt::format("going on from {} (step {}, epoch {})", path, progress_.step, progress_.epoch + 1));
    return std::nullopt;
  }

  const Settings& settings_;
  const Dataset& dataset_;
  Trial& trial_;
  Network network_;
  Progress progress_;
  std::int64_t steps_per_epoch_ = 0;
  bool is_saved_ = false;  ///< The last checkpoint is of this very moment.
  std::vector<std::uint32_t> order_;
  std::int64_t order_epoch_ = 0;  ///< Which order that is.
  std::vector<std::uint32_t> bad_labels_;
};

}  // namespace

int train(const Settings& settings, const Dataset& dataset, Trial& trial) {
  struct sigaction action = {};
  action.sa_handler = note_termination;
  sigaction(SIGTERM, &action, nullptr);
  return Training(settings, dataset, trial).run();
}

}  // namespace sterlet::trainer
