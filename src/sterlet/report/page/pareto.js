// Two objectives against each other; the trials that no other beats are joined.

class ParetoPlot extends Plot {
  constructor(host) {
    super(host, {
      name: 'pareto',
      title: 'Pareto front',
      height: 320,
      controls: [logButton(() => objectives[0].metric, 'log x'), logButton(() => objectives[1].metric, 'log y')],
    });
  }

  describe() {
    return `${countText(bestRows.length, 'trial')} on the front of ${
        objectives.map((own) => own.metric).join(' and ')}.`;
  }

  // What is attained between two neighbours is the worse of both, not the straight line between them.
  steps(points) {
    return points.flatMap(([x, y], index) => {
      if (index === 0) return [x, y];
      const [fromX, fromY] = points[index - 1];
      return directionOf(0) === 'minimize' ? [x, fromY, x, y] : [fromX, y, x, y];
    });
  }

  draw(surface) {
    const rows = [];
    for (let row = 0; row < trialCount; ++row)
      if (isScored(row, 0) && isScored(row, 1)) rows.push(row);
    if (rows.length === 0) {
      drawNothing(surface, this, 'No trial has both values yet.');
      return;
    }
    const [x, y] = [objectiveAxis(0), objectiveAxis(1)];
    const frame = drawFrame(surface, this, {x, y, xTitle: objectiveTitle(0), yTitle: objectiveTitle(1)});
    const place = (row) => [frame.toX(x.position(values[0][row])), frame.toY(y.position(values[1][row]))];
    for (const row of rows) {
      if (!isBest.has(row))
        this.dot(surface, ...place(row), row, 3.2, {fill: theme.complete, alpha: store.passes[row] ? 0.6 : 0.1});
    }
    const front = bestRows.filter((row) => isScored(row, 1))
                      .sort((a, b) => values[0][a] - values[0][b] || values[1][a] - values[1][b]);
    if (objectives.length === 2)
      surface.line(this.steps(front.map(place)), {stroke: theme.best, width: 2, kind: 'front-line'});
    for (const row of front)
      this.dot(
          surface, ...place(row), row, 5,
          {fill: theme.best, stroke: theme.card, width: 1.5, alpha: store.passes[row] ? 1 : 0.25});
    this.note.textContent =
        objectives.length > 2 ? 'The first two of the objectives; trials on the front of all of them are marked.' : '';
  }
}
