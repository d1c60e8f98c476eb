// Answers: which checks of policies are there? In the order in which the catalogue lists them; adding one is a file and a line here.
import { noDns } from './dns';
import { emptyPeer } from './emptyPeer';
import type { Check } from './finding';
import { selectsHostNetwork } from './hostNetwork';
import { emptyBlock, idleException, podBlock, serviceBlock } from './ipBlocks';
import { openNamespace } from './openNamespace';
import { idleEgressRules, idleIngressRules, isolatesIngressToo } from './policyTypes';
import { missingName, servicePort, undeclaredPort } from './ports';
import { priorityTie } from './priorityTies';
import { redundantPolicy, shadowedRule } from './redundant';
import { noPodsHere, selectsNothing } from './selectsNothing';

export const checks: readonly Check[] = [
  selectsNothing,
  noPodsHere,
  selectsHostNetwork,
  emptyPeer,
  missingName,
  servicePort,
  undeclaredPort,
  isolatesIngressToo,
  idleIngressRules,
  idleEgressRules,
  noDns,
  shadowedRule,
  redundantPolicy,
  emptyBlock,
  idleException,
  serviceBlock,
  podBlock,
  priorityTie,
  openNamespace,
];
