// Answers: what was made of this list before? A table over a list is made when it is first asked for and lives as long as the list,
// so every cluster value that has the very same list has the same table.

/** @returns the function that gives what `make` makes of a list; made once for each list. */
export function tableOf<T extends object, Table>(make: (list: T) => Table): (list: T) => Table {
  const tables = new WeakMap<T, { readonly table: Table }>();
  return (list) => {
    const known = tables.get(list);
    if (known !== undefined) return known.table;
    const table = make(list);
    tables.set(list, { table });
    return table;
  };
}
