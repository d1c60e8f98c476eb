// Policies of vendors as read: whose they are, which pods they may be about, and what they could do to a connection. What
// their text does not tell in a way that is known, they could do.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { VendorEffect, VendorPolicy } from '../../src/model/policy';
import { selectorText } from '../../src/model/selector';
import { clusterOf, load, only, problemLines } from './reading';

function effectText(effect: VendorEffect | undefined): string {
  if (effect === undefined) return 'none';
  const words = [
    effect.mayAllow ? 'allow' : '',
    effect.mayDeny ? 'deny' : '',
    effect.additive ? 'additive' : '',
    effect.outsideOnly === true ? 'outside' : '',
  ];
  return words.filter((word) => word !== '').join(' ') || 'nothing';
}

/** `pods in namespaces; ingress; egress`; `own` namespace, `any` pods. */
function partText({ subject, effect }: VendorPolicy): string {
  const pods = subject?.podSelector === undefined ? 'any' : selectorText(subject.podSelector);
  const namespaces =
    subject?.namespaceSelector === undefined ? 'own' : selectorText(subject.namespaceSelector);
  return `${pods} in ${namespaces}; ${effectText(effect.ingress)}; ${effectText(effect.egress)}`;
}

function vendorOf(type: string, spec: string, namespace = 'shop'): readonly VendorPolicy[] {
  const slash = type.lastIndexOf('/');
  const text = `apiVersion: ${type.slice(0, slash)}\nkind: ${type.slice(slash + 1)}\nmetadata: {name: p, namespace: ${namespace}}\n${spec}\n`;
  return clusterOf(text).vendorPolicies;
}

type Row = readonly [fact: string, type: string, spec: string, ...parts: string[]];

function check(rows: readonly Row[]): void {
  for (const [fact, type, spec, ...parts] of rows)
    test(fact, () => assert.deepEqual(vendorOf(type, spec).map(partText), parts));
}

const anything = 'allow deny';

describe('Cilium', () => {
  const cnp = 'cilium.io/v2/CiliumNetworkPolicy';
  const wide = 'cilium.io/v2/CiliumClusterwideNetworkPolicy';
  const web = 'endpointSelector: {matchLabels: {app: web}}';
  check([
    [
      'rules that allow add to NetworkPolicy, and isolate the pods selected',
      cnp,
      `spec: {${web}, ingress: [{fromEndpoints: [{}]}]}`,
      'app=web in own; allow deny additive; none',
    ],
    [
      'an empty rule only isolates',
      cnp,
      `spec: {${web}, egress: [{}]}`,
      'app=web in own; none; deny additive',
    ],
    [
      'an empty list says nothing about its direction',
      cnp,
      `spec: {${web}, ingress: [], egress: [{}]}`,
      'app=web in own; none; deny additive',
    ],
    [
      'without default deny a rule can only allow',
      cnp,
      `spec: {${web}, enableDefaultDeny: {ingress: false}, ingress: [{fromEntities: [all]}]}`,
      'app=web in own; allow additive; none',
    ],
    [
      'what is denied stays denied, whatever NetworkPolicy admits',
      cnp,
      `spec: {${web}, ingressDeny: [{fromEntities: [world]}], egressDeny: [{}], egress: [{toEntities: [all]}]}`,
      'app=web in own; deny; allow deny',
    ],
    [
      'denying rules deny without default deny too',
      cnp,
      `spec: {${web}, enableDefaultDeny: {ingress: false}, ingressDeny: [{fromEntities: [all]}]}`,
      'app=web in own; deny; none',
    ],
    [
      'required authentication narrows what others admit',
      cnp,
      `spec: {${web}, ingress: [{fromEndpoints: [{}], authentication: {mode: required}}]}`,
      'app=web in own; allow deny; none',
    ],
    [
      'labels may name their source, and the namespace by its name or its labels',
      wide,
      `spec: {endpointSelector: {matchLabels: {"k8s:app": web, "any:tier": x, "k8s:io.kubernetes.pod.namespace": shop, "k8s:io.cilium.k8s.namespace.labels.team": a}}, ingress: [{}]}`,
      'app=web,tier=x in kubernetes.io/metadata.name=shop,team=a; deny additive; none',
    ],
    [
      'labels of no object are left out, which selects more',
      cnp,
      'spec: {endpointSelector: {matchLabels: {"reserved:init": "", io.cilium.k8s.policy.cluster: one, app: web}}, ingress: [{}]}',
      'app=web in own; deny additive; none',
    ],
    [
      'each of several specs has its own pods and effect',
      cnp,
      `specs: [{${web}, ingress: [{}]}, {endpointSelector: {}, egress: [{}]}]`,
      'app=web in own; deny additive; none',
      'any in own; none; deny additive',
    ],
    [
      'policies for nodes are about no pod',
      wide,
      'spec: {nodeSelector: {}, ingress: [{}]}',
      'any in own; none; none',
    ],
    ['without a spec it could do anything', cnp, 'metadata2: 1', `any in own; ${anything}; ${anything}`],
    [
      'what cannot be read could do anything',
      cnp,
      'spec: {endpointSelector: web, ingress: [{}]}',
      `any in own; ${anything}; ${anything}`,
    ],
  ]);
});

