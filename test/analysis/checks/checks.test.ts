// Checks of policies: each fires on what its rule is about and is silent on what looks alike; places, fixes and options.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { checks } from '../../../src/analysis/checks/catalogue';
import type { Finding } from '../../../src/analysis/checks/finding';
import { checkCluster, checkInSteps } from '../../../src/analysis/checks/run';
import { checkReport, checkReportSarif, checkReportText } from '../../../src/features/checkReport';
import { checkLines, checksPage } from '../../../src/features/checksPage';
import { withoutIgnored } from '../../../src/features/ignoreComments';
import { emptyCluster } from '../../../src/model/cluster';
import type { AdminPolicy, RuleAction } from '../../../src/model/policy';
import { everything, selectorFromLabels } from '../../../src/model/selector';
import { assertGolden } from '../../support/golden';
import { documents, readManifests } from '../../support/manifests';
import { pod, policy } from '../../policy/fixtures';
import { cases } from './cases';

function findingsOf(manifests: string): readonly Finding[] {
  const { cluster, problems } = readManifests({ 'app.yaml': manifests });
  assert.deepEqual(problems, []);
  return checkCluster(cluster);
}

describe('checks of policies', () => {
  for (const { fact, manifests, finds } of cases) {
    test(fact, () => {
      const found = findingsOf(manifests);
      assert.deepEqual(
        found.map(({ code, severity }) => `${code} ${severity}`),
        finds.map((each) => each.split(' ').slice(0, 2).join(' ')),
        found.map(({ message }) => message).join('\n'),
      );
      for (const [index, each] of finds.entries()) {
        const words = each.split(' ').slice(2).join(' ');
        assert.ok(found[index]?.message.includes(words), `${found[index]?.message ?? ''} says ${words}`);
      }
    });
  }

  test('every check fires in some case and is silent in another', () => {
    const fired = new Set(cases.flatMap(({ finds }) => finds.map((each) => each.split(' ')[0] ?? '')));
    const others = checks.filter(({ code }) => !fired.has(code)).map(({ code }) => code);
    // Priorities belong to admin policies, which have cases of their own below.
    assert.deepEqual(others, ['policy.priority-tie']);
    for (const { code } of checks)
      assert.ok(
        cases.some(({ finds }) => !finds.some((each) => each.startsWith(code))),
        code,
      );
  });

  test('codes are unique, and each check has words and a source', () => {
    assert.equal(new Set(checks.map(({ code }) => code)).size, checks.length);
    for (const { code, title, documentation, source } of checks) {
      assert.match(code, /^policy\.[a-z-]+$/);
      assert.ok(title.length > 10 && documentation.length > 80 && source.length > 10, code);
    }
  });
});

describe('places of findings', () => {
  const text = documents(
    pod('shop/web', { labels: '{ app: web }' }),
    policy(
      'shop/p',
      'podSelector: { matchLabels: { app: web } }\ningress:\n- from:\n  - podSelector: { matchLabels: { app: x } }\n  ports: [{ port: 81 }]',
    ),
  );
  const lines = text.split('\n');

  test('a peer is shown at its entry, a port at its own', () => {
    const found = findingsOf(text);
    assert.deepEqual(
      found.map(({ code, at }) => [code, lines[at.line]?.trim()]),
      [
        ['policy.empty-peer', '- podSelector: { matchLabels: { app: x } }'],
        ['policy.undeclared-port', 'ports: [{ port: 81 }]'],
      ],
    );
  });

  test('only what is looked at is checked', () => {
    const { cluster } = readManifests({
      'a.yaml': text,
      'b.yaml': policy('shop/q', 'podSelector: { matchLabels: { app: z } }'),
    });
    const files = checkCluster(cluster, { files: new Set(['b.yaml']) }).map(({ at }) => at.file);
    assert.deepEqual(files, ['b.yaml']);
  });

  test('a check is turned off or given another severity by its code', () => {
    const { cluster } = readManifests({ 'a.yaml': text });
    const severities = { 'policy.empty-peer': 'off', 'policy.undeclared-port': 'error' } as const;
    const found = checkCluster(cluster, { severities });
    assert.deepEqual(
      found.map(({ code, severity }) => [code, severity]),
      [['policy.undeclared-port', 'error']],
    );
  });

  test('the work is cut in a step for each policy and namespace', () => {
    const { cluster } = readManifests({ 'a.yaml': text });
    let steps = 0;
    for (const work = checkInSteps(cluster); work.next().done !== true;) steps++;
    assert.equal(steps, cluster.policies.length + 1);
  });
});

