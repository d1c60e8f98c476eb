// Answers: what does `podnet trace --suggest` add? The proposal of Allow This Connection for the files that were read. Nothing is
// written: the patch is printed, for `git apply` or by hand.
import { proposeConnection, type NoProposal, type Proposal } from '../features/allowConnection';
import { parseText } from '../load/parse';
import { defaultSettings } from '../simulate/settings';
import { simulate } from '../simulate/simulate';
import type { TraceQuery } from '../trace/query';
import type { Input } from './input';

export function suggest({ store, cluster }: Input, query: TraceQuery): Promise<Proposal | NoProposal> {
  return proposeConnection({
    cluster,
    query,
    textOf: (file) => (file === '-' ? undefined : store.textOf(file)),
    parse: parseText,
    preview: (texts) => {
      const read = store.preview([...texts].map(([file, text]) => ({ file, text })));
      const made = simulate(read.cluster, defaultSettings, cluster);
      return Promise.resolve({ ...made.cluster, chosen: cluster.chosen });
    },
  });
}