describe('Calico', () => {
  const policy = 'projectcalico.org/v3/NetworkPolicy';
  const wide = 'projectcalico.org/v3/GlobalNetworkPolicy';
  const selecting = (selector: string): string => `spec: {selector: ${JSON.stringify(selector)}}`;
  const selected = (pods: string, namespaces = 'own'): string =>
    `${pods} in ${namespaces}; deny additive; none`;
  check([
    [
      'a policy that only allows adds to NetworkPolicy, and isolates',
      policy,
      'spec: {ingress: [{action: Allow}]}',
      'any in own; allow deny additive; none',
    ],
    [
      'the types are those of the rules',
      policy,
      'spec: {egress: [{action: Allow}]}',
      'any in own; none; allow deny additive',
    ],
    [
      'rules for both are both types',
      policy,
      'spec: {ingress: [{action: Log}], egress: [{action: Log}]}',
      'any in own; deny additive; deny additive',
    ],
    [
      'written types count',
      policy,
      'spec: {types: [Egress], ingress: [{action: Allow}]}',
      'any in own; none; deny additive',
    ],
    [
      'a denial asked before NetworkPolicy can deny what that admits',
      policy,
      'spec: {order: 10.5, ingress: [{action: Deny}]}',
      'any in own; deny; none',
    ],
    [
      'a denial asked after NetworkPolicy cannot',
      policy,
      'spec: {order: 2000, ingress: [{action: Deny}]}',
      'any in own; deny additive; none',
    ],
    [
      'without an order a policy is asked last',
      policy,
      'spec: {ingress: [{action: Deny}]}',
      'any in own; deny additive; none',
    ],
    [
      'another tier can deny what NetworkPolicy admits',
      wide,
      'spec: {tier: security, ingress: [{action: Allow}]}',
      'any in own; allow deny; none',
    ],
    [
      'Pass leaves the tier, and may so be allowed',
      policy,
      'spec: {ingress: [{action: Pass}]}',
      'any in own; allow deny additive; none',
    ],
    [
      'policies for host endpoints are about no pod',
      wide,
      'spec: {preDNAT: true, applyOnForward: true, ingress: [{action: Deny}]}',
      'any in own; none; none',
    ],
    [
      'policies on what a node forwards may be about any pod',
      wide,
      'spec: {applyOnForward: true, selector: "host == \'a\'", ingress: [{action: Deny}]}',
      'any in own; deny additive; none',
    ],
    [
      'staged policies have no effect',
      'projectcalico.org/v3/StagedGlobalNetworkPolicy',
      'spec: {ingress: [{action: Deny}]}',
      'any in own; none; none',
    ],
    ['equality', policy, selecting("app == 'web'"), selected('app=web')],
    [
      'inequality also matches what lacks the label',
      policy,
      selecting('app != "web"'),
      selected('app notin (web)'),
    ],
    [
      'sets',
      policy,
      selecting("app in {'a', 'b'} && tier not in { 'x' }"),
      selected('app in (a,b),tier notin (x)'),
    ],
    ['presence and absence', policy, selecting('has(app) && !has(old)'), selected('app,!old')],
    ['all()', policy, selecting('all()'), selected('any')],
    [
      'parts of words ask for the label at least',
      policy,
      selecting("app contains 'e' && tier starts with 'x'"),
      selected('app,tier'),
    ],
    ['&& within quotes joins nothing', policy, selecting("app == 'a && b'"), selected('app=a && b')],
    ['alternatives are any', policy, selecting("app == 'a' || app == 'b'"), selected('any')],
    ['brackets are any', policy, selecting("app == 'a' && !(tier == 'b')"), selected('any')],
    ['nonsense is any', policy, selecting('app === web'), selected('any')],
    [
      'namespaces by label and by name',
      wide,
      "spec: {selector: \"app == 'web'\", namespaceSelector: \"team == 'a' && projectcalico.org/name in {'shop'}\"}",
      selected('app=web', 'team=a,kubernetes.io/metadata.name=shop'),
    ],
    [
      'the label of a pod for its namespace',
      wide,
      selecting("projectcalico.org/namespace == 'shop' && pcns.team == 'a'"),
      selected('any', 'kubernetes.io/metadata.name=shop'),
    ],
  ]);
});

