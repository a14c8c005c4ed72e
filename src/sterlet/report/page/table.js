// All trials as a table: sorted by a click on a heading, filtered with all other views, saved as CSV.

const buildTable = (section) => {
  const columns =
      [
        {name: 'trial', value: (row) => raw.numbers[row], isNumber: true},
        {name: 'state', value: stateOf},
        ...objectives.map((objective, index) => ({
                            name: objective.metric,
                            isNumber: true,
                            isValue: true,
                            objective: index,
                            value: (row) => (raw.values[index][row] === null ? null : values[index][row]),
                            text: (row) => (raw.values[index][row] === null ? '–' : textOf(values[index][row])),
                          })),
        ...axes.map((axis) => ({
                      name: axis.name,
                      isNumber: !axis.isChoice,
                      hint: axisHint(axis),
                      value: (row) => (typeof axis.cells[row] === 'string' ? Number(axis.cells[row]) : axis.cells[row]),
                      text: (row) => cellText(axis, row),
                      exact: (row) => cellOf(axis, row),
                    })),
        {name: 'origin', value: originOf},
        {name: 'seconds', isNumber: true, value: (row) => (raw.lasted[row] === null ? null : raw.lasted[row] / 1000)},
        {name: 'attempts', isNumber: true, value: attemptsOf},
        {name: 'reason', value: reasonOf},
      ]
          .filter(
              (column) => (column.name !== 'attempts' || Object.keys(raw.attempts).length) &&
                  (column.name !== 'reason' || Object.keys(raw.reason).length));

  const view = {
    sort: objectives.length ? 2 : 0,
    descending: objectives.length > 0 && directionOf(0) === 'maximize',
    page: 0,
    size: 25,
    rows: []
  };

  const order = () => {
    const column = columns[view.sort];
    const keys = new Map();
    view.rows = [];
    for (let row = 0; row < trialCount; ++row) {
      if (!store.passes[row]) continue;
      view.rows.push(row);
      keys.set(row, column.value(row));
    }
    const sign = view.descending ? -1 : 1;
    // What has no value is last either way; equals stay in the order of their numbers.
    const isMissing = (key) => key === null || key === '' || Number.isNaN(key);
    view.rows.sort((a, b) => {
      const [x, y] = [keys.get(a), keys.get(b)];
      if (isMissing(x) || isMissing(y)) return isMissing(x) - isMissing(y) || a - b;
      return (x < y ? -sign : x > y ? sign : 0) || a - b;
    });
  };

  const head = make('tr');
  const body = make('tbody');
  const status = make('span', {class: 'dim', 'aria-live': 'polite'});
  const turn = (pages) => {
    view.page = Math.max(0, Math.min(Math.ceil(view.rows.length / view.size) - 1, view.page + pages));
    fill();
  };
  const previous = make('button', {type: 'button', onclick: () => turn(-1)}, 'Previous');
  const next = make('button', {type: 'button', onclick: () => turn(1)}, 'Next');
  const size = make(
      'select', {
        'aria-label': 'Rows a page',
        onchange: () => {
          view.size = Number(size.value);
          view.page = 0;
          fill();
        }
      },
      [25, 100, 500].map((count) => make('option', {value: count}, `${count} rows`)));

  const headings = columns.map((column, index) => {
    const cell = make(
        'th', {scope: 'col', class: column.isNumber ? 'number' : null, title: column.hint || null},
        make(
            'button', {
              type: 'button',
              onclick: () => {
                const firstDescending = column.isValue && directionOf(column.objective) === 'maximize';
                view.descending = view.sort === index ? !view.descending : firstDescending;
                view.sort = index;
                view.page = 0;
                refresh();
              }
            },
            shorten(column.name, 60)));
    return cell;
  });
  head.append(...headings);

  const fill = () => {
    const first = view.page * view.size;
    const rows = view.rows.slice(first, printing ? first + 2000 : first + view.size);
    body.closest('.scroller')?.classList.toggle('tall', view.size > 25);
    body.replaceChildren(...rows.map(
        (row) => make(
            'tr', {'data-trial': raw.numbers[row], class: isBest.has(row) ? 'best' : null},
            columns.map((column, index) => {
              const text = column.text ? column.text(row) : textOf(column.value(row));
              if (index === 0)
                return make(
                    'th', {scope: 'row', class: 'number'},
                    make('button', {type: 'button', 'aria-label': `Select trial ${text}`}, text));
              if (column.name === 'state')
                return make(
                    'td', {}, make('span', {class: `state ${stateOf(row).toLowerCase()}`}, stateOf(row).toLowerCase()));
              if (column.name === 'reason')
                return make('td', {class: 'why', title: text.length > 120 ? text : null}, make('div', {}, text));
              return make(
                  'td', {class: column.isNumber ? 'number' : null, title: text.length > 40 ? text : null},
                  clip(text, 200));
            }))));
    body.rowNumbers = rows;
    headings.forEach(
        (cell, index) => cell.setAttribute(
            'aria-sort',
            index !== view.sort ? 'none' :
                view.descending ? 'descending' :
                                  'ascending'));
    status.textContent = view.rows.length === 0 ?
        'No trial matches.' :
        `${(first + 1).toLocaleString('en')} to ${(first + rows.length).toLocaleString('en')} of ${
            countText(view.rows.length, 'trial')}`;
    previous.disabled = view.page === 0;
    next.disabled = first + view.size >= view.rows.length;
    mark();
  };
  const refresh = () => {
    order();
    if (view.page * view.size >= view.rows.length) view.page = 0;
    fill();
  };
  const mark = () => {
    [...body.rows].forEach((line, index) => {
      const row = body.rowNumbers[index];
      line.classList.toggle('hovered', row === store.hovered);
      line.classList.toggle('selected', row === store.selected);
      line.setAttribute('aria-selected', row === store.selected);
    });
  };
  const rowAt = (event) => {
    const line = event.target.closest('tr');
    return line ? body.rowNumbers[[...body.rows].indexOf(line)] : -1;
  };
  body.addEventListener('click', (event) => select(rowAt(event), body.closest('.scroller')));
  body.addEventListener('pointerover', (event) => hover(rowAt(event)));
  body.addEventListener('pointerleave', () => hover(-1));
  body.addEventListener('focusin', (event) => hover(rowAt(event)));

  section.append(
      make(
          'div', {class: 'plot-head'}, make('h2', {id: 'trials-title'}, 'Trials'),
          make(
              'div', {class: 'controls'}, size,
              make(
                  'button', {
                    class: 'quiet',
                    type: 'button',
                    id: 'csv',
                    'aria-label': 'Download the trials shown as CSV',
                    onclick: () => download(fileName('trials.csv'), 'text/csv', tableCsv(columns, view.rows))
                  },
                  'CSV'))),
      make(
          'div', {class: 'scroller table', tabindex: 0, role: 'region', 'aria-label': 'Table of trials'},
          make('table', {}, make('thead', {}, head), body)),
      make('div', {class: 'pager'}, previous, next, status));
  subscribe('data', refresh);
  subscribe('mark', mark);
  window.addEventListener('beforeprint', () => fill());
  window.addEventListener('afterprint', () => fill());
  refresh();
};

// RFC 4180, all digits. A text that a spreadsheet would run as a formula is kept text by a leading quote.
const tableCsv = (columns, rows) => {
  const cell = (value) => {
    if (value === null || value === undefined) return '';
    let text = String(value);
    if (typeof value === 'string' && /^[=+\-@\t\r]/.test(text) && text !== '-Infinity') text = `'${text}`;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = [columns.map((column) => cell(column.name)).join(',')];
  for (const row of rows) lines.push(columns.map((column) => cell((column.exact || column.value)(row))).join(','));
  return `${lines.join('\r\n')}\r\n`;
};
