// Answers: whose source address does flannel rewrite? With `--ip-masq` it spares traffic between pods and rewrites what pods
// send elsewhere and what others send to pods of other nodes. The first rule that fits decides.
// Source: flannel pkg/trafficmngr/iptables (spec C3).
import { contains, parseCidr, type Cidr } from '../../model/address';
import type { Masquerading } from '../network';
import type { MasqueradeQuestion, MasqueradeRule } from '../profile';

const multicast: readonly Cidr[] = ['224.0.0.0/4', 'ff00::/8'].flatMap((text) => parseCidr(text) ?? []);

/** @param who the plugin as it is called in the sentence: others than flannel install the same rules. */
export function masqueradeLikeFlannel(who: string): MasqueradeRule {
  return (question) => ruleFor(who, question);
}

function ruleFor(who: string, { packet, cluster, node }: MasqueradeQuestion): Masquerading | undefined {
  if (cluster === undefined) return undefined;
  const fromPods = contains(cluster, packet.source);
  const toPods = contains(cluster, packet.destination);
  const fromHere = node !== undefined && contains(node, packet.source);
  const toHere = node !== undefined && contains(node, packet.destination);
  if (fromHere && toPods)
    return {
      kind: 'spare',
      rule: `${who} does not masquerade from this node's pods to other pods (${cluster.text})`,
    };
  if (fromPods && toHere)
    return {
      kind: 'spare',
      rule: `${who} does not masquerade from pods (${cluster.text}) to this node's pods`,
    };
  if (!fromPods && toHere)
    return {
      kind: 'spare',
      rule: `${who} does not masquerade what comes from elsewhere to this node's pods`,
    };
  if (fromPods && !multicast.some((range) => contains(range, packet.destination)))
    return {
      kind: 'rewrite',
      rule: `${who} masquerades what pods send outside the pod range ${cluster.text}`,
    };
  if (!fromPods && toPods)
    return { kind: 'rewrite', rule: `${who} masquerades what others send to pods of other nodes` };
  return undefined;
}
