// The card of the selected trial: everything known of it, its curve and the end of its log. It covers nothing: on a wide
// screen the page makes room for it at the right, on a narrow one it stands below what was clicked.

const panel = document.getElementById('panel');

const parametersOf = (row) =>
    Object.fromEntries(axes.filter((axis) => axis.cells[row] !== null).map((axis) => [axis.name, settingOf(axis, row)]));

const parameterList = (row, limit) => {
  const shown = axes.filter((axis) => axis.cells[row] !== null);
  const entries = (list) => make(
      'dl', {class: 'parameters'},
      list.map(
          (axis) => make(
              'div', {}, make('dt', {title: axis.name}, axis.name),
              make('dd', {title: textOf(settingOf(axis, row), true)}, valueText(axis, settingOf(axis, row))))));
  if (shown.length <= limit) return [entries(shown)];
  return [
    entries(shown.slice(0, limit)),
    make('details', {}, make('summary', {}, `${shown.length - limit} more`), entries(shown.slice(limit)))
  ];
};

// How a model that was babysat came to what is listed; nothing for other trials.
const scheduleNote = (row) => {
  const model = modelOf(row);
  if (!model) return '';
  return make(
      'p', {class: 'dim schedule'},
      (model.schedule || []).length > 1 ? `What it ended with. Its schedule: ${scheduleText(model)}.` : 'It was never changed.');
};

const copyButton = (row) => make(
    'button', {
      class: 'quiet no-print',
      type: 'button',
      'aria-label': 'Copy the hyperparameters as JSON',
      onclick: async (event) => {
        const button = event.target;
        const text = JSON.stringify(parametersOf(row), null, 2);
        try {
          await navigator.clipboard.writeText(text);
        } catch {
          const area = make('textarea');
          area.value = text;
          document.body.append(area);
          area.select();
          document.execCommand('copy');
          area.remove();
        }
        button.textContent = 'Copied';
        setTimeout(() => {
          button.textContent = 'Copy';
        }, 1500);
      }
    },
    'Copy');

// The trial's curve, in front of the best one's.
const drawCardCurve = (canvas, metric, row) => {
  const plot = {width: canvas.parentElement.clientWidth, height: 150};
  if (!plot.width) return;
  canvas.style.width = `${plot.width}px`;
  canvas.style.height = `${plot.height}px`;
  const surface = new CanvasSurface(canvas, plot.width, plot.height, Math.min(3, devicePixelRatio || 1));
  const own = curveOf(metric, row);
  const best = bestRows[0] === undefined || bestRows[0] === row ? null : curveOf(metric, bestRows[0]);
  const shown = [own, best].filter(Boolean);
  const [low, high] = minMax(shown.flatMap((curve) => curve.steps));
  const position = (step) => (high === low ? 0.5 : (step - low) / (high - low));
  const x = {
    position,
    ticks: stepTicks(low, high, 4).map((tick) => ({position: position(tick), text: compactNumber(tick)}))
  };
  const y = numberAxis(shown.flatMap((curve) => curve.values), {count: 4, log: isLog(metric.name)});
  const frame = drawFrame(surface, plot, {x, y, left: 46, right: 10, top: 8, bottom: 22});
  const line = (curve) => curve.steps.flatMap(
      (step, at) => [frame.toX(x.position(step)),
                     Number.isNaN(curve.values[at]) ? NaN : frame.toY(y.position(curve.values[at]))]);
  if (best) surface.line(line(best), {stroke: theme.best, width: 1.25, alpha: 0.55});
  const points = line(own);
  surface.line(points, {stroke: theme.accent, width: 2});
  const last = points.length - 2;
  if (!Number.isNaN(points[last + 1])) surface.circle(points[last], points[last + 1], 3, {fill: theme.accent});
};

