// What takes long gives way: work is done in turns, ends when it is over, and of two edits or two questions the newest one wins. A
// simulation that takes as long as the test wants stands for a cluster of many pods.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import * as engine from '../../src/vscode/engine';
import { latestOf } from '../../src/vscode/latest';
import { SourceFollower, type Reading } from '../../src/vscode/sourceFollower';
import { inTurns } from '../../src/vscode/turns';
import { eventually, fileIn, write } from './extension';

const pod = (name: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, namespace: slow }\nspec: { containers: [{ name: a, image: a }] }\n`;

/** Busy for a few milliseconds each step, until told to end. */
function* busyUntil(isEnded: () => boolean): Generator<undefined, void, void> {
  while (!isEnded()) {
    const until = performance.now() + 5;
    while (performance.now() < until);
    yield;
  }
}

describe('Long work', () => {
  it('leaves others their turn, and ends with what the steps return', async () => {
    let turns = 0;
    const others = setInterval(() => turns++, 1);
    const began = performance.now();
    await inTurns(busyUntil(() => performance.now() - began > 150));
    clearInterval(others);
    assert.ok(turns > 1, `${turns} turns`);
  });

  it('is cancelled between two stretches', async () => {
    let isOver = false;
    setTimeout(() => (isOver = true), 30);
    await assert.rejects(
      inTurns(
        busyUntil(() => false),
        () => isOver,
      ),
      vscode.CancellationError,
    );
  });

  it('gives whoever asked earlier the newest answer', async () => {
    const given: number[] = [];
    const latest = latestOf(async (isOver, number) => {
      let steps = 0;
      await inTurns(
        busyUntil(() => ++steps > 20),
        isOver,
      );
      given.push(number);
      return number;
    });
    assert.deepEqual(await Promise.all([latest.ask(), latest.ask(), latest.ask()]), [3, 3, 3]);
    assert.deepEqual(given, [3]);
    const asked = latest.ask();
    latest.dispose();
    await assert.rejects(asked, vscode.CancellationError);
  });
});

describe('The cluster of a window while a slow simulation runs', () => {
  const file = fileIn('slow.yaml');
  const log = vscode.window.createOutputChannel('Test', { log: true });
  const readings: Reading[] = [];
  let isSlow = false;
  let started = 0;

  function* slowly(...asked: Parameters<typeof engine.simulateInSteps>) {
    started++;
    yield* busyUntil(() => !isSlow);
    return yield* engine.simulateInSteps(...asked);
  }

  const names = (): readonly string[] =>
    (readings.at(-1)?.cluster.pods ?? [])
      .filter(({ namespace }) => namespace === 'slow')
      .map(({ name }) => name);

  const follower = new SourceFollower(
    {
      loadEngine: () => Promise.resolve({ ...engine, simulateInSteps: slowly }),
      extensionUri: fileIn('..'),
      log,
    },
    { kind: 'workspace' },
    (reading) => readings.push(reading),
  );

  before(async () => {
    await write(file, pod('first'));
    readings.push(await follower.start());
    assert.deepEqual(names(), ['first']);
  });

  after(async () => {
    follower.dispose();
    log.dispose();
    await vscode.workspace.fs.delete(file);
  });

  it('announces the last of two edits, and not the one that it overtook', async () => {
    isSlow = true;
    const [announced, before] = [readings.length, started];
    await write(file, pod('second'));
    await eventually('the first simulation', () => (started > before ? true : undefined));
    await write(file, pod('third'));
    await eventually('the second simulation', () => (started > before + 1 ? true : undefined));
    assert.equal(readings.length, announced);
    isSlow = false;
    await eventually('a reading', () => (readings.length > announced ? true : undefined));
    assert.deepEqual(names(), ['third']);
  });

  it('reads also the file of an edit that it gave up', async () => {
    const other = fileIn('slower.yaml');
    isSlow = true;
    const before = started;
    await write(other, pod('other'));
    await eventually('the first simulation', () => (started > before ? true : undefined));
    await write(file, pod('fourth'));
    await eventually('the second simulation', () => (started > before + 1 ? true : undefined));
    isSlow = false;
    await eventually('both pods', () => (names().join() === 'fourth,other' ? true : undefined));
    await vscode.workspace.fs.delete(other);
    await eventually('the end of one', () => (names().join() === 'fourth' ? true : undefined));
  });

  it('gives up a preview that nobody waits for any more, and keeps what is shown', async () => {
    isSlow = true;
    const [shown, before] = [readings.at(-1), started];
    const cancelling = new vscode.CancellationTokenSource();
    const preview = follower.preview([{ file: file.toString(), text: pod('tried') }], cancelling.token);
    await eventually('the simulation', () => (started > before ? true : undefined));
    cancelling.cancel();
    await assert.rejects(preview, vscode.CancellationError);
    isSlow = false;
    assert.equal(readings.at(-1), shown);
    const made = await follower.preview([{ file: file.toString(), text: pod('tried') }]);
    assert.ok(made.cluster.pods.some(({ name }) => name === 'tried'));
    assert.equal(readings.at(-1), shown);
  });
});
