// The summary on top, and the toolbar with the filters in force.

const elapsedText = () => {
  const started = Date.parse(study.started);
  let ended = Date.parse(study.ended);
  if (Number.isNaN(ended) && raw.epoch !== null) {
    ended = NaN;
    for (let row = 0; row < trialCount; ++row) {
      const last = raw.epoch + raw.started[row] + (raw.lasted[row] || 0);
      if (raw.started[row] !== null && !(last <= ended)) ended = last;
    }
  }
  return durationText(ended - started);
};

const stateBar = () => {
  const present = [...stateCounts].filter(([, count]) => count > 0);
  return make(
      'div', {class: 'states'},
      make(
          'div', {
            class: 'bar',
            role: 'img',
            'aria-label': present.map(([state, count]) => `${count} ${state.toLowerCase()}`).join(', ')
          },
          present.map(([state, count]) => {
            const part = make('span', {class: `part ${state.toLowerCase()}`, title: `${count} ${state.toLowerCase()}`});
            part.style.flexGrow = count;
            return part;
          })),
      make(
          'ul', {},
          present.map(
              ([state, count]) => make(
                  'li', {}, make('span', {class: `key ${state.toLowerCase()}`}),
                  make('b', {}, count.toLocaleString('en')), ` ${state.toLowerCase()}`))));
};

const againstDefaults = (row, objective) => {
  const defaults = Array.from(raw.origin.keys()).find((own) => originOf(own) === 'default' && isScored(own, objective));
  if (defaults === undefined || defaults === row) return null;
  const [was, is] = [values[objective][defaults], bestValue(row, objective)];
  const share = was !== 0 ? Math.abs((is - was) / was) : NaN;
  const verdict = isBetter(is, was, objective) ? 'better' : 'worse';
  const text = !Number.isFinite(share) || was < 0 || is < 0 ? 'compared with' :
      share < 1 ? `${(share * 100).toFixed(share < 0.1 ? 1 : 0)}% ${verdict} than` :
                  `${compactNumber(Number((is / was).toPrecision(2)))} times`;
  return make('p', {class: 'gain'}, make('b', {}, text), ` the defaults (${textOf(was)})`);
};

const bestOf = (objective) => {
  let best = -1;
  for (const row of bestRows)
    if (isScored(row, objective) && (best < 0 || isBetter(bestValue(row, objective), bestValue(best, objective), objective)))
      best = row;
  return best;
};

const heroOf = (objective) => {
  const row = bestOf(objective);
  const {metric} = objectives[objective];
  if (row < 0) {
    const active = ['RUNNING', 'PAUSED', 'WAITING'].some((state) => stateCounts.get(state) > 0);
    return make(
        'div', {class: 'hero'}, make('p', {class: 'label'}, `best ${metric}`), make('p', {class: 'value none'}, '–'),
        make(
            'p', {class: 'dim'},
            trialCount === 0 ? 'No trial yet.' :
                active       ? 'No trial has completed yet.' :
                               'No trial completed with a finite value.'));
  }
  return make(
      'div', {class: 'hero'}, make('p', {class: 'label'}, `best ${metric}`),
      make('p', {class: 'value'}, textOf(bestValue(row, objective))),
      make(
          'p', {class: 'dim'},
          make('button', {type: 'button', class: 'link', onclick: (event) => select(row, event.target.closest('.card'))},
               `trial ${raw.numbers[row]}`),
          `, to ${directionOf(objective)}`),
      study.answer ? make('p', {class: 'dim'}, study.answer.text) : '',
      againstDefaults(row, objective));
};

// What retests have said of the study, the newest first.
const verdictLines = () => [...(study.verdicts || [])].reverse().slice(0, 5).map(
    (verdict) => make(
        'p', {class: 'dim'}, `Retested ${String(verdict.when).slice(0, 10)}: `, make('b', {}, String(verdict.verdict)),
        `, confidence ${verdict.confidence}, ${countText(verdict.evaluations, 'evaluation')}; ${verdict.advice}`));

// Hints of people and warm starts, and what became of them.
const priorLines = () => (study.priors || []).slice(-5).map(
    (prior) => make(
        'p', {class: 'dim'}, prior.kind === 'hint' ? `Hint from trial ${prior.since} on: ` : 'Started warm from ',
        make('b', {}, prior.kind === 'hint' ? prior.text : String(prior.study)),
        prior.state === 'active' ? '' : `; ${prior.state} before trial ${prior.until}${prior.why ? `: ${prior.why}` : ''}`));

