// Builds the page, top to bottom, and redraws it when the colours or the medium change.

readTheme();
buildHeader();
buildToolbar();
const overview = document.getElementById('overview');
const wide = document.getElementById('wide');
const detail = document.getElementById('detail');
const slices = document.getElementById('slices');
// Of one model that was raised there is nothing to compare: its curve and its changes are what there is to see.
const isOneModel = trialCount === 1 && (raw.models || []).length === 1 && hasCurves();
if (objectives.length && !isOneModel) new BestPlot(overview);
if (hasCurves() || !objectives.length) new CurvesPlot(overview);
if (raw.copies && objectives.length) new LineagePlot(wide);
if (objectives.length > 1) new ParetoPlot(wide);
// One or two parameters need no whole row for their axes: what else there is to see of them stands beside.
const variedCount = variedAxes().length;
if (!isOneModel) new ParallelPlot(variedCount === 1 || variedCount === 2 ? detail : wide);
// A model that was raised is what its study is about.
const models = document.getElementById('models');
buildModels(models);
if (models.children.length && trialCount === 1) overview.after(models);
if (objectives.some((_, index) => importanceRows(index).length > 0)) new ImportancePlot(variedCount > 2 ? detail : wide);
// The strongest pairs as maps; where none was measured the first two parameters.
const mapsMax = 3;
if (variedCount >= 2 && rank().rows.length > 1) {
  const pairs = strongestPairs(0).slice(0, mapsMax);
  if (pairs.length === 0) new MapPlot(detail);
  pairs.forEach((pair, place) => new MapPlot(detail, pair, place));
}
if (variedCount === 1) detail.append(slices);
if (isOneModel)
  slices.remove();
else
  buildSlices(slices);
buildTable(document.getElementById('trials'));

const redraw = () => {
  readTheme();
  for (const plot of plots) plot.invalidate();
  drawPanel();
};

// On a phone the first screen is for the picture: the settings and the filters come after it.
const phone = matchMedia('(max-width: 700px)');
const arrange = () => {
  const [chosen, summary, toolbar] = [document.querySelector('.chosen'), document.querySelector('.summary'),
                                      document.getElementById('toolbar')];
  if (phone.matches) {
    overview.after(chosen, toolbar);
  } else {
    summary.append(chosen);
    document.querySelector('main').before(toolbar);
  }
};
phone.addEventListener('change', arrange);
arrange();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);

// On paper: light colours, sharp lines, and every plot drawn, seen or not.
const forPaper = (isPaper) => {
  printing = isPaper;
  document.documentElement.classList.toggle('paper', isPaper);
  readTheme();
  for (const plot of plots) {
    plot.isDirty = true;
    if (isPaper || plot.isVisible) plot.refresh();
  }
};
window.addEventListener('beforeprint', () => forPaper(true));
window.addEventListener('afterprint', () => forPaper(false));
