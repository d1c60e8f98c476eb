// Answers: do package.json and the closed list of ids in src/vscode/ids.ts agree, both ways? VS Code finds out only when a user
// clicks.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { cniChoices, kubeProxyChoices } from '../../src/dataplane/choice';
import { cniDescriptions, kubeProxyDescriptions } from '../../src/features/profileChoice';
import { defaultSettings } from '../../src/simulate/settings';
import { commands, contextKeys, matrixPanelType, panelType, settings, views } from '../../src/vscode/ids';

interface Command {
  readonly command: string;
  readonly title: string;
  readonly category: string;
}

interface MenuItem {
  readonly command: string;
  readonly when?: string;
  readonly group?: string;
}

interface Setting {
  readonly default: unknown;
  readonly enum?: readonly string[];
  readonly enumDescriptions?: readonly string[];
  readonly scope: string;
  readonly markdownDescription: string;
}

interface Manifest {
  readonly main: string;
  readonly browser: string;
  readonly icon: string;
  readonly engines: { readonly vscode: string };
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly activationEvents: readonly string[];
  readonly capabilities: {
    readonly untrustedWorkspaces: {
      readonly supported: unknown;
      readonly description?: string;
      readonly restrictedConfigurations?: readonly string[];
    };
  };
  readonly contributes: {
    readonly commands: readonly Command[];
    readonly menus: Readonly<Record<string, readonly MenuItem[]>>;
    readonly views: Readonly<Record<string, readonly { readonly id: string; readonly icon: string }[]>>;
    readonly viewsContainers: { readonly activitybar: readonly { readonly id: string }[] };
    readonly viewsWelcome: readonly {
      readonly view: string;
      readonly contents: string;
      readonly when?: string;
    }[];
    readonly configuration: { readonly properties: Readonly<Record<string, Setting>> };
  };
}

// The one place where the file is taken at its word; every test below looks at what it says.
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const { contributes } = manifest;
const ids: readonly string[] = Object.values(commands);

/** TypeScript files of a folder and the folders below it, in order. */
function sourceFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .sort();
}

/** Commands that need a row of the Cluster view, and so stay out of the palette. */
const ofRows: readonly string[] = [
  commands.traceFromHere,
  commands.traceToHere,
  commands.copyIp,
  commands.revealInManifest,
  commands.showNamespaces,
];

/** Commands that lenses call with an argument. */
const ofLenses: readonly string[] = [commands.tryWithoutPolicy];