describe('Antrea', () => {
  const policy = 'crd.antrea.io/v1beta1/NetworkPolicy';
  const wide = 'crd.antrea.io/v1beta1/ClusterNetworkPolicy';
  const web = 'appliedTo: [{podSelector: {matchLabels: {app: web}}}]';
  check([
    [
      'a rule that allows isolates nobody',
      policy,
      `spec: {${web}, ingress: [{action: Allow}]}`,
      'app=web in own; allow; none',
    ],
    [
      'Drop and Reject deny',
      policy,
      `spec: {${web}, ingress: [{action: Drop}], egress: [{action: Reject}]}`,
      'app=web in own; deny; deny',
    ],
    [
      'Pass alone changes nothing',
      policy,
      `spec: {${web}, ingress: [{action: Pass}]}`,
      'app=web in own; none; none',
    ],
    [
      'the baseline tier cannot deny what NetworkPolicy admits',
      policy,
      `spec: {tier: baseline, ${web}, ingress: [{action: Drop}]}`,
      'app=web in own; deny additive; none',
    ],
    [
      'pods without namespaces are those of all namespaces, cluster-wide',
      wide,
      `spec: {${web}, ingress: [{action: Drop}]}`,
      'app=web in <everything>; deny; none',
    ],
    [
      'each rule may have pods of its own',
      wide,
      'spec: {ingress: [{action: Drop, appliedTo: [{namespaceSelector: {matchLabels: {team: a}}}]}]}',
      'any in team=a; deny; none',
    ],
    [
      'groups are any pod, nodes none',
      wide,
      'spec: {appliedTo: [{group: g}, {nodeSelector: {}}], ingress: [{action: Drop}]}',
      'any in own; deny; none',
      'any in own; none; none',
    ],
    [
      'a filter of requests can deny',
      policy,
      `spec: {${web}, ingress: [{action: Allow, l7Protocols: [{http: {}}]}]}`,
      'app=web in own; allow deny; none',
    ],
    [
      'applied to nothing that is known: anything',
      policy,
      'spec: {ingress: [{action: Drop}]}',
      `any in own; ${anything}; ${anything}`,
    ],
  ]);
});

describe('service meshes refuse and never let through', () => {
  const authorization = 'security.istio.io/v1/AuthorizationPolicy';
  const peers = 'security.istio.io/v1/PeerAuthentication';
  const server = 'policy.linkerd.io/v1beta3/Server';
  check([
    [
      'Istio: what no rule of ALLOW matches is refused',
      authorization,
      'spec: {selector: {matchLabels: {app: web}}, rules: [{from: []}]}',
      'app=web in own; deny; none',
    ],
    ['Istio: a policy of nothing refuses all', authorization, 'spec: {}', 'any in own; deny; none'],
    [
      'Istio: ALLOW with an empty rule refuses nobody',
      authorization,
      'spec: {rules: [{}]}',
      'any in own; none; none',
    ],
    [
      'Istio: DENY without rules refuses nobody',
      authorization,
      'spec: {action: DENY}',
      'any in own; none; none',
    ],
    [
      'Istio: DENY with an empty rule refuses all',
      authorization,
      'spec: {action: DENY, rules: [{}]}',
      'any in own; deny; none',
    ],
    [
      'Istio: AUDIT refuses nobody',
      authorization,
      'spec: {action: AUDIT, rules: [{from: []}]}',
      'any in own; none; none',
    ],
    [
      'Istio: STRICT refuses those outside the mesh',
      peers,
      'spec: {mtls: {mode: STRICT}}',
      'any in own; deny; none',
    ],
    [
      'Istio: STRICT on a port',
      peers,
      'spec: {mtls: {mode: PERMISSIVE}, portLevelMtls: {8080: {mode: STRICT}}}',
      'any in own; deny; none',
    ],
    ['Istio: PERMISSIVE refuses nobody', peers, 'spec: {mtls: {mode: PERMISSIVE}}', 'any in own; none; none'],
    [
      'Linkerd: a Server refuses what nothing authorizes',
      server,
      'spec: {podSelector: {matchLabels: {app: web}}, port: http}',
      'app=web in own; deny; none',
    ],
    [
      'Linkerd: an open Server refuses nobody',
      server,
      'spec: {podSelector: {}, accessPolicy: all-unauthenticated}',
      '<everything> in own; none; none',
    ],
    [
      'Linkerd: an authorization only opens',
      'policy.linkerd.io/v1alpha1/AuthorizationPolicy',
      'spec: {}',
      'any in own; none; none',
    ],
    [
      'Kuma: any pod of any namespace',
      'kuma.io/v1alpha1/MeshTrafficPermission',
      'spec: {}',
      'any in <everything>; deny; none',
    ],
    [
      'Consul: any pod of any namespace',
      'consul.hashicorp.com/v1alpha1/ServiceIntentions',
      'spec: {}',
      'any in <everything>; deny; none',
    ],
    [
      'SMI: any pod of its namespace',
      'access.smi-spec.io/v1alpha3/TrafficTarget',
      'spec: {}',
      'any in own; deny; none',
    ],
  ]);
  test('Istio: a policy in the root namespace is about the whole mesh', () => {
    const spec = 'spec: {selector: {matchLabels: {app: web}}}';
    assert.deepEqual(vendorOf(authorization, spec, 'istio-system').map(partText), [
      'app=web in <everything>; deny; none',
    ]);
  });
});

