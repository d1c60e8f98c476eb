// What objects tell of the CNI plugin and kube-proxy, with the line that says it; and what nodes and Services tell besides.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Cluster } from '../../src/model/cluster';
import { checkProblems, clusterOf, load, only, problemLines, type Files } from './reading';

/** `key=value:line` of every setting, lines as editors count them. */
function settings(input: Files | string): readonly string[] {
  return (clusterOf(input).cni?.settings ?? []).map(
    ({ key, value, evidence }) => `${key}=${value}:${(evidence.at?.line ?? -1) + 1}`,
  );
}

function pools(input: Files | string): readonly string[] {
  return (clusterOf(input).cni?.pools ?? []).map(
    ({ name, range, ipip, vxlan, natOutgoing, forPods }) =>
      `${name} ${range.value.text} ${range.provenance} ipip=${ipip} vxlan=${vxlan} nat=${String(natOutgoing)} pods=${String(forPods)}`,
  );
}

/** A ConfigMap whose `key` holds the lines as a block; its first line is line 7 of the file. */
function configMap(name: string, key: string, lines: string, namespace = 'kube-system'): string {
  const block = lines
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: ${namespace}\ndata:\n  ${key}: |\n${block}\n`;
}

interface Case {
  readonly fact: string;
  readonly input: string;
  readonly settings: readonly string[];
}

const cases: readonly Case[] = [
  {
    fact: 'kube-proxy of kubeadm tells its mode, the empty one too',
    input: configMap('kube-proxy', 'config.conf', 'apiVersion: x/v1\nmode: ""\nclusterCIDR: 10.7.0.0/16'),
    settings: ['kube-proxy=kube-proxy:4', 'kube-proxy.mode=:9', 'kube-proxy.clusterCIDR=10.7.0.0/16:10'],
  },
  {
    fact: 'kube-proxy of EKS keeps the same under another name',
    input: configMap('kube-proxy-config', 'config', 'mode: "ipvs"\nnodePortAddresses: [10.0.0.0/8, primary]'),
    settings: [
      'kube-proxy=kube-proxy-config:4',
      'kube-proxy.mode=ipvs:8',
      'kube-proxy.nodePortAddresses=10.0.0.0/8,primary:9',
    ],
  },
  {
    fact: 'switches of a mode stand below it',
    input: configMap(
      'kube-proxy',
      'config.conf',
      'detectLocalMode: NodeCIDR\niptables:\n  localhostNodePorts: false\n  masqueradeAll: true\nnftables: {masqueradeAll: false}',
    ),
    settings: [
      'kube-proxy=kube-proxy:4',
      'kube-proxy.detectLocalMode=NodeCIDR:8',
      'kube-proxy.iptables.localhostNodePorts=false:10',
      'kube-proxy.iptables.masqueradeAll=true:11',
      'kube-proxy.nftables.masqueradeAll=false:12',
    ],
  },
  {
    fact: 'flannel keeps JSON in its ConfigMap',
    input: configMap(
      'kube-flannel-cfg',
      'net-conf.json',
      '{\n  "Network": "10.244.0.0/16",\n  "Backend": {\n    "Type": "vxlan",\n    "VNI": 4096,\n    "Port": 4789,\n    "DirectRouting": true\n  }\n}',
      'kube-flannel',
    ),
    settings: [
      'flannel=kube-flannel-cfg:4',
      'flannel.Network=10.244.0.0/16:9',
      'flannel.Backend.Type=vxlan:11',
      'flannel.Backend.DirectRouting=true:14',
      'flannel.Backend.VNI=4096:12',
      'flannel.Backend.Port=4789:13',
    ],
  },
  {
    fact: 'Cilium keeps flat keys',
    input:
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cilium-config, namespace: kube-system}\ndata:\n' +
      '  debug: "false"\n  routing-mode: native\n  kube-proxy-replacement: "true"\n  ipv4-native-routing-cidr: 10.0.0.0/8\n',
    settings: [
      'cilium=cilium-config:3',
      'cilium.routing-mode=native:6',
      'cilium.kube-proxy-replacement=true:7',
      'cilium.ipv4-native-routing-cidr=10.0.0.0/8:8',
    ],
  },
  {
    fact: 'ip-masq-agent lists what it does not masquerade to',
    input: configMap(
      'ip-masq-agent',
      'config',
      'nonMasqueradeCIDRs:\n  - 10.0.0.0/8\n  - 192.168.0.0/16\nmasqLinkLocal: true',
    ),
    settings: [
      'ip-masq-agent=ip-masq-agent:4',
      'ip-masq-agent.nonMasqueradeCIDRs=10.0.0.0/8,192.168.0.0/16:9',
      'ip-masq-agent.masqLinkLocal=true:11',
    ],
  },
  {
    fact: 'the AWS VPC CNI tells whether it enforces policies',
    input:
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: amazon-vpc-cni, namespace: kube-system}\ndata: {enable-network-policy-controller: "false"}\n',
    settings: ['amazon-vpc-cni=amazon-vpc-cni:3', 'amazon-vpc-cni.enable-network-policy-controller=false:4'],
  },
  {
    fact: 'an Antrea configuration with a hash in its name is one',
    input: configMap(
      'antrea-config-bkgd5728h8',
      'antrea-agent.conf',
      '# comment\ntrafficEncapMode: noEncap\n#tunnelType: geneve\nantreaProxy:\n  proxyAll: true',
    ),
    settings: [
      'antrea=antrea-config-bkgd5728h8:4',
      'antrea.trafficEncapMode=noEncap:9',
      'antrea.antreaProxy.proxyAll=true:12',
    ],
  },
  {
    fact: "a ConfigMap of the same name outside the plugins' namespaces is somebody else's",
    input: configMap('kube-proxy', 'config.conf', 'mode: ipvs', 'shop'),
    settings: [],
  },
  {
    fact: 'kind keeps kindnet and iptables unless it is told otherwise',
    input: 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nname: dev\n',
    settings: ['kind.defaultCni=kindnet:1', 'kube-proxy.mode=iptables:1'],
  },
  {
    fact: 'kind without a default CNI names none',
    input:
      'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnetworking:\n  disableDefaultCNI: true\n  kubeProxyMode: none\n',
    settings: ['kube-proxy.mode=none:5'],
  },
  {
    fact: 'k3d means flannel with VXLAN, kube-proxy and a policy controller',
    input: 'apiVersion: k3d.io/v1alpha5\nkind: Simple\nmetadata: {name: dev}\n',
    settings: ['flannel.Backend.Type=vxlan:1', 'kube-proxy.mode=iptables:1', 'k3s.networkPolicy=true:1'],
  },
  {
    fact: 'arguments of k3s win over its defaults',
    input:
      'apiVersion: k3d.io/v1alpha5\nkind: Simple\nmetadata: {name: dev}\noptions:\n  k3s:\n    extraArgs:\n' +
      '      - arg: --flannel-backend=host-gw\n      - arg: --disable-network-policy\n      - arg: --kube-proxy-arg=proxy-mode=ipvs\n',
    settings: ['flannel.Backend.Type=host-gw:7', 'kube-proxy.mode=ipvs:9'],
  },
  {
    fact: 'k3s without flannel and kube-proxy has neither',
    input:
      'apiVersion: k3d.io/v1alpha5\nkind: Simple\nmetadata: {name: dev}\noptions: {k3s: {extraArgs: [{arg: --flannel-backend=none}, {arg: --disable-kube-proxy}]}}\n',
    settings: ['kube-proxy.mode=none:4', 'k3s.networkPolicy=true:1'],
  },
  {
    fact: 'a KubeProxyConfiguration for kubeadm tells the mode',
    input: 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: nftables\n',
    settings: ['kube-proxy.mode=nftables:3'],
  },
  {
    fact: 'an Installation without pools means IPIP, which is the default of the operator',
    input:
      'apiVersion: operator.tigera.io/v1\nkind: Installation\nmetadata: {name: default}\nspec: {calicoNetwork: {linuxDataplane: BPF}}\n',
    settings: [
      'calico=default:3',
      'calico.calicoNetwork.linuxDataplane=BPF:4',
      'calico.encapsulation=IPIP:4',
    ],
  },
  {
    fact: 'definitions of custom resources give a plugin away, once each',
    input: [
      'ippools.crd.projectcalico.org',
      'felixconfigurations.crd.projectcalico.org',
      'widgets.example.com',
    ]
      .map(
        (name) =>
          `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: ${name}}\n`,
      )
      .join('---\n'),
    settings: ['custom.calico=ippools.crd.projectcalico.org:3'],
  },
  {
    fact: 'objects of a kind that only one plugin has give it away',
    input: 'apiVersion: cilium.io/v2\nkind: CiliumNode\nmetadata: {name: n1}\n',
    settings: ['custom.cilium=n1:3'],
  },
  {
    fact: 'OpenShift names its network type',
    input:
      'apiVersion: operator.openshift.io/v1\nkind: Network\nmetadata: {name: cluster}\nspec:\n  defaultNetwork:\n    type: OVNKubernetes\n',
    settings: ['openshift.defaultNetwork.type=OVNKubernetes:6'],
  },
];

describe('settings of CNI plugins and kube-proxy', () => {
  for (const { fact, input, settings: expected } of cases) {
    test(fact, () => assert.deepEqual(settings(input), expected));
  }

  test('what runs comes before what a tool was told, whatever the order of the files', () => {
    const tool =
      'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: nftables\n';
    const kind = 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n';
    const running = configMap('kube-proxy', 'config.conf', 'mode: ipvs');
    const modes = (files: Files): readonly string[] =>
      settings(files).filter((each) => each.startsWith('kube-proxy.mode'));
    assert.deepEqual(modes({ 'a.yaml': kind, 'b.yaml': tool, 'c.yaml': running }), [
      'kube-proxy.mode=ipvs:8',
    ]);
    assert.deepEqual(modes({ 'a.yaml': kind, 'b.yaml': tool }), ['kube-proxy.mode=nftables:3']);
  });

  test('a cluster that nothing is told of has no such facts', () => {
    assert.equal(clusterOf('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n').cni, undefined);
  });

  test('text that is no YAML tells nothing and is no problem of the manifest', () => {
    const { cluster, problems } = load(configMap('kube-proxy', 'config.conf', 'mode: [ipvs'));
    assert.deepEqual(problemLines(problems), []);
    assert.deepEqual(
      cluster.cni?.settings.map(({ key }) => key),
      ['kube-proxy'],
    );
  });
});

const pool = (name: string, spec: string, group = 'crd.projectcalico.org/v1'): string =>
  `apiVersion: ${group}\nkind: IPPool\nmetadata: {name: ${name}}\nspec: {${spec}}\n`;

const installation = (list: string): string =>
  `apiVersion: operator.tigera.io/v1\nkind: Installation\nmetadata: {name: default}\nspec:\n  calicoNetwork:\n    ipPools: ${list}\n`;

describe('pools of Calico', () => {
  test('have no encapsulation and no NAT unless they say so, in both API groups', () => {
    const expected = ['one 10.1.0.0/16 declared ipip=Never vxlan=Never nat=false pods=true'];
    assert.deepEqual(pools(pool('one', 'cidr: 10.1.0.0/16')), expected);
    assert.deepEqual(pools(pool('one', 'cidr: 10.1.0.0/16', 'projectcalico.org/v3')), expected);
  });
  test('may be disabled, or be for tunnels only', () => {
    const list = [
      pool('old', 'cidr: 10.1.0.0/16, disabled: true, natOutgoing: true'),
      pool('tunnels', 'cidr: 10.2.0.0/16, allowedUses: [Tunnel], ipipMode: Always'),
    ];
    assert.deepEqual(pools(list.join('---\n')), [
      'old 10.1.0.0/16 declared ipip=Never vxlan=Never nat=true pods=false',
      'tunnels 10.2.0.0/16 declared ipip=Always vxlan=Never nat=false pods=false',
    ]);
  });
  test('without a range are left out, as the API server would reject them', () => {
    checkProblems(pool('one', 'ipipMode: Always'), [
      'error object.invalid a.yaml:4 spec.cidr: Required value. IPPool one is left out, as the API server would reject it.',
    ]);
  });
  test('that the operator is to make have its defaults', () => {
    assert.deepEqual(pools(installation('[{}]')), [
      'default-ipv4-ippool 192.168.0.0/16 inferred ipip=Always vxlan=Never nat=true pods=true',
    ]);
  });
  for (const [encapsulation, ipip, vxlan] of [
    ['IPIP', 'Always', 'Never'],
    ['VXLAN', 'Never', 'Always'],
    ['IPIPCrossSubnet', 'CrossSubnet', 'Never'],
    ['VXLANCrossSubnet', 'Never', 'CrossSubnet'],
    ['None', 'Never', 'Never'],
  ] as const) {
    test(`the operator's ${encapsulation} is ipipMode ${ipip}, vxlanMode ${vxlan}`, () => {
      const list = `[{cidr: 10.1.0.0/16, name: p, encapsulation: ${encapsulation}, natOutgoing: Disabled}]`;
      assert.deepEqual(pools(installation(list)), [
        `p 10.1.0.0/16 declared ipip=${ipip} vxlan=${vxlan} nat=false pods=true`,
      ]);
    });
  }
  test('IPPool objects win over what the operator was asked to make', () => {
    const files = { 'a.yaml': installation('[{}]'), 'b.yaml': pool('live', 'cidr: 10.1.0.0/16') };
    assert.deepEqual(
      clusterOf(files).cni?.pools.map(({ name }) => name),
      ['live'],
    );
  });
});

