// Answers: which device is meant? The node's end of a pod's link has a name that the CNI makes up; the lab and the trace make
// up different ones, so both are called by the pod.
import { profileOf } from '../../src/dataplane/profiles/profiles';
import { vethName } from '../../src/dataplane/wiring/addresses';
import type { Cluster } from '../../src/model/cluster';
import { keyOf } from '../../src/model/objects';
import { nodeNetns, podsWithNetns } from './netns';
import { cniProfiles, type Shape } from './profile';
import type { Wiring } from './wire';

export type DeviceName = (netns: string, device: string) => string;

/** Names for devices in captures. */
export function deviceOfKernel(cluster: Cluster, wiring: Wiring): DeviceName {
  return nameByPod(cluster, (key) => wiring.hostDevices.get(key));
}

/** Names for devices in traces. */
export function deviceOfTrace(cluster: Cluster, shape: Shape): DeviceName {
  const profile = profileOf(cniProfiles[shape]);
  const byKey = new Map(podsWithNetns(cluster).map((pod) => [keyOf(pod), vethName(profile, pod)]));
  return nameByPod(cluster, (key) => byKey.get(key));
}

function nameByPod(cluster: Cluster, hostDevice: (key: string) => string | undefined): DeviceName {
  const names = new Map<string, string>();
  for (const pod of podsWithNetns(cluster)) {
    const device = hostDevice(keyOf(pod));
    if (device !== undefined)
      names.set(`${nodeNetns(pod.node?.value ?? '')} ${device}`, `link-of-${keyOf(pod)}`);
  }
  return (netns, device) => names.get(`${netns} ${device}`) ?? device;
}
