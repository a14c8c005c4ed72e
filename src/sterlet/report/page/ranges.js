// Which axes the parallel coordinates show, and the same ranges as brushing gives, by keyboard.

const rangeRow = (plot, key) => {
  const axis = key === 'objective' ? null : prepareAxis(axes[key]);
  const name = axis ? axis.name : objectives[store.objective].metric;
  const isShown = axis ? make('input', {
    type: 'checkbox',
    'aria-label': `Show ${name}`,
    onchange: (event) => {
      if (event.target.checked)
        plot.shown.add(key);
      else {
        plot.shown.delete(key);
        setBrush(key, null);
      }
      plot.invalidate();
    }
  }) :
                         make('span');
  if (axis) isShown.checked = plot.shown.has(key);
  if (axis?.isChoice) {
    const any = make('option', {value: ''}, 'any');
    const pick = make(
        'select', {
          'aria-label': `Keep ${name}`,
          onchange: () => {
            const place = axis.position(Number(pick.value));
            setBrush(key, pick.value === '' ? null : {low: place, high: place});
          }
        },
        any, axis.choices.map((choice, index) => make('option', {value: index}, shorten(String(choice), 40))));
    return make('div', {class: 'range'}, isShown, make('span', {title: name}, name), pick);
  }
  const number = (label, placeholder) => make(
      'input',
      {type: 'text', inputmode: 'decimal', placeholder, 'aria-label': `${label} of ${name}`, onchange: () => apply()});
  const scale = axis || objectiveAxis(store.objective);
  const low = number('Least', axis ? textOf(axis.from) : textOf(scale.low));
  const high = number('Most', axis ? textOf(axis.to, true) : textOf(scale.high));
  const apply = () => {
    const place = (input, otherwise) => {
      const position = input.value.trim() === '' ? NaN : scale.position(Number(input.value));
      return Number.isNaN(position) ? otherwise : position;
    };
    setBrush(key, low.value.trim() || high.value.trim() ? {low: place(low, 0), high: place(high, 1)} : null);
  };
  return make('div', {class: 'range'}, isShown, make('span', {title: name}, name), make('span', {}, low, ' to ', high));
};

const buildRanges = (plot) => {
  const list = make('div', {class: 'ranges'});
  const details = make(
      'details', {
        class: 'no-print',
        ontoggle: () => {
          if (details.open)
            list.replaceChildren(
                ...orderedAxes().map((axis) => rangeRow(plot, axis.index)),
                objectives.length ? rangeRow(plot, 'objective') : '');
        }
      },
      make('summary', {}, 'Axes and ranges'), list);
  plot.figure.append(details);
};

// A brush in words, for its chip in the toolbar.
const brushText = (key, {low, high}) => {
  if (key !== 'objective' && axes[key].isChoice) {
    const axis = axes[key];
    const kept =
        axis.choices.filter((_, index) => axis.position(index) >= low - 1e-9 && axis.position(index) <= high + 1e-9);
    return `${axis.name}: ${kept.length ? kept.join(', ') : 'none'}`;
  }
  const axis = key === 'objective' ? objectiveAxis(store.objective) : prepareAxis(axes[key]);
  const digits = axis.scale === 'reverse_log' ? 4 : 3;
  const text = (position) => textOf(Number(axis.invert(position).toPrecision(digits)));
  return `${key === 'objective' ? objectives[store.objective].metric : axis.name}: ${text(low)} to ${text(high)}`;
};
