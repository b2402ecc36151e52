'use strict';

// The places of a graph's nodes and the routes of its edges, from the top down.
//
//   1. A node lies one layer below the lowest that it reads from.
//   2. An edge that passes layers gets a point in each, so that it goes around their nodes.
//   3. Sweeping down and up, each layer is put in the order of the mean of its neighbours ...
//   4. ... and then moved to that mean as far as the distances between neighbours allow.
//
// `nodes` are {width, reads: [index]}, each after all that it reads. Returns {nodes: [{x, y}] (the
// middle of the top), edges: [{from, to, points: [[x, y]]}], width, height}.
function layOut(nodes, height, gap) {
  const laneWidth = 14, margin = 12;
  const items = nodes.map((node, i) => ({width: node.width, layer: 0, above: [], below: [], node: i}));
  const edges = [];
  nodes.forEach((node, i) => {
    for (const from of node.reads) items[i].layer = Math.max(items[i].layer, items[from].layer + 1);
  });
  // What nobody computes stands right above its first reader.
  nodes.forEach((node, i) => {
    if (node.reads.length) return;
    const readers = nodes.flatMap((other, j) => other.reads.includes(i) ? [items[j].layer] : []);
    if (readers.length) items[i].layer = Math.max(0, Math.min(...readers) - 1);
  });
  nodes.forEach((node, i) => node.reads.forEach(from => {
    const edge = {from, to: i, chain: [items[from]]};
    for (let layer = items[from].layer + 1; layer < items[i].layer; ++layer) {
      const point = {width: laneWidth, layer, above: [], below: [], node: -1};
      items.push(point);
      edge.chain.push(point);
    }
    edge.chain.push(items[i]);
    for (let k = 1; k < edge.chain.length; ++k) {
      edge.chain[k].above.push(edge.chain[k - 1]);
      edge.chain[k - 1].below.push(edge.chain[k]);
    }
    edges.push(edge);
  }));

  const layers = [];
  for (const item of items) (layers[item.layer] = layers[item.layer] || []).push(item);
  const number = layer => layer.forEach((item, i) => { item.order = i; });
  layers.forEach(number);
  const mean = (list, key) => list.reduce((sum, item) => sum + item[key], 0) / list.length;
  const sweep = (order, side, visit) => order.forEach(layer => visit(layer, side));
  const reversed = layers.slice().reverse();
  for (let round = 0; round < 6; ++round) {
    const [order, side] = round % 2 ? [reversed, 'below'] : [layers, 'above'];
    sweep(order, side, layer => {
      for (const item of layer)
        item.wanted = item[side].length ? mean(item[side], 'order') : item.order;
      layer.sort((a, b) => a.wanted - b.wanted || a.order - b.order);
      number(layer);
    });
  }

  for (const layer of layers) placeInOrder(layer, () => 0, 16);
  // Below what it reads from. Beside a kernel, a long edge has no say: kernels stand in a line.
  const wish = (item, side) => {
    const kernels = item[side].filter(other => other.node >= 0);
    const all = kernels.length && item.node >= 0 ? kernels : item[side];
    return all.length ? mean(all, 'x') : item.x;
  };
  for (let round = 0; round < 9; ++round) {
    const [order, side] = round % 2 ? [reversed, 'below'] : [layers, 'above'];
    sweep(order, side, layer => placeInOrder(layer, item => wish(item, side), 16));
  }

  const left = Math.min(...items.map(item => item.x - item.width / 2)) - margin;
  const right = Math.max(...items.map(item => item.x + item.width / 2)) + margin;
  const top = item => margin + item.layer * (height + gap);
  return {
    nodes: nodes.map((_, i) => ({x: items[i].x - left, y: top(items[i])})),
    edges: edges.map(({from, to, chain}) => ({
      from, to,
      points: chain.flatMap((item, k) => {
        const ends = [];
        if (k > 0) ends.push([item.x - left, top(item)]);
        if (k < chain.length - 1) ends.push([item.x - left, top(item) + height]);
        return ends;
      }),
    })),
    width: right - left,
    height: margin * 2 + layers.length * (height + gap) - gap,
  };
}

// Moves the items of a layer, whose order stays, as near as possible (least squares) to where they
// want to be: those that would overlap form a block, which goes to the mean of its wishes. Points
// of long edges weigh little: they go around.
function placeInOrder(layer, wish, space) {
  const blocks = [];
  let offset = 0;
  layer.forEach((item, i) => {
    if (i > 0) offset += (layer[i - 1].width + item.width) / 2 + space;
    item.offset = offset;
    const weight = item.node < 0 ? 1e-4 : 1;
    let block = {items: [item], weight, sum: weight * (wish(item) - offset)};
    while (blocks.length && blocks[blocks.length - 1].sum / blocks[blocks.length - 1].weight >
                                block.sum / block.weight) {
      const before = blocks.pop();
      block = {items: before.items.concat(block.items), weight: before.weight + block.weight,
               sum: before.sum + block.sum};
    }
    blocks.push(block);
  });
  for (const block of blocks)
    for (const item of block.items) item.x = block.sum / block.weight + item.offset;
}

// The line through the points of an edge: upright along nodes, curved between layers.
function pathOf(points) {
  let text = `M${points[0][0].toFixed(1)},${points[0][1].toFixed(1)}`;
  for (let k = 1; k < points.length; ++k) {
    const [x0, y0] = points[k - 1], [x, y] = points[k], middle = ((y0 + y) / 2).toFixed(1);
    text += x0 === x ? `V${y.toFixed(1)}`
                     : `C${x0.toFixed(1)},${middle} ${x.toFixed(1)},${middle} ${x.toFixed(1)},${y.toFixed(1)}`;
  }
  return text;
}
