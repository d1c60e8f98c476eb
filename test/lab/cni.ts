// Answers: what does a container runtime do to put a pod on the network? It runs the plugins of a CNI configuration list one
// after the other, each with the result of the one before (CNI specification 0.4.0; libcni AddNetworkList).
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { netnsPath, run } from './run';

/** Where Debian puts the plugins, and where others do. */
const folders = ['/usr/lib/cni', '/opt/cni/bin'];

export type PluginConfiguration = Readonly<Record<string, unknown>> & { readonly type: string };

export interface PortMapping {
  readonly hostPort: number;
  readonly containerPort: number;
  readonly protocol: 'tcp' | 'udp';
  readonly hostIP?: string;
}

export interface CniResult {
  readonly ips: readonly { readonly address: string; readonly gateway?: string }[];
}

export interface Attachment {
  /** The node's namespace, where the plugins run. */
  readonly node: string;
  /** The pod's namespace. */
  readonly netns: string;
  readonly network: string;
  readonly plugins: readonly PluginConfiguration[];
  /** The address to ask IPAM for. */
  readonly address?: string;
  /** For plugins with the capability `portMappings`. */
  readonly portMappings?: readonly PortMapping[];
  /** The result of plugins that ran before. */
  readonly previous?: CniResult;
}

/** @returns the result of the last plugin. @throws Error with what a plugin complained about. */
export async function addToNetwork(attachment: Attachment): Promise<CniResult> {
  const { node, netns, network, plugins, address, portMappings = [] } = attachment;
  let result = attachment.previous;
  for (const plugin of plugins) {
    const configuration = {
      cniVersion: '0.4.0',
      name: network,
      ...plugin,
      ...(result === undefined ? {} : { prevResult: result }),
      ...(portMappings.length === 0 ? {} : { runtimeConfig: { portMappings } }),
    };
    const printed = await run([pluginPath(plugin.type)], {
      netns: node,
      input: JSON.stringify(configuration),
      environment: {
        CNI_COMMAND: 'ADD',
        CNI_CONTAINERID: netns,
        CNI_NETNS: netnsPath(netns),
        CNI_IFNAME: 'eth0',
        CNI_PATH: folders.join(':'),
        CNI_ARGS: `IgnoreUnknown=1${address === undefined ? '' : `;IP=${address}`}`,
      },
    });
    result = JSON.parse(printed) as CniResult;
  }
  if (result === undefined) throw new Error(`no CNI plugin was named for ${netns}`);
  return result;
}

function pluginPath(type: string): string {
  const found = folders.map((folder) => join(folder, type)).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`CNI plugin ${type} is in none of ${folders.join(', ')}`);
  return found;
}
