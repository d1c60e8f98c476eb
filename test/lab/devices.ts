// Answers: which device is meant? The node's end of a pod's link has a name that the CNI makes up; the lab and the trace make
// up different ones, so both are called by the pod's address.
import { profileOf } from '../../src/dataplane/profiles/profiles';
import { vethName } from '../../src/dataplane/wiring/addresses';
import type { Cluster } from '../../src/model/cluster';
import type { Pod } from '../../src/model/pod';
import { nodeNetns, podsWithNetns } from './netns';
import { cniProfiles, type Shape } from './profile';
import { addressOf, type Wiring } from './wire';

export type DeviceName = (netns: string, device: string) => string;

/** Names for devices in captures. */
export function deviceOfKernel(cluster: Cluster, wiring: Wiring): DeviceName {
  return nameByAddress(cluster, (pod) => wiring.hostDevices.get(addressOf(pod)));
}

/** Names for devices in traces. */
export function deviceOfTrace(cluster: Cluster, shape: Shape): DeviceName {
  const profile = profileOf(cniProfiles[shape]);
  return nameByAddress(cluster, (pod) => vethName(profile, pod));
}

function nameByAddress(cluster: Cluster, hostDevice: (pod: Pod) => string | undefined): DeviceName {
  const names = new Map<string, string>();
  for (const pod of podsWithNetns(cluster)) {
    const device = hostDevice(pod);
    if (device !== undefined)
      names.set(`${nodeNetns(pod.node?.value ?? '')} ${device}`, `link-of-${addressOf(pod)}`);
  }
  return (netns, device) => names.get(`${netns} ${device}`) ?? device;
}
