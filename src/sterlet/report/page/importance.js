// Which parameters matter: each one's share of the variance of the objective with its interval, and its tier.

const importanceRowsMax = 16;

// What was measured of an objective; null where there was not enough to measure.
const importanceOf = (objective) => {
  const found = Array.isArray(study.importance) ? study.importance[objective] : null;
  return found && found.enough === true && Array.isArray(found.importance) ? found : null;
};

const importanceRows = (objective) =>
    (importanceOf(objective)?.importance || [])
        .filter((row) => typeof row.param === 'string' && Number.isFinite(row.fanova?.value))
        .slice(0, importanceRowsMax);

// The share of an axis; of an element of a repeated parameter its own. NaN where nothing was measured.
const importanceShare = (axis, objective) => {
  for (const row of importanceOf(objective)?.importance || []) {
    const own = [row, ...(Array.isArray(row.elements) ? row.elements : [])].find((each) => each.param === axis.name);
    if (own) return toNumber(own.fanova?.value);
  }
  return NaN;
};

// The pairs of axes that change the objective most together, the strongest first.
const strongestPairs = (objective) => {
  const found = [];
  for (const pair of importanceOf(objective)?.pairs || []) {
    const own = (Array.isArray(pair.params) ? pair.params : []).map((name) => axes.find((axis) => axis.name === name));
    if (own.length === 2 && own.every((axis) => axis && !isFixed(axis)) && toNumber(pair.value) >= 0.02) found.push(own);
  }
  return found;
};

class ImportancePlot extends Plot {
  constructor(host) {
    const rows = Math.max(...objectives.map((_, index) => importanceRows(index).length));
    super(host, {name: 'importance', title: 'What matters', height: 24 * rows + 30});
  }

  describe() {
    const rows = importanceRows(store.objective).slice(0, 3);
    return `Shares of the variance of ${objectiveTitle(store.objective)}: ${
        rows.map((row) => `${row.param} ${row.fanova.value.toFixed(2)}`).join(', ')}.`;
  }

  draw(surface) {
    const rows = importanceRows(store.objective);
    const metric = objectives[store.objective]?.metric;
    this.note.textContent = rows.length === 0 ?
        `Not enough is known of ${metric} yet.` :
        `Share of the variance of ${metric} that each parameter makes by itself, with its interval.`;
    if (rows.length === 0) {
      drawNothing(surface, this, 'Not enough trials to say.');
      return;
    }
    const names = Math.max(...rows.map((row) => textWidth(row.param, 11)));
    const left = Math.max(60, Math.min(this.width * 0.35, names + 14));
    const width = Math.max(40, this.width - left - 178);
    const at = (share) => left + width * Math.max(0, Math.min(1, toNumber(share) || 0));
    rows.forEach((row, index) => {
      const {value, low, high} = row.fanova;
      const middle = 16 + 24 * index;
      surface.text(left - 8, middle, fitText(row.param, left - 12, 11), {anchor: 'end', baseline: 'middle'});
      surface.rect(left, middle - 7, at(value) - left, 14, {fill: theme.accent, alpha: 0.75, kind: 'bar'});
      surface.line(
          [at(low), middle - 4, at(low), middle + 4, NaN, NaN, at(low), middle, at(high), middle, NaN, NaN, at(high), middle - 4,
           at(high), middle + 4],
          {stroke: theme.ink});
      const tier = Number.isInteger(row.tier) ? `, tier ${row.tier}` : '';
      const text = `${value.toFixed(2)} (${toNumber(low).toFixed(2)} to ${toNumber(high).toFixed(2)})${tier}`;
      surface.text(at(high) + 8, middle, text, {baseline: 'middle'});
    });
  }
}