describe('comments that turn findings off', () => {
  const at = (line: number): Finding['at'] => ({
    file: 'a',
    document: 0,
    line,
    character: 0,
    endLine: line,
    endCharacter: 1,
  });
  const found = [
    { code: 'policy.no-dns', at: at(3) },
    { code: 'policy.redundant', at: at(3) },
  ];
  const left = (text: string): readonly string[] => withoutIgnored(text, found).map(({ code }) => code);

  test('on the line, in the lines above it, and at the head of the document', () => {
    for (const text of [
      'a\nb\nc\nd # podnet-ignore: policy.no-dns\n',
      'a\n# podnet-ignore: policy.no-dns\n# why\nd\n',
      '# podnet-ignore: policy.x, policy.no-dns\na\nb\nd\n',
      '---\n# podnet-ignore: policy.no-dns\na\nd\n',
    ])
      assert.deepEqual(left(text), ['policy.redundant'], text);
  });

  test('not elsewhere, not for other codes; all is every code', () => {
    assert.deepEqual(left('a\n# podnet-ignore: policy.no-dns\nb\nd\n').length, 2);
    assert.deepEqual(left('# podnet-ignore: policy.no-dns\na\n---\nd\n').length, 2);
    assert.deepEqual(left('a\nb\nc\nd # podnet-ignore: policy.no-dnsx\n').length, 2);
    assert.deepEqual(left('a\nb\n# podnet-ignore: all\nd\n'), []);
  });
});

describe('admin policies', () => {
  const place: Finding['at'] = {
    file: 'admin.yaml',
    document: 0,
    line: 0,
    character: 0,
    endLine: 0,
    endCharacter: 1,
  };
  const admin = (name: string, action: RuleAction, more: Partial<AdminPolicy> = {}): AdminPolicy => ({
    kind: 'AdminNetworkPolicy',
    namespace: '',
    name,
    tier: 'admin',
    priority: 5,
    subject: { namespaceSelector: everything, at: place },
    ingress: [
      {
        index: 0,
        action,
        peers: [{ kind: 'pods', namespaceSelector: everything, at: place }],
        ports: [],
        at: place,
      },
    ],
    egress: [],
    at: place,
    nameAt: place,
    ...more,
  });
  const { cluster } = readManifests({ 'a.yaml': pod('shop/web', { labels: '{ app: web }' }) });
  const codes = (...adminPolicies: readonly AdminPolicy[]): readonly string[] =>
    checkCluster({ ...cluster, adminPolicies }).map(({ code }) => code);

  test('equal priorities with opposing actions on the same pods have no defined order', () => {
    assert.deepEqual(codes(admin('a', 'Allow'), admin('b', 'Deny')), ['policy.priority-tie']);
  });

  test('no tie: another priority, another tier, the same action, other pods, another direction', () => {
    const rules = admin('b', 'Deny').ingress;
    for (const other of [
      admin('b', 'Deny', { priority: 6 }),
      admin('b', 'Deny', { kind: 'ClusterNetworkPolicy', tier: 'baseline' }),
      admin('b', 'Allow'),
      admin('b', 'Deny', { ingress: [], egress: rules }),
    ])
      assert.deepEqual(codes(admin('a', 'Allow'), other), [], JSON.stringify(other));
    const elsewhere = {
      namespaceSelector: everything,
      podSelector: selectorFromLabels({ app: 'x' }),
      at: place,
    };
    assert.deepEqual(codes(admin('a', 'Allow'), admin('b', 'Deny', { subject: elsewhere })), [
      'policy.selects-nothing',
    ]);
  });

  test('a subject and a peer that nobody matches are found', () => {
    const peer = {
      kind: 'pods',
      namespaceSelector: everything,
      podSelector: selectorFromLabels({ app: 'y' }),
      at: place,
    } as const;
    const rule = { index: 0, action: 'Deny', peers: [peer], ports: [], at: place } as const;
    assert.deepEqual(codes(admin('a', 'Deny', { ingress: [rule] })), ['policy.empty-peer']);
  });
});

