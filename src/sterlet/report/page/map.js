// Two parameters against each other, each on its own scale; stronger colour: better trial. Trials without a value are small
// crosses, so that regions that fail or are pruned show as well.

class MapPlot extends Plot {
  constructor(host) {
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
      name: 'map',
      title: ordered.length === 2 ? `${ordered[0].name} and ${ordered[1].name}` : 'Two parameters',
      height: ordered.length === 2 ? 360 : 320,
      controls: ordered.length === 2 ? [] : [across, up],
    });
    [this.across, this.up] = strongestPair(0) || ordered;
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
    for (let row = 0; row < trialCount; ++row) {
      if (!isHere(row) || !Number.isNaN(rankShare(row))) continue;
      const [px, py] = place(row);
      const style = {stroke: stateColour(stateOf(row)), alpha: store.passes[row] ? 0.6 : 0.08, row, kind: 'unscored'};
      surface.line([px - 2.5, py - 2.5, px + 2.5, py + 2.5, NaN, NaN, px - 2.5, py + 2.5, px + 2.5, py - 2.5], style);
      this.marks.push({x: px, y: py, row});
    }
    const rows = rank().rows.filter(isHere);
    if (rows.length === 0) drawNothing(surface, this, 'No completed trial has both.');
    const small = rows.length > 1500;
    for (const row of rows) {
      const best = isBest.has(row);
      const alpha = store.passes[row] ? (best ? 1 : small ? 0.5 : 0.85) : 0.08;
      const style = {fill: best ? theme.best : rampColour(rankShare(row)), stroke: best ? theme.card : null, width: 1.5, alpha};
      this.dot(surface, ...place(row), row, best ? 6 : small ? 2 : 4, style);
    }
    this.note.textContent = 'Stronger colour: better trial. Crosses: trials without a value.';
  }
}