describe('nodes', () => {
  const node = (rest: string): Cluster['nodes'][number] =>
    only(clusterOf(`apiVersion: v1\nkind: Node\nmetadata: {name: n1, ${rest}\n`).nodes);
  test("keep the annotations of plugins, and nobody else's", () => {
    const { annotations, providerId } = node(
      'annotations: {flannel.alpha.coreos.com/backend-type: vxlan, projectcalico.org/IPv4Address: 10.0.0.1/24, example.com/a: b}}\nspec: {providerID: "kind://docker/kind/n1"}',
    );
    assert.deepEqual(annotations, {
      'flannel.alpha.coreos.com/backend-type': 'vxlan',
      'projectcalico.org/IPv4Address': '10.0.0.1/24',
    });
    assert.equal(providerId, 'kind://docker/kind/n1');
  });
  test('have the pod range that OVN-Kubernetes annotates, whatever their spec says', () => {
    for (const subnets of [`'{"default": "10.128.2.0/23"}'`, `'{"default": ["10.128.2.0/23"]}'`]) {
      const { podCidrs } = node(
        `annotations: {k8s.ovn.org/node-subnets: ${subnets}}}\nspec: {podCIDR: 10.1.0.0/24}`,
      );
      assert.deepEqual(
        podCidrs.map(({ value }) => value.text),
        ['10.128.2.0/23'],
      );
    }
  });
  test('have the pod range that Cilium annotates', () => {
    const { podCidrs } = node('annotations: {network.cilium.io/ipv4-pod-cidr: 10.0.1.0/24}}');
    assert.deepEqual(
      podCidrs.map(({ value }) => value.text),
      ['10.0.1.0/24'],
    );
  });
});

