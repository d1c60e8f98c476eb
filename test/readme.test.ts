// Is the README true? Its examples are run, and it names every command and setting that the extension has.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { commands, settings } from '../src/vscode/ids';
import { packagedReadme } from './support/packagedReadme.mjs';
import { podnetFile } from './support/podnet';

const readme = readFileSync('README.md', 'utf8');

interface Example {
  readonly args: readonly string[];
  /** Lines as printed; `...` stands for any number of them. */
  readonly printed: readonly string[];
}

/** The examples of all console blocks: `$ podnet ARGS`, and what it prints. */
function examples(): readonly Example[] {
  const blocks = [...readme.matchAll(/```console\n([^]*?)```/g)].map(([, block]) => block ?? '');
  return blocks.flatMap((block) =>
    block.split(/^\$ podnet /m).flatMap((each): readonly Example[] => {
      const [args, ...printed] = each.trimEnd().split('\n');
      return args === undefined || args === '' ? [] : [{ args: args.split(' '), printed }];
    }),
  );
}

function asPattern(printed: readonly string[]): RegExp {
  const lines = printed.map((line) =>
    line === '...' ? '(?:.*\\n)*' : `${line.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}\\n`,
  );
  return new RegExp(`^${lines.join('')}$`);
}

describe('README.md', () => {
  it('shows what podnet really prints', () => {
    assert.ok(examples().length >= 4);
    for (const { args, printed } of examples()) {
      const { stdout } = spawnSync(process.execPath, [podnetFile, ...args], { encoding: 'utf8' });
      assert.match(stdout, asPattern(printed), args.join(' '));
    }
  });

  it('names every command and every setting', () => {
    const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
      readonly contributes: {
        readonly commands: readonly { readonly command: string; readonly title: string }[];
      };
    };
    const titles = manifest.contributes.commands.map(({ title }) => title);
    assert.equal(titles.length, Object.keys(commands).length);
    const names = [...titles, ...Object.values(settings).map((name) => `podNetwork.${name}`)];
    assert.deepEqual(
      names.filter((name) => !readme.includes(name)),
      [],
    );
  });

  it('has no picture and no relative link where it is packaged', () => {
    assert.match(readme, /!\[[^\]]+\]\(media\/pictures\//);
    assert.doesNotMatch(packagedReadme(readme), /!\[|\]\((?!https:)/);
    assert.throws(() => packagedReadme('A ![picture](media/x.png).'), /would be broken/);
  });

  it('shows pictures that are there', () => {
    for (const [, file] of readme.matchAll(/\]\((media\/pictures\/[^)]+)\)/g))
      assert.equal(
        readFileSync(file ?? '')
          .subarray(1, 4)
          .toString(),
        'PNG',
        file,
      );
  });
});
