// Two parameters against each other, each on its own scale; stronger colour: better trial. Behind two numbers the filled
// contours of what a surrogate expects there. Trials without a value are small crosses, so that regions that fail or are pruned
// show as well.

const contourLevels = 8;

class MapPlot extends Plot {
  // pair: two axes to show at first; place: which map of the page it is, from 0.
  constructor(host, pair = null, place = 0) {
    const ordered = variedAxes();
    const pick = (label, set) => {
      const options = ordered.map((axis) => [String(axis.index), axis.name]);
      return chooser(label, options, (value) => {
        set(axes[Number(value)]);
        this.invalidate();
      });
    };
    const across = pick('Across', (axis) => (this.across = axis));
    const up = pick('Upwards', (axis) => (this.up = axis));
    super(host, {
      name: place === 0 ? 'map' : `map-${place + 1}`,
      title: ordered.length === 2 ? `${ordered[0].name} and ${ordered[1].name}` : 'Two parameters',
      height: ordered.length === 2 ? 360 : 320,
      controls: ordered.length === 2 ? [] : [across, up],
    });
    [this.across, this.up] = pair || ordered;
    across.querySelector('select').value = String(this.across.index);
    up.querySelector('select').value = String(this.up.index);
  }

  describe() {
    return `${this.up.name} against ${this.across.name}, ${objectiveTitle(store.objective)} by colour.`;
  }

  draw(surface) {
    const [x, y] = [this.across, this.up].map((axis) => ({isChoice: axis.isChoice, ticks: ticksOf(axis, 6)}));
    const labels = Math.max(...y.ticks.map((tick) => textWidth(tick.text, 11)));
    const frame = drawFrame(surface, this, {
      x,
      y,
      xTitle: this.across.name,
      yTitle: this.up.name,
      left: Math.max(56, Math.min(120, labels + 34))
    });
    const [left, high] = [positionsOf(this.across.index), positionsOf(this.up.index)];
    // Choices share one place: a fixed spread by the trial's number keeps the points apart.
    const spread = (axis, row, factor) =>
        axis.isChoice ? (0.5 / axis.choices.length) * (((raw.numbers[row] * factor) % 1) - 0.5) : 0;
    const place = (row) => [frame.toX(left[row] + spread(this.across, row, 0.6180339887)),
                            frame.toY(high[row] + spread(this.up, row, 0.7548776662))];
    const isHere = (row) => !Number.isNaN(left[row]) && !Number.isNaN(high[row]);
    const rows = rank().rows.filter(isHere);
    const hasContours = this.drawContours(surface, frame, rows, left, high);
    for (let row = 0; row < trialCount; ++row) {
      if (!isHere(row) || !Number.isNaN(rankShare(row))) continue;
      const [px, py] = place(row);
      const style = {stroke: stateColour(stateOf(row)), alpha: store.passes[row] ? 0.6 : 0.08, row, kind: 'unscored'};
      surface.line([px - 2.5, py - 2.5, px + 2.5, py + 2.5, NaN, NaN, px - 2.5, py + 2.5, px + 2.5, py - 2.5], style);
      this.marks.push({x: px, y: py, row});
    }
    if (rows.length === 0) drawNothing(surface, this, 'No completed trial has both.');
    const small = rows.length > 1500;
    for (const row of rows) {
      const best = isBest.has(row);
      const alpha = store.passes[row] ? (best ? 1 : small ? 0.5 : 0.85) : 0.08;
      const edge = best ? theme.card : hasContours && !small ? theme.muted : null;
      const style = {fill: best ? theme.best : rampColour(rankShare(row)), stroke: edge, width: best ? 1.5 : 0.75, alpha};
      this.dot(surface, ...place(row), row, best ? 6 : small ? 2 : hasContours ? 3 : 4, style);
    }
    this.note.textContent = 'Stronger colour: better trial. Crosses: trials without a value.' +
        (hasContours ? ' Bands: the rank that a surrogate of these two expects.' : '');
  }

  // Bands between equal steps from the best to the worst that is expected; each covers what is worse than it, so that
  // the bands lie over each other without a gap.
  drawContours(surface, frame, rows, left, high) {
    if (this.across.isChoice || this.up.isChoice || this.across === this.up) return false;
    const key = `${this.across.index} ${this.up.index} ${store.objective} ${rows.length}`;
    if (this.fitted !== key) {
      this.fitted = key;
      this.grid = surrogateOf(rows.map((row) => [left[row], high[row], rankShare(row)]));
    }
    if (!this.grid) return false;
    const known = this.grid.heights.filter((height) => !Number.isNaN(height));
    if (known.length === 0) return false;
    const [least, most] = [Math.min(...known), Math.max(...known)];
    if (most - least < 0.05) return false;
    const toPlot = ([x, y]) => [frame.toX(x / (this.grid.size - 1)), frame.toY(y / (this.grid.size - 1))];
    for (let at = 0; at < contourLevels; ++at) {
      const level = least + ((most - least) * at) / contourLevels;
      const {polygons, lines} = contourOf(this.grid, level);
      const middle = level + (most - least) / contourLevels / 2;
      surface.area(polygons.map((polygon) => polygon.map(toPlot)), {fill: rampColour(middle), alpha: 1, kind: 'band'});
      if (at === 0) continue;
      surface.line(
          lines.flatMap(([from, to]) => [...toPlot(from), ...toPlot(to), NaN, NaN]),
          {stroke: theme.card, width: 0.75, alpha: 0.7, kind: 'contour'});
    }
    return true;
  }
}
