// Whole traces as they are printed and copied, and what may not happen to names on the way: no markup, no control
// character, no line longer than asked where sentences wrap.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { escapeMarkdown, traceMarkdown } from '../../src/features/traceMarkdown';
import { escapeMermaid, traceMermaid } from '../../src/features/traceMermaid';
import { traceText } from '../../src/features/traceText';
import { traceView } from '../../src/features/traceView';
import type { TraceView } from '../../src/features/traceViewShape';
import type { ProfileChoice } from '../../src/dataplane/choice';
import type { PacketProtocol } from '../../src/dataplane/packet';
import type { CniProfileId } from '../../src/dataplane/profile';
import type { Cluster } from '../../src/model/cluster';
import { assertGolden } from '../support/golden';
import { edge, traceIn, wired } from './edgeCluster';
import { shop, shopTrace } from './shopCluster';

function view(from: string, to: string, way = 0): TraceView {
  return traceView(shopTrace(from, to), shop, { way });
}

const plain = { color: false, width: 100 };

interface Story {
  readonly name: string;
  readonly fact: string;
  readonly view: () => TraceView;
}

const inShop = (name: string, fact: string, from: string, to: string, way = 0): Story => ({
  name,
  fact,
  view: () => view(from, to, way),
});

/** In the network of a CNI profile. */
function inNetwork(
  name: string,
  fact: string,
  cni: CniProfileId,
  [cluster, from, to]: readonly [Cluster, string, string],
  { protocol, way }: { readonly protocol?: PacketProtocol; readonly way?: number } = {},
): Story {
  const choice: ProfileChoice = { cni, kubeProxy: cni.startsWith('cilium') ? 'none' : 'iptables' };
  return {
    name,
    fact,
    view: () => traceView(traceIn(cluster, from, to, choice, protocol), cluster, { way, choice }),
  };
}

const client = '203.0.113.10';

const stories: readonly Story[] = [
  inShop(
    'pod-to-pod',
    'a pod reaches a pod of another node through two policies',
    'shop/web',
    'shop/db-0:5432',
  ),
  inShop(
    'service-mixed',
    'a Service has one endpoint that a policy keeps closed',
    'shop/web',
    'svc/shop/db:5432',
    2,
  ),
  inShop(
    'denied-ingress',
    'a stranger is dropped at the node of the destination',
    'default/stranger',
    'shop/db-0:5432',
  ),
  inShop(
    'host-network',
    'a hostNetwork pod talks from the bridge of its node',
    'monitoring/exporter',
    'default/odd:80',
  ),
  inShop(
    'outside',
    'the source is masqueraded where the packet leaves the cluster',
    'default/stranger',
    '203.0.113.7:443',
  ),
  inShop('no-endpoints', 'a Service without endpoints rejects', 'default/stranger', 'svc/shop/empty:80'),
  inShop('unknown', 'a pod that is not there', 'default/nobody', 'shop/db-0:5432'),
  inNetwork('vxlan', 'a tunnel carries the packet from node to node', 'flannel-vxlan', [
    wired,
    'lab/p1',
    'lab/r:8080',
  ]),
  inNetwork(
    'node-port-local',
    'a node port with a Local policy keeps the client on the node of the endpoint only',
    'kindnet',
    [wired, client, 'svc/lab/np-local:80'],
    { way: 1 },
  ),
  inNetwork('socket-translation', 'Cilium points the socket at the endpoint', 'cilium-tunnel', [
    wired,
    'lab/p1',
    'svc/lab/svc:80',
  ]),
  inNetwork(
    'ingress',
    'a proxy ends the connection of the client and opens its own',
    'calico-ipip',
    [edge, client, 'http://shop.example.com'],
    { way: 1 },
  ),
  inNetwork('dns-blocked', 'the name lookup fails at a policy that forgets DNS', 'calico', [
    edge,
    'shop/web-0',
    'api:80',
  ]),
  inNetwork('ping', 'a ping has no ports', 'kindnet', [wired, 'lab/p1', 'lab/r'], { protocol: 'ICMP' }),
];

for (const { name, fact, view: made } of stories) {
  test(`in a terminal: ${fact}`, () => assertGolden(`trace/${name}.txt`, traceText(made(), plain)));
  test(`as Markdown: ${fact}`, () => assertGolden(`trace/${name}.md`, traceMarkdown(made())));
  test(`as Mermaid: ${fact}`, () => assertGolden(`trace/${name}.mmd`, traceMermaid(made())));
}

test('explained, a policy that admits tells its tier and every rule that was looked at, not the deciding one alone', () => {
  const made = view('shop/web', 'shop/db-0:5432');
  assert.equal(traceText(made, plain).includes('tier: '), false);
  const explained = traceText(made, { ...plain, explain: true });
  assert.match(explained, /tier: NetworkPolicy\n/);
  assert.match(explained, / admits: NetworkPolicy shop\//);
});

test('sentences wrap at the width of the terminal', () => {
  const hasTable = /:\d|^ {2}# /;
  const made = view('shop/web', 'svc/shop/db:5432', 2);
  const narrow = traceText(made, { color: false, width: 60 }).split('\n');
  const long = narrow.filter((line) => line.length > 60 && !hasTable.test(line));
  assert.deepEqual(long, []);
  assert(narrow.length > traceText(made, plain).split('\n').length);
});

test('colours are written only when they are asked for', () => {
  const made = view('default/stranger', 'shop/db-0:5432');
  assert.equal(traceText(made, plain).includes('\u001b'), false);
  const colored = traceText(made, { color: true, width: 100 });
  assert.equal(colored.includes('\u001b[1;31mUnreachable\u001b[0m'), true);
  assert.equal(colored.replace(/\u001b\[[0-9;]*m/g, ''), traceText(made, plain));
});

test('a control character of a name never reaches the terminal', () => {
  const made = view('shop/web', 'shop/db-0:5432');
  const evil = 'evil\u001b[2J\u009b31m\r\n\u202egnp';
  const printed = traceText({ ...made, title: evil, banner: { ...made.banner, words: evil } }, plain);
  assert.equal(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/.test(printed), false);
  assert.equal(printed.includes('evil\ufffd[2J'), true);
});

test('markup in a name stays text in Markdown and Mermaid', () => {
  const made = view('default/stranger', 'default/odd:80');
  for (const text of [traceMarkdown(made), traceMermaid(made)]) {
    assert.equal(text.includes('<img'), false);
    assert.equal(text.includes('onerror'), true);
  }
});

test('Markdown is escaped', () => {
  const cases = [
    ['<b>', '&lt;b&gt;'],
    ['[a](javascript:x)', '\\[a\\](javascript:x)'],
    ['a|b', 'a\\|b'],
    ['`code` *bold* _it_', '\\`code\\` \\*bold\\* \\_it\\_'],
    ['two\nlines', 'two lines'],
    ['&lt;', '&amp;lt;'],
    ['https://evil.example', 'https:&#47;&#47;evil.example'],
    ['@team #1', '\\@team \\#1'],
  ] as const;
  for (const [text, expected] of cases) assert.equal(escapeMarkdown(text), expected);
});

test('Mermaid keeps letters and harmless signs, and writes the rest as codes', () => {
  const cases = [
    ['pod shop/web-0', 'pod shop/web-0'],
    ['a;b', 'a#59;b'],
    ['#35;', '#35;35#59;'],
    ['%%{init}', '#37;#37;#123;init#125;'],
    ['<img>', '#60;img#62;'],
    ['a\nb', 'a b'],
    ['größe', 'größe'],
  ] as const;
  for (const [text, expected] of cases) assert.equal(escapeMermaid(text), expected);
});