describe('load balancers of a Service', () => {
  const balanced = (ingress: string): readonly [readonly string[], readonly string[]] => {
    const service = only(
      clusterOf(
        `apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {type: LoadBalancer, loadBalancerIP: 198.51.100.9, ports: [{port: 80}]}\nstatus: {loadBalancer: {ingress: ${ingress}}}\n`,
      ).services,
    );
    return [
      service.loadBalancerIps.map(({ value }) => value.text),
      (service.loadBalancerProxies ?? []).map(({ value }) => value),
    ];
  };
  test('have addresses that nodes take for their own, unless ipMode says Proxy', () => {
    assert.deepEqual(balanced('[{ip: 203.0.113.5}, {ip: 203.0.113.6, ipMode: VIP}]'), [
      ['203.0.113.5', '203.0.113.6'],
      [],
    ]);
    assert.deepEqual(balanced('[{ip: 203.0.113.5, ipMode: Proxy}]'), [[], ['203.0.113.5']]);
  });
  test('that have a host name only connect by themselves', () => {
    assert.deepEqual(balanced('[{hostname: lb.example.com}]'), [[], ['lb.example.com']]);
    assert.deepEqual(balanced('[{hostname: lb.example.com, ip: 203.0.113.5}]'), [['203.0.113.5'], []]);
  });
  test('that are pending have the address that was asked for', () => {
    assert.deepEqual(balanced('[]'), [['198.51.100.9'], []]);
  });
});
