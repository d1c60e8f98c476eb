// Answers: which iptables rules does the CNI itself write? What pods send out of the pod range is masqueraded; each CNI says
// so in its own way. Sources: flannel pkg/trafficmngr/iptables (masqRules), kindnetd masq.go, Calico felix/rules/nat.go.
import type { Cluster } from '../../src/model/cluster';
import type { Node } from '../../src/model/node';
import { noTables, type Tables } from './iptables';
import type { Shape } from './profile';
import { podRange } from './wire';

export function masqueradeRules(cluster: Cluster, shape: Shape, node: Node): Tables {
  const pods = cluster.network.podCidrs[0]?.value.text;
  if (pods === undefined) throw new Error('the cluster of the lab has no pod range');
  switch (shape) {
    case 'bridge':
    case 'vxlan':
      return flannel(pods, podRange(node));
    case 'ptp':
      return kindnet(pods);
    case 'calico':
      return calico(pods);
  }
}

function flannel(pods: string, own: string): Tables {
  const rule = (text: string): string => `-A FLANNEL-POSTRTG ${text}`;
  return {
    ...noTables,
    filterChains: ['FLANNEL-FWD'],
    filterRules: [
      '-A FORWARD -j FLANNEL-FWD',
      `-A FLANNEL-FWD -s ${pods} -j ACCEPT`,
      `-A FLANNEL-FWD -d ${pods} -j ACCEPT`,
    ],
    natChains: ['FLANNEL-POSTRTG'],
    natRules: [
      '-A POSTROUTING -j FLANNEL-POSTRTG',
      rule('-m mark --mark 0x4000/0x4000 -j RETURN'),
      rule(`-s ${own} -d ${pods} -j RETURN`),
      rule(`-s ${pods} -d ${own} -j RETURN`),
      rule(`! -s ${pods} -d ${own} -j RETURN`),
      rule(`-s ${pods} ! -d 224.0.0.0/4 -j MASQUERADE --random-fully`),
      rule(`! -s ${pods} -d ${pods} -j MASQUERADE --random-fully`),
    ],
  };
}

function kindnet(pods: string): Tables {
  return {
    ...noTables,
    natChains: ['KIND-MASQ-AGENT'],
    natRules: [
      '-A POSTROUTING -m addrtype ! --dst-type LOCAL -j KIND-MASQ-AGENT',
      `-A KIND-MASQ-AGENT -d ${pods} -j RETURN`,
      '-A KIND-MASQ-AGENT -j MASQUERADE',
    ],
  };
}

function calico(pods: string): Tables {
  return {
    ...noTables,
    natChains: ['cali-nat-outgoing'],
    natRules: [
      '-A POSTROUTING -j cali-nat-outgoing',
      `-A cali-nat-outgoing -s ${pods} ! -d ${pods} -j MASQUERADE --random-fully`,
    ],
  };
}
