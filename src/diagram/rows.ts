// Answers: what is written in a box of the diagram? The lane's name and address, the pod around its one network namespace
// with pause and containers, and each device with what happens there. Rows know nothing of pixels.
import type {
  ContainerView,
  LaneView,
  LegView,
  PodBoxView,
  ShieldState,
  StepView,
} from '../features/traceViewShape';
import type { IconName } from './icons';

/** `title`, `text` and `dim` are in the interface's font, `code` in the editor's. */
export type RowStyle = 'title' | 'text' | 'dim' | 'code';

export interface Row {
  readonly text: string;
  readonly style: RowStyle;
  readonly icon?: IconName | undefined;
  /** Rows with the same group stand in one outline. */
  readonly group?: string | undefined;
  readonly look?: 'hop' | 'nat' | 'policy' | 'tunnel' | 'proxy' | 'drop' | 'end' | undefined;
  /** `in`, `out` or `through`, at the other end of the row. */
  readonly aside?: string | undefined;
  /** Shown when the row is pointed at, where it says more than the text. */
  readonly tooltip?: string | undefined;
  readonly hop?: number | undefined;
  readonly step?: number | undefined;
  readonly mostLines: number;
}

const mostContainers = 6;

const laneIcons: Readonly<Partial<Record<LaneView['kind'], IconName>>> = {
  gateway: 'gateway',
  outside: 'outside',
};

export const shieldIcons: Readonly<Record<ShieldState, IconName>> = {
  admitted: 'shield-pass',
  'not isolated': 'shield',
  exempt: 'shield',
  denied: 'shield-deny',
  ambiguous: 'shield-unknown',
  undetermined: 'shield-unknown',
};

export function rowsOf(lane: LaneView, leg: LegView): readonly Row[] {
  const netns = lane.kind === 'pod' ? 'netns' : undefined;
  return [
    { text: lane.title, style: 'title', icon: laneIcons[lane.kind], mostLines: 3 },
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
  const sign = (text: string, look: NonNullable<Row['look']>, icon: IconName): Row => ({
    ...row,
    text,
    style: 'text',
    look,
    icon,
    mostLines: 2,
  });
  const rows: Row[] = [];
  if (step.nat !== undefined) {
    const { label, from, to } = step.nat;
    rows.push(
      sign(label, 'nat', 'rewrite'),
      { ...row, text: from, style: 'code', look: 'nat', mostLines: 2 },
      { ...row, text: `→ ${to}`, style: 'code', look: 'nat', mostLines: 2 },
    );
  }
  if (step.policy !== undefined) rows.push(sign(step.policy.title, 'policy', shieldIcons[step.policy.state]));
  if (step.drops) rows.push(dropRow(step, row));
  else if (step.kind === 'deliver') rows.push(sign('delivered', 'end', 'deliver'));
  if (step.kind === 'encapsulate') rows.push(sign(step.title, 'tunnel', 'wrap'));
  if (step.kind === 'decapsulate') rows.push(sign(step.title, 'tunnel', 'unwrap'));
  if (step.kind === 'proxy') rows.push(sign(step.title, 'proxy', 'proxy'));
  if (step.kind === 'leave') rows.push(sign('leaves the cluster', 'end', 'leave'));
  return rows;
}

function dropRow({ kind, outcome }: StepView, row: Pick<Row, 'group' | 'hop' | 'step' | 'tooltip'>): Row {
  const text =
    kind === 'deliver'
      ? 'not recognised'
      : outcome === 'rejected'
        ? 'rejected here'
        : outcome === 'unknown'
          ? 'stops here'
          : 'dropped here';
  const icon = outcome === 'unknown' ? 'question' : 'cross';
  return { ...row, text, style: 'title', look: 'drop', icon, mostLines: 1 };
}

function dim(text: string | undefined, style: RowStyle = 'dim', group?: string): readonly Row[] {
  return text === undefined ? [] : [{ text, style, group, mostLines: 3 }];
}