describe('package.json', () => {
  it('contributes exactly the commands of the code, all in the category "Pod Network"', () => {
    assert.deepEqual(contributes.commands.map(({ command }) => command).sort(), [...ids].sort());
    assert.deepEqual([...new Set(contributes.commands.map(({ category }) => category))], ['Pod Network']);
  });

  it('contributes exactly the views of the code, in a container that exists, each with an icon', () => {
    const containers = contributes.viewsContainers.activitybar.map(({ id }) => id);
    assert.deepEqual(Object.keys(contributes.views), containers);
    const shown = Object.values(contributes.views).flat();
    assert.deepEqual(shown.map(({ id }) => id).sort(), Object.values(views).sort());
    for (const { icon } of shown) assert.ok(existsSync(icon), icon);
  });

  it('contributes exactly the settings of the code, each with words and a scope', () => {
    const names = Object.values(settings).map((name) => `podNetwork.${name}`);
    assert.deepEqual(Object.keys(contributes.configuration.properties).sort(), names.sort());
    for (const [name, setting] of Object.entries(contributes.configuration.properties)) {
      assert.ok(setting.markdownDescription.length > 20, name);
      assert.match(setting.scope, /^(resource|window)$/, name);
    }
  });

  it('offers the defaults that the simulation has', () => {
    const { properties } = contributes.configuration;
    const offered = (name: string): unknown => properties[`podNetwork.${name}`]?.default;
    assert.equal(offered(settings.controlPlanes), defaultSettings.controlPlanes);
    assert.equal(offered(settings.workers), defaultSettings.workers);
    assert.equal(
      offered(settings.ipFamilies),
      defaultSettings.families.map((family) => `IPv${family}`).join(),
    );
    const described = (name: string): string => properties[`podNetwork.${name}`]?.markdownDescription ?? '';
    for (const [name, ranges] of [
      [settings.nodeCidr, defaultSettings.nodeNetwork],
      [settings.podCidr, defaultSettings.podNetwork],
      [settings.serviceCidr, defaultSettings.serviceNetwork],
    ] as const) {
      assert.ok(described(name).includes(`\`${ranges[4].text}\``), name);
      assert.ok(described(name).includes(`\`${ranges[6].text}\``), name);
    }
  });

  it('offers every CNI profile and kube-proxy mode with its description, and detection first', () => {
    const { properties } = contributes.configuration;
    for (const [name, choices, descriptions] of [
      [settings.cni, cniChoices, cniDescriptions],
      [settings.kubeProxyMode, kubeProxyChoices, kubeProxyDescriptions],
    ] as const) {
      const setting = properties[`podNetwork.${name}`];
      assert.deepEqual(
        [setting?.enum, setting?.enumDescriptions, setting?.default],
        [choices, descriptions, 'auto'],
      );
      assert.equal(choices[0], 'auto');
    }
  });

  it('puts only its own commands into menus', () => {
    const used = Object.values(contributes.menus).flatMap((items) => items.map(({ command }) => command));
    assert.deepEqual(
      used.filter((command) => !ids.includes(command)),
      [],
    );
  });

  it('keeps commands that need a row out of the palette, and offers them on rows', () => {
    const hidden = contributes.menus['commandPalette']?.filter(({ when }) => when === 'false');
    assert.deepEqual(hidden?.map(({ command }) => command).sort(), [...ofRows, ...ofLenses].sort());
    const onRows = new Set(contributes.menus['view/item/context']?.map(({ command }) => command));
    assert.deepEqual([...onRows].sort(), [...ofRows].sort());
  });

  it('has at most two inline actions on a row', () => {
    const inline = contributes.menus['view/item/context']?.filter(({ group }) => group?.startsWith('inline'));
    assert.ok(inline !== undefined && inline.length <= 2);
  });

  it('names only views and context keys of its own in conditions', () => {
    const conditions = [
      ...Object.values(contributes.menus).flatMap((items) => items.map(({ when }) => when ?? '')),
      ...contributes.viewsWelcome.map(({ when }) => when ?? ''),
    ];
    const known: readonly string[] = [...Object.values(views), ...Object.values(contextKeys)];
    const named = conditions.flatMap((when) => when.match(/podNetwork\.[\w.]+/g) ?? []);
    assert.deepEqual(
      named.filter((name) => !known.includes(name)),
      [],
    );
    for (const key of Object.values(contextKeys)) assert.ok(named.includes(key), `${key} is set for nothing`);
  });

  it('links only its own commands, opening a folder and the problems, from welcome content', () => {
    for (const { view, contents } of contributes.viewsWelcome) {
      assert.ok(Object.values<string>(views).includes(view), view);
      const linked = [...contents.matchAll(/\(command:([\w.]+)\)/g)].map(([, command]) => command ?? '');
      assert.ok(linked.length > 0, contents);
      assert.deepEqual(
        linked.filter(
          (id) => !ids.includes(id) && !['vscode.openFolder', 'workbench.actions.view.problems'].includes(id),
        ),
        [],
      );
    }
  });

  it('wakes the extension for manifests, files of expectations and its own panels, never at every start', () => {
    for (const type of [panelType, matrixPanelType])
      assert.ok(manifest.activationEvents.includes(`onWebviewPanel:${type}`), type);
    assert.deepEqual(
      manifest.activationEvents.filter(
        (event) => !/^(onLanguage:\w+|onWebviewPanel:.+|workspaceContains:.+\.podnet\..+)$/.test(event),
      ),
      [],
    );
  });

  it('declares what an untrusted workspace cannot have: what the code asks trust for, and no setting', () => {
    const { supported, description, restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    const code = sourceFiles('src').map((file) => ({ file, text: readFileSync(file, 'utf8') }));
    const using = (pattern: RegExp): readonly string[] =>
      code.filter(({ text }) => pattern.test(text)).map(({ file }) => file);
    // Whoever runs something, or asks an extension that does: in the editor that is one file, and it asks for trust first.
    assert.deepEqual(using(/child_process/), ['src/desktop/git.ts']);
    assert.deepEqual(using(/desktop\/git/), ['src/cli/diff.ts']);
    assert.deepEqual(using(/createTerminal|executeTask|ShellExecution|ProcessExecution|openExternal/), []);
    assert.deepEqual(using(/getExtension\b/), ['src/vscode/gitExtension.ts']);
    const asking = readFileSync('src/vscode/gitExtension.ts', 'utf8');
    const [trust, use] = [asking.indexOf('isTrusted'), asking.indexOf('vscode.extensions.getExtension')];
    assert.ok(trust >= 0 && trust < use, 'trust is asked for before the git extension is');
    assert.equal(supported, 'limited');
    assert.match(description ?? '', /Compare Connectivity with a git revision/);
    // No setting names a program or a place outside the workspace: none is kept from a workspace.
    assert.equal(restrictedConfigurations, undefined);
    const names = Object.values(settings).filter((name) => /path|command|exec|program|url/i.test(name));
    assert.deepEqual(names, []);
  });

  it('asks for no older VS Code than the types it is written against', () => {
    assert.equal(manifest.engines.vscode, `^${manifest.devDependencies['@types/vscode'] ?? ''}`);
  });
});
