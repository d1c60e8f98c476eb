// Table C6 of the networking facts, row by row: which signal gives which CNI profile and kube-proxy mode, from manifests through
// the loader; each detection names the object and the line that decided.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readChoice, withChoice } from '../../src/dataplane/choice';
import { settingsFor, type Detected } from '../../src/dataplane/detect';
import type { CniProfileId, KubeProxyMode } from '../../src/dataplane/profile';
import { clusterOf, type Files } from '../load/reading';

/** A DaemonSet whose name is on line 4. */
function daemonSet(name: string, namespace = 'kube-system'): string {
  return `apiVersion: apps/v1\nkind: DaemonSet\nmetadata:\n  name: ${name}\n  namespace: ${namespace}\nspec:\n  selector: {matchLabels: {a: b}}\n  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a}]}}\n`;
}

/** A ConfigMap whose data begins on line 5. */
function configMap(name: string, data: string, namespace = 'kube-system'): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: ${namespace}}\ndata:\n${data}\n`;
}

/** A Node with the metadata on line 3. */
function node(metadata: string, spec = '{}'): string {
  return `apiVersion: v1\nkind: Node\nmetadata: {name: n1, ${metadata}}\nspec: ${spec}\n`;
}

function pool(modes: string): string {
  return `apiVersion: crd.projectcalico.org/v1\nkind: IPPool\nmetadata: {name: default-ipv4-ippool}\nspec:\n  ${modes}\n  cidr: 192.168.0.0/16\n`;
}

function installation(encapsulation: string): string {
  return `apiVersion: operator.tigera.io/v1\nkind: Installation\nmetadata: {name: default}\nspec: {calicoNetwork: {ipPools: [{${encapsulation}}]}}\n`;
}

const kind = (networking: string): string =>
  `kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnetworking:\n  ${networking}\n`;

const flannelConfig = (backend: string): string =>
  configMap(
    'kube-flannel-cfg',
    `  net-conf.json: |\n    {"Network": "10.244.0.0/16",\n     "Backend": {${backend}}}`,
    'kube-flannel',
  );

const cilium = (data: string): string => configMap('cilium-config', `  debug: "false"\n  ${data}`);

/** Several objects as documents of one file. */
function together(...objects: readonly string[]): Files {
  return Object.fromEntries(objects.map((text, index) => [`${String.fromCharCode(97 + index)}.yaml`, text]));
}

/** `words file:line`; what the user chose, and assumptions, have no place. */
function deciding({ how, evidence }: Detected<unknown>): string {
  const [first] = evidence;
  const place = first?.at === undefined ? '' : ` ${first.at.file}:${first.at.line + 1}`;
  return `${how}: ${first?.text ?? ''}${place}`;
}

interface Row {
  readonly fact: string;
  readonly input: Files | string;
  readonly cni: CniProfileId;
  readonly because: string;
}

const rows: readonly (readonly [row: string, cases: readonly Row[]])[] = [
  [
    'flannel',
    [
      {
        fact: 'its DaemonSet alone means VXLAN, which is its default backend',
        input: daemonSet('kube-flannel-ds', 'kube-flannel'),
        cni: 'flannel-vxlan',
        because: 'detected: DaemonSet kube-flannel/kube-flannel-ds a.yaml:4',
      },
      {
        fact: 'the backend of its ConfigMap decides',
        input: flannelConfig('"Type": "host-gw"'),
        cni: 'flannel-host-gw',
        because: 'detected: ConfigMap kube-flannel/kube-flannel-cfg has Backend.Type: host-gw a.yaml:7',
      },
      {
        fact: 'DirectRouting leaves the tunnel out inside a subnet',
        input: together(
          daemonSet('kube-flannel-ds'),
          flannelConfig('"Type": "vxlan", "DirectRouting": true'),
        ),
        cni: 'flannel-vxlan-direct',
        because: 'detected: ConfigMap kube-flannel/kube-flannel-cfg has Backend.DirectRouting: true b.yaml:7',
      },
      {
        fact: 'k3s has no DaemonSet: the annotations of nodes tell',
        input: node('annotations: {flannel.alpha.coreos.com/backend-type: host-gw}'),
        cni: 'flannel-host-gw',
        because:
          'detected: node n1 has the annotation flannel.alpha.coreos.com/backend-type: host-gw a.yaml:3',
      },
      {
        fact: 'k3d means the default of k3s',
        input: 'apiVersion: k3d.io/v1alpha5\nkind: Simple\nmetadata: {name: dev}\n',
        cni: 'flannel-vxlan',
        because: 'detected: k3s runs flannel with VXLAN by default a.yaml:1',
      },
      {
        fact: 'a DaemonSet of its name elsewhere is not it',
        input: daemonSet('kube-flannel-ds', 'shop'),
        cni: 'bridge',
        because: 'assumed: nothing in the input names a CNI plugin',
      },
    ],
  ],
  [
    'kindnet',
    [
      {
        fact: 'its DaemonSet tells',
        input: daemonSet('kindnet'),
        cni: 'kindnet',
        because: 'detected: DaemonSet kube-system/kindnet a.yaml:4',
      },
      {
        fact: 'nodes of kind have it by default',
        input: node('labels: {}', '{providerID: "kind://docker/kind/n1"}'),
        cni: 'kindnet',
        because: 'detected: node n1 is a node of kind, whose default CNI is kindnet a.yaml:3',
      },
      {
        fact: 'a kind configuration keeps it unless it says otherwise',
        input: kind('disableDefaultCNI: false'),
        cni: 'kindnet',
        because:
          'detected: the kind configuration of cluster kind keeps the default CNI of kind, which is kindnet a.yaml:4',
      },
      {
        fact: 'a kind configuration without a default CNI names none',
        input: kind('disableDefaultCNI: true'),
        cni: 'bridge',
        because: 'assumed: nothing in the input names a CNI plugin',
      },
      {
        fact: 'another plugin in a cluster of kind wins over the default',
        input: together(kind('podSubnet: 10.244.0.0/16'), daemonSet('calico-node')),
        cni: 'calico',
        because: 'detected: DaemonSet kube-system/calico-node b.yaml:4',
      },
    ],
  ],
  [
    'Calico',
    [
      {
        fact: 'its DaemonSet alone tells nothing of encapsulation',
        input: daemonSet('calico-node', 'calico-system'),
        cni: 'calico',
        because: 'detected: DaemonSet calico-system/calico-node a.yaml:4',
      },
      ...(
        [
          ['ipipMode: Always', 'calico-ipip', 'ipipMode Always, vxlanMode Never'],
          ['ipipMode: CrossSubnet', 'calico-ipip-cross-subnet', 'ipipMode CrossSubnet, vxlanMode Never'],
          ['vxlanMode: Always', 'calico-vxlan', 'ipipMode Never, vxlanMode Always'],
          ['vxlanMode: CrossSubnet', 'calico-vxlan-cross-subnet', 'ipipMode Never, vxlanMode CrossSubnet'],
          ['ipipMode: Never', 'calico', 'ipipMode Never, vxlanMode Never'],
        ] as const
      ).map(([modes, cni, words]): Row => ({
        fact: `a pool with ${modes} decides`,
        input: together(daemonSet('calico-node'), pool(modes)),
        cni,
        because: `detected: IPPool default-ipv4-ippool has ${words} b.yaml:6`,
      })),
      {
        fact: 'an Installation that asks for VXLAN between subnets gets it',
        input: installation('cidr: 192.168.0.0/16, encapsulation: VXLANCrossSubnet'),
        cni: 'calico-vxlan-cross-subnet',
        because: 'detected: IPPool default-ipv4-ippool has ipipMode Never, vxlanMode CrossSubnet a.yaml:4',
      },
      {
        fact: 'an Installation without pools gets IPIP',
        input: 'apiVersion: operator.tigera.io/v1\nkind: Installation\nmetadata: {name: default}\nspec: {}\n',
        cni: 'calico-ipip',
        because: "detected: Installation default names no pools: the operator's default is IPIP a.yaml:4",
      },
      {
        fact: 'the tunnel address that it annotates on nodes tells the tunnel',
        input: node('annotations: {projectcalico.org/IPv4VXLANTunnelAddr: 192.168.1.1}'),
        cni: 'calico-vxlan',
        because:
          'detected: node n1 has the annotation projectcalico.org/IPv4VXLANTunnelAddr: 192.168.1.1 a.yaml:3',
      },
      {
        fact: 'the annotations of its pods tell',
        input:
          'apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop, uid: "1", annotations: {cni.projectcalico.org/containerID: abc}}\nspec: {nodeName: n1, containers: [{name: a}]}\n',
        cni: 'calico',
        because: "detected: pod shop/web carries Calico's annotations a.yaml:3",
      },
      {
        fact: 'definitions of its custom resources tell when nothing else does',
        input:
          'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: ippools.crd.projectcalico.org}\n',
        cni: 'calico',
        because: 'detected: CustomResourceDefinition ippools.crd.projectcalico.org a.yaml:3',
      },
      {
        fact: 'canal is flannel with the policies of Calico',
        input: together(daemonSet('canal'), pool('vxlanMode: Always')),
        cni: 'flannel-vxlan',
        because: 'detected: DaemonSet kube-system/canal a.yaml:4',
      },
      {
        fact: 'Calico for policies only leaves the network to the cloud',
        input:
          'apiVersion: operator.tigera.io/v1\nkind: Installation\nmetadata: {name: default}\nspec: {cni: {type: AmazonVPC}}\n',
        cni: 'aws',
        because: 'detected: Installation default has cni.type: AmazonVPC a.yaml:4',
      },
    ],
  ],
  [
    'Cilium',
    [
      {
        fact: 'its DaemonSet means a tunnel, which is its default',
        input: daemonSet('cilium'),
        cni: 'cilium-tunnel',
        because: 'detected: DaemonSet kube-system/cilium a.yaml:4',
      },
      {
        fact: 'native routing is a mode of its ConfigMap',
        input: cilium('routing-mode: native'),
        cni: 'cilium-native',
        because: 'detected: ConfigMap kube-system/cilium-config has routing-mode: native a.yaml:6',
      },
      {
        fact: 'older versions switch the tunnel off',
        input: cilium('tunnel: disabled'),
        cni: 'cilium-native',
        because: 'detected: ConfigMap kube-system/cilium-config has tunnel: disabled a.yaml:6',
      },
      {
        fact: 'its ConfigMap alone means the default',
        input: cilium('ipam: kubernetes'),
        cni: 'cilium-tunnel',
        because: 'detected: ConfigMap kube-system/cilium-config a.yaml:3',
      },
      {
        fact: 'Dataplane V2 of GKE is Cilium',
        input: daemonSet('anetd'),
        cni: 'cilium-native',
        because: 'detected: DaemonSet kube-system/anetd a.yaml:4',
      },
      {
        fact: 'on Azure it comes before the plugin that hands out addresses',
        input: together(daemonSet('azure-cns'), daemonSet('cilium'), cilium('routing-mode: native')),
        cni: 'cilium-native',
        because: 'detected: ConfigMap kube-system/cilium-config has routing-mode: native c.yaml:6',
      },
      {
        fact: 'a node label of Azure names its dataplane',
        input: node('labels: {kubernetes.azure.com/ebpf-dataplane: cilium}'),
        cni: 'cilium-native',
        because: 'detected: node n1 has the label kubernetes.azure.com/ebpf-dataplane=cilium a.yaml:3',
      },
      {
        fact: 'its custom resources tell when nothing else does',
        input: 'apiVersion: cilium.io/v2\nkind: CiliumEndpoint\nmetadata: {name: web, namespace: shop}\n',
        cni: 'cilium-tunnel',
        because: 'detected: CiliumEndpoint web a.yaml:3',
      },
    ],
  ],
  [
    'AWS',
    [
      {
        fact: 'its DaemonSet tells',
        input: daemonSet('aws-node'),
        cni: 'aws',
        because: 'detected: DaemonSet kube-system/aws-node a.yaml:4',
      },
      {
        fact: 'its ConfigMap tells',
        input: configMap('amazon-vpc-cni', '  enable-network-policy-controller: "true"'),
        cni: 'aws',
        because: 'detected: ConfigMap kube-system/amazon-vpc-cni a.yaml:3',
      },
      {
        fact: 'its custom resources tell',
        input: 'apiVersion: vpcresources.k8s.aws/v1alpha1\nkind: CNINode\nmetadata: {name: n1}\n',
        cni: 'aws',
        because: 'detected: CNINode n1 a.yaml:3',
      },
    ],
  ],
  [
    'Azure',
    [
      {
        fact: 'a node label names an overlay',
        input: together(
          daemonSet('azure-cns'),
          node('labels: {kubernetes.azure.com/podnetwork-type: overlay}'),
        ),
        cni: 'azure-overlay',
        because: 'detected: node n1 has the label kubernetes.azure.com/podnetwork-type=overlay b.yaml:3',
      },
      {
        fact: 'its DaemonSets without that label are shown as the nearest, and it is said',
        input: daemonSet('azure-cns'),
        cni: 'azure-overlay',
        because:
          'detected: DaemonSet kube-system/azure-cns belongs to Azure CNI; no node has the label of an overlay, which is shown as the nearest a.yaml:4',
      },
    ],
  ],
  [
    'Antrea',
    [
      {
        fact: 'its DaemonSet tells',
        input: daemonSet('antrea-agent'),
        cni: 'antrea',
        because: 'detected: DaemonSet kube-system/antrea-agent a.yaml:4',
      },
      {
        fact: 'its ConfigMap tells',
        input: configMap('antrea-config', '  antrea-agent.conf: |\n    tunnelType: geneve'),
        cni: 'antrea',
        because: 'detected: ConfigMap kube-system/antrea-config a.yaml:3',
      },
      {
        fact: 'its custom resources tell',
        input: 'apiVersion: crd.antrea.io/v1beta1\nkind: AntreaAgentInfo\nmetadata: {name: n1}\n',
        cni: 'antrea',
        because: 'detected: AntreaAgentInfo n1 a.yaml:3',
      },
    ],
  ],
  [
    'OVN-Kubernetes',
    [
      {
        fact: 'its DaemonSet tells',
        input: daemonSet('ovnkube-node', 'openshift-ovn-kubernetes'),
        cni: 'ovn-kubernetes',
        because: 'detected: DaemonSet openshift-ovn-kubernetes/ovnkube-node a.yaml:4',
      },
      {
        fact: 'the subnets that it annotates on nodes tell',
        input: node(`annotations: {k8s.ovn.org/node-subnets: '{"default":"10.128.0.0/23"}'}`),
        cni: 'ovn-kubernetes',
        because:
          'detected: node n1 has the annotation k8s.ovn.org/node-subnets: {"default":"10.128.0.0/23"} a.yaml:3',
      },
      {
        fact: "OpenShift's Network names it",
        input:
          'apiVersion: operator.openshift.io/v1\nkind: Network\nmetadata: {name: cluster}\nspec: {defaultNetwork: {type: OVNKubernetes}}\n',
        cni: 'ovn-kubernetes',
        because: 'detected: Network cluster of OpenShift has defaultNetwork.type: OVNKubernetes a.yaml:4',
      },
    ],
  ],
  [
    'GKE and plugins without a profile',
    [
      {
        fact: 'nodes of a GKE pool without Dataplane V2',
        input: node('labels: {cloud.google.com/gke-nodepool: default}'),
        cni: 'gke',
        because: 'detected: node n1 is in a GKE node pool a.yaml:3',
      },
      ...['kube-router', 'weave-net', 'azure-ip-masq-agent'].map((name): Row => ({
        fact: `${name} has no profile: a bridge is assumed, and it is said why`,
        input: daemonSet(name),
        cni: 'bridge',
        because: `assumed: DaemonSet kube-system/${name} runs, which no profile is made for a.yaml:4`,
      })),
      {
        fact: 'nothing at all: a bridge is assumed',
        input: 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n',
        cni: 'bridge',
        because: 'assumed: nothing in the input names a CNI plugin',
      },
    ],
  ],
];

for (const [row, cases] of rows) {
  describe(`C6 ${row}`, () => {
    for (const { fact, input, cni, because } of cases) {
      test(fact, () => {
        const detected = settingsFor(clusterOf(input));
        assert.equal(detected.cni.value.id, cni);
        assert.equal(deciding(detected.cni), because);
      });
    }
  });
}

interface ModeRow {
  readonly fact: string;
  readonly input: Files | string;
  readonly mode: KubeProxyMode;
  readonly because: string;
}

const kubeProxy = (mode: string): string =>
  configMap('kube-proxy', `  config.conf: |\n    kind: KubeProxyConfiguration\n    mode: ${mode}`);

const modes: readonly ModeRow[] = [
  ...(
    [
      ['""', 'iptables', 'the empty mode is iptables on Linux'],
      ['iptables', 'iptables', 'iptables is iptables'],
      ['ipvs', 'ipvs', 'IPVS is told by its word'],
      ['nftables', 'nftables', 'nftables is told by its word'],
    ] as const
  ).map(([written, mode, fact]): ModeRow => ({
    fact,
    input: kubeProxy(written),
    mode,
    because: `detected: ConfigMap kube-system/kube-proxy has mode: ${written} a.yaml:7`,
  })),
  {
    fact: 'EKS keeps it under another name',
    input: configMap('kube-proxy-config', '  config: |\n    mode: "ipvs"'),
    mode: 'ipvs',
    because: 'detected: ConfigMap kube-system/kube-proxy-config has mode: ipvs a.yaml:6',
  },
  {
    fact: 'a kind configuration names it',
    input: kind('kubeProxyMode: nftables'),
    mode: 'nftables',
    because: 'detected: the kind configuration of cluster kind has kubeProxyMode: nftables a.yaml:4',
  },
  {
    fact: 'kind without kube-proxy has none',
    input: kind('kubeProxyMode: none'),
    mode: 'none',
    because: 'detected: the kind configuration of cluster kind has kubeProxyMode: none a.yaml:4',
  },
  {
    fact: 'its DaemonSet alone means the default',
    input: daemonSet('kube-proxy'),
    mode: 'iptables',
    because:
      'detected: DaemonSet kube-system/kube-proxy; its mode is not in the input, iptables is the default a.yaml:4',
  },
  {
    fact: 'on GKE it runs as static pods',
    input:
      'apiVersion: v1\nkind: Pod\nmetadata: {name: kube-proxy-n1, namespace: kube-system}\nspec: {containers: [{name: a}]}\n',
    mode: 'iptables',
    because:
      'detected: pod kube-system/kube-proxy-n1; its mode is not in the input, iptables is the default a.yaml:3',
  },
  {
    fact: 'nothing known means iptables, as an assumption',
    input: daemonSet('kindnet'),
    mode: 'iptables',
    because: 'assumed: iptables is the default mode on Linux',
  },
  {
    fact: 'Cilium that replaces kube-proxy wins over a kube-proxy that is left over',
    input: together(cilium('kube-proxy-replacement: "true"'), kubeProxy('ipvs')),
    mode: 'none',
    because: 'detected: ConfigMap kube-system/cilium-config has kube-proxy-replacement: true a.yaml:6',
  },
  {
    fact: 'Cilium that leaves Services to kube-proxy runs beside it',
    input: cilium('kube-proxy-replacement: "false"'),
    mode: 'iptables',
    because: 'detected: ConfigMap kube-system/cilium-config has kube-proxy-replacement: false a.yaml:6',
  },
  {
    fact: 'Cilium of which nothing more is known is taken to replace it',
    input: daemonSet('cilium'),
    mode: 'none',
    because: 'assumed: Cilium with a VXLAN tunnel usually replaces kube-proxy',
  },
  {
    fact: 'OVN-Kubernetes replaces it, also where kind would install it',
    input: together(daemonSet('ovnkube-node', 'ovn-kubernetes'), kind('disableDefaultCNI: true')),
    mode: 'none',
    because: 'assumed: OVN-Kubernetes usually replaces kube-proxy',
  },
  {
    fact: 'AntreaProxy for all Services replaces it',
    input: configMap('antrea-config', '  antrea-agent.conf: |\n    antreaProxy:\n      proxyAll: true'),
    mode: 'none',
    because: 'detected: ConfigMap kube-system/antrea-config has antreaProxy.proxyAll: true a.yaml:7',
  },
];

describe('C6 kube-proxy mode', () => {
  for (const { fact, input, mode, because } of modes) {
    test(fact, () => {
      const { kubeProxy: detected } = settingsFor(clusterOf(input));
      assert.equal(detected.value, mode);
      assert.equal(deciding(detected), because);
    });
  }
});

describe('what the user chooses', () => {
  const cluster = clusterOf(together(daemonSet('cilium'), cilium('kube-proxy-replacement: "true"')));
  test('wins over what is detected, each for itself', () => {
    const { cni, kubeProxy: mode } = settingsFor(cluster, { cni: 'calico' });
    // That Cilium replaces kube-proxy says nothing about a cluster with Calico.
    assert.deepEqual(
      [cni.how, cni.value.id, mode.how, mode.value],
      ['chosen', 'calico', 'assumed', 'iptables'],
    );
    const other = settingsFor(cluster, { kubeProxy: 'nftables' });
    assert.deepEqual(
      [other.cni.how, other.cni.value.id, other.kubeProxy.how, other.settings.kubeProxy],
      ['detected', 'cilium-tunnel', 'chosen', 'nftables'],
    );
  });
  test('gives the same settings value each time, so that a network is wired once', () => {
    assert.equal(
      settingsFor(cluster, { cni: 'aws' }).settings,
      settingsFor(cluster, { cni: 'aws' }).settings,
    );
    assert.notEqual(settingsFor(cluster, { cni: 'aws' }).settings, settingsFor(cluster).settings);
  });
  test('goes with the cluster: whatever is asked of it follows', () => {
    const chosen = withChoice(cluster, { cni: 'kindnet', kubeProxy: 'ipvs' });
    const { settings, cni } = settingsFor(chosen);
    assert.deepEqual([settings.cni.id, settings.kubeProxy, cni.how], ['kindnet', 'ipvs', 'chosen']);
    assert.equal(settingsFor(cluster).settings.cni.id, 'cilium-tunnel');
    assert.equal(settingsFor(chosen, { cni: 'aws' }).settings.cni.id, 'aws');
    assert.equal(withChoice(cluster, {}), cluster);
  });
  test('is read from words, where auto and nothing mean detection', () => {
    assert.deepEqual(readChoice({ cni: 'kindnet', kubeProxy: 'ipvs' }), {
      choice: { cni: 'kindnet', kubeProxy: 'ipvs' },
      complaints: [],
    });
    for (const nothing of [undefined, '', 'auto'])
      assert.deepEqual(readChoice({ cni: nothing, kubeProxy: nothing }), {
        choice: { cni: undefined, kubeProxy: undefined },
        complaints: [],
      });
  });
  test('is refused with all that there is to choose from', () => {
    const { choice, complaints } = readChoice({ cni: 'weave', kubeProxy: 'ebpf' });
    assert.deepEqual(choice, { cni: undefined, kubeProxy: undefined });
    assert.match(
      complaints[0] ?? '',
      /^cni: "weave" is no CNI profile\. Profiles: auto, bridge, .*ovn-kubernetes\.$/,
    );
    assert.match(
      complaints[1] ?? '',
      /^kube-proxy: "ebpf" is no mode of kube-proxy\. Modes: auto, iptables, nftables, ipvs, none\.$/,
    );
    assert.deepEqual(readChoice({ cni: 'toString' }).choice.cni, undefined);
  });
});
