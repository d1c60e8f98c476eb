// Services with the API's defaults, slices and Endpoints.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Service } from '../../src/model/service';
import { checkProblems, clusterOf, only } from './reading';

function service(spec: string, metadata = 'name: web, namespace: shop'): string {
  return `apiVersion: v1\nkind: Service\nmetadata: {${metadata}}\nspec: ${spec}\n`;
}

function serviceOf(spec: string, metadata?: string): Service {
  return only(clusterOf(service(spec, metadata)).services);
}

describe('Services', () => {
  test('targetPort defaults to port, protocol to TCP, type to ClusterIP', () => {
    const { ports, type, headless, clusterIps } = serviceOf('{ports: [{port: 80}], selector: {app: web}}');
    assert.deepEqual(
      ports.map((port) => ({ ...port, at: undefined })),
      [{ name: '', port: 80, protocol: 'TCP', targetPort: 80, nodePort: undefined, at: undefined }],
    );
    assert.deepEqual([type, headless, clusterIps], ['ClusterIP', false, []]);
  });
  test('targetPort may name a container port', () => {
    assert.equal(serviceOf('{ports: [{port: 80, targetPort: http}]}').ports[0]?.targetPort, 'http');
  });
  test('clusterIP None makes a headless Service, with or without ports', () => {
    assert.equal(serviceOf('{clusterIP: None}').headless, true);
    assert.deepEqual(serviceOf('{clusterIPs: ["None"], ports: [{port: 80}]}').clusterIps, []);
  });
  test('an empty selector is no selector', () => {
    assert.equal(serviceOf('{ports: [{port: 80}], selector: {}}').selector, undefined);
    assert.deepEqual(serviceOf('{ports: [{port: 80}], selector: {a: b}}').selector, { a: 'b' });
  });
  test('addresses of a manifest are declared, those of a cluster observed', () => {
    const spec = '{clusterIP: 10.96.0.20, clusterIPs: [10.96.0.20, "fd00::20"], ports: [{port: 80}]}';
    const facts = ({ clusterIps }: Service): unknown =>
      clusterIps.map((fact) => [fact.value.text, fact.provenance]);
    assert.deepEqual(facts(serviceOf(spec)), [
      ['10.96.0.20', 'declared'],
      ['fd00::20', 'declared'],
    ]);
    assert.deepEqual(facts(serviceOf(spec, 'name: web, uid: "1"')), [
      ['10.96.0.20', 'observed'],
      ['fd00::20', 'observed'],
    ]);
    assert.deepEqual(serviceOf(spec).ipFamilies, [4, 6]);
  });
  test('an ExternalName Service has neither address nor endpoints', () => {
    const { type, externalName, clusterIps } = serviceOf(
      '{type: ExternalName, externalName: db.example.com}',
    );
    assert.deepEqual([type, externalName, clusterIps], ['ExternalName', 'db.example.com', []]);
  });
  test('a load balancer’s address is the one its status reports', () => {
    const text = `${service('{type: LoadBalancer, ports: [{port: 80, nodePort: 30080}], loadBalancerIP: 198.51.100.1}')}status: {loadBalancer: {ingress: [{ip: 198.51.100.9}]}}\n`;
    const { loadBalancerIps, ports } = only(clusterOf(text).services);
    assert.deepEqual(
      loadBalancerIps.map((fact) => [fact.value.text, fact.provenance]),
      [['198.51.100.9', 'observed']],
    );
    assert.equal(ports[0]?.nodePort, 30080);
  });
});

describe('Services that the API server would reject', () => {
  const cases: readonly (readonly [spec: string, reason: string])[] = [
    ['{selector: {a: b}}', 'spec.ports: Required value'],
    ['{ports: [{port: 0}]}', 'spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive'],
    [
      '{ports: [{port: 80, targetPort: 70000}]}',
      'spec.ports[0].targetPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
    ],
    [
      '{ports: [{port: 80, targetPort: "8080"}]}',
      'spec.ports[0].targetPort: Invalid value: "8080": must contain at least one letter (a-z)',
    ],
    ['{ports: [{port: 80, name: a}, {port: 81}]}', 'spec.ports[1].name: Required value'],
    [
      '{ports: [{port: 80}], clusterIP: 10.96.0.256}',
      'spec.clusterIP: Invalid value: "10.96.0.256": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
    [
      '{ports: [{port: 80}], clusterIP: 10.096.0.1}',
      'spec.clusterIP: Invalid value: "10.096.0.1": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
    [
      '{ports: [{port: 80}], type: Clusterip}',
      'spec.type: Unsupported value: "Clusterip": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
    ],
  ];
  for (const [spec, reason] of cases) {
    test(reason.slice(0, 90), () => {
      checkProblems(service(spec), [
        `error object.invalid a.yaml:4 ${reason}. Service shop/web is left out, as the API server would reject it.`,
      ]);
    });
  }
});

describe('EndpointSlices and Endpoints', () => {
  const slice = `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
ports: [{port: 8080}, {name: any}]
endpoints:
- {addresses: [10.244.1.5], nodeName: n1, zone: z1, targetRef: {kind: Pod, name: a}, hints: {forZones: [{name: z1}]}}
- {addresses: [10.244.1.6], conditions: {ready: false, serving: true, terminating: true}}
- {addresses: [10.244.1.7], conditions: {ready: false}}
`;
  const endpoints = `apiVersion: v1
kind: Endpoints
metadata: {name: web, namespace: shop}
subsets:
- addresses: [{ip: 10.244.1.5, nodeName: n1, targetRef: {kind: Pod, name: a, namespace: shop}}, {ip: "fd00::5"}]
  notReadyAddresses: [{ip: 10.244.1.6}]
  ports: [{name: http, port: 8080}]
`;
  test('an endpoint is ready unless told otherwise, and serves as long as it is ready', () => {
    const { service: key, ports, endpoints: list } = only(clusterOf(slice).slices);
    assert.equal(key, 'shop/web');
    assert.deepEqual(ports, [{ name: '', port: 8080, protocol: 'TCP' }]);
    assert.deepEqual(
      list.map((one) => [
        one.address.text,
        one.ready,
        one.serving,
        one.terminating,
        one.pod,
        one.zone,
        one.hintZones.join(),
      ]),
      [
        ['10.244.1.5', true, true, false, 'shop/a', 'z1', 'z1'],
        ['10.244.1.6', false, true, true, undefined, undefined, ''],
        ['10.244.1.7', false, false, false, undefined, undefined, ''],
      ],
    );
  });
  test('Endpoints become one slice per family', () => {
    const { slices } = clusterOf(endpoints);
    assert.deepEqual(
      slices.map((one) => [
        one.service,
        one.family,
        one.endpoints.map((end) => `${end.address.text} ${end.ready}`).join(),
      ]),
      [
        ['shop/web', 4, '10.244.1.5 true,10.244.1.6 false'],
        ['shop/web', 6, 'fd00::5 true'],
      ],
    );
    assert.equal(slices[0]?.endpoints[0]?.pod, 'shop/a');
  });
  test('Endpoints count only where no slice of the Service is known', () => {
    assert.deepEqual(
      clusterOf({ 'a.yaml': endpoints, 'b.yaml': slice }).slices.map((one) => one.name),
      ['web-1'],
    );
  });
  test('slices of DNS names are passed over', () => {
    assert.deepEqual(
      clusterOf(slice.replace('IPv4', 'FQDN').replace(/addresses: \[[^\]]*\]/g, 'addresses: [a.example]'))
        .slices,
      [],
    );
  });
});
