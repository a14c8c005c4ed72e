#include "network.h"

#include <ATen/CPUGeneratorImpl.h>
#include <dlfcn.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

namespace sterlet::trainer {
namespace {

constexpr std::size_t kEvaluationRows = 1000;

torch::Tensor activate(const std::string& activation, const torch::Tensor& input) {
  if (activation == "tanh") return torch::tanh(input);
  if (activation == "gelu") return torch::gelu(input);
  if (activation == "sigmoid") return torch::sigmoid(input);
  return torch::relu(input);
}

/// A function of a library that libtorch has loaded already; null where that library is another one.
template <typename Function>
Function loaded_function(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, name));
}

// oneDNN's C = alpha op(A) op(B) + beta C for row-major matrices. libtorch brings oneDNN along but multiplies by the
// system's BLAS, and where that is the reference one, an epoch takes 3.7 s instead of 0.3 s. Looked up by name,
// because only its library is sure to be installed, not its headers. Part of its stable interface (2.x and 3.x).
using Gemm = int (*)(char transpose_a, char transpose_b, std::int64_t m, std::int64_t n, std::int64_t k, float alpha,
                     const float* a, std::int64_t lda, const float* b, std::int64_t ldb, float beta, float* c,
                     std::int64_t ldc);
Gemm gemm() {
  static const Gemm function = loaded_function<Gemm>("dnnl_sgemm");
  return function;
}

/// input [n, k] times weight [m, k] transposed, plus bias [m]; by gemm(), all contiguous.
class FastLinear final : public torch::autograd::Function<FastLinear> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& input,
                               const torch::Tensor& weight, const torch::Tensor& bias) {
    context->save_for_backward({input, weight});
    context->saved_data["input_varies"] = input.requires_grad();
    const std::int64_t rows = input.size(0), inputs = input.size(1), outputs = weight.size(0);
    torch::Tensor result = bias.detach().expand({rows, outputs}).contiguous();
    gemm()('N', 'T', rows, outputs, inputs, 1, input.data_ptr<float>(), inputs, weight.data_ptr<float>(), inputs, 1,
           result.data_ptr<float>(), outputs);
    return result;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list slopes) {
    const auto saved = context->get_saved_variables();
    const torch::Tensor &input = saved[0], &weight = saved[1];
    const torch::Tensor slope = slopes[0].contiguous();
    const std::int64_t rows = input.size(0), inputs = input.size(1), outputs = weight.size(0);
    torch::Tensor input_slope;
    // The first layer's input is data: its slope would be half of that layer's work, for nothing.
    if (context->saved_data["input_varies"].toBool()) {
      input_slope = torch::empty({rows, inputs});
      gemm()('N', 'N', rows, inputs, outputs, 1, slope.data_ptr<float>(), outputs, weight.data_ptr<float>(), inputs, 0,
             input_slope.data_ptr<float>(), inputs);
    }
    torch::Tensor weight_slope = torch::empty({outputs, inputs});
    gemm()('T', 'N', outputs, inputs, rows, 1, slope.data_ptr<float>(), outputs, input.data_ptr<float>(), inputs, 0,
           weight_slope.data_ptr<float>(), inputs);
    return {input_slope, weight_slope, slope.sum(0)};
  }
};

torch::Tensor linear(const torch::Tensor& input, const torch::Tensor& weight, const torch::Tensor& bias) {
  return gemm() ? FastLinear::apply(input.contiguous(), weight, bias) : torch::linear(input, weight, bias);
}

struct Layer {
  torch::Tensor weight;
  torch::Tensor bias;
};

}  // namespace

struct Network::Impl {
  Impl(const Settings& settings_given, const Dataset& dataset_given)
      : settings(settings_given), dataset(dataset_given) {
    at::set_num_threads(settings.threads);
    // OpenBLAS, where it is installed, keeps threads of its own, which at::set_num_threads does not reach.
    if (const auto set_threads = loaded_function<void (*)(int)>("openblas_set_num_threads"))
      set_threads(settings.threads);
    at::globalContext().setFlushDenormal(true);
    torch::manual_seed(static_cast<std::uint64_t>(settings.seed));

    const std::vector<std::vector<std::int64_t>> shapes = layer_shapes();
    std::int64_t count = 0;
    for (const auto& shape : shapes)
      count += std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>()) + shape[0];
    weights = torch::zeros(count);
    gradients = torch::zeros(count);
    average.assign(static_cast<std::size_t>(count), 0);
    if (settings.optimizer == "adam") square.assign(static_cast<std::size_t>(count), 0);

