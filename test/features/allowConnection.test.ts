// Allow This Connection: which policy gets which rule, that exactly the wanted connection opens, and what is refused. Each proposal
// is read back: the text as it would be makes the trace Reachable.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openedConnections } from '../../src/analysis/openedConnections';
import { proposeConnection, type NoProposal, type Proposal } from '../../src/features/allowConnection';
import { proposalText } from '../../src/features/allowText';
import { unifiedDiff } from '../../src/features/unifiedDiff';
import { createStore } from '../../src/load/store';
import { parseText } from '../../src/load/parse';
import { defaultSettings } from '../../src/simulate/settings';
import { simulate } from '../../src/simulate/simulate';
import { parseEnd } from '../../src/trace/endText';
import { assertGolden } from '../support/golden';
import { documents, readManifests } from '../support/manifests';
import { cluster, hostPod, pod, policy } from '../policy/fixtures';

function deployment(
  key: string,
  more: { readonly labels?: string; readonly selector?: string; readonly spec?: string } = {},
): string {
  const [namespace = '', name = ''] = key.split('/');
  const { labels = `{ app: ${name} }`, selector = `{ app: ${name} }`, spec = '' } = more;
  return `
apiVersion: apps/v1
kind: Deployment
metadata: { namespace: ${namespace}, name: ${name} }
spec:
  selector: { matchLabels: ${selector} }
  template:
    metadata: { labels: ${labels} }
    spec: { containers: [{ name: app, ports: [{ name: http, containerPort: 8080 }] }]${spec} }
`;
}

const service = `
apiVersion: v1
kind: Service
metadata: { namespace: shop, name: db }
spec: { selector: { app: db }, ports: [{ port: 80, targetPort: http }] }
`;

type Files = Readonly<Record<string, string>>;

/** From `web` to the Service `db`, where no file can be changed. */
function proposeOfFixed(text: string): Promise<Proposal | NoProposal> {
  const store = createStore();
  store.apply([{ file: 'a.yaml', text }]);
  const { cluster } = simulate(store.current.cluster, defaultSettings);
  const [from, to] = [parseEnd(web), parseEnd('svc/shop/db')];
  assert.ok(from && to);
  return proposeConnection({
    cluster,
    query: { from: from.end, to: to.end, protocol: 'TCP' },
    textOf: () => undefined,
    parse: parseText,
    preview: () => Promise.resolve(cluster),
  });
}

async function propose(
  files: Files,
  from: string,
  to: string,
  protocol: 'TCP' | 'ICMP' = 'TCP',
): Promise<Proposal | NoProposal> {
  const store = createStore();
  store.apply(Object.entries(files).map(([file, text]) => ({ file, text })));
  const { cluster } = simulate(store.current.cluster, defaultSettings);
  const [source, destination] = [parseEnd(from), parseEnd(to)];
  assert.ok(source && destination);
  const revision = store.current;
  const proposal = await proposeConnection({
    cluster,
    query: { from: source.end, to: destination.end, port: destination.port, protocol },
    textOf: (file) => store.textOf(file),
    parse: parseText,
    preview: (texts) =>
      Promise.resolve(
        simulate(
          store.preview([...texts].map(([file, text]) => ({ file, text }))).cluster,
          defaultSettings,
          cluster,
        ).cluster,
      ),
  });
  assert.equal(store.current, revision, 'nothing is changed by asking');
  return proposal;
}

/** The proposal, after a look at what every proposal promises. */
async function proposed(files: Files, from: string, to: string): Promise<Proposal> {
  const proposal = await propose(files, from, to);
  if (proposal.kind === 'refused') assert.fail(proposal.reason);
  assert.equal(proposal.after.result, 'Reachable');
  const after = { ...files, ...Object.fromEntries(proposal.files.map((each) => [each.file, each.after])) };
  assert.deepEqual(readManifests(after).problems, []);
  for (const each of proposal.files) assert.equal(each.before, files[each.file]);
  return proposal;
}

async function refusal(
  files: Files,
  from: string,
  to: string,
  protocol: 'TCP' | 'ICMP' = 'TCP',
): Promise<string> {
  const proposal = await propose(files, from, to, protocol);
  if (proposal.kind !== 'refused') assert.fail(proposal.steps.join(' '));
  return proposal.reason;
}

