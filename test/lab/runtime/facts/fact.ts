// Answers: do the kernel and the product say the same? A fact is one statement about one pod, in the product's words: those that
// the product shows, and those that follow from what was measured. They agree only when the texts are equal.

export interface Fact {
  /** `plain`, the pod of pods.yaml. */
  readonly pod: string;
  /** What is stated, e.g. `Network (net)`. */
  readonly subject: string;
  readonly kernel: string;
  readonly product: string;
}

export function agrees({ kernel, product }: Fact): boolean {
  return kernel === product;
}

/** A fact that the product states as a part of a longer text: it agrees when the text has the measured words in it. */
export function claim(pod: string, subject: string, kernel: string, text: string): Fact {
  return {
    pod,
    subject,
    kernel,
    product: kernel !== '' && text.includes(kernel) ? kernel : text || 'says nothing of it',
  };
}

/** One line a fact, grouped by pod; a disagreement shows both sides. Last line: `agree N of N`. */
export function factTable(facts: readonly Fact[]): string {
  const width = Math.max(...facts.map(({ subject }) => subject.length));
  const lines: string[] = [];
  let pod = '';
  for (const fact of facts) {
    if (fact.pod !== pod) lines.push('', fact.pod);
    pod = fact.pod;
    const subject = fact.subject.padEnd(width);
    if (agrees(fact)) lines.push(`  ok  ${subject}  ${fact.kernel}`);
    else
      lines.push(
        `  NO  ${subject}  kernel:  ${fact.kernel}`,
        `      ${''.padEnd(width)}  product: ${fact.product}`,
      );
  }
  const agreeing = facts.filter(agrees).length;
  return [...lines, '', `agree ${agreeing} of ${facts.length}`].join('\n');
}
