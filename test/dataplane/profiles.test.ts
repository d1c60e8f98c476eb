// Every profile is one that a user can name, choose and trace: unique ids and names, documented by the command line, with a way
// between pods of two nodes that comes back.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { commandUsage } from '../../src/cli/usage';
import { cniChoices, kubeProxyChoices } from '../../src/dataplane/choice';
import { defaultProfile, isProfileId, profileOf, profiles } from '../../src/dataplane/profiles/profiles';
import { cniDescriptions, kubeProxyDescriptions } from '../../src/features/profileChoice';
import { modesBeside } from '../../src/trace/compareProfiles';
import { parseEnd } from '../../src/trace/endText';
import { traceConnectivity } from '../../src/trace/traceConnectivity';
import { exposedNodes } from '../trace/twoNodes';

describe('CNI profiles', () => {
  test('have ids and names of their own', () => {
    assert.equal(new Set(profiles.map(({ id }) => id)).size, profiles.length);
    assert.equal(new Set(profiles.map(({ name }) => name)).size, profiles.length);
    for (const { id, name } of profiles) {
      assert.match(id, /^[a-z]+(-[a-z]+)*$/);
      assert.ok(isProfileId(id) && profileOf(id).id === id);
      assert.ok(name.length > 3, id);
    }
    assert.ok(profiles.includes(defaultProfile));
    assert.equal(isProfileId('constructor'), false);
  });

  test('are those of table C1 that a kernel was measured for, and others that only sources back', () => {
    assert.deepEqual(
      profiles.filter(({ known }) => known === 'measured').map(({ id }) => id),
      ['bridge', 'kindnet', 'flannel-host-gw', 'flannel-vxlan', 'flannel-vxlan-direct', 'calico'],
    );
  });

  test('are all documented by podnet trace --help, with their names', () => {
    const help = commandUsage['trace'] ?? '';
    for (const { id, name } of profiles)
      assert.ok(
        help.split('\n').some((line) => line.trim().startsWith(`${id} `) && line.includes(name)),
        `${id} is in the help`,
      );
    for (const command of ['trace', 'lookup', 'tree']) {
      assert.match(commandUsage[command] ?? '', /--cni ID/);
      assert.match(commandUsage[command] ?? '', /--kube-proxy MODE +iptables, nftables, ipvs, none/);
    }
  });

  test('each have a description for every choice', () => {
    assert.equal(cniDescriptions.length, cniChoices.length);
    assert.equal(kubeProxyDescriptions.length, kubeProxyChoices.length);
  });

  for (const profile of profiles) {
    for (const kubeProxy of modesBeside(profile)) {
      test(`${profile.id} with ${kubeProxy}: pods of two nodes reach each other, and the answer comes back`, () => {
        const [from, to] = [parseEnd('lab/p1'), parseEnd('lab/r:8080')];
        assert.ok(from && to);
        const query = { from: from.end, to: to.end, port: to.port, protocol: 'TCP' } as const;
        const made = traceConnectivity(exposedNodes, query, { cni: profile.id, kubeProxy });
        assert.equal(made.result, 'Reachable', made.verdict.words);
        const back = made.reply.at(-1);
        assert.deepEqual([back?.place.kind, back?.packet.destination.text], ['pod', '10.244.1.2']);
        assert.deepEqual([made.profile.cniId, made.profile.how], [profile.id, 'chosen']);
      });
    }
  }
});