describe('clouds and other plugins', () => {
  check([
    [
      'AWS: application policies add, as NetworkPolicy does',
      'networking.k8s.aws/v1alpha1/ApplicationNetworkPolicy',
      'spec: {podSelector: {matchLabels: {app: web}}, egress: [{}]}',
      'app=web in own; allow deny additive; allow deny additive',
    ],
    [
      'AWS: policyTypes count',
      'networking.k8s.aws/v1alpha1/ApplicationNetworkPolicy',
      'spec: {podSelector: {}, policyTypes: [Egress]}',
      '<everything> in own; none; allow deny additive',
    ],
    [
      'AWS: cluster policies do what their rules say',
      'networking.k8s.aws/v1alpha1/ClusterNetworkPolicy',
      'spec: {tier: Admin, subject: {namespaces: {matchLabels: {team: a}}}, ingress: [{action: Deny}], egress: [{action: Accept}]}',
      'any in team=a; deny; allow',
    ],
    [
      'AWS: the baseline tier comes after NetworkPolicy',
      'networking.k8s.aws/v1alpha1/ClusterNetworkPolicy',
      'spec: {tier: Baseline, subject: {pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}}, ingress: [{action: Deny}]}',
      'app=web in <everything>; deny additive; none',
    ],
    [
      'AWS: security groups deny both ways',
      'vpcresources.k8s.aws/v1beta1/SecurityGroupPolicy',
      'spec: {podSelector: {matchLabels: {app: web}}}',
      'app=web in own; deny; deny',
    ],
    [
      'GKE: names are egress that adds',
      'networking.gke.io/v1alpha1/FQDNNetworkPolicy',
      'spec: {podSelector: {}}',
      '<everything> in own; none; allow deny additive',
    ],
    [
      'OVN-Kubernetes: an egress firewall denies towards the outside only',
      'k8s.ovn.org/v1/EgressFirewall',
      'spec: {egress: [{type: Deny, to: {cidrSelector: 0.0.0.0/0}}]}',
      'any in own; none; deny outside',
    ],
    [
      'OVN-Kubernetes: an egress firewall that only allows changes nothing',
      'k8s.ovn.org/v1/EgressFirewall',
      'spec: {egress: [{type: Allow, to: {cidrSelector: 0.0.0.0/0}}]}',
      'any in own; none; none',
    ],
    [
      'OpenShift SDN: the same',
      'network.openshift.io/v1/EgressNetworkPolicy',
      'spec: {egress: [{type: Deny, to: {cidrSelector: 0.0.0.0/0}}]}',
      'any in own; none; deny outside',
    ],
    [
      'NSX: rules have a direction',
      'crd.nsx.vmware.com/v1alpha1/SecurityPolicy',
      'spec: {appliedTo: [{podSelector: {matchLabels: {app: web}}}], rules: [{direction: in, action: allow}, {direction: out, action: drop}]}',
      'app=web in own; allow; deny',
    ],
    [
      'Kube-OVN: pods name their security groups, so any may',
      'kubeovn.io/v1/SecurityGroup',
      'spec: {}',
      'any in own; deny; deny',
    ],
  ]);
});

test('a vendor is named as people say it, and nothing it writes is refused', () => {
  const [policy] = vendorOf('cilium.io/v2/CiliumNetworkPolicy', 'spec: {endpointSelector: 1}');
  assert.deepEqual([policy?.vendor, policy?.name, policy?.namespace], ['Cilium', 'p', 'shop']);
});

test('a second policy of the same name is not used, with all its specs', () => {
  const text = `apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: p, namespace: shop}\nspecs: [{endpointSelector: {}, ingress: [{}]}, {endpointSelector: {}, egress: [{}]}]\n`;
  const { cluster, problems } = load(`${text}---\n${text}`);
  assert.equal(cluster.vendorPolicies.length, 2);
  assert.ok(
    only(problemLines(problems)).startsWith(
      'warning object.duplicate a.yaml:8 cilium.io CiliumNetworkPolicy shop/p',
    ),
  );
});
