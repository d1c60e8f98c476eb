// Answers: who is a peer of an admin or baseline rule? Exactly one of `namespaces` and `pods`, and for egress `nodes`,
// `networks` and `domainNames` (spec E2). `networks` becomes one peer per range, so that what decides is one line of the
// text. What cannot be read is an unknown peer, which fails closed, as the API asks of implementations.
import { parseCidr } from '../model/address';
import type { Direction, PolicyPeer } from '../model/policy';
import type { Generation } from './adminGeneration';
import type { Field } from './field';
import { at, invalid, pathOf, text, tooLong, warn } from './field';
import { warnOfHostBits } from './policyFields';
import { lenientSelector, namespacedPod, onlyField, textSet } from './schema';

/** Ranges or names in one peer. */
const mostEntries = 25;

/** As the CRD of each generation has it; `A-z` of older ones takes a few signs more. */
const domainName =
  '^(\\*\\.)?([a-zA-Z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?\\.)+[a-zA-Z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?\\.?$';

const failsClosed =
  'This version of the API does not know such peers: an allowing rule then matches nobody by it, any other denies everybody.';

/** What one entry of `from` or `to` says; nothing where the API server would refuse it. */
export function peers(field: Field, direction: Direction, generation: Generation): readonly PolicyPeer[] {
  const outward = direction === 'ingress' ? [] : ['nodes', 'networks'];
  const named = direction === 'egress' && generation.domainNames ? ['domainNames'] : [];
  const chosen = onlyField(field, ['namespaces', 'pods', ...outward, ...named], failsClosed);
  if (chosen === undefined) return [];
  if (!chosen.known) return [{ kind: 'unknown', fields: chosen.unknown, at: at(field) }];
  const value = chosen.field;
  switch (value.segment) {
    case 'pods': {
      const pods = namespacedPod(value, generation.anyNamespace);
      return [pods === undefined ? unreadable(value) : { kind: 'pods', ...pods, at: at(field) }];
    }
    case 'namespaces': {
      const namespaceSelector = lenientSelector(value);
      if (namespaceSelector === undefined) return [unreadable(value)];
      return [{ kind: 'pods', namespaceSelector, at: at(field) }];
    }
    case 'nodes': {
      const selector = lenientSelector(value);
      return [selector === undefined ? unreadable(value) : { kind: 'nodes', selector, at: at(field) }];
    }
    case 'networks':
      return textSet(value, mostEntries).flatMap((item) => network(item, generation));
    default: {
      const names = textSet(value, mostEntries).map(name);
      return [{ kind: 'domainNames', names, at: at(field) }];
    }
  }
}

function unreadable(field: Field): PolicyPeer {
  return { kind: 'unknown', fields: [String(field.segment)], at: at(field) };
}

function network(field: Field, { kind, masked }: Generation): readonly PolicyPeer[] {
  const written = text(field) ?? '';
  if (written.length > 43) tooLong(field, 43);
  const isCidr = parseCidr(written);
  const mixed = written.includes(':') === written.includes('.');
  if (kind !== 'ClusterNetworkPolicy') {
    if (mixed) {
      invalid(
        field,
        'CIDR must be either an IPv4 or IPv6 address. IPv4 address embedded in IPv6 addresses are not supported',
      );
      return [];
    }
    if (isCidr === undefined) {
      // The schema of v1alpha1 looks for a dot or a colon only.
      warn(field, 'policy.cidr', `"${written}" is no range of addresses, though the API server takes it.`);
      return [{ kind: 'unknown', fields: ['networks'], at: at(field) }];
    }
  }
  if (isCidr === undefined || mixed || (masked && isCidr.text !== parsedText(written))) {
    invalid(field, 'Invalid CIDR format provided');
    return [];
  }
  warnOfHostBits(field, isCidr);
  return [{ kind: 'ipBlock', cidr: isCidr, except: [], at: at(field) }];
}

/** The text as canonical as a range, with the bits behind the prefix as written. */
function parsedText(written: string): string {
  const slash = written.indexOf('/');
  const whole = parseCidr(`${written.slice(0, slash)}/${written.includes(':') ? 128 : 32}`);
  return `${whole?.first.text ?? ''}/${written.slice(slash + 1)}`;
}

function name(field: Field): string {
  const written = text(field) ?? '';
  if (!new RegExp(domainName).test(written))
    invalid(field, `${pathOf(field)} in body should match '${domainName}'`);
  return written;
}
