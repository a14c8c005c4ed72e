// A slice a parameter: the objective against the parameter, on the parameter's own scale. Darker is better.

const slicesAtOnce = 24;

class SlicePlot extends Plot {
  constructor(host, axis) {
    super(host, {
      name: `slice-${axis.name}`,
      title: axis.name,
      level: 3,
      height: variedAxes().length === 1 ? 340 : 210,
      className: 'slice',
      titleHint: axisHint(axis)
    });
    this.axis = axis;
  }

  describe() {
    return `${objectiveTitle(store.objective)} against ${this.axis.name}, ${axisHint(this.axis)}.`;
  }

  draw(surface) {
    const axis = prepareAxis(this.axis);
    const y = objectiveAxis(store.objective);
    const places = positionsOf(axis.index);
    const own = values[store.objective];
    const rows = rank().rows.filter((row) => !Number.isNaN(places[row]));
    if (rows.length === 0) {
      drawNothing(surface, this, 'No completed trial has this parameter.');
      return;
    }
    const x = {isChoice: axis.isChoice, ticks: ticksOf(axis, 4)};
    const frame = drawFrame(surface, this, {x, y, left: 48, right: 12, top: 8, bottom: 26});
    if (axis.hasZero) {
      const at = frame.toX(zeroLane / 2);
      surface.line([at, frame.top, at, frame.top + frame.height], {stroke: theme.faint, dash: [2, 3]});
    }
    for (const hint of hintsOf(axis)) {
      const [low, high] = hint.places.map(frame.toX);
      surface.rect(low, frame.top, Math.max(2, high - low), frame.height,
                   {fill: theme.accent, alpha: hint.active ? 0.14 : 0.06, kind: 'hint'});
    }
    const band = axis.isChoice ? 0.5 / axis.choices.length : 0;
    const small = rows.length > 1500;
    for (const row of rows) {
      // Choices share one place: a fixed spread by the trial's number keeps the points apart.
      const place = places[row] + band * (((raw.numbers[row] * 0.6180339887) % 1) - 0.5);
      const [px, py] = [frame.toX(place), frame.toY(y.position(own[row]))];
      const best = isBest.has(row);
      const alpha = store.passes[row] ? (best ? 1 : small ? 0.5 : 0.85) : 0.08;
      this.dot(
          surface, px, py, row,
          best      ? 5 :
              small ? 2 :
                      3,
          {fill: best ? theme.best : rampColour(rankShare(row)), stroke: best ? theme.card : null, width: 1.5, alpha});
    }
  }
}

// Where people said that good values are: the two ends of each band, on the axis.
const hintsOf = (axis) => (study.priors || []).flatMap((prior) => {
  const hinted = prior.kind === 'hint' ? (prior.params || {})[axis.name.replace(/\[\d+\]$/, '')] : undefined;
  if (hinted === undefined) return [];
  const list = Array.isArray(hinted) ? hinted : [hinted];
  const active = prior.state === 'active';
  if (!axis.isChoice) return [{active, places: [axis.position(list[0]), axis.position(list[list.length - 1])]}];
  const half = 0.5 / axis.choices.length;
  return list.map((choice) => axis.choices.indexOf(choice)).filter((index) => index >= 0)
      .map((index) => ({active, places: [axis.position(index) - half, axis.position(index) + half]}));
});

const hintNote = () => {
  const states = (study.priors || []).filter((prior) => prior.kind === 'hint').map((prior) => prior.state === 'active');
  if (states.length === 0) return '';
  const active = states.includes(true) ? ' Shaded: where a hint points' : ' Shaded: where a hint pointed';
  return active + (states.includes(true) && states.includes(false) ? '; fainter: one that has ended.' : '.');
};

const axisHint = (axis) => {
  if (axis.isChoice)
    return `${axis.type}, ${countText(axis.choices.length, 'choice')}${axis.when ? `, when ${axis.when}` : ''}`;
  prepareAxis(axis);
  return [
    `${axis.type || 'float'} from ${textOf(axis.from)} to ${textOf(axis.to, true)}`,
    `${axis.scale.replace('_', ' ')} scale`, axis.when ? `when ${axis.when}` : null
  ].filter(Boolean)
      .join(', ');
};

// Most important first: as measured, where that could be; else lower tiers, then the order of the study file.
const orderedAxes = () => {
  const shares = new Map(axes.map((axis) => [axis, importanceShare(axis, 0)]));
  const share = (axis) => (Number.isNaN(shares.get(axis)) ? -1 : shares.get(axis));
  return [...axes].sort((a, b) => share(b) - share(a) || (a.tier || 9) - (b.tier || 9) || a.index - b.index);
};

const variedAxes = () => orderedAxes().filter((axis) => !isFixed(axis));

// Parameters with one value, in words: they are part of every trial, and nothing to plot.
const fixedText = () => {
  const fixed = axes.filter(isFixed).map((axis) => {
    const row = axis.cells.findIndex((cell) => cell !== null);
    return row < 0 ? axis.name : `${axis.name} = ${cellText(axis, row)}`;
  });
  return fixed.length === 0 ? '' : `Fixed: ${fixed.join(', ')}.`;
};

const buildSlices = (section) => {
  const ordered = variedAxes();
  const grid = make('div', {class: 'slices'});
  section.append(
      make('div', {class: 'plot-head'}, make('h2', {id: 'slices-title'}, 'Slices')),
      make(
          'p', {class: 'note'},
          'Each completed trial by one parameter, on that parameter’s own scale. Stronger colour: better trial.' +
              hintNote()),
      grid, fixedText() ? make('p', {class: 'note fixed'}, fixedText()) : '');
  if (rank().rows.length === 0 && axes.length > 0) {
    grid.append(make('p', {class: 'dim'}, 'They appear once a trial has completed with a value.'));
    return;
  }
  if (axes.length === 0) grid.append(make('p', {class: 'dim'}, 'This study has no parameters.'));
  let shown = 0;
  const more = make('button', {type: 'button', onclick: () => showMore()});
  const showMore = () => {
    for (const axis of ordered.slice(shown, shown + slicesAtOnce)) new SlicePlot(grid, axis);
    shown = Math.min(ordered.length, shown + slicesAtOnce);
    more.textContent = `Show ${Math.min(slicesAtOnce, ordered.length - shown)} more of ${ordered.length - shown} left`;
    more.hidden = shown >= ordered.length;
  };
  section.append(more);
  showMore();
};
