const profile = JSON.parse(document.getElementById('profile').textContent);
const kernels = profile.kernels, total = profile.total;

// ---- Small helpers ------------------------------------------------------------------------------

const byId = id => document.getElementById(id);

// An element with attributes and children; texts go in as text, so no name can be markup.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}
function makeSvg(tag, attributes = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const none = '–';
const fixed = (value, digits) => value === null ? none : value.toFixed(digits);
const percent = value => value === null ? none : (100 * value).toFixed(1);
function time(ms) {
  return ms >= 1 ? `${ms.toFixed(2)} ms` : `${(ms * 1e3).toFixed(1)} µs`;
}
function memory(bytes) {
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(2)} MB`;
  return bytes >= 1e3 ? `${(bytes / 1e3).toFixed(1)} KB` : `${bytes} B`;
}
const opsOf = kernel => kernel.ops.join(' + ');
const titleOf = kernel => kernel.layer ? `${kernel.layer}: ${opsOf(kernel)}` : opsOf(kernel);
const parametersOf = kernel => Object.entries(kernel.schedule).filter(([, value]) => value !== 0)
  .map(([name, value]) => `${name.replaceAll('_', ' ')} ${value}`).join(', ');
const placeOf = kernel => kernel.output === null ? memory(kernel.arena_offset) : `→ ${kernel.output}`;
// Texts in the graph do not wrap: the end of a long one says more than its beginning.
const cut = (text, most) => text.length <= most ? text : '…' + text.slice(text.length - most + 1);

const shareOf = new Map();
for (const kernel of kernels)
  shareOf.set(kernel.algorithm, (shareOf.get(kernel.algorithm) || 0) + kernel.share);
const algorithms = [...shareOf.keys()].sort((a, b) => shareOf.get(b) - shareOf.get(a));
const palette = ['#3b7dd8', '#e0912f', '#3fa66b', '#c5529a', '#8663d1', '#46a9b8', '#a3873f', '#d0564b'];
const colourOf = name => palette[algorithms.indexOf(name) % palette.length];

// ---- One kernel is chosen -----------------------------------------------------------------------

let chosen = -1;

function choose(index, scroll) {
  chosen = index;
  for (const element of document.querySelectorAll('.chosen')) element.classList.remove('chosen');
  byId('details').hidden = index < 0;
  if (index < 0) return;
  for (const element of document.querySelectorAll(
         `[data-kernel="${index}"], [data-from="${index}"], [data-to="${index}"]`))
    element.classList.add('chosen');
  if (scroll) showNode(index);
  const kernel = kernels[index];
  const rows = [
    ['time', time(kernel.least_ms)], ['median', time(kernel.median_ms)],
    ['share', `${percent(kernel.share)} %`],
    ['GFLOP/s', fixed(kernel.gflops, 1)], ['of the peak', `${percent(kernel.peak_share)} %`],
    ['multiply-adds', kernel.multiply_adds.toLocaleString('en')],
    ['moved', `${memory(kernel.bytes)}, ${fixed(kernel.gbytes_per_s, 1)} GB/s`],
    ['weights', memory(kernel.weight_bytes)], ['scratch', memory(kernel.scratch_bytes)],
    ['result', `${kernel.result.shape.join(' × ')} ${kernel.result.type}`],
    ['place', kernel.output === null ? `arena at ${placeOf(kernel)}` : placeOf(kernel)],
    [kernel.algorithm, parametersOf(kernel)],
  ];
  const button = (label, text, to) => {
    const element = make('button', {type: 'button', 'aria-label': label}, text);
    element.addEventListener('click', () => choose(to, true));
    return element;
  };
  const count = kernels.length;
  byId('details').replaceChildren(
    make('div', {class: 'head'},
         make('h3', {}, `${index + 1} · ${titleOf(kernel)}`),
         button('previous kernel', '‹', (index + count - 1) % count),
         button('next kernel', '›', (index + 1) % count), button('close', '×', -1)),
    make('dl', {}, ...rows.map(([name, value]) => make('div', {}, make('dt', {}, name), make('dd', {}, value)))));
}

document.addEventListener('keydown', event => {
  if (event.key === 'Escape') choose(-1);
  const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
  if (!step || event.target.closest('.scroll')) return;
  choose((chosen + step + (chosen < 0 && step < 0 ? 1 : 0) + kernels.length) % kernels.length, true);
  event.preventDefault();
});

// Scrolls the graph, and nothing else, to a node.
function showNode(index) {
  const graph = byId('graph'), node = graph.querySelector(`[data-kernel="${index}"]`);
  const box = node.getBoundingClientRect(), frame = graph.getBoundingClientRect();
  graph.scrollTop += box.top + box.height / 2 - frame.top - frame.height / 2;
  graph.scrollLeft += box.left + box.width / 2 - frame.left - frame.width / 2;
}

// ---- Summary ------------------------------------------------------------------------------------

function drawSummary() {
  const sizes = Object.entries(profile.sizes).map(([name, value]) => `${name} = ${value}`);
  document.title = `${profile.network}: cnnc profile`;
  byId('network').textContent = profile.network;
  byId('conditions').textContent = [
    ...sizes, `${profile.threads} ${profile.threads === 1 ? 'thread' : 'threads'}`,
    `${profile.rounds} ${profile.rounds === 1 ? 'round' : 'rounds'}`, profile.target, profile.cpu,
  ].join(' · ');
  const figures = [
    [time(total.least_ms), `a run; median ${time(total.median_ms)}`],
    [`${fixed(total.gflops, 1)} GFLOP/s`,
     profile.peak_gflops === null ? 'peak unknown'
                                  : `${percent(total.peak_share)} % of the peak, ${profile.peak_gflops.toFixed(0)}`],
    [`${kernels.length}`, kernels.length === 1 ? 'kernel call' : 'kernel calls'],
    [memory(total.arena_bytes),
     total.arena_ratio === null
         ? 'arena'
         : `arena; ${total.arena_ratio.toFixed(2)} × the least possible, ${memory(total.arena_lower_bound_bytes)}`],
    [memory(total.workspace_bytes), 'workspace'],
    [memory(total.weight_bytes), 'weights'],
  ];
  byId('figures').replaceChildren(...figures.map(
    ([value, name]) => make('div', {class: 'figure'}, make('b', {}, value), make('span', {}, name))));
}

// ---- Timeline -----------------------------------------------------------------------------------

function drawTimeline() {
  const width = 1000, svg = makeSvg('svg', {viewBox: `0 0 ${width} 56`, preserveAspectRatio: 'none'});
  let begin = 0;
  const begins = kernels.map((kernel, i) => {
    const x = begin * width;
    svg.append(makeSvg('rect', {x, y: 0, width: kernel.share * width, height: 56,
                                fill: colourOf(kernel.algorithm), 'data-kernel': i},
                       makeSvg('title', {}, `${titleOf(kernel)}, ${time(kernel.least_ms)}`)));
    begin += kernel.share;
    return x;
  });
  const chooseAt = event => {
    const box = svg.getBoundingClientRect(), x = (event.clientX - box.left) / box.width * width;
    const index = begins.filter(from => from <= x).length - 1;
    if (index >= 0 && index !== chosen) choose(index, true);
  };
  svg.addEventListener('pointerdown', chooseAt);
  svg.addEventListener('pointermove', chooseAt);
  byId('timeline').replaceChildren(svg);
  byId('legend').replaceChildren(...algorithms.map(name => {
    const mark = make('i');
    mark.style.background = colourOf(name);
    return make('li', {}, mark, `${name} ${percent(shareOf.get(name))} %`);
  }));
}

// ---- Graph --------------------------------------------------------------------------------------

const phone = matchMedia('(max-width: 480px)');

function drawGraph() {
  const narrow = phone.matches; // Two kernels beside each other fit.
  const width = narrow ? 140 : 208, height = narrow ? 58 : 42, gap = 24, inputs = profile.inputs;
  const outputs = kernels.flatMap((kernel, i) => kernel.output === null ? [] : [i]);
  const firstOutput = inputs.length + kernels.length;
  const nodes = [
    ...inputs.map(() => ({width: 110, reads: []})),
    ...kernels.map(kernel => ({
      width,
      reads: [...kernel.reads.map(i => inputs.length + i), ...kernel.reads_inputs.map(name => inputs.indexOf(name))],
    })),
    ...outputs.map(i => ({width: 110, reads: [inputs.length + i]})),
  ];
  const places = layOut(nodes, height, gap);
  const svg = makeSvg('svg', {width: places.width, height: places.height});
  for (const {from, to, points} of places.edges) {
    const edge = {d: pathOf(points), 'data-from': from - inputs.length};
    if (to < firstOutput) edge['data-to'] = to - inputs.length;
    svg.append(makeSvg('path', edge));
  }
  const hottest = Math.max(...kernels.map(kernel => kernel.share));
  places.nodes.forEach(({x, y}, i) => {
    const left = x - nodes[i].width / 2, index = i - inputs.length;
    const box = {x: left, y, width: nodes[i].width, height, rx: 6};
    if (index < 0 || i >= firstOutput) {
      const name = index < 0 ? inputs[i] : kernels[outputs[i - firstOutput]].output;
      svg.append(makeSvg('g', {class: 'node border'}, makeSvg('rect', {...box, class: 'box', rx: 20}),
                         makeSvg('text', {x, y: y + height / 2 + 4, 'text-anchor': 'middle'}, cut(name, 17))));
      return;
    }
    const kernel = kernels[index], heat = kernel.share / hottest;
    const ops = kernel.ops.join('+');
    const names = !kernel.layer ? [ops] : narrow ? [kernel.layer, ops] : [`${kernel.layer}: ${ops}`];
    const numbers = `${percent(kernel.share)} % · ${time(kernel.least_ms)}`;
    const firstLine = y + (height - 16 * names.length - 16) / 2 + 12;
    const group = makeSvg(
      'g', {class: 'node', 'data-kernel': index},
      makeSvg('rect', {...box, class: 'box'}),
      makeSvg('rect', {...box, class: 'heat', 'fill-opacity': heat.toFixed(3)}),
      makeSvg('rect', {x: left, y: y + 6, width: 4, height: height - 12, fill: colourOf(kernel.algorithm)}),
      ...names.map((name, line) =>
        makeSvg('text', {x: left + 10, y: firstLine + 16 * line}, cut(name, narrow ? 18 : 28))),
      makeSvg('text', {x: left + 10, y: firstLine + 16 * names.length, class: 'second'},
              narrow ? numbers : `${numbers} · ${kernel.algorithm}`));
    group.addEventListener('click', () => choose(index));
    svg.append(group);
  });
  byId('graph').replaceChildren(svg);
  byId('graph').scrollLeft = places.nodes[0].x - byId('graph').clientWidth / 2;
}

// ---- Table --------------------------------------------------------------------------------------

// Heading, unit, what is sorted by, what is shown.
const columns = [
  ['layer: ops', '', (kernel, i) => i, kernel => titleOf(kernel)],
  ['schedule', '', kernel => `${kernel.algorithm} ${parametersOf(kernel)}`],
  ['least', 'µs', kernel => kernel.least_ms, kernel => fixed(kernel.least_ms * 1e3, 1)],
  ['median', 'µs', kernel => kernel.median_ms, kernel => fixed(kernel.median_ms * 1e3, 1)],
  ['share', '%', kernel => kernel.share, kernel => percent(kernel.share)],
  ['speed', 'GFLOP/s', kernel => kernel.gflops, kernel => fixed(kernel.gflops, 1)],
  ['peak', '%', kernel => kernel.peak_share, kernel => percent(kernel.peak_share)],
  ['moved', 'MB', kernel => kernel.bytes, kernel => fixed(kernel.bytes / 1e6, 2)],
  ['', 'GB/s', kernel => kernel.gbytes_per_s, kernel => fixed(kernel.gbytes_per_s, 1)],
  ['scratch', 'KB', kernel => kernel.scratch_bytes, kernel => fixed(kernel.scratch_bytes / 1e3, 1)],
  ['place', 'arena KB', kernel => kernel.output === null ? kernel.arena_offset : Infinity,
   kernel => kernel.output === null ? fixed(kernel.arena_offset / 1e3, 1) : placeOf(kernel)],
];
let sorted = {column: 0, down: false};

function drawRows() {
  const [, , key] = columns[sorted.column];
  const order = kernels.map((kernel, i) => ({kernel, i, key: key(kernel, i)}));
  order.sort((a, b) => {
    if (a.key === b.key) return a.i - b.i;
    if (a.key === null || b.key === null) return a.key === null ? 1 : -1; // Nothing comes last.
    return (a.key < b.key ? -1 : 1) * (sorted.down ? -1 : 1);
  });
  byId('kernels').tBodies[0].replaceChildren(...order.map(({kernel, i}) => {
    const row = make('tr', {'data-kernel': i}, ...columns.map(
      ([, , key, show = key]) => make('td', {}, String(show(kernel, i)))));
    const bar = make('span', {class: 'bar'});
    bar.style.width = `${100 * kernel.share / Math.max(...kernels.map(k => k.share))}%`;
    row.cells[0].append(bar);
    row.classList.toggle('chosen', i === chosen);
    row.addEventListener('click', () => choose(i, true));
    return row;
  }));
  [...byId('kernels').tHead.rows[0].cells].forEach((cell, i) => cell.setAttribute(
    'aria-sort', i !== sorted.column ? 'none' : sorted.down ? 'descending' : 'ascending'));
}

function drawTable() {
  const table = byId('kernels');
  table.tHead.replaceChildren(make('tr', {}, ...columns.map(([name, unit], i) => {
    const button = make('button', {type: 'button'}, name || ' ', make('small', {}, unit || ' '));
    button.addEventListener('click', () => {
      // Numbers are first sorted with the largest on top.
      sorted = {column: i, down: sorted.column === i ? !sorted.down : i > 1};
      drawRows();
    });
    return make('th', {scope: 'col'}, button);
  })));
  const gflops = total.gflops === null ? null : total.multiply_adds * 2 / total.kernels_least_ms / 1e6;
  const peak = gflops === null || profile.peak_gflops === null ? null : gflops / profile.peak_gflops;
  table.tFoot.replaceChildren(make('tr', {}, ...[
    `all ${kernels.length} kernels`, '', fixed(total.kernels_least_ms * 1e3, 1),
    fixed(total.kernels_median_ms * 1e3, 1), '100.0', fixed(gflops, 1), percent(peak),
    fixed(total.bytes / 1e6, 2), fixed(total.bytes / 1e6 / total.kernels_least_ms, 1), '', '',
  ].map(text => make('td', {}, text))));
  drawRows();
}

drawSummary();
drawTimeline();
drawGraph();
phone.addEventListener('change', () => {
  drawGraph();
  choose(chosen);
});
drawTable();
