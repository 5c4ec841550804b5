/** The few things that the page does to its document. Text is only ever set as text. */

export const byId = (id) => document.getElementById(id);

/** What stays the same is not touched, so nothing flickers and no screen reader is told twice. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function element(name, { text, ...attributes } = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== null) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  node.append(...children);
  return node;
}

/**
 * Keeps one child of `parent` for each item, by key, in the order of the items; children stay the same nodes as long as their item stays.
 * `make` builds a child, `fill` writes an item into it.
 */
export function keep(parent, items, { key, make, fill }) {
  const known = (parent.known ??= new Map());
  const wanted = new Set(items.map(key));
  for (const [name, node] of known) {
    if (wanted.has(name)) continue;
    node.remove();
    known.delete(name);
  }
  items.forEach((item, index) => {
    const name = key(item);
    let node = known.get(name);
    if (!node) known.set(name, (node = make(item)));
    if (parent.children[index] !== node) parent.insertBefore(node, parent.children[index] ?? null);
    fill(node, item);
  });
}
