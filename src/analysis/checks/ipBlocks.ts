// Answers: does an address block name what it seems to name? Blocks are for addresses outside: pods change theirs, plugins differ in
// whether blocks match pods at all, and no block matches the address of a Service, which is replaced before policies look (rules
// E32 to E36). Simulated ranges and addresses prove nothing and are not looked at.
import { contains, covers, lastOf, offsetIp, compareIp, type Cidr, type Ip } from '../../model/address';
import type { Direction, PolicyPeer, PolicyRule } from '../../model/policy';
import type { Fact } from '../../model/source';
import type { CheckContext } from './context';
import { finding, type AnyPolicy, type Check, type Finding } from './finding';
import { policyName, ruleName, rulesOf, some } from './words';

interface Block {
  readonly policy: AnyPolicy;
  readonly direction: Direction;
  readonly rule: PolicyRule;
  readonly peer: PolicyPeer & { readonly kind: 'ipBlock' };
}

function blocksOf(policy: AnyPolicy): readonly Block[] {
  return rulesOf(policy).flatMap(({ direction, rule }) =>
    rule.peers.flatMap((peer) => (peer.kind === 'ipBlock' ? [{ policy, direction, rule, peer }] : [])),
  );
}

function about({ policy, direction, rule, peer }: Block): string {
  return `${policyName(policy)}, ${ruleName(direction, rule)}: ${peer.cidr.text}`;
}

export const emptyBlock: Check = {
  code: 'policy.empty-block',
  severity: 'error',
  title: 'Block whose exceptions leave nothing',
  documentation:
    'The ranges in `except` together take all of `cidr` away, so the block matches no address and admits nobody. Correct the exceptions, or remove the block.',
  source: 'networking/v1 IPBlock; rule E32',
  ofPolicy: (_, policy) =>
    blocksOf(policy).flatMap((block) =>
      block.peer.except.length > 0 && isUsedUp(block.peer.cidr, block.peer.except)
        ? finding(
            emptyBlock,
            block.peer.at ?? block.rule.at,
            `${about(block)} is excepted completely, so this peer matches no address.`,
          )
        : [],
    ),
};

function isUsedUp(cidr: Cidr, except: readonly Cidr[]): boolean {
  const ordered = [...except].sort((a, b) => compareIp(a.first, b.first));
  let next: Ip | undefined = cidr.first;
  for (const each of ordered) {
    if (next === undefined || compareIp(each.first, next) > 0) break;
    const last = lastOf(each);
    if (compareIp(last, next) >= 0) next = offsetIp(last, 1);
  }
  return next === undefined || !contains(cidr, next);
}

export const idleException: Check = {
  code: 'policy.idle-exception',
  severity: 'information',
  title: 'Exception that excepts nothing more',
  documentation:
    'A range in `except` lies within another one of the same block, so it takes nothing more away. It can be removed.',
  source: 'networking/v1 IPBlock; rules E32, E33',
  ofPolicy: (_, policy) =>
    blocksOf(policy).flatMap((block) => {
      const { except } = block.peer;
      const idle = except.filter((each, index) =>
        except.some(
          (other, position) =>
            position !== index && covers(other, each) && (other.prefix < each.prefix || position < index),
        ),
      );
      if (idle.length === 0) return [];
      const message = `${about(block)}: other exceptions already take ${some(idle.map(({ text }) => text))} away.`;
      return finding(idleException, block.peer.at ?? block.rule.at, message);
    }),
};

export const serviceBlock: Check = {
  code: 'policy.service-block',
  severity: 'warning',
  title: 'Block of Service addresses',
  documentation:
    'The block lies within the range of ClusterIPs. Policies are judged after the address of a Service was replaced by that of a pod behind it, so a block never matches a ClusterIP. Name the pods behind the Service with `podSelector` and `namespaceSelector`, and the port of the pod.',
  source: 'kubernetes.io "Network Policies"; rule E36',
  ofPolicy: serviceBlocks,
  ofAdminPolicy: serviceBlocks,
};

function serviceBlocks({ cluster }: CheckContext, policy: AnyPolicy): readonly Finding[] {
  return blocksOf(policy).flatMap((block) => {
    const range = within(cluster.network.serviceCidrs, block.peer.cidr);
    if (range === undefined) return [];
    const message = `${about(block)} lies in the range of ClusterIPs (${range.text}), which policies never see: name the pods behind the Service instead.`;
    return finding(serviceBlock, block.peer.at ?? block.rule.at, message);
  });
}

export const podBlock: Check = {
  code: 'policy.pod-block',
  severity: 'information',
  title: 'Block of pod or node addresses',
  documentation:
    'The block lies within the pod network, or names addresses of nodes. The API means blocks for addresses outside of the cluster, and plugins differ: Calico, kindnet, Antrea, OVN-Kubernetes and kube-router match pods by their addresses, Cilium does not, and matches nodes only with `policy-cidr-match-mode: nodes`. Pods also get other addresses when they are made again. Prefer `podSelector` and `namespaceSelector` for pods.',
  source: 'networking/v1 IPBlock, plugin documentation; rule E35',
  ofPolicy: podBlocks,
};

function podBlocks({ cluster }: CheckContext, policy: AnyPolicy): readonly Finding[] {
  const pods = [...cluster.network.podCidrs, ...cluster.nodes.flatMap(({ podCidrs }) => podCidrs)];
  return blocksOf(policy).flatMap((block) => {
    const { peer, rule } = block;
    const range = within(pods, peer.cidr);
    const at = peer.at ?? rule.at;
    if (range !== undefined) {
      const message = `${about(block)} lies in the pod network (${range.text}). Most plugins match pods by their address, Cilium does not.`;
      return finding(podBlock, at, message);
    }
    const nodes = isNarrow(peer.cidr)
      ? cluster.nodes.filter(({ addresses }) =>
          addresses.some(({ value, provenance }) => provenance !== 'simulated' && contains(peer.cidr, value)),
        )
      : [];
    if (nodes.length === 0) return [];
    const message = `${about(block)} names nodes (${some(nodes.map(({ name }) => name))}). Most plugins match them by their address, Cilium only with policy-cidr-match-mode: nodes; a pod's own node is always let through.`;
    return finding(podBlock, at, message);
  });
}

/** Not a block for "everything private", which has nodes in it by the way. */
function isNarrow({ first, prefix }: Cidr): boolean {
  return prefix >= (first.family === 4 ? 16 : 48);
}

/** The range that is known, not simulated, and holds the whole block. */
function within(ranges: readonly Fact<Cidr>[], block: Cidr): Cidr | undefined {
  return ranges.find(({ value, provenance }) => provenance !== 'simulated' && covers(value, block))?.value;
}
