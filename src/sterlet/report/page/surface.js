// Two surfaces with the same few strokes: a canvas for the screen, SVG for the download. A view draws once, on either.

const theme = {};
const readTheme = () => {
  const style = getComputedStyle(document.documentElement);
  for (const name
           of ['ink', 'muted', 'faint', 'grid', 'card', 'accent', 'best', 'complete', 'pruned', 'failed', 'running',
               'shade', 'ramp0', 'ramp1', 'ramp2', 'ramp3', 'ramp4']) {
    theme[name] = style.getPropertyValue(`--${name}`).trim();
  }
  theme.font = style.getPropertyValue('--font').trim();
};

const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
// From the best (0) to the worst (1), in lightness as much as in hue, so that it reads without colour too.
const rampColour = (share) => {
  const place = Math.max(0, Math.min(0.9999, share)) * 4;
  const index = Math.floor(place);
  const [from, to] = [channels(theme[`ramp${index}`]), channels(theme[`ramp${index + 1}`])];
  return `rgb(${from.map((c, i) => Math.round(c + (to[i] - c) * (place - index))).join(',')})`;
};
const stateColour = (state) => ({
  COMPLETE: theme.complete,
  PRUNED: theme.pruned,
  FAILED: theme.failed,
  LOST: theme.failed,
  RUNNING: theme.running,
  PAUSED: theme.running
}[state] || theme.muted);

class CanvasSurface {
  constructor(canvas, width, height, ratio) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    this.context = canvas.getContext('2d');
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.context.clearRect(0, 0, width, height);
    this.context.lineJoin = 'round';
  }

  // Points as [x, y, x, y, ...]; NaN breaks the line.
  line(points, {stroke = theme.ink, width = 1, alpha = 1, dash = []} = {}) {
    const context = this.context;
    context.globalAlpha = alpha;
    context.strokeStyle = stroke;
    context.lineWidth = width;
    context.setLineDash(dash);
    context.beginPath();
    let isDown = false;
    for (let i = 0; i < points.length; i += 2) {
      if (Number.isNaN(points[i + 1]))
        isDown = false;
      else if (isDown)
        context.lineTo(points[i], points[i + 1]);
      else {
        context.moveTo(points[i], points[i + 1]);
        isDown = true;
      }
    }
    context.stroke();
  }

  // Polygons as lists of [x, y], filled as one shape.
  area(polygons, {fill, alpha = 1} = {}) {
    const context = this.context;
    context.globalAlpha = alpha;
    context.fillStyle = fill;
    context.beginPath();
    for (const polygon of polygons) {
      polygon.forEach(([x, y], at) => (at ? context.lineTo(x, y) : context.moveTo(x, y)));
      context.closePath();
    }
    context.fill();
  }

  circle(x, y, r, {fill = null, stroke = null, width = 1, alpha = 1} = {}) {
    const context = this.context;
    context.globalAlpha = alpha;
    context.beginPath();
    context.arc(x, y, r, 0, 2 * Math.PI);
    if (fill) {
      context.fillStyle = fill;
      context.fill();
    }
    if (stroke) {
      context.setLineDash([]);
      context.strokeStyle = stroke;
      context.lineWidth = width;
      context.stroke();
    }
  }

  rect(x, y, w, h, {fill = null, stroke = null, alpha = 1} = {}) {
    this.context.globalAlpha = alpha;
    if (fill) {
      this.context.fillStyle = fill;
      this.context.fillRect(x, y, w, h);
    }
    if (stroke) {
      this.context.setLineDash([]);
      this.context.lineWidth = 1;
      this.context.strokeStyle = stroke;
      this.context.strokeRect(x, y, w, h);
    }
  }

  text(
      x, y, text,
      {size = 11, anchor = 'start', baseline = 'alphabetic', fill = theme.muted, weight = 400, turn = 0} = {}) {
    const context = this.context;
    context.save();
    context.globalAlpha = 1;
    context.font = `${weight} ${size}px ${theme.font}`;
    context.textAlign = anchor === 'middle' ? 'center' : anchor;
    context.textBaseline = baseline;
    context.fillStyle = fill;
    context.translate(x, y);
    context.rotate((turn * Math.PI) / 180);
    context.fillText(text, 0, 0);
    context.restore();
  }
}

