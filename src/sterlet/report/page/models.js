// A model that was babysat: what it ended with, how it came to that, its branches, and each change with its verdict.

const settingsText = (settings) =>
    Object.entries(settings || {}).map(([name, value]) => `${name} ${textOf(value)}`).join(', ');

const scheduleText = (model) =>
    (model.schedule || []).map(({step, set}) => `${settingsText(set)} from step ${step}`).join('; ');

const verdictText = (change) => {
  const helped = change.helped === null || change.helped === undefined ? '' : `helped with p ${
      toNumber(change.helped) > 0.99 ? '> 0.99' : toNumber(change.helped) < 0.01 ? '< 0.01' : `= ${toNumber(change.helped).toFixed(2)}`}`;
  return [change.state, helped, change.outcome].filter(Boolean).join('; ');
};

const makeModelTable = (caption, names, rows) => make(
    'div', {class: 'scroller', tabindex: '0', role: 'region', 'aria-label': caption},
    make('table', {class: 'model'}, make('caption', {}, caption),
         make('thead', {}, make('tr', {}, names.map((name) => make('th', {scope: 'col'}, name)))),
         make('tbody', {}, rows.map(
             (cells) => make(
                 'tr', {}, cells.map((cell, index) => make('td', {'data-label': names[index]}, String(cell))))))));

function buildModel(host, row, model) {
  const number = raw.numbers[row];
  const id = `model-${number}`;
  const branches = model.branches || [];
  const changes = model.changes || [];
  host.append(make(
      'section', {class: 'card', 'aria-labelledby': id}, make('h2', {id}, `The model of trial ${number}`),
      make('p', {}, `Ended with ${settingsText(model.settings)} (branch ${model.branch}).`),
      make('p', {}, `Schedule: ${scheduleText(model)}.`),
      makeModelTable(
          'Branches', ['branch', 'from', 'at step', 'hyperparameters', 'last report'],
          branches.map((branch) => [
            branch.id + (branch.id === model.branch ? ' *' : ''), branch.parent ?? '–', textOf(branch.from_step),
            settingsText(branch.params),
            branch.step === null ? '–' : `${textOf(toNumber(branch.value))} (step ${branch.step})`
          ])),
      changes.length ? makeModelTable(
                           'Changes', ['step', 'branch', 'change', 'by', 'why', 'what came of it'],
                           changes.map((change) => [
                             textOf(change.step), `${change.branch} to ${change.started}`,
                             `${change.kind}: ${change.change || 'nothing changed'}`, change.by, change.why,
                             verdictText(change)
                           ]))
                     : make('p', {}, 'Nothing was changed.')));
}

function buildModels(host) {
  for (const {row, model} of raw.models || []) buildModel(host, row, model);
}
