// Answers: how is `podnet` called? The texts of --help, one per command.
import { kubeProxyChoices } from '../dataplane/choice';
import { profiles } from '../dataplane/profiles/profiles';

export const usage = `Usage: podnet COMMAND PATH... [options]

Reads Kubernetes manifests or a snapshot (what "kubectl get -o yaml|json" printed) and
answers how the pods in it talk to each other. PATH is a file, a folder, or - for standard input.

Commands
  trace         the way of one connection, and what decides it
  connectivity  who may talk to whom, as far as NetworkPolicy permits
  diff          which connections differ between two inputs, or since a git revision
  lookup        whose address this is
  tree          nodes, pods, their pause containers and containers
  check         what is wrong with the manifests and their policies

Options of every command
  --output FORMAT   text (default) or json; trace, connectivity, diff and check also others
  --help            this text, or that of a command
  --version         the version

Exit codes: 0 fine, 1 a finding (an expectation that is not met, an address nobody owns, a difference),
2 bad usage or unreadable input.
`;

const profileOptions = `  --cni ID               the CNI profile; default: auto, what the input tells
  --kube-proxy MODE      ${kubeProxyChoices.slice(1).join(', ')}; default: auto`;

const width = Math.max(...profiles.map(({ id }) => id.length));
const profileList = `CNI profiles (for --cni)
${profiles
  .map(
    ({ id, name, known }) =>
      `  ${id.padEnd(width)}  ${name}${known === 'measured' ? '' : ' (TTL and devices inferred)'}`,
  )
  .join('\n')}`;

export const commandUsage: Readonly<Record<string, string>> = {
  trace: `Usage: podnet trace PATH... --from X --to Y [options]

X and Y: ns/pod, ns/pod/container, Kind/ns/name, svc/ns/name, node/name, an address, a DNS name;
Y may end in :port.

  --from X               who sends
  --to Y                 who is asked
  --port PORT            number, or name of a declared port; default: the first that Y declares
  --protocol PROTOCOL    TCP (default), UDP, SCTP or ICMP (a ping, without ports)
  --family 4|6           default: the first that both ends have
  --way N                which of several ways is shown in full, such as of a Service with several
                         endpoints; default: 1 (not json, which has all)
  --expect RESULT        reachable or unreachable: exit 1 when the trace says otherwise
${profileOptions}
  --all-profiles         instead of one trace a table: where profiles and modes disagree (text or json)
  --explain              each policy in full: the tier that decided, every rule looked at and why (text;
                         json has it in any case)
  --suggest              the smallest change of policies that lets the connection through, as a patch,
                         and what else it would open or close (text or json)
  --output FORMAT        text (default), json, markdown, mermaid or svg

${profileList}
`,
  connectivity: `Usage: podnet connectivity PATH... [options]

  --level LEVEL          workload (default) or pod
  --workload NAME        only its connections: name, namespace/name or namespace/name[Kind]
  --namespace NAMESPACE  only those of its workloads
  --peer NAME            only those with this one at the other end: named in the same way, or an
                         address, a range, or outside
  --direction DIRECTION  ingress or egress, as seen from the workload, namespace or everybody
  --port PORT            only what is open there: 5432 or tcp/5432
  --exposure             instead of the list, how far each workload is open: to every pod there can
                         be, to labels and namespaces that need not exist yet, and outside
                         (with --workload and --namespace; text, json, csv or markdown)
  --ingress-controller   adds a peer of that name for Ingresses and routes whose controller is not in
                         the input, with what it may connect to whatever its labels and namespace
                         are (a controller that is there is a workload like others)
  --output FORMAT        text (default), json, csv, markdown, dot, mermaid or svg

In mermaid and svg, workloads with the same connections share a box; more than 40 boxes are
folded into their namespaces, and the picture says so.
`,
  diff: `Usage: podnet diff A B [options]
       podnet diff PATH... --base REV [options]

Which connections appear, disappear or change from A to B, or from the git revision REV of
PATH to what PATH holds now, and which edits could be responsible.

  --base REV             a branch, tag or commit; needs git
  --level LEVEL          workload (default) or pod
  --output FORMAT        text (default), json, markdown (for a pull request) or csv

Exit codes: 0 no difference, 1 differences, 2 bad usage or unreadable input.
`,
  lookup: `Usage: podnet lookup PATH... ADDRESS [options]

ADDRESS is an IP address, or a range such as 10.244.0.0/16. Exit 1 when nobody owns it.

${profileOptions}
  --output FORMAT        text (default) or json
`,
  tree: `Usage: podnet tree PATH... [options]

  --group-by GROUP       node (default), namespace or workload
  --filter TEXT          part of a name, app=web, an address, a range, exposed:outside,
                         exposed:cluster or unprotected
${profileOptions}
  --output FORMAT        text (default) or json (always by node, unfiltered)
`,
  check: `Usage: podnet check PATH... [options]

Problems of the input, findings of the checks of policies, and expectations (*.podnet.yaml)
that are not met, with their traces. Exit 1 when there is a warning or an error.
A comment "# podnet-ignore: CODE" on the line of a finding or above it turns it off.

  --list-checks          the codes of all checks, and what they are about; no PATH is needed
  --output FORMAT        text (default), json or sarif (for code scanning)
`,
};
