// The selected trial: everything known of it, beside the plots that it is marked in.

const panel = document.getElementById('panel');

const parametersOf = (row) =>
    Object.fromEntries(axes.filter((axis) => axis.cells[row] !== null).map((axis) => [axis.name, cellOf(axis, row)]));

const parameterList = (row, limit) => {
  const shown = axes.filter((axis) => axis.cells[row] !== null);
  const entries = (list) => make(
      'dl', {class: 'parameters'},
      list.map(
          (axis) => make(
              'div', {}, make('dt', {title: axis.name}, shorten(axis.name, 22)),
              make('dd', {title: textOf(cellOf(axis, row), true)}, cellText(axis, row)))));
  if (shown.length <= limit) return [entries(shown)];
  return [
    entries(shown.slice(0, limit)),
    make('details', {}, make('summary', {}, `${shown.length - limit} more`), entries(shown.slice(limit)))
  ];
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

const refreshPanel = () => {
  const row = store.selected;
  if (row < 0) {
    panel.hidden = true;
    panel.row = -1;
    return;
  }
  if (panel.row === row && !panel.hidden) return;
  panel.row = row;
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
      make(
          'dl', {class: 'parameters values'},
          objectives.map(
              (objective, index) => make(
                  'div', {}, make('dt', {}, objective.metric),
                  make('dd', {}, raw.values[index][row] === null ? '–' : textOf(values[index][row]))))),
      ...parameterList(row, 40), reasonOf(row) ? make('p', {class: 'reason'}, reasonOf(row)) : '');
  panel.hidden = false;
};
subscribe('mark', refreshPanel);
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && store.selected >= 0) select(store.selected);
});
