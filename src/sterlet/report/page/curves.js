// Learning curves: one line a trial, of the metric chosen; coloured by the trial's place among all, the best on top.

// Programs that report once have no curve.
const hasCurves = () => raw.curves.metrics.some((metric) => metric.values.some((list) => list.length > 1));

// The steps and values of a trial's metric, as far as the page has them.
const curveOf = (metric, row) => {
  const at = metric.rows.indexOf(row);
  return at < 0 ? null : {steps: raw.curves.steps[metric.steps[at]], values: metric.values[at].map(toNumber)};
};

class CurvesPlot extends Plot {
  constructor(host) {
    const metrics = raw.curves.metrics;
    const first = metrics.findIndex((metric) => metric.name === objectives[0]?.metric);
    const order = metrics.map((metric, index) => [String(index), metric.name]);
    if (first > 0) order.unshift(...order.splice(first, 1));
    super(host, {
      name: 'curves',
      title: 'Learning curves',
    });
    this.metric = Math.max(0, first);
    const log = logButton(() => raw.curves.metrics[this.metric]?.name);
    const choose = chooser('Metric', order, (value) => {
      this.metric = Number(value);
      announce('data');
    });
    this.figure.querySelector('.controls').prepend(...(order.length > 1 ? [choose] : []), log);
  }

  describe() {
    const metric = raw.curves.metrics[this.metric];
    return metric ? `${metric.name} of ${countText(metric.rows.length, 'trial')} by step.` :
                    'No trial has reported yet.';
  }

  draw(surface) {
    this.lines = [];
    const metric = raw.curves.metrics[this.metric];
    if (metric && raw.thinned) {
      this.note.textContent = metric.rows.length < metric.reported ?
          `To keep this file small: ${metric.rows.length.toLocaleString('en')} of ${
              countText(metric.reported, 'curve')}, thinned.` :
          'To keep this file small, some points between the ends are left out.';
    }
    if (!metric) {
      drawNothing(surface, this, 'No trial has reported intermediate values.');
      return;
    }
    let low = Infinity;
    let high = -Infinity;
    for (const list of new Set(metric.steps)) {
      const steps = raw.curves.steps[list];
      for (const step of steps) {
        low = Math.min(low, step);
        high = Math.max(high, step);
      }
    }
    const span = high - low;
    const position = (step) => (span === 0 ? 0.5 : (step - low) / span);
    const x = {
      position,
      ticks: stepTicks(low, high, 6).map((tick) => ({position: position(tick), text: compactNumber(tick)}))
    };
    const objective = objectives.findIndex((own) => own.metric === metric.name);
    const y = numberAxis(
        metric.values.flat().map(toNumber), {
          direction: objective >= 0 ? directionOf(objective) : 'minimize',
          log: isLog(metric.name)
        });
    const frame = drawFrame(surface, this, {x, y, xTitle: 'step', yTitle: metric.name});

    metric.rows.forEach((row, index) => {
      const steps = raw.curves.steps[metric.steps[index]];
      const points = [];
      metric.values[index].forEach((value, at) => {
        points.push(frame.toX(x.position(steps[at])), value === null ? NaN : frame.toY(y.position(value)));
      });
      this.lines.push({row, points});
    });
    // Worst first, so that good ones lie on top; what is filtered out lies below all.
    const depth = (row) => (store.passes[row] ? 2 : 4) + (Number.isNaN(rankShare(row)) ? 1.5 : rankShare(row));
    const order = [...this.lines].sort((a, b) => depth(b.row) - depth(a.row));
    // In a crowd those that were ended early are a grey ground, however many they are, and the rest stays to be seen.
    const many = order.length > 300;
    const unscored = order.filter(({row}) => Number.isNaN(rankShare(row))).length;
    const ground = Math.max(0.012, Math.min(0.3, 24 / Math.max(1, unscored)));
    const crowd = Math.max(0.06, Math.min(0.4, 120 / Math.max(1, order.length - unscored)));
    for (const {row, points} of order) {
      const share = rankShare(row);
      const isUnscored = Number.isNaN(share);
      const stroke = !isUnscored ? rampColour(share) : many ? theme.muted : stateColour(stateOf(row));
      const alpha = !store.passes[row] ? 0.07 : !many ? 0.75 : isUnscored ? ground : crowd;
      const best = isBest.has(row) && store.passes[row];
      const style =
          {stroke: best ? theme.best : stroke, width: best ? 2.5 : 1.25, alpha: best ? 1 : alpha, row, kind: 'curve'};
      if (points.length === 2)
        surface.circle(
            points[0], points[1], many ? 1.5 : 2.5, {fill: style.stroke, alpha: style.alpha, row, kind: 'curve'});
      else
        surface.line(points, style);
      const last = points.length - 2;
      if (!Number.isNaN(points[last + 1])) {
        this.marks.push({x: points[last], y: points[last + 1], row});
        if (stateOf(row) === 'PRUNED' && !many)
          surface.circle(points[last], points[last + 1], 2.5, {fill: theme.pruned, alpha});
      }
    }
  }

  nearest(x, y) {
    return nearestLine(this.lines || [], x, y, 10);
  }

  highlight(surface, row, isSelected) {
    const line = (this.lines || []).find((own) => own.row === row);
    if (!line) return;
    surface.line(line.points, {stroke: theme.card, width: 6});
    surface.line(line.points, {stroke: isSelected ? theme.accent : theme.ink, width: 2.75});
    const last = line.points.length - 2;
    surface.circle(line.points[last], line.points[last + 1], 4, {fill: isSelected ? theme.accent : theme.ink});
  }
}

// The row of the line nearest to a point, of those that pass the filters, within `reach` pixels.
const nearestLine = (lines, x, y, reach) => {
  let best = -1;
  let bestDistance = reach * reach;
  for (const {row, points} of lines) {
    if (!store.passes[row]) continue;
    for (let i = 0; i < points.length; i += 2) {
      const [x1, y1] = [points[i], points[i + 1]];
      const [x2, y2] = i + 2 < points.length ? [points[i + 2], points[i + 3]] : [x1, y1];
      if (x < Math.min(x1, x2) - reach || x > Math.max(x1, x2) + reach) continue;
      const [dx, dy] = [x2 - x1, y2 - y1];
      const share = dx || dy ? Math.max(0, Math.min(1, ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy))) : 0;
      const distance = (x1 + share * dx - x) ** 2 + (y1 + share * dy - y) ** 2;
      if (distance < bestDistance) {
        bestDistance = distance;
        best = row;
      }
    }
  }
  return best;
};
