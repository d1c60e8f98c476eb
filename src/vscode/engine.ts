// Answers: what of the engine does the editor use? The entry of a bundle of its own, loaded when something is first looked at,
// so that activation reads a small file (ARCHITECTURE.md, invariants). Nothing else belongs in here.
export { createStore } from '../load/store';
export { readChoice, withChoice } from '../dataplane/choice';
export { simulateInSteps } from '../simulate/simulate';
export { readSettings } from '../simulate/settings';
export { traceConnectivity } from '../trace/traceConnectivity';
export { parseEnd, endText } from '../trace/endText';
export { compareInSteps } from '../trace/compareProfiles';
export { comparisonView } from '../features/profileComparison';
export { traceView } from '../features/traceView';
export { traceMarkdown } from '../features/traceMarkdown';
export { traceMermaid } from '../features/traceMermaid';
export { traceSvg } from '../diagram/svg';
export { treeRowsInSteps, parentRow, podCountsInSteps, simulatedSentence } from '../features/tree';
export { policyCounts } from '../features/policyFilter';
export { policyRows } from '../features/policyTree';
export { searchEnds } from '../features/search';
export { lookupAddress } from '../features/lookup';
export { endLabel, declaredPorts } from '../features/endLabel';
export { cniItems, kubeProxyItems } from '../features/profileChoice';
export { endAt } from '../features/cursor';
export { hoverAt, hoversInSteps } from '../features/hover';
export { namespaceRows, namespacesSummary } from '../features/namespaces';
export { lookupOf } from '../model/lookup';
export { noteSuccessor } from '../policy/judge';
export { policiesInSteps, selectedInSteps } from '../trace/policyReading';
export { checkInSteps } from '../analysis/checks/run';
export { checkLines } from '../features/checksPage';
export { readCheckSetting } from '../features/checkSettings';
export { ignoreEdit, withoutIgnored } from '../features/ignoreComments';
export { proposeConnection } from '../features/allowConnection';
export { alsoOpensSentence, closesSentence, openedText } from '../features/allowText';
export { parseText } from '../load/parse';
export { manifestEdits } from '../features/manifestEdits';
export { tableInSteps } from '../analysis/connectivity';
export { portFocusText } from '../analysis/connectivityFocus';
export {
  axisView,
  cellDetail,
  focusView,
  matrixFor,
  matrixSummary,
  pairToTrace,
  portProblem,
} from '../features/matrixView';
export { diffInSteps } from '../analysis/diff';
export { diffView } from '../features/diffView';
export { diffCsv, diffJson, diffMarkdown } from '../features/diffTables';
export { explainChange } from '../features/diffExplain';
export { lensesInSteps, withoutPolicy } from '../features/codeLens';
export {
  checkExpectation,
  expectationQuery,
  expectationTitle,
  expectationTraceText,
} from '../features/expectations';
export { isExpectationFile, readExpectations } from '../load/expectations';
