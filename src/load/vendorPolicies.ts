// Answers: is this a policy of a vendor, and what could it change? Such policies are recognised and not judged; each is
// kept with the pods that it may be about and what it could do to their connections, so that only verdicts that it could
// change are undetermined. What its text does not tell in a way known here, it could do. How each vendor writes them and
// what they do: `vendors/`.
import type { VendorPolicy } from '../model/policy';
import type { ObjectSource } from './field';
import { rootField } from './field';
import type { Metadata } from './metadata';
import { vendorKinds } from './vendors/kinds';
import type { VendorKind } from './vendors/part';
import { anyEffect } from './vendors/part';

/** @returns undefined when this is no policy of a vendor. */
export function vendorKind(group: string, kind: string): VendorKind | undefined {
  return vendorKinds.get(`${group}/${kind}`);
}

/** One for each subject that the text has of its own: `specs` of Cilium, `appliedTo` of Antrea. Never none. */
export function readVendorPolicy(
  source: ObjectSource,
  { namespace, name, at }: Metadata,
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
  { vendor, read }: VendorKind,
): readonly VendorPolicy[] {
  // What a vendor's API server would refuse is not known here: faults only tell that the text was not understood.
  const scratch: ObjectSource = { ...source, faults: [] };
  const parts = read(rootField(scratch), namespace);
  const understood = parts.length > 0 && !scratch.faults.some(({ fatal }) => fatal);
  const used = understood ? parts : [{ effect: { ingress: anyEffect, egress: anyEffect } }];
  return used.map((part) => ({ apiVersion, kind, namespace, name, vendor, ...part, at }));
}
