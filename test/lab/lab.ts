// Answers: how is a network of one shape made ready for questions? Wires it, starts agents and captures, and offers to program a
// cluster and to hold its flows against the trace. Runs inside namespaces that vanish with the process (main.ts).
import type { Cluster } from '../../src/model/cluster';
import type { Trace } from '../../src/trace/trace';
import { accountOf, silenceOf, type TraceAccount } from './account';
import { startAgents } from './agents';
import { startCaptures } from './capture';
import { differences } from './compare';
import { watchConnections, type ConnectionEvents } from './conntrack';
import { deviceOfKernel } from './devices';
import type { Flow } from './flows';
import { deafPort, listenersOf } from './listening';
import { nodeNetns, podsWithNetns } from './netns';
import { observer, tryOnly, type Attempt, type Observation } from './observe';
import type { Mode, Shape } from './profile';
import { program } from './program';
import { addressOf, wire, type Wiring } from './wire';

/** How one flow came out. `silent`: the trace makes no claim, for the reason given. */
export interface FlowResult {
  readonly flow: Flow;
  readonly verdict: 'agree' | 'differ' | 'silent';
  /** For people: the differences, or why the trace is silent. */
  readonly detail: string;
  readonly observations: readonly Observation[];
}

export interface Lab {
  readonly wiring: Wiring;
  /** Installs the cluster's rules and listeners. Its pods must have the places and addresses of the wired cluster. */
  readonly use: (cluster: Cluster, mode: Mode) => Promise<void>;
  /** Tries every flow and compares. The cluster must be in use. */
  readonly check: (cluster: Cluster, flows: readonly Flow[], trace: Tracer) => Promise<readonly FlowResult[]>;
}

export type Tracer = (flow: Flow) => Trace;

/** Milliseconds until silence counts as a drop; the failed neighbour lookups of the lab take 90. */
const patience = 250;
/** The same, for another look at a flow that differs: the machine may have been busy. Below the second after which TCP sends again. */
const longPatience = 900;
const mostLooks = 5;
/** Connections tried at the same time: enough to be quick, few enough for a busy machine to answer in time. */
const atOnce = 300;
/** Tries per possible endpoint of a Service, so that each is likely to be chosen once. */
const triesPerEndpoint = 4;

export async function startLab(
  cluster: Cluster,
  shape: Shape,
  virtualAddresses: readonly string[],
): Promise<Lab> {
  const wiring = await wire(cluster, shape, virtualAddresses);
  const agents = startAgents(wiring.places);
  const captures = await startCaptures(wiring.places, agents);
  await captures.learnDevices();
  const connections = new Map<string, ConnectionEvents>();
  const deviceName = deviceOfKernel(cluster, wiring);
  const observe = observer({ agents, captures, deviceName, connections });

  async function watchAll(): Promise<void> {
    for (const { name } of cluster.nodes) {
      const netns = nodeNetns(name);
      const sendFence = (port: number): Promise<unknown> =>
        agents.order(netns, { kind: 'fence', mark: 0, port });
      connections.set(netns, await watchConnections(netns, sendFence));
    }
  }

  /** The nodes send to their pods once, so that they know them as neighbours. */
  async function meetNeighbours(): Promise<void> {
    await Promise.all(
      cluster.nodes.map(({ name }) => {
        const own = podsWithNetns(cluster).filter((pod) => pod.node?.value === name);
        const attempts = own.map((pod): Attempt => ({
          netns: nodeNetns(name),
          protocol: 'TCP',
          address: addressOf(pod),
          port: deafPort,
        }));
        return tryOnly(agents, attempts);
      }),
    );
  }

  async function compareAll(questions: readonly Question[], wait: number): Promise<readonly FlowResult[]> {
    const attempts = questions.flatMap(({ attempts: each }) => each);
    const observations: Observation[] = [];
    for (let from = 0; from < attempts.length; from += atOnce)
      observations.push(...(await observe(attempts.slice(from, from + atOnce), wait)));
    let next = 0;
    return questions.map((question) => {
      const own = observations.slice(next, next + question.attempts.length);
      next += question.attempts.length;
      return judge(question, own);
    });
  }

  return {
    wiring,
    use: async (current, mode) => {
      await program(wiring, current, mode);
      const listeners = listenersOf(current);
      await Promise.all(
        wiring.places.map((netns) =>
          agents.order(netns, { kind: 'listen', listeners: listeners.get(netns) ?? [] }),
        ),
      );
      if (connections.size === 0) {
        await meetNeighbours();
        await watchAll();
      }
    },
    check: async (current, flows, trace) => {
      const listeners = listenersOf(current);
      const questions = flows.map((flow): Question => {
        const traced = trace(flow);
        const accounts = traced.candidates.map((way) =>
          accountOf(current, shape, listeners, flow.protocol, way),
        );
        const { netns, protocol, destinations } = flow;
        const tries = destinations.length > 1 || accounts.length < 2 ? 1 : triesPerEndpoint * accounts.length;
        const attempts = destinations.flatMap(({ address, port }) =>
          Array.from({ length: tries }, (): Attempt => ({ netns, protocol, address, port })),
        );
        return { flow, traced, accounts, attempts };
      });
      const results = [...(await compareAll(questions, patience))];
      for (let look = 2; look <= mostLooks; look++) {
        const again = questions.filter((_, index) => isDoubtful(results[index], look));
        if (again.length === 0) break;
        const seen = await compareAll(again, longPatience);
        again.forEach((question, index) => {
          const result = seen[index];
          if (result !== undefined) results[questions.indexOf(question)] = result;
        });
      }
      return results;
    },
  };
}

/** A flow that differs is looked at twice, and again for as long as TCP had to send twice. */
function isDoubtful(result: FlowResult | undefined, look: number): boolean {
  if (result?.verdict !== 'differ') return false;
  return look === 2 || result.observations.some(({ isDisturbed }) => isDisturbed);
}

interface Question {
  readonly flow: Flow;
  readonly traced: Trace;
  readonly accounts: readonly TraceAccount[];
  readonly attempts: readonly Attempt[];
}

function judge({ flow, traced, accounts }: Question, observations: readonly Observation[]): FlowResult {
  const silence = silenceOf(traced);
  if (silence !== undefined) return { flow, verdict: 'silent', detail: silence, observations };
  if (accounts.length === 0)
    return { flow, verdict: 'silent', detail: `nothing is sent: ${traced.verdict.words}`, observations };
  for (const observation of observations) {
    const each = accounts.map((account) => differences(account, observation));
    const best = each.reduce((a, b) => (b.length < a.length ? b : a));
    if (best.length > 0) {
      const detail = [`the trace: ${traced.result}, ${traced.verdict.words}`, ...best].join('\n  ');
      return { flow, verdict: 'differ', detail, observations };
    }
  }
  return { flow, verdict: 'agree', detail: '', observations };
}
