// The study, read once: columns as compact.cc wrote them, plus what every view asks for.

const raw = JSON.parse(document.getElementById('data').textContent);
const study = raw.study || {};
const objectives = study.objectives || [];
const trialCount = raw.numbers.length;
// The study says which trials are the best, and what counts as their values: with repeats, the means of their runs.
const bestRows = raw.best;
const isBest = new Set(bestRows);
const bestValues = new Map(bestRows.map((row, index) => [row, raw.best_values[index]]));

const axes = raw.axes.map((axis, index) => ({
                            ...axis,
                            index,
                            isChoice: Array.isArray(axis.choices),
                            scale: axis.scale || 'linear',
                            cells: raw.columns[index],
                          }));

// "NaN", "Infinity" and null as the numbers they mean; null is NaN, which no axis can show.
const toNumber = (cell) => (cell === null || cell === undefined ? NaN : Number(cell));

const stateOf = (row) => raw.states[raw.state[row]];
const originOf = (row) => raw.origins[raw.origin[row]];
const reasonOf = (row) => (row in raw.reason ? raw.reasons[raw.reason[row]] : '');
const logOf = (row) => (raw.logs && row in raw.logs ? raw.logs[row] : '');
const attemptsOf = (row) => raw.attempts[row] || 1;
const isComplete = (row) => stateOf(row) === 'COMPLETE';
const values = objectives.map((_, index) => Float64Array.from(raw.values[index], toNumber));
const directionOf = (index) => (objectives[index].direction === 'maximize' ? 'maximize' : 'minimize');
const bestValue = (row, objective) => toNumber(bestValues.get(row)?.[objective] ?? values[objective][row]);
const infeasible = new Set(raw.infeasible);
const isBetter = (a, b, objective) => (directionOf(objective) === 'maximize' ? a > b : a < b);
// A complete trial with a finite value: what plots against the objective can show.
const isScored = (row, objective) => isComplete(row) && Number.isFinite(values[objective]?.[row]);

// A parameter with one possible value, or that was the same in all of many trials: it explains nothing, so it gets no plot.
const isFixed = (axis) => {
  if (axis.fixed === undefined) {
    const isDeclared = axis.isChoice ? axis.choices.length <= 1 : axis.low !== undefined && axis.low === axis.high;
    const set = axis.cells.filter((cell) => cell !== null);
    axis.fixed = isDeclared || (set.length >= 10 && set.every((cell) => cell === set[0]));
  }
  return axis.fixed;
};

// What a cell means: the choice itself, or the number as written.
const cellOf = (axis, row) => {
  const cell = axis.cells[row];
  return axis.isChoice && cell !== null ? axis.choices[cell] : cell;
};

const compactNumber = (value) => {
  const size = Math.abs(value);
  if (value === 0) return '0';
  if (Number.isInteger(value) && size < 1e6) return String(value);
  if (size < 1e-3 || size >= 1e6) return value.toExponential(2).replace(/\.?0+e/, 'e').replace('e+', 'e');
  return String(Number(value.toPrecision(4)));
};

// A value for reading; `exact` keeps all digits, to be copied from.
const textOf = (value, exact = false) => {
  if (value === null || value === undefined) return '–';
  if (typeof value !== 'number') return String(value);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞';
  return exact ? String(value) : compactNumber(value);
};

// A value near 1 on a reverse_log axis needs its 9s: 0.99987, not 0.9999.
const valueText = (axis, cell, exact = false) => {
  if (axis.scale === 'reverse_log' && typeof cell === 'number' && !exact && cell < 1 && cell > 0.9) {
    const digits = Math.min(12, Math.ceil(-Math.log10(1 - cell)) + 2);
    return String(Number(cell.toFixed(digits)));
  }
  return textOf(cell, exact);
};
const cellText = (axis, row, exact = false) => valueText(axis, cellOf(axis, row), exact);

// A model that was babysat, or undefined: it ended with other hyperparameters than it began with.
const modelOf = (row) => (raw.models || []).find((own) => own.row === row)?.model;
const settingOf = (axis, row) => modelOf(row)?.settings?.[axis.name] ?? cellOf(axis, row);

const durationText = (milliseconds) => {
  if (milliseconds === null || !Number.isFinite(milliseconds) || milliseconds < 0) return '–';
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${Number(seconds.toFixed(seconds < 10 ? 1 : 0))} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
};

const countText = (count, singular) => `${count.toLocaleString('en')} ${singular}${count === 1 ? '' : 's'}`;
// Long names of a family differ at their ends: the middle gives way.
const shorten = (text, length) => {
  if (text.length <= length) return text;
  const tail = Math.floor((length - 1) * 0.4);
  return `${text.slice(0, length - 1 - tail)}…${text.slice(text.length - tail)}`;
};

// Sentences keep their beginning.
const clip = (text, length) => (text.length <= length ? text : `${text.slice(0, length - 1)}…`);

const orderOfStates = ['COMPLETE', 'PRUNED', 'RUNNING', 'PAUSED', 'WAITING', 'FAILED', 'LOST', 'CANCELLED'];
const stateCounts = new Map();
for (const state of [...orderOfStates, ...raw.states]) stateCounts.set(state, 0);
for (let row = 0; row < trialCount; ++row) stateCounts.set(stateOf(row), stateCounts.get(stateOf(row)) + 1);

// Elements from a tag, properties and children. Texts become text nodes: no markup from the study is ever parsed.
const make = (tag, properties = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on'))
      element.addEventListener(name.slice(2), value);
    else if (name === 'class')
      element.className = value;
    else
      element.setAttribute(name, value === true ? '' : value);
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
  return element;
};

// Saves text as a file by a link that is clicked at once.
const download = (name, type, text) => {
  const address = URL.createObjectURL(new Blob([text], {type}));
  const link = make('a', {href: address, download: name});
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
};
const fileName = (part) => `${(study.name || 'study').replace(/[^\w.-]+/g, '_').slice(0, 60)}-${part}`;
