// One plot: its card, a canvas with the marks, an overlay for what is hovered and selected, pointer and keyboard, the
// tooltip, the download. A view gives `draw` and, where marks are not points, `nearest` and `highlight`.

const tooltip = document.getElementById('tooltip');
const plots = [];
let printing = false;

const showTooltip = (row, x, y) => {
  const lines = [];
  objectives.forEach((objective, index) => {
    const value = raw.values[index][row];
    if (value !== null) lines.push([objective.metric, textOf(typeof value === 'string' ? Number(value) : value)]);
  });
  const shown = axes.filter((axis) => axis.cells[row] !== null);
  for (const axis of shown.slice(0, 14)) lines.push([axis.name, cellText(axis, row)]);
  tooltip.replaceChildren(
      make('strong', {}, `Trial ${raw.numbers[row]}`),
      make('span', {class: 'dim'}, ` ${stateOf(row).toLowerCase()}${originOf(row) ? `, ${originOf(row)}` : ''}`),
      make('dl', {}, lines.map(([name,
                                 value]) => [make('dt', {}, shorten(name, 60)), make('dd', {}, shorten(value, 60))])),
      shown.length > 14 ? make('div', {class: 'dim'}, `and ${shown.length - 14} more`) : '',
      reasonOf(row) ? make('div', {class: 'dim'}, clip(reasonOf(row), 300)) : '');
  tooltip.hidden = false;
  const {offsetWidth: width, offsetHeight: height} = tooltip;
  const left = x + 16 + width > innerWidth ? x - 16 - width : x + 16;
  tooltip.style.left = `${Math.max(4, left)}px`;
  tooltip.style.top = `${Math.max(4, Math.min(innerHeight - height - 4, y + 12))}px`;
};
// What a screen reader says of a trial that the arrow keys reach.
const spokenText = (row) => [`Trial ${raw.numbers[row]}, ${stateOf(row).toLowerCase()}`, ...objectives
                                 .map((objective, index) => [objective.metric, raw.values[index][row]])
                                 .filter(([, value]) => value !== null)
                                 .map(([metric, value]) => `${metric} ${textOf(toNumber(value))}`),
                             ].join(', ');

const hideTooltip = () => {
  tooltip.hidden = true;
};

// Only what is on the screen is drawn; the rest waits until it is scrolled to.
const watcher = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    entry.target.plot.isVisible = entry.isIntersecting;
    if (entry.isIntersecting) entry.target.plot.appeared();
  }
}, {rootMargin: '200px'});
// A plot follows the width of its card; its own width is what it was last drawn with.
const sizer = new ResizeObserver((entries) => entries.forEach((entry) => entry.target.plot.resized()));

class Plot {
  constructor(
      host,
      {name, title, subtitle = '', level = 2, height = 280, controls = [], className = 'card', titleHint = null}) {
    Object.assign(this, {name, title, height, marks: [], isDirty: true, isVisible: false, cursor: -1});
    this.canvas = make('canvas', {tabindex: 0, role: 'img', 'aria-label': title});
    this.overlay = make('canvas', {class: 'overlay', 'aria-hidden': 'true'});
    this.body = make('div', {class: 'plot'}, this.canvas, this.overlay);
    this.body.plot = this;
    this.note = make('p', {class: 'note'}, subtitle);
    this.figure = make(
        'figure', {class: className, id: `plot-${name}`},
        make(
            'div', {class: 'plot-head'}, make(`h${level}`, {title: titleHint || title}, shorten(title, 200)),
            make(
                'div', {class: 'controls'}, controls,
                make(
                    'button', {
                      class: 'quiet',
                      type: 'button',
                      title: 'Download this plot as SVG',
                      'aria-label': `Download ${title} as SVG`,
                      'data-download': name,
                      onclick: () => this.save()
                    },
                    'SVG'))),
        this.note, make('div', {class: 'scroller'}, this.body));
    host.append(this.figure);
    this.canvas.addEventListener('pointermove', (event) => this.pointerMoved(event));
    this.canvas.addEventListener('pointerleave', () => {
      hover(-1);
      hideTooltip();
    });
    this.canvas.addEventListener('click', (event) => {
      const row = this.nearest(event.offsetX, event.offsetY);
      if (row >= 0 && !this.wasDragged) select(row, this.figure);
    });
    this.canvas.addEventListener('keydown', (event) => this.keyPressed(event));
    this.canvas.addEventListener('blur', () => {
      hover(-1);
      hideTooltip();
    });
    plots.push(this);
    watcher.observe(this.body);
    this.body.parentElement.plot = this;
    sizer.observe(this.body.parentElement);
    subscribe('data', () => this.invalidate());
    subscribe('mark', () => this.isVisible && this.drawOverlay());
  }

