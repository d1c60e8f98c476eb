// Answers: how is a verdict worded, and what does the client see? Conditions, ids and symptoms are table F of the
// networking facts; the timings were measured on Linux (127 to 131 s with six SYN retries, 3 s of failed neighbour lookups).
import type { Step } from '../dataplane/step';
import type { Walk } from '../dataplane/walk';
import type { FailCause } from '../dataplane/steps/fail';
import type { PacketProtocol } from '../dataplane/packet';
import type { Ruling } from '../model/ruling';
import type { FinalState, TraceResult, Verdict, VerdictId } from './trace';

/** How a way, or a whole trace, ended. */
export interface Outcome {
  readonly result: TraceResult;
  readonly final: FinalState;
  readonly verdict: Verdict;
}

/** Nothing was sent: the ends or the port could not be worked out, or an end is not running. */
export function aborted(
  result: 'Unreachable' | 'Undetermined',
  id: VerdictId,
  words: string,
  symptom?: string,
): Outcome {
  return { result, final: 'Abort', verdict: { id, words, symptom } };
}

/** The outcome of a walk that ended in `step`. @param atSender whether the packet never left its sender's namespace */
export function outcomeOfLastStep(step: Step, protocol: PacketProtocol, atSender: boolean): Outcome {
  switch (step.kind) {
    case 'deliver':
      return {
        result: 'Reachable',
        final: 'Deliver',
        verdict: delivered(step.reason, step.listeners.length > 0, protocol),
      };
    case 'leave':
      return { result: 'Reachable', final: 'Forward', verdict: { id: 'left-cluster', words: step.reason } };
    case 'policy':
      return {
        result: 'Unreachable',
        final: step.outcome === 'rejected' ? 'Reject' : 'Drop',
        verdict: droppedByPolicy(step.ruling, protocol),
      };
    case 'fail':
      return failed(step.cause, step.reason, protocol, atSender);
    default:
      return aborted('Undetermined', 'unknown', `The trace stopped after: ${step.reason}`);
  }
}

/** A ruling on the way could not be made: the packet would arrive, if that ruling lets it through. */
export function undetermined(ruling: Ruling): Outcome {
  return ruling.outcome === 'ambiguous'
    ? { result: 'Ambiguous', final: 'Deliver', verdict: { id: 'ambiguous', words: ruling.reason } }
    : { result: 'Undetermined', final: 'Deliver', verdict: { id: 'unknown', words: ruling.reason } };
}

/** The request arrived, the answer did not come back as the client expects it. */
export function replyLost(protocol: PacketProtocol, reply?: Walk): Outcome {
  const stopped = reply?.hops.at(-1)?.steps.find((step) => step.causesDrop);
  const why = stopped === undefined ? '' : ` ${stopped.reason}`;
  const words = `The request is delivered, but its answer does not come back to the client from the address it was sent to.${why}`;
  return {
    result: 'Unreachable',
    final: 'Drop',
    verdict: { id: 'reply-lost', words, symptom: timeout(protocol) },
  };
}

function delivered(reason: string, declared: boolean, protocol: PacketProtocol): Verdict {
  if (protocol === 'ICMP')
    return { id: 'delivered-port-unknown', words: reason, symptom: 'an answer to each ping' };
  const symptom = declared
    ? 'connects if the declared process listens'
    : 'connects if a process listens, else connection refused at once';
  return { id: 'delivered-port-unknown', words: reason, symptom };
}

function droppedByPolicy(ruling: Ruling, protocol: PacketProtocol): Verdict {
  const symptom = ruling.refusal === 'reject' ? rejectedAtOnce(protocol) : timeout(protocol);
  const { basis, deciding } = ruling;
  if ((basis === 'admin-deny' || basis === 'baseline-deny') && deciding !== undefined) {
    const { kind, name } = deciding.policy;
    const words = `Denied by ${kind}/${name} rule ${deciding.index + 1} (${ruling.direction} of ${ruling.subject}).`;
    return { id: basis === 'admin-deny' ? 'denied-admin' : 'denied-baseline', words, symptom };
  }
  const names = ruling.isolating.map(({ name }) => name).join(', ');
  const words = `Dropped by NetworkPolicy isolation of ${ruling.subject}: ${names} (${ruling.direction}).`;
  return { id: 'dropped-policy', words, symptom };
}

/** An ICMP answer of the node, administratively prohibited. */
function rejectedAtOnce(protocol: PacketProtocol): string {
  return protocol === 'TCP' ? 'connection refused, or no route to host, at once' : 'an ICMP error at once';
}

function failed(cause: FailCause, words: string, protocol: PacketProtocol, atSender: boolean): Outcome {
  // Rules in OUTPUT make sendto() itself fail; TCP ignores that and waits.
  const own = atSender && protocol !== 'TCP' ? 'operation not permitted at once' : undefined;
  const refused = own ?? 'connection refused at once';
  const silence = own ?? timeout(protocol);
  switch (cause) {
    case 'no-route':
      return {
        result: 'Unreachable',
        final: 'Drop',
        verdict: { id: 'no-route', words, symptom: 'network is unreachable at once, or a timeout' },
      };
    case 'blackhole':
      return {
        result: 'Unreachable',
        final: 'Drop',
        verdict: {
          id: 'no-route',
          words,
          symptom: atSender ? 'invalid argument at once' : timeout(protocol),
        },
      };
    case 'host-unreachable':
      return {
        result: 'Unreachable',
        final: 'Drop',
        // A datagram's sender is not told: UDP takes "host unreachable" for a passing fault (Linux icmp_err_convert).
        verdict: {
          id: 'host-unreachable',
          words,
          symptom: protocol === 'UDP' ? timeout(protocol) : 'no route to host after about 3 s',
        },
      };
    case 'not-captured':
      return {
        result: 'Unreachable',
        final: 'Drop',
        verdict: { id: 'not-captured', words, symptom: silence },
      };
    case 'refused-no-listener':
      return {
        result: 'Unreachable',
        final: 'Reject',
        verdict: { id: 'refused-no-listener', words, symptom: refused },
      };
    case 'dropped-source-range':
      return {
        result: 'Unreachable',
        final: 'Drop',
        verdict: { id: 'dropped-source-range', words, symptom: silence },
      };
    case 'rejected-no-endpoints':
      return {
        result: 'Unreachable',
        final: 'Reject',
        verdict: { id: 'rejected-no-endpoints', words, symptom: refused },
      };
    case 'dropped-no-local-endpoints':
      return {
        result: 'Unreachable',
        final: 'Drop',
        verdict: { id: 'dropped-no-local-endpoints', words, symptom: silence },
      };
    case 'reply-not-restored':
      return replyLost(protocol);
    case 'hairpin-off':
    case 'not-forwarding':
    case 'ttl-expired':
      return {
        result: 'Unreachable',
        final: 'Drop',
        verdict: { id: 'no-route', words, symptom: timeout(protocol) },
      };
    case 'not-modelled':
      return aborted('Undetermined', 'unknown', words);
  }
}

function timeout(protocol: PacketProtocol): string {
  return protocol === 'UDP' || protocol === 'ICMP' ? 'no answer' : 'timeout after about 130 s';
}
