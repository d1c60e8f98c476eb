// Answers: which CNI profiles are there? One record each; `spec C1` names the columns that were measured, `C1b` those that
// only sources back. Adding one means adding a record here, and a masquerade rule when its own is new.
import { masqueradeLikeFlannel } from '../masquerade/flannel';
import { masqueradeByCalico, masqueradeByKindnet, masqueradePodsToOthers } from '../masquerade/outsideRange';
import { masqueradeByCilium } from '../masquerade/cilium';
import { gkeRanges, masqueradeByAws, masqueradeOutsideRanges } from '../masquerade/sparedRanges';
import { enforcedBy, enforcedByCilium, notEnforced } from '../policyEnforcement';
import type { Encapsulation } from '../packet';
import type { Attachment, Between, CniProfile, CniProfileId } from '../profile';

const onBridge: Attachment = { kind: 'bridge', bridge: 'cni0' };
const pointToPoint: Attachment = {
  kind: 'routed',
  veth: 'veth',
  gateway: 'first-of-range',
  nodeSource: 'gateway',
  unallocated: 'default-route',
};
const byProxyArp = { kind: 'routed', gateway: 'link-local', nodeSource: 'node' } as const;
const hostRoutes: Between = { kind: 'host-routes' };

const flannelVxlan: Encapsulation = { kind: 'VXLAN', port: 8472, vni: 1, overhead: 50 };
const geneve: Encapsulation = { kind: 'Geneve', port: 6081, overhead: 50 };

function flannel(
  id: CniProfileId,
  name: string,
  between: Between,
  known: CniProfile['known'] = 'measured',
): CniProfile {
  return {
    id,
    name,
    attachment: onBridge,
    between,
    masquerade: masqueradeLikeFlannel('flannel'),
    services: 'kube-proxy',
    policies: notEnforced('flannel'),
    known,
    uplinkMtu: 1500,
  };
}

function flannelTunnel(directInSubnet: boolean): Between {
  return {
    kind: 'tunnel',
    device: 'flannel.1',
    encapsulation: flannelVxlan,
    addressOffset: 0,
    directInSubnet,
  };
}

function calico(id: CniProfileId, name: string, between: Between, known: CniProfile['known']): CniProfile {
  return {
    id,
    name,
    attachment: { ...byProxyArp, veth: 'cali', unallocated: 'blackhole' },
    between,
    masquerade: masqueradeByCalico,
    services: 'kube-proxy',
    policies: enforcedBy('Calico'),
    known,
    uplinkMtu: 1500,
  };
}

function calicoTunnel(kind: 'IPIP' | 'VXLAN', directInSubnet: boolean): Between {
  return kind === 'IPIP'
    ? {
        kind: 'tunnel',
        device: 'tunl0',
        encapsulation: { kind: 'IPIP', overhead: 20 },
        addressOffset: 1,
        directInSubnet,
      }
    : {
        kind: 'tunnel',
        device: 'vxlan.calico',
        encapsulation: { kind: 'VXLAN', port: 4789, vni: 4096, overhead: 50 },
        addressOffset: 1,
        directInSubnet,
      };
}

function cilium(id: CniProfileId, name: string, between: Between): CniProfile {
  return {
    id,
    name,
    attachment: {
      kind: 'routed',
      veth: 'lxc',
      gateway: 'first-of-range',
      nodeSource: 'cilium_host',
      unallocated: 'blackhole',
    },
    between,
    masquerade: masqueradeByCilium({ ebpf: true, native: [], off: [] }),
    services: 'cilium',
    policies: enforcedByCilium(false),
    known: 'sources',
    uplinkMtu: 1500,
  };
}

