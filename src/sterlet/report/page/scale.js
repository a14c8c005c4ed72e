// Where a value stands on its parameter's own scale: a position in [0, 1], its ticks, and the way back.
//
//   linear       v
//   log          ln v
//   reverse_log  -ln(1 - v)
//
// A log axis that may also be exactly zero keeps a lane at its left for it.

const forward = {
  linear: (v) => v,
  log: Math.log,
  reverse_log: (v) => -Math.log1p(-v)
};
const backward = {
  linear: (p) => p,
  log: Math.exp,
  reverse_log: (p) => -Math.expm1(-p)
};
const isLegal = {
  linear: Number.isFinite,
  log: (v) => v > 0 && v < Infinity,
  reverse_log: (v) => v < 1 && v > -Infinity
};
const zeroLane = 0.1;

// Bounds of an axis: the space's, widened by trials that lie outside (enqueued, or imported from another space).
const boundsOf = (axis) => {
  let low = isLegal[axis.scale](axis.low) ? axis.low : Infinity;
  let high = isLegal[axis.scale](axis.high) ? axis.high : -Infinity;
  for (const cell of axis.cells) {
    if (cell === null || typeof cell === 'string' || !isLegal[axis.scale](cell)) continue;
    low = Math.min(low, cell);
    high = Math.max(high, cell);
  }
  return low <= high ? [low, high] : [0, 1];
};

const prepareAxis = (axis) => {
  if (axis.prepared) return axis;
  axis.prepared = true;
  if (axis.isChoice) {
    axis.position = (index) => (index + 0.5) / axis.choices.length;
    return axis;
  }
  if (!(axis.scale in forward)) axis.scale = 'linear';
  [axis.from, axis.to] = boundsOf(axis);
  const low = forward[axis.scale](axis.from);
  const span = forward[axis.scale](axis.to) - low;
  axis.hasZero = axis.scale === 'log' && (axis.zero > 0 || axis.cells.some((cell) => cell === 0));
  const start = axis.hasZero ? zeroLane : 0;
  axis.position = (value) => {
    if (value === 0 && axis.hasZero) return 0;
    if (!isLegal[axis.scale](value)) return NaN;
    return span === 0 ? 0.5 : start + (1 - start) * ((forward[axis.scale](value) - low) / span);
  };
  axis.invert = (position) => {
    if (axis.hasZero && position < start) return 0;
    return backward[axis.scale](low + ((position - start) / (1 - start)) * span);
  };
  return axis;
};

const linearTicks = (low, high, count) => {
  const rough = (high - low) / count;
  if (!(rough > 0) || !Number.isFinite(rough)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough * 0.999);
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9 && ticks.length < 100; ++i) {
    ticks.push(Number((i * step).toPrecision(12)));
  }
  return ticks;
};

// Of whole steps: there is no step 1.5.
const stepTicks = (low, high, count) => {
  const ticks = linearTicks(low, high, count);
  const whole = ticks.filter(Number.isInteger);
  return whole.length > 1 ? whole : ticks;
};

// Powers of ten, and their 2s and 5s where there are few of them.
const logTicks = (low, high) => {
  const first = Math.floor(Math.log10(low) + 1e-9);
  const last = Math.ceil(Math.log10(high) - 1e-9);
  const stride = Math.max(1, Math.ceil((last - first) / 10));
  const factors = last - first <= 1 ? [1, 2, 3, 5, 7] : last - first <= 2 ? [1, 2, 5] : [1];
  const ticks = [];
  for (let power = first; power <= last; power += stride) {
    for (const factor of factors) {
      const tick = Number(`${factor}e${power}`);
      if (tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) ticks.push(tick);
    }
  }
  return ticks.length > 1 ? ticks : [low, high];
};

const reverseLogTicks = (low, high) =>
    logTicks(1 - high, 1 - low).map((rest) => Number((1 - rest).toPrecision(12))).reverse();

// Ticks as {position, text}, in order.
const ticksOf = (axis, count) => {
  prepareAxis(axis);
  if (axis.isChoice) return axis.choices.map((choice, i) => ({position: axis.position(i), text: String(choice)}));
  let ticks;
  if (axis.from === axis.to)
    ticks = [axis.from];
  else if (axis.scale === 'log')
    ticks = logTicks(axis.from, axis.to);
  else if (axis.scale === 'reverse_log')
    ticks = reverseLogTicks(axis.from, axis.to);
  else
    ticks = linearTicks(axis.from, axis.to, count);
  if (axis.type === 'int') ticks = ticks.filter(Number.isInteger);
  const marks = ticks.map((tick) => ({
                            position: axis.position(tick),
                            text: axis.scale === 'reverse_log' ? String(tick) : compactNumber(tick),
                          }));
  return axis.hasZero ? [{position: 0, text: '0'}, ...marks] : marks;
};

