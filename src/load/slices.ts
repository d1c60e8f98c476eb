// Answers: which backends does a Service have, as a cluster or a hand-written slice says? (discovery/v1 EndpointSlice with
// its defaults: ready and serving unless told otherwise; core/v1 Endpoints is turned into slices, as the mirroring
// controller does.)
import { keyOf } from '../model/objects';
import type { Endpoint, EndpointPort, EndpointSlice } from '../model/service';
import type { Field, ObjectSource } from './field';
import { child, flag, isWritten, items, oneOf, rootField, text } from './field';
import type { Metadata } from './metadata';
import { address, portNumber, protocol } from './values';

const families = { IPv4: 4, IPv6: 6 } as const;

/** @returns the slice, or undefined for slices of DNS names, which no proxy uses. */
export function readEndpointSlice(source: ObjectSource, metadata: Metadata): EndpointSlice | undefined {
  const root = rootField(source);
  const type = oneOf(child(root, 'addressType'), ['IPv4', 'IPv6', 'FQDN'], 'IPv4');
  if (type === 'FQDN') return undefined;
  const service = metadata.labels['kubernetes.io/service-name'];
  return {
    kind: 'EndpointSlice',
    namespace: metadata.namespace,
    name: metadata.name,
    service: service === undefined ? undefined : keyOf({ namespace: metadata.namespace, name: service }),
    family: families[type],
    ports: endpointPorts(child(root, 'ports')),
    endpoints: items(child(root, 'endpoints')).flatMap((field) => sliceEndpoints(field, metadata.namespace)),
    provenance: metadata.provenance,
    at: metadata.at,
  };
}

/** Slices that stand for an Endpoints object: one per subset and family. Their Service has the same name. */
export function readEndpoints(source: ObjectSource, metadata: Metadata): readonly EndpointSlice[] {
  return items(child(rootField(source), 'subsets')).flatMap((subset, index) => {
    const ports = endpointPorts(child(subset, 'ports'));
    const endpoints = [
      ...items(child(subset, 'addresses')).flatMap((field) =>
        subsetEndpoint(field, metadata.namespace, true),
      ),
      ...items(child(subset, 'notReadyAddresses')).flatMap((field) =>
        subsetEndpoint(field, metadata.namespace, false),
      ),
    ];
    return ([4, 6] as const).flatMap((family): readonly EndpointSlice[] => {
      const own = endpoints.filter((endpoint) => endpoint.address.family === family);
      if (own.length === 0) return [];
      return [
        {
          kind: 'EndpointSlice',
          namespace: metadata.namespace,
          name: `${metadata.name}-${index}-ipv${family}`,
          service: keyOf(metadata),
          family,
          ports,
          endpoints: own,
          provenance: metadata.provenance,
          at: metadata.at,
        },
      ];
    });
  });
}

/** Ports with a number; a slice port without one means every port and belongs to no Service. */
function endpointPorts(field: Field): readonly EndpointPort[] {
  return items(field).flatMap((item): readonly EndpointPort[] => {
    const port = portNumber(child(item, 'port'));
    if (port === undefined) return [];
    return [{ name: text(child(item, 'name')) ?? '', port, protocol: protocol(child(item, 'protocol')) }];
  });
}

function sliceEndpoints(field: Field, namespace: string): readonly Endpoint[] {
  const conditions = child(field, 'conditions');
  const ready = flag(child(conditions, 'ready')) ?? true;
  const hints = child(field, 'hints');
  // discovery/v1beta1 kept node and zone in a map of topology labels.
  const topology = child(field, 'topology');
  // No semantics are defined for further addresses (discovery/v1), and kube-proxy does not look at them.
  const [first] = items(child(field, 'addresses'));
  return (first === undefined ? [] : [first]).flatMap((item): readonly Endpoint[] => {
    const ip = address(item);
    if (ip === undefined) return [];
    return [
      {
        address: ip,
        ready,
        serving: flag(child(conditions, 'serving')) ?? ready,
        terminating: flag(child(conditions, 'terminating')) ?? false,
        nodeName: text(child(field, 'nodeName')) ?? text(child(topology, 'kubernetes.io/hostname')),
        pod: targetPod(child(field, 'targetRef'), namespace),
        zone: text(child(field, 'zone')) ?? text(child(topology, 'topology.kubernetes.io/zone')),
        hintZones: names(child(hints, 'forZones')),
        hintNodes: names(child(hints, 'forNodes')),
      },
    ];
  });
}

function subsetEndpoint(field: Field, namespace: string, ready: boolean): readonly Endpoint[] {
  const ip = address(child(field, 'ip'));
  if (ip === undefined) return [];
  return [
    {
      address: ip,
      ready,
      serving: ready,
      terminating: false,
      nodeName: text(child(field, 'nodeName')),
      pod: targetPod(child(field, 'targetRef'), namespace),
      hintZones: [],
      hintNodes: [],
    },
  ];
}

function targetPod(reference: Field, namespace: string): string | undefined {
  const name = text(child(reference, 'name'));
  if (!isWritten(reference) || text(child(reference, 'kind')) !== 'Pod' || name === undefined)
    return undefined;
  return keyOf({ namespace: text(child(reference, 'namespace')) ?? namespace, name });
}

function names(field: Field): readonly string[] {
  return items(field).flatMap((item) => text(child(item, 'name')) ?? []);
}