/** Total by its type: every id has a record. */
const byId: Readonly<Record<CniProfileId, CniProfile>> = {
  bridge: {
    id: 'bridge',
    name: 'Linux bridge with host routes',
    attachment: onBridge,
    between: hostRoutes,
    masquerade: masqueradeLikeFlannel('the CNI'),
    services: 'kube-proxy',
    policies: enforcedBy('a policy plugin beside the bridge'),
    known: 'measured',
    uplinkMtu: 1500,
  },
  kindnet: {
    id: 'kindnet',
    name: 'kindnet (point-to-point veths)',
    attachment: pointToPoint,
    between: hostRoutes,
    masquerade: masqueradeByKindnet,
    services: 'kube-proxy',
    policies: enforcedBy('kindnet'),
    known: 'measured',
    uplinkMtu: 1500,
  },
  'flannel-host-gw': flannel('flannel-host-gw', 'flannel with host-gw', hostRoutes),
  'flannel-vxlan': flannel('flannel-vxlan', 'flannel with VXLAN', flannelTunnel(false)),
  'flannel-vxlan-direct': flannel(
    'flannel-vxlan-direct',
    'flannel with VXLAN and DirectRouting',
    flannelTunnel(true),
  ),
  calico: calico('calico', 'Calico without encapsulation (BGP)', hostRoutes, 'measured'),
  'calico-ipip': calico('calico-ipip', 'Calico with IPIP', calicoTunnel('IPIP', false), 'sources'),
  'calico-ipip-cross-subnet': calico(
    'calico-ipip-cross-subnet',
    'Calico with IPIP between subnets',
    calicoTunnel('IPIP', true),
    'sources',
  ),
  'calico-vxlan': calico('calico-vxlan', 'Calico with VXLAN', calicoTunnel('VXLAN', false), 'sources'),
  'calico-vxlan-cross-subnet': calico(
    'calico-vxlan-cross-subnet',
    'Calico with VXLAN between subnets',
    calicoTunnel('VXLAN', true),
    'sources',
  ),
  'cilium-tunnel': cilium('cilium-tunnel', 'Cilium with a VXLAN tunnel', {
    kind: 'tunnel',
    device: 'cilium_vxlan',
    // The VNI is the sender's security identity, another for every kind of pod.
    encapsulation: { kind: 'VXLAN', port: 8472, overhead: 50 },
    addressOffset: 1,
    directInSubnet: false,
  }),
  'cilium-native': cilium('cilium-native', 'Cilium with native routing', hostRoutes),
  aws: {
    id: 'aws',
    name: 'AWS VPC CNI',
    attachment: { ...byProxyArp, veth: 'eni', unallocated: 'default-route' },
    between: { kind: 'fabric', fabric: 'the VPC' },
    masquerade: masqueradeByAws,
    services: 'kube-proxy',
    policies: enforcedBy('the AWS network policy agent, if it is switched on'),
    known: 'sources',
    uplinkMtu: 9001,
  },
  'azure-overlay': {
    id: 'azure-overlay',
    name: 'Azure CNI overlay',
    attachment: { ...byProxyArp, veth: 'azv', unallocated: 'default-route' },
    between: { kind: 'fabric', fabric: "Azure's network" },
    masquerade: masqueradePodsToOthers('Azure CNI overlay'),
    services: 'kube-proxy',
    policies: enforcedBy('Azure NPM or Cilium, if one is installed'),
    known: 'sources',
    uplinkMtu: 1500,
  },
  gke: {
    id: 'gke',
    name: 'GKE without Dataplane V2',
    attachment: { ...pointToPoint, veth: 'gke' },
    between: { kind: 'fabric', fabric: 'the VPC' },
    masquerade: masqueradeOutsideRanges('GKE', gkeRanges),
    services: 'kube-proxy',
    policies: enforcedBy('Calico, if network policy is switched on for the cluster'),
    known: 'sources',
    uplinkMtu: 1460,
  },
  antrea: {
    id: 'antrea',
    name: 'Antrea with Geneve',
    attachment: {
      kind: 'switch',
      bridge: 'br-int',
      nodePort: { device: 'antrea-gw0', offset: 1 },
    },
    between: {
      kind: 'tunnel',
      device: 'antrea-tun0',
      encapsulation: geneve,
      addressOffset: 1,
      directInSubnet: false,
    },
    masquerade: masqueradePodsToOthers('Antrea'),
    services: 'antrea',
    policies: enforcedBy('Antrea'),
    known: 'sources',
    uplinkMtu: 1500,
  },
  'ovn-kubernetes': {
    id: 'ovn-kubernetes',
    name: 'OVN-Kubernetes',
    attachment: {
      kind: 'switch',
      bridge: 'br-int',
      nodePort: { device: 'ovn-k8s-mp0', offset: 2 },
    },
    between: {
      kind: 'tunnel',
      device: 'genev_sys_6081',
      // OVN-Kubernetes leaves 100 bytes: 1400 on a network of 1500.
      encapsulation: { ...geneve, overhead: 100 },
      addressOffset: 2,
      directInSubnet: false,
    },
    masquerade: masqueradePodsToOthers('OVN-Kubernetes'),
    services: 'ovn',
    policies: enforcedBy('OVN-Kubernetes'),
    known: 'sources',
    uplinkMtu: 1500,
  },
};

/** In the order that people are offered them. */
export const profiles: readonly CniProfile[] = Object.values(byId);

export function profileOf(id: CniProfileId): CniProfile {
  return byId[id];
}

export function isProfileId(text: string): text is CniProfileId {
  return Object.hasOwn(byId, text);
}

/** What is assumed when the input names no CNI. */
export const defaultProfile = byId.bridge;