const workloads = documents(deployment('shop/web'), deployment('shop/db'), service);
const denyAll = policy('shop/deny', 'podSelector: {}\npolicyTypes: [Ingress, Egress]');
const forDb = policy(
  'shop/db',
  'podSelector: { matchLabels: { app: db } }\ningress:\n- from: # friends\n  - podSelector: { matchLabels: { app: cron } }',
);
const web = 'Deployment/shop/web';

describe('the policy that is extended', () => {
  test('is one of the pods alone, with rules of the direction already; the port is that of the pod (rule E37)', async () => {
    const files = {
      'app.yaml': workloads,
      'db.yaml': forDb,
      'deny.yaml': policy('shop/deny', 'podSelector: {}'),
    };
    const { steps, files: changed, alsoOpens } = await proposed(files, web, 'svc/shop/db:80');
    assert.deepEqual(steps, ['NetworkPolicy shop/db gets an ingress rule from app=web on TCP 8080.']);
    assert.deepEqual(alsoOpens, []);
    assert.deepEqual(
      changed.map(({ file, after }) => [file, after]),
      [
        [
          'db.yaml',
          `${forDb}  - from:\n    - podSelector:\n        matchLabels:\n          app: web\n    ports:\n    - protocol: TCP\n      port: 8080\n`,
        ],
      ],
    );
  });

  test('is never one that selects others too: a new one is written behind it', async () => {
    const { steps, files, alsoOpens } = await proposed(
      { 'app.yaml': documents(workloads, policy('shop/deny', 'podSelector: {}')) },
      web,
      'svc/shop/db',
    );
    assert.deepEqual(steps, [
      'A new NetworkPolicy shop/db-from-web gives app=db an ingress rule from app=web on TCP 8080.',
    ]);
    assert.deepEqual(alsoOpens, []);
    assert.match(
      files[0]?.after ?? '',
      /---\napiVersion: networking\.k8s\.io\/v1\nkind: NetworkPolicy\nmetadata:\n {2}name: db-from-web\n {2}namespace: shop\n/,
    );
  });

  test('both sides are opened where both are isolated (rule E6)', async () => {
    const { steps, alsoOpens } = await proposed(
      { 'app.yaml': documents(workloads, denyAll) },
      web,
      'svc/shop/db',
    );
    assert.deepEqual(steps, [
      'A new NetworkPolicy shop/web-to-db gives app=web an egress rule to app=db on TCP 8080.',
      'A new NetworkPolicy shop/db-from-web gives app=db an ingress rule from app=web on TCP 8080.',
    ]);
    assert.deepEqual(alsoOpens, []);
  });

  test('in JSON stays JSON; a new one goes into a file of its own beside it', async () => {
    const json = (name: string, podSelector: unknown): string =>
      JSON.stringify(
        {
          apiVersion: 'networking.k8s.io/v1',
          kind: 'NetworkPolicy',
          metadata: { namespace: 'shop', name },
          spec: { podSelector },
        },
        undefined,
        2,
      );
    const own = await proposed(
      { 'app.yaml': workloads, 'p/db.json': json('db', { matchLabels: { app: 'db' } }) },
      web,
      'svc/shop/db',
    );
    const spec: unknown = JSON.parse(own.files[0]?.after ?? '');
    assert.deepEqual((spec as { spec: unknown }).spec, {
      podSelector: { matchLabels: { app: 'db' } },
      ingress: [
        {
          from: [{ podSelector: { matchLabels: { app: 'web' } } }],
          ports: [{ protocol: 'TCP', port: 8080 }],
        },
      ],
    });
    const all = await proposed(
      { 'app.yaml': workloads, 'p/deny.json': json('deny', {}) },
      web,
      'svc/shop/db',
    );
    assert.deepEqual(
      all.files.map(({ file, before }) => [file, before]),
      [['p/db-from-web.yaml', undefined]],
    );
  });
});

