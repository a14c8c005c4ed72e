// A population: the objective of each member by step, the best member's ancestors in bold, and an arrow wherever one went
// on from another's weights.

class LineagePlot extends Plot {
  constructor(host) {
    super(host, {name: 'lineage', title: 'Lineage of the population', height: 320});
    this.metric = raw.curves.metrics.find((metric) => metric.name === objectives[0].metric);
  }

  describe() {
    return `${countText(trialCount, 'member')}, ${countText(raw.copies.length, 'copy').replace('copys', 'copies')}.`;
  }

  // Steps of each row up to which it is an ancestor of the best: going back from its end, at each copy on to its source.
  ancestry() {
    const parts = [];
    let row = bestRows[0];
    let until = Infinity;
    while (row !== undefined) {
      const copy = raw.copies.filter(([own, , step]) => own === row && step < until).sort((a, b) => b[2] - a[2])[0];
      parts.push({row, from: copy ? copy[2] : -Infinity, until});
      if (!copy) break;
      [, row, until] = copy;
    }
    return parts;
  }

  draw(surface) {
    this.lines = [];
    if (!this.metric) {
      drawNothing(surface, this, 'No member has reported yet.');
      return;
    }
    const points = new Map();  // row -> [step, value] in order.
    this.metric.rows.forEach((row, index) => {
      const steps = raw.curves.steps[this.metric.steps[index]];
      points.set(row, steps.map((step, at) => [step, toNumber(this.metric.values[index][at])]));
    });
    const all = [...points.values()].flat();
    const low = Math.min(...all.map(([step]) => step));
    const high = Math.max(...all.map(([step]) => step));
    const position = (step) => (high === low ? 0.5 : (step - low) / (high - low));
    const x = {
      position,
      ticks: stepTicks(low, high, 8).map((tick) => ({position: position(tick), text: compactNumber(tick)}))
    };
    const y = numberAxis(all.map(([, value]) => value), {direction: directionOf(0)});
    const frame = drawFrame(surface, this, {x, y, xTitle: 'step', yTitle: this.metric.name});
    const place = ([step, value]) => [frame.toX(x.position(step)), frame.toY(y.position(value))];
    // Where a member stood when so many steps were done.
    const at = (row, step) => (points.get(row) || []).filter((point) => point[0] <= step).at(-1);

    for (const [row, list] of points) {
      // A line breaks where its weights were given up for another's.
      const cuts = raw.copies.filter(([own]) => own === row).map(([, , step]) => step).sort((a, b) => a - b);
      let line = [];
      const whole = [];
      const end = () => {
        if (line.length)
          surface.line(
              line, {stroke: theme.complete, width: 1.25, alpha: store.passes[row] ? 0.7 : 0.1, row, kind: 'member'});
        line = [];
      };
      for (const point of list) {
        while (cuts.length && point[0] > cuts[0]) {
          end();
          const source = raw.copies.find(([own, , step]) => own === row && step === cuts[0])[1];
          const start = at(source, cuts.shift());
          if (start) line.push(...place(start));
        }
        line.push(...place(point));
        whole.push(...place(point));
      }
      end();
      this.lines.push({row, points: whole});
      const last = list.at(-1);
      if (last) this.marks.push({x: place(last)[0], y: place(last)[1], row});
    }
    for (const {row, from, until} of this.ancestry()) {
      const own = (points.get(row) || []).filter(([step]) => step > from && step <= until).flatMap(place);
      const copy = raw.copies.find(([child, , step]) => child === row && step === from);
      const start = copy && at(copy[1], from);
      surface.line(start ? [...place(start), ...own] : own, {stroke: theme.best, width: 2.75, kind: 'ancestry'});
    }
    // From where the one that was replaced stood, to the one it goes on from.
    for (const [row, source, step] of raw.copies) {
      const [left, taken] = [at(row, step), at(source, step)];
      if (!left || !taken) continue;
      const [fromX, fromY] = place(left);
      const [toX, toY] = place(taken);
      const side = toY > fromY ? -6 : 6;
      const style = {stroke: theme.accent, width: 1, alpha: store.passes[row] ? 0.9 : 0.15, row, kind: 'copy'};
      surface.line([fromX, fromY, toX, toY], style);
      surface.line([toX - 3, toY + side, toX, toY, toX + 3, toY + side], style);
    }
    this.note.textContent =
        'Bold: the best member and those whose weights it stems from. Arrows: who went on from whose weights.';
  }

  nearest(x, y) {
    return nearestLine(this.lines || [], x, y, 10);
  }

  highlight(surface, row, isSelected) {
    const line = (this.lines || []).find((own) => own.row === row);
    if (line) surface.line(line.points, {stroke: isSelected ? theme.accent : theme.ink, width: 2.5});
  }
}
