// Answers: where was the reader? A new answer replaces the old one whole; keyboard focus and the scrolled lists are found again
// by their position in it, so that arrow keys through the ways and edits of a manifest move nobody.

const scrolled = '.ways-list, .table-scroll';

/** @returns what puts focus and scrolling back, once `root` has its new content. */
export function keepPlace(root: HTMLElement): () => void {
  const path = pathTo(root, document.activeElement);
  const tag = document.activeElement?.tagName;
  const offsets = [...root.querySelectorAll(scrolled)].map(({ scrollTop, scrollLeft }) => [
    scrollTop,
    scrollLeft,
  ]);
  return () => {
    for (const [index, list] of [...root.querySelectorAll(scrolled)].entries())
      list.scrollTo({ top: offsets[index]?.[0] ?? 0, left: offsets[index]?.[1] ?? 0, behavior: 'instant' });
    const again = path === undefined ? undefined : elementAt(root, path);
    if (!(again instanceof HTMLElement) || again.tagName !== tag) return;
    again.focus({ preventScroll: true });
    if (again instanceof HTMLInputElement) again.scrollIntoView({ block: 'nearest' });
  };
}

/** Positions among siblings, from `root` down; undefined when the element is not in it. */
function pathTo(root: Element, element: Element | null): readonly number[] | undefined {
  if (element === null || element === root || !root.contains(element)) return undefined;
  const path: number[] = [];
  for (let at = element; at !== root;) {
    const parent = at.parentElement;
    if (parent === null) return undefined;
    path.unshift([...parent.children].indexOf(at));
    at = parent;
  }
  return path;
}

function elementAt(root: Element, path: readonly number[]): Element | undefined {
  let at: Element | undefined = root;
  for (const index of path) at = at?.children[index];
  return at;
}