describe('bad and big input', () => {
  test('nothing at all is nothing to report', () => {
    assert.deepEqual(checkCluster(emptyCluster), []);
    assert.deepEqual(
      findingsOf(policy('shop/p', '{}')).map(({ code }) => code),
      ['policy.no-pods-here'],
    );
    assert.equal(checkReportText(checkReport([])), 'Nothing to report.\n');
  });

  test('ten thousand policies in a file, and selectors with a hundred expressions, are all checked', () => {
    const hundred = Array.from(
      { length: 100 },
      (_, each) => `{ key: k${each}, operator: NotIn, values: [a, b] }`,
    );
    const many = Array.from({ length: 10_000 }, (_, each) =>
      policy(
        `shop/p${each}`,
        each % 100 === 0
          ? `podSelector: { matchExpressions: [${hundred.join(', ')}] }`
          : `podSelector: { matchLabels: { app: web, n: "${each % 50}" } }\ningress: [{ from: [{ podSelector: { matchLabels: { app: x${each} } } }] }]`,
      ),
    );
    const pods = Array.from({ length: 200 }, (_, each) =>
      pod(`shop/web-${each}`, { labels: `{ app: web, n: "${each % 40}" }` }),
    );
    const { cluster } = readManifests({ 'a.yaml': documents(...pods, ...many) });
    assert.equal(cluster.policies.length, 10_000);
    const found = checkCluster(cluster);
    const count = (code: string): number => found.filter((each) => each.code === code).length;
    // Numbers 40 to 49 of 50 are no pod's: a fifth of the policies with labels.
    assert.equal(count('policy.selects-nothing'), 2000);
    assert.equal(count('policy.empty-peer'), 9900);
  });
});

describe('what is printed', () => {
  test('media/checks.md is what the catalogue says', () => {
    if (process.env['UPDATE_GOLDEN'] === '1') {
      // Written by `npm run accept`, like golden files.
      assertGolden('../../media/checks.md', checksPage());
    }
    assert.equal(readFileSync('media/checks.md', 'utf8'), checksPage());
    const lines = checksPage().split('\n');
    for (const { code } of checks) assert.equal(lines[(checkLines().get(code) ?? 0) - 1], `## ${code}`);
  });

  test('the sample cluster', () => {
    const files = Object.fromEntries(
      readdirSync('media/sample').map((name) => [name, readFileSync(`media/sample/${name}`, 'utf8')]),
    );
    const report = checkReport(checkCluster(readManifests(files).cluster));
    assertGolden('check/sample.txt', checkReportText(report));
  });

  test('a cluster with every kind of slip, as JSON, text and SARIF', () => {
    const text = documents(
      pod('shop/web', { labels: '{ app: web }' }),
      policy(
        'shop/p',
        'podSelector: { matchLabels: { app: web } }\npolicyTypes: [Egress]\ningress: [{}]\negress: [{ to: [{ podSelector: {} }] }, { to: [{ podSelector: {} }] }]',
      ),
    );
    const report = checkReport(findingsOf(text));
    assertGolden('check/slips.txt', checkReportText(report));
    assertGolden('check/slips.json', `${JSON.stringify(report, null, 2)}\n`);
    const sarif = JSON.stringify(checkReportSarif(report, '1.0.0'));
    for (const { code } of report.findings) assert.ok(sarif.includes(`"ruleId":"${code}"`), code);
  });
});
