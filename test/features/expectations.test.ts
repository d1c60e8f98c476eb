// Files of expectations: what is read, what is complained of and where, and what meets an expectation.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkExpectations } from '../../src/cli/expectations';
import { checkExpectation, expectationTitle } from '../../src/features/expectations';
import { readExpectations } from '../../src/load/expectations';
import { createStore } from '../../src/load/store';
import { cluster, pod, policy } from '../policy/fixtures';
import { documents, readManifests } from '../support/manifests';

const file = 'net.podnet.yaml';

function complaints(text: string): readonly string[] {
  return readExpectations(file, text).problems.map(
    ({ message, at }) => `${at.line + 1}:${at.character + 1} ${message}`,
  );
}

describe('a file of expectations', () => {
  test('is a list of ends, ports and what is expected, each with its place', () => {
    const { expectations, problems } = readExpectations(
      file,
      `# who may talk
expectations:
  - { from: a/x, to: 'svc/a/db:5432', expect: reachable }
  - from: a/y
    to: a/x
    port: http
    protocol: udp
    expect: Unreachable
    why: nobody should
`,
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(
      expectations.map((each) => [expectationTitle(each), each.why, each.at.line, each.toAt.line]),
      [
        ['a/x to svc/a/db:5432: reachable', undefined, 2, 2],
        ['a/y to a/x:http (UDP): unreachable', 'nobody should', 3, 4],
      ],
    );
  });

  const faults: readonly (readonly [fact: string, entry: string, complaint: string])[] = [
    ['an end that is missing', '{ to: a/x, expect: reachable }', '2:5 expectations[0].from: Required value'],
    [
      'a key that there is not',
      '{ from: a/x, to: a/y, expect: reachable, prot: UDP }',
      '2:46 expectations[0].prot: there is no such key',
    ],
    [
      'another word than the two',
      '{ from: a/x, to: a/y, expect: yes }',
      '2:35 expectations[0].expect: Invalid value',
    ],
    ['no word at all', '{ from: a/x, to: a/y }', '2:5 expectations[0].expect: Required value'],
    [
      'a port out of range',
      '{ from: a/x, to: a/y, port: 70000, expect: reachable }',
      '2:33 expectations[0].port: a port is a number',
    ],
    [
      'a ping with a port',
      '{ from: a/x, to: a/y, port: 7, protocol: ICMP, expect: reachable }',
      '2:33 expectations[0].port: a ping has no port',
    ],
    ['text instead of an entry', 'a/x', '2:5 expectations[0]: Invalid value'],
  ];
  for (const [fact, entry, complaint] of faults)
    test(`${fact} is a complaint at its place, and the entries beside it count`, () => {
      const text = `expectations:\n  - ${entry}\n  - { from: a/x, to: a/y, expect: reachable }\n`;
      const [first, ...more] = complaints(text);
      assert.ok(first?.startsWith(complaint), first);
      assert.deepEqual(more, []);
      assert.equal(readExpectations(file, text).expectations.length, 1);
    });

  test('an empty list, a broken text and a template are said', () => {
    assert.match(
      complaints('expectation: []').join(),
      /1:1 expectation: there is no such key: use expectations/,
    );
    assert.match(complaints('{}').join(), /expectations: Required value/);
    assert.equal(complaints('expectations: [').length, 1);
    assert.match(complaints('expectations:\n  - {{ .x }}\n').join(), /actions are not read/);
    assert.deepEqual(complaints(''), []);
  });

  test('is no manifest: its problems are told once, and it has no objects', () => {
    const text = `# apiVersion and kind: as in manifests\nexpectations:\n  - { from: a/x, to: a/y, expect: no }\n`;
    const { problems, files } = createStore().apply([{ file: `app/${file}`, text }]);
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['expectation.invalid'],
    );
    assert.deepEqual(files, [{ file: `app/${file}`, role: 'other', objects: 0 }]);
  });
});

describe('an expectation', () => {
  const closed = policy('a/closed', 'podSelector: { matchLabels: { app: x } }\npolicyTypes: [Ingress]');
  const service = `
apiVersion: v1
kind: Service
metadata: { namespace: a, name: both }
spec: { selector: {}, ports: [{ port: 80 }] }
`;
  const selecting = service.replace('selector: {}', 'selector: { part: of }');
  const parts = [
    pod('a/open', { labels: '{ part: of }', ips: ['10.244.1.8'] }),
    pod('a/shut', { labels: '{ part: of, app: x }', ips: ['10.244.1.9'] }),
  ];
  const world = readManifests({ 'app.yaml': documents(cluster, closed, selecting, ...parts) }).cluster;
  const result = (entry: string): string => {
    const [expectation] = readExpectations(file, `expectations: [${entry}]`).expectations;
    assert.ok(expectation);
    const { outcome, message } = checkExpectation(world, expectation);
    return `${outcome} ${message}`.trim();
  };

  test('is met by its verdict alone', () => {
    assert.equal(result('{ from: a/x, to: a/y, port: 80, expect: reachable }'), 'met');
    assert.equal(result('{ from: a/y, to: a/x, port: 80, expect: unreachable }'), 'met');
    assert.match(
      result('{ from: a/y, to: a/x, port: 80, expect: reachable, why: the shop needs it }'),
      /^unmet Expected reachable \(the shop needs it\), found unreachable: Dropped by NetworkPolicy isolation/,
    );
  });

  test('is never met by Ambiguous, whatever is expected', () => {
    for (const expect of ['reachable', 'unreachable'])
      assert.match(
        result(`{ from: a/y, to: svc/a/both, expect: ${expect} }`),
        /^unmet .* found ambiguous, which meets no expectation: It depends on the endpoint/,
      );
  });

  test('is never met by what cannot be told, such as an end that is not there', () => {
    for (const expect of ['reachable', 'unreachable'])
      assert.match(
        result(`{ from: a/nobody, to: a/x, port: 80, expect: ${expect} }`),
        /^unmet .* found undetermined, which meets no expectation/,
      );
  });

  test('with an end that has no form, or two ports, is invalid at that place', () => {
    assert.match(
      result("{ from: 'a//x', to: a/x, expect: reachable }"),
      /^invalid from: "a\/\/x" names no end\. Write/,
    );
    assert.match(
      result("{ from: 'a/x:80', to: a/y, expect: reachable }"),
      /^invalid from: a source has no port/,
    );
    assert.match(
      result("{ from: a/x, to: 'a/y:80', port: 81, expect: reachable }"),
      /^invalid port: 81 contradicts a\/y:80/,
    );
  });

  test('that is not met is a problem with its trace, beside those that are', () => {
    const text = `expectations:
  - { from: a/x, to: a/y, port: 80, expect: reachable }
  - { from: a/y, to: a/x, port: 80, expect: reachable }
  - { from: '', to: a/x, expect: reachable }
`;
    const checked = checkExpectations(world, [
      { file, text },
      { file: 'app.yaml', text: 'expectations: [1]' },
    ]);
    assert.deepEqual([checked.all, checked.met], [2, 1]);
    assert.deepEqual(
      checked.problems.map(({ code, at }) => `${code} ${at.file}:${at.line + 1}`),
      [`expectation.unmet ${file}:3`],
    );
    assert.match(checked.traces, /^a\/y to a\/x:80: reachable\nUnreachable/);
  });
});
