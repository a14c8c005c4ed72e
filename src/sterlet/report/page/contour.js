// What a result is expected to be over two coordinates in [0, 1], from scattered trials, and its filled contours.
//
// The surrogate is local linear regression: around each place a plane fitted to the trials with the weights
// exp(-d^2 / 2 h^2). Of five widths h the one counts that foretells trials best that it has not seen.

const widths = [0.07, 0.1, 0.15, 0.22, 0.32];
const fitMost = 300;  // Trials; of more, evenly spread ones.

// The plane's height at (x, y), and the sum of the weights; `skip` is left out.
const planeAt = (points, x, y, h, skip = -1) => {
  let [w, wx, wy, wxx, wxy, wyy, wz, wxz, wyz] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < points.length; ++i) {
    if (i === skip) continue;
    const dx = points[i][0] - x;
    const dy = points[i][1] - y;
    const weight = Math.exp(-(dx * dx + dy * dy) / (2 * h * h));
    if (weight < 1e-6) continue;
    const z = points[i][2];
    w += weight;
    wx += weight * dx;
    wy += weight * dy;
    wxx += weight * dx * dx;
    wxy += weight * dx * dy;
    wyy += weight * dy * dy;
    wz += weight * z;
    wxz += weight * dx * z;
    wyz += weight * dy * z;
  }
  if (w < 1e-9) return [NaN, 0];
  // A little ridge on the slopes, so that few trials on a line still give a plane.
  const ridge = 0.05 * w * h * h;
  const [mx, my, mz] = [wx / w, wy / w, wz / w];
  const a = wxx - wx * mx + ridge;
  const b = wxy - wx * my;
  const c = wyy - wy * my + ridge;
  const [p, q] = [wxz - wx * mz, wyz - wy * mz];
  const determinant = a * c - b * b;
  return [mz - ((c * p - b * q) / determinant) * mx - ((a * q - b * p) / determinant) * my, w];
};

const bestWidth = (points) => {
  let best = [Infinity, widths[widths.length - 1]];
  for (const h of widths) {
    let squares = 0;
    let count = 0;
    for (let i = 0; i < points.length; ++i) {
      const [z, w] = planeAt(points, points[i][0], points[i][1], h, i);
      // A place with hardly a trial near it is foretold by the mean of all ranks.
      squares += ((w < 0.5 ? 0.5 : z) - points[i][2]) ** 2;
      ++count;
    }
    if (squares / count < best[0]) best = [squares / count, h];
  }
  return best[1];
};

// points: [x, y, z] with z in [0, 1]. {size, heights}: heights on a grid of size x size, NaN where no trial is near; null
// where there are too few.
const surrogateOf = (points, size = 36) => {
  const step = Math.ceil(points.length / fitMost);
  const kept = points.filter((_, index) => index % step === 0);
  if (kept.length < 20) return null;
  const h = bestWidth(kept);
  const heights = [];
  for (let j = 0; j < size; ++j) {
    for (let i = 0; i < size; ++i) {
      const [z, w] = planeAt(kept, i / (size - 1), j / (size - 1), h);
      heights.push(w < 0.3 ? NaN : Math.max(0, Math.min(1, z)));
    }
  }
  return {size, heights};
};

// The corners of one cell, [x, y, z] in turn; null where one of them is not known.
const cornersOf = ({size, heights}, i, j) => {
  const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]].map(([x, y]) => [x, y, heights[y * size + x]]);
  return corners.some(([, , z]) => Number.isNaN(z)) ? null : corners;
};
const crossing = (from, to, level) => {
  const share = (level - from[2]) / (to[2] - from[2]);
  return [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])];
};

// The part of each cell that lies at `level` or above, as polygons, and the lines along `level`, as pairs of points; in
// cells of the grid.
const contourOf = (grid, level) => {
  const polygons = [];
  const lines = [];
  for (let j = 0; j + 1 < grid.size; ++j) {
    for (let i = 0; i + 1 < grid.size; ++i) {
      const corners = cornersOf(grid, i, j);
      if (!corners) continue;
      const polygon = [];
      const cuts = [];
      corners.forEach((corner, at) => {
        const next = corners[(at + 1) % 4];
        if (corner[2] >= level) polygon.push([corner[0], corner[1]]);
        if (corner[2] >= level !== next[2] >= level) {
          const cut = crossing(corner, next, level);
          polygon.push(cut);
          cuts.push(cut);
        }
      });
      if (polygon.length > 2) polygons.push(polygon);
      for (let at = 0; at + 1 < cuts.length; at += 2) lines.push([cuts[at], cuts[at + 1]]);
    }
  }
  return {polygons, lines};
};
