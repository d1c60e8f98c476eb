// `podnet` with a chosen network: --cni and --kube-proxy change what is shown, --all-profiles compares, and what cannot be chosen
// is refused with all that can.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { podnet } from '../support/podnet';

const sample = ['../../../media/sample'];
const gateway = ['--from', 'shop/basket-0', '--to', 'svc/payments/gateway:443'];

interface Comparison {
  readonly apiVersion: string;
  readonly kind: string;
  readonly differs: readonly string[];
  readonly rows: readonly {
    readonly result: string;
    readonly profiles: readonly { readonly cni: string; readonly kubeProxy: string; readonly own: boolean }[];
  }[];
}

function run(command: string, ...args: readonly string[]): ReturnType<typeof podnet> {
  return podnet([command, ...args], '', 'test/golden/trace');
}

describe('podnet with a chosen network', () => {
  test('detects kindnet in the sample, by its kind configuration', () => {
    const { stdout } = run('trace', ...sample, ...gateway);
    assert.match(stdout, /CNI: kindnet \(point-to-point veths\) \(detected: [^]*kube-proxy in iptables mode/);
    assert.match(stdout, /CNI: kindnet .*kind-cluster\.yaml:[0-9]+/s);
  });
  test('traces under the profile and mode that are named', () => {
    const { stdout, code } = run(
      'trace',
      ...sample,
      ...gateway,
      '--cni',
      'flannel-vxlan',
      '--kube-proxy',
      'ipvs',
    );
    assert.match(stdout, /in by cni0/);
    assert.match(stdout, /CNI: flannel with VXLAN \(chosen\)[^]*kube-proxy in ipvs mode \(chosen\)/);
    assert.equal(code, 0);
  });
  test('names devices in the tree after the profile', () => {
    const { stdout } = run('tree', ...sample, '--filter', 'basket', '--cni', 'calico');
    assert.match(stdout, /other end cali[0-9a-f]{8}/);
  });
  test('knows the addresses of devices by the profile', () => {
    const asked = (cni: string, address: string): string =>
      run('lookup', ...sample, address, '--cni', cni).stdout;
    assert.match(asked('bridge', '10.244.1.1'), /the gateway of teahouse-worker's pods, the address of cni0/);
    assert.match(asked('kindnet', '10.244.1.1'), /which the node's end of every veth has/);
    assert.match(asked('flannel-vxlan', '10.244.1.0'), /the address of flannel\.1 on teahouse-worker/);
    assert.match(asked('bridge', '10.244.1.0'), /the network address of teahouse-worker's pod range/);
    assert.match(asked('antrea', '10.244.1.1'), /the address of antrea-gw0 on teahouse-worker/);
    assert.match(asked('calico', '10.244.1.1'), /Nobody owns 10\.244\.1\.1/);
  });
  test('takes auto for what is detected', () => {
    const auto = run('trace', ...sample, ...gateway, '--cni', 'auto', '--kube-proxy', 'auto');
    assert.equal(auto.stdout, run('trace', ...sample, ...gateway).stdout);
  });
  for (const command of ['trace', 'lookup', 'tree']) {
    test(`${command} refuses a profile and a mode that there are not, with those that there are`, () => {
      const args = command === 'trace' ? gateway : command === 'lookup' ? ['10.244.1.1'] : [];
      const { stdout, stderr, code } = run(
        command,
        ...sample,
        ...args,
        '--cni',
        'weave',
        '--kube-proxy',
        'ebpf',
      );
      assert.equal(stdout, '');
      assert.match(
        stderr,
        /^podnet: --cni: "weave" is no CNI profile\. Profiles: auto, bridge, .*, ovn-kubernetes\./,
      );
      assert.match(
        stderr,
        /^--kube-proxy: "ebpf" is no mode of kube-proxy\. Modes: auto, iptables, nftables, ipvs, none\./m,
      );
      assert.equal(code, 2);
    });
  }
});

describe('podnet trace --all-profiles', () => {
  test('says first where profiles disagree, then shows them in one table', () => {
    const { stdout, code } = run('trace', ...sample, ...gateway, '--all-profiles');
    const [headline] = stdout.split('\n');
    assert.match(headline ?? '', /^All 17 profiles agree: Reachable\. They differ in /);
    assert.match(stdout, /^ {2}result +peer seen +TTL +NAT +devices +profiles$/m);
    assert.match(stdout, /^\* Reachable .*kindnet/m);
    assert.equal(code, 0);
  });
  test('is JSON for other tools', () => {
    const { stdout } = run('trace', ...sample, ...gateway, '--all-profiles', '--output', 'json');
    const made = JSON.parse(stdout) as Comparison;
    assert.deepEqual([made.apiVersion, made.kind], ['podnet/v1', 'ProfileComparison']);
    assert.ok(made.differs.includes('ttl') && !made.differs.includes('verdict'));
    const own = made.rows.flatMap(({ profiles }) => profiles).filter((each) => each.own);
    assert.deepEqual(own, [{ cni: 'kindnet', kubeProxy: 'iptables', own: true }]);
  });
  test('meets an expectation only under every profile', () => {
    const denied = ['--from', 'shop/storefront-0', '--to', 'svc/payments/gateway:443', '--all-profiles'];
    const { stderr, code } = run('trace', ...sample, ...denied, '--expect', 'unreachable');
    assert.match(
      stderr,
      /Expected unreachable, found reachable under flannel-host-gw, flannel-vxlan-direct\./,
    );
    assert.equal(code, 1);
    assert.equal(run('trace', ...sample, ...gateway, '--all-profiles', '--expect', 'reachable').code, 0);
  });
  test('takes no profile, no mode and no format that it has not', () => {
    for (const [args, words] of [
      [['--cni', 'aws'], /compares every profile and mode; leave --cni out/],
      [['--kube-proxy', 'ipvs'], /leave --kube-proxy out/],
      [['--output', 'mermaid'], /--output must be text, json/],
    ] as const) {
      const { stderr, code } = run('trace', ...sample, ...gateway, '--all-profiles', ...args);
      assert.match(stderr, words);
      assert.equal(code, 2);
    }
  });
});
