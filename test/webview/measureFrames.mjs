// Measures, in a real browser, what scrolling over a matrix of 3,000 by 3,000 workloads costs: `node test/webview/measureFrames.mjs`. Prints
// the time that the page's own script takes in each frame, and how many frames came late; both depend on the machine.
import { startPreview } from './preview.mjs';

/** Frames of each run, and pixels that are scrolled in one. */
const frames = 400;
const runs = /** @type {const} */ ([
  ['down', 0, 90],
  ['across', 90, 0],
  ['both ways', 60, 60],
  ['fast', 700, 900],
]);
const kept = { sources: '', destinations: '', port: '', folding: 'open', toggled: [], focus: null };

const preview = await startPreview();
for (const size of ['small', 'medium', 'large']) {
  const { page } = await preview.openMatrix('many', 'dark', {
    width: 1600,
    height: 1000,
    kept: { ...kept, size },
  });
  await page.waitForTimeout(3_000);
  for (const [name, right, down] of runs) {
    const measured = await page.evaluate(
      async ({ frames: count, right, down }) => {
        const scroller = document.querySelector('.scroller');
        if (scroller === null) throw new Error('there is no matrix');
        const own = window.requestAnimationFrame.bind(window);
        /** @type {number[]} */
        const scripts = [];
        // The page looks the function up at each call, so that its own callbacks are timed.
        window.requestAnimationFrame = (callback) =>
          own((time) => {
            const since = performance.now();
            callback(time);
            scripts.push(performance.now() - since);
          });
        scroller.scrollTo(0, 0);
        /** @type {number[]} */
        const times = [];
        await new Promise((resolve) => {
          const step = (/** @type {number} */ time) => {
            times.push(time);
            scroller.scrollBy(right, down);
            if (times.length <= count) own(step);
            else resolve(undefined);
          };
          own(step);
        });
        window.requestAnimationFrame = own;
        const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time));
        return { scripts, gaps };
      },
      { frames, right, down },
    );
    const sorted = (/** @type {number[]} */ values) => [...values].sort((a, b) => a - b);
    const at = (/** @type {number[]} */ values, /** @type {number} */ share) =>
      (sorted(values)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0).toFixed(1);
    const late = measured.gaps.filter((gap) => gap > 25).length;
    console.log(
      `${size.padEnd(6)} ${name.padEnd(9)} script p50 ${at(measured.scripts, 0.5)} p95 ${at(measured.scripts, 0.95)} max ${at(measured.scripts, 1)} ms; ` +
        `${late} of ${measured.gaps.length} frames later than 25 ms, p95 ${at(measured.gaps, 0.95)} ms`,
    );
  }
  await page.close();
}
await preview.close();
