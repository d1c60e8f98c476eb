// Answers: whose source do clouds rewrite? Their networks know pod addresses, so only what leaves for unknown networks is
// rewritten: GKE spares the reserved ranges or what ip-masq-agent is told, AWS the VPC.
// Sources: GKE IP-MASQ rules, ip-masq-agent README, amazon-vpc-cni AWS-SNAT-CHAIN-0 (spec C2, C3).
import { contains, parseCidr, type Cidr } from '../../model/address';
import type { MasqueradeRule } from '../profile';

/** What GKE does not masquerade to (`IP-MASQ`). */
export const gkeRanges: readonly Cidr[] = ranges(
  '10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 240.0.0.0/4',
);

/** ip-masq-agent without a ConfigMap of its own. */
export const agentRanges: readonly Cidr[] = ranges('10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 169.254.0.0/16');

/** What ip-masq-agent spares by its ConfigMap, whose list replaces the defaults: link-local stays spared unless it says otherwise. */
export function configuredAgentRanges(nonMasqueradeCidrs: string, masqLinkLocal: boolean): readonly Cidr[] {
  const listed = ranges(nonMasqueradeCidrs.split(',').join(' '));
  return masqLinkLocal ? listed : [...listed, ...ranges('169.254.0.0/16')];
}

export function masqueradeOutsideRanges(who: string, spared: readonly Cidr[]): MasqueradeRule {
  return ({ packet, isPod }) => {
    if (!isPod(packet.source)) return undefined;
    const range = spared.find((each) => contains(each, packet.destination));
    return range === undefined
      ? { kind: 'rewrite', rule: `${who} masquerades what pods send outside the ranges it spares` }
      : { kind: 'spare', rule: `${who} does not masquerade to ${range.text}` };
  };
}

export const masqueradeByAws: MasqueradeRule = ({ packet, isNode, isPod }) => {
  if (!isPod(packet.source)) return undefined;
  return isPod(packet.destination) || isNode(packet.destination)
    ? { kind: 'spare', rule: 'the AWS VPC CNI does not masquerade inside the VPC' }
    : {
        kind: 'rewrite',
        rule: 'the AWS VPC CNI masquerades what pods send outside the VPC (which ranges the VPC has is not in the input)',
      };
};

function ranges(text: string): readonly Cidr[] {
  return text.split(' ').flatMap((each) => parseCidr(each) ?? []);
}