const cardCurves = (row) => {
  const order = [...raw.curves.metrics].sort(
      (a, b) => objectives.some((own) => own.metric === b.name) - objectives.some((own) => own.metric === a.name));
  const found = order.filter((metric) => (curveOf(metric, row)?.steps.length || 0) > 1).slice(0, 3);
  if (found.length === 0) {
    const isLeftOut = raw.thinned && hasCurves() && order.some((metric) => metric.rows.length < metric.reported);
    return isLeftOut ? [make('p', {class: 'dim'}, 'Its curve was left out to keep this file small.')] : [];
  }
  return found.map((metric) => {
    const canvas = make('canvas', {role: 'img', 'aria-label': `${metric.name} of trial ${raw.numbers[row]} by step`});
    canvas.redraw = () => drawCardCurve(canvas, metric, row);
    const behind = bestRows[0] === undefined || bestRows[0] === row ? '' : ', behind it the best trial’s';
    return make('div', {class: 'curve'}, make('h3', {}, metric.name, make('span', {class: 'dim'}, ` by step${behind}`)), canvas);
  });
};

const wideScreen = matchMedia('(min-width: 1100px)');
const placePanel = () => {
  const isOpen = store.selected >= 0;
  document.documentElement.classList.toggle('has-panel', isOpen && wideScreen.matches);
  const near = store.near?.isConnected && !wideScreen.matches ? store.near : null;
  if (near)
    near.after(panel);
  else if (panel.parentElement !== document.body)
    document.body.append(panel);
  panel.classList.toggle('inline', isOpen && !wideScreen.matches);
};

const fillPanel = (row) => {
  const log = logOf(row);
  panel.replaceChildren(
      make(
          'div', {class: 'plot-head'}, make('h2', {}, `Trial ${raw.numbers[row]}`),
          make(
              'div', {class: 'controls'}, copyButton(row),
              make(
                  'button', {class: 'quiet', type: 'button', 'aria-label': 'Close', onclick: () => select(row)}, '✕'))),
      make(
          'p', {}, make('span', {class: `state ${stateOf(row).toLowerCase()}`}, stateOf(row).toLowerCase()),
          make(
              'span', {class: 'dim'},
              [
                originOf(row), raw.lasted[row] === null ? '' : durationText(raw.lasted[row]),
                attemptsOf(row) > 1 ? countText(attemptsOf(row), 'attempt') : ''
              ].filter(Boolean)
                  .map((text) => ` · ${text}`)
                  .join(''))),
      reasonOf(row) ? make('p', {class: 'reason'}, reasonOf(row)) : '',
      make(
          'dl', {class: 'parameters values'},
          objectives.map(
              (objective, index) => make(
                  'div', {}, make('dt', {title: objective.metric}, objective.metric),
                  make('dd', {}, raw.values[index][row] === null ? '–' : textOf(values[index][row]))))),
      ...cardCurves(row), ...parameterList(row, 40), scheduleNote(row),
      log ? make('div', {class: 'log'}, make('h3', {}, 'End of its log'), make('pre', {tabindex: 0}, log)) : '');
};

const drawPanel = () => {
  for (const canvas of panel.querySelectorAll('canvas')) canvas.redraw();
};

const refreshPanel = () => {
  const row = store.selected;
  if (row < 0) {
    panel.hidden = true;
    panel.row = -1;
    placePanel();
    return;
  }
  if (panel.row === row && !panel.hidden) return;
  panel.row = row;
  fillPanel(row);
  placePanel();
  panel.hidden = false;
  panel.scrollTop = 0;
  drawPanel();
  const log = panel.querySelector('pre');
  if (log) log.scrollTop = log.scrollHeight;
  if (panel.classList.contains('inline')) panel.scrollIntoView({block: 'nearest'});
};
subscribe('mark', refreshPanel);
subscribe('data', () => !panel.hidden && drawPanel());
wideScreen.addEventListener('change', () => {
  placePanel();
  if (!panel.hidden) drawPanel();
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && store.selected >= 0) select(store.selected);
});
