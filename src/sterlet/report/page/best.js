// Best so far: every scored trial as a point, the best feasible one until then as a step line, the defaults as a dashed one.

class BestPlot extends Plot {
  constructor(host) {
    super(host, {
      name: 'best',
      title: 'Best so far',
      controls: [chooser(
          'Horizontal axis', [['number', 'by trial'], ['time', 'by time']],
          (value) => {
            this.by = value;
            this.invalidate();
          }), logButton(() => objectives[store.objective].metric)],
    });
    this.by = 'number';
  }

  describe() {
    const best = bestRows[0];
    return best === undefined ?
        'No completed trial yet.' :
        `${countText(trialCount, 'trial')}; best ${objectiveTitle(store.objective)} so far shown as a step line.`;
  }

  // When a trial's result was known: at its end by time, at its number otherwise.
  placeOf(row) {
    if (this.by === 'number') return raw.numbers[row];
    return raw.started[row] === null || raw.lasted[row] === null ? NaN : raw.started[row] + raw.lasted[row];
  }

  horizontal(places) {
    const [first, high] = minMax(places);
    const low = this.by === 'time' ? 0 : first;
    const span = high - low || 1;
    const pad = high === low ? 0.5 : 0.02;
    const position = (place) => (high === low ? 0.5 : pad + (1 - 2 * pad) * ((place - low) / span));
    if (this.by === 'number') {
      const ticks = linearTicks(low, high, 6).filter(Number.isInteger);
      return {position, ticks: ticks.map((tick) => ({position: position(tick), text: String(tick)}))};
    }
    const [unit, label] = high > 7.2e6 ? [3.6e6, 'h'] : high > 1.2e5 ? [6e4, 'min'] : [1000, 's'];
    this.unit = label;
    return {
      position,
      ticks: linearTicks(low / unit, high / unit, 6)
                 .map((tick) => ({position: position(tick * unit), text: compactNumber(tick)}))
    };
  }

  draw(surface) {
    const objective = store.objective;
    const scored = [];
    const unscored = [];
    for (let row = 0; row < trialCount; ++row) {
      if (!Number.isFinite(this.placeOf(row))) continue;
      if (isScored(row, objective))
        scored.push(row);
      else if (['FAILED', 'LOST', 'PRUNED'].includes(stateOf(row)) || isComplete(row))
        unscored.push(row);
    }
    if (scored.length + unscored.length === 0) {
      drawNothing(surface, this, 'No trial has finished yet.');
      return;
    }
    scored.sort((a, b) => this.placeOf(a) - this.placeOf(b));
    const x = this.horizontal([...scored, ...unscored].map((row) => this.placeOf(row)));
    const y = objectiveAxis(objective);
    const frame = drawFrame(surface, this, {
      x,
      y,
      xTitle: this.by === 'time' ? `time since the start (${this.unit})` : 'trial',
      yTitle: objectiveTitle(objective)
    });
    const own = values[objective];

    const defaults = scored.find((row) => originOf(row) === 'default');
    if (defaults !== undefined && !y.clips(own[defaults])) {
      const at = frame.toY(y.position(own[defaults]));
      surface.line(
          [frame.left, at, frame.left + frame.width, at], {stroke: theme.muted, dash: [3, 4], kind: 'defaults'});
    }
    const small = scored.length > 1500;
    for (const row of scored) {
      const alpha = !store.passes[row] ? 0.1 : infeasible.has(row) ? 0.25 : small ? 0.45 : 0.75;
      this.dot(
          surface, frame.toX(x.position(this.placeOf(row))), frame.toY(y.position(own[row])), row, small ? 2 : 3.2,
          {fill: theme.complete, alpha});
    }
    // Failed and pruned trials have no value: short strokes on the bottom line tell when.
    for (const row of unscored) {
      const at = frame.toX(x.position(this.placeOf(row)));
      const bottom = frame.top + frame.height;
      surface.line([at, bottom - 6, at, bottom], {
        stroke: stateColour(stateOf(row)),
        width: 1.5,
        alpha: store.passes[row] ? Math.max(0.04, Math.min(0.8, 300 / unscored.length)) : 0.1,
        row,
        kind: 'unscored'
      });
      this.marks.push({x: at, y: bottom - 3, row});
    }
    if (defaults !== undefined && !y.clips(own[defaults])) {
      const at = frame.toY(y.position(own[defaults]));
      surface.rect(frame.left + frame.width - 54, at - 16, 52, 14, {fill: theme.card, alpha: 0.84});
      surface.text(frame.left + frame.width - 4, at - 5, 'defaults', {anchor: 'end'});
    }
    const steps = [];
    const records = [];
    let best = NaN;
    for (const row of scored) {
      if (infeasible.has(row)) continue;
      const at = frame.toX(x.position(this.placeOf(row)));
      if (Number.isNaN(best) || isBetter(own[row], best, objective)) {
        if (!Number.isNaN(best)) steps.push(at, frame.toY(y.position(best)));
        best = own[row];
        steps.push(at, frame.toY(y.position(best)));
        records.push(row);
      }
    }
    if (records.length) steps.push(frame.left + frame.width, frame.toY(y.position(best)));
    surface.line(steps, {stroke: theme.best, width: 2.25, kind: 'best-line'});
    const winner = objectives.length === 1 ? bestRows[0] : records[records.length - 1];
    if (winner !== undefined && isScored(winner, objective)) {
      surface.circle(
          frame.toX(x.position(this.placeOf(winner))), frame.toY(y.position(own[winner])), 5.5,
          {fill: theme.best, stroke: theme.card, width: 1.5, kind: 'winner', row: winner});
    }
    this.note.textContent = noteOfClipped(y, scored.map((row) => own[row]));
  }
}

const minMax = (numbers) => {
  let low = Infinity;
  let high = -Infinity;
  for (const number of numbers) {
    low = Math.min(low, number);
    high = Math.max(high, number);
  }
  return [low, high];
};

const noteOfClipped = (axis, numbers) => {
  const count = numbers.filter((number) => axis.clips(number)).length;
  return count ? `${countText(count, 'value')} far off ${count === 1 ? 'is' : 'are'} drawn at the edge.` : '';
};
