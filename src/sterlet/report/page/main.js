// Builds the page, top to bottom, and redraws it when the colours or the medium change.

readTheme();
buildHeader();
buildToolbar();
const overview = document.getElementById('overview');
const wide = document.getElementById('wide');
if (objectives.length) new BestPlot(overview);
new CurvesPlot(overview);
if (raw.copies && objectives.length) new LineagePlot(wide);
if (objectives.length > 1) new ParetoPlot(wide);
new ParallelPlot(wide);
buildModels(document.getElementById('models'));
buildSlices(document.getElementById('slices'));
buildTable(document.getElementById('trials'));

const redraw = () => {
  readTheme();
  for (const plot of plots) plot.invalidate();
};
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
