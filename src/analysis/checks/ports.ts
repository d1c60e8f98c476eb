// Answers: does a rule name ports that its destinations have? Policies see the port of the pod, never the Service's (rule E37), the
// protocol is TCP unless written (E38), and names are looked up on each destination pod (E40, E41). Pods need not declare what they
// listen on, so a number that nobody declares is no error; pods that declare no port at all prove nothing.
import type { ContainerPort } from '../../model/pod';
import type { Direction, NetworkPolicy, PolicyPort, PolicyRule } from '../../model/policy';
import { matches, selectorFromLabels } from '../../model/selector';
import type { Service, ServicePort } from '../../model/service';
import { portText } from '../../policy/rulePorts';
import { owners, type CheckContext, type Member } from './context';
import { finding, fix, type AnyPolicy, type Check, type Finding, type ManifestChange } from './finding';
import { policyName, ruleName, rulesOf, some } from './words';

/** One entry of `ports`, and the pods it is about: at least one. */
interface Asked {
  readonly policy: AnyPolicy;
  readonly direction: Direction;
  readonly rule: PolicyRule;
  readonly port: PolicyPort;
  /** Position in the rule's `ports`. */
  readonly position: number;
  readonly members: readonly Member[];
}

function asked(context: CheckContext, policy: AnyPolicy): readonly Asked[] {
  return rulesOf(policy).flatMap(({ direction, rule }) => {
    if (rule.ports.length === 0) return [];
    const members = context.destinations(policy, direction, rule);
    if (members === undefined || members.length === 0) return [];
    return rule.ports.map((port, position) => ({ policy, direction, rule, port, position, members }));
  });
}

function about({ policy, direction, rule }: Asked): string {
  return `${policyName(policy)}, ${ruleName(direction, rule)}`;
}

function declaredBy({ spec }: Member): readonly ContainerPort[] {
  return spec.containers.flatMap(({ role, ports }) => (role === 'app' || role === 'sidecar' ? ports : []));
}

export const missingName: Check = {
  code: 'policy.missing-port-name',
  severity: 'warning',
  title: 'Named port that destinations do not have',
  documentation:
    'A rule names a port by name, and the name is looked up on each pod that connections go to: the selected pods for ingress, the peers for egress. Where no container declares a port with that name and protocol, the entry admits nothing. If no destination has it, that is a warning; if only some lack it, information. Mind the protocol: without one it is TCP.',
  source: 'networking/v1 NetworkPolicyPort.port; rules E40, E41',
  ofPolicy: namesMissing,
  ofAdminPolicy: namesMissing,
};

function namesMissing(context: CheckContext, policy: AnyPolicy): readonly Finding[] {
  return asked(context, policy).flatMap((each) => {
    const { port, members, rule } = each;
    const { port: name } = port;
    if (typeof name !== 'string') return [];
    const has = (member: Member, protocol: PolicyPort['protocol']): boolean =>
      declaredBy(member).some(
        (each) => each.name === name && (protocol === undefined || each.protocol === protocol),
      );
    const missing = members.filter((member) => !has(member, port.protocol));
    if (missing.length === 0) return [];
    const at = port.at ?? rule.at;
    if (missing.length === members.length) {
      const other = members.find((member) => has(member, undefined));
      const hint =
        other === undefined
          ? ''
          : ` ${other.owner} has a port of that name with another protocol than ${port.protocol ?? ''}.`;
      const message = `${about(each)}: no destination has a port named ${name} (${some(owners(members))}), so this admits nothing.${hint}`;
      return finding(missingName, at, message);
    }
    if (isBroad(policy)) return [];
    const message = `${about(each)}: ${some(owners(missing))} has no port named ${name}, so this admits nothing there.`;
    return finding(missingName, at, message, { severity: 'information' });
  });
}

/** One that is for every pod of a namespace names what some of them have. */
function isBroad(policy: AnyPolicy): boolean {
  const selector = policy.kind === 'NetworkPolicy' ? policy.podSelector : policy.subject.podSelector;
  return selector === undefined || selector.requirements.length === 0;
}

export const servicePort: Check = {
  code: 'policy.service-port',
  severity: 'warning',
  title: 'Port of a Service instead of the pod',
  documentation:
    'A rule names the port that a Service has, but the pods behind it listen on another one (`targetPort`). Policies are judged after the address of the Service was replaced by that of a pod, so they see the port of the pod. Write the target port, or its name.',
  source: 'kubernetes.io "Network Policies"; rule E37',
  ofPolicy: (context, policy) =>
    undeclared(context, policy).flatMap((each) => {
      const { port, found } = each;
      if (found.behind === undefined || typeof port.port !== 'number') return [];
      const { service, targetPort } = found.behind;
      const message = `${about(each)}: ${port.port} is the port of Service ${service.namespace}/${service.name}; its pods listen on ${targetPort}, and policies see the port of the pod.`;
      return finding(servicePort, port.at ?? each.rule.at, message, {
        fixes: toTargetPort(policy, each, targetPort),
      });
    }),
};