describe('the peer', () => {
  test('of another namespace is named by the name of the namespace too (rule E28)', async () => {
    const files = {
      'app.yaml': documents(deployment('front/web'), deployment('shop/db'), service),
      'db.yaml': forDb,
    };
    const { steps, files: changed } = await proposed(files, 'Deployment/front/web', 'svc/shop/db');
    assert.deepEqual(steps, [
      'NetworkPolicy shop/db gets an ingress rule from app=web of namespace front on TCP 8080.',
    ]);
    assert.match(
      changed[0]?.after ?? '',
      /- namespaceSelector:\n {8}matchLabels:\n {10}kubernetes\.io\/metadata\.name: front\n {6}podSelector:\n/,
    );
  });

  test('is named by all labels of the template when those it selects by choose others too', async () => {
    const twins = documents(
      deployment('shop/web', { labels: '{ app: web, tier: front }' }),
      deployment('shop/admin', { selector: '{ app: web, tier: back }', labels: '{ app: web, tier: back }' }),
      deployment('shop/db'),
      service,
    );
    const { steps, alsoOpens } = await proposed({ 'app.yaml': twins, 'db.yaml': forDb }, web, 'svc/shop/db');
    assert.deepEqual(steps, [
      'NetworkPolicy shop/db gets an ingress rule from app=web,tier=front on TCP 8080.',
    ]);
    assert.deepEqual(alsoOpens, []);
  });

  test('that labels cannot single out is refused, and who else has them is named', async () => {
    const twins = documents(
      deployment('shop/web'),
      deployment('shop/admin', { selector: '{ app: web }', labels: '{ app: web }' }),
      deployment('shop/db'),
      service,
    );
    assert.match(
      await refusal({ 'app.yaml': twins, 'db.yaml': forDb }, web, 'svc/shop/db'),
      /^The labels of Deployment shop\/web do not single it out: app=web also chooses Deployment shop\/admin\./,
    );
  });

  test('outside is a block of one address', async () => {
    const files = {
      'app.yaml': workloads,
      'p.yaml': policy(
        'shop/web',
        'podSelector: { matchLabels: { app: web } }\npolicyTypes: [Egress]\negress: []',
      ),
    };
    const { steps, files: changed, alsoOpens } = await proposed(files, web, '203.0.113.7:443');
    assert.deepEqual(steps, ['NetworkPolicy shop/web gets an egress rule to 203.0.113.7/32 on TCP 443.']);
    assert.deepEqual(alsoOpens, []);
    assert.ok(
      changed[0]?.after.includes(
        'egress: [{ to: [{ ipBlock: { cidr: 203.0.113.7/32 } }], ports: [{ protocol: TCP, port: 443 }] }]',
      ),
    );
  });

  test('on the network of a simulated node is refused: no rule can name what is not known', async () => {
    const files = {
      'app.yaml': documents(
        deployment('shop/db', { spec: ', nodeName: kind-worker' }),
        deployment('shop/agent', { spec: ', hostNetwork: true, nodeName: kind-worker2' }),
      ),
      'db.yaml': forDb,
      'kind.yaml':
        'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnodes: [{ role: worker }, { role: worker }]\n',
    };
    assert.match(
      await refusal(files, 'Deployment/shop/agent', 'Deployment/shop/db:8080'),
      /an address of node kind-worker2 that is only simulated/,
    );
  });
});

const baseline = (rules: string): string => `
apiVersion: policy.networking.k8s.io/v1alpha1
kind: BaselineAdminNetworkPolicy
metadata: { name: default }
spec:
  subject: { namespaces: {} }
  ${rules}
`;