class SvgSurface {
  constructor(width, height, title) {
    this.root =
        this.element('svg', {viewBox: `0 0 ${width} ${height}`, width, height, 'font-family': theme.font, role: 'img'});
    this.root.append(Object.assign(this.element('title'), {textContent: title}));
    this.rect(0, 0, width, height, {fill: theme.card});
  }

  element(tag, attributes = {}) {
    const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== null && value !== undefined)
        element.setAttribute(name, typeof value === 'number' ? Number(value.toFixed(2)) : value);
    }
    return element;
  }

  line(points, {stroke = theme.ink, width = 1, alpha = 1, dash = [], row = null, kind = null} = {}) {
    let path = '';
    let isDown = false;
    for (let i = 0; i < points.length; i += 2) {
      if (Number.isNaN(points[i + 1])) {
        isDown = false;
        continue;
      }
      path += `${isDown ? 'L' : 'M'}${points[i].toFixed(1)} ${points[i + 1].toFixed(1)}`;
      isDown = true;
    }
    this.root.append(this.element('path', {
      d: path,
      fill: 'none',
      stroke,
      'stroke-width': width,
      'stroke-opacity': alpha === 1 ? null : alpha,
      'stroke-dasharray': dash.length ? dash.join(' ') : null,
      'stroke-linejoin': 'round',
      class: kind,
      'data-trial': row === null ? null : String(raw.numbers[row])
    }));
  }

  area(polygons, {fill, alpha = 1, kind = null} = {}) {
    const d = polygons.map((polygon) => `M${polygon.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')}Z`).join('');
    this.root.append(this.element('path', {d, fill, opacity: alpha === 1 ? null : alpha, class: kind}));
  }

  circle(x, y, r, {fill = null, stroke = null, width = 1, alpha = 1, row = null, kind = null} = {}) {
    this.root.append(this.element('circle', {
      cx: x,
      cy: y,
      r,
      fill: fill || 'none',
      stroke,
      'stroke-width': stroke ? width : null,
      opacity: alpha === 1 ? null : alpha,
      class: kind,
      'data-trial': row === null ? null : String(raw.numbers[row])
    }));
  }

  rect(x, y, width, height, {fill = null, stroke = null, alpha = 1, kind = null} = {}) {
    this.root.append(this.element(
        'rect', {x, y, width, height, fill: fill || 'none', stroke, opacity: alpha === 1 ? null : alpha, class: kind}));
  }

  text(
      x, y, text,
      {size = 11, anchor = 'start', baseline = 'alphabetic', fill = theme.muted, weight = 400, turn = 0} = {}) {
    const element = this.element('text', {
      x,
      y,
      'font-size': size,
      'text-anchor': anchor,
      fill,
      'font-weight': weight,
      'dominant-baseline': baseline === 'middle' ? 'central' :
          baseline === 'top'                     ? 'hanging' :
                                                   'alphabetic',
      transform: turn ? `rotate(${turn} ${x.toFixed(1)} ${y.toFixed(1)})` : null
    });
    element.textContent = text;
    this.root.append(element);
  }

  toString() {
    return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(this.root)}\n`;
  }
}

// Text width on any surface, measured once by a canvas that is never shown.
const ruler = document.createElement('canvas').getContext('2d');
const textWidth = (text, size, weight = 400) => {
  ruler.font = `${weight} ${size}px ${theme.font}`;
  return ruler.measureText(text).width;
};
const fitText = (text, width, size, weight = 400) => {
  let fitted = text.length > 400 ? shorten(text, 400) : text;
  while (fitted.length > 2 && textWidth(fitted, size, weight) > width) {
    fitted = shorten(text, Math.max(2, Math.min(fitted.length - 1, Math.floor(fitted.length * 0.9))));
  }
  return fitted;
};