// The objective as an axis. One diverged trial must not flatten all others: beyond the far whisker (third quartile and
// three times the quartiles' distance, on the bad side) values are drawn at the edge.
const numberAxis = (numbers, {direction = null, count = 5, log = false} = {}) => {
  const [there, back] = log ? [forward.log, backward.log] : [forward.linear, backward.linear];
  const sorted = Float64Array.from(numbers.filter(log ? isLegal.log : isLegal.linear), there).sort();
  if (sorted.length === 0) return {low: 0, high: 1, position: () => NaN, ticks: [], clips: () => false};
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  let low = sorted[0];
  let high = sorted[sorted.length - 1];
  const reach = 3 * (at(0.75) - at(0.25));
  if (direction !== 'maximize' && reach > 0 && high > at(0.75) + 2 * reach) high = at(0.75) + reach;
  if (direction !== 'minimize' && reach > 0 && low < at(0.25) - 2 * reach) low = at(0.25) - reach;
  const dataLow = low;
  const dataHigh = high;
  const padding = high > low ? (high - low) * 0.06 : (log ? 0 : Math.abs(high) * 0.1) || 1;
  low -= padding;
  high += padding;
  const position = (value) =>
      Number.isNaN(value) ? NaN : Math.max(0, Math.min(1, (there(Math.max(value, log ? 0 : value)) - low) / (high - low)));
  const ticks = log ? logTicks(back(low), back(high)) : linearTicks(low, high, count);
  return {
    low: back(dataLow),
    high: back(dataHigh),
    position,
    ticks: ticks.map((tick) => ({position: position(tick), text: compactNumber(log ? Number(tick.toPrecision(3)) : tick)})),
    clips: (value) => !(there(value) <= high && there(value) >= low),
    invert: (place) => back(low + place * (high - low)),
  };
};

// Which metrics are shown on a log scale: as the reader chose, else those above 0 that span more than a decade and a
// half between their 5th and 95th percentiles, where a linear axis shows most trials as one line.
const logScales = new Map();
const metricValues = new Map();
const valuesOfMetric = (metric) => {
  if (!metricValues.has(metric)) {
    const own = objectives.findIndex((objective) => objective.metric === metric);
    const curves = raw.curves.metrics.find((curve) => curve.name === metric);
    const all = own >= 0 ? Array.from(values[own]) : (curves ? curves.values.flat() : []).map(toNumber);
    metricValues.set(metric, Float64Array.from(all.filter(Number.isFinite)).sort());
  }
  return metricValues.get(metric);
};
const mayBeLog = (metric) => {
  const sorted = valuesOfMetric(metric);
  return sorted.length > 1 && sorted[0] > 0 && sorted[sorted.length - 1] > sorted[0];
};
const isLog = (metric) => {
  if (!mayBeLog(metric)) return false;
  if (logScales.has(metric)) return logScales.get(metric);
  const sorted = valuesOfMetric(metric);
  const at = (share) => sorted[Math.floor(share * (sorted.length - 1))];
  return sorted.length >= 10 && at(0.95) > 30 * at(0.05);
};

const objectiveAxes = new Map();
const objectiveAxis = (objective) => {
  if (!objectiveAxes.has(objective)) objectiveAxes.set(objective, makeObjectiveAxis(objective));
  return objectiveAxes.get(objective);
};
const makeObjectiveAxis = (objective) => {
  const shown = [];
  for (let row = 0; row < trialCount; ++row)
    if (isScored(row, objective)) shown.push(values[objective][row]);
  return numberAxis(
      shown, {
        direction: objectives[objective] ? directionOf(objective) : null,
        log: objectives[objective] !== undefined && isLog(objectives[objective].metric)
      });
};

// Positions of all trials on an axis (or on the objective), NaN where it does not apply.
let objectivePlaces = null;
const positionsOf = (key) => {
  if (key === 'objective') {
    if (!objectivePlaces) {
      const axis = objectiveAxis(store.objective);
      objectivePlaces = new Float64Array(trialCount).fill(NaN);
      for (let row = 0; row < trialCount; ++row) {
        if (isScored(row, store.objective)) objectivePlaces[row] = axis.position(values[store.objective][row]);
      }
    }
    return objectivePlaces;
  }
  const axis = prepareAxis(axes[key]);
  axis.places ||= Float64Array.from(
      axis.cells, (cell) => (cell === null ? NaN : axis.position(typeof cell === 'string' ? Number(cell) : cell)));
  return axis.places;
};

// The scored trials from worst to best, and a trial's place among them: 0 for the best, 1 for the worst, NaN for those
// without a value.
let ranking = null;
const rank = () => {
  if (ranking) return ranking;
  const shares = new Float64Array(trialCount).fill(NaN);
  const rows = [];
  for (let row = 0; row < trialCount; ++row) {
    if (isScored(row, store.objective)) rows.push(row);
  }
  const own = values[store.objective];
  rows.sort((a, b) => (own[a] === own[b] ? b - a : isBetter(own[a], own[b], store.objective) ? 1 : -1));
  rows.forEach((row, place) => {
    shares[row] = rows.length > 1 ? 1 - place / (rows.length - 1) : 0;
  });
  ranking = {rows, shares};
  return ranking;
};
const rankShare = (row) => rank().shares[row];