    std::int64_t start = 0;
    for (const auto& shape : shapes) {
      Layer& layer = layers.emplace_back();
      layer.weight = take(shape, start);
      layer.bias = take({shape[0]}, start);
      draw(layer.weight, layers.size() == shapes.size());
    }
  }

  std::vector<std::vector<std::int64_t>> layer_shapes() {
    std::vector<std::vector<std::int64_t>> shapes;
    const std::int64_t outputs = std::max(dataset.class_count, 1);
    if (settings.model == "cnn") {
      std::int64_t channels = 1, side = dataset.image_side;
      for (const int filters : settings.filters) {
        shapes.push_back({filters, channels, settings.kernel_size, settings.kernel_size});
        channels = filters;
        if (side >= 2) side /= 2;
      }
      shapes.push_back({outputs, channels * side * side});
    } else {
      std::int64_t inputs = static_cast<std::int64_t>(dataset.columns);
      for (const int units : settings.units) {
        shapes.push_back({units, inputs});
        inputs = units;
      }
      shapes.push_back({outputs, inputs});
    }
    return shapes;
  }

  // Every layer's weights are a view of one flat tensor, and so are their gradients: the optimizer is one loop over
  // plain floats and a checkpoint one block, whatever the network.
  torch::Tensor take(const std::vector<std::int64_t>& shape, std::int64_t& start) {
    const std::int64_t size = std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
    torch::Tensor part = weights.narrow(0, start, size).view(shape).detach();
    part.set_requires_grad(true);
    part.mutable_grad() = gradients.narrow(0, start, size).view(shape);
    start += size;
    return part;
  }

  // He et al. 2015 for activations that cut off, Glorot and Bengio 2010 for those that saturate.
  void draw(const torch::Tensor& weight, bool is_last) {
    const torch::NoGradGuard no_gradients;
    const double inputs = static_cast<double>(weight.numel() / weight.size(0));
    const double outputs = static_cast<double>(weight.numel() / inputs);
    const bool cuts_off = !is_last && (settings.activation == "relu" || settings.activation == "gelu");
    const double limit = cuts_off ? std::sqrt(6 / inputs) : std::sqrt(6 / (inputs + outputs));
    weight.uniform_(-limit, limit);
  }

  torch::Tensor forward(torch::Tensor values, double dropout) {
    const bool is_cnn = settings.model == "cnn";
    if (is_cnn) values = values.view({values.size(0), 1, dataset.image_side, dataset.image_side});
    for (std::size_t i = 0; i + 1 < layers.size(); ++i) {
      const Layer& layer = layers[i];
      if (is_cnn) {
        values = torch::conv2d(values, layer.weight, layer.bias, 1, settings.kernel_size / 2);
        // Pooling first: the activations grow with their input, so the result is the same and costs a quarter.
        if (values.size(2) >= 2) values = torch::max_pool2d(values, 2);
        values = activate(settings.activation, values);
      } else {
        values = activate(settings.activation, linear(values, layer.weight, layer.bias));
        if (dropout > 0) values = torch::dropout(values, dropout, true);
      }
    }
    if (is_cnn) {
      values = values.flatten(1);
      if (dropout > 0) values = torch::dropout(values, dropout, true);
    }
    return linear(values, layers.back().weight, layers.back().bias);
  }

  torch::Tensor inputs_of(const Rows& rows, std::span<const std::uint32_t> indices) {
    torch::Tensor inputs =
        torch::empty({static_cast<std::int64_t>(indices.size()), static_cast<std::int64_t>(dataset.columns)});
    gather_inputs(dataset, rows, indices, inputs.data_ptr<float>());
    return inputs;
  }
  torch::Tensor targets_of(const Rows& rows, std::span<const std::uint32_t> indices) const {
    const auto count = static_cast<std::int64_t>(indices.size());
    if (dataset.class_count > 0) {
      torch::Tensor classes = torch::empty({count}, torch::kInt64);
      for (std::size_t i = 0; i < indices.size(); ++i) classes.data_ptr<std::int64_t>()[i] = rows.classes[indices[i]];
      return classes;
    }
    torch::Tensor targets = torch::empty({count});
    for (std::size_t i = 0; i < indices.size(); ++i) targets.data_ptr<float>()[i] = rows.targets[indices[i]];
    return targets;
  }
  torch::Tensor loss_of(const torch::Tensor& outputs, const torch::Tensor& targets) const {
    return dataset.class_count > 0 ? torch::cross_entropy_loss(outputs, targets)
                                   : torch::mse_loss(outputs.squeeze(1), targets);
  }

  // The arithmetic is in float as libtorch's own is, in one pass over memory instead of one an operation.
  void optimize(const LiveSettings& live, double learning_rate) {
    float* weight = weights.data_ptr<float>();
    const float* gradient = gradients.data_ptr<float>();
    const auto decay = static_cast<float>(live.weight_decay);
    if (settings.optimizer == "adam") {
      beta1_power *= live.beta1;
      beta2_power *= live.beta2;
      const auto beta1 = static_cast<float>(live.beta1), beta2 = static_cast<float>(live.beta2);
      const auto rate = static_cast<float>(learning_rate / (1 - beta1_power));
      const auto correction = static_cast<float>(1 / std::sqrt(1 - beta2_power));
      const auto epsilon = static_cast<float>(live.epsilon);
      for (std::size_t i = 0; i < average.size(); ++i) {
        const float slope = gradient[i] + decay * weight[i];
        average[i] = beta1 * average[i] + (1 - beta1) * slope;
        square[i] = beta2 * square[i] + (1 - beta2) * slope * slope;
        weight[i] -= rate * average[i] / (std::sqrt(square[i]) * correction + epsilon);
      }
    } else {
      const auto momentum = static_cast<float>(live.momentum), rate = static_cast<float>(learning_rate);
      for (std::size_t i = 0; i < average.size(); ++i) {
        average[i] = momentum * average[i] + gradient[i] + decay * weight[i];
        weight[i] -= rate * average[i];
      }
    }
  }

  const Settings settings;
  const Dataset& dataset;
  torch::Tensor weights;
  torch::Tensor gradients;
  std::vector<Layer> layers;
  std::vector<float> average;
  std::vector<float> square;
  double beta1_power = 1;
  double beta2_power = 1;
};