describe('what the baseline denies (spec E2)', () => {
  test('is allowed by a first NetworkPolicy beside the pods, which is asked before it; what that closes is told', async () => {
    const files = {
      'app.yaml': documents(workloads, deployment('shop/cron')),
      'base.yaml': baseline(
        'ingress: [{ action: Deny, from: [{ pods: { namespaceSelector: {}, podSelector: { matchLabels: { app: web } } } }] }]',
      ),
    };
    const { steps, notes, alsoOpens, closes, files: changed } = await proposed(files, web, 'svc/shop/db:80');
    assert.deepEqual(steps, [
      'A new NetworkPolicy shop/db-from-web gives app=db an ingress rule from app=web on TCP 8080.',
    ]);
    assert.deepEqual(
      changed.map(({ file, after }) => [file, after.startsWith(files['app.yaml'])]),
      [['app.yaml', true]],
    );
    assert.match(
      notes.join(),
      /No NetworkPolicy isolates Deployment shop\/db for ingress yet\. This one does/,
    );
    assert.deepEqual(alsoOpens, []);
    assert.deepEqual(closes, [
      { source: 'shop/cron[Deployment]', destination: 'shop/db[Deployment]', ports: 'all ports' },
      { source: '0.0.0.0-255.255.255.255', destination: 'shop/db[Deployment]', ports: 'all ports' },
    ]);
    const proposal = await propose(files, web, 'svc/shop/db:80');
    assert.match(
      proposalText(proposal),
      /It closes 2 connections that are permitted now\.\n {2}shop\/cron\[Deployment\] => shop\/db\[Deployment\] {2}all ports\n/,
    );
  });

  test('on both sides takes a rule on both sides', async () => {
    const files = {
      'app.yaml': workloads,
      'base.yaml': baseline(
        'ingress: [{ action: Deny, from: [{ namespaces: {} }] }]\n  egress: [{ action: Deny, to: [{ namespaces: {} }] }]',
      ),
    };
    const { steps } = await proposed(files, web, 'Deployment/shop/db:8080');
    assert.deepEqual(steps, [
      'A new NetworkPolicy shop/web-to-db gives app=web an egress rule to app=db on TCP 8080.',
      'A new NetworkPolicy shop/db-from-web gives app=db an ingress rule from app=web on TCP 8080.',
    ]);
  });

  test('closes nothing where a NetworkPolicy isolates the pods already', async () => {
    const files = { 'app.yaml': documents(workloads, denyAll), 'db.yaml': forDb };
    assert.deepEqual((await proposed(files, web, 'svc/shop/db')).closes, []);
  });

  test('is refused where the pods are not in a file that can be changed', async () => {
    const denied = baseline('ingress: [{ action: Deny, from: [{ namespaces: {} }] }]');
    const answer = await proposeOfFixed(documents(workloads, denied));
    assert.equal(
      answer.kind === 'refused' && answer.reason,
      'A NetworkPolicy for Deployment shop/db would let it through, but its manifest is not in a file that can be changed.',
    );
  });
});

describe('what is refused', () => {
  test('a connection that nothing stops, and one that something else stops', async () => {
    assert.equal(
      await refusal({ 'app.yaml': workloads }, web, 'svc/shop/db'),
      'This connection is let through already.',
    );
    const none = service.replace('app: db', 'app: nobody');
    assert.match(
      await refusal({ 'app.yaml': documents(deployment('shop/web'), none) }, web, 'svc/shop/db:80'),
      /^What stops this connection is not for a NetworkPolicy to change: /,
    );
  });

  test('a ping: only a rule without ports may let it through', async () => {
    const files = {
      'app.yaml': workloads,
      'db.yaml': policy('shop/db', 'podSelector: { matchLabels: { app: db } }'),
    };
    assert.match(await refusal(files, web, 'Deployment/shop/db', 'ICMP'), /rules apply to ping/);
  });

  test('what an admin policy denies: no NetworkPolicy can admit it (spec E2)', async () => {
    const admin = `
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: { name: wall }
spec:
  priority: 1
  subject: { namespaces: {} }
  ingress: [{ action: Deny, from: [{ namespaces: {} }] }]
`;
    const answer = await propose({ 'app.yaml': workloads, 'admin.yaml': admin }, web, 'svc/shop/db');
    assert.ok(answer.kind === 'refused');
    assert.match(
      answer.reason,
      /^No NetworkPolicy can let this through: AdminNetworkPolicy wall is asked before all of them, and its ingress rule 1 denies it\. .*administrators of the cluster\.$/,
    );
    assert.deepEqual([answer.at?.file, answer.at?.line], ['admin.yaml', 7]);
    assert.match(proposalText(answer), /\(admin\.yaml:8\)\n$/);
  });

  test('policies of files that cannot be changed', async () => {
    const answer = await proposeOfFixed(documents(workloads, denyAll));
    assert.deepEqual(answer, {
      kind: 'refused',
      reason: 'The policies that stop it are not in a file that can be changed.',
    });
  });
});

