// What the views share: the objective shown, the filters, the trial under the pointer and the trial selected. A view
// subscribes; `data` changes redraw it, `mark` changes redraw only its overlay.

const store = {
  objective: 0,
  hovered: -1,
  selected: -1,
  near: null,  // The element in which it was selected: on narrow screens its card stands below.
  states: new Set(stateCounts.keys()),
  text: '',
  brushes: new Map(),  // axis index or "objective" -> {low, high} in axis positions
  passes: new Uint8Array(trialCount).fill(1),
  passCount: trialCount,
};

const listeners = {
  data: [],
  mark: []
};
const subscribe = (kind, listener) => listeners[kind].push(listener);
const pending = new Set();
const announce = (kind) => {
  if (pending.has(kind)) return;
  pending.add(kind);
  requestAnimationFrame(() => {
    pending.delete(kind);
    for (const listener of listeners[kind]) listener();
  });
};

// Everything a trial's row says, in lower case, for the text filter; made when first asked for.
let searchable = null;
const searchText = (row) => {
  searchable ||= new Array(trialCount);
  searchable[row] ||= [
    `#${raw.numbers[row]}`,
    stateOf(row),
    originOf(row),
    reasonOf(row),
    ...axes.filter((axis) => axis.cells[row] !== null).map((axis) => `${axis.name}=${cellText(axis, row)}`),
  ].join(' ').toLowerCase();
  return searchable[row];
};

const applyFilters = () => {
  const words = store.text.toLowerCase().split(/\s+/).filter(Boolean);
  const ranges = [...store.brushes].map(([key, range]) => ({positions: positionsOf(key), ...range}));
  let count = 0;
  for (let row = 0; row < trialCount; ++row) {
    let passes = store.states.has(stateOf(row));
    for (const {positions, low, high} of ranges) {
      passes &&= positions[row] >= low - 1e-9 && positions[row] <= high + 1e-9;
    }
    passes &&= words.length === 0 || words.every((word) => searchText(row).includes(word));
    store.passes[row] = passes ? 1 : 0;
    count += passes ? 1 : 0;
  }
  store.passCount = count;
  announce('data');
};

const setBrush = (key, range) => {
  if (range)
    store.brushes.set(key, range);
  else
    store.brushes.delete(key);
  applyFilters();
};
const clearFilters = () => {
  store.brushes.clear();
  store.text = '';
  store.states = new Set(stateCounts.keys());
  applyFilters();
};
const isFiltered = () => store.passCount < trialCount || store.brushes.size > 0 || store.text !== '';
const hover = (row) => {
  if (store.hovered === row) return;
  store.hovered = row;
  announce('mark');
};
const select = (row, near = null) => {
  store.selected = store.selected === row ? -1 : row;
  store.near = near;
  announce('mark');
};
const setObjective = (index) => {
  store.objective = index;
  store.brushes.delete('objective');
  objectivePlaces = null;
  ranking = null;
  applyFilters();
};
const setLog = (metric, isOn) => {
  logScales.set(metric, isOn);
  store.brushes.delete('objective');
  objectivePlaces = null;
  objectiveAxes.clear();
  applyFilters();
};
