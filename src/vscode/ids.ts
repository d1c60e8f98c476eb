// Answers: which names do code and package.json share? One closed list; test/vscode/manifest.test.ts holds both to it.

export const commands = {
  trace: 'podNetwork.trace',
  traceFromCurrent: 'podNetwork.traceFromCurrent',
  traceToCurrent: 'podNetwork.traceToCurrent',
  traceFromHere: 'podNetwork.traceFromHere',
  traceToHere: 'podNetwork.traceToHere',
  findIp: 'podNetwork.findIp',
  showMatrix: 'podNetwork.showMatrix',
  openSample: 'podNetwork.openSample',
  openSnapshot: 'podNetwork.openSnapshot',
  openWorkspace: 'podNetwork.openWorkspace',
  chooseCni: 'podNetwork.chooseCni',
  chooseGrouping: 'podNetwork.chooseGrouping',
  filter: 'podNetwork.filter',
  clearFilter: 'podNetwork.clearFilter',
  filterPolicies: 'podNetwork.filterPolicies',
  clearPolicyFilter: 'podNetwork.clearPolicyFilter',
  exportTrace: 'podNetwork.exportTrace',
  copyIp: 'podNetwork.copyIp',
  revealInManifest: 'podNetwork.revealInManifest',
  showNamespaces: 'podNetwork.showNamespaces',
  showLog: 'podNetwork.showLog',
  compareConnectivity: 'podNetwork.compareConnectivity',
  tryWithoutPolicy: 'podNetwork.tryWithoutPolicy',
  tryUnsavedText: 'podNetwork.tryUnsavedText',
  check: 'podNetwork.check',
  allowConnection: 'podNetwork.allowConnection',
} as const;

export type CommandId = (typeof commands)[keyof typeof commands];

export const views = { cluster: 'podNetwork.cluster', policies: 'podNetwork.policies' } as const;

export const panelType = 'podNetwork.trace';
export const matrixPanelType = 'podNetwork.matrix';
export const diffPanelType = 'podNetwork.diff';

/** Settings below `podNetwork.`. */
export const settings = {
  include: 'files.include',
  exclude: 'files.exclude',
  controlPlanes: 'simulation.controlPlanes',
  workers: 'simulation.workers',
  ipFamilies: 'simulation.ipFamilies',
  nodeCidr: 'simulation.nodeCidr',
  podCidr: 'simulation.podCidr',
  serviceCidr: 'simulation.serviceCidr',
  cni: 'cni',
  kubeProxyMode: 'kubeProxyMode',
  codeLens: 'codeLens',
  checks: 'checks',
} as const;

export const contextKeys = {
  /** `workspace`, `sample` or `snapshot`. */
  source: 'podNetwork.source',
  /** What the files hold instead when the Cluster view is empty: `nothing`, `templates` or `problems`. */
  empty: 'podNetwork.empty',
  /** The Cluster view has a filter. */
  filtered: 'podNetwork.filtered',
  /** The Policies view has a filter. */
  policiesFiltered: 'podNetwork.policiesFiltered',
} as const;
