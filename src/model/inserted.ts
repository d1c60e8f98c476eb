// Answers: how is a value made once for each key? Tables that grow as they are asked are everywhere in the analysis of clusters.

/** @returns the value of the key, made and kept when it is first asked for. */
export function inserted<K, V>(map: Map<K, V>, key: K, make: (key: K) => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make(key);
  map.set(key, made);
  return made;
}
