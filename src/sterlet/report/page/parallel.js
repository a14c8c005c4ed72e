// Parallel coordinates: a line a trial through all its values. Dragging along an axis keeps the trials in that range,
// here and in every other view. A trial without a parameter passes through the lane below its axis. Which axes are left
// out stands above the plot.

const axesAtOnce = 12;
const axisWidth = 92;
const laneDepth = 20;

// A name on one line, or on two where it is too wide for one and has a place to be broken.
const nameLines = (name, width) => {
  if (textWidth(name, 12, 600) <= width) return [name];
  const breaks = [...name.matchAll(/[_.\-\[]+/g)].map((match) => match.index + (match[0] === '[' ? 0 : match[0].length));
  const fits = breaks.filter((at) => textWidth(name.slice(0, at), 12, 600) <= width);
  const at = fits.length ? fits[fits.length - 1] : 0;
  if (at === 0) return [fitText(name, width, 12, 600)];
  return [name.slice(0, at), fitText(name.slice(at), width, 12, 600)];
};

class ParallelPlot extends Plot {
  constructor(host) {
    super(host, {
      name: 'parallel',
      title: 'Parallel coordinates',
      height: 360,
      subtitle:
          'Drag along an axis to filter all views; click the axis to clear. Better values are at the top of the last axis.',
    });
    const varied = variedAxes();
    const room = Math.max(axesAtOnce, Math.floor(this.body.parentElement.clientWidth / axisWidth) - 1);
    this.shown = new Set((varied.length ? varied : axes).slice(0, room).map((axis) => axis.index));
    this.hint = this.note.textContent;
    this.canvas.addEventListener('pointerdown', (event) => this.brushStarted(event));
    this.canvas.addEventListener('pointerup', (event) => this.brushEnded(event));
    buildRanges(this);
  }

  describe() {
    return `${countText(this.keys().length, 'axis').replace('axiss', 'axes')}, ${
        countText(store.passCount, 'trial')} in the filter.`;
  }
  keys() {
    return [
      ...orderedAxes().filter((axis) => this.shown.has(axis.index)).map((axis) => axis.index),
      ...(objectives.length ? ['objective'] : [])
    ];
  }
  widthFor(available) {
    return Math.max(available, this.keys().length * axisWidth);
  }
  nameOf(key) {
    return key === 'objective' ? objectives[store.objective].metric : axes[key].name;
  }

  // Nothing is left out in silence.
  tell() {
    const left = variedAxes().filter((axis) => !this.shown.has(axis.index)).map((axis) => axis.name);
    const names = left.length > 12 ? `${left.slice(0, 12).join(', ')} and ${left.length - 12} more` : left.join(', ');
    this.note.textContent = [
      this.hint,
      this.width > this.body.parentElement.clientWidth ? 'Scroll sideways for all axes.' : '',
      left.length ? `Not shown: ${names}; choose below, under Axes and ranges.` : '',
    ].filter(Boolean)
                                .join(' ');
  }
  isFlipped(key) {
    return key === 'objective' && directionOf(store.objective) === 'minimize';
  }

  yOf(key, position) {
    if (Number.isNaN(position)) return this.top + this.span + laneDepth;
    return this.top + (this.isFlipped(key) ? position : 1 - position) * this.span;
  }
  positionAt(key, y) {
    const share = Math.max(0, Math.min(1, (y - this.top) / this.span));
    return this.isFlipped(key) ? share : 1 - share;
  }

  layOut() {
    const keys = this.keys();
    const gap = Math.min(460, (this.width - 110) / Math.max(1, keys.length - 1));
    const start = 60 + Math.max(0, (this.width - 110 - gap * (keys.length - 1)) / 2);
    this.names = keys.map((key) => nameLines(this.nameOf(key), gap - 8));
    this.top = this.names.some((lines) => lines.length > 1) ? 64 : 50;
    this.span = this.height - this.top - laneDepth - 16;
    this.gap = gap;
    this.axesDrawn = keys.map(
        (key, index) => ({key, x: keys.length === 1 ? this.width / 2 : start + index * gap, places: positionsOf(key)}));
  }

  pointsOf(row) {
    return this.axesDrawn.flatMap(({key, x, places}) => [x, this.yOf(key, places[row])]);
  }

  draw(surface) {
    this.layOut();
    this.tell();
    if (trialCount === 0 || this.axesDrawn.length === 0) {
      drawNothing(surface, this, trialCount === 0 ? 'No trial yet.' : 'No axis is shown.');
      return;
    }
    const depth = (row) => (store.passes[row] ? 0 : 4) + (Number.isNaN(rankShare(row)) ? 2 : rankShare(row));
    const order = Array.from({length: trialCount}, (_, row) => row);
    const depths = Float64Array.from(order, depth);
    order.sort((a, b) => depths[b] - depths[a]);
    const count = Math.max(1, store.passCount);
    const isCrowd = trialCount > 2000;  // Too many for the faint ones to be seen, and they cost most of the time.
    const base = count < 1000 ? Math.min(0.7, 6 / Math.sqrt(count)) : Math.max(0.015, 190 / count);
    for (const row of order) {
      const points = this.pointsOf(row);
      const share = rankShare(row);
      if (!store.passes[row]) {
        if (isCrowd) continue;
        surface.line(points, {stroke: theme.muted, alpha: 0.06, row, kind: 'line out'});
        continue;
      }
      const last = points.length - 2;
      this.marks.push({x: points[last], y: points[last + 1], row});
      const best = isBest.has(row);
      // Good trials stand out of a crowd, whatever its size.
      const alpha = best      ? 1 :
          Number.isNaN(share) ? base * 0.5 :
                                Math.min(1, base * (share < 0.02 ? 5 : 1.8 - 1.5 * share));
      surface.line(points, {
        stroke: best            ? theme.best :
            Number.isNaN(share) ? theme.muted :
                                  rampColour(share),
        width: best      ? 2.75 :
            count < 1000 ? 1.25 :
                           1,
        alpha,
        row,
        kind: 'line'
      });
    }
    this.axesDrawn.forEach((drawn, index) => this.drawAxis(surface, drawn, index));
  }

  drawAxis(surface, {key, x, places}, index) {
    const own = key === 'objective' ? null : prepareAxis(axes[key]);
    const bottom = this.top + this.span;
    const lines = this.names[index];
    const scale = own ? (own.isChoice ? own.type : own.scale.replace('_', ' ')) : directionOf(store.objective);
    const half = Math.max(...lines.map((line) => textWidth(line, 12, 600))) / 2 + 2;
    const middle = Math.max(half, Math.min(this.width - half, x));
    lines.forEach((line, at) => {
      const y = this.top - 34 - 14 * (lines.length - 1 - at);
      surface.text(middle, y, line, {anchor: 'middle', size: 12, fill: theme.ink, weight: 600});
    });
    surface.text(middle, this.top - 19, scale, {anchor: 'middle', size: 10.5});
    surface.line([x, this.top, x, bottom], {stroke: theme.muted, width: 1.25});
    const ticks = own ? ticksOf(own, 5) : objectiveAxis(store.objective).ticks;
    const stride = Math.ceil(ticks.length / 14);
    ticks.forEach((tick, at) => {
      if (at % stride) return;
      const y = this.yOf(key, tick.position);
      const text = fitText(tick.text, Math.min(90, this.gap - 14), 10.5);
      const width = textWidth(text, 10.5);
      // Numbers stand left of the first axis and right of the others, on a patch that keeps lines off them.
      const left = index === 0 ? Math.max(1, x - 8 - width) : x + 7;
      surface.line([x - 3, y, x + 3, y], {stroke: theme.muted});
      surface.rect(left - 2, y - 7, width + 4, 14, {fill: theme.card, alpha: 0.84});
      surface.text(left, y, text, {baseline: 'middle', size: 10.5, fill: theme.ink});
    });
    if (places.some(Number.isNaN)) {
      surface.circle(x, bottom + laneDepth, 2.5, {fill: theme.muted});
      surface.text(x, bottom + laneDepth + 13, own ? 'not set' : 'no value', {anchor: 'middle', size: 10});
    }
    const brush = store.brushes.get(key);
    if (brush) {
      const [y1, y2] = [this.yOf(key, brush.low), this.yOf(key, brush.high)].sort((a, b) => a - b);
      surface.rect(x - 7, y1, 14, Math.max(2, y2 - y1), {fill: theme.accent, alpha: 0.3, kind: 'brush'});
      surface.rect(x - 7, y1, 14, Math.max(2, y2 - y1), {stroke: theme.accent, kind: 'brush'});
    }
  }

  axisAt(x, y) {
    if (!this.axesDrawn || y < this.top - 12 || y > this.top + this.span + 12) return null;
    return this.axesDrawn.find((drawn) => Math.abs(drawn.x - x) <= 12) || null;
  }

  brushStarted(event) {
    this.wasDragged = false;
    const axis = this.axisAt(event.offsetX, event.offsetY);
    if (!axis || event.button !== 0) return;
    this.brushed = {axis, from: event.offsetY};
    this.canvas.setPointerCapture(event.pointerId);
    hideTooltip();
  }

  pointerMoved(event) {
    if (!this.brushed) {
      super.pointerMoved(event);
      if (this.axisAt(event.offsetX, event.offsetY)) this.canvas.style.cursor = 'ns-resize';
      return;
    }
    if (Math.abs(event.offsetY - this.brushed.from) < 4) return;
    this.wasDragged = true;
    const {axis, from} = this.brushed;
    const ends = [this.positionAt(axis.key, from), this.positionAt(axis.key, event.offsetY)];
    setBrush(axis.key, {low: Math.min(...ends), high: Math.max(...ends)});
  }

  brushEnded() {
    if (!this.brushed) return;
    if (!this.wasDragged && store.brushes.has(this.brushed.axis.key)) {
      setBrush(this.brushed.axis.key, null);
      this.wasDragged = true;  // The click that follows clears; it selects nothing.
    }
    this.brushed = null;
  }

  nearest(x, y) {
    const drawn = this.axesDrawn || [];
    const right = drawn.findIndex((axis) => axis.x >= x);
    if (right < 0 || drawn.length < 2) return drawn.length === 1 ? super.nearest(x, y) : -1;
    const [a, b] = right === 0 ? [drawn[0], drawn[1]] : [drawn[right - 1], drawn[right]];
    const share = Math.max(0, (x - a.x) / (b.x - a.x));
    let best = -1;
    let bestDistance = 8;
    for (let row = 0; row < trialCount; ++row) {
      if (!store.passes[row]) continue;
      const distance =
          Math.abs(this.yOf(a.key, a.places[row]) * (1 - share) + this.yOf(b.key, b.places[row]) * share - y);
      if (distance < bestDistance) {
        bestDistance = distance;
        best = row;
      }
    }
    return best;
  }

  highlight(surface, row, isSelected) {
    if (!this.axesDrawn?.length) return;
    const points = this.pointsOf(row);
    surface.line(points, {stroke: theme.card, width: 6});
    surface.line(points, {stroke: isSelected ? theme.accent : theme.ink, width: 3});
  }
}
