// Answers: which virtual addresses and ports does a Service offer, with the API's defaults? (core/v1 Service) targetPort
// defaults to port, an empty selector is no selector, `clusterIP: None` makes it headless.
import type { Family } from '../model/address';
import type { Service, ServicePort } from '../model/service';
import type { Fact } from '../model/source';
import type { Field, ObjectSource } from './field';
import {
  at,
  below,
  child,
  flag,
  integer,
  integerOrText,
  invalid,
  isWritten,
  items,
  oneOf,
  required,
  rootField,
  stringMap,
  text,
  writtenAt,
} from './field';
import type { Metadata } from './metadata';
import {
  address,
  addressFact,
  checkPort,
  checkPortName,
  onePerFamily,
  portNumber,
  protocol,
  words,
} from './values';

const familyPolicies: readonly NonNullable<Service['ipFamilyPolicy']>[] = [
  'SingleStack',
  'PreferDualStack',
  'RequireDualStack',
];

export function readService(source: ObjectSource, metadata: Metadata): Service {
  const root = rootField(source);
  const spec = child(root, 'spec');
  const type = oneOf(
    child(spec, 'type'),
    ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'],
    'ClusterIP',
  );
  const written = clusterIpFields(spec);
  const headless = type !== 'ExternalName' && written.some((field) => text(field) === 'None');
  const clusterIps =
    headless || type === 'ExternalName'
      ? []
      : onePerFamily(
          written.flatMap((field) => addressFact(field, metadata.provenance)),
          (ip) => ip.family,
        );
  const selector = child(spec, 'selector');
  const labels = stringMap(selector);
  const ports = child(spec, 'ports');
  const portFields = items(ports);
  if (portFields.length === 0 && !headless && type !== 'ExternalName') required(ports);
  return {
    kind: 'Service',
    namespace: metadata.namespace,
    name: metadata.name,
    labels: metadata.labels,
    type,
    headless,
    clusterIps,
    ipFamilies: ipFamilies(
      spec,
      clusterIps.map((fact) => fact.value.family),
    ),
    ipFamilyPolicy: isWritten(child(spec, 'ipFamilyPolicy'))
      ? oneOf(child(spec, 'ipFamilyPolicy'), familyPolicies, 'SingleStack')
      : undefined,
    selector: Object.keys(labels).length === 0 ? undefined : labels,
    selectorAt: writtenAt(selector),
    ports: portFields.flatMap((field) => servicePort(field, portFields.length > 1)),
    externalName: text(child(spec, 'externalName')),
    externalIps: items(child(spec, 'externalIPs')).flatMap((field) => address(field) ?? []),
    loadBalancerIps: loadBalancerIps(root, spec),
    loadBalancerProxies: loadBalancerProxies(root),
    loadBalancerSourceRanges: items(child(spec, 'loadBalancerSourceRanges')).flatMap(
      (field) => text(field) ?? [],
    ),
    withoutNodePorts:
      type === 'LoadBalancer' && flag(child(spec, 'allocateLoadBalancerNodePorts')) === false
        ? true
        : undefined,
    internalTrafficPolicy: oneOf(child(spec, 'internalTrafficPolicy'), ['Cluster', 'Local'], 'Cluster'),
    externalTrafficPolicy: oneOf(child(spec, 'externalTrafficPolicy'), ['Cluster', 'Local'], 'Cluster'),
    sessionAffinity: oneOf(child(spec, 'sessionAffinity'), ['None', 'ClientIP'], 'None'),
    trafficDistribution: distribution(child(spec, 'trafficDistribution')),
    publishNotReadyAddresses: flag(child(spec, 'publishNotReadyAddresses')) ?? false,
    provenance: metadata.provenance,
    at: metadata.at,
    nameAt: metadata.nameAt,
  };
}

/** Values that we do not know are left to the implementation, which ignores them (core/v1 ServiceSpec). */
function distribution(field: Field): Service['trafficDistribution'] {
  const written = text(field);
  if (written === 'PreferSameNode') return written;
  return written === 'PreferClose' || written === 'PreferSameZone' ? 'PreferSameZone' : undefined;
}

/** clusterIPs where written, else clusterIP; an empty text asks the cluster to choose. */
function clusterIpFields(spec: Field): readonly Field[] {
  const many = items(child(spec, 'clusterIPs'));
  const fields = many.length > 0 ? many : [child(spec, 'clusterIP')];
  return fields.filter((field) => (text(field) ?? '') !== '');
}

function ipFamilies(spec: Field, ofAddresses: readonly Family[]): readonly Family[] {
  const written = words(child(spec, 'ipFamilies'), ['IPv4', 'IPv6']);
  return written.length > 0 ? written.map((word) => (word === 'IPv4' ? 4 : 6)) : ofAddresses;
}

function servicePort(field: Field, mustBeNamed: boolean): readonly ServicePort[] {
  const name = text(child(field, 'name')) ?? '';
  if (name === '' && mustBeNamed) required(child(field, 'name'));
  const portField = child(field, 'port');
  const port = portNumber(portField);
  if (!isWritten(portField)) invalid(portField, 'must be between 1 and 65535, inclusive');
  const nodePort = child(field, 'nodePort');
  if (port === undefined) return [];
  return [
    {
      name,
      port,
      protocol: protocol(child(field, 'protocol')),
      targetPort: targetPort(child(field, 'targetPort')) ?? port,
      // Zero asks the cluster to choose.
      nodePort: integer(nodePort) === 0 ? undefined : portNumber(nodePort),
      at: at(field),
    },
  ];
}

/** A number or a container port's name; undefined where neither is written (0 and '' are the API's "not written"). */
function targetPort(field: Field): number | string | undefined {
  const target = integerOrText(field);
  if (target === undefined || target === '' || target === 0) return undefined;
  const valid = typeof target === 'number' ? checkPort(field, target) : checkPortName(field, target);
  return valid ? target : undefined;
}

/** Virtual addresses: nodes take them for their own (ipMode VIP, the default; KEP-1860). */
function loadBalancerIps(root: Field, spec: Field): Service['loadBalancerIps'] {
  const ingress = ingressOf(root);
  const given = ingress
    .filter((item) => !isProxy(item))
    .flatMap((item) => addressFact(child(item, 'ip'), 'observed'));
  return ingress.length > 0 ? given : addressFact(child(spec, 'loadBalancerIP'), 'declared');
}

/** Load balancers that connect to node ports themselves: ipMode Proxy, and those that are only a host name; undefined: none. */
function loadBalancerProxies(root: Field): Service['loadBalancerProxies'] {
  const proxies = ingressOf(root).flatMap((item): readonly Fact<string>[] => {
    if (!isProxy(item)) return [];
    const ip = child(item, 'ip');
    const field = isWritten(ip) ? ip : child(item, 'hostname');
    const value = isWritten(ip) ? address(ip)?.text : text(field);
    return value === undefined || value === ''
      ? []
      : [{ value, provenance: 'observed', at: writtenAt(field) }];
  });
  return proxies.length === 0 ? undefined : proxies;
}

function ingressOf(root: Field): readonly Field[] {
  return items(below(root, 'status', 'loadBalancer', 'ingress'));
}

function isProxy(item: Field): boolean {
  return !isWritten(child(item, 'ip')) || oneOf(child(item, 'ipMode'), ['VIP', 'Proxy'], 'VIP') === 'Proxy';
}