describe('what else a change opens', () => {
  const files = (more: string): Files => ({
    'app.yaml': documents(deployment('shop/web'), deployment('shop/other'), deployment('shop/db'), more),
  });
  test('is what the pairs of the changed ends have gained, ports and directions apart', () => {
    const before = readManifests(
      files(
        policy(
          'shop/db',
          'podSelector: { matchLabels: { app: db } }\ningress: [{ ports: [{ port: 8080 }] }]',
        ),
      ),
    ).cluster;
    const after = readManifests(
      files(
        policy(
          'shop/db',
          'podSelector: { matchLabels: { app: db } }\ningress: [{ ports: [{ port: 8080, endPort: 8082 }] }, { from: [{ ipBlock: { cidr: 192.0.2.0/24 } }], ports: [{ port: 1 }] }]',
        ),
      ),
    ).cluster;
    assert.deepEqual(openedConnections(before, before, new Set(['shop/db[Deployment]'])), []);
    assert.deepEqual(
      openedConnections(before, after, new Set(['shop/db[Deployment]'])).map(
        ({ source, ports }) => `${source} ${ports}`,
      ),
      [
        'shop/other[Deployment] TCP 8081-8082',
        'shop/web[Deployment] TCP 8081-8082',
        '0.0.0.0-192.0.1.255 TCP 8081-8082',
        '192.0.2.0-192.0.2.255 TCP 1,8081-8082',
        '192.0.3.0-255.255.255.255 TCP 8081-8082',
      ],
    );
  });

  test('is listed with a proposal: what shares the address that a rule names', async () => {
    const db = pod('a/db', { labels: '{ app: db }', ips: ['10.244.1.9'] });
    const files = {
      'world.yaml': documents(
        cluster,
        db,
        hostPod('a/agent', 'n2'),
        hostPod('a/other', 'n2', '{ app: other }'),
      ),
      'db.yaml': policy('a/db', 'podSelector: { matchLabels: { app: db } }'),
    };
    const { steps, alsoOpens, notes } = await proposed(files, 'a/agent', 'a/db:80');
    assert.deepEqual(steps, ['NetworkPolicy a/db gets an ingress rule from 172.30.0.12/32 on TCP 80.']);
    assert.deepEqual(notes, [
      '172.30.0.12 is an address of node n2: the rule is for everything on its network.',
    ]);
    assert.deepEqual(alsoOpens, [{ source: 'a/other[Pod]', destination: 'a/db[Pod]', ports: 'TCP 80' }]);
  });
});

describe('what is printed', () => {
  test('sentences, a patch, and the trace as it would be', async () => {
    const proposal = await proposed(
      { 'app.yaml': documents(workloads, denyAll), 'db.yaml': forDb },
      web,
      'svc/shop/db',
    );
    assertGolden('check/allow.txt', proposalText(proposal));
  });

  test('patches of the beginning, the end and a new file, with and without a last line end', () => {
    assert.equal(
      unifiedDiff('f', 'a\nb\nc\nd\ne\n', 'a\nb\nc\nd\ne\nf\n'),
      '--- f\n+++ f\n@@ -3,3 +3,4 @@\n c\n d\n e\n+f\n',
    );
    assert.equal(
      unifiedDiff('f', 'a\nb', 'x\na\nb'),
      '--- f\n+++ f\n@@ -1,2 +1,3 @@\n+x\n a\n b\n\\ No newline at end of file\n',
    );
    assert.equal(unifiedDiff('f', undefined, 'a\n'), '--- /dev/null\n+++ f\n@@ -0,0 +1,1 @@\n+a\n');
    assert.equal(
      unifiedDiff('f', 'a', 'a\nb'),
      '--- f\n+++ f\n@@ -1,1 +1,2 @@\n-a\n\\ No newline at end of file\n+a\n+b\n\\ No newline at end of file\n',
    );
  });
});
