// Answers: what is written in a box of the diagram? The lane's name and address, the pod around its one network namespace
// with pause and containers, and each device with what happens there. Rows know nothing of pixels.
import type {
  ContainerView,
  LaneView,
  LegView,
  PodBoxView,
  ShieldState,
  StepView,
} from '../src/features/traceViewShape';
import type { IconName } from './icons';

/** `title`, `text` and `dim` are in the interface's font, `code` in the editor's. */
export type RowStyle = 'title' | 'text' | 'dim' | 'code';

export interface Row {
  readonly text: string;
  readonly style: RowStyle;
  readonly icon?: IconName | undefined;
  /** Rows with the same group stand in one outline. */
  readonly group?: string | undefined;
  readonly look?: 'hop' | 'nat' | 'policy' | 'drop' | 'end' | undefined;
  /** `in`, `out` or `through`, at the other end of the row. */
  readonly aside?: string | undefined;
  /** Shown when the row is pointed at, where it says more than the text. */
  readonly tooltip?: string | undefined;
  readonly hop?: number | undefined;
  readonly step?: number | undefined;
  readonly mostLines: number;
}

const mostContainers = 6;

export const shieldIcons: Readonly<Record<ShieldState, IconName>> = {
  admitted: 'shield-pass',
  'not isolated': 'shield',
  exempt: 'shield',
  denied: 'shield-deny',
  undetermined: 'shield-unknown',
};

export function rowsOf(lane: LaneView, leg: LegView): readonly Row[] {
  const netns = lane.kind === 'pod' ? 'netns' : undefined;
  return [
    { text: lane.title, style: 'title', mostLines: 3 },
    ...dim(lane.subtitle, lane.kind === 'node' ? 'code' : 'dim'),
    ...dim(lane.provenance),
    ...lane.pods.flatMap((pod) => podRows(pod, lane.kind === 'pod' ? 'netns' : pod.key, lane.kind !== 'pod')),
    ...lane.hops.flatMap((index) => hopRows(index, leg, netns)),
    ...(lane.reached ? [] : dim('not reached', 'title')),
  ];
}

function podRows(pod: PodBoxView, group: string, isGuest: boolean): readonly Row[] {
  const address = pod.address === undefined ? 'no address' : pod.address;
  const head: readonly Row[] = isGuest
    ? [{ text: `pod ${pod.key}`, style: 'text', group, mostLines: 3 }]
    : [...dim(address, 'code'), ...dim(pod.provenance)];
  const containers = pod.containers.slice(0, mostContainers);
  const more = pod.containers.length - containers.length;
  return [
    ...head,
    { text: pod.netns, style: 'dim', group, mostLines: 2 },
    { text: 'pause', style: 'code', icon: 'pause', group, mostLines: 1 },
    { text: pod.pause, style: 'dim', group, mostLines: 3 },
    ...containers.flatMap((container) => containerRows(container, group)),
    ...(more > 0 ? dim(`and ${more} more containers`, 'dim', group) : []),
  ];
}

function containerRows(container: ContainerView, group: string): readonly Row[] {
  const facts = [
    ...(container.role === 'app' ? [] : [container.role]),
    ...container.ports.slice(0, 4),
    ...(container.listens ? ['declares the port'] : []),
  ].join(', ');
  return [
    { text: container.name, style: 'code', icon: 'container', group, mostLines: 2 },
    ...dim(facts === '' ? undefined : facts, 'dim', group),
  ];
}

function hopRows(index: number, leg: LegView, group: string | undefined): readonly Row[] {
  const hop = leg.hops[index];
  if (hop === undefined) return [];
  const device: Row = {
    text: hop.device,
    style: 'code',
    look: 'hop',
    group,
    aside: hop.movement.split(' ')[0],
    tooltip: `${hop.movement} ${hop.device}`,
    hop: index,
    step: hop.steps[0],
    mostLines: 1,
  };
  return [device, ...hop.steps.flatMap((step) => stepRows(leg.steps[step], group))];
}

/** Only what changes the packet or ends the way; routes and switching are in the list. */
function stepRows(step: StepView | undefined, group: string | undefined): readonly Row[] {
  if (step === undefined) return [];
  const row = { group, hop: step.hop, step: step.index, tooltip: step.words };
  const rows: Row[] = [];
  if (step.nat !== undefined) {
    const { what, end, from, to } = step.nat;
    rows.push(
      {
        ...row,
        text: what === 'restored' ? `${end} restored` : `${what === 'DNAT' ? 'DNAT' : 'SNAT'} ${end}`,
        style: 'text',
        look: 'nat',
        icon: 'rewrite',
        mostLines: 2,
      },
      { ...row, text: from, style: 'code', look: 'nat', mostLines: 2 },
      { ...row, text: `→ ${to}`, style: 'code', look: 'nat', mostLines: 2 },
    );
  }
  if (step.policy !== undefined) {
    const { state, title } = step.policy;
    rows.push({ ...row, text: title, style: 'text', look: 'policy', icon: shieldIcons[state], mostLines: 2 });
  }
  if (step.drops) {
    const text =
      step.outcome === 'rejected'
        ? 'rejected here'
        : step.outcome === 'unknown'
          ? 'stops here'
          : 'dropped here';
    rows.push({
      ...row,
      text,
      style: 'title',
      look: 'drop',
      icon: step.outcome === 'unknown' ? 'question' : 'cross',
      mostLines: 1,
    });
  }
  if (step.kind === 'deliver')
    rows.push({ ...row, text: 'delivered', style: 'text', look: 'end', icon: 'deliver', mostLines: 1 });
  if (step.kind === 'leave')
    rows.push({
      ...row,
      text: 'leaves the cluster',
      style: 'text',
      look: 'end',
      icon: 'leave',
      mostLines: 1,
    });
  return rows;
}

function dim(text: string | undefined, style: RowStyle = 'dim', group?: string): readonly Row[] {
  return text === undefined ? [] : [{ text, style, group, mostLines: 3 }];
}
