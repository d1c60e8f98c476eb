// Answers: what does the cluster look like where the input does not say? Defaults are those of kind (one control plane,
// pod network 10.244.0.0/16, Services 10.96.0.0/16, its Docker network for nodes) and of the controller manager
// (a /24 or /64 of the pod network for each node); spec part B.
import type { Cidr, Family } from '../model/address';
import { parseCidr } from '../model/address';

export type ByFamily<T> = Readonly<Record<Family, T>>;

export interface SimulationSettings {
  /** How many nodes to make when the input names none. */
  readonly controlPlanes: number;
  readonly workers: number;
  /** Families of pods and Services, the first one preferred. Never empty. */
  readonly families: readonly Family[];
  readonly nodeNetwork: ByFamily<Cidr>;
  readonly podNetwork: ByFamily<Cidr>;
  readonly serviceNetwork: ByFamily<Cidr>;
  /** Prefix length of a node's share of the pod network (`--node-cidr-mask-size`). */
  readonly nodePrefix: ByFamily<number>;
}

/** Settings as a person writes them; CIDRs as text, one or two (one of each family) joined by a comma. */
export interface SettingsText {
  readonly controlPlanes?: unknown;
  readonly workers?: unknown;
  /** `IPv4`, `IPv6`, or both joined by a comma, the preferred one first. */
  readonly ipFamilies?: unknown;
  readonly nodeCidr?: unknown;
  readonly podCidr?: unknown;
  readonly serviceCidr?: unknown;
}

const mostNodes = 1000;

export const defaultSettings: SimulationSettings = {
  controlPlanes: 1,
  workers: 2,
  families: [4],
  nodeNetwork: networks('172.18.0.0/16', 'fc00:f853:ccd:e793::/64'),
  podNetwork: networks('10.244.0.0/16', 'fd00:10:244::/56'),
  serviceNetwork: networks('10.96.0.0/16', 'fd00:10:96::/112'),
  nodePrefix: { 4: 24, 6: 64 },
};

/** @returns settings with defaults for whatever is missing or unusable, and one sentence for each unusable value. */
export function readSettings(text: SettingsText): {
  readonly settings: SimulationSettings;
  readonly complaints: readonly string[];
} {
  const complaints: string[] = [];
  const count = (name: 'controlPlanes' | 'workers'): number => {
    const value = text[name];
    if (value === undefined) return defaultSettings[name];
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= mostNodes)
      return value;
    complaints.push(
      `${name} must be a whole number from 0 to ${mostNodes}; ${defaultSettings[name]} is used.`,
    );
    return defaultSettings[name];
  };
  const ranges = (name: 'nodeCidr' | 'podCidr' | 'serviceCidr', fallback: ByFamily<Cidr>): ByFamily<Cidr> => {
    let result = fallback;
    for (const part of partsOf(text[name])) {
      const range = parseCidr(part);
      if (range !== undefined) result = { ...result, [range.first.family]: range };
      else
        complaints.push(`${name}: "${part}" is not a CIDR such as ${fallback[4].text}; the default is used.`);
    }
    return result;
  };
  const families: Family[] = [];
  for (const part of partsOf(text.ipFamilies)) {
    const family = part.toLowerCase() === 'ipv4' ? 4 : part.toLowerCase() === 'ipv6' ? 6 : undefined;
    if (family === undefined) complaints.push(`ipFamilies: "${part}" is neither IPv4 nor IPv6.`);
    else if (!families.includes(family)) families.push(family);
  }
  const settings = {
    ...defaultSettings,
    controlPlanes: count('controlPlanes'),
    workers: count('workers'),
    families: families.length > 0 ? families : defaultSettings.families,
    nodeNetwork: ranges('nodeCidr', defaultSettings.nodeNetwork),
    podNetwork: ranges('podCidr', defaultSettings.podNetwork),
    serviceNetwork: ranges('serviceCidr', defaultSettings.serviceNetwork),
  };
  return { settings, complaints };
}

function partsOf(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value)
    ? value
    : typeof value === 'string'
      ? value.split(',')
      : [];
  return list.map((part) => String(part).trim()).filter((part) => part !== '');
}

function networks(ipv4: string, ipv6: string): ByFamily<Cidr> {
  return { 4: knownCidr(ipv4), 6: knownCidr(ipv6) };
}

/** For constants of this file only, which are CIDRs. */
function knownCidr(text: string): Cidr {
  const range = parseCidr(text);
  if (range === undefined) throw new Error(`not a CIDR: ${text}`);
  return range;
}