const buildHeader = () => {
  document.title = `${shorten(study.name || 'Study', 80)} · report`;
  const facts = [
    ['started', study.started ? String(study.started).replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC') : null],
    [study.ended ? 'took' : 'so far', elapsedText()],
    ['trials', trialCount.toLocaleString('en')],
    ['sampler', study.sampler],
    ['pruner', study.pruner],
    ['seed', study.seed],
  ].filter(([, value]) => value !== null && value !== undefined && value !== '');
  const lead = objectives.length ? bestOf(0) : -1;
  const state = study.state ? String(study.state).toLowerCase() : '';
  document.getElementById('header').append(
      make(
          'div', {class: 'title'}, make('h1', {}, study.name || 'Study'),
          state ? make('span', {class: `pill ${state === 'running' ? 'live' : ''}`}, state) : ''),
      make(
          'dl', {class: 'facts'},
          facts.map(([name, value]) => make('div', {}, make('dt', {}, name), make('dd', {}, String(value))))),
      make(
          'div', {class: 'summary'},
          make('div', {class: 'card heroes'}, objectives.slice(0, 4).map((_, index) => heroOf(index)), verdictLines(), priorLines(), stateBar()),
          make(
              'div', {class: 'card chosen'},
              make(
                  'div', {class: 'plot-head'},
                  make(
                      'h2', {},
                      objectives.length > 1 ? `Pareto front: ${countText(bestRows.length, 'trial')}` :
                                              'Best hyperparameters'),
                  make('div', {class: 'controls'}, lead >= 0 ? copyButton(lead) : '')),
              objectives.length > 1 && lead >= 0 ?
                  make(
                      'p', {class: 'front'},
                      bestRows.slice(0, 24).map(
                          (row) => make(
                              'button', {type: 'button', class: 'quiet', onclick: (event) => select(row, event.target.closest('.card'))},
                              `#${raw.numbers[row]}`)),
                      make(
                          'span', {class: 'dim'},
                          ` Below: trial ${raw.numbers[lead]}, best by ${objectives[0].metric}.`)) :
                  '',
              lead >= 0 ? [parameterList(lead, 24), scheduleNote(lead)] :
                          make('p', {class: 'dim'}, 'They appear here once a trial has completed.'))));
  document.getElementById('footer').append(make(
      'p', {}, `Written by Sterlet${study.version ? ` ${study.version}` : ''}. `,
      raw.rounded ? 'Parameter values keep 6 significant digits here, those of the best trials all. ' : '',
      raw.thinned ? 'Learning curves are thinned.' : ''));
};

const buildToolbar = () => {
  const toolbar = document.getElementById('toolbar');
  const search = make('input', {
    type: 'search',
    id: 'search',
    placeholder: 'Filter trials: adam pruned #12',
    'aria-label': 'Filter trials by text',
    oninput: () => {
      store.text = search.value;
      applyFilters();
    }
  });
  const chips = [...stateCounts]
                    .filter(([, count]) => count > 0)
                    .map(
                        ([state]) => make(
                            'button', {
                              type: 'button',
                              class: 'chip',
                              'data-state': state,
                              'aria-pressed': 'true',
                              onclick: () => {
                                if (store.states.has(state))
                                  store.states.delete(state);
                                else
                                  store.states.add(state);
                                applyFilters();
                              }
                            },
                            make('span', {class: `key ${state.toLowerCase()}`}), state.toLowerCase()));
  const brushes = make('span', {class: 'brushes'});
  const count = make('span', {class: 'count', id: 'count', 'aria-live': 'polite'});
  const clear = make(
      'button', {
        type: 'button',
        id: 'clear',
        onclick: () => {
          search.value = '';
          clearFilters();
        }
      },
      'Clear');
  toolbar.append(
      search, make('span', {class: 'chips'}, chips.length > 1 ? chips : []), brushes, make('span', {class: 'spring'}),
      objectives.length > 1 ? chooser(
                                  'Objective shown', objectives.map((own, index) => [String(index), own.metric]),
                                  (value) => setObjective(Number(value))) :
                              '',
      count, clear);
  const refresh = () => {
    count.textContent = isFiltered() ? `${store.passCount.toLocaleString('en')} of ${countText(trialCount, 'trial')}` :
                                       countText(trialCount, 'trial');
    clear.hidden = !isFiltered();
    for (const chip of chips) chip.setAttribute('aria-pressed', store.states.has(chip.dataset.state));
    brushes.replaceChildren(...[...store.brushes].map(
        ([key, range]) => make(
            'button', {
              type: 'button',
              class: 'chip brush',
              'aria-label': `Remove the filter ${brushText(key, range)}`,
              onclick: () => setBrush(key, null)
            },
            `${shorten(brushText(key, range), 80)} ✕`)));
  };
  subscribe('data', refresh);
  refresh();
};