/** An `endPort` moves with a number; a name stands without one (NetworkPolicyPort), so that there is no fix of one field. */
function toTargetPort(
  policy: NetworkPolicy,
  { direction, rule, position, port }: Asked,
  target: number | string,
): NonNullable<Finding['fixes']> {
  const entry = ['spec', direction, rule.index, 'ports', position];
  const title = `Change the port to ${target}`;
  const moved: ManifestChange = { kind: 'set', path: [...entry, 'port'], value: target };
  if (port.endPort === undefined) return fix(title, policy.at, moved);
  if (typeof target === 'string') return [];
  return fix(title, policy.at, moved, { kind: 'set', path: [...entry, 'endPort'], value: target });
}

function toProtocol(
  policy: NetworkPolicy,
  { direction, rule, position }: Asked,
  protocol: string | undefined,
): NonNullable<Finding['fixes']> {
  if (protocol === undefined) return [];
  const path = ['spec', direction, rule.index, 'ports', position, 'protocol'];
  return fix(`Change the protocol to ${protocol}`, policy.at, { kind: 'set', path, value: protocol });
}

export const undeclaredPort: Check = {
  code: 'policy.undeclared-port',
  severity: 'information',
  title: 'Port that no destination declares',
  documentation:
    'Every destination of the rule declares container ports, and none declares this one. That is allowed: declaring ports is only documentation, and a process may listen on others. It is often a slip, though, and a warning where the port is declared with another protocol: a rule without `protocol` means TCP. Declare the port in the pod template, or correct the rule.',
  source: 'core/v1 Container.ports; rules E37, E38',
  ofPolicy: (context, policy) =>
    undeclared(context, policy).flatMap((each) => {
      const { port, found, members, rule } = each;
      if (found.behind !== undefined) return [];
      const { otherProtocol } = found;
      const other =
        otherProtocol === undefined
          ? ''
          : ` It is declared as ${otherProtocol} ${String(port.port)}, another protocol.`;
      const message = `${about(each)}: no destination declares ${portText(port)} (${some(owners(members))}).${other}`;
      return finding(undeclaredPort, port.at ?? rule.at, message, {
        severity: otherProtocol === undefined ? 'information' : 'warning',
        fixes: toProtocol(policy, each, found.onlyProtocol),
      });
    }),
};

interface Undeclared extends Asked {
  readonly found: {
    readonly behind: { readonly service: Service; readonly targetPort: number | string } | undefined;
    readonly otherProtocol: string | undefined;
    /** The only one with which such a port is declared. */
    readonly onlyProtocol: string | undefined;
  };
}

/** Entries with a number that no destination declares although all of them declare ports. */
function undeclared(context: CheckContext, policy: NetworkPolicy): readonly Undeclared[] {
  return asked(context, policy).flatMap((each): readonly Undeclared[] => {
    const { port, members } = each;
    const { port: first, protocol, endPort = first } = port;
    if (typeof first !== 'number' || typeof endPort !== 'number') return [];
    const declared = members.map(declaredBy);
    if (declared.some((ports) => ports.length === 0)) return [];
    const inRange = declared
      .flat()
      .filter(({ containerPort }) => first <= containerPort && containerPort <= endPort);
    if (inRange.some((each) => each.protocol === protocol)) return [];
    const behind = first === endPort ? serviceWith(context, members, first, protocol) : undefined;
    const [otherProtocol, ...more] = new Set(inRange.map((declaredPort) => declaredPort.protocol));
    const onlyProtocol = more.length === 0 ? otherProtocol : undefined;
    return [{ ...each, found: { behind, otherProtocol, onlyProtocol } }];
  });
}

/** A Service of the pods that has this port and leads to another one that some of them declare. */
function serviceWith(
  context: CheckContext,
  members: readonly Member[],
  port: number,
  protocol: PolicyPort['protocol'],
): { readonly service: Service; readonly targetPort: number | string } | undefined {
  for (const service of servicesOn(context, port)) {
    const { selector } = service;
    const wanted = service.ports.find((each) => each.port === port && each.protocol === protocol);
    if (selector === undefined || wanted === undefined || wanted.targetPort === port) continue;
    const labels = selectorFromLabels(selector);
    const behind = members.some(
      (member) =>
        member.namespace === service.namespace &&
        matches(labels, member.labels) &&
        declaredBy(member).some((each) => isTarget(wanted, each)),
    );
    if (behind) return { service, targetPort: wanted.targetPort };
  }
  return undefined;
}

function isTarget({ targetPort, protocol }: ServicePort, declared: ContainerPort): boolean {
  return (
    declared.protocol === protocol &&
    (typeof targetPort === 'number' ? declared.containerPort === targetPort : declared.name === targetPort)
  );
}

const tables = new WeakMap<CheckContext, ReadonlyMap<number, readonly Service[]>>();

function servicesOn(context: CheckContext, port: number): readonly Service[] {
  const known = tables.get(context);
  if (known !== undefined) return known.get(port) ?? [];
  const table = new Map<number, Service[]>();
  for (const service of context.cluster.services) {
    for (const each of service.ports) {
      const list = table.get(each.port);
      if (list === undefined) table.set(each.port, [service]);
      else list.push(service);
    }
  }
  tables.set(context, table);
  return table.get(port) ?? [];
}