Network::Network(const Settings& settings, const Dataset& dataset) : impl_(std::make_unique<Impl>(settings, dataset)) {}
Network::~Network() = default;

double Network::step(std::span<const std::uint32_t> rows, std::span<const std::uint32_t> labels,
                     const LiveSettings& live, double learning_rate) {
  impl_->gradients.zero_();
  const torch::Tensor inputs = impl_->inputs_of(impl_->dataset.train, rows);
  const torch::Tensor targets = impl_->targets_of(impl_->dataset.train, labels);
  const torch::Tensor loss = impl_->loss_of(impl_->forward(inputs, live.dropout), targets);
  const double value = static_cast<double>(loss.item<float>());
  if (!std::isfinite(value)) return value;
  loss.backward();
  impl_->optimize(live, learning_rate);
  return value;
}

Evaluation Network::evaluate(const Rows& rows) {
  const torch::NoGradGuard no_gradients;
  std::vector<std::uint32_t> all(rows.count);
  std::iota(all.begin(), all.end(), 0U);
  double loss_sum = 0, wrong = 0;
  for (std::size_t start = 0; start < rows.count; start += kEvaluationRows) {
    const std::span<const std::uint32_t> part(all.data() + start, std::min(kEvaluationRows, rows.count - start));
    const torch::Tensor outputs = impl_->forward(impl_->inputs_of(rows, part), 0);
    const torch::Tensor targets = impl_->targets_of(rows, part);
    const auto count = static_cast<double>(part.size());
    loss_sum += static_cast<double>(impl_->loss_of(outputs, targets).item<float>()) * count;
    if (impl_->dataset.class_count > 0)
      wrong += static_cast<double>(outputs.argmax(1).ne(targets).sum().item<std::int64_t>());
  }
  const auto count = static_cast<double>(rows.count);
  const double loss = loss_sum / count;
  return {loss, impl_->dataset.class_count > 0 ? wrong / count : std::sqrt(loss) * impl_->dataset.target_scale};
}

NetworkState Network::state() const {
  NetworkState state;
  const float* weights = impl_->weights.data_ptr<float>();
  state.weights.assign(weights, weights + impl_->weights.numel());
  state.average = impl_->average;
  state.square = impl_->square;
  state.beta1_power = impl_->beta1_power;
  state.beta2_power = impl_->beta2_power;
  const torch::Tensor chance = at::detail::getDefaultCPUGenerator().get_state();
  state.chance.assign(chance.data_ptr<std::uint8_t>(), chance.data_ptr<std::uint8_t>() + chance.numel());
  return state;
}

bool Network::restore(const NetworkState& state) {
  at::Generator generator = at::detail::getDefaultCPUGenerator();
  torch::Tensor chance = generator.get_state();
  if (state.weights.size() != static_cast<std::size_t>(impl_->weights.numel()) ||
      state.average.size() != impl_->average.size() || state.square.size() != impl_->square.size() ||
      state.chance.size() != static_cast<std::size_t>(chance.numel()))
    return false;
  std::memcpy(impl_->weights.data_ptr<float>(), state.weights.data(), state.weights.size() * sizeof(float));
  impl_->average = state.average;
  impl_->square = state.square;
  impl_->beta1_power = state.beta1_power;
  impl_->beta2_power = state.beta2_power;
  std::memcpy(chance.data_ptr<std::uint8_t>(), state.chance.data(), state.chance.size());
  generator.set_state(chance);
  return true;
}

}  // namespace sterlet::trainer