  // The width wanted for `available` pixels; a plot that wants more scrolls.
  widthFor(available) {
    return available;
  }
  describe() {
    return '';
  }
  draw() {}
  dot(surface, x, y, row, r, style) {
    this.marks.push({x, y, row});
    surface.circle(x, y, r, {...style, row, kind: 'point'});
  }

  appeared() {
    if (this.isDirty)
      this.refresh();
    else
      this.drawOverlay();
  }

  resized() {
    if (this.body.parentElement.clientWidth !== this.available) this.invalidate();
  }

  invalidate() {
    this.isDirty = true;
    if (this.isVisible) this.refresh();
  }

  refresh() {
    if (!this.isDirty) return;
    const available = this.body.parentElement.clientWidth;
    if (available === 0) return;
    this.isDirty = false;
    this.available = available;
    this.width = this.widthFor(available);
    this.body.style.height = `${this.height}px`;
    for (const canvas of [this.canvas, this.overlay]) {
      canvas.style.width = `${this.width}px`;
      canvas.style.height = `${this.height}px`;
    }
    this.body.style.width = `${this.width}px`;
    this.ratio = printing ? 2.5 : Math.min(3, devicePixelRatio || 1);
    this.marks = [];
    this.draw(new CanvasSurface(this.canvas, this.width, this.height, this.ratio));
    this.canvas.setAttribute(
        'aria-label',
        `${this.title}. ${
            this.describe()} Arrow keys step through trials, Enter selects one; the table below holds the same data.`);
    this.drawOverlay();
  }

  drawOverlay() {
    const surface = new CanvasSurface(this.overlay, this.width || 1, this.height, this.ratio || 1);
    if (printing) return;
    for (const row of new Set([store.selected, store.hovered]))
      if (row >= 0) this.highlight(surface, row, row === store.selected);
  }

  highlight(surface, row, isSelected) {
    for (const mark of this.marks) {
      if (mark.row === row)
        surface.circle(
            mark.x, mark.y, isSelected ? 7 : 6, {fill: isSelected ? theme.accent : null, stroke: theme.ink, width: 2});
    }
  }

  nearest(x, y) {
    let best = -1;
    let bestDistance = 14 * 14;
    for (const mark of this.marks) {
      const distance = (mark.x - x) ** 2 + (mark.y - y) ** 2;
      if (distance < bestDistance) {
        bestDistance = distance;
        best = mark.row;
      }
    }
    return best;
  }

  pointerMoved(event) {
    if (event.buttons) return;
    const row = this.nearest(event.offsetX, event.offsetY);
    this.canvas.style.cursor = row >= 0 ? 'pointer' : 'default';
    hover(row);
    if (row >= 0)
      showTooltip(row, event.clientX, event.clientY);
    else
      hideTooltip();
  }

