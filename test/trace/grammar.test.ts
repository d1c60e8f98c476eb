// The grammar of a trace, held against ways that break it one rule at a time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Packet } from '../../src/dataplane/packet';
import type { Hop, Step } from '../../src/dataplane/step';
import { deliver } from '../../src/dataplane/steps/deliver';
import { drop } from '../../src/dataplane/steps/fail';
import { forward, stayLocal } from '../../src/dataplane/steps/route';
import { send } from '../../src/dataplane/steps/send';
import { grammarError } from '../../src/trace/grammar';
import { ip } from './twoNodes';

const packet: Packet = {
  source: ip('10.244.1.2'),
  sourcePort: 40000,
  destination: ip('10.244.1.2'),
  destinationPort: 80,
  protocol: 'TCP',
  ttl: 64,
};
const sent = send(packet, 'p1', '', []);
const local = stayLocal(packet, 'p1');
const delivered = deliver(packet, 'p1', [], '', []);
const routed = forward(packet, 'n1', { text: 'default', evidence: [] });

function hops(...steps: Step[]): Hop[] {
  return [{ place: { kind: 'fabric' }, device: 'lo', movement: 'through', packet, steps }];
}

const sentences: readonly (readonly [fact: string, hops: Hop[], error: string | undefined])[] = [
  ['send, route, deliver is a way', hops(sent, local, delivered), undefined],
  ['an empty way is none', [], 'no step was taken'],
  ['a way starts with a send', hops(local, delivered), 'it starts with route, not with send'],
  ['a way ends with an end', hops(sent, local), 'it ends with route'],
  [
    'nothing follows a drop',
    hops(sent, drop(packet, 'no-route', ''), delivered),
    'deliver follows fail, which ends the way',
  ],
  [
    'a step takes up the packet where the last one left it',
    hops(sent, routed, delivered),
    'deliver does not take up the packet where route left it',
  ],
];

for (const [fact, way, error] of sentences) {
  test(fact, () => assert.equal(grammarError(way), error));
}