  // Left to right through the marks; for plots of lines, through the trials drawn.
  keyPressed(event) {
    const step = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1}[event.key];
    if (event.key === 'Enter' && store.hovered >= 0) select(store.hovered, this.figure);
    if (!step || this.marks.length === 0) return;
    event.preventDefault();
    this.marks.sort((a, b) => a.x - b.x || a.y - b.y || a.row - b.row);
    this.cursor = (this.cursor + step + this.marks.length) % this.marks.length;
    const mark = this.marks[this.cursor];
    hover(mark.row);
    const box = this.canvas.getBoundingClientRect();
    showTooltip(mark.row, box.left + mark.x, box.top + mark.y);
    document.getElementById('spoken').textContent = spokenText(mark.row);
  }

  toSvg() {
    const kept = this.marks;
    this.marks = [];
    this.width ||= this.widthFor(720);
    const surface = new SvgSurface(this.width, this.height, `${study.name || 'study'}: ${this.title}`);
    this.draw(surface);
    this.marks = kept;
    return surface.toString();
  }

  save() {
    download(fileName(`${this.name.replace(/[^\w-]+/g, '_')}.svg`), 'image/svg+xml', this.toSvg());
  }
}

// Axes of a scatter or line plot: grid, ticks and titles; returns where values go.
const drawFrame = (surface, plot, {x, y, xTitle, yTitle, left = 56, right = 14, top = 10, bottom = 40}) => {
  const width = plot.width - left - right;
  const height = plot.height - top - bottom;
  const toX = (position) => left + position * width;
  const toY = (position) => top + (1 - position) * height;
  surface.rect(left, top, width, height, {kind: 'frame'});
  for (const tick of y.ticks) {
    surface.line([left, toY(tick.position), left + width, toY(tick.position)], {stroke: theme.grid});
    surface.text(left - 8, toY(tick.position), fitText(tick.text, left - 12, 11), {anchor: 'end', baseline: 'middle'});
  }
  surface.line([left, top + height, left + width, top + height], {stroke: theme.faint});
  let taken = -Infinity;
  const room = x.isChoice ? width / Math.max(1, x.ticks.length) - 6 : Infinity;
  for (const tick of x.ticks) {
    const text = room < Infinity ? fitText(tick.text, Math.max(room, 18), 11) : tick.text;
    const half = textWidth(text, 11) / 2;
    const at = toX(tick.position);
    surface.line([at, top + height, at, top + height + 4], {stroke: theme.faint});
    // A label at the very end is moved inside instead of being cut.
    const middle = Math.max(half + 1, Math.min(plot.width - half - 1, at));
    if (middle - half < taken + 8) continue;
    taken = middle + half;
    surface.text(middle, top + height + 17, text, {anchor: 'middle'});
  }
  if (xTitle)
    surface.text(left + width / 2, plot.height - 5, fitText(xTitle, width, 11.5), {anchor: 'middle', size: 11.5});
  if (yTitle)
    surface.text(11, top + height / 2, fitText(yTitle, height, 11.5), {anchor: 'middle', size: 11.5, turn: -90});
  return {left, top, width, height, toX, toY};
};

const objectiveTitle = (index) => (objectives[index] ? `${objectives[index].metric} (${directionOf(index)})` : 'value');

// Turns the scale of a metric between linear and log, in all plots of it; hidden where a value is not above 0.
const logButton = (metricOf, label = 'log') => {
  const button = make(
      'button', {
        class: 'quiet toggle',
        type: 'button',
        'data-log': label,
        onclick: () => setLog(metricOf(), !isLog(metricOf()))
      },
      label);
  const refresh = () => {
    const metric = metricOf();
    button.hidden = metric === undefined || !mayBeLog(metric);
    if (button.hidden) return;
    button.setAttribute('aria-pressed', isLog(metric));
    button.setAttribute('aria-label', `${metric} on a log scale`);
    button.title = `${metric} on a ${isLog(metric) ? 'linear' : 'log'} scale`;
  };
  subscribe('data', refresh);
  refresh();
  return button;
};

// What a plot shows when there is nothing to draw.
const drawNothing = (surface, plot, text) =>
    surface.text(plot.width / 2, plot.height / 2, fitText(text, plot.width - 20, 13), {anchor: 'middle', size: 13});

const chooser = (label, options, onchange) => make(
    'label', {class: 'chooser'}, make('span', {class: 'hidden'}, label),
    make(
        'select', {'aria-label': label, onchange: (event) => onchange(event.target.value)},
        options.map(([value, text]) => make('option', {value}, shorten(text, 48)))));
